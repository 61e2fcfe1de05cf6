//! A shared space on a server: two parties, each with devices and with a key that outlives them.

use std::collections::BTreeMap;

use haven_feed::roster::body::{AddFeed, AddParty, Body, Change, Founding, Replaced, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::{EpochBlock, Wraps};
use haven_feed::roster::link::{self, Author, Link};
use haven_feed::roster::{Roster, Wrap};
use haven_feed::{EpochId, FeedId, MemberId, PartyId, Vector};
use haven_wire::pb::{self, ErrorReason};

use crate::client::{Client, reason, within};
use crate::kit::{Device, Vault};
use crate::running::Running;

/// The owner's device and party are the first device and the "paper" of the kit.
struct Shared {
    vault: Vault,
    therapist: Device,
    desk: Device,
    tablet: Device,
}

fn as_feed(device: &Device) -> Author<'_> {
    Author { id: device.feed().into(), signer: &device.signer }
}

fn as_party(device: &Device) -> Author<'_> {
    Author { id: device.keys.party_id().into(), signer: &device.signer }
}

fn wrap() -> Wrap {
    Wrap::from_sealed([3; Wrap::SEALED])
}

fn wraps_for(recipients: impl IntoIterator<Item = MemberId>) -> Wraps {
    recipients.into_iter().map(|id| (id, wrap())).collect()
}

impl Shared {
    /// The owner's alone.
    fn new() -> Self {
        let (phone, owner) = (Device::new(1), Device::new(2));
        let founding = Founding {
            kind: SpaceKind::Shared,
            seed: [9; 32],
            feed: phone.keys.clone(),
            sealed_name: vec![1; 160],
            standing: owner.keys.clone(),
            epoch_id: EpochId::from_bytes([100; 32]),
            wraps: wraps_for([phone.feed().into(), owner.keys.party_id().into()]),
        };
        let genesis =
            link::genesis(founding.agreed(&phone.signer, &owner.signer), &phone.signer).expect("one");
        let roster = Roster::genesis(genesis.bytes().clone()).expect("a roster");
        let vault = Vault { roster, links: vec![genesis], devices: vec![phone], paper: owner };
        Self { vault, therapist: Device::new(3), desk: Device::new(4), tablet: Device::new(5) }
    }

    fn link(&self, author: Author<'_>, body: impl Into<Body>) -> Link {
        link::unchecked(&self.vault.roster, author, body).expect("a link")
    }

    fn terms(&self, role: Role, party: Option<PartyId>) -> Terms {
        Terms::at(role, self.vault.space(), self.vault.roster.head().hash, party)
    }

    fn adding_party(&self, new: &Device) -> AddParty {
        AddParty {
            keys: new.keys.clone(),
            sealed_name: vec![3; 160],
            after: self.vault.roster.head().hash,
            wrap: wrap(),
            consent: consent::sign(&self.terms(Role::Party, None), &new.keys, &new.signer),
        }
    }

    fn adding(&self, new: &Device, party: &Device) -> AddFeed {
        let party = Some(party.keys.party_id());
        AddFeed {
            keys: new.keys.clone(),
            sealed_name: vec![2; 160],
            party,
            wrap: wrap(),
            consent: consent::sign(&self.terms(Role::Feed, party), &new.keys, &new.signer),
        }
    }

    fn changing(
        &self,
        author: MemberId,
        removed: &[FeedId],
        party: Option<&Device>,
        new: Option<(&Device, &Device)>,
    ) -> Change {
        let epoch = self.vault.roster.epoch() + 1;
        let replaced = new.map(|(old, new)| {
            let terms = self.terms(Role::Party, Some(old.keys.party_id()));
            Replaced { keys: new.keys.clone(), consent: consent::sign(&terms, &new.keys, &new.signer) }
        });
        let mut change = Change {
            removed: removed.iter().map(|feed| (*feed, None)).collect::<BTreeMap<_, _>>(),
            party: party.map(|party| party.keys.party_id()),
            replaced,
            epoch: EpochBlock {
                epoch,
                id: EpochId::from_bytes([u8::try_from(epoch).expect("few"); 32]),
                sealed_previous: vec![7; 65],
                wraps: Wraps::new(),
            },
        };
        let recipients = self.vault.roster.recipients(&author, &change).expect("a member");
        change.epoch.wraps = wraps_for(recipients.into_keys());
        change
    }

    /// Has the server take a link, and takes it.
    async fn append(&mut self, by: &Client, link: Link) {
        by.append(self.vault.roster.head(), &link).await.expect("appended");
        self.vault.append(link);
    }

    async fn enter(&self, server: &Running, role: Role, as_whom: &Device) -> Result<Client, ErrorReason> {
        let mut client = Client::connect(&server.url, self.vault.space()).await;
        let member = match role {
            Role::Feed => as_whom.feed().into(),
            _ => as_whom.keys.party_id().into(),
        };
        match client.log_in_as(role, member, as_whom).await {
            Ok(()) => Ok(client),
            refused => Err(reason(refused)),
        }
    }
}

async fn opened(client: &Client) -> ErrorReason {
    let open = pb::OpenMailboxRequest { mailbox: vec![1; 16].into(), kind: pb::MailboxKind::Contact.into() };
    reason(within(client.mailboxes().open_mailbox(client.request(open))).await)
}

/// The other party brings in its devices by its own key, minds nobody else's, and writes by its devices alone. Once it is out it reads up
/// to that, by its key as by its devices; by a key that it had before, nothing.
#[tokio::test]
async fn each_party_minds_its_own_and_one_that_is_put_out_reads_up_to_that() {
    let mut s = Shared::new();
    let server = Running::with(&s.vault).await;
    let owner = Client::enter(&server.url, &s.vault, 0).await;
    assert_eq!(s.enter(&server, Role::Party, &s.therapist).await.err(), Some(ErrorReason::FeedUnknown));
    let link = s.link(as_feed(&s.vault.devices[0]), s.adding_party(&s.therapist));
    s.append(&owner, link).await;
    let party = s.enter(&server, Role::Party, &s.therapist).await.expect("in");
    let link = s.link(as_party(&s.therapist), s.adding(&s.desk, &s.therapist));
    s.append(&party, link).await;
    let desk = s.enter(&server, Role::Feed, &s.desk).await.expect("in");

    let written = s.vault.write(0, 2);
    owner.push(written.clone()).await.expect("pushed");
    let (theirs, _) = s.desk.seal(&s.vault.roster, None, 1, 272);
    assert_eq!(reason(party.push(vec![theirs.clone()]).await), ErrorReason::RoleUnfit);
    assert_eq!(opened(&party).await, ErrorReason::RoleUnfit);
    desk.push(vec![theirs]).await.expect("pushed");
    let past = party.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!((past.records.len(), past.links.len()), (3, 3));
    assert_eq!(party.fetch(s.vault.devices[0].feed(), &[1, 2]).await.expect("fetched"), written);
    assert_eq!(s.enter(&server, Role::Feed, &s.therapist).await.err(), Some(ErrorReason::FeedUnknown));
    assert_eq!(s.enter(&server, Role::Paper, &s.therapist).await.err(), Some(ErrorReason::FeedUnknown));

    // What is the owner's alone, or the owner's own.
    let (phone, desk_id) = (s.vault.devices[0].feed(), s.desk.feed());
    let bodies: [Body; 3] = [
        s.adding(&s.tablet, &s.vault.paper).into(),
        s.adding_party(&s.tablet).into(),
        s.changing(desk_id.into(), &[phone], None, None).into(),
    ];
    for body in bodies {
        for (client, author) in [(&desk, as_feed(&s.desk)), (&party, as_party(&s.therapist))] {
            let refused = client.append(s.vault.roster.head(), &s.link(author, body.clone())).await;
            assert_eq!(reason(refused), ErrorReason::LinkRejected);
        }
    }

    // Other keys of the same party.
    let new = Device::new(6);
    let change = s.changing(desk_id.into(), &[], None, Some((&s.therapist, &new)));
    let link = s.link(as_feed(&s.desk), change);
    s.append(&desk, link).await;
    assert_eq!(reason(party.list(None).await), ErrorReason::MemberReplaced);
    assert_eq!(s.enter(&server, Role::Party, &s.therapist).await.err(), Some(ErrorReason::MemberReplaced));
    let party = s.enter(&server, Role::Party, &new).await.expect("in");

    // Put out, and another party in its place.
    let mut listening = party.pull(&Vector::default(), Some(3)).await.expect("pulled");
    listening.past().await.expect("the past");
    let change = s.changing(phone.into(), &[desk_id], Some(&new), None);
    let link = s.link(as_feed(&s.vault.devices[0]), change);
    s.append(&owner, link).await;
    let out = s.vault.roster.head();
    let link = s.link(as_feed(&s.vault.devices[0]), s.adding_party(&s.tablet));
    s.append(&owner, link).await;
    assert_eq!(listening.end().await, ErrorReason::FeedRemoved);
    let again = [(Role::Party, &new), (Role::Feed, &s.desk)];
    for (role, as_whom) in again {
        let client = s.enter(&server, role, as_whom).await.expect("in");
        let (links, head) = client.list(None).await.expect("listed");
        assert_eq!((links.len() as u64, head), (out.seq + 1, out), "as if the roster ended there");
        assert_eq!(reason(client.fetch(phone, &[1]).await), ErrorReason::FeedRemoved);
        assert_eq!(opened(&client).await, ErrorReason::FeedRemoved);
        let pulled = client.pull(&Vector::default(), Some(out.seq)).await.expect("pulled").end().await;
        assert_eq!(pulled, ErrorReason::FeedRemoved);
    }
    assert_eq!(s.enter(&server, Role::Party, &s.therapist).await.err(), Some(ErrorReason::MemberReplaced));
    let last = s.changing(phone.into(), &[], None, None);
    let refused = desk.append(s.vault.roster.head(), &s.link(as_feed(&s.desk), last)).await;
    assert_eq!(reason(refused), ErrorReason::FeedRemoved);
}
