//! Tokens for plug-ins: what other programs on this device may do.

use haven_api::grants::{Grant, Scope};
use serde::Serialize;

use crate::args::TokenCommand;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::text::Style;
use crate::when;

#[derive(Serialize)]
struct GrantShape<'a> {
    id: &'a str,
    name: &'a str,
    scopes: Vec<&'static str>,
    page: bool,
    made: String,
    used: Option<String>,
    expires: Option<String>,
}

impl<'a> GrantShape<'a> {
    fn of(grant: &'a Grant) -> Self {
        Self {
            id: &grant.id,
            name: &grant.name,
            scopes: names(grant).collect(),
            page: grant.is_page,
            made: grant.made.to_string(),
            used: grant.used.map(|used| used.to_string()),
            expires: grant.ends.map(|ends| ends.to_string()),
        }
    }
}

#[derive(Serialize)]
struct MadeShape<'a> {
    id: &'a str,
    token: &'a str,
}

#[derive(Serialize)]
struct RevokedShape<'a> {
    id: &'a str,
    name: &'a str,
}

pub(super) async fn run(cx: &Cx, command: TokenCommand) -> Result<(), Fault> {
    let haven = cx.device().await?;
    match command {
        TokenCommand::Create { name, scopes, expires } => {
            let (grant, token) = haven.create_grant(&name, scopes, expires).await?;
            cx.note("The token is shown this once. Whoever has it may do what it allows on this device.");
            cx.tell(&MadeShape { id: &grant.id, token: &token }, |_| format!("{token}\n"))
        }
        TokenCommand::List => {
            let grants = haven.grants().await?;
            if grants.is_empty() {
                cx.nothing("No other program has a token. `haven token create` makes one.");
            }
            cx.tell_all(grants.iter().map(GrantShape::of), |style| {
                grants.iter().map(|grant| in_words(grant, style)).collect()
            })
        }
        TokenCommand::Revoke { id } => {
            let grant = haven.revoke_grant(&id).await?;
            cx.tell(&RevokedShape { id: &grant.id, name: &grant.name }, |style| {
                format!("{} may do nothing any more.\n", style.line(&grant.name))
            })
        }
    }
}

fn in_words(grant: &Grant, style: Style) -> String {
    let scopes: Vec<_> = names(grant).collect();
    let used = grant.used.map_or("never used".to_owned(), |used| format!("last used {}", when::local(used)));
    let ends = grant.ends.map(|ends| format!(", until {}", when::local(ends))).unwrap_or_default();
    format!(
        "{}  {}  {}, {used}{ends}\n",
        style.faint(&grant.id[..8]),
        style.bold(&style.line(&grant.name)),
        scopes.join(" "),
    )
}

fn names(grant: &Grant) -> impl Iterator<Item = &'static str> {
    grant.scopes.iter().map(|scope: &Scope| scope.as_str())
}
