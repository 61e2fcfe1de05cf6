//! What a removed device writes, by itself and with the help of the server: the letter X.

use haven_engine::sync::Incoming;
use haven_evil::case::{Case, Verdict};
use haven_evil::cast::Who;
use haven_evil::forge::content;
use haven_evil::server::Script;
use haven_feed::record::{RecordKind, VerifiedRecord};
use haven_feed::{Position, RecordId};

/// The tablet is removed, naming what it had written until then; everybody knows of it.
async fn removed(tablet_wrote: bool) -> (Case, Option<VerifiedRecord>) {
    let mut case = Case::begin().await;
    let t1 = tablet_wrote.then(|| case.cast.by_tablet(None, &content(&[], &[])));
    if let Some(t1) = &t1 {
        case.tablet_pushes(&[t1]).unwrap();
        case.settle().await;
    }
    let head = t1.as_ref().map(VerifiedRecord::position);
    let (link, root) = case.cast.changes(Who::Phone, &[(Who::Tablet, head)], |_, wrap| wrap);
    case.tablet_enters();
    case.tablet_appends(&link).unwrap();
    case.cast.append(link);
    case.cast.roots.push(root);
    case.until_removed(Who::Laptop, Who::Tablet).await;
    case.until_removed(Who::Phone, Who::Tablet).await;
    case.write(Who::Laptop, "after the removal").await;
    case.settle().await;
    (case, t1)
}

/// X1, X2 and X3: the server helps the removed device, whose record claims to be from before. It's kept and not part of anything; the person is
/// told on both devices.
#[tokio::test(start_paused = true)]
async fn what_a_removed_device_dates_back_is_not_taken_in() {
    for wrote in [false, true] {
        let (mut case, t1) = removed(wrote).await;
        let before = case.cast.roster.head().seq - 1;
        let t2 = case.cast.record_at(
            Who::Tablet,
            t1.as_ref(),
            before,
            RecordKind::Data,
            &content(&[], &[(100, vec![1])]),
        );
        case.mutate(Script::default()).await;
        let space = case.cast.roster.space();
        for who in [Who::Laptop, Who::Phone] {
            let records = vec![t2.bytes().clone()];
            case.server.tell(case.feed(who), Incoming::Records { space, records });
        }
        let text = case.write(Who::Laptop, "does not name it").await;
        case.reaches(Who::Phone, &text);
        let verdict =
            Verdict::told(Who::Laptop, &["REMOVED_DEVICE_WROTE"]).and(Who::Phone, &["REMOVED_DEVICE_WROTE"]);
        // The honest server never had it, which looks as if it had gone back.
        case.judge(verdict.stays(&["REMOVED_DEVICE_WROTE", "SERVER_ROLLED_BACK"])).await;
    }
}

/// X1: before it was removed it named a record that does not exist, and another than the one that is there. Everybody was told, and
/// nobody is any more: only what it said at last is there to be told.
#[tokio::test(start_paused = true)]
async fn what_only_a_removed_device_said_is_told_no_more() {
    let mut case = Case::begin().await;
    let at = |seq| Position { seq, id: RecordId::from_bytes([7; 32]) };
    let seen = [(case.feed(Who::Phone), at(9_999)), (case.feed(Who::Laptop), at(1))];
    let t1 = case.cast.by_tablet(None, &content(&seen, &[]));
    case.tablet_pushes(&[&t1]).unwrap();
    for who in [Who::Laptop, Who::Phone] {
        case.until_told(who, "RECORDS_WITHHELD").await;
        case.until_told(who, "HISTORY_CONTRADICTED").await;
    }
    let (link, root) = case.cast.changes(Who::Phone, &[(Who::Tablet, None)], |_, wrap| wrap);
    case.tablet_appends(&link).unwrap();
    case.cast.append(link);
    case.cast.roots.push(root);
    case.until_removed(Who::Laptop, Who::Tablet).await;
    case.until_removed(Who::Phone, Who::Tablet).await;
    case.mutate(Script::default()).await;
    let text = case.write(Who::Laptop, "goes on").await;
    case.reaches(Who::Phone, &text);
    let wrote = &["REMOVED_DEVICE_WROTE"];
    case.judge(Verdict::told(Who::Laptop, wrote).and(Who::Phone, wrote).stays(wrote)).await;
}

/// X1: it knows of its removal and writes all the same.
#[tokio::test(start_paused = true)]
async fn what_a_removed_device_writes_after_its_removal_is_refused() {
    let (mut case, t1) = removed(true).await;
    let head = case.cast.roster.head().seq;
    let t2 = case.cast.record_at(Who::Tablet, t1.as_ref(), head, RecordKind::Data, &content(&[], &[]));
    assert!(case.tablet_pushes(&[&t2]).is_err(), "an honest server takes nothing of it");
    case.mutate(Script::default()).await;
    let (space, phone) = (case.cast.roster.space(), case.feed(Who::Phone));
    case.server.tell(phone, Incoming::Records { space, records: vec![t2.bytes().clone()] });
    case.judge(Verdict::told(Who::Phone, &["RECORD_REFUSED"])).await;
}

/// X4: what is written after the removal does not open with anything that the removed device has.
#[tokio::test(start_paused = true)]
async fn what_is_written_after_a_removal_opens_with_no_key_of_the_removed_one() {
    let (mut case, _) = removed(false).await;
    case.mutate(Script::default()).await;
    let text = case.write(Who::Laptop, "only for those who remain").await;
    case.reaches(Who::Phone, &text);
    case.until_shown(Who::Phone, &[&text]).await;
    let laptop = case.feed(Who::Laptop);
    let newest = case.newest(laptop);
    assert_eq!(newest.header().epoch, 1);
    let opens = |root: usize| haven_crypto::record::open(&case.cast.roots[root].keys(), &newest).is_ok();
    assert_eq!([opens(0), opens(1)], [false, true]);
    case.judge(Verdict::harmless()).await;
}
