use super::*;

fn parse(text: &str) -> Source {
    Source::parse("crates/core/src/entry.rs", text).unwrap()
}

fn words(source: &Source, test: bool) -> Vec<&str> {
    source.tokens.iter().filter(|token| token.test == test).map(|token| token.text.as_str()).collect()
}

#[test]
fn a_function_is_measured_from_its_keyword_to_its_brace() {
    let source = parse("/// Doc.\npub fn one() -> Vec<u8>\nwhere\n    u8: Copy,\n{\n    vec![]\n}\n");
    assert_eq!(source.functions.len(), 1);
    assert_eq!((source.functions[0].name.as_str(), source.functions[0].lines), ("one", 6));
}

#[test]
fn a_function_inside_an_impl_is_found_and_a_declaration_is_not() {
    let source = parse("impl A {\n    fn inner(&self) {\n    }\n}\ntrait B {\n    fn only_said(&self);\n}\n");
    let names: Vec<&str> = source.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["inner"]);
}

#[test]
fn test_code_counts_as_neither_lines_nor_functions() {
    let source = parse("fn real() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {\n    }\n}\n");
    assert_eq!(source.functions.len(), 1);
    assert_eq!(source.lines, 2);
    assert!(words(&source, true).contains(&"tests"));
    assert!(!words(&source, false).contains(&"tests"));
}

#[test]
fn code_for_anything_but_tests_is_code() {
    let source = parse("#[cfg(not(test))]\nfn real() {}\n#[cfg(feature = \"testing\")]\nfn also() {}\n");
    assert_eq!(source.functions.len(), 2);
}

#[test]
fn what_stands_in_strings_and_comments_is_no_word() {
    let source = parse("// panic!()\nfn a() -> &'static str { \"panic!()\" }\n");
    assert!(!words(&source, false).contains(&"panic"));
}

#[test]
fn a_path_separator_is_one_word() {
    assert_eq!(words(&parse("use std::fs;\nconst A: u8 = 1;"), false)[..4], ["use", "std", "::", "fs"]);
}

#[test]
fn a_module_that_is_only_for_tests_makes_its_file_a_test() {
    let mut sources = vec![
        Source::parse("crates/core/src/lib.rs", "#[cfg(test)]\nmod samples;\n").unwrap(),
        Source::parse("crates/core/src/samples.rs", "fn sample() {\n}\n").unwrap(),
        Source::parse("crates/core/src/samples/more.rs", "fn more() {}\n").unwrap(),
        Source::parse("crates/core/src/entry.rs", "fn real() {}\n").unwrap(),
    ];
    mark_test_modules(&mut sources);
    let lines: Vec<usize> = sources.iter().map(|source| source.lines).collect();
    assert_eq!(lines, [0, 0, 0, 1]);
}

#[test]
fn paths_tell_tests_from_the_crates_that_test() {
    for (path, expected) in [
        ("crates/core/tests/content.rs", true),
        ("crates/core/src/entry/tests.rs", true),
        ("crates/api/examples/today.rs", true),
        ("tests/sim/src/lib.rs", false),
        ("tests/e2e/tests/journey.rs", true),
        ("crates/core/src/contests.rs", false),
    ] {
        assert_eq!(is_test_path(path), expected, "{path}");
    }
}

#[test]
fn text_that_is_not_rust_is_a_finding() {
    assert!(Source::parse("crates/core/src/entry.rs", "fn {").is_err());
}
