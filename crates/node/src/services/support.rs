//! Who could be reached when things are very low, and the plan. The card is made in every state of the device.

use std::sync::Arc;

use haven_api::convert::support::{card_to_pb, chosen_from_pb, lines_to_pb, plan_to_pb};
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::support_service_server::SupportService;
use haven_api::support::{Line, Lines};
use haven_core::support::{Asked, ChoiceFault, Country, Plan, PlanPart, PlanState, Support as Content};
use haven_core::time::Date;
use haven_engine::command::Command;
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use super::desk::{Desk, today};
use super::unexpected;
use crate::keeper::order::Refused;
use crate::keeper::readable::kept;
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
        let language = &*self.node.language_of(&request);
        let pb::GetHelpRequest { country, in_person, today: day } = request.into_inner();
        let snapshot = self.node.snapshot();
        let plan = match snapshot.stage {
            Stage::None => PlanState::NoJournal,
            Stage::Locked => PlanState::Locked(self.readable(language)),
            Stage::Unlocked => {
                self.plan(&snapshot.view, language).map_or(PlanState::None, PlanState::Written)
            }
        };
        // Without a clock to trust every number has to be checked; no reason to give none.
        let today = today(&**self.node.host(), &day).ok();
        let card = content()?.card(Asked { country: Country::typed(&country), today, language, plan });
        if let Some(day) = today.filter(|_| in_person && snapshot.stage == Stage::Unlocked) {
            self.note(day);
        }
        Ok(Response::new(card_to_pb(card)))
    }

    async fn get_plan(
        &self,
        request: Request<pb::GetPlanRequest>,
    ) -> Result<Response<pb::GetPlanResponse>, Status> {
        let language = self.node.language_of(&request);
        let snapshot = self.node.opened()?;
        let plan = self.plan(&snapshot.view, &language).map(plan_to_pb);
        Ok(Response::new(pb::GetPlanResponse { plan }))
    }

    async fn list_plan_lines(
        &self,
        request: Request<pb::ListPlanLinesRequest>,
    ) -> Result<Response<pb::ListPlanLinesResponse>, Status> {
        let language = &*self.node.language_of(&request);
        let snapshot = self.node.opened()?;
        let (plan, kept) = (self.plan(&snapshot.view, language), kept(&**self.node.host()));
        let lines = plan.iter().flat_map(|plan| plan.lines().map(|line| (plan.id, line)));
        let lines = lines.map(|(plan, line)| Line {
            field: line.field.to_owned(),
            label: line.label.to_owned(),
            text: line.text.to_owned(),
            readable: kept.as_ref().is_some_and(|kept| kept.holds(plan, &line.chosen())),
        });
        let lines = Lines { lines: lines.collect(), warning: content()?.about_readable(language) };
        Ok(Response::new(lines_to_pb(lines)))
    }

    async fn set_readable_lines(
        &self,
        request: Request<pb::SetReadableLinesRequest>,
    ) -> Result<Response<pb::SetReadableLinesResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::SetReadableLinesRequest { lines, confirmed } = request.into_inner();
        match self.node.choose(chosen_from_pb(lines), confirmed).await {
            Ok(()) => Ok(Response::new(pb::SetReadableLinesResponse {})),
            Err(refused @ Refused::Choice(ChoiceFault::Unconfirmed)) => {
                let warning = content()?.about_readable(&language);
                Err(ApiError::from(refused).because(warning.join(" ")).into())
            }
            Err(refused) => Err(refused.into()),
        }
    }
}

/// Read when somebody asks, which is seldom, instead of being kept for the life of the daemon.
fn content() -> Result<Content, Status> {
    Content::built_in().map_err(|_| unexpected())
}

impl Support {
    /// Remembers the day beside the answer: help waits for no disk, and whether this was kept is nobody's concern now.
    fn note(&self, day: Date) {
        let node = self.node.clone();
        self.node.host().spawn(Box::pin(async move {
            let _ = node.command(Command::NoteHelp(day)).await;
        }));
    }

    /// What can be read of the plan while the vault is locked.
    fn readable(&self, language: &str) -> Vec<PlanPart> {
        let kept = kept(&**self.node.host());
        kept.map(|kept| kept.parts(&self.desk.shelf.exercises, language)).unwrap_or_default()
    }

    fn plan(&self, view: &View, language: &str) -> Option<Plan> {
        let entry = Plan::newest(view.rows().map(|row| &row.entry))?;
        Some(Plan::of(entry, &self.desk.of(view).shelf.exercises, language))
    }
}
