//! Help for low times, in every state of the device: what can be read of the plan, and where.

use haven_e2e::device::Device;
use haven_e2e::linking::{begun_with, link};
use haven_e2e::ran::text;
use haven_e2e::server::Server;
use haven_e2e::terminal::at_terminal;
use serde_json::{Value, json};

const PLAN: &str = r#"{"signs": ["no sleep"], "people": ["Bea 555", "Cem 556"]}"#;

fn plan(device: &Device, answers: &str) -> String {
    let written = device.run_with(&["practice", "do", "plan-when-low", "--answers", "-"], answers.as_bytes());
    text(&written.json(), "id").to_owned()
}

/// The lines that help shows without the passphrase.
fn readable(device: &Device) -> Value {
    let help = device.json(&["help-now", "--country", "IE"]);
    assert_eq!((&help["plan"], &help["locked"]), (&Value::Null, &json!(true)), "{help}");
    let parts = help["readable"].as_array().unwrap().iter();
    parts.flat_map(|part| part["items"].as_array().unwrap().clone()).collect()
}

#[test]
fn lines_that_were_chosen_are_there_locked_and_without_a_daemon() {
    let device = Device::begun();
    plan(&device, PLAN);
    device.fails(&["plan", "readable", "2"], 6, "CONFIRMATION_NEEDED");
    let refused = at_terminal(&device, &["plan", "readable", "2"], "true", "n\n").stdout;
    assert!(refused.contains("Bea 555") && refused.contains("can read them"), "{refused}");
    at_terminal(&device, &["plan", "readable", "3"], "true", "y\n");
    let lines = device.lines(&["plan", "readable"]);
    let chosen: Vec<_> = lines.iter().map(|line| (&line["number"], &line["readable"])).collect();
    assert_eq!(json!(chosen), json!([[1, false], [2, false], [3, true]]));
    device.json(&["lock"]);
    assert_eq!(readable(&device), json!(["Cem 556"]));
    device.json(&["daemon", "stop"]);
    assert_eq!(readable(&device), json!(["Cem 556"]));
    assert_eq!(device.json(&["help-now", "--no-plan"])["readable"], json!([]));
    device.unlock();
    device.lines(&["plan", "readable", "--none"]);
    device.json(&["lock"]);
    assert_eq!(readable(&device), json!([]));
}

#[test]
fn a_line_that_left_the_plan_on_another_device_is_readable_no_more() {
    let server = Server::start();
    let (laptop, phone) = (begun_with(&server), Device::new());
    let id = plan(&laptop, PLAN);
    link(&laptop, &phone);
    laptop.lines(&["plan", "readable", "2", "3", "--yes"]);
    laptop.sync();
    phone.sync();
    assert!(phone.lines(&["plan", "readable"]).iter().all(|line| line["readable"] == json!(false)));
    assert_eq!(plan(&phone, r#"{"people": ["Cem 556"]}"#), id);
    phone.sync();
    laptop.sync();
    laptop.json(&["lock"]);
    assert_eq!(readable(&laptop), json!(["Cem 556"]));
}
