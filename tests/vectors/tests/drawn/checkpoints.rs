//! The checkpoint of a roster: a link that states what the chain before it amounts to, so that the chain can be cut there.
//!
//! ```text
//! link kind 5 = state hash 32 | state length 4 | cosignature 64 | epoch block
//! state hash  = SHA-256("haven/1/checkpoint" || state)
//! cosignature = Ed25519(paper, SHA-256("haven/1/cosigner" || space 32 | seq 8 | prev 32 | state hash 32)), seq and prev the link's
//! state       = version 1 | flags 1 | space 32 | seq 8 | hash 32 | manifest generation 8 | manifest id 32
//!             | paper keys | after 32 | consent 64
//!             | feeds 2 | (keys | added 8 | name | after 32 | consent 64) …
//!             | former 2 | member 8 … | epoch 4 | epochs 2 | (epoch id 32 | length 2 | sealed previous root) …
//!             | lineage 2 | (length 4 | link) …
//! ```

use std::collections::BTreeSet;

use haven_feed::digest::{Digest, digest};
use haven_feed::keys::Signature;
use haven_feed::roster::body::Body;
use haven_feed::roster::{Link, Roster};
use haven_feed::{LinkHash, MemberId};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::labels::{CHECKPOINT, COSIGNER};
use crate::people::Keyed;
use crate::world::{NEW_PAPER, PAPER, PHONE, TABLET, World, epoch_block, epoch_id, sized};

const KIND: u8 = 5;

/// How a member came in: the link its consent follows, and the consent. Whoever came with genesis consented to all of it, and
/// `after` is zero.
fn came(links: &[Link], keys: &[u8]) -> (LinkHash, Signature) {
    let by = |link: &Link| {
        let (added, consent) = match link.body() {
            Body::Genesis(body) if body.founding.feed.to_bytes() == keys => {
                return Some((LinkHash::ZERO, body.feed_consent));
            }
            Body::Genesis(body) => (&body.founding.standing, (LinkHash::ZERO, body.standing_consent)),
            Body::AddFeed(body) => (&body.keys, (link.prev(), body.consent)),
            Body::AddParty(body) => (&body.keys, (body.after, body.consent)),
            Body::Change(body) => {
                let replaced = body.replaced.as_ref()?;
                (&replaced.keys, (link.prev(), replaced.consent))
            }
        };
        (added.to_bytes() == keys).then_some(consent)
    };
    links.iter().find_map(by).unwrap()
}

fn write_consent(out: &mut Vec<u8>, (after, consent): (LinkHash, Signature)) {
    out.extend(after.as_bytes());
    out.extend(consent.as_bytes());
}

/// What the chain amounts to.
fn state(world: &World, lineage: &[&Link]) -> Vec<u8> {
    let (roster, head) = (&world.roster, world.roster.head());
    let mut state = vec![1, 0];
    state.extend(roster.space().as_bytes());
    state.extend(head.seq.to_be_bytes());
    state.extend(head.hash.as_bytes());
    state.extend(2_u64.to_be_bytes());
    state.extend([0x2d; 32]);
    let paper = roster.paper().unwrap().keys.to_bytes();
    state.extend(paper);
    write_consent(&mut state, came(&world.links, &paper));
    state.extend((roster.current_feeds().count() as u16).to_be_bytes());
    for (_, member) in roster.current_feeds() {
        let keys = member.keys.to_bytes();
        state.extend(keys);
        state.extend(member.added_seq.to_be_bytes());
        sized(&mut state, &[0xa4; 161]);
        write_consent(&mut state, came(&world.links, &keys));
    }
    let former = former(world);
    state.extend((former.len() as u16).to_be_bytes());
    former.iter().for_each(|id| state.extend(id.as_bytes()));
    state.extend(roster.epoch().to_be_bytes());
    state.extend(1_u16.to_be_bytes());
    state.extend(epoch_id(roster.epoch()).as_bytes());
    sized(&mut state, roster.epoch_block(roster.epoch()).unwrap().sealed_previous.as_ref().unwrap());
    state.extend((lineage.len() as u16).to_be_bytes());
    for link in lineage {
        state.extend((link.bytes().len() as u32).to_be_bytes());
        state.extend(link.bytes());
    }
    state
}

/// Members that are none any more: their ids are never taken again.
fn former(world: &World) -> BTreeSet<MemberId> {
    let gone = world.roster.feeds().filter(|(id, _)| !world.roster.is_current(id)).map(|(id, _)| id.into());
    let Body::Genesis(genesis) = world.links[0].body() else { unreachable!("a roster begins with genesis") };
    gone.chain([genesis.founding.standing.paper_id().into()]).collect()
}

fn state_hash(state: &[u8]) -> Digest {
    digest(CHECKPOINT, &[state])
}

/// The paper's word for a state, at the place after the roster's head.
fn cosigned(world: &World, by: &Keyed, seq: u64, state: &[u8]) -> Signature {
    let (space, seq, hash) = (world.roster.space(), seq.to_be_bytes(), state_hash(state));
    let prev = world.roster.head().hash;
    let parts: [&[u8]; 4] = [space.as_bytes(), &seq, prev.as_bytes(), hash.as_bytes()];
    by.signer.sign(&digest(COSIGNER, &parts))
}

/// The body of the link.
fn body(world: &World, state: &[u8], cosignature: &Signature) -> Vec<u8> {
    let mut body = state_hash(state).as_bytes().to_vec();
    body.extend((state.len() as u32).to_be_bytes());
    body.extend(cosignature.as_bytes());
    let feeds = world.roster.current_feeds().map(|(id, _)| id.into());
    let recipients = feeds.chain([world.roster.paper().unwrap().id.into()]);
    body.extend(epoch_block(world.roster.epoch() + 1, recipients));
    body
}

/// States and links that no joiner takes, though each is signed by who it says.
fn refused(world: &World, made: &[u8]) -> Vec<Value> {
    let [phone, paper, tablet, new_paper, stranger] = [PHONE, PAPER, TABLET, NEW_PAPER, 9].map(Keyed::new);
    let seq = world.roster.head().seq + 1;
    let by = |author: &Keyed, paper: &Keyed, seq: u64, state: &[u8]| {
        world.link(author, KIND, &body(world, state, &cosigned(world, paper, seq, state))).0
    };
    let lineage: Vec<&Link> = world.links[1..3].iter().collect();
    let late = state(world, &lineage[1..]);
    let short = state(world, &lineage[..1]);
    let mut elsewhere = made.to_vec();
    elsewhere[2] ^= 1;
    let mut unconsented = made.to_vec();
    // The last byte of the paper's consent: version, flags, space, seq, hash, generation, id, keys, after, consent.
    unconsented[2 + 32 + 8 + 32 + 8 + 32 + 1249 + 32 + 63] ^= 1;
    let mut altered = made.to_vec();
    *altered.last_mut().unwrap() ^= 1;
    let stands = || by(&tablet, &new_paper, seq, made);
    let cases = [
        ("the old paper's word", made, by(&tablet, &paper, seq, made)),
        ("its author's word for the paper's", made, by(&tablet, &tablet, seq, made)),
        ("the paper's word for another place", made, by(&tablet, &new_paper, seq + 1, made)),
        ("made by a stranger", made, by(&stranger, &new_paper, seq, made)),
        ("made by a member that was removed", made, by(&phone, &new_paper, seq, made)),
        ("a lineage that does not begin at genesis", &late, by(&tablet, &new_paper, seq, &late)),
        ("an author whose lineage is not shown", &short, by(&tablet, &new_paper, seq, &short)),
        ("of another space", &elsewhere, by(&tablet, &new_paper, seq, &elsewhere)),
        ("a paper that did not consent", &unconsented, by(&tablet, &new_paper, seq, &unconsented)),
        ("another state than the link names", &altered, stands()),
    ];
    let case = |(name, state, link): (&str, &[u8], Vec<u8>)| {
        let other = (state != made).then(|| hex(state));
        json!({"name": name, "state": other, "link": hex(link)})
    };
    cases.into_iter().map(case).collect()
}

#[test]
fn checkpoints() {
    let world = World::new();
    let [tablet, new_paper] = [TABLET, NEW_PAPER].map(Keyed::new);
    let lineage: Vec<&Link> = world.links[1..3].iter().collect();
    let state = state(&world, &lineage);
    let cosignature = cosigned(&world, &new_paper, world.roster.head().seq + 1, &state);
    let (link, hash) = world.link(&tablet, KIND, &body(&world, &state, &cosignature));
    // Whoever has the whole chain and knows no checkpoints waits for an update; nothing is malformed to them.
    let says = fault(Link::parse(link.clone()));
    assert!(says.starts_with("update needed"), "{says}");
    assert!(world.roster.clone() == Roster::replay(&world.links).unwrap());
    assert_eq!(world.roster.paper().unwrap().keys, new_paper.keys);
    let about = "links: what the chain was, of which genesis stays. The checkpoint is made by the tablet (4) and cosigned by the \
                 paper (5); the lineage is the links that added the laptop (2) and, by it, the tablet. Names, wraps and sealed roots \
                 are filling. \"version 1 says\": the code that ships, of the link. \"refused\" are for a joiner that has genesis and \
                 nothing else of the chain; without a state of their own it is the one above";
    let json = json!({
        "about": about,
        "space": world.roster.space().to_string(),
        "links": world.links_json(),
        "state": hex(&state),
        "link": hex(&link),
        "hash": hash.to_string(),
        "version 1 says": says,
        "refused": refused(&world, &state),
    });
    check("drawn-checkpoints.json", &json);
}
