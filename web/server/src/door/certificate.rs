//! The certificate that the server shows: from files, which are read again when they are renewed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::{Context, ensure};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tracing::{error, info};

/// How often the files are looked at: certificates are renewed weeks before they end.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Where a certificate and its key are, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The server's certificate, and those between it and its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The certificate in use.
#[derive(Debug)]
pub struct Certificate {
    files: Files,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads it.
    ///
    /// # Errors
    /// Names the file that cannot be read, or says that the two do not belong together.
    pub fn load(files: Files) -> anyhow::Result<Arc<Self>> {
        let current = RwLock::new(read(&files)?);
        Ok(Arc::new(Self { files, current }))
    }

    /// Encrypts with it, for HTTP/2 and HTTP/1.1; with a renewed one as soon as that is read.
    ///
    /// # Errors
    /// None that is known: the cryptography offers the versions of TLS that are asked for.
    pub fn acceptor(self: &Arc<Self>) -> anyhow::Result<TlsAcceptor> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .context("TLS cannot be set up")?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again; the old certificate stays in use where they cannot be.
    ///
    /// # Errors
    /// As [`Certificate::load`].
    pub fn reload(&self) -> anyhow::Result<()> {
        let renewed = read(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// Reads the files again at SIGHUP, and when they have changed, for ever.
    ///
    /// # Errors
    /// Signals cannot be received.
    pub async fn stay_fresh(&self) -> anyhow::Result<()> {
        let mut asked = signal(SignalKind::hangup()).context("signals cannot be received")?;
        let mut seen = self.changed_at();
        loop {
            tokio::select! {
                _ = asked.recv() => {}
                () = tokio::time::sleep(LOOK_EVERY) => if self.changed_at() == seen { continue },
            }
            seen = self.changed_at();
            match self.reload() {
                Ok(()) => info!("the certificate was read again"),
                Err(error) => error!("the old certificate stays in use: {error:#}"),
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.files.certificate, &self.files.key]
            .map(|path| std::fs::metadata(path).and_then(|found| found.modified()).ok())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(files: &Files) -> anyhow::Result<Arc<CertifiedKey>> {
    let at = |path: &Path| path.display().to_string();
    let unread = || format!("{} is no PEM file that can be read", at(&files.certificate));
    let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_file_iter(&files.certificate)
        .with_context(unread)?
        .collect();
    let chain = chain.with_context(unread)?;
    ensure!(!chain.is_empty(), "{} holds no certificate", at(&files.certificate));
    let key =
        PrivateKeyDer::from_pem_file(&files.key).with_context(|| format!("{} holds no private key", at(&files.key)))?;
    let pair = CertifiedKey::from_der(chain, key, &default_provider()).with_context(|| {
        let (certificate, key) = (at(&files.certificate), at(&files.key));
        format!("the key in {key} does not belong to the certificate in {certificate}")
    })?;
    Ok(Arc::new(pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::self_signed;

    fn made(dir: &Path, name: &str) -> Files {
        self_signed::files(&dir.join(name), &["localhost".to_owned()], 0).unwrap()
    }

    #[test]
    fn a_renewed_certificate_is_shown_and_a_broken_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let (files, other) = (made(dir.path(), "a"), made(dir.path(), "b"));
        let certificate = Certificate::load(files.clone()).unwrap();
        let shown = || certificate.current.read().unwrap().cert[0].to_vec();
        let first = shown();
        // Only one of the two is there yet.
        std::fs::copy(&other.certificate, &files.certificate).unwrap();
        let error = format!("{:#}", certificate.reload().unwrap_err());
        assert!(error.contains("does not belong"), "{error}");
        assert_eq!(shown(), first);
        std::fs::copy(&other.key, &files.key).unwrap();
        certificate.reload().unwrap();
        assert_ne!(shown(), first);
    }

    #[test]
    fn a_file_that_is_none_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let files = made(dir.path(), "a");
        std::fs::write(&files.certificate, "nothing of the kind").unwrap();
        let error = format!("{:#}", Certificate::load(files.clone()).unwrap_err());
        assert!(error.contains(&*files.certificate.to_string_lossy()), "{error}");
        std::fs::remove_file(&files.certificate).unwrap();
        assert!(Certificate::load(files).is_err());
    }
}
