use super::*;

fn device(removed: bool) -> Device {
    Device {
        id: "0011223344556677".to_owned(),
        name: "Phone".to_owned(),
        this: !removed,
        added: Some(Timestamp::from_millis(1)),
        last_seen: removed.then_some(Timestamp::from_millis(2)),
        removed,
    }
}

#[test]
fn every_device_comes_back_as_it_went() {
    for removed in [false, true] {
        let device = device(removed);
        assert_eq!(device_from_pb(Some(device_to_pb(device.clone()))), Ok(device));
    }
}

#[test]
fn every_state_of_a_link_comes_back_as_it_went() {
    let error = ApiError::new(ErrorReason::WrongWords, "the link failed");
    let states = [
        LinkState::Waiting { expires: Timestamp::from_millis(9) },
        LinkState::Answered { device_name: "Phone".to_owned() },
        LinkState::Comparing(Admitted { device: device(false), words: "four five six".to_owned() }),
        LinkState::Done(device(false)),
        LinkState::Expired,
        LinkState::Failed(Box::new(error)),
    ];
    for state in states {
        assert_eq!(link_state_from_pb(link_state_to_pb(state.clone())), Ok(state));
    }
}

#[test]
fn every_state_of_joining_comes_back_as_it_went() {
    let linked = JoinState::Linked { vault: "ab".repeat(32), device_id: "cd".repeat(8) };
    let words = JoinState::Words("one two three".to_owned());
    for state in [JoinState::Connecting, words, JoinState::Comparing, linked] {
        assert_eq!(join_state_from_pb(join_state_to_pb(state.clone())), Ok(state));
    }
}

#[test]
fn a_code_and_a_joiner_come_back_as_they_went() {
    let link = || Link {
        code: "CODE".to_owned(),
        server_url: "http://127.0.0.1:7460".to_owned(),
        expires: Timestamp::from_millis(3),
        url: "haven:CODE".to_owned(),
    };
    let read = link_from_pb(link_to_pb(link()));
    assert_eq!(
        (read.code, read.server_url, read.expires, read.url),
        (link().code, link().server_url, link().expires, link().url)
    );
    let join =
        Join { code: "a".into(), server_url: "b".into(), device_name: "c".into(), passphrase: "d".into() };
    let read = join_from_pb(join_to_pb(join));
    assert_eq!([read.code, read.server_url, read.device_name, read.passphrase], ["a", "b", "c", "d"]);
}

#[test]
fn what_no_device_sends_is_unreadable() {
    assert_eq!(device_from_pb(None).unwrap_err().name(), "UNSUPPORTED");
    assert_eq!(device_from_pb(Some(pb::Device::default())).unwrap_err().name(), "UNSUPPORTED");
    assert!(link_state_from_pb(pb::WatchLinkResponse::default()).is_err());
    assert!(join_state_from_pb(pb::JoinVaultResponse::default()).is_err());
}
