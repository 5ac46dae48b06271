//! Whose datagram this is: one port for all calls. Pure.
//!
//! A connectivity check (a STUN binding request) names the call by the first half of its USERNAME, which we chose. Its
//! sender's address then belongs to that call, and everything else from there goes the same way. An address that belongs
//! to a call is not given to another one while that lives: nobody can take over a stranger's media by a forged check.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// A call may have at most this many addresses: a device has a handful, and checks come from each.
const MAX_ADDRESSES: usize = 16;
/// RFC 8489, section 5.
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const USERNAME: u16 = 0x0006;
const HEADER_BYTES: usize = 20;

/// The name of the call that a connectivity check is for.
pub(super) fn checked_call(datagram: &[u8]) -> Option<&str> {
    let (header, mut rest) = datagram.split_at_checked(HEADER_BYTES)?;
    if header[..2] != BINDING_REQUEST || header[4..8] != MAGIC_COOKIE {
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

/// Which call is where. `T` is what a call's datagrams are given to.
#[derive(Debug)]
pub(super) struct Routes<T> {
    calls: HashMap<String, Entry<T>>,
    addresses: HashMap<SocketAddr, Arc<T>>,
}

#[derive(Debug)]
struct Entry<T> {
    call: Arc<T>,
    addresses: Vec<SocketAddr>,
}

impl<T> Default for Routes<T> {
    fn default() -> Self {
        Self {
            calls: HashMap::new(),
            addresses: HashMap::new(),
        }
    }
}

impl<T> Routes<T> {
    /// Adds a call.
    pub(super) fn add(&mut self, name: String, call: Arc<T>) {
        let addresses = Vec::new();
        self.calls.insert(name, Entry { call, addresses });
    }

    /// Forgets a call and its addresses.
    pub(super) fn remove(&mut self, name: &str) {
        for address in self.calls.remove(name).map(|entry| entry.addresses).unwrap_or_default() {
            self.addresses.remove(&address);
        }
    }

    /// Whose datagram this is; `None` for nobody's.
    pub(super) fn find(&mut self, from: SocketAddr, datagram: &[u8]) -> Option<Arc<T>> {
        let Some(name) = checked_call(datagram) else {
            return self.addresses.get(&from).cloned();
        };
        let entry = self.calls.get_mut(name)?;
        if !self.addresses.contains_key(&from) && entry.addresses.len() < MAX_ADDRESSES {
            entry.addresses.push(from);
            self.addresses.insert(from, Arc::clone(&entry.call));
        }
        Some(Arc::clone(&entry.call))
    }

    /// How many calls and addresses are known.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.calls.len(), self.addresses.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(username: &str) -> Vec<u8> {
        let mut attributes = vec![0x80, 0x22, 0, 3, b'a', b'b', b'c', 0];
        attributes.extend([0, 6, 0, username.len() as u8]);
        attributes.extend(username.as_bytes());
        attributes.resize(attributes.len().next_multiple_of(4), 0);
        let mut out = vec![0, 1, 0, attributes.len() as u8];
        out.extend(MAGIC_COOKIE);
        out.extend([7; 12]);
        out.extend(attributes);
        out
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn a_check_opens_the_way_for_all_that_follows_it() {
        let mut routes = Routes::default();
        routes.add("one".to_owned(), Arc::new(1));
        routes.add("two".to_owned(), Arc::new(2));
        assert_eq!(routes.find(at(1), &[128, 0, 0]), None, "nobody checked from there");
        assert_eq!(routes.find(at(1), &check("one:x")).as_deref(), Some(&1));
        assert_eq!(routes.find(at(2), &check("two:x")).as_deref(), Some(&2));
        assert_eq!(routes.find(at(1), &[128, 0, 0]).as_deref(), Some(&1));
        assert_eq!(routes.find(at(2), &[22, 254, 253]).as_deref(), Some(&2));
        assert_eq!(routes.find(at(3), &check("three:x")), None);
        routes.remove("one");
        assert_eq!(routes.find(at(1), &[128, 0, 0]), None);
        assert_eq!(routes.size(), (1, 1));
    }

    #[test]
    fn nobody_takes_over_an_address_by_a_forged_check() {
        let mut routes = Routes::default();
        routes.add("victim".to_owned(), Arc::new(1));
        routes.add("thief".to_owned(), Arc::new(2));
        routes.find(at(1), &check("victim:x"));
        routes.find(at(1), &check("thief:x"));
        assert_eq!(routes.find(at(1), &[128, 0, 0]).as_deref(), Some(&1));
    }

    #[test]
    fn a_call_with_a_thousand_addresses_keeps_a_few() {
        let mut routes = Routes::default();
        routes.add("one".to_owned(), Arc::new(1));
        for port in 0..1_000 {
            routes.find(at(port), &check("one:x"));
        }
        assert_eq!(routes.size(), (1, MAX_ADDRESSES));
        routes.remove("one");
        assert_eq!(routes.size(), (0, 0));
    }

    #[test]
    fn junk_is_nobodys() {
        assert_eq!(checked_call(&check("ours:theirs")), Some("ours"));
        let whole = check("ours:theirs");
        for length in 0..whole.len() - 1 {
            assert_eq!(checked_call(&whole[..length]), None, "{length}");
        }
        assert_eq!(checked_call(&check("nocolon")), None);
        let mut endless = check("a:b");
        endless[22] = 0xff;
        assert_eq!(checked_call(&endless), None);
    }
}
