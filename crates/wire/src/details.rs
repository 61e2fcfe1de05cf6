//! The envelope that carries more than a code and a message with a gRPC error: `google.rpc.Status`, as every client
//! library reads it from the trailer `grpc-status-details-bin`.

use bytes::Bytes;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
struct Envelope {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "bytes", tag = "2")]
    value: Bytes,
}

/// Makes an error that carries one detail.
pub fn attach(code: Code, message: &str, type_url: &str, detail: &impl Message) -> Status {
    let any = Any { type_url: type_url.to_owned(), value: detail.encode_to_vec().into() };
    let envelope = Envelope { code: code as i32, message: message.to_owned(), details: vec![any] };
    Status::with_details_and_metadata(code, message, envelope.encode_to_vec().into(), MetadataMap::new())
}

/// Finds the first detail of a type that can be read; an error from elsewhere has none.
pub fn find<M: Message + Default>(status: &Status, type_url: &str) -> Option<M> {
    let envelope = Envelope::decode(status.details()).ok()?;
    let any = envelope.details.iter().find(|any| any.type_url == type_url)?;
    M::decode(&*any.value).ok()
}
