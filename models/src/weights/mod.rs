//! Weights: which there are, how they are fetched and verified, and where each model finds its own.

pub mod fetch;
pub mod manifest;
pub mod paths;
mod pip;
mod stamp;
