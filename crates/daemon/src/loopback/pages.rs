//! What a browser gets that asks for a file: the web app as it was built, or one page that says that this build has none.

use axum::body::Body;
use axum::response::Response;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    HeaderValue, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Nothing but the app's own files, from this very door; nothing inside a frame; no text that becomes a script (Content Security
/// Policy Level 3; Trusted Types).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// On every answer, whatever it is.
const ALWAYS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Files whose names change with what is in them lie here, and may be kept for a year.
const HASHED: &str = "/assets/";

/// The page of a build without the app.
const BARE: &[u8] = include_bytes!("bare.html");

/// One file of the app.
struct File {
    path: &'static str,
    bytes: &'static [u8],
    /// The same, packed by brotli.
    packed: Option<&'static [u8]>,
}

/// The file that a request asks for. Every path without an ending is the app's first page: which screen it means, the app knows.
pub(super) fn find(head: &Parts) -> Response {
    let path = head.uri.path();
    let is_screen = !path.rsplit('/').next().unwrap_or_default().contains('.');
    let wanted = if is_screen { "/index.html" } else { path };
    match FILES.iter().find(|file| file.path == wanted) {
        Some(file) => given(file, &head.headers),
        None if is_screen => bare(),
        None => refused(StatusCode::NOT_FOUND),
    }
}

fn given(file: &File, asked: &HeaderMap) -> Response {
    let packed = file.packed.filter(|_| takes_brotli(asked));
    let mut answer = Response::new(Body::from(packed.unwrap_or(file.bytes)));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(file.path)));
    if packed.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if file.packed.is_some() {
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if file.path.starts_with(HASHED) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    }
    answer
}

fn bare() -> Response {
    let mut page = Response::new(Body::from(BARE));
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind("/index.html")));
    page
}

fn takes_brotli(asked: &HeaderMap) -> bool {
    let said = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|coding| coding.trim() == "br")
}

/// The type of a file by its ending; browsers may not guess.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// An answer that says nothing but its status: whoever probes learns nothing from how it differs from another.
pub(super) fn refused(status: StatusCode) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

/// Puts on what every answer has.
pub(super) fn dress(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn asked(path: &str) -> Response {
        find(&Request::get(path).header(ACCEPT_ENCODING, "gzip, br").body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_screen_is_the_first_page_and_no_other_path_leads_anywhere() {
        for path in ["/", "/journal", "/entry/12"] {
            let page = asked(path);
            assert_eq!(page.status(), StatusCode::OK, "{path}");
            assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        }
        for path in ["/none.js", "/../Cargo.toml", "/assets/../index.htm", "/.keep"] {
            assert_eq!(asked(path).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn every_file_of_the_app_has_its_type() {
        for file in FILES {
            assert_ne!(kind(file.path), "application/octet-stream", "{}", file.path);
        }
        let brotli = |value: &'static str| {
            takes_brotli(&[(ACCEPT_ENCODING, HeaderValue::from_static(value))].into_iter().collect())
        };
        assert!(brotli("br") && brotli("gzip, deflate, br, zstd") && !brotli("gzip") && !brotli("brotli"));
    }
}
