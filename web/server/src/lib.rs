//! The `colloquy` program: the server, and the commands around it.
#![forbid(unsafe_code)]

pub mod admin;
pub mod app;
pub mod cli;
pub mod client;
pub mod config;
pub mod door;
mod embed;
pub mod engines;
pub mod error;
mod ops;
#[cfg(test)]
mod page_types;
mod participant;
pub mod realtime;
