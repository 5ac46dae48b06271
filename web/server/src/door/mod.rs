//! How connections come in: plain or encrypted, straight from a visitor or through a proxy that we were told to believe.
//!
//! - [`listener`]: accepts, and encrypts where there is a certificate
//! - [`certificate`]: which one, read again when it is renewed
//! - [`self_signed`]: one for a trial in the local network
//! - [`serve`]: speaks HTTP with so many at once
//! - [`visitor`]: who asks, as far as we believe what we are told

pub mod certificate;
pub mod listener;
pub mod self_signed;
pub mod serve;
pub mod visitor;
