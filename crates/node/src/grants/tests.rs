use haven_core::id::hex;

use super::*;

const NOW: i64 = 1_800_000_000_000;

const fn after(ms: i64) -> i64 {
    NOW + ms
}

fn at(ms: i64) -> Option<Timestamp> {
    Some(Timestamp::from_millis(ms))
}

fn read() -> BTreeSet<Scope> {
    [Scope::Read].into()
}

#[test]
fn a_plugin_is_let_in_by_its_token_until_it_is_revoked() {
    let mut grants = Grants::default();
    let made = grants.create(" mood ", read(), None, NOW, [7; 32]).unwrap();
    assert_eq!((made.grant.name.as_str(), made.grant.is_page, made.grant.used), ("mood", false, None));
    let admitted = grants.admit(&made.token, NOW).unwrap();
    assert_eq!((admitted.id.as_str(), admitted.used), (made.grant.id.as_str(), at(NOW)));
    assert_eq!(grants.admit(&made.token, after(10)).map(|again| again.used), Some(at(NOW)), "to the minute");
    for wrong in ["", "haven_", &made.token[1..], &made.token.to_uppercase(), &format!("{}0", made.token)] {
        assert!(grants.admit(wrong, NOW).is_none(), "{wrong}");
    }
    assert_eq!(grants.revoke("mood", NOW).unwrap().id, made.grant.id);
    assert!(grants.admit(&made.token, NOW).is_none() && grants.is_empty(NOW));
}

#[test]
fn a_grant_ends_when_it_was_said_to() {
    let mut grants = Grants::default();
    let made = grants.create("mood", read(), at(after(1_000)), NOW, [7; 32]).unwrap();
    assert!(grants.admit(&made.token, after(999)).is_some());
    assert!(grants.admit(&made.token, after(1_000)).is_none());
    assert!(grants.list(after(1_000)).is_empty());
}

#[test]
fn what_makes_no_sense_is_not_granted() {
    let mut grants = Grants::default();
    grants.create("mood", read(), None, NOW, [1; 32]).unwrap();
    let long = "x".repeat(GRANT_NAME_MAX + 1);
    for (name, scopes, ends) in [
        ("", read(), None),
        ("  ", read(), None),
        (&*long, read(), None),
        ("two\nlines", read(), None),
        ("tab\tbed", read(), None),
        ("none", BTreeSet::new(), None),
        ("over", read(), at(NOW)),
        ("mood", read(), None),
    ] {
        let refused = grants.create(name, scopes, ends, NOW, [2; 32]).err().unwrap();
        assert_eq!(refused.reason, ErrorReason::InvalidArgument, "{name:?}");
    }
    for number in 1..PLUGINS_MAX {
        let random = [u8::try_from(number + 2).unwrap(); 32];
        grants.create(&number.to_string(), read(), None, NOW, random).unwrap();
    }
    assert!(grants.create("one more", read(), None, NOW, [0; 32]).is_err());
    assert_eq!(grants.list(NOW).len(), PLUGINS_MAX);
}

#[test]
fn a_code_is_good_once_and_for_a_minute() {
    let mut grants = Grants::default();
    let code = grants.code(NOW, [1; 32]).token;
    assert!(grants.admit(&code, NOW).is_none(), "a code is no token");
    assert!(grants.list(NOW).is_empty(), "nor a grant");
    let page = grants.begin(&code, after(CODE_MS - 1), [2; 32]).unwrap();
    assert!(page.grant.is_page && page.grant.scopes.len() == Scope::ALL.len());
    assert!(grants.begin(&code, NOW, [3; 32]).is_none(), "used");
    assert!(grants.begin(&page.token, NOW, [3; 32]).is_none(), "a token is no code");
    let late = grants.code(NOW, [4; 32]).token;
    assert!(grants.begin(&late, after(CODE_MS), [5; 32]).is_none());
    assert!(grants.begin("", NOW, [6; 32]).is_none());
}

#[test]
fn a_page_lives_while_it_is_used() {
    let mut grants = Grants::default();
    let code = grants.code(NOW, [1; 32]).token;
    let token = grants.begin(&code, NOW, [2; 32]).unwrap().token;
    let mut now = NOW;
    for _ in 0..5 {
        now += PAGE_IDLE_MS - 1;
        assert!(grants.admit(&token, now).is_some());
    }
    assert!(grants.admit(&token, now + PAGE_IDLE_MS).is_none());
}

#[test]
fn one_page_more_ends_the_one_that_was_used_the_longest_ago() {
    let mut grants = Grants::default();
    let pages: Vec<String> = (0..PAGES_MAX)
        .map(|number| {
            let (now, number) = (after(i64::try_from(number).unwrap()), u8::try_from(number).unwrap());
            let code = grants.code(now, [100 + number; 32]).token;
            grants.begin(&code, now, [number; 32]).unwrap().token
        })
        .collect();
    assert!(grants.admit(&pages[0], after(2 * USED_MS)).is_some());
    let code = grants.code(NOW, [200; 32]).token;
    let last = grants.begin(&code, NOW, [99; 32]).unwrap().token;
    assert_eq!(grants.list(NOW).len(), PAGES_MAX);
    assert!(grants.admit(&pages[1], NOW).is_none());
    assert!([&pages[0], &pages[2], &last].iter().all(|token| grants.admit(token, NOW).is_some()));
}

#[test]
fn an_id_may_be_cut_short_while_it_is_clear() {
    let mut grants = Grants::default();
    let ids: Vec<String> = (0..40)
        .map(|number: u8| {
            grants.create(&format!("p{number}"), read(), None, NOW, [number; 32]).unwrap().grant.id
        })
        .collect();
    assert_eq!(grants.revoke(&ids[0][..12], NOW).unwrap().name, "p0");
    assert_eq!(grants.revoke("", NOW).unwrap_err().reason, ErrorReason::NotFound);
    assert_eq!(grants.revoke("zz", NOW).unwrap_err().reason, ErrorReason::NotFound);
    let shared = ids[1..].iter().find(|id| ids[1..].iter().filter(|other| other[..1] == id[..1]).count() > 1);
    let refused = grants.revoke(&shared.unwrap()[..1], NOW).unwrap_err();
    assert!(refused.reason == ErrorReason::AmbiguousId && refused.candidates.len() > 1);
}

#[test]
fn what_is_kept_holds_no_token_and_comes_back() {
    let mut grants = Grants::default();
    let made =
        grants.create("a name\u{3000}with blanks", Scope::ALL.into(), at(after(9)), NOW, [7; 32]).unwrap();
    let code = grants.code(NOW, [8; 32]).token;
    let _ = grants.admit(&made.token, NOW);
    let text = grants.to_text();
    assert!(!text.contains(&made.token[8..]) && !text.contains(&code[8..]));
    assert_eq!(Grants::from_text(&text), Ok(grants.clone()));
    assert_eq!(Grants::from_text(&Grants::default().to_text()), Ok(Grants::default()));
    for damaged in [
        String::new(),
        text.replace("grants 1", "grants 2"),
        text.replace("plugin", "plug"),
        text.replace("read", "reed"),
        text.replacen(&made.grant.id[..2], "zz", 1),
        text[..text.len() - 30].to_owned(),
    ] {
        assert_eq!(Grants::from_text(&damaged), Err(Unreadable), "{damaged}");
    }
}

#[test]
fn only_where_a_session_began_can_it_be_proved_and_only_while_it_lasts() {
    let mut grants = Grants::default();
    let code = grants.code(NOW, [1; 32]);
    let page = grants.begin(&code.token, NOW, [7; 32]).unwrap();
    let nonce = [9; NONCE_BYTES];
    let proof = grants.prove(&page.grant.id, &nonce, NOW).unwrap();
    // What clients/web/core/proof.test.ts computes of the same token and nonce.
    assert_eq!(hex(&proof), "5c0a979c864f9ad2cb2616366f911b4e1e50f25745ffaccae5eae61e36da03ca");
    assert_ne!(grants.prove(&page.grant.id, &[8; NONCE_BYTES], NOW), Some(proof));
    let other = grants.create("mood", read(), None, NOW, [3; 32]).unwrap();
    assert_ne!(grants.prove(&other.grant.id, &nonce, NOW), Some(proof));
    let again = Grants::from_text(&grants.to_text()).unwrap().prove(&page.grant.id, &nonce, NOW);
    assert_eq!(again, Some(proof), "a daemon that was started anew is the same");
    for id in ["", &page.grant.id[..8], "0000000000000000"] {
        assert_eq!(grants.prove(id, &nonce, NOW), None, "{id}");
    }
    let waiting = grants.code(NOW, [2; 32]);
    assert_eq!(grants.prove(&waiting.grant.id, &nonce, NOW), None, "an address is no session");
    assert_eq!(grants.list(NOW).iter().map(|grant| grant.used).max(), Some(None), "asking is no use");
    assert_eq!(grants.prove(&page.grant.id, &nonce, NOW + PAGE_IDLE_MS), None);
}
