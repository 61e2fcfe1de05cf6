//! Links of the roster, wraps and keys: the letter K.

use haven_crypto::feedkeys::FeedSecrets;
use haven_engine::sync::Incoming;
use haven_evil::case::{Case, Verdict};
use haven_evil::cast::Who;
use haven_evil::server::Script;
use haven_feed::FeedId;
use haven_feed::roster::{Link, Roster, Wrap};

/// Tells the phone of links that the honest server does not have, in a hello of their own.
fn tells_links(phone: FeedId, links: Vec<Vec<u8>>) -> Script {
    Script::says(move |to, said| match said {
        Incoming::CaughtUp { space } if to == phone => {
            vec![Incoming::Links { space, links: links.clone() }, Incoming::CaughtUp { space }]
        }
        said => vec![said],
    })
}

async fn refused(case: Case, link: Vec<u8>) {
    told(case, link, "LINK_REFUSED").await;
}

async fn told(mut case: Case, link: Vec<u8>, alarm: &'static str) {
    let phone = case.feed(Who::Phone);
    case.mutate(tells_links(phone, vec![link])).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::told(Who::Phone, &[alarm])).await;
}

/// K1: a device that the server made up, under the laptop's name.
#[tokio::test(start_paused = true)]
async fn a_device_that_nobody_added_is_no_device() {
    let mut case = Case::begin().await;
    let stranger = FeedSecrets::from_entropy([8; 64]);
    let honest = case.cast.adds_keys(&stranger, "Laptop", Who::Laptop);
    // Signed by the stranger in the laptop's place.
    let mut bytes = honest.bytes().to_vec();
    let at = bytes.len() - 64;
    let digest = haven_feed::digest::digest("haven/1/roster author", &[honest.hash().as_bytes()]);
    bytes[at..].copy_from_slice(stranger.signer().sign(&digest).as_bytes());
    assert_ne!(bytes, honest.bytes().to_vec());
    refused(case, bytes).await;
}

/// K2: any part of a link that a member signed: the keys, the name, the wrap, whose it is, and what it stands on.
#[tokio::test(start_paused = true)]
async fn a_changed_link_is_refused() {
    for at in [50, 80, 90, 700, 1400, 2600] {
        let mut case = Case::begin().await;
        let stranger = FeedSecrets::from_entropy([8; 64]);
        let honest = case.cast.adds_keys(&stranger, "Watch", Who::Laptop);
        let mut bytes = honest.bytes().to_vec();
        bytes[at] ^= 1;
        refused(case, bytes).await;
    }
}

/// K7: a link in the place of one that is held. One that nobody signed is garbage; only a member's own signature makes two rosters of it.
#[tokio::test(start_paused = true)]
async fn only_a_signed_link_makes_two_rosters() {
    for signed in [false, true] {
        let mut case = Case::begin().await;
        let before = Roster::replay(&case.cast.links[..3]).unwrap();
        let now = std::mem::replace(&mut case.cast.roster, before);
        let stranger = FeedSecrets::from_entropy([8; 64]);
        let mut bytes = case.cast.adds_keys(&stranger, "Watch", Who::Tablet).bytes().to_vec();
        case.cast.roster = now;
        if !signed {
            let at = bytes.len() - 1;
            bytes[at] ^= 1;
        }
        told(case, bytes, if signed { "ROSTER_FORKED" } else { "LINK_REFUSED" }).await;
    }
}

/// A link of a later version: it can't be told by whom, so the word that an update is needed ends when the server sends none any more.
#[tokio::test(start_paused = true)]
async fn a_newer_link_asks_for_an_update_as_long_as_it_is_sent() {
    let mut case = Case::begin().await;
    let (mut link, _) = {
        let (link, root) = case.cast.changes(Who::Laptop, &[], |_, wrap| wrap);
        (link.bytes().to_vec(), root)
    };
    link[1] = 5;
    told(case, link, "UPDATE_NEEDED").await;
}

/// Whoever has the tablet's keys begins an epoch and spoils the way back to the one before: everybody sees it and says who did it.
#[tokio::test(start_paused = true)]
async fn a_key_that_does_not_lead_back_is_told() {
    let mut case = Case::begin().await;
    let (link, root) =
        case.cast.changes_from(Who::Tablet, &[], |_, wrap| wrap, |sealed| vec![0; sealed.len()]);
    case.mutate(Script::default()).await;
    case.tablet_enters();
    case.tablet_appends(&link).unwrap();
    case.cast.append(link);
    case.cast.roots.push(root);
    let text = case.write(Who::Laptop, "goes on").await;
    case.reaches(Who::Phone, &text);
    case.until_told(Who::Phone, "OLD_KEY_LOST").await;
    let alarms = case.device(Who::Phone).client.alarms().await.unwrap();
    assert_eq!(alarms.iter().map(|alarm| alarm.device.as_deref()).collect::<Vec<_>>(), [Some("Tablet")]);
    let both = Verdict::told(Who::Laptop, &["OLD_KEY_LOST"]).and(Who::Phone, &["OLD_KEY_LOST"]);
    case.judge(both.stays(&["OLD_KEY_LOST"])).await;
}

/// K3: a root that the server made, wrapped to everybody as it should be.
#[tokio::test(start_paused = true)]
async fn a_key_that_the_server_made_is_refused() {
    let mut case = Case::begin().await;
    let (link, _) = case.cast.changes(Who::Laptop, &[(Who::Tablet, None)], |_, wrap| wrap);
    let mut bytes = link.bytes().to_vec();
    let at = bytes.len() - 64;
    let server = FeedSecrets::from_entropy([7; 64]);
    let digest = haven_feed::digest::digest("haven/1/roster author", &[link.hash().as_bytes()]);
    bytes[at..].copy_from_slice(server.signer().sign(&digest).as_bytes());
    refused(case, bytes).await;
}

/// K8: added by a device that was removed before.
#[tokio::test(start_paused = true)]
async fn a_device_that_a_removed_one_adds_is_no_device() {
    let mut case = Case::begin().await;
    let stranger = FeedSecrets::from_entropy([8; 64]);
    let (link, root) = case.cast.changes(Who::Laptop, &[(Who::Tablet, None)], |_, wrap| wrap);
    case.tablet_enters();
    case.tablet_appends(&link).unwrap();
    case.cast.append(link);
    case.cast.roots.push(root);
    case.until_removed(Who::Phone, Who::Tablet).await;
    case.until_removed(Who::Laptop, Who::Tablet).await;
    case.settle().await;
    // Nobody makes such a link for the tablet: it is the laptop's, with the tablet as its author.
    let honest = case.cast.adds_keys(&stranger, "Watch", Who::Laptop);
    let mut bytes = honest.bytes().to_vec();
    bytes[74..82].copy_from_slice(case.feed(Who::Tablet).as_bytes());
    let at = bytes.len() - 64;
    let hash = haven_feed::digest::digest("haven/1/link", &[&bytes[..at]]);
    let digest = haven_feed::digest::digest("haven/1/roster author", &[hash.as_bytes()]);
    let signature = case.cast.secrets(Who::Tablet).signer().sign(&digest);
    bytes[at..].copy_from_slice(signature.as_bytes());
    refused(case, bytes).await;
}

fn garbled(wrap: &Wrap) -> Wrap {
    let mut bytes = *wrap.sealed();
    bytes[1150] ^= 1;
    Wrap::from_sealed(bytes)
}

/// Whoever has the tablet's keys begins an epoch whose wraps it makes as it likes, and everybody hears of it. Then the laptop writes.
async fn begun(twist: impl Fn(FeedId, FeedId, FeedId, Wrap) -> Wrap) -> (Case, String) {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let (link, root) = case.cast.changes(Who::Tablet, &[], |to, wrap| {
        let to = FeedId::from_bytes(*to.as_bytes());
        twist(to, laptop, phone, wrap)
    });
    case.mutate(Script::default()).await;
    case.tablet_enters();
    case.tablet_appends(&link).unwrap();
    case.cast.append(link);
    case.cast.roots.push(root);
    case.pass(std::time::Duration::from_secs(1)).await;
    let text = case.write(Who::Laptop, "under the new key").await;
    (case, text)
}

/// A member begins an epoch and tells the next one, with wraps that open.
async fn mended(case: &mut Case) {
    let (link, root) = case.cast.changes(Who::Laptop, &[], |_, wrap| wrap);
    case.tablet_enters();
    case.tablet_appends(&link).unwrap();
    case.cast.append(link);
    case.cast.roots.push(root);
}

/// K4: the wrap for one device does not open: what is written under that key waits, told, until another key brings it.
#[tokio::test(start_paused = true)]
async fn a_wrap_that_does_not_open_is_told_and_what_is_under_it_waits() {
    let (mut case, text) = begun(|to, _, phone, wrap| if to == phone { garbled(&wrap) } else { wrap }).await;
    case.until_told(Who::Phone, "KEY_MISSING").await;
    mended(&mut case).await;
    case.reaches(Who::Phone, &text);
    case.until_shown(Who::Phone, &[&text]).await;
    case.judge(Verdict::harmless()).await;
}

/// K5: the wrap for one device is of another root than the link names, or the very one of the epoch before.
#[tokio::test(start_paused = true)]
async fn a_wrap_of_another_root_does_not_open() {
    let mut other: Option<Wrap> = None;
    let mut made = haven_evil::cast::Cast::new(1);
    let phone = made.feed(Who::Phone);
    made.changes(Who::Tablet, &[], |to, wrap| {
        if to == phone.into() {
            other = Some(Wrap::from_sealed(*wrap.sealed()));
        }
        wrap
    });
    let other = *other.unwrap().sealed();
    let (mut case, text) =
        begun(move |to, _, phone, wrap| if to == phone { Wrap::from_sealed(other) } else { wrap }).await;
    case.until_told(Who::Phone, "KEY_MISSING").await;
    mended(&mut case).await;
    case.reaches(Who::Phone, &text);
    case.until_shown(Who::Phone, &[&text]).await;
    case.judge(Verdict::harmless()).await;
}

/// A link is kept back from one device; the first record that stands on it tells.
async fn appended_and_kept_back(case: &mut Case) -> Link {
    let phone = case.feed(Who::Phone);
    let head = case.cast.roster.head();
    let script = Script::says(move |to, said| match said {
        Incoming::Links { .. } if to == phone => Vec::new(),
        Incoming::Hello { space, store_id, vector, husks, .. } if to == phone => {
            let (roster_seq, roster_head) = (head.seq, head.hash);
            vec![Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks }]
        }
        said => vec![said],
    });
    let (link, root) = case.cast.changes(Who::Laptop, &[(Who::Tablet, None)], |_, wrap| wrap);
    case.mutate(script).await;
    case.tablet_enters();
    case.tablet_appends(&link).unwrap();
    case.cast.append(link.clone());
    case.cast.roots.push(root);
    case.until_removed(Who::Laptop, Who::Tablet).await;
    link
}

/// K6: the removal of a device is kept back.
#[tokio::test(start_paused = true)]
async fn a_removal_that_is_kept_back_is_told_by_the_next_record() {
    let mut case = Case::begin().await;
    appended_and_kept_back(&mut case).await;
    case.write(Who::Laptop, "knows of the removal").await;
    case.expects_removed(Who::Laptop, Who::Tablet);
    case.judge(Verdict::told(Who::Phone, &["ROSTER_WITHHELD"])).await;
}

/// The server shows an older roster than it had.
#[tokio::test(start_paused = true)]
async fn an_older_roster_is_told_and_not_gone_back_to() {
    let mut case = Case::begin().await;
    let (phone, head) = (case.feed(Who::Phone), case.cast.roster.head());
    let older = case.cast.roster.hash_at(head.seq - 1).unwrap();
    let script = Script::says(move |to, said| match said {
        Incoming::Hello { space, store_id, vector, roster_seq, husks, .. } if to == phone => {
            let roster_seq = roster_seq - 1;
            vec![Incoming::Hello { space, store_id, vector, roster_seq, roster_head: older, husks }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::told(Who::Phone, &["OLD_ROSTER"])).await;
}

/// K7: another roster, as the server says.
#[tokio::test(start_paused = true)]
async fn another_roster_gets_nothing() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    let script = Script::says(move |to, said| match said {
        Incoming::Hello { space, store_id, vector, roster_seq, husks, .. } if to == phone => {
            let roster_head = haven_feed::LinkHash::from_bytes([6; 32]);
            vec![Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.server.hang_up();
    case.sync(Who::Phone).await;
    case.write(Who::Phone, "is not sent to whoever has another list").await;
    // It's asked once more, for all of it: what it claims and does not show is kept back, and no more than that.
    case.judge(Verdict::told(Who::Phone, &["ROSTER_WITHHELD"]).after_pulls(2)).await;
}

/// K7: whoever has the tablet's keys signs two rosters, and the server shows the phone one of them and the laptop the other. Nothing is
/// merged: the phone keeps what it wrote, and brings it once it is linked anew.
#[tokio::test(start_paused = true)]
async fn two_signed_rosters_are_told_and_never_merged() {
    let mut case = Case::begin().await;
    let (phone, head) = (case.feed(Who::Phone), case.cast.roster.head());
    let [one, other] = [8, 9].map(|seed| {
        let stranger = FeedSecrets::from_entropy([seed; 64]);
        case.cast.adds_keys(&stranger, "Watch", Who::Tablet)
    });
    let script = Script::says(move |to, said| match said {
        Incoming::Links { .. } if to == phone => Vec::new(),
        Incoming::Hello { space, store_id, vector, husks, .. } if to == phone => {
            let (roster_seq, roster_head) = (head.seq, head.hash);
            vec![Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.tablet_enters();
    case.tablet_appends(&one).unwrap();
    case.cast.append(one);
    let (space, links) = (case.cast.roster.space(), vec![other.bytes().to_vec()]);
    case.server.tell(phone, Incoming::Links { space, links });
    for (who, seed) in [(Who::Laptop, 8), (Who::Phone, 9)] {
        let id = FeedSecrets::from_entropy([seed; 64]).keys().id().to_string();
        let device = case.device(who);
        case.until("a roster of its own", async || device.shown().await.devices.contains_key(&id)).await;
        case.expects_device(who, &id, "Watch");
    }
    case.part(Who::Phone);
    case.write(Who::Phone, "by the other list").await;
    case.write(Who::Laptop, "by the one list").await;
    // Beside the fork: the server shows less of the roster than it told, and what was written by the one list isn't taken in.
    let told = ["OLD_ROSTER", "RECORDS_WITHHELD", "ROSTER_FORKED"];
    let verdict = Verdict::told(Who::Phone, &told).after_pulls(3).parts(Who::Phone, "ROSTER_FORKED");
    case.judge(verdict.stays(&["RECORDS_WITHHELD"])).await;
}
