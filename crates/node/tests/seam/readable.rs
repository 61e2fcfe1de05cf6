//! Lines of the plan that stay readable while the vault is locked: chosen, following the plan, taken back.

use std::collections::BTreeSet;

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit};
use haven_api::support::{Chosen, PlanPart};
use haven_core::answers::{Value, ValueMap};
use haven_engine::io::StoreFault;
use haven_node::host::KeepFault;

use crate::device::{Device, STRONG, reason};

const ANN: (&str, &str) = ("people", "Ann 555");
const BERT: (&str, &str) = ("people", "Bert 556");
const KEYS: (&str, &str) = ("safer_space", "the keys are with Ann");

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::from(*item)).collect())
}

fn answers(people: &[&str]) -> ValueMap {
    [
        ("signs".to_owned(), list(&["I stop eating"])),
        ("people".to_owned(), list(people)),
        ("safer_space".to_owned(), Value::from(KEYS.1)),
    ]
    .into()
}

/// Writes a plan and tells its id.
async fn plan(device: &Device, people: &[&str]) -> String {
    let draft = Draft::exercise("plan-when-low".parse().unwrap(), answers(people));
    device.client.add(draft).await.unwrap().id.to_string()
}

/// A device with a plan whose lines anybody may choose.
async fn with_plan() -> (Device, String) {
    let device = Device::with_vault().await;
    let id = plan(&device, &["Ann 555", "Bert 556"]).await;
    (device, id)
}

async fn edit(device: &Device, id: &str, people: &[&str]) {
    let answers = [("people".to_owned(), list(people))].into();
    device.client.edit(id, Edit { answers, ..Edit::default() }, None).await.unwrap();
}

fn chosen(lines: &[(&str, &str)]) -> BTreeSet<Chosen> {
    lines.iter().map(|(field, text)| Chosen { field: (*field).into(), text: (*text).into() }).collect()
}

/// Chooses lines and agrees to the warning.
async fn choose(device: &Device, lines: &[(&str, &str)]) {
    device.client.set_readable_lines(chosen(lines), true).await.unwrap();
}

/// The words that are readable, as the open vault tells.
async fn listed(device: &Device) -> Vec<String> {
    let lines = device.client.plan_lines().await.unwrap().lines;
    lines.into_iter().filter(|line| line.readable).map(|line| line.text).collect()
}

/// The words that help shows while the vault is locked.
async fn shown(device: &Device) -> Vec<String> {
    device.client.lock().await.unwrap();
    let card = device.client.help(None).await.unwrap();
    assert!(card.locked && card.plan.is_none());
    assert_eq!(card.about_plan == "Your plan", !card.readable.is_empty(), "{}", card.about_plan);
    card.readable.into_iter().flat_map(|part| part.items).collect()
}

async fn unlock(device: &Device) {
    device.client.unlock(STRONG.to_owned()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_readable_until_it_is_chosen_and_then_that_alone() {
    let (device, _) = with_plan().await;
    let lines = device.client.plan_lines().await.unwrap();
    let texts: Vec<_> = lines.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["I stop eating", KEYS.1, ANN.1, BERT.1]);
    assert_eq!(lines.lines[2].label, "Who can you call or write to?");
    assert!(lines.warning.join(" ").contains("without the passphrase"), "{:?}", lines.warning);
    assert_eq!(listed(&device).await, [""; 0]);
    assert_eq!(shown(&device).await, [""; 0]);
    assert_eq!(device.host.lies_open(), "");

    unlock(&device).await;
    choose(&device, &[KEYS, ANN]).await;
    assert_eq!(listed(&device).await, [KEYS.1, ANN.1]);
    assert!(device.client.help(None).await.unwrap().readable.is_empty(), "the whole plan is there");
    device.client.lock().await.unwrap();
    let card = device.client.help(None).await.unwrap();
    let part = |field: &str, label: &str, item: &str| PlanPart {
        field: field.to_owned(),
        label: label.to_owned(),
        items: vec![item.to_owned()],
    };
    let people = part("people", "Who can you call or write to?", ANN.1);
    let space = part("safer_space", "What would make the place you're in safer?", KEYS.1);
    assert_eq!(card.readable, [people, space]);
    for hidden in ["stop eating", "Bert"] {
        assert!(!device.host.lies_open().contains(hidden), "{hidden}");
    }

    unlock(&device).await;
    choose(&device, &[BERT]).await;
    assert_eq!(shown(&device).await, [BERT.1]);
    unlock(&device).await;
    device.client.set_readable_lines(BTreeSet::new(), false).await.unwrap();
    assert_eq!(device.host.lies_open(), "");
    assert_eq!(shown(&device).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_choice_needs_a_yes_a_line_of_the_plan_and_an_open_vault() {
    let (device, _) = with_plan().await;
    let set = async |lines: &[(&str, &str)], confirmed| {
        device.client.set_readable_lines(chosen(lines), confirmed).await
    };
    let asked = set(&[ANN], false).await.unwrap_err();
    assert_eq!(asked.reason, Reason::ConfirmationNeeded);
    assert!(asked.why.contains("Anyone who holds this device"), "{}", asked.why);
    assert_eq!(device.host.lies_open(), "");
    choose(&device, &[ANN, BERT]).await;
    assert_eq!(reason(set(&[ANN, ("people", "Ann")], true).await), Some(Reason::NotFound));
    assert_eq!(listed(&device).await, [ANN.1, BERT.1]);
    set(&[BERT], false).await.unwrap();
    device.client.lock().await.unwrap();
    assert_eq!(reason(set(&[], true).await), Some(Reason::Locked));
    assert_eq!(reason(device.client.plan_lines().await), Some(Reason::Locked));

    let device = Device::new();
    let set = device.client.set_readable_lines(BTreeSet::new(), true).await;
    assert_eq!(reason(set), Some(Reason::NoVault));
    assert_eq!(reason(device.client.plan_lines().await), Some(Reason::NoVault));
}

#[tokio::test(start_paused = true)]
async fn what_leaves_the_plan_is_readable_no_more() {
    let (device, id) = with_plan().await;
    choose(&device, &[ANN, BERT, KEYS]).await;
    edit(&device, &id, &["Ann 777", "Bert 556"]).await;
    assert!(!device.host.lies_open().contains("Ann 555"), "gone when the change is acknowledged");
    assert!(!device.host.lies_open().contains("777"), "nobody chose it");
    assert_eq!(listed(&device).await, [KEYS.1, BERT.1]);
    // A line that comes back was not chosen again.
    edit(&device, &id, &["Ann 555", "Bert 556"]).await;
    assert_eq!(shown(&device).await, [BERT.1, KEYS.1]);
    unlock(&device).await;
    device.client.trash(&id).await.unwrap();
    assert_eq!(device.host.lies_open(), "");
    device.client.untrash(&id).await.unwrap();
    assert_eq!(shown(&device).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn another_plan_takes_nothing_over() {
    let (device, id) = with_plan().await;
    choose(&device, &[ANN]).await;
    device.host.move_clock(1_000);
    let second = plan(&device, &["Ann 555"]).await;
    assert_eq!(device.host.lies_open(), "");
    choose(&device, &[ANN]).await;
    device.client.trash(&second).await.unwrap();
    assert_eq!(
        device.host.lies_open(),
        "",
        "the plan that is left has the same line, and nobody chose it there"
    );
    assert_eq!(device.client.plan().await.unwrap().unwrap().id.to_string(), id);
}

/// As after a power cut between a change and what follows from it, or with a file from a backup.
#[tokio::test(start_paused = true)]
async fn what_lies_there_is_put_right_when_the_vault_is_opened() {
    let (device, id) = with_plan().await;
    choose(&device, &[ANN, BERT]).await;
    let older = device.host.lies_open();
    edit(&device, &id, &["Bert 556"]).await;
    device.client.lock().await.unwrap();
    device.host.lay_open(older.as_bytes());
    unlock(&device).await;
    assert_eq!(shown(&device).await, [BERT.1]);
    assert!(!device.host.lies_open().contains("Ann"));

    let newer = older.replace("\"version\":1", "\"version\":9");
    let huge = "Ann ".repeat(100_000);
    let cut = &older[..older.len() - 9];
    for damaged in [cut.as_bytes(), b"", b"\xffAnn", newer.as_bytes(), huge.as_bytes()] {
        device.host.lay_open(damaged);
        assert_eq!(shown(&device).await, [""; 0], "help answers and shows none");
        unlock(&device).await;
        assert_eq!(device.host.lies_open(), "", "nobody can tell what is in it");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_vault_nothing_lies_there() {
    let (device, _) = with_plan().await;
    choose(&device, &[ANN]).await;
    let left = device.host.lies_open();

    let device = Device::new();
    device.host.lay_open(left.as_bytes());
    let card = device.client.help(None).await.unwrap();
    assert!(card.readable.is_empty() && !card.locked);
    let device = Device::initialised(device).await;
    assert_eq!(device.host.lies_open(), "", "it is of another vault");

    let device = Device::finding(left.as_bytes());
    assert_eq!(device.host.lies_open(), "", "it is of a vault that is gone");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_is_not_acknowledged_and_what_has_to_go_goes_all_the_same() {
    let (device, id) = with_plan().await;
    let set = async |lines: &[(&str, &str)]| device.client.set_readable_lines(chosen(lines), true).await;
    for (fault, expected) in [
        (KeepFault::Never, Reason::Unsupported),
        (StoreFault::Full.into(), Reason::StorageFull),
        (StoreFault::ReadOnly.into(), Reason::StorageReadOnly),
    ] {
        device.host.refuse_lines(Some(fault));
        let error = set(&[ANN]).await.unwrap_err();
        assert_eq!(error.reason, expected);
        assert!(!error.next.is_empty());
        assert_eq!(listed(&device).await, [""; 0]);
    }
    device.host.refuse_lines(None);
    choose(&device, &[ANN, BERT]).await;
    device.host.refuse_lines(Some(StoreFault::Full.into()));
    edit(&device, &id, &["Bert 556"]).await;
    assert_eq!(device.host.lies_open(), "", "a full disk lets go of all");
}
