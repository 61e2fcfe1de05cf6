//! A device in a browser's worker: the same node and the same services as in the daemon, over a store in memory. The page
//! hands gRPC-web requests in and gets gRPC-web responses back; there is no network in between.

#![cfg(target_family = "wasm")]

mod call;
mod host;
mod timer;
