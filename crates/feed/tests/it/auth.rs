//! Logins and invites.

use haven_feed::auth::{Access, AuthFault, Challenge};
use haven_feed::invite::{Invite, InviteFault, InviteProof};
use haven_feed::keys::BadSignature;
use haven_feed::roster::SpaceKind;
use haven_feed::roster::consent::Role;
use haven_feed::{FeedId, MemberId, Nonce, SpaceId, StoreId};

use crate::world::{Keyed, Space};

fn login() -> (Keyed, Keyed, Space, Challenge) {
    let (server, phone) = (Keyed::new(1), Keyed::new(2));
    let space = Space::vault(&phone, &Keyed::new(3));
    let challenge = Challenge {
        server: server.keys.sign,
        nonce: Nonce::from_bytes([7; 32]),
        space: space.roster.space(),
        role: Role::Feed,
        member: phone.feed().into(),
        store: StoreId::from_bytes([8; 16]),
    };
    (server, phone, space, challenge)
}

#[test]
fn a_feed_and_a_server_prove_themselves_to_each_other() {
    let (server, phone, space, challenge) = login();
    let signed = challenge.sign(&server.signer);
    let answer = challenge.answer(&server.keys.sign, &signed, &phone.signer).unwrap();
    assert_eq!(challenge.check_answer(&space.roster, &answer), Ok(Access::Member));
}

/// Everything in a challenge is in what both sign: changed by a bit, neither signature stands.
#[test]
fn nothing_of_a_challenge_can_be_changed() {
    let (server, phone, space, good) = login();
    let signed = good.sign(&server.signer);
    let answer = phone.signer.sign(&good.login_digest());
    let other_server = Keyed::new(9).keys.sign;
    let changed = [
        ("nonce", Challenge { nonce: Nonce::from_bytes([6; 32]), ..good }),
        ("server", Challenge { server: other_server, ..good }),
        ("space", Challenge { space: SpaceId::from_bytes([1; 32]), ..good }),
        ("role", Challenge { role: Role::Paper, ..good }),
        ("member", Challenge { member: MemberId::from_bytes([1; 8]), ..good }),
        ("store", Challenge { store: StoreId::from_bytes([1; 16]), ..good }),
    ];
    for (what, challenge) in changed {
        assert!(challenge.check_server(&server.keys.sign, &signed).is_err(), "{what}");
        let stands = challenge.check_answer(&space.roster, &answer).is_ok();
        assert_eq!(stands, what == "store", "{what}: the store is the server's word, not the feed's");
    }
}

#[test]
fn a_device_answers_only_its_pinned_server() {
    let (server, phone, _, challenge) = login();
    let other = Keyed::new(9);
    let signed = challenge.sign(&server.signer);
    let by = |pinned: &Keyed, signature| challenge.answer(&pinned.keys.sign, signature, &phone.signer).err();
    assert_eq!(by(&other, &signed), Some(AuthFault::OtherServer));
    let forged = challenge.sign(&other.signer);
    assert_eq!(by(&server, &forged), Some(AuthFault::BadSignature(BadSignature)));
}

#[test]
fn a_stranger_does_not_log_in_and_a_removed_feed_only_learns_of_it() {
    let (_, phone, mut space, challenge) = login();
    let (laptop, stranger) = (Keyed::new(4), Keyed::new(5));
    space.add(&phone, &laptop);
    let as_feed = |feed: FeedId, signer: &Keyed, space: &Space| {
        let challenge = Challenge { member: feed.into(), ..challenge };
        challenge.check_answer(&space.roster, &signer.signer.sign(&challenge.login_digest()))
    };
    assert_eq!(as_feed(laptop.feed(), &laptop, &space), Ok(Access::Member));
    assert_eq!(as_feed(stranger.feed(), &stranger, &space), Err(AuthFault::UnknownMember));
    let bad = Err(AuthFault::BadSignature(BadSignature));
    assert_eq!(as_feed(laptop.feed(), &phone, &space), bad);
    space.remove(&phone, &laptop, None);
    let removed = Access::Removed { seq: space.roster.head().seq };
    assert_eq!(as_feed(laptop.feed(), &laptop, &space), Ok(removed));
    assert_eq!(as_feed(laptop.feed(), &phone, &space), bad);
    let elsewhere = Space::vault(&phone, &stranger);
    assert_eq!(as_feed(phone.feed(), &phone, &elsewhere), Err(AuthFault::OtherMember));
}

/// What a log-in as each of the roles gives: the same key proves one of them and no other.
#[test]
fn a_paper_logs_in_until_it_is_replaced() {
    let (_, phone, mut space, challenge) = login();
    let (paper, next) = (Keyed::new(3), Keyed::new(6));
    let as_paper = |paper: &Keyed, signer: &Keyed, space: &Space| {
        let challenge = Challenge { role: Role::Paper, member: paper.keys.paper_id().into(), ..challenge };
        challenge.check_answer(&space.roster, &signer.signer.sign(&challenge.login_digest()))
    };
    assert_eq!(as_paper(&paper, &paper, &space), Ok(Access::Member));
    assert_eq!(as_paper(&next, &next, &space), Err(AuthFault::UnknownMember));
    for (role, member) in [
        (Role::Feed, paper.keys.paper_id().into()),
        (Role::Feed, paper.feed().into()),
        (Role::Party, MemberId::from(paper.keys.paper_id())),
        (Role::Paper, phone.feed().into()),
    ] {
        let challenge = Challenge { role, member, ..challenge };
        let answer = challenge.check_answer(&space.roster, &paper.signer.sign(&challenge.login_digest()));
        assert_eq!(answer, Err(AuthFault::UnknownMember), "{role:?}");
    }
    let change = space.replacing_paper(&next);
    space.append(phone.as_feed(), change).unwrap();
    assert_eq!(as_paper(&next, &next, &space), Ok(Access::Member));
    assert_eq!(as_paper(&paper, &paper, &space), Err(AuthFault::Replaced));
    let stranger = Keyed::new(5);
    let bad = Err(AuthFault::BadSignature(BadSignature));
    assert_eq!(as_paper(&paper, &stranger, &space), bad, "told to nobody who does not prove it");
    assert_eq!(space.roster.papers().collect::<Vec<_>>().len(), 2);
}

#[test]
fn a_party_logs_in_until_it_is_replaced_or_removed() {
    let (_, phone, _, challenge) = login();
    let (owner, therapist, next) = (Keyed::new(7), Keyed::new(8), Keyed::new(9));
    let mut space = Space::begin(SpaceKind::Shared, &phone, &owner);
    let party = space.adding_party(&therapist);
    space.append(phone.as_feed(), party).unwrap();
    let as_party = |party: &Keyed, space: &Space| {
        let member = party.keys.party_id().into();
        let challenge = Challenge { role: Role::Party, member, space: space.roster.space(), ..challenge };
        challenge.check_answer(&space.roster, &party.signer.sign(&challenge.login_digest()))
    };
    assert_eq!([as_party(&owner, &space), as_party(&therapist, &space)], [Ok(Access::Member); 2]);
    let change = space.replacing(therapist.as_party(), &next);
    space.append(therapist.as_party(), change).unwrap();
    assert_eq!(as_party(&therapist, &space), Err(AuthFault::Replaced));
    assert_eq!(as_party(&next, &space), Ok(Access::Member));
    let change = space.removing_party(next.keys.party_id());
    space.append(phone.as_feed(), change).unwrap();
    let removed = Access::Removed { seq: space.roster.head().seq };
    assert_eq!(as_party(&next, &space), Ok(removed));
    assert_eq!(as_party(&therapist, &space), Err(AuthFault::Replaced));
    assert_eq!(space.roster.papers().count(), 0);
}

/// Whoever looks for the spaces of a paper proves its key; no roster is asked, so nothing is learned without it.
#[test]
fn spaces_are_looked_for_with_the_papers_own_key() {
    let (_, phone, space, challenge) = login();
    let paper = Keyed::new(3);
    let looking = Challenge {
        space: SpaceId::ZERO,
        role: Role::Paper,
        member: paper.keys.paper_id().into(),
        ..challenge
    };
    let signed = |challenge: &Challenge, signer: &Keyed| signer.signer.sign(&challenge.login_digest());
    assert_eq!(looking.check_paper(&paper.keys, &signed(&looking, &paper)), Ok(()));
    let bad = Err(AuthFault::BadSignature(BadSignature));
    assert_eq!(looking.check_paper(&paper.keys, &signed(&looking, &phone)), bad);
    assert_eq!(looking.check_paper(&phone.keys, &signed(&looking, &phone)), Err(AuthFault::OtherMember));
    for other in [
        Challenge { space: space.roster.space(), ..looking },
        Challenge { role: Role::Feed, ..looking },
        Challenge { role: Role::Party, ..looking },
    ] {
        assert_eq!(other.check_paper(&paper.keys, &signed(&other, &paper)), Err(AuthFault::OtherMember));
        assert_eq!(looking.check_paper(&paper.keys, &signed(&other, &paper)), bad, "a log-in is no look-up");
    }
}

#[test]
fn an_invite_survives_being_copied_by_hand() {
    let server = Keyed::new(1).keys.sign;
    let code = Invite::from_entropy([0xa5; 16], &server).code();
    assert_eq!((code.len(), code.split('-').count()), (56 + 13, 14));
    let typed = [
        code.clone(),
        code.to_lowercase(),
        code.replace('-', ""),
        code.replace('-', " "),
        format!("  {code}\n"),
        code.replace('0', "o").replace('1', "l"),
        code.replace('0', "O").replace('1', "i"),
    ];
    for typed in typed {
        let invite = Invite::parse(&typed).unwrap();
        assert_eq!(invite.ticket(), Invite::from_entropy([0xa5; 16], &server).ticket());
        assert!(invite.is_to(&server) && !invite.is_to(&Keyed::new(2).keys.sign));
    }
}

#[test]
fn every_single_mistake_in_an_invite_is_found() {
    const SYMBOLS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let code = Invite::from_entropy([0x5a; 16], &Keyed::new(1).keys.sign).code().replace('-', "");
    for at in 0..code.len() {
        for symbol in SYMBOLS.chars().filter(|symbol| !code[at..].starts_with(*symbol)) {
            let mut typo = code.clone();
            typo.replace_range(at..=at, &symbol.to_string());
            assert_eq!(Invite::parse(&typo).err(), Some(InviteFault::Checksum), "{symbol} at {at}");
        }
        let mut letters: Vec<char> = code.chars().collect();
        letters.swap(at, (at + 1) % code.len());
        let transposed: String = letters.into_iter().collect();
        assert!(transposed == code || Invite::parse(&transposed).is_err(), "transposed at {at}");
    }
    assert_eq!(Invite::parse(&code[1..]).err(), Some(InviteFault::Length(55)));
    assert_eq!(Invite::parse("").err(), Some(InviteFault::Length(0)));
    assert_eq!(Invite::parse(&code[..48]).err(), Some(InviteFault::Length(48)));
    assert_eq!(Invite::parse(&code.replace(&code[..1], "U")).err(), Some(InviteFault::Character));
    assert_eq!(Invite::parse(&format!("{code}ä")).err(), Some(InviteFault::Character));
}

#[test]
fn an_invite_of_a_later_kind_is_told_apart_by_its_length() {
    let code = Invite::from_entropy([0x5a; 16], &Keyed::new(1).keys.sign).code().replace('-', "");
    for more in 1..=code.len() {
        let longer = format!("{code}{}", &code[..more]);
        let length = longer.len();
        let fault = if more % 8 == 0 { InviteFault::Newer(length) } else { InviteFault::Length(length) };
        assert_eq!(Invite::parse(&longer).err(), Some(fault));
    }
}

/// Neither what a server is shown nor what it keeps is the invite: with the one nobody makes a space of their own, with the other
/// nobody makes any.
#[test]
fn an_invite_is_shown_for_one_space() {
    let server = Keyed::new(1).keys.sign;
    let [invite, another] = [1, 2].map(|n| Invite::from_entropy([n; 16], &server));
    let spaces = [3, 4].map(|n| SpaceId::from_bytes([n; 32]));
    let proofs = spaces.map(|space| invite.proof_for(&space));
    assert_eq!(proofs.map(|proof| proof.ticket()), [invite.ticket(); 2]);
    assert_ne!(invite.ticket(), another.ticket());
    let held = |bytes: &[u8]| bytes.windows(4).any(|window| window == [1; 4]);
    assert!(!held(invite.ticket().as_bytes()) && !held(proofs[0].key.as_bytes()));
    for (proof, space) in proofs.iter().zip(&spaces) {
        assert_eq!(proof.check(space), Ok(()));
    }
    assert_eq!(proofs[0].check(&spaces[1]), Err(BadSignature));
    let borrowed = InviteProof { key: invite.proof_for(&spaces[0]).key, ..another.proof_for(&spaces[0]) };
    assert_eq!(borrowed.check(&spaces[0]), Err(BadSignature));
}
