//! Settings.

use std::path::PathBuf;

use haven_api::settings::Setting;
use serde::Serialize;

use super::folder_of;
use crate::args::ConfigCommand;
use crate::cx::Cx;
use crate::fault::Fault;

/// The name of the settings' file, in the folder of this program.
const FILE: &str = "config.toml";

#[derive(Serialize)]
struct SettingShape<'a> {
    key: &'a str,
    value: &'a str,
    is_default: bool,
}

impl<'a> SettingShape<'a> {
    fn of(setting: &'a Setting) -> Self {
        Self { key: &setting.key, value: &setting.value, is_default: setting.is_default }
    }
}

#[derive(Serialize)]
struct PathShape {
    path: String,
}

pub(super) async fn run(cx: &Cx, command: ConfigCommand) -> Result<(), Fault> {
    match command {
        ConfigCommand::Get { key: Some(key) } => {
            let settings = cx.device().await?.settings(Some(&key)).await?;
            cx.tell_all(settings.iter().map(SettingShape::of), |_| {
                settings.iter().map(|setting| format!("{}\n", setting.value)).collect()
            })
        }
        ConfigCommand::Get { key: None } => {
            let settings = cx.device().await?.settings(None).await?;
            cx.tell_all(settings.iter().map(SettingShape::of), |_| settings.iter().map(in_words).collect())
        }
        ConfigCommand::Set { key, value } => {
            let setting = cx.device().await?.set_setting(&key, &value.unwrap_or_default()).await?;
            cx.tell(&SettingShape::of(&setting), |_| in_words(&setting))
        }
        ConfigCommand::Path => {
            let path = path()?.display().to_string();
            cx.tell(&PathShape { path: path.clone() }, |_| path)
        }
    }
}

fn in_words(setting: &Setting) -> String {
    match (setting.is_default, setting.value.as_str()) {
        (true, "") => format!("{} isn't set\n", setting.key),
        (true, value) => format!("{} = {value}  (default)\n", setting.key),
        (false, value) => format!("{} = {value}\n", setting.key),
    }
}

/// Where the daemon keeps its settings.
pub(super) fn path() -> Result<PathBuf, Fault> {
    let folder = folder_of("XDG_CONFIG_HOME", ".config");
    folder.map(|folder| folder.join(FILE)).ok_or_else(|| {
        Fault::usage(
            "the settings can't be found",
            "neither HAVEN_HOME nor HOME is set",
            "Set HAVEN_HOME to a folder.",
        )
    })
}
