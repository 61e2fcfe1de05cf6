//! What went wrong and the person should know.

use super::{Client, Transport};
use crate::alarms::Alarm;
use crate::convert::alarms::alarm_from_pb;
use crate::error::ApiError;
use crate::pb;

impl<T: Transport> Client<T> {
    /// Names the alarms that wait for the person, the oldest first.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn alarms(&self) -> Result<Vec<Alarm>, ApiError> {
        let listed = self.alarm_service().list_alarms(pb::ListAlarmsRequest {}).await?.into_inner();
        Ok(listed.alarms.into_iter().map(alarm_from_pb).collect())
    }

    /// Ends an alarm that the person has dealt with.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`.
    pub async fn resolve_alarm(&self, id: &str) -> Result<(), ApiError> {
        self.alarm_service().resolve_alarm(pb::ResolveAlarmRequest { id: id.to_owned() }).await?;
        Ok(())
    }
}
