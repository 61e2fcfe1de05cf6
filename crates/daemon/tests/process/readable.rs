//! The lines of the plan that their person left readable: the one file with words in it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use haven_api::convert::value::map_from_pb;
use haven_api::journal::Draft;
use haven_api::pb::{self, value::Kind};
use haven_api::support::{Chosen, READABLE_FILE};

use crate::daemon::{Daemon, STRONG};

/// A word of a line that is chosen, and one of each line that is not.
const CHOSEN: &str = "kingfisher";
const HIDDEN: [&str; 3] = ["zebrafinch", "goldcrest", "nightjar"];

/// The files that hold a word, in any of the folder's.
fn holding(home: &Path, word: &str) -> Vec<String> {
    let files = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path());
    let holds = |path: &std::path::PathBuf| {
        fs::read(path).unwrap_or_default().windows(word.len()).any(|window| window == word.as_bytes())
    };
    files.filter(holds).map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

fn list(field: &str, items: &[&str]) -> (String, pb::Value) {
    let values = items.iter().map(|item| pb::Value { kind: Some(Kind::Text((*item).to_owned())) });
    (field.to_owned(), pb::Value { kind: Some(Kind::List(pb::ValueList { values: values.collect() })) })
}

fn chosen(field: &str, text: &str) -> BTreeSet<Chosen> {
    [Chosen { field: field.to_owned(), text: text.to_owned() }].into()
}

#[tokio::test]
async fn one_private_file_holds_what_was_chosen_and_nothing_else_and_goes_with_the_choice() {
    let mut daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let [signs, person, beside] = HIDDEN;
    let answers = [list("signs", &[signs]), list("people", &[CHOSEN, person])];
    let plan = Draft::exercise("plan-when-low".parse().unwrap(), map_from_pb(answers.into()));
    client.add(Draft { text: beside.to_owned(), ..plan }).await.unwrap();
    for word in HIDDEN.into_iter().chain([CHOSEN]) {
        assert_eq!(holding(&daemon.home, word), [""; 0], "nothing is readable until it is chosen");
    }

    client.set_readable_lines(chosen("people", CHOSEN), true).await.unwrap();
    let file = daemon.home.join(READABLE_FILE);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    client.lock().await.unwrap();
    let shown = daemon.client().await.help(None).await.unwrap().readable;
    assert_eq!(shown.iter().flat_map(|part| &part.items).collect::<Vec<_>>(), [CHOSEN]);
    daemon.child.kill().await.unwrap();
    assert_eq!(holding(&daemon.home, CHOSEN), [READABLE_FILE]);
    for word in HIDDEN {
        assert_eq!(holding(&daemon.home, word), [""; 0], "{word}");
    }

    let again = Daemon::start_in(&daemon.home).await;
    let client = again.client().await;
    assert_eq!(client.help(None).await.unwrap().readable, shown, "after a crash as before it");
    client.unlock(STRONG.to_owned()).await.unwrap();
    client.set_readable_lines(BTreeSet::new(), false).await.unwrap();
    assert!(!file.exists());
    assert_eq!(holding(&daemon.home, CHOSEN), [""; 0]);
}
