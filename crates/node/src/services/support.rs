//! Who could be reached when things are very low, and the plan. The card is made in every state of the device.

use std::sync::Arc;

use haven_api::convert::support::{card_to_pb, plan_to_pb};
use haven_api::pb;
use haven_api::pb::support_service_server::SupportService;
use haven_core::support::{Asked, Country, Plan, PlanState, Support as Content};
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use super::desk::{Desk, now};
use super::{practice, unexpected};
use crate::node::Node;
use crate::snapshot::Stage;

pub(super) struct Support {
    pub(super) node: Node,
    pub(super) desk: Arc<Desk>,
}

#[tonic::async_trait]
impl SupportService for Support {
    async fn get_help(
        &self,
        request: Request<pb::GetHelpRequest>,
    ) -> Result<Response<pb::GetHelpResponse>, Status> {
        let pb::GetHelpRequest { country, language } = request.into_inner();
        let language = practice::or_default(&language);
        let snapshot = self.node.snapshot();
        let plan = match snapshot.stage {
            Stage::None => PlanState::NoJournal,
            Stage::Locked => PlanState::Locked,
            Stage::Unlocked => {
                self.plan(&snapshot.view, language).map_or(PlanState::None, PlanState::Written)
            }
        };
        // Without a clock to trust every number has to be checked; no reason to give none.
        let today = now(&**self.node.host()).ok().map(|now| now.date());
        // Read when somebody asks, which is seldom, instead of being kept for the life of the daemon.
        let content = Content::built_in().map_err(|_| unexpected())?;
        let card = content.card(Asked { country: Country::typed(&country), today, language, plan });
        Ok(Response::new(card_to_pb(card)))
    }

    async fn get_plan(
        &self,
        request: Request<pb::GetPlanRequest>,
    ) -> Result<Response<pb::GetPlanResponse>, Status> {
        let language = request.into_inner().language;
        let snapshot = self.node.opened()?;
        let plan = self.plan(&snapshot.view, practice::or_default(&language)).map(plan_to_pb);
        Ok(Response::new(pb::GetPlanResponse { plan }))
    }
}

impl Support {
    fn plan(&self, view: &View, language: &str) -> Option<Plan> {
        let entry = Plan::newest(view.rows().map(|row| &row.entry))?;
        Some(Plan::of(entry, &self.desk.of(view).shelf.exercises, language))
    }
}
