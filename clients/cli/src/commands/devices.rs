//! The devices of the journal.

use haven_api::devices::Device;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde::Serialize;

use super::{link, removal};
use crate::args::DeviceCommand;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::shapes::DeviceShape;
use crate::text::Style;
use crate::when;

pub(super) async fn run(cx: &Cx, command: DeviceCommand) -> Result<(), Fault> {
    match command {
        DeviceCommand::List => list(cx).await,
        DeviceCommand::Link => show_code(cx).await,
        DeviceCommand::Join(args) => link::join(cx, args).await,
        DeviceCommand::Confirm(args) => link::confirm(cx, args).await,
        DeviceCommand::Remove(args) => removal::remove(cx, args).await,
        DeviceCommand::Rename { id, name } => {
            let device = cx.haven().await?.rename_device(&id, &name).await?;
            tell(cx, &device)
        }
    }
}

async fn list(cx: &Cx) -> Result<(), Fault> {
    let devices = cx.haven().await?.devices().await?;
    cx.tell_all(devices.iter().map(DeviceShape::of), |style| {
        devices.iter().map(|device| in_words(device, style)).collect()
    })
}

/// Prints one device.
pub(super) fn tell(cx: &Cx, device: &Device) -> Result<(), Fault> {
    cx.tell(&DeviceShape::of(device), |style| in_words(device, style))
}

fn in_words(device: &Device, style: Style) -> String {
    let mut facts = vec![style.faint(&device.id), style.bold(&style.line(&device.name))];
    facts.extend(device.this.then(|| "this device".to_owned()));
    facts.extend(device.removed.then(|| "removed".to_owned()));
    facts.extend(device.last_seen.map(|moment| format!("last wrote {}", when::local(moment))));
    format!("{}\n", facts.join("  "))
}

#[derive(Serialize)]
struct LinkShape<'a> {
    code: &'a str,
    server: &'a str,
    url: &'a str,
    expires: String,
}

async fn show_code(cx: &Cx) -> Result<(), Fault> {
    let link = cx.haven().await?.start_link().await?;
    let shape = LinkShape {
        code: &link.code,
        server: &link.server_url,
        url: &link.url,
        expires: link.expires.to_string(),
    };
    cx.tell(&shape, |style| {
        let picture = if style.terminal { picture(&link.url, style) } else { None };
        let picture = picture.map(|picture| format!("{picture}\n")).unwrap_or_default();
        let code = style.bold(&link.code);
        let command = link::command(&link.code, &link.server_url, style.columns);
        format!("{picture}{code}\n\nOn the new device, paste this:\n\n{command}\n")
    })?;
    cx.note(
        "The code is good for one device and two minutes. Go on here with `haven device confirm --wait`.",
    );
    Ok(())
}

/// Whether a picture and all that is said below it fit the terminal: no camera reads one that is broken or scrolled away.
fn fits(code: &QrCode, style: Style, rows: Option<usize>) -> bool {
    let is_narrow = style.columns.is_none_or(|columns| code.width() + QUIET_COLUMNS <= columns);
    // A line of the picture is two rows of it.
    let lines = (code.width() + QUIET_COLUMNS).div_ceil(2) + ROWS_BELOW;
    is_narrow && rows.is_none_or(|rows| lines <= rows)
}

/// The lines below a picture, the prompt that comes back included: the code, what to paste over two or three lines, what to do next.
const ROWS_BELOW: usize = 12;

/// The columns left free on both sides of a picture, as its standard asks.
const QUIET_COLUMNS: usize = 8;

/// How many lines the terminal has, if it says so.
fn rows() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_row)).filter(|rows| *rows > 0)
}

/// The code as a picture for a camera: dark on light whatever the terminal's colours, if it has any.
fn picture(url: &str, style: Style) -> Option<String> {
    let code = QrCode::new(url).ok().filter(|code| fits(code, style, rows()))?;
    let mut renderer = code.render::<Dense1x2>();
    if !style.colors {
        // Most terminals are dark: what is drawn is the light.
        renderer.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
        return Some(renderer.build());
    }
    let dressed = |line: &str| format!("\x1b[38;5;16;48;5;231m{line}\x1b[0m\n");
    Some(renderer.build().lines().map(dressed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_left_out_where_it_would_be_broken_or_scrolled_away() {
        let code = QrCode::new("haven-link:0000-1111-2222-3333@http://127.0.0.1:7460").unwrap();
        let at = |columns, rows| fits(&code, Style { colors: true, terminal: true, columns }, rows);
        assert!(at(None, None) && at(Some(80), Some(60)));
        assert!(!at(Some(80), Some(24)) && !at(Some(30), Some(60)));
    }
}
