//! What went wrong and the person should know.

use haven_api::alarms::{Alarm, says};
use haven_api::convert::alarms::alarm_to_pb;
use haven_api::pb;
use haven_api::pb::alarm_service_server::AlarmService;
use haven_engine::command::Command;
use haven_engine::view::AlarmShown;
use tonic::{Request, Response, Status};

use crate::node::Node;

pub(super) struct Alarms(pub(super) Node);

#[tonic::async_trait]
impl AlarmService for Alarms {
    async fn list_alarms(
        &self,
        _: Request<pb::ListAlarmsRequest>,
    ) -> Result<Response<pb::ListAlarmsResponse>, Status> {
        let snapshot = self.0.opened()?;
        let mut shown: Vec<&AlarmShown> = snapshot.view.status.alarms.iter().collect();
        shown.sort_by_key(|alarm| alarm.since);
        let alarms = shown.into_iter().map(|shown| alarm_to_pb(alarm(shown))).collect();
        Ok(Response::new(pb::ListAlarmsResponse { alarms }))
    }

    async fn resolve_alarm(
        &self,
        request: Request<pb::ResolveAlarmRequest>,
    ) -> Result<Response<pb::ResolveAlarmResponse>, Status> {
        self.0.command(Command::ResolveAlarm(request.into_inner().id)).await?;
        Ok(Response::new(pb::ResolveAlarmResponse {}))
    }
}

fn alarm(shown: &AlarmShown) -> Alarm {
    let words = says(shown.kind);
    Alarm {
        id: shown.id.clone(),
        kind: shown.kind.to_owned(),
        since: shown.since,
        device: shown.device.clone(),
        said_by: shown.said_by.clone(),
        count: shown.count,
        what: words.what.to_owned(),
        why: words.why.to_owned(),
        next: words.next.to_owned(),
        at_terminal: words.at_terminal.to_owned(),
    }
}
