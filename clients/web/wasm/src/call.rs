//! The one door: a path and a gRPC-web request in, a gRPC-web response out.

use std::sync::Arc;

use bytes::Bytes;
use haven_node::node::{self, Node};
use haven_node::services::Envelope;
use haven_store::memory::MemoryStore;
use http::{HeaderMap, Method, Request, header};
use http_body_util::{BodyExt as _, Full};
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, ServiceExt as _};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::host::Worker;

/// The content type of gRPC-web with binary messages.
const GRPC_WEB: &str = "application/grpc-web+proto";

/// A device of its own. Nothing of it outlives the worker.
#[wasm_bindgen]
pub struct Device {
    node: Node,
}

#[wasm_bindgen]
impl Device {
    /// Makes a device with an empty store.
    ///
    /// # Errors
    /// The store cannot be read; an empty one can.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, JsError> {
        let (node, keeper) = node::start(Arc::new(Worker), Box::new(MemoryStore::default()))?;
        spawn_local(keeper.run());
        Ok(Self { node })
    }

    /// Answers one call: `path` is `/haven.v1.VaultService/GetStatus`, `request` the frames of a gRPC-web request. The
    /// response ends with the frame of its trailers, which holds the status.
    ///
    /// # Errors
    /// The path is not one.
    pub async fn call(&self, path: String, request: Vec<u8>) -> Result<Vec<u8>, JsError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, GRPC_WEB)
            .header(header::ACCEPT, GRPC_WEB)
            .body(Body::new(Full::new(Bytes::from(request)).map_err(|never| match never {})))?;
        let service = GrpcWebLayer::new().layer(Envelope.layer(self.node.routes()));
        let response = service.oneshot(request).await?;
        let early = response.headers().contains_key(STATUS).then(|| trailers(response.headers()));
        let body = response.into_body().collect().await?.to_bytes();
        Ok(early.filter(|_| body.is_empty()).unwrap_or_else(|| body.to_vec()))
    }
}

/// The header that holds a call's status where there is nothing else to answer.
const STATUS: &str = "grpc-status";

/// The flag of the frame that holds trailers.
const TRAILERS: u8 = 0x80;

/// A refusal travels in the headers of an empty response. The page sees no headers, so they become the frame of trailers
/// that every other response ends with.
fn trailers(headers: &HeaderMap) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        if name.as_str().starts_with("grpc-") {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value.as_bytes());
            lines.extend_from_slice(b"\r\n");
        }
    }
    let length = u32::try_from(lines.len()).unwrap_or_default();
    let mut frame = vec![TRAILERS];
    frame.extend(length.to_be_bytes());
    frame.append(&mut lines);
    frame
}
