//! What each command does.

mod alarms;
mod config;
mod definitions;
mod devices;
mod differing;
mod doctor;
mod done;
mod drafts;
mod entries;
mod export;
mod fiction;
mod helping;
mod import;
mod kit;
mod kit_file;
mod kit_restore;
mod launcher;
mod link;
mod meant;
mod measures;
mod meeting;
mod near;
mod open;
mod pages;
mod people;
mod practice;
mod program;
mod progress;
mod reminders;
mod removal;
mod server;
mod several;
mod sitting;
mod support;
mod tags;
mod today;
mod tokens;
mod vault;
mod versions;
mod writing;

use std::env;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use haven_api::error::ErrorReason;

pub(crate) use self::drafts::{unclear, who_next};
pub(crate) use self::support::country_set;
pub(crate) use self::writing::keep_beside;
use crate::args::{Command, MeasureCommand, PracticeCommand};
use crate::cx::Cx;
use crate::fault::{Exit, Fault};

/// Runs a command.
pub(crate) async fn run(command: Command, cx: &Cx) -> Result<Exit, Fault> {
    let writes = writes(&command);
    match Box::pin(done(command, cx)).await {
        Err(fault) => Err(near::asked_back(fault).await),
        Ok(exit) => {
            if writes && cx.style.terminal {
                tell_that_it_stays(cx).await;
            }
            Ok(exit)
        }
    }
}

/// Whether a command writes words that its person would look for on their other devices.
fn writes(command: &Command) -> bool {
    matches!(
        command,
        Command::Add(_)
            | Command::Edit(_)
            | Command::Checkin(_)
            | Command::Practice(PracticeCommand::Do(_))
            | Command::Measure(MeasureCommand::Do { .. })
    )
}

/// On a device that was removed, says that what was written stays on it. To be told matters; why it can't be asked doesn't.
async fn tell_that_it_stays(cx: &Cx) {
    let Ok(haven) = cx.device().await else { return };
    if let Ok(status) = haven.status().await
        && status.sync.problem == Some(ErrorReason::DeviceRemoved)
    {
        cx.note("It stays on this device, which was removed from your journal. `haven status` says more.");
    }
}

async fn done(command: Command, cx: &Cx) -> Result<Exit, Fault> {
    match command {
        Command::Import(args) => return import::run(cx, args).await,
        Command::Doctor => return doctor::run(cx).await,
        Command::Daemon(args) => return program::run(cx, args).await,
        Command::Practice(args) => return practice::run(cx, args).await,
        Command::Measure(args) => return measures::run(cx, args).await,
        Command::Edit(args) => return writing::edit(cx, args).await,
        Command::Show(args) => return entries::show(cx, &args).await,
        Command::Settle(args) => return meeting::settle(cx, &args).await,
        Command::Trash { ids } => return entries::trash(cx, &ids).await,
        Command::Untrash { ids } => return entries::untrash(cx, &ids).await,
        Command::Help { command } => helping::run(cx, &command).await,
        Command::HelpNow(args) => {
            support::help(cx, args).await;
            Ok(())
        }
        Command::Plan { command } => support::plan(cx, command).await,
        Command::Reminders { command } => reminders::run(cx, command),
        Command::Init(args) => vault::init(cx, args).await,
        Command::Unlock { passphrase_file } => vault::unlock(cx, passphrase_file).await,
        Command::Lock { clear } => vault::lock(cx, clear).await,
        Command::Passphrase(args) => vault::passphrase(cx, args).await,
        Command::Status => vault::status(cx).await,
        Command::Add(args) => writing::add(cx, args).await,
        Command::Checkin(args) => writing::checkin(cx, args).await,
        Command::List(args) => entries::list(cx, args).await,
        Command::Search(args) => entries::search(cx, args).await,
        Command::Tags => tags::run(cx).await,
        Command::History(args) => versions::history(cx, &args).await,
        Command::Restore { id, version } => versions::restore(cx, &id, &version).await,
        Command::Draft(args) => drafts::run(cx, args).await,
        Command::Export(args) => export::run(cx, args).await,
        Command::DemoData(args) => fiction::run(cx, args).await,
        Command::Today => today::run(cx).await,
        Command::Progress(args) => progress::run(cx, args).await,
        Command::People(args) => people::run(cx, args).await,
        Command::Device(args) => devices::run(cx, args).await,
        Command::Kit(args) => kit::run(cx, args).await,
        Command::Server(args) => server::run(cx, args).await,
        Command::Sync(args) => server::sync(cx, args).await,
        Command::Alarms { command } => alarms::run(cx, command).await,
        Command::Open(args) => open::run(cx, &args).await,
        Command::Token(args) => tokens::run(cx, args).await,
        Command::Config(args) => config::run(cx, args).await,
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { out } => pages::manual(&out),
    }?;
    Ok(Exit::Done)
}

/// Says something the first time only. Where nothing can be remembered, it is said each time.
pub(crate) fn once(cx: &Cx, name: &str, words: &str) {
    if cx.json {
        return;
    }
    if let Some(folder) = state() {
        let _ = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        let mark = folder.join(format!("told-{name}"));
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&mark);
        if made.is_err() && mark.exists() {
            return;
        }
    }
    cx.note(words);
}

/// The folder for what is remembered between commands.
fn state() -> Option<PathBuf> {
    folder_of("XDG_STATE_HOME", ".local/state")
}

/// A folder of the desktop's own, for what every program puts there.
fn desktop_folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let folder = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = || Some(env::home_dir().filter(|home| home.is_absolute())?.join(below_home));
    folder.or_else(usual)
}

/// A folder of this program's: `HAVEN_HOME`, or the desktop's folder of that sort.
fn folder_of(variable: &str, below_home: &str) -> Option<PathBuf> {
    if let Some(home) = env::var_os("HAVEN_HOME").filter(|home| !home.is_empty()) {
        return std::path::absolute(home).ok();
    }
    Some(desktop_folder(variable, below_home)?.join("haven"))
}
