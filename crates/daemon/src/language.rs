//! The language that is set, for calls that name none. A browser always names some; a page that follows the setting sends it.

use std::sync::Arc;

use haven_api::language::ACCEPT_LANGUAGE;
use http::{HeaderValue, Request};
use tower::util::MapRequestLayer;

use crate::config::Config;

/// The layer that names it.
pub(crate) fn as_set<Body>(
    config: Arc<Config>,
) -> MapRequestLayer<impl Fn(Request<Body>) -> Request<Body> + Clone> {
    MapRequestLayer::new(move |mut request: Request<Body>| {
        let language = config.language();
        if let (false, Ok(set)) = (language.is_empty(), HeaderValue::from_str(&language)) {
            request.headers_mut().entry(ACCEPT_LANGUAGE).or_insert(set);
        }
        request
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::ready;

    use haven_api::settings::LANGUAGE;
    use tower::{Layer as _, ServiceExt as _, service_fn};

    use super::*;

    #[tokio::test]
    async fn a_call_that_names_no_language_gets_the_one_that_is_set() {
        let folder = tempfile::tempdir().unwrap();
        let config = Arc::new(Config::read(&folder.path().join("config.toml")).unwrap());
        let named = async |names: Option<&str>| {
            let inner = service_fn(|request: Request<()>| {
                let named = request.headers().get_all(ACCEPT_LANGUAGE).iter().cloned();
                ready(Ok::<_, Infallible>(named.collect::<Vec<_>>()))
            });
            let request =
                names.into_iter().fold(Request::get("/"), |it, name| it.header(ACCEPT_LANGUAGE, name));
            as_set(config.clone()).layer(inner).oneshot(request.body(()).unwrap()).await.unwrap()
        };
        assert_eq!(named(None).await, [""; 0]);
        assert_eq!(named(Some("de")).await, ["de"]);
        config.set(LANGUAGE, "en").unwrap();
        assert_eq!(named(None).await, ["en"]);
        assert_eq!(named(Some("de")).await, ["de"]);
        config.set(LANGUAGE, "").unwrap();
        assert_eq!(named(None).await, [""; 0]);
    }
}
