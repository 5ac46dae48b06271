//! Settings of the server's own encryption.

use std::path::PathBuf;

use anyhow::bail;
use serde::{Deserialize, Serialize};

use crate::door::certificate::Files;

/// The server's own encryption: files, a certificate that it signs itself, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate in PEM, with those between it and its root; read again at SIGHUP, and when it has changed.
    pub certificate: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
    /// Make a certificate that nobody vouches for, for a trial in the local network. It is kept in `data_dir`.
    pub self_signed: bool,
}

/// What a server encrypts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Somebody vouches for it.
    Files(Files),
    /// Nobody does.
    SelfSigned,
}

impl TlsConfig {
    /// What to encrypt with; `None`: not at all.
    ///
    /// # Errors
    /// Two ways at once, or half of one.
    pub fn encryption(&self) -> anyhow::Result<Option<Encryption>> {
        let named = [&self.certificate, &self.key].map(|path| !path.as_os_str().is_empty());
        match (named, self.self_signed) {
            ([false, false], false) => Ok(None),
            ([false, false], true) => Ok(Some(Encryption::SelfSigned)),
            ([true, true], false) => Ok(Some(Encryption::Files(Files {
                certificate: self.certificate.clone(),
                key: self.key.clone(),
            }))),
            (_, true) => bail!("tls.self_signed makes a certificate, and tls.certificate names one; choose one way"),
            (_, false) => bail!("tls.certificate and tls.key belong together; set both"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_comes_from_files_or_from_ourselves_and_never_by_halves() {
        let tls = |certificate: &str, key: &str, self_signed| TlsConfig {
            certificate: certificate.into(),
            key: key.into(),
            self_signed,
        };
        assert_eq!(tls("", "", false).encryption().unwrap(), None);
        assert_eq!(tls("", "", true).encryption().unwrap(), Some(Encryption::SelfSigned));
        assert!(matches!(
            tls("a", "b", false).encryption(),
            Ok(Some(Encryption::Files(_)))
        ));
        for (wrong, said) in [(tls("a", "", false), "tls.key"), (tls("a", "b", true), "choose")] {
            let error = wrong.encryption().unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
