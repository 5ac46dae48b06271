//! PostgreSQL's own programs, which copy its databases.

use std::path::PathBuf;

use anyhow::{Context, bail};
use tokio::process::Command;
use url::Url;

/// Where Debian keeps PostgreSQL's programs beside those of its wrapper.
const DEBIAN_BIN: &str = "/usr/lib/postgresql";

/// One of PostgreSQL's programs, for this database. Others see what a program is called with: the password is not among it.
pub(super) fn postgres(name: &str, url: &str) -> anyhow::Result<Command> {
    let mut url = Url::parse(url).context("database_url")?;
    let mut command = Command::new(program(name)?);
    if let Some(password) = url.password() {
        command.env("PGPASSWORD", percent_decoded(password));
        let _had_one = url.set_password(None);
    }
    command.arg("--dbname").arg(url.as_str());
    Ok(command)
}

fn percent_decoded(text: &str) -> String {
    // What a form's value would be read as, but for its plus signs, which stand for themselves here.
    let pair = format!("p={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Where the program is: on the path, or where Debian keeps it, the newest one.
pub(super) fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<PathBuf> = std::fs::read_dir(DEBIAN_BIN)
        .map(|found| found.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    places.extend(debian.into_iter().rev());
    let found = places
        .into_iter()
        .map(|place| place.join(name))
        .find(|file| file.is_file());
    found.with_context(|| {
        format!("{name} is not here: install PostgreSQL's client programs (postgresql-client), of the server's version or newer")
    })
}

pub(super) async fn run(name: &str, mut command: Command) -> anyhow::Result<()> {
    let done = command
        .output()
        .await
        .with_context(|| format!("{name} cannot be run"))?;
    if !done.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}
