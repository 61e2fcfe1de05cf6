//! Who could be reached, and the plan.

use haven_core::support::{Card, Country, Plan};

use super::{Client, Transport};
use crate::convert::support::{card_from_pb, plan_from_pb};
use crate::convert::text;
use crate::error::ApiError;
use crate::pb;

impl<T: Transport> Client<T> {
    /// Makes the support card for a country, with its words in a language (`en`); also of a locked vault, and without one.
    ///
    /// # Errors
    /// The device cannot be reached. The same card without a plan can be made from `haven_core::support` then.
    pub async fn help(&self, country: Option<Country>, language: &str) -> Result<Card, ApiError> {
        let request = pb::GetHelpRequest { country: text(country), language: language.to_owned() };
        card_from_pb(self.support_service().get_help(request).await?.into_inner())
    }

    /// Reads the plan for low times, with its questions in a language (`en`); `None` if none is written.
    ///
    /// # Errors
    /// `LOCKED`, `NO_VAULT`.
    pub async fn plan(&self, language: &str) -> Result<Option<Plan>, ApiError> {
        let request = pb::GetPlanRequest { language: language.to_owned() };
        let answer = self.support_service().get_plan(request).await?.into_inner();
        answer.plan.map(plan_from_pb).transpose()
    }
}
