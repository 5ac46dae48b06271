//! Whose datagram this is: one port for all calls. Pure.
//!
//! A connectivity check (a STUN binding request) names the call by the first half of its USERNAME, which we chose, and
//! proves by its MESSAGE-INTEGRITY that its sender knows the call's password. Its sender's address then belongs to that
//! call, and everything else from there goes the same way. A check that proves nothing is nobody's.
//!
//! An address that belongs to a call is given to another one only once nothing has come for the first: nobody can take
//! over a stranger's media by a check from a forged address, and a call that is dead keeps nobody out.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use rtc::crypto::{RTCCrypto, RTCCryptoProvider};
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::Message;

/// A call may have at most this many addresses: a device has a handful, and checks come from each.
const MAX_ADDRESSES: usize = 16;
/// RFC 8489, section 5.
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const REQUEST: [u8; 2] = [0x00, 0x01];
const USERNAME: u16 = 0x0006;
const HEADER_BYTES: usize = 20;

/// The name of the call that a connectivity check is for.
pub(super) fn checked_call(datagram: &[u8]) -> Option<&str> {
    let (header, mut rest) = datagram.split_at_checked(HEADER_BYTES)?;
    if header[..2] != REQUEST || header[4..8] != MAGIC_COOKIE {
        return None;
    }
    loop {
        let (head, after) = rest.split_at_checked(4)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if kind == USERNAME {
            let username = std::str::from_utf8(after.get(..length)?).ok()?;
            return username.split_once(':').map(|(ours, _)| ours);
        }
        rest = after.get(length.next_multiple_of(4)..)?;
    }
}

/// Whether a connectivity check was written by somebody who knows the password.
fn is_proven(check: &[u8], password: &str, crypto: &dyn RTCCrypto) -> bool {
    let mut message = Message::new();
    let read = message.unmarshal_binary(check);
    read.is_ok() && MessageIntegrity::check(&mut message, password.as_bytes(), crypto).is_ok()
}

/// Which call is where. `T` is what a call's datagrams are given to.
pub(super) struct Routes<T> {
    calls: HashMap<String, Entry<T>>,
    addresses: HashMap<SocketAddr, Owner<T>>,
    crypto: Arc<dyn RTCCryptoProvider>,
}

impl<T> fmt::Debug for Routes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Routes({} calls, {} addresses)",
            self.calls.len(),
            self.addresses.len()
        )
    }
}

struct Entry<T> {
    call: Arc<T>,
    password: String,
    addresses: Vec<SocketAddr>,
}

struct Owner<T> {
    name: String,
    call: Arc<T>,
}

/// Whose it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found<T> {
    /// The call.
    pub(super) call: Arc<T>,
    /// It is a check whose sender is known to be the call's client.
    pub(super) proven: bool,
}

impl<T> Routes<T> {
    /// No calls yet.
    pub(super) fn new(crypto: Arc<dyn RTCCryptoProvider>) -> Self {
        Self {
            calls: HashMap::new(),
            addresses: HashMap::new(),
            crypto,
        }
    }

    /// Adds a call, whose client knows `password`.
    pub(super) fn add(&mut self, name: String, password: String, call: Arc<T>) {
        let entry = Entry {
            call,
            password,
            addresses: Vec::new(),
        };
        self.calls.insert(name, entry);
    }

    /// Forgets a call and its addresses.
    pub(super) fn remove(&mut self, name: &str) {
        for address in self.calls.remove(name).map(|entry| entry.addresses).unwrap_or_default() {
            self.addresses.remove(&address);
        }
    }

    /// Whose datagram this is; `None` for nobody's. `is_dead` says of a call whether its addresses are free again.
    pub(super) fn find(
        &mut self,
        from: SocketAddr,
        datagram: &[u8],
        is_dead: impl FnOnce(&T) -> bool,
    ) -> Option<Found<T>> {
        let Some(name) = checked_call(datagram) else {
            let call = Arc::clone(&self.addresses.get(&from)?.call);
            return Some(Found { call, proven: false });
        };
        let entry = self.calls.get(name)?;
        if !is_proven(datagram, &entry.password, self.crypto.crypto()) {
            return None;
        }
        let call = Arc::clone(&entry.call);
        let room = entry.addresses.len() < MAX_ADDRESSES;
        let free = self
            .addresses
            .get(&from)
            .is_none_or(|owner| owner.name != name && is_dead(&owner.call));
        if room && free {
            self.give(from, name.to_owned(), Arc::clone(&call));
        }
        Some(Found { call, proven: true })
    }

    fn give(&mut self, address: SocketAddr, name: String, call: Arc<T>) {
        if let Some(entry) = self.calls.get_mut(&name) {
            entry.addresses.push(address);
        }
        let before = self.addresses.insert(address, Owner { name, call });
        if let Some(entry) = before.and_then(|owner| self.calls.get_mut(&owner.name)) {
            entry.addresses.retain(|known| *known != address);
        }
    }

    /// How many calls and addresses are known.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.calls.len(), self.addresses.len())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rtc::stun::attributes::ATTR_USERNAME;
    use rtc::stun::message::{BINDING_REQUEST, TransactionId};
    use rtc::stun::textattrs::TextAttribute;

    use super::*;

    fn crypto() -> Arc<dyn RTCCryptoProvider> {
        rtc::crypto::default_provider().unwrap()
    }

    /// A check as a client that knows this password sends it.
    pub(in crate::webrtc) fn check(username: &str, password: &str) -> Vec<u8> {
        let crypto = crypto();
        let key = MessageIntegrity::new_raw_integrity_with_provider(password, crypto.crypto());
        let mut message = Message::new();
        message
            .build(&[
                Box::new(BINDING_REQUEST),
                Box::new(TransactionId::new()),
                Box::new(TextAttribute::new(ATTR_USERNAME, username.to_owned())),
                Box::new(key),
            ])
            .unwrap();
        message.raw
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    /// Calls of these names, numbered from 1, all alive. The password of each is its name.
    struct Calls {
        routes: Routes<u8>,
        dead: bool,
    }

    impl Calls {
        fn of(names: &[&str]) -> Self {
            let mut routes = Routes::new(crypto());
            for (number, name) in (1..).zip(names) {
                routes.add((*name).to_owned(), (*name).to_owned(), Arc::new(number));
            }
            Self { routes, dead: false }
        }

        /// Whose this is, and whether it is proven.
        fn find(&mut self, port: u16, datagram: &[u8]) -> Option<(u8, bool)> {
            let found = self.routes.find(at(port), datagram, |_| self.dead)?;
            Some((*found.call, found.proven))
        }
    }

    const MEDIA: [u8; 3] = [128, 0, 0];

    #[test]
    fn a_check_opens_the_way_for_all_that_follows_it() {
        let mut calls = Calls::of(&["one", "two"]);
        assert_eq!(calls.find(1, &MEDIA), None, "nobody checked from there");
        assert_eq!(calls.find(1, &check("one:x", "one")), Some((1, true)));
        assert_eq!(calls.find(2, &check("two:x", "two")), Some((2, true)));
        assert_eq!(calls.find(1, &MEDIA), Some((1, false)));
        assert_eq!(calls.find(2, &[22, 254, 253]), Some((2, false)));
        assert_eq!(calls.find(3, &check("three:x", "three")), None);
        calls.routes.remove("one");
        assert_eq!(calls.find(1, &MEDIA), None);
        assert_eq!(calls.routes.size(), (1, 1));
    }

    #[test]
    fn who_does_not_know_the_password_is_nobody() {
        let mut calls = Calls::of(&["one"]);
        assert_eq!(calls.find(1, &check("one:x", "guessed")), None);
        let mut changed = check("one:x", "one");
        changed[10] ^= 1;
        assert_eq!(calls.find(1, &changed), None);
        // USERNAME alone, as nobody who takes part sends it.
        let whole = check("one:x", "one");
        let mut bare = whole[..whole.len() - 24].to_vec();
        bare[3] -= 24;
        assert_eq!(checked_call(&bare), Some("one"));
        assert_eq!(calls.find(1, &bare), None);
        assert_eq!(calls.routes.size(), (1, 0));
    }

    #[test]
    fn nobody_takes_over_the_address_of_a_call_that_lives() {
        let mut calls = Calls::of(&["victim", "thief"]);
        calls.find(1, &check("victim:x", "victim"));
        calls.find(1, &check("thief:x", "thief"));
        assert_eq!(calls.find(1, &MEDIA), Some((1, false)));
    }

    #[test]
    fn the_address_of_a_dead_call_goes_to_who_comes_from_there() {
        let mut calls = Calls::of(&["dead", "new"]);
        calls.find(1, &check("dead:x", "dead"));
        calls.dead = true;
        assert_eq!(calls.find(1, &check("new:x", "new")), Some((2, true)));
        assert_eq!(calls.find(1, &MEDIA), Some((2, false)));
        // What is left of the dead one takes nothing with it.
        calls.routes.remove("dead");
        assert_eq!(calls.find(1, &MEDIA), Some((2, false)));
        assert_eq!(calls.routes.size(), (1, 1));
    }

    #[test]
    fn a_call_with_a_thousand_addresses_keeps_a_few() {
        let mut calls = Calls::of(&["one"]);
        let check = check("one:x", "one");
        for port in 0..1_000 {
            calls.find(port, &check);
        }
        assert_eq!(calls.routes.size(), (1, MAX_ADDRESSES));
        calls.routes.remove("one");
        assert_eq!(calls.routes.size(), (0, 0));
    }

    #[test]
    fn junk_is_nobodys() {
        let whole = check("ours:theirs", "x");
        assert_eq!(checked_call(&whole), Some("ours"));
        let username_ends = 20 + 4 + 11;
        for length in 0..username_ends {
            assert_eq!(checked_call(&whole[..length]), None, "{length}");
        }
        assert_eq!(checked_call(&check("nocolon", "x")), None);
        let mut endless = whole;
        endless[22] = 0xff;
        assert_eq!(checked_call(&endless), None);
    }
}
