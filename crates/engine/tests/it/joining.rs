//! A device on its way in, against one that is newer than it.

use haven_crypto::linking::{Existing, LinkSecret, ManifestName, Offer, Welcome};
use haven_engine::join::{Farewell, JoinFault, JoinInput, JoinSend, JoinStep, Joining};
use haven_feed::ids::{LinkHash, RosterHead, SpaceId, StoreId, Vector};

use crate::lab::Counting;

fn posted(step: JoinStep) -> Vec<u8> {
    let message = step.send.into_iter().find_map(|send| match send {
        JoinSend::Post { message, .. } => Some(message),
        _ => None,
    });
    message.unwrap()
}

/// Goes through a linking by hand, up to the words that the person compares last.
fn welcomed(manifest: Option<ManifestName>) -> Result<JoinStep, JoinFault> {
    let mut chance = Counting::new(1);
    let secret = LinkSecret::from_entropy([5; 16]);
    let head = RosterHead { seq: 3, hash: LinkHash::from_bytes([3; 32]) };
    let offer = Offer { space: SpaceId::from_bytes([4; 32]), head };
    let mut existing = Existing::new(&secret, offer);
    let (mut joining, step) = Joining::start(&secret.code(), "Phone", &mut chance).unwrap();
    let message = existing.answer(&posted(step), [6; 32], [7; 32]).unwrap();
    let heard = |index, message: &[u8]| JoinInput::Mailbox { index, message: message.to_vec() };
    let step = joining.step(heard(2, &message), &mut chance).unwrap();
    let again = joining.step(heard(2, &message), &mut chance).unwrap();
    assert!(again.send.is_empty() && again.words.is_none(), "out of turn, and so of no effect");
    let words = step.words.clone().unwrap();
    existing.receive(&posted(step)).unwrap();
    let candidate = existing.confirm(&words).unwrap();
    let welcome = Welcome {
        manifest,
        server_key: candidate.keys.sign,
        store: StoreId::from_bytes([8; 16]),
        vector: Vector::default(),
    };
    let message = existing.welcome(&welcome, [9; 32]).unwrap();
    let words = existing.words().unwrap().join(" ");
    assert!(joining.step(heard(4, &message), &mut chance).unwrap().wants_words);
    assert!(!joining.step(heard(4, &message), &mut chance).unwrap().wants_words);
    joining.compare(&words)
}

/// Where there is a manifest, bodies may be gone that its packs stand for. Who can't read packs would show a journal with holes, and
/// vouch for it as whole: it comes in after an update.
#[test]
fn a_manifest_that_cannot_be_honoured_ends_the_joining() {
    let manifest = ManifestName { generation: 2, id: [1; 32] };
    assert!(matches!(welcomed(Some(manifest)), Err(JoinFault::Newer)));
    let step = welcomed(None).unwrap();
    assert!(matches!(step.send[..], [JoinSend::Challenge { .. }]), "it goes on");
}

/// Two devices are given one code. What the late one says at its end would end the linking of the first.
#[test]
fn whoever_used_the_code_second_has_no_say_in_the_linking() {
    let mut chance = Counting::new(1);
    let secret = LinkSecret::from_entropy([5; 16]);
    let head = RosterHead { seq: 3, hash: LinkHash::from_bytes([3; 32]) };
    let mut existing = Existing::new(&secret, Offer { space: SpaceId::from_bytes([4; 32]), head });
    let mut begin = |name| Joining::start(&secret.code(), name, &mut chance).unwrap();
    let ((mut early, step), (mut late, _), (silent, _)) = (begin("Phone"), begin("Watch"), begin("Tablet"));
    let first = posted(step);
    let second = existing.answer(&first, [6; 32], [7; 32]).unwrap();

    // The mailbox tells both of them what is in it.
    let heard = |index, message: &[u8]| JoinInput::Mailbox { index, message: message.to_vec() };
    let refused = late.step(heard(1, &first), &mut chance).err();
    assert!(matches!(refused, Some(JoinFault::CodeOver)), "{refused:?}");
    assert!(late.step(heard(2, &second), &mut chance).is_err());
    for mut joining in [late, silent] {
        assert!(joining.leave(Farewell::Misbehaved, &mut chance).is_none());
        assert!(joining.step(heard(2, &second), &mut chance).is_err(), "not for this one");
        assert!(joining.leave(Farewell::Misbehaved, &mut chance).is_none());
    }
    early.step(heard(1, &first), &mut chance).unwrap();
    let Some(JoinSend::Post { index: 5, message, .. }) = early.leave(Farewell::Cancelled, &mut chance) else {
        panic!("the device that is listened to says why it goes");
    };
    assert_eq!(existing.left(&message), Some(Farewell::Cancelled));
    assert!(early.step(heard(2, &second), &mut chance).unwrap().words.is_some());
}
