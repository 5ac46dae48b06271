//! What the end-to-end tests and the bench share.
#![forbid(unsafe_code)]

pub mod llm_stub;
