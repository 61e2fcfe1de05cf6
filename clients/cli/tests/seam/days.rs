//! Whose day and zone it is, and names and tags that differ in capitals.

use crate::daemon::Daemon;

fn check(daemon: &Daemon, zone: &str, arguments: &[&str], written: &str) {
    let heard = daemon.hears(zone, arguments, b"");
    let time = heard.lines().find_map(|line| line.trim().strip_prefix("why:")).unwrap_or_default().trim();
    assert!(time.ends_with(written) && time.starts_with("20"), "{zone} {arguments:?}: {heard}");
}

#[test]
fn what_is_written_has_the_day_and_zone_of_the_shell() {
    let daemon = Daemon::start();
    for (zone, written) in [
        ("Asia/Tokyo", "+09:00[Asia/Tokyo]"),
        (":Asia/Kathmandu", "+05:45[Asia/Kathmandu]"),
        ("JST-9", "+09:00"),
        ("Mars/Base", "+00:00[UTC]"),
    ] {
        check(&daemon, zone, &["add", "words", "--tag", "when"], written);
        check(&daemon, zone, &["checkin", "--feeling", "when"], written);
    }
    let at = ["add", "words", "--tag", "when", "--at"];
    for (given, written) in [
        ("2026-11-24T21:30", "2026-11-24T21:30:00+09:00[Asia/Tokyo]"),
        ("2026-11-24T21:30[Europe/Berlin]", "2026-11-24T21:30:00+01:00[Europe/Berlin]"),
        ("1660-01-01", "1660-01-01"),
    ] {
        let heard = daemon.hears("Asia/Tokyo", &[&at[..], &[given]].concat(), b"");
        assert!(heard.contains(&format!("why:  {written}\n")), "{heard}");
    }
    for (given, why) in [
        ("2026-07-01T12:00+09:00[Europe/Berlin]", "the offset isn't the zone's at that time"),
        ("2026-07-01T12:00+09:00[Mars/Base]", "there's no such time zone"),
    ] {
        let output = daemon.run(&[&at[..], &[given]].concat(), b"");
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn an_import_is_read_in_the_zone_of_the_shell_or_in_the_one_that_is_named() {
    let daemon = Daemon::start();
    for (zone, named, expected) in [
        ("Asia/Tokyo", &[][..], "Asia/Tokyo"),
        ("JST-9", &[], "+09:00"),
        ("Asia/Tokyo", &["--zone", "Europe/Berlin"], "Europe/Berlin"),
        ("Asia/Tokyo", &["--zone", "-03:30"], "-03:30"),
    ] {
        let arguments = [&["import", "jsonl", "-"], named].concat();
        let heard = daemon.hears(zone, &arguments, b"{\"where\":1}\n");
        assert!(heard.contains(&format!("line 1: {expected}\n")), "{heard}");
    }
    let output = daemon.run(&["import", "jsonl", "-", "--zone", "Mars/Base"], b"{\"where\":1}\n");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_name_or_tag_in_other_capitals_is_told() {
    let daemon = Daemon::start();
    let output = daemon.run(&["people", "add", "ann"], b"");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{told}");
    assert!(told.contains("in other capitals") && told.contains(&"a1".repeat(16)), "{told}");
    assert_eq!(daemon.says(&["people", "add", "ann", "--yes"]).trim(), "c3".repeat(16));
    let known = daemon.hears("UTC", &["people", "add", "Ann"], b"");
    assert!(known.contains("in your journal already"), "{known}");
    let near = daemon.hears("UTC", &["list", "--tag", "Calm"], b"");
    assert_eq!(near, "No entry has that tag. Did you mean \"calm\"?\n");
    assert_eq!(
        daemon.hears("UTC", &["list", "--tag", "Calm", "--json"], b""),
        "",
        "scripts read entries only"
    );
    let near = daemon.hears("UTC", &["list", "--exercise", "name-itt", "--feeling", "sda"], b"");
    assert_eq!(
        near,
        "No entry answers an exercise or a measure with that id. Did you mean \"name-it\"?\n\
         No entry names that feeling. Did you mean \"sad\"?\n"
    );
}

#[test]
fn a_passphrase_file_of_any_program_is_read_or_refused_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pass");
    for (bytes, why) in [
        (&b"plum velvet caf\xe9\n"[..], "byte 16 of the file is not UTF-8"),
        (b"\xff\xfep\0l\0u\0m\0\n\0", "the file is UTF-16"),
        (b"\xef\xbb\xbf\r\n", "the first line of the file is empty"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let daemon = Daemon::start();
        let output = daemon.run(&["unlock", "--passphrase-file", file.to_str().unwrap()], b"");
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(why), "{told}");
    }
}
