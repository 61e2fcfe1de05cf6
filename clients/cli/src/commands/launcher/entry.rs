//! A desktop entry as text: two kinds of quoting, one within the other.

use std::fmt;
use std::path::{Path, PathBuf};

/// What a launcher starts and how it looks.
pub(super) struct Launcher<'a> {
    pub(super) name: &'a str,
    pub(super) program: &'a Path,
    /// The folder of the journal, if it isn't the usual one.
    pub(super) home: Option<&'a Path>,
    pub(super) icon: &'a Path,
}

/// A path that no desktop entry can hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unwritable(PathBuf);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a menu can't hold {:?}, for the letters in it", self.0)
    }
}

impl Launcher<'_> {
    /// Writes it, with a comment in front.
    pub(super) fn to_text(&self, comment: &str) -> Result<String, Unwritable> {
        let program = text(self.program)?;
        // An equals sign would make of it a variable of `env`, and the specification has none there either.
        if program.contains('=') {
            return Err(Unwritable(self.program.to_owned()));
        }
        let mut command = String::new();
        if let Some(home) = self.home {
            let variable = format!("HAVEN_HOME={}", text(home)?);
            command = format!("env {} ", argument(&variable));
        }
        command = format!("{command}{} open", argument(program));
        Ok(format!(
            "# {comment}\n[Desktop Entry]\nType=Application\nVersion=1.5\nName={}\nExec={}\nIcon={}\nTerminal=false\n\
             Categories=Utility;\n",
            value(self.name),
            value(&command),
            value(text(self.icon)?)
        ))
    }
}

/// A path as text; the files are UTF-8, and nothing in a command may end its line.
fn text(path: &Path) -> Result<&str, Unwritable> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    text.ok_or_else(|| Unwritable(path.to_owned()))
}

/// An argument of a command: in quotes, where four characters need a backslash; a percent sign would begin a field code.
fn argument(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '`' | '$' | '\\' => quoted.extend(['\\', letter]),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A value of any key: a backslash is written twice, quoting or not.
fn value(text: &str) -> String {
    text.replace('\\', "\\\\")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    /// The keys of an entry, read as strictly as the specification allows.
    fn read(text: &str) -> BTreeMap<&str, String> {
        let mut lines = text.strip_suffix('\n').unwrap().split('\n').skip_while(|line| line.starts_with('#'));
        assert_eq!(lines.next(), Some("[Desktop Entry]"));
        let mut keys = BTreeMap::new();
        for line in lines {
            let (key, value) = line.split_once('=').unwrap();
            assert!(!key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{key}");
            assert_eq!(keys.insert(key, unescaped(value)), None, "{key} twice");
        }
        keys
    }

    fn unescaped(value: &str) -> String {
        let (mut text, mut letters) = (String::new(), value.chars());
        while let Some(letter) = letters.next() {
            assert!(!letter.is_control());
            text.push(match letter {
                '\\' => match letters.next() {
                    Some('s') => ' ',
                    Some('n') => '\n',
                    Some('t') => '\t',
                    Some('r') => '\r',
                    Some('\\') => '\\',
                    other => panic!("no escape: {other:?}"),
                },
                letter => letter,
            });
        }
        text
    }

    /// The arguments of a command.
    fn split(command: &str) -> Vec<String> {
        const RESERVED: &str = " \t\n\"'\\><~|&;$*?#()`";
        let (mut arguments, mut letters) = (Vec::new(), command.chars().peekable());
        while letters.peek().is_some() {
            let mut argument = String::new();
            let is_quoted = letters.next_if_eq(&'"').is_some();
            loop {
                match letters.next() {
                    None if !is_quoted => break,
                    Some(' ') if !is_quoted => break,
                    Some('"') if is_quoted => {
                        assert!(matches!(letters.next(), None | Some(' ')), "quoted in part");
                        break;
                    }
                    Some('\\') if is_quoted => {
                        let escaped = letters.next().filter(|c| "\"`$\\".contains(*c));
                        argument.push(escaped.expect("nothing else is escaped"));
                    }
                    Some(letter @ ('`' | '$')) => panic!("{letter} without a backslash"),
                    Some('%') => argument.push(letters.next_if_eq(&'%').expect("no field codes")),
                    Some(letter) => {
                        assert!(is_quoted || !RESERVED.contains(letter), "{letter} without quotes");
                        argument.push(letter);
                    }
                    None => panic!("quotes that don't end"),
                }
            }
            arguments.push(argument);
        }
        arguments
    }

    fn launcher<'a>(program: &'a str, home: Option<&'a str>) -> Launcher<'a> {
        let icon = Path::new("/own/ann/my \\icons/notes.svg");
        Launcher { name: "Notes", program: Path::new(program), home: home.map(Path::new), icon }
    }

    #[test]
    fn what_is_started_is_what_was_meant_whatever_letters_are_in_the_way() {
        let text = launcher("/usr/bin/haven", None).to_text("Made").unwrap();
        assert_eq!(
            text,
            "# Made\n[Desktop Entry]\nType=Application\nVersion=1.5\nName=Notes\nExec=\"/usr/bin/haven\" open\n\
             Icon=/own/ann/my \\\\icons/notes.svg\nTerminal=false\nCategories=Utility;\n"
        );
        assert_eq!(read(&text)["Icon"], "/own/ann/my \\icons/notes.svg");
        for odd in [
            "plain",
            "two words",
            "\"",
            "$HOME",
            "`id`",
            "back\\slash",
            "\\\\",
            "100%",
            "%f",
            "ü'~#&;|()*?<>",
        ] {
            let (program, home) = (format!("/opt/{odd}/haven"), format!("/own/{odd}=x"));
            let keys = launcher(&program, None).to_text("Made").unwrap();
            assert_eq!(split(&read(&keys)["Exec"]), [&program, "open"], "{odd}");
            let keys = launcher(&program, Some(&home)).to_text("Made").unwrap();
            let expected = ["env", &format!("HAVEN_HOME={home}"), &program, "open"];
            assert_eq!(split(&read(&keys)["Exec"]), expected, "{odd}");
        }
    }

    #[test]
    fn a_path_that_a_line_cannot_hold_is_refused() {
        for (program, home) in [("/a=b/haven", None), ("/a\nb/haven", None), ("/haven", Some("/a\tb"))] {
            assert!(launcher(program, home).to_text("Made").is_err(), "{program} {home:?}");
        }
        let bytes = Path::new(OsStr::from_bytes(b"/caf\xe9"));
        let odd = Launcher { home: Some(bytes), ..launcher("/haven", None) };
        assert_eq!(odd.to_text("Made"), Err(Unwritable(bytes.to_owned())));
    }
}
