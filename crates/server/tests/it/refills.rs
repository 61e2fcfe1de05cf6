//! A server that is filled again: by whom, in how many pieces, and what it costs if it does not come to an end.

use haven_feed::Vector;
use haven_feed::invite::Invite;
use haven_feed::limits::{LINK_BYTES_MAX, ROSTER_BYTES_MAX};
use haven_feed::roster::Link;
use haven_server::init;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::pull_response::Event;

use crate::client::{Client, reason};
use crate::kit::{Device, Vault};
use crate::process::Process;
use crate::running::{Running, invite_of, unknown};

const MIB: u64 = 1024 * 1024;

/// A vault whose roster does not fit one message: devices came and went.
fn long(count: usize) -> Vault {
    let mut vault = Vault::with_devices(1, 60);
    while vault.links.len() < count {
        let link = vault.advancing();
        vault.append(link);
    }
    vault
}

fn bytes_of(vault: &Vault) -> usize {
    vault.links.iter().map(|link| link.bytes().len()).sum()
}

/// Brings a whole roster, so many links at a time.
async fn refill(client: &Client, invite: &Invite, vault: &Vault, links: usize) {
    let last = vault.links.len() - 1;
    let mut held = 0;
    while held < last {
        let count = links.min(last - held);
        let more = held + count < last;
        let head = client.bring(invite, vault, held, count, more).await.expect("taken");
        held += count;
        assert_eq!(head, vault.links[held].head());
    }
}

#[tokio::test]
async fn a_device_that_was_added_later_fills_an_empty_server() {
    let mut vault = long(75);
    assert!(bytes_of(&vault) > 1024 * 1024, "more than a message");
    let server = Running::start().await;
    let invite = server.invite();
    let later = vault.devices.len() - 1;
    let mut client = Client::connect(&server.url, vault.space()).await;
    assert_eq!(reason(client.log_in(&vault.devices[later]).await), ErrorReason::SpaceUnknown);
    refill(&client, &invite, &vault, 10).await;
    client.log_in(&vault.devices[later]).await.expect("the whole roster admits it");
    let (records, theirs) = (vault.write(later, 2), vault.write(0, 1));
    client.push([records, theirs].concat()).await.expect("others' records too");
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!((past.records.len(), past.links.len()), (3, vault.links.len()));
    assert_eq!(client.find(&vault.paper, &vault.paper.signer).await.expect("found").len(), 1);
    assert_eq!(reason(client.create(&invite, &Vault::new(2)).await), ErrorReason::InviteUsed, "spent by now");
    let last = vault.links.len() - 1;
    let again = client.bring(&invite, &vault, last - 1, 1, false).await;
    assert_eq!(again.expect("a lost answer does no harm"), vault.roster.head());
}

#[tokio::test]
async fn a_refill_that_breaks_off_spends_nothing_and_begins_again() {
    let vault = Vault::with_devices(1, 12);
    let server = Running::start().await;
    let invite = server.invite();
    let one = Client::connect(&server.url, vault.space()).await;
    one.bring(&invite, &vault, 0, 5, true).await.expect("taken");
    let mut member = Client::connect(&server.url, vault.space()).await;
    assert_eq!(
        reason(member.log_in(&vault.devices[0]).await),
        ErrorReason::SpaceUnknown,
        "half a roster is no space"
    );
    // A piece too far, the one before again, one of another vault: nothing is kept that has a gap.
    for (after, from) in [(7, &vault), (3, &vault), (5, &Vault::with_devices(2, 12))] {
        one.bring(&invite, &vault, 0, 5, true).await.expect("begun again");
        assert_eq!(reason(one.bring(&invite, from, after, 2, true).await), ErrorReason::RefillOver);
        assert_eq!(
            reason(one.bring(&invite, &vault, 5, 2, true).await),
            ErrorReason::RefillOver,
            "it is over"
        );
    }
    let another = server.invite();
    assert_eq!(reason(one.bring(&another, &vault, 5, 2, false).await), ErrorReason::RefillOver);
    assert_eq!(reason(one.bring(&unknown(), &vault, 0, 5, true).await), ErrorReason::InviteInvalid);

    one.bring(&invite, &vault, 0, 5, true).await.expect("begun once more");
    let two = Client::connect(&server.url, vault.space()).await;
    refill(&two, &invite, &vault, 3).await;
    two.elsewhere(&server.url)
        .await
        .log_in(&vault.devices[11])
        .await
        .expect("another device came to its end");

    let other = Vault::new(3);
    let unspent = server.invite();
    one.bring(&unspent, &Vault::with_devices(4, 9), 0, 3, true).await.expect("begun");
    one.create(&unspent, &other).await.expect("the invite is open to any vault until one is made");
}

#[tokio::test]
async fn a_piece_that_does_not_hold_makes_no_space() {
    let (vault, other) = (Vault::with_devices(1, 9), Vault::with_devices(2, 9));
    let server = Running::start().await;
    let invite = server.invite();
    let client = Client::connect(&server.url, vault.space()).await;
    let mut mixed = Vault::with_devices(1, 9);
    mixed.links[6] = other.links[6].clone();
    client.bring(&invite, &mixed, 0, 4, true).await.expect("taken");
    assert_eq!(reason(client.bring(&invite, &mixed, 4, 4, false).await), ErrorReason::LinkRejected);
    let mut member = Client::connect(&server.url, vault.space()).await;
    assert_eq!(reason(member.log_in(&vault.devices[0]).await), ErrorReason::SpaceUnknown);
    client.create(&invite, &vault).await.expect("the invite is still good");
}

/// Two invites and one genesis: one of them makes the space, the other is refused and not spent, and the server goes on.
#[tokio::test]
async fn two_invites_that_race_for_one_space_are_a_refusal() {
    let server = Running::start().await;
    for number in 1..=12 {
        let vault = Vault::with_devices(number, 3);
        let invites = [server.invite(), server.invite(), server.invite()];
        let clients = [
            Client::connect(&server.url, vault.space()).await,
            Client::connect(&server.url, vault.space()).await,
            Client::connect(&server.url, vault.space()).await,
        ];
        let (a, b, c) = tokio::join!(
            clients[0].create(&invites[0], &vault),
            clients[1].create(&invites[1], &vault),
            clients[2].create(&invites[2], &vault),
        );
        let mut made = 0;
        let mut left = Vec::new();
        for (answer, invite) in [a, b, c].into_iter().zip(invites) {
            match answer {
                Ok(head) => {
                    made += 1;
                    assert_eq!(head, vault.roster.head());
                }
                refused => {
                    assert_eq!(reason(refused), ErrorReason::SpaceExists);
                    left.push(invite);
                }
            }
        }
        assert_eq!((made, left.len()), (1, 2));
        for (n, invite) in (100..).zip(left) {
            let another = Vault::new(number * 1_000 + n);
            clients[0].create(&invite, &another).await.expect("the invite is not spent");
        }
        Client::enter(&server.url, &vault, 2).await.list(None).await.expect("it serves");
    }
    let folder = server.stop().await;
    assert_eq!(haven_server::keeper::check(folder.path()).expect("checked").problems, Vec::<String>::new());
}

/// A server was filled by a device that had not heard of the newest ones: an invite, open or the one that filled it, brings it the
/// links between, and is not spent by that. Who listens hears of them.
#[tokio::test]
async fn a_server_that_has_an_older_list_is_brought_what_it_lacks() {
    for in_pieces in [false, true] {
        let (old, mut new) = (Vault::with_devices(1, 3), Vault::with_devices(1, 6));
        let paper = Device::new(7);
        let replacing = new.replacing_paper(&paper);
        new.append(replacing);
        let server = Running::start().await;
        let (first, open) = (server.invite(), server.invite());
        let client = Client::connect(&server.url, old.space()).await;
        client.create(&first, &old).await.expect("filled by who knew less");
        let listening = Client::enter(&server.url, &old, 1).await;
        let mut events = listening.pull(&Vector::default(), None).await.expect("pulled");
        events.past().await.expect("the past");
        let mut later = Client::connect(&server.url, old.space()).await;
        assert_eq!(reason(later.log_in(&new.devices[5]).await), ErrorReason::FeedUnknown);

        assert_eq!(reason(client.create(&unknown(), &new).await), ErrorReason::InviteInvalid);
        let spent = server.invite();
        client.create(&spent, &Vault::new(2)).await.expect("another vault");
        assert_eq!(reason(client.create(&spent, &new).await), ErrorReason::InviteUsed, "by another vault");
        let invite = if in_pieces { &first } else { &open };
        if in_pieces {
            refill(&client, invite, &new, 2).await;
        } else {
            assert_eq!(client.create(invite, &new).await.expect("taken"), new.roster.head());
        }
        let mut heard = Vec::new();
        while heard.len() < new.links.len() - old.links.len() {
            let Event::Links(links) = events.next().await.expect("an event") else {
                unreachable!("only links")
            };
            heard.extend(links.links);
        }
        assert_eq!(heard, new.later_links()[old.links.len() - 1..]);
        later.elsewhere(&server.url).await.log_in(&new.devices[5]).await.expect("in");
        assert_eq!(client.find(&paper, &paper.signer).await.expect("by the newest paper").len(), 1);
        for stale in [&old, &new] {
            assert_eq!(
                reason(client.create(&open, stale).await),
                ErrorReason::SpaceExists,
                "nothing to take"
            );
            assert_eq!(client.create(&first, stale).await.expect("it made it"), stale.roster.head());
        }
        client.create(&open, &Vault::new(3)).await.expect("the invite is not spent");
        let folder = server.stop().await;
        let checked = haven_server::keeper::check(folder.path()).expect("checked");
        assert_eq!(checked.problems, Vec::<String>::new());
    }
}

/// Whoever has the invite that made the space, and was removed since, learns by it of no link that it did not bring.
#[tokio::test]
async fn an_invite_tells_nobody_how_far_the_list_goes() {
    let (old, mut vault) = (Vault::with_devices(1, 3), Vault::with_devices(1, 3));
    let server = Running::start().await;
    let invite = server.invite();
    let client = Client::connect(&server.url, old.space()).await;
    client.create(&invite, &old).await.expect("created");
    let owner = Client::enter(&server.url, &vault, 0).await;
    for _ in 0..3 {
        let link = vault.advancing();
        owner.append(vault.roster.head(), &link).await.expect("appended");
        vault.append(link);
    }
    assert_eq!(client.create(&invite, &old).await.expect("it made it"), old.roster.head());
    assert_eq!(client.bring(&invite, &old, 0, 0, false).await.expect("it made it"), old.links[0].head());
}

/// What parts from the server's list, or is not signed by its members, is refused whoever brings it, and the list stays.
#[tokio::test]
async fn an_invite_brings_no_link_that_a_member_could_not_append() {
    let mut held = Vault::with_devices(1, 3);
    let common = held.links.len();
    let mut other = Vault::with_devices(1, 3);
    let link = held.advancing();
    held.append(link);
    other.add(Device::new(50));
    other.add(Device::new(51));
    let server = Running::with(&held).await;
    let invite = server.invite();
    let client = Client::connect(&server.url, held.space()).await;
    assert_eq!(reason(client.create(&invite, &other).await), ErrorReason::SpaceExists);
    assert_eq!(reason(client.bring(&invite, &other, 0, common, true).await), ErrorReason::SpaceExists);
    assert_eq!(reason(client.bring(&invite, &other, common, 1, false).await), ErrorReason::SpaceExists);

    // Two more that hold, and one that somebody else made.
    let mut forged = Vault::with_devices(1, 3);
    forged.links.push(held.links[common].clone());
    forged.links.push(Vault::with_devices(9, 6).links[common + 1].clone());
    assert_eq!(reason(client.create(&invite, &forged).await), ErrorReason::LinkRejected);
    let mut bytes = held.adding(&Device::new(52)).bytes().to_vec();
    *bytes.last_mut().expect("a signature") ^= 1;
    *forged.links.last_mut().expect("a link") = Link::parse(bytes).expect("it parses");
    assert_eq!(reason(client.create(&invite, &forged).await), ErrorReason::SignatureInvalid);
    let (links, head) = Client::enter(&server.url, &held, 2).await.list(None).await.expect("listed");
    assert_eq!((links.len(), head), (held.links.len(), held.roster.head()));
}

/// Everybody with an invite brings as much as they can and ends nothing: it is bounded, and a server that was refilled by the
/// longest roster there may be has not grown by more than 64 MiB.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_its_way_is_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start(folder.path());
    let empty = process.resident();
    // Genesis and sixty devices, then one change after the other by the paper: 16 MiB, as much as a roster takes.
    let mut vault = long(60);
    while bytes_of(&vault) + LINK_BYTES_MAX <= ROSTER_BYTES_MAX {
        let link = vault.advancing_by_paper();
        vault.append(link);
    }
    let (mut over, mut first, mut clients) = (0, 0, Vec::new());
    for n in 0..10 {
        let invite = invite_of(folder.path());
        let client = Client::connect(&process.url, vault.space()).await;
        let mut held = 0;
        while held + 20 < vault.links.len() {
            match client.bring(&invite, &vault, held, 10, true).await {
                Ok(_) => held += 10,
                Err(status) => {
                    assert_eq!(reason::<()>(Err(status)), ErrorReason::RateLimited);
                    over += 1;
                    break;
                }
            }
        }
        first = if n == 0 { held } else { first };
        clients.push((client, invite));
    }
    assert!(over >= 8, "{over} of ten were told to come later");
    let grown = process.resident().saturating_sub(empty);
    assert!(grown <= 64 * MIB, "{grown} bytes");
    println!("grown by {grown} bytes");
    // The one that holds most of it comes to its end; the space is there and whoever was added last logs in.
    let ((client, invite), last) = (&clients[0], vault.links.len() - 1);
    let mut held = first;
    while held < last {
        let count = 10.min(last - held);
        client.bring(invite, &vault, held, count, held + count < last).await.expect("taken");
        held += count;
    }
    let mut member = Client::connect(&process.url, vault.space()).await;
    member.log_in(&vault.devices[59]).await.expect("in");
    let grown = process.resident().saturating_sub(empty);
    assert!(grown <= 64 * MIB, "{grown} bytes once it is there");
    println!("grown by {grown} bytes once it is there");
}
