//! No word of the journal is anywhere but in the journal: a thousand marked words, looked for in every byte.

use std::path::PathBuf;

use haven_e2e::device::Device;
use haven_e2e::linking::link;
use haven_e2e::ran::text;
use haven_e2e::server::Server;

/// Marks a word nobody else writes.
const MARK: &str = "Qv7Marke";

/// Entries, each with a marked title, text, tag and person.
const ENTRIES: usize = 250;

fn line(number: usize) -> String {
    let word = |part: &str| format!("{MARK}{part}{number}");
    format!(
        "{{\"date\":\"1660-01-01\",\"title\":\"{}\",\"text\":\"{}\",\"tags\":[\"{}\"],\"people\":[\"{}\"]}}\n",
        word("Title"),
        word("Text"),
        word("Tag"),
        word("Person")
    )
}

/// The first file below some folders that holds a mark, plain or as UTF-16.
fn marked(folders: &[PathBuf]) -> Option<PathBuf> {
    let wide: Vec<u8> = MARK.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marks = [MARK.as_bytes(), &wide];
    let holds =
        |bytes: &[u8]| marks.iter().any(|mark| bytes.windows(mark.len()).any(|window| window == *mark));
    let mut files = folders.iter().flat_map(|folder| Device::files(folder));
    files.find_map(|(path, bytes)| holds(&bytes).then_some(path))
}

#[test]
fn no_word_is_found_in_files_or_logs_of_devices_and_server() {
    let server = Server::start();
    let old = Device::new().with("RUST_LOG", "trace");
    let (url, passphrase) = (server.url(), old.passphrase());
    let arguments = ["init", "--name", "Laptop", "--server", &url, "--invite", &server.invite];
    old.json(&[&arguments[..], &["--passphrase-file", &passphrase]].concat());
    let lines: String = (0..ENTRIES).map(line).collect();
    assert_eq!(old.run_with(&["import", "jsonl", "-"], lines.as_bytes()).json()["imported"], ENTRIES);
    let id = old.add(&format!("{MARK} typed"));
    old.run_with(&["edit", &id, "--from", "-"], format!("{MARK} changed").as_bytes()).json();
    assert_eq!(old.lines(&["search", MARK]).len(), 20);
    // What fails is where words slip into messages.
    for arguments in [
        &["search", &format!("before:{MARK}")][..],
        &["show", MARK],
        &["add", "x", "--person", MARK],
        &["list", "--person", MARK],
        &["edit", &id, "--tag", &format!("{MARK},")],
    ] {
        assert_ne!(old.run(arguments).code, Some(0), "{arguments:?}");
    }
    // What is looked for can be found.
    let open = old.beside("open");
    old.json(&["export", "markdown", &open.display().to_string()]);
    assert!(marked(&[open]).is_some());
    let new = Device::new().with("RUST_LOG", "trace");
    link(&old, &new);
    new.sync();
    assert_eq!(new.entries(), old.entries());
    for device in [&old, &new] {
        device.json(&["lock"]);
        assert_eq!(text(&device.json(&["status"]), "state"), "locked");
    }
    let folders = [
        server.everything().to_owned(),
        old.home(),
        new.home(),
        old.beside("runtime"),
        new.beside("runtime"),
    ];
    let bytes: usize =
        folders.iter().flat_map(|folder| Device::files(folder)).map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes > 100_000, "only {bytes} bytes were looked at");
    assert_eq!(marked(&folders), None, "words of the journal lie about");
}
