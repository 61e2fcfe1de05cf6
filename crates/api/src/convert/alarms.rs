//! Alarms, there and back.

use haven_core::time::Timestamp;

use super::some;
use crate::alarms::Alarm;
use crate::pb;

/// Writes an alarm.
pub fn alarm_to_pb(alarm: Alarm) -> pb::Alarm {
    pb::Alarm {
        id: alarm.id,
        kind: alarm.kind,
        since_ms: alarm.since.as_millis(),
        device_name: alarm.device.unwrap_or_default(),
        what: alarm.what,
        why: alarm.why,
        next: alarm.next,
        at_terminal: alarm.at_terminal,
        said_by: alarm.said_by.unwrap_or_default(),
        count: alarm.count,
    }
}

/// Reads an alarm.
pub fn alarm_from_pb(alarm: pb::Alarm) -> Alarm {
    Alarm {
        id: alarm.id,
        kind: alarm.kind,
        since: Timestamp::from_millis(alarm.since_ms),
        device: some(alarm.device_name),
        what: alarm.what,
        why: alarm.why,
        next: alarm.next,
        at_terminal: alarm.at_terminal,
        said_by: some(alarm.said_by),
        count: alarm.count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_comes_back_as_it_went() {
        for device in [Some("Phone".to_owned()), None] {
            let alarm = Alarm {
                id: "00ff".into(),
                kind: "DEVICE_FORKED".into(),
                since: Timestamp::from_millis(9),
                said_by: device.clone(),
                device,
                count: 3,
                what: "what".into(),
                why: "why".into(),
                next: "Next.".into(),
                at_terminal: "`haven next`.".into(),
            };
            assert_eq!(alarm_from_pb(alarm_to_pb(alarm.clone())), alarm);
        }
    }
}
