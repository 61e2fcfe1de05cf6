//! Who may say anything at all on loopback. Any page in any browser on this machine can send requests here, and a name that an
//! attacker owns can be made to lead here (DNS rebinding); so every request has to say that it is meant for this door and, if a
//! browser sends it, that a page of this door made it. Nothing here looks at tokens.
//!
//! Sources: Fetch Metadata Request Headers (W3C, `Sec-Fetch-*`); the Fetch Standard, "CORS protocol" (`Origin`); RFC 9110 7.4
//! (misdirected requests).

use http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use http::request::Parts;
use http::{Method, StatusCode};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A call of a page or a program.
    Call,
    /// A file of the app.
    File,
}

/// The names by which a browser on this machine may come here.
const NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Looks at a request's head.
///
/// # Errors
/// The status to refuse it with: 421 if it is not meant for this door, 403 if it comes from elsewhere, 404 for anything else.
pub(super) fn check(head: &Parts, port: u16) -> Result<Asked, StatusCode> {
    let host = host(head).ok_or(StatusCode::MISDIRECTED_REQUEST)?;
    if !NAMES.iter().any(|name| host.strip_prefix(name) == Some(&*format!(":{port}"))) {
        return Err(StatusCode::MISDIRECTED_REQUEST);
    }
    let own = format!("http://{host}");
    match head.method {
        Method::POST => call(head, &own).map(|()| Asked::Call),
        Method::GET | Method::HEAD => file(head, &own).map(|()| Asked::File),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

/// Where the request says it goes: in HTTP/1 the one `Host`, in HTTP/2 the authority. If it says both they are the same.
fn host(head: &Parts) -> Option<&str> {
    let mut named = head.headers.get_all(HOST).iter();
    let header = named.next().map(|host| host.to_str());
    if named.next().is_some() {
        return None;
    }
    match (header, head.uri.authority()) {
        (Some(host), None) => host.ok(),
        (None, Some(authority)) => Some(authority.as_str()),
        (Some(host), Some(authority)) => host.ok().filter(|host| *host == authority.as_str()),
        (None, None) => None,
    }
}

/// A call is a page's, which says so, or a program's, which no page can pose as: the type of a program's body is one that no
/// browser sends elsewhere without asking first, and the answer to that question is no.
fn call(head: &Parts, own: &str) -> Result<(), StatusCode> {
    let kind = said(head, &CONTENT_TYPE).ok_or(StatusCode::NOT_FOUND)?;
    if kind.starts_with("application/grpc-web") {
        let site = said(head, &FETCH_SITE);
        let is_own = said(head, &ORIGIN) == Some(own) && site.is_none_or(|site| site == "same-origin");
        return if is_own { Ok(()) } else { Err(StatusCode::FORBIDDEN) };
    }
    if kind != "application/grpc" && !kind.starts_with("application/grpc+") {
        return Err(StatusCode::NOT_FOUND);
    }
    let is_browser =
        [ORIGIN, FETCH_SITE, FETCH_MODE, FETCH_DEST].iter().any(|name| head.headers.contains_key(name));
    if is_browser { Err(StatusCode::FORBIDDEN) } else { Ok(()) }
}

/// A file goes to the app's own page. Its first page may be gone to from anywhere, but not be shown inside of anything.
fn file(head: &Parts, own: &str) -> Result<(), StatusCode> {
    if head.headers.contains_key(ORIGIN) && said(head, &ORIGIN) != Some(own) {
        return Err(StatusCode::FORBIDDEN);
    }
    let is_gone_to =
        said(head, &FETCH_MODE) == Some("navigate") && said(head, &FETCH_DEST) == Some("document");
    match said(head, &FETCH_SITE) {
        None if !head.headers.contains_key(FETCH_SITE) => Ok(()),
        Some("same-origin" | "none") if said(head, &FETCH_DEST) != Some("iframe") => Ok(()),
        _ if is_gone_to => Ok(()),
        _ => Err(StatusCode::FORBIDDEN),
    }
}

/// The one value of a header; `None` if there is none, or several, or something that is not plain text.
fn said<'a>(head: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    let mut values = head.headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const PORT: u16 = 4711;

    /// `METHOD target` and headers, one a line.
    fn asked(text: &str) -> Result<Asked, u16> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(target);
        for line in lines {
            let (name, value) = line.split_once(':').unwrap();
            request = request.header(name, value.trim());
        }
        check(&request.body(()).unwrap().into_parts().0, PORT).map_err(|status| status.as_u16())
    }

    #[test]
    fn a_page_of_this_door_may_call_by_every_name_of_this_machine() {
        for host in ["127.0.0.1:4711", "localhost:4711", "[::1]:4711"] {
            for site in ["", "sec-fetch-site: same-origin"] {
                let call = format!(
                    "POST /haven.v1.VaultService/GetStatus\nhost: {host}\norigin: http://{host}
                     content-type: application/grpc-web+proto\n{site}"
                );
                assert_eq!(asked(&call), Ok(Asked::Call), "{call}");
            }
        }
    }

    #[test]
    fn a_program_may_call_and_says_nothing_of_a_browser() {
        let call =
            "POST /haven.v1.VaultService/GetStatus\nhost: 127.0.0.1:4711\ncontent-type: application/grpc";
        assert_eq!(asked(call), Ok(Asked::Call));
        assert_eq!(asked(&format!("{call}+proto")), Ok(Asked::Call));
        let absolute = "POST http://127.0.0.1:4711/x\ncontent-type: application/grpc";
        assert_eq!(asked(absolute), Ok(Asked::Call));
        for header in [
            "origin: http://127.0.0.1:4711",
            "origin: null",
            "sec-fetch-site: same-origin",
            "sec-fetch-mode: cors",
        ] {
            assert_eq!(asked(&format!("{call}\n{header}")), Err(403), "{header}");
        }
    }

    #[test]
    fn what_is_meant_for_another_name_or_port_is_misdirected() {
        for host in [
            "",
            "host: evil.example:4711",
            "host: 127.0.0.1",
            "host: 127.0.0.1:4712",
            "host: localhost:80",
            "host: 127.0.0.1:4711.evil.example",
            "host: localhost.:4711",
            "host: 127.0.0.1:04711",
            "host: 127.1:4711",
            "host: [::1]",
            "host: [::ffff:127.0.0.1]:4711",
            "host: LOCALHOST:4711",
            "host: user@127.0.0.1:4711",
            "host: 127.0.0.1:4711\nhost: evil.example:4711",
        ] {
            for line in ["GET /", "POST /haven.v1.VaultService/Lock"] {
                assert_eq!(asked(&format!("{line}\n{host}")), Err(421), "{host:?}");
            }
        }
        assert_eq!(asked("GET http://evil.example:4711/\nhost: 127.0.0.1:4711"), Err(421));
        assert_eq!(asked("GET http://127.0.0.1:4711/\nhost: evil.example:4711"), Err(421));
        assert_eq!(asked("GET http://user@127.0.0.1:4711/\nhost: 127.0.0.1:4711"), Err(421));
    }

    #[test]
    fn a_foreign_page_can_call_nothing_whatever_it_sends() {
        let from = |headers: &str| {
            asked(&format!("POST /haven.v1.VaultService/Lock\nhost: 127.0.0.1:4711\n{headers}"))
        };
        for origin in [
            "",
            "origin: null",
            "origin: https://evil.example",
            "origin: http://localhost:4711",
            "origin: http://127.0.0.1:4712",
            "origin: http://127.0.0.1",
            "origin: https://127.0.0.1:4711",
            "origin: http://127.0.0.1:4711\norigin: http://evil.example",
        ] {
            let call = format!("content-type: application/grpc-web+proto\n{origin}");
            assert_eq!(from(&call), Err(403), "{origin}");
        }
        for site in ["cross-site", "same-site", "none", ""] {
            let call = format!(
                "content-type: application/grpc-web-text\norigin: http://127.0.0.1:4711\nsec-fetch-site: {site}"
            );
            assert_eq!(from(&call), Err(403), "{site}");
        }
        for kind in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json",
            "application/grpcx",
        ] {
            let kind = if kind.is_empty() { String::new() } else { format!("content-type: {kind}\n") };
            assert_eq!(from(&format!("{kind}origin: https://evil.example")), Err(404), "{kind}");
        }
    }

    #[test]
    fn no_question_beforehand_is_answered() {
        for method in ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"] {
            assert_eq!(asked(&format!("{method} /\nhost: 127.0.0.1:4711")), Err(404), "{method}");
        }
    }

    #[test]
    fn files_go_to_the_own_page_and_the_first_one_wherever_it_is_gone_to() {
        let get = |headers: &str| asked(&format!("GET /\nhost: localhost:4711\n{headers}"));
        let navigated = "sec-fetch-mode: navigate\nsec-fetch-dest: document";
        for fine in [
            String::new(),
            "sec-fetch-site: same-origin\nsec-fetch-dest: script".to_owned(),
            "origin: http://localhost:4711\nsec-fetch-site: same-origin\nsec-fetch-mode: cors".to_owned(),
            format!("sec-fetch-site: none\n{navigated}"),
            format!("sec-fetch-site: cross-site\n{navigated}"),
        ] {
            assert_eq!(get(&fine), Ok(Asked::File), "{fine}");
        }
        for foreign in [
            "sec-fetch-site: cross-site\nsec-fetch-mode: no-cors\nsec-fetch-dest: image",
            "sec-fetch-site: same-site\nsec-fetch-mode: no-cors\nsec-fetch-dest: script",
            "sec-fetch-site: cross-site\nsec-fetch-mode: navigate\nsec-fetch-dest: iframe",
            "sec-fetch-site: same-origin\nsec-fetch-mode: navigate\nsec-fetch-dest: iframe",
            "sec-fetch-site: cross-site\nsec-fetch-mode: cors\norigin: https://evil.example",
            "origin: null",
            "sec-fetch-site: none\nsec-fetch-site: cross-site",
        ] {
            assert_eq!(get(foreign), Err(403), "{foreign}");
        }
    }
}
