//! Codes on paper and screen: forgiving of style, not of mistakes.

use haven_crypto::code::{CodeFault, CodeKind};
use haven_crypto::kit::Kit;
use haven_crypto::linking::LinkSecret;
use proptest::prelude::*;

use crate::world::bytes;

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn kit(seed: u64) -> Kit {
    Kit::from_entropy(bytes(seed))
}

/// What a typed code is taken for: the code it stands for, or a fault.
fn read(typed: &str) -> Result<String, CodeFault> {
    Kit::parse(typed).map(|kit| kit.code().to_string())
}

#[track_caller]
fn check(typed: &str, expected: Result<&str, CodeFault>) {
    assert_eq!(read(typed), expected.map(str::to_owned));
}

#[test]
fn a_code_is_28_characters_in_seven_groups() {
    let code = kit(1).code().to_string();
    let groups: Vec<&str> = code.split('-').collect();
    assert_eq!(groups.len(), 7);
    assert!(groups.iter().all(|group| group.len() == 4 && group.chars().all(|c| ALPHABET.contains(c))));
}

#[test]
fn style_is_forgiven() {
    // Its secret is zeros and ones only where letters are mistaken for them.
    let code = (0..)
        .map(|seed| kit(seed).code().to_string())
        .find(|code| code.contains('0') && code.contains('1'))
        .unwrap();
    check(&code, Ok(&code));
    check(&code.to_lowercase(), Ok(&code));
    check(&code.replace('-', ""), Ok(&code));
    check(&code.replace('-', " "), Ok(&code));
    check(&code.replace('-', " \u{2013}\n"), Ok(&code));
    check(&format!("\t{code} \u{a0}"), Ok(&code));
    check(&code.replace('0', "O"), Ok(&code));
    check(&code.replace('0', "o"), Ok(&code));
    check(&code.replace('1', "I"), Ok(&code));
    check(&code.replace('1', "l"), Ok(&code));
}

#[test]
fn what_is_no_code_is_named() {
    let code = kit(1).code().to_string();
    check("", Err(CodeFault::Length { found: 0 }));
    check(&code[..33], Err(CodeFault::Length { found: 27 }));
    check(&format!("{code}0"), Err(CodeFault::Length { found: 29 }));
    check(&code.repeat(1000), Err(CodeFault::Length { found: 28_000 }));
    check(&code.replacen('-', "u", 1), Err(CodeFault::Character { at: 5 }));
    check(&format!("ö{code}"), Err(CodeFault::Character { at: 1 }));
    check(&format!("{code}\u{0}"), Err(CodeFault::Character { at: 29 }));
}

#[test]
fn a_code_for_something_else_is_told_apart() {
    let (kit, link) = (kit(1), LinkSecret::from_entropy(bytes(1)));
    assert_ne!(*kit.code(), link.code());
    assert_eq!(Kit::parse(&link.code()).err(), Some(CodeFault::OtherKind(CodeKind::Linking)));
    assert_eq!(LinkSecret::parse(&kit.code()).err(), Some(CodeFault::OtherKind(CodeKind::Kit)));
    assert_eq!(LinkSecret::parse(&link.code()).unwrap().code(), link.code());
}

#[test]
fn every_single_wrong_character_is_noticed() {
    for seed in 0..20 {
        let code = kit(seed).code().to_string();
        for (at, right) in code.char_indices().filter(|(_, c)| *c != '-') {
            for wrong in ALPHABET.chars().filter(|c| *c != right) {
                let mut typed = code.clone();
                typed.replace_range(at..=at, &wrong.to_string());
                check(&typed, Err(CodeFault::Checksum));
            }
        }
    }
}

#[test]
fn every_pair_of_wrong_characters_is_noticed() {
    let code = kit(7).code().replace('-', "");
    for first in 0..28 {
        for second in first + 1..28 {
            for shift in 1..32 {
                let mut typed: Vec<char> = code.chars().collect();
                typed[first] = shifted(typed[first], shift);
                typed[second] = shifted(typed[second], 32 - shift);
                check(&typed.iter().collect::<String>(), Err(CodeFault::Checksum));
            }
        }
    }
}

fn shifted(symbol: char, by: usize) -> char {
    let at = ALPHABET.find(symbol).unwrap();
    ALPHABET.as_bytes()[(at + by) % 32].into()
}

#[test]
fn every_swap_of_neighbours_is_noticed() {
    for seed in 0..200 {
        let code = kit(seed).code().replace('-', "");
        for at in 0..27 {
            let mut typed = code.clone().into_bytes();
            typed.swap(at, at + 1);
            let typed = String::from_utf8(typed).unwrap();
            let expected =
                if typed == code { Ok(kit(seed).code().to_string()) } else { Err(CodeFault::Checksum) };
            assert_eq!(read(&typed), expected);
        }
    }
}

proptest! {
    #[test]
    fn every_secret_comes_back(secret: [u8; 16]) {
        let code = Kit::from_entropy(secret).code().to_string();
        prop_assert_eq!(read(&code), Ok(code));
    }

    #[test]
    fn nothing_typed_makes_it_panic(typed: String) {
        let _ = Kit::parse(&typed);
        let _ = LinkSecret::parse(&typed);
    }
}

#[test]
fn two_kits_share_nothing() {
    let keys = |seed| kit(seed).paper_secrets().keys();
    assert_ne!(keys(1), keys(2));
    assert_eq!(keys(1), Kit::parse(&kit(1).code()).unwrap().paper_secrets().keys());
    assert_ne!(keys(1).sign.as_bytes(), &keys(1).kem.x25519());
}
