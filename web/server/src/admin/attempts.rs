//! How often somebody may try a password: for each account, and for each network address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// Ten tries at once for an account, then one every 15 s: 5,760 a day, which guesses no password of twelve characters.
const ACCOUNT_BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
const ACCOUNT_EVERY: Duration = Duration::from_secs(15);
/// For an address, behind which a whole company may sit.
const ADDRESS_BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);
const ADDRESS_EVERY: Duration = Duration::from_secs(2);
/// From so many keys on, those that are at rest are forgotten at each attempt: about 1 MB.
const KEYS_MAX: usize = 10_000;

/// Attempts of the last minutes, on this server.
#[derive(Debug)]
pub(super) struct Attempts {
    accounts: DefaultKeyedRateLimiter<[u8; 32]>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        let quota = |every, burst| {
            Quota::with_period(every)
                .unwrap_or(Quota::per_minute(burst))
                .allow_burst(burst)
        };
        Self {
            accounts: RateLimiter::keyed(quota(ACCOUNT_EVERY, ACCOUNT_BURST)),
            addresses: RateLimiter::keyed(quota(ADDRESS_EVERY, ADDRESS_BURST)),
        }
    }
}

impl Attempts {
    /// Counts an attempt on the account of that address, in lower case, from somewhere.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub(super) fn count(&self, email: &str, from: Option<IpAddr>) -> Result<(), Problem> {
        if self.accounts.len() + self.addresses.len() > KEYS_MAX {
            self.accounts.retain_recent();
            self.addresses.retain_recent();
        }
        let wait = |not_until: governor::NotUntil<_>| {
            Problem::too_many(not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
        };
        // First the address, so that who is held off does not use up somebody else's account.
        self.addresses.check_key(&network(from)).map_err(wait)?;
        self.accounts
            .check_key(&Sha256::digest(email.as_bytes()).into())
            .map_err(wait)
    }
}

/// One household has one IPv4 address, or 2^64 of IPv6.
fn network(from: Option<IpAddr>) -> IpAddr {
    match from {
        Some(IpAddr::V6(address)) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        Some(address) => address,
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_and_an_address_are_held_off_each_by_itself() {
        let attempts = Attempts::default();
        let from = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        for n in 0..10 {
            assert!(attempts.count("ada@h.example", from(n)).is_ok());
        }
        assert!(attempts.count("ada@h.example", from(99)).is_err(), "the account");
        assert!(attempts.count("ben@h.example", from(99)).is_ok());
        let spread = (0..60).filter(|n| attempts.count(&format!("{n}@h.example"), from(200)).is_ok());
        assert!(spread.count() < 40, "the address");
    }

    #[test]
    fn a_household_is_one() {
        let address = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(address("2001:db8::1:2:3"), address("2001:db8::9"));
        assert_ne!(address("2001:db8:0:1::9"), address("2001:db8::9"));
    }
}
