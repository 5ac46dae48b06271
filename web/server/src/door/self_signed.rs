//! A certificate that nobody vouches for, for a trial in the local network: browsers warn once, and then allow the
//! microphone. It is kept, so that they need not warn again after each restart.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use rcgen::{CertificateParams, DnType, KeyPair};
use serde::{Deserialize, Serialize};
use url::Url;

use super::certificate::Files;

/// Browsers believe no certificate that lasts longer than 398 days.
const LASTS_DAYS: i64 = 397;
/// It is replaced before it ends: no trial lasts so long without a restart.
const REPLACED_AFTER_DAYS: i64 = 300;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What is known of the certificate that is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    names: BTreeSet<String>,
    made_ms: i64,
}

/// The files of a certificate for these names and addresses, in `folder`; made where there is none, or where the one that is
/// kept is for others or was made long before `now_ms` (unix milliseconds).
///
/// # Errors
/// Names the file that cannot be written, or the name that cannot be certified.
pub fn files(folder: &Path, names: &[String], now_ms: i64) -> anyhow::Result<Files> {
    let files = Files {
        certificate: folder.join("certificate.pem"),
        key: folder.join("key.pem"),
    };
    let note = folder.join("made.json");
    let names: BTreeSet<String> = names.iter().cloned().collect();
    let kept: Option<Kept> = fs::read(&note)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let good = kept.is_some_and(|kept| {
        let age_days = (now_ms - kept.made_ms) / DAY_MS;
        names.is_subset(&kept.names) && (0..REPLACED_AFTER_DAYS).contains(&age_days)
    });
    if good && files.certificate.is_file() && files.key.is_file() {
        return Ok(files);
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let (certificate, key) = make(&names, now_ms)?;
    // The note last: without it all is made anew.
    let _none = fs::remove_file(&note);
    write(&files.key, key.as_bytes())?;
    write(&files.certificate, certificate.as_bytes())?;
    let made = Kept { names, made_ms: now_ms };
    write(&note, &serde_json::to_vec(&made)?)?;
    Ok(files)
}

fn make(names: &BTreeSet<String>, now_ms: i64) -> anyhow::Result<(String, String)> {
    let key = KeyPair::generate().context("no key can be made")?;
    let mut params = CertificateParams::new(names.iter().cloned().collect::<Vec<_>>())
        .with_context(|| format!("one of these is no name that can be certified: {names:?}"))?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Colloquy, signed by itself");
    // A clock that is a little behind ours believes it too.
    let since_1970 = |ms: i64| rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_millis(ms.max(0) as u64);
    params.not_before = since_1970(now_ms - DAY_MS);
    params.not_after = since_1970(now_ms + (LASTS_DAYS - 1) * DAY_MS);
    let certificate = params.self_signed(&key).context("no certificate can be made")?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// Writes a file that its owner alone can read.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let written = || {
        let mut file = fs::File::options()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)
    };
    written().with_context(|| format!("cannot write {}", path.display()))
}

/// The names by which this machine is reached: `localhost`, its addresses, and the host of `public_url`.
#[must_use]
pub fn names(public_url: &str) -> Vec<String> {
    let mut names: BTreeSet<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let reachable = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_unicast_link_local(),
    };
    let found = if_addrs::get_if_addrs().unwrap_or_default();
    names.extend(
        found
            .iter()
            .map(if_addrs::Interface::ip)
            .filter(reachable)
            .map(|ip| ip.to_string()),
    );
    let url = Url::parse(public_url).ok();
    if let Some(host) = url.as_ref().and_then(Url::host_str) {
        names.insert(host.trim_matches(['[', ']']).to_owned());
    }
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW: i64 = 1_780_000_000_000;

    #[test]
    fn it_stays_until_it_is_for_others_or_old_and_its_key_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("tls");
        let make = |names: &[&str], now: i64| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            let files = files(&folder, &names, now).unwrap();
            let mode = fs::metadata(&files.key).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            fs::read_to_string(files.certificate).unwrap()
        };
        let first = make(&["localhost", "192.0.2.7"], NOW);
        assert_eq!(make(&["localhost"], NOW + 299 * DAY_MS), first);
        let second = make(&["localhost", "192.0.2.8"], NOW + DAY_MS);
        assert_ne!(second, first, "the machine has another address");
        assert_ne!(make(&["localhost"], NOW + 302 * DAY_MS), second, "it ends soon");
    }

    #[test]
    fn a_machine_is_reached_by_its_own_names_and_the_one_that_links_have() {
        let names = names("https://talk.example.com:8443/x");
        for name in ["localhost", "127.0.0.1", "talk.example.com"] {
            assert!(names.iter().any(|found| found == name), "{names:?}");
        }
        assert!(super::names("https://[2001:db8::1]/").contains(&"2001:db8::1".to_owned()));
    }
}
