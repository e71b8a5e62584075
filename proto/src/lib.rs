//! The ChatCLI server's protocol, `chatcli.v1`, as far as the operator speaks it. The contract is `chatcli.proto`.

#![allow(missing_docs, clippy::pedantic, reason = "generated; the words are in chatcli.proto")]

tonic::include_proto!("chatcli.v1");

/// How large a message is before it is sent.
pub use prost::Message;

/// The compiled protocol, a `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/chatcli.binpb"));
