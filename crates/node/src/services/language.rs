//! In which language a call is answered.

use haven_api::language::{ACCEPT_LANGUAGE, first_there};
use haven_core::exercise::DEFAULT_LANGUAGE;
use tonic::Request;

use crate::node::Node;

impl Node {
    /// The first language that a call asks for and that anything is written in, of what comes with Haven and what the person added
    /// if their journal is open; else the default one.
    pub(super) fn language_of<T>(&self, request: &Request<T>) -> String {
        let named = request.metadata().get_all(ACCEPT_LANGUAGE).iter();
        let named: Vec<&str> = named.filter_map(|named| named.to_str().ok()).collect();
        let snapshot = self.snapshot();
        let built_in = self.shelf();
        let shelf = snapshot.view.shelf().unwrap_or(&built_in);
        first_there(&named.join(","), |asked| shelf.language(asked)).unwrap_or(DEFAULT_LANGUAGE).to_owned()
    }
}
