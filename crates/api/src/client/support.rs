//! Who could be reached, and the plan.

use std::collections::BTreeSet;

use haven_core::support::{Card, Chosen, Country, Plan};

use super::{Client, Transport};
use crate::convert::support::{card_from_pb, chosen_to_pb, lines_from_pb, plan_from_pb};
use crate::convert::text;
use crate::error::ApiError;
use crate::pb;
use crate::support::Lines;

impl<T: Transport> Client<T> {
    /// Makes the support card for a country; also of a locked vault, and without one.
    ///
    /// # Errors
    /// The device cannot be reached. The same card without a plan can be made from `haven_core::support` then.
    pub async fn help(&self, country: Option<Country>) -> Result<Card, ApiError> {
        self.card(country, false).await
    }

    /// Makes the support card for somebody who asks for help themselves; for a week nothing heavy is suggested to them.
    ///
    /// # Errors
    /// As [`Client::help`].
    pub async fn help_in_person(&self, country: Option<Country>) -> Result<Card, ApiError> {
        self.card(country, true).await
    }

    async fn card(&self, country: Option<Country>, in_person: bool) -> Result<Card, ApiError> {
        let request = pb::GetHelpRequest { country: text(country), in_person, today: self.day() };
        card_from_pb(self.support_service().get_help(request).await?.into_inner())
    }

    /// Reads the plan for low times; `None` if none is written.
    ///
    /// # Errors
    /// `LOCKED`, `NO_VAULT`.
    pub async fn plan(&self) -> Result<Option<Plan>, ApiError> {
        let request = pb::GetPlanRequest {};
        let answer = self.support_service().get_plan(request).await?.into_inner();
        answer.plan.map(plan_from_pb).transpose()
    }

    /// Reads the plan line by line, and which lines are readable while the vault is
    /// locked.
    ///
    /// # Errors
    /// `LOCKED`, `NO_VAULT`.
    pub async fn plan_lines(&self) -> Result<Lines, ApiError> {
        let request = pb::ListPlanLinesRequest {};
        Ok(lines_from_pb(self.support_service().list_plan_lines(request).await?.into_inner()))
    }

    /// Makes exactly these lines of the plan readable on this device while the vault is locked; done once it is durable.
    /// `confirmed` says that the person has agreed to the warning.
    ///
    /// # Errors
    /// `CONFIRMATION_NEEDED` without that for a line that is added, `NOT_FOUND` for one that is not in the plan, `TOO_LARGE`,
    /// `UNSUPPORTED` where nothing is kept in the clear, `LOCKED`, `NO_VAULT`, or why it could not be kept. What was readable
    /// stays so then.
    pub async fn set_readable_lines(
        &self,
        chosen: BTreeSet<Chosen>,
        confirmed: bool,
    ) -> Result<(), ApiError> {
        let request = pb::SetReadableLinesRequest { lines: chosen_to_pb(chosen), confirmed };
        self.support_service().set_readable_lines(request).await?;
        Ok(())
    }
}
