//! The settings of a daemon, kept in one TOML file that a person may edit.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use haven_api::settings::{APP_NAME, KIT_UNCONFIRMED, LANGUAGE};
use haven_api::support::{Country, HELP_COUNTRY};
use thiserror::Error;
use tokio::sync::watch;
use toml::{Table, Value};

use crate::fault::Fault;
use crate::folder;

/// How long a vault stays open untouched unless told.
pub(crate) const LOCK_IDLE: Duration = Duration::from_secs(5 * 60);

/// The longest idle time that can be set; more is "never", which 0 says.
const LOCK_IDLE_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The lowest port that a program may take without the system's blessing.
const WEB_PORT_MIN: u16 = 1024;

/// A setting that there is.
struct Key {
    /// What it is called: a name in a table of the file, or a name alone.
    name: &'static str,
    kind: Kind,
    /// The value of what nobody has set; of some it is none.
    default: &'static str,
}

/// What the values of a setting look like.
#[derive(Clone, Copy)]
enum Kind {
    /// A time, or 0 for never.
    Idle,
    /// A country or its code.
    Country,
    /// A port that any program may take.
    Port,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// On or off.
const SWITCH: Kind = Kind::Choice(&["true", "false"]);

/// Every setting there is, in the order in which they are shown.
const KEYS: &[Key] = &[
    // How long a vault stays open untouched; `LOCK_IDLE` is the same.
    Key { name: LOCK_IDLE_KEY, kind: Kind::Idle, default: "5m" },
    // Whose helplines are shown where no country is named.
    Key { name: HELP_COUNTRY, kind: Kind::Country, default: "" },
    // Whether pages may be opened on loopback.
    Key { name: WEB_ENABLED, kind: SWITCH, default: "true" },
    // The port on loopback; none lets Haven choose.
    Key { name: WEB_PORT, kind: Kind::Port, default: "" },
    // The language of what Haven says to a client that names none; none leaves it to the client.
    Key { name: LANGUAGE, kind: Kind::Choice(&["", "en"]), default: "" },
    // Light or dark.
    Key { name: "app.theme", kind: Kind::Choice(&["system", "light", "dark"]), default: "system" },
    // How large the text is, in percent.
    Key {
        name: "app.text_size",
        kind: Kind::Choice(&["90", "100", "115", "130", "145", "160"]),
        default: "100",
    },
    // The name and the icon that others may see: the neutral one, or Haven's own.
    Key { name: APP_NAME, kind: Kind::Choice(&["notes", "haven"]), default: "notes" },
    // Whether there is a way out at a touch.
    Key { name: "app.quick_exit", kind: SWITCH, default: "false" },
    // Whether the vault is locked when the page is hidden.
    Key { name: "app.lock_hidden", kind: SWITCH, default: "false" },
    // Whether previews are blurred.
    Key { name: "app.blur", kind: SWITCH, default: "false" },
    // Whether the browser checks the spelling.
    Key { name: "app.spellcheck", kind: SWITCH, default: "false" },
    // Whether a recovery kit was shown and nobody has said that it's kept.
    Key { name: KIT_UNCONFIRMED, kind: SWITCH, default: "false" },
];

/// Names of settings that the daemon itself reads.
const LOCK_IDLE_KEY: &str = "lock.idle";
const WEB_ENABLED: &str = "web.enabled";
const WEB_PORT: &str = "web.port";

/// Why a setting was not changed.
#[derive(Debug, Error)]
pub(crate) enum SettingFault {
    /// No such key.
    #[error("there's no such setting")]
    Unknown,
    /// The value does not fit the key.
    #[error("{0}")]
    Value(String),
    /// The file could not be written.
    #[error(transparent)]
    File(#[from] Fault),
}

/// A setting as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Its key.
    pub(crate) key: &'static str,
    /// Its value as text.
    pub(crate) value: String,
    /// Whether nobody has set it.
    pub(crate) is_default: bool,
    /// The values that can be chosen; none where others fit as well.
    pub(crate) options: &'static [&'static str],
}

/// The settings, as they are now and in the file.
pub(crate) struct Config {
    path: PathBuf,
    table: Mutex<Table>,
    lock_idle: watch::Sender<Option<Duration>>,
}

impl Config {
    /// Reads the file; without one everything has its default.
    ///
    /// # Errors
    /// [`Fault::Config`] for a file that cannot be read or holds a value that does not fit.
    pub(crate) fn read(path: &Path) -> Result<Self, Fault> {
        let unreadable = |detail: String| Fault::Config { path: path.to_owned(), detail };
        let text = match folder::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                let why = match error.kind() {
                    ErrorKind::InvalidInput => "it isn't a file",
                    ErrorKind::FileTooLarge => "it's far too large for settings",
                    _ => haven_api::error::refused(&error),
                };
                return Err(unreadable(why.to_owned()));
            }
        };
        let table: Table =
            text.parse().map_err(|error: toml::de::Error| unreadable(error.message().to_owned()))?;
        for key in KEYS {
            key.found(&table).map_err(|form| unreadable(format!("{}: {form}", key.name)))?;
        }
        let idle = watch::Sender::new(idle_of(&table));
        Ok(Self { path: path.to_owned(), table: Mutex::new(table), lock_idle: idle })
    }

    /// How long a vault stays open untouched; `None` = for ever. Changes are seen.
    pub(crate) fn lock_idle(&self) -> watch::Receiver<Option<Duration>> {
        self.lock_idle.subscribe()
    }

    /// Whether the door on loopback may be opened, and the port for it if one was chosen.
    pub(crate) fn web(&self) -> (bool, Option<u16>) {
        let port = self.value_of(WEB_PORT).parse().ok();
        (self.value_of(WEB_ENABLED) == "true", port)
    }

    /// The language of what is said to a client that names none; empty to leave it to the client.
    pub(crate) fn language(&self) -> String {
        self.value_of(LANGUAGE)
    }

    /// One setting.
    ///
    /// # Errors
    /// [`SettingFault::Unknown`].
    pub(crate) fn get(&self, key: &str) -> Result<Setting, SettingFault> {
        Ok(self.shown(Key::of(key)?))
    }

    /// Every setting.
    pub(crate) fn all(&self) -> Vec<Setting> {
        KEYS.iter().map(|key| self.shown(key)).collect()
    }

    /// What the settings are called.
    pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
        KEYS.iter().map(|key| key.name)
    }

    /// Changes a setting, in the file and at once; an empty value goes back to the default.
    ///
    /// # Errors
    /// [`SettingFault`]; nothing changed.
    pub(crate) fn set(&self, key: &str, value: &str) -> Result<Setting, SettingFault> {
        let key = Key::of(key)?;
        let unfit = || SettingFault::Value(key.kind.form());
        let fitting = || key.kind.fitting(value).ok_or_else(unfit);
        let value = if value.is_empty() { None } else { Some(fitting()?) };
        let idle = {
            let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
            let changed = key.with(&table, value);
            write(&self.path, &changed.to_string())?;
            *table = changed;
            idle_of(&table)
        };
        self.lock_idle.send_replace(idle);
        Ok(self.shown(key))
    }

    fn value_of(&self, name: &str) -> String {
        self.get(name).map(|setting| setting.value).unwrap_or_default()
    }

    fn shown(&self, key: &'static Key) -> Setting {
        let set = key.set_in(&self.table.lock().unwrap_or_else(PoisonError::into_inner));
        let (is_default, options) = (set.is_none(), key.kind.options());
        Setting { key: key.name, value: set.unwrap_or_else(|| key.default.to_owned()), is_default, options }
    }
}

impl Key {
    fn of(name: &str) -> Result<&'static Self, SettingFault> {
        KEYS.iter().find(|key| key.name == name).ok_or(SettingFault::Unknown)
    }

    /// The value in a file, or what it has to look like; `None` if nobody has set it.
    fn found(&self, table: &Table) -> Result<Option<String>, String> {
        let (section, name) = self.place();
        let section = section.map_or(Some(table), |section| table.get(section).and_then(Value::as_table));
        let text = match section.and_then(|section| section.get(name)) {
            None => return Ok(None),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Boolean(is_on)) => is_on.to_string(),
            Some(_) => return Err(self.kind.form()),
        };
        self.kind.fitting(&text).map(Some).ok_or_else(|| self.kind.form())
    }

    /// What the setting is by a file that was checked, if somebody set it.
    fn set_in(&self, table: &Table) -> Option<String> {
        self.found(table).ok().flatten()
    }

    /// The file with another value; without one the setting has its default.
    fn with(&self, table: &Table, value: Option<String>) -> Table {
        let mut table = table.clone();
        let (section, name) = self.place();
        let Some(section) = section else {
            put(&mut table, name, value);
            return table;
        };
        let mut inside = table.get(section).and_then(Value::as_table).cloned().unwrap_or_default();
        put(&mut inside, name, value);
        table.insert(section.to_owned(), Value::Table(inside));
        table
    }

    /// The table of the file that it stands in, unless it stands by itself, and its name there.
    fn place(&self) -> (Option<&'static str>, &'static str) {
        self.name.split_once('.').map_or((None, self.name), |(section, name)| (Some(section), name))
    }
}

impl Kind {
    /// The value as it is kept; `None` if it does not fit.
    fn fitting(self, value: &str) -> Option<String> {
        match self {
            Self::Idle => parse_idle(value).map(|_| value.to_owned()),
            Self::Country => Country::typed(value).map(|country| country.to_string()),
            Self::Port => {
                let port = value.parse::<u16>().ok().filter(|port| *port >= WEB_PORT_MIN);
                port.map(|port| port.to_string())
            }
            Self::Choice(choices) => choices.contains(&value).then(|| value.to_owned()),
        }
    }

    /// What a value that does not fit should have looked like.
    fn form(self) -> String {
        match self {
            Self::Idle => IDLE_FORM.to_owned(),
            Self::Country => COUNTRY_FORM.to_owned(),
            Self::Port => PORT_FORM.to_owned(),
            Self::Choice(choices) => {
                let named: Vec<_> = choices.iter().copied().filter(|choice| !choice.is_empty()).collect();
                let or_none = if choices.contains(&"") { ", or nothing" } else { "" };
                format!("that can't be chosen; write {}{or_none}", named.join(" or "))
            }
        }
    }

    /// The values that can be chosen; none where others fit as well.
    fn options(self) -> &'static [&'static str] {
        if let Self::Choice(choices) = self { choices } else { &[] }
    }
}

fn put(table: &mut Table, name: &str, value: Option<String>) {
    match value {
        Some(value) => table.insert(name.to_owned(), Value::String(value)),
        None => table.remove(name),
    };
}

/// How long a vault stays open untouched, by a file that was checked.
fn idle_of(table: &Table) -> Option<Duration> {
    let set = Key::of(LOCK_IDLE_KEY).ok().and_then(|key| key.set_in(table));
    set.map_or(Some(LOCK_IDLE), |value| parse_idle(&value).unwrap_or(Some(LOCK_IDLE)))
}

const COUNTRY_FORM: &str =
    "no country is called that; write its name in English or its two letters, such as DE";

const PORT_FORM: &str =
    "no port that can be taken; write one from 1024 to 65535, or nothing to let Haven choose";

const IDLE_FORM: &str =
    "not a time that can be set; write one such as 30s, 5m or 2h, at most 7d, or 0 for never";

/// A time that can be set; within it `None` for never.
fn parse_idle(text: &str) -> Option<Option<Duration>> {
    if text == "0" {
        return Some(None);
    }
    let unit = text.chars().last().and_then(|unit| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(60 * 60),
        'd' => Some(24 * 60 * 60),
        _ => None,
    });
    let count = unit.and_then(|_| text[..text.len() - 1].parse::<u32>().ok());
    let idle = Duration::from_secs(u64::from(count?) * unit?);
    if idle.is_zero() {
        return Some(None);
    }
    (idle <= LOCK_IDLE_MAX).then_some(Some(idle))
}

/// Writes the file, in a folder made private.
fn write(path: &Path, text: &str) -> Result<(), Fault> {
    if let Some(folder) = path.parent() {
        folder::private(folder)?;
    }
    folder::write(path, text.as_bytes()).map_err(|error| Fault::at(path, error))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_time_is_read_and_nonsense_is_not() {
        for (text, seconds) in [
            ("30s", Some(30)),
            ("5m", Some(300)),
            ("2h", Some(7200)),
            ("7d", Some(604_800)),
            ("0", None),
            ("0m", None),
        ] {
            assert_eq!(parse_idle(text), Some(seconds.map(Duration::from_secs)), "{text}");
        }
        for text in ["", "5", "m", "-5m", "5 m", "8d", "1.5h", "5é", "never", "99999999999s"] {
            assert_eq!(parse_idle(text), None, "{text}");
        }
    }

    #[test]
    fn a_setting_is_kept_and_seen_at_once_and_other_lines_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        fs::write(&path, "[other]\nkey = 1\n").unwrap();
        let config = Config::read(&path).unwrap();
        let seen = config.lock_idle();
        assert_eq!(*seen.borrow(), Some(LOCK_IDLE));
        assert!(config.get("lock.idle").unwrap().is_default);
        config.set("lock.idle", "10m").unwrap();
        assert_eq!(*seen.borrow(), Some(Duration::from_secs(600)));
        let again = Config::read(&path).unwrap();
        assert_eq!(again.get("lock.idle").unwrap().value, "10m");
        assert!(fs::read_to_string(&path).unwrap().contains("key = 1"));
        assert!(again.set("lock.idle", "").unwrap().is_default);
        assert_eq!(Config::read(&path).unwrap().all(), again.all());
    }

    #[test]
    fn a_country_is_kept_by_its_code_and_none_is_set_at_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let config = Config::read(&path).unwrap();
        let unset = Setting { key: "help.country", value: String::new(), is_default: true, options: &[] };
        assert_eq!(config.all()[1], unset);
        for (typed, kept) in [("de", "DE"), ("UK", "GB"), ("EU", "EU")] {
            assert_eq!(config.set("help.country", typed).unwrap().value, kept);
        }
        assert!(matches!(config.set("help.country", "Narnia"), Err(SettingFault::Value(_))));
        config.set("lock.idle", "0").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "[help]\ncountry = \"EU\"\n\n[lock]\nidle = \"0\"\n");
        assert_eq!(*Config::read(&path).unwrap().lock_idle().borrow(), None);
        assert_eq!(config.set("help.country", "").unwrap(), unset);
        fs::write(&path, "[lock]\nidle = 0\n").unwrap();
        assert_eq!(Config::read(&path).unwrap().get("lock.idle").unwrap().value, "0");
    }

    #[test]
    fn an_unknown_key_a_bad_value_and_a_broken_file_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let config = Config::read(&path).unwrap();
        assert!(matches!(config.set("lock.idel", "5m"), Err(SettingFault::Unknown)));
        assert!(matches!(config.get("x"), Err(SettingFault::Unknown)));
        assert!(matches!(config.set("lock.idle", "soon"), Err(SettingFault::Value(_))));
        assert!(!path.exists());
        for text in [
            "[lock",
            "[lock]\nidle = \"soon\"",
            "[lock]\nidle = 5",
            "[help]\ncountry = \"XX\"",
            "[help]\ncountry = 1",
        ] {
            fs::write(&path, text).unwrap();
            assert!(matches!(Config::read(&path), Err(Fault::Config { .. })), "{text}");
        }
    }
}
