//! The settings of a daemon, kept in one TOML file that a person may edit.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// How long a vault stays open untouched.
    LockIdle,
    /// Whose helplines are shown where no country is named.
    HelpCountry,
    /// Whether pages may be opened on loopback.
    WebEnabled,
    /// The port on loopback.
    WebPort,
}

/// Why a setting was not changed.
#[derive(Debug, Error)]
pub(crate) enum SettingFault {
    /// No such key.
    #[error("there's no such setting")]
    Unknown,
    /// The value does not fit the key.
    #[error("{0}")]
    Value(&'static str),
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
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(unreadable(haven_api::error::refused(&error).to_owned())),
        };
        let table: Table =
            text.parse().map_err(|error: toml::de::Error| unreadable(error.message().to_owned()))?;
        for key in Key::ALL {
            let unfit = |why| unreadable(format!("{}: {why}", key.as_str()));
            key.found(&table).map_err(unfit)?.map(|value| key.fitting(&value)).transpose().map_err(unfit)?;
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
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let found = |key: Key| key.found(&table).ok().flatten();
        let port = found(Key::WebPort).and_then(|port| port.parse().ok());
        (found(Key::WebEnabled).is_none_or(|enabled| enabled == "true"), port)
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
        Key::ALL.map(|key| self.shown(key)).into()
    }

    /// What the settings are called.
    pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
        Key::ALL.into_iter().map(Key::as_str)
    }

    /// Changes a setting, in the file and at once; an empty value goes back to the default.
    ///
    /// # Errors
    /// [`SettingFault`]; nothing changed.
    pub(crate) fn set(&self, key: &str, value: &str) -> Result<Setting, SettingFault> {
        let key = Key::of(key)?;
        let value =
            if value.is_empty() { None } else { Some(key.fitting(value).map_err(SettingFault::Value)?) };
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

    fn shown(&self, key: Key) -> Setting {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let set = key.found(&table).ok().flatten();
        let is_default = set.is_none();
        Setting { key: key.as_str(), value: set.unwrap_or_else(|| key.default().to_owned()), is_default }
    }
}

impl Key {
    const ALL: [Self; 4] = [Self::LockIdle, Self::HelpCountry, Self::WebEnabled, Self::WebPort];

    fn of(text: &str) -> Result<Self, SettingFault> {
        Self::ALL.into_iter().find(|key| key.as_str() == text).ok_or(SettingFault::Unknown)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::LockIdle => "lock.idle",
            Self::HelpCountry => HELP_COUNTRY,
            Self::WebEnabled => "web.enabled",
            Self::WebPort => "web.port",
        }
    }

    /// The value of what nobody has set; for a country and a port it is none.
    fn default(self) -> &'static str {
        match self {
            Self::LockIdle => "5m",
            Self::HelpCountry | Self::WebPort => "",
            Self::WebEnabled => "true",
        }
    }

    /// The value as it is kept, or what it has to look like.
    fn fitting(self, value: &str) -> Result<String, &'static str> {
        match self {
            Self::LockIdle => parse_idle(value).map(|_| value.to_owned()),
            Self::HelpCountry => Country::typed(value).map(|country| country.to_string()).ok_or(COUNTRY_FORM),
            Self::WebEnabled => {
                Some(value.to_owned()).filter(|v| v == "true" || v == "false").ok_or(SWITCH_FORM)
            }
            Self::WebPort => {
                let port = value.parse::<u16>().ok().filter(|port| *port >= WEB_PORT_MIN);
                port.map(|port| port.to_string()).ok_or(PORT_FORM)
            }
        }
    }

    /// The value in a file, as text.
    fn found(self, table: &Table) -> Result<Option<String>, &'static str> {
        let (section, name) = self.place();
        match (table.get(section).and_then(|section| section.get(name)), self) {
            (None, _) => Ok(None),
            (Some(Value::String(value)), _) => Ok(Some(value.clone())),
            (Some(Value::Integer(0)), Self::LockIdle) => Ok(Some("0".to_owned())),
            (Some(Value::Integer(port)), Self::WebPort) => Ok(Some(port.to_string())),
            (Some(Value::Boolean(enabled)), Self::WebEnabled) => Ok(Some(enabled.to_string())),
            (Some(_), Self::LockIdle) => Err(IDLE_FORM),
            (Some(_), Self::HelpCountry) => Err(COUNTRY_FORM),
            (Some(_), Self::WebEnabled) => Err(SWITCH_FORM),
            (Some(_), Self::WebPort) => Err(PORT_FORM),
        }
    }

    /// The file with another value; without one the setting has its default.
    fn with(self, table: &Table, value: Option<String>) -> Table {
        let (mut table, (section, name)) = (table.clone(), self.place());
        let mut inside = table.get(section).and_then(Value::as_table).cloned().unwrap_or_default();
        match value {
            Some(value) => inside.insert(name.to_owned(), Value::String(value)),
            None => inside.remove(name),
        };
        table.insert(section.to_owned(), Value::Table(inside));
        table
    }

    /// The table of the file, and the name in it.
    fn place(self) -> (&'static str, &'static str) {
        self.as_str().split_once('.').unwrap_or((self.as_str(), ""))
    }
}

/// How long a vault stays open untouched, by a file that was checked.
fn idle_of(table: &Table) -> Option<Duration> {
    let set = Key::LockIdle.found(table).ok().flatten();
    set.map_or(Some(LOCK_IDLE), |value| parse_idle(&value).unwrap_or(Some(LOCK_IDLE)))
}

const COUNTRY_FORM: &str =
    "no country is called that; write its name in English or its two letters, such as DE";

const SWITCH_FORM: &str = "neither on nor off; write true or false";

const PORT_FORM: &str =
    "no port that can be taken; write one from 1024 to 65535, or nothing to let Haven choose";

const IDLE_FORM: &str =
    "not a time that can be set; write one such as 30s, 5m or 2h, at most 7d, or 0 for never";

fn parse_idle(text: &str) -> Result<Option<Duration>, &'static str> {
    if text == "0" {
        return Ok(None);
    }
    let unit = text.chars().last().and_then(|unit| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(60 * 60),
        'd' => Some(24 * 60 * 60),
        _ => None,
    });
    let count = unit.and_then(|_| text[..text.len() - 1].parse::<u32>().ok());
    let (Some(unit), Some(count)) = (unit, count) else { return Err(IDLE_FORM) };
    let idle = Duration::from_secs(u64::from(count) * unit);
    if idle.is_zero() {
        return Ok(None);
    }
    if idle > LOCK_IDLE_MAX { Err(IDLE_FORM) } else { Ok(Some(idle)) }
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
            assert_eq!(parse_idle(text), Ok(seconds.map(Duration::from_secs)), "{text}");
        }
        for text in ["", "5", "m", "-5m", "5 m", "8d", "1.5h", "5é", "never", "99999999999s"] {
            assert!(parse_idle(text).is_err(), "{text}");
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
        let unset = Setting { key: "help.country", value: String::new(), is_default: true };
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
