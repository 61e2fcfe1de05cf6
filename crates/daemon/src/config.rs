//! The settings of a daemon, kept in one TOML file that a person may edit.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;
use toml::{Table, Value};

use crate::fault::Fault;

/// How long a vault stays open untouched unless told.
pub(crate) const LOCK_IDLE: Duration = Duration::from_secs(5 * 60);

/// The longest idle time that can be set; more is "never", which 0 says.
const LOCK_IDLE_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The only key there is today.
const KEY_LOCK_IDLE: &str = "lock.idle";

/// Why a setting was not changed.
#[derive(Debug, Error)]
pub(crate) enum SettingFault {
    /// No such key.
    #[error("there is no such setting")]
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
            Err(error) => return Err(unreadable(error.kind().to_string())),
        };
        let table: Table =
            text.parse().map_err(|error: toml::de::Error| unreadable(error.message().to_owned()))?;
        let idle = match found(&table) {
            None => Some(LOCK_IDLE),
            Some(Value::String(value)) => {
                parse_idle(value).map_err(|why| unreadable(format!("{KEY_LOCK_IDLE}: {why}")))?
            }
            Some(Value::Integer(0)) => None,
            Some(_) => return Err(unreadable(format!("{KEY_LOCK_IDLE}: {IDLE_FORM}"))),
        };
        Ok(Self { path: path.to_owned(), table: Mutex::new(table), lock_idle: watch::Sender::new(idle) })
    }

    /// How long a vault stays open untouched; `None` = for ever. Changes are seen.
    pub(crate) fn lock_idle(&self) -> watch::Receiver<Option<Duration>> {
        self.lock_idle.subscribe()
    }

    /// One setting, or all for an empty key.
    ///
    /// # Errors
    /// [`SettingFault::Unknown`].
    pub(crate) fn get(&self, key: &str) -> Result<Setting, SettingFault> {
        if key != KEY_LOCK_IDLE {
            return Err(SettingFault::Unknown);
        }
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let set = found(&table);
        let value = match set {
            Some(Value::String(value)) => value.clone(),
            Some(other) => other.to_string(),
            None => "5m".to_owned(),
        };
        Ok(Setting { key: KEY_LOCK_IDLE, value, is_default: set.is_none() })
    }

    /// Every setting.
    pub(crate) fn all(&self) -> Vec<Setting> {
        self.get(KEY_LOCK_IDLE).into_iter().collect()
    }

    /// Changes a setting, in the file and at once; an empty value goes back to the default.
    ///
    /// # Errors
    /// [`SettingFault`]; nothing changed.
    pub(crate) fn set(&self, key: &str, value: &str) -> Result<Setting, SettingFault> {
        if key != KEY_LOCK_IDLE {
            return Err(SettingFault::Unknown);
        }
        let idle = if value.is_empty() {
            Some(LOCK_IDLE)
        } else {
            parse_idle(value).map_err(SettingFault::Value)?
        };
        {
            let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
            let changed = with_idle(&table, value);
            write(&self.path, &changed.to_string())?;
            *table = changed;
        }
        self.lock_idle.send_replace(idle);
        self.get(key)
    }
}

fn found(table: &Table) -> Option<&Value> {
    table.get("lock")?.get("idle")
}

fn with_idle(table: &Table, value: &str) -> Table {
    let mut table = table.clone();
    let mut lock = table.get("lock").and_then(Value::as_table).cloned().unwrap_or_default();
    if value.is_empty() {
        lock.remove("idle");
    } else {
        lock.insert("idle".to_owned(), Value::String(value.to_owned()));
    }
    table.insert("lock".to_owned(), Value::Table(lock));
    table
}

const IDLE_FORM: &str = "expected a time such as 30s, 5m or 2h, at most 7 days, or 0 for never";

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

/// Writes a private file whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), Fault> {
    let refused = |error| Fault::at(path, error);
    if let Some(folder) = path.parent() {
        crate::folder::private(folder)?;
    }
    let fresh = path.with_extension("toml.new");
    let mut options = fs::OpenOptions::new();
    let mut file =
        options.write(true).create(true).truncate(true).mode(0o600).open(&fresh).map_err(refused)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(refused)?;
    fs::rename(&fresh, path).map_err(refused)
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
    fn an_unknown_key_a_bad_value_and_a_broken_file_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let config = Config::read(&path).unwrap();
        assert!(matches!(config.set("lock.idel", "5m"), Err(SettingFault::Unknown)));
        assert!(matches!(config.get("x"), Err(SettingFault::Unknown)));
        assert!(matches!(config.set("lock.idle", "soon"), Err(SettingFault::Value(_))));
        assert!(!path.exists());
        for text in ["[lock", "[lock]\nidle = \"soon\"", "[lock]\nidle = 5"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(Config::read(&path), Err(Fault::Config { .. })), "{text}");
        }
    }
}
