//! Whose word a client takes that a server is the one it says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::ConfigVerifierExt;

use super::error::ClientError;

/// Options of the commands that talk to a server.
#[derive(Args, Clone, Debug, Default)]
pub struct TrustArgs {
    /// Believe the certificates in this PEM file alone, such as a self-signed one (`tls/certificate.pem` in the server's data
    /// folder).
    #[arg(long, value_name = "FILE", conflicts_with = "insecure_tls")]
    pub ca: Option<PathBuf>,
    /// Believe every certificate: whoever is on the way can listen. For trials alone.
    #[arg(long)]
    pub insecure_tls: bool,
}

/// Whose word is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Of those whom this machine trusts.
    #[default]
    System,
    /// Of the certificates in this PEM file.
    File(PathBuf),
    /// Of everybody.
    Anybody,
}

impl From<TrustArgs> for Trust {
    fn from(args: TrustArgs) -> Self {
        match args.ca {
            Some(file) => Self::File(file),
            None if args.insecure_tls => Self::Anybody,
            None => Self::System,
        }
    }
}

impl Trust {
    /// How a client encrypts that trusts so.
    ///
    /// # Errors
    /// [`ClientError::Tls`] where the file cannot be read, or this machine trusts nobody.
    pub fn client(&self) -> Result<ClientConfig, ClientError> {
        let wrong = |why: &dyn std::fmt::Display| ClientError::Tls { why: why.to_string() };
        match self {
            Self::System => ClientConfig::with_platform_verifier().map_err(|error| wrong(&error)),
            Self::File(path) => {
                let roots = roots(path).map_err(|why| wrong(&format!("{}: {why}", path.display())))?;
                Ok(ClientConfig::builder()
                    .with_root_certificates(roots)
                    .with_no_client_auth())
            }
            Self::Anybody => {
                let anybody = Arc::new(Anybody(ring::default_provider()));
                let config = ClientConfig::builder()
                    .dangerous()
                    .with_custom_certificate_verifier(anybody);
                Ok(config.with_no_client_auth())
            }
        }
    }
}

fn roots(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() {
        Err("there is no certificate in it".to_owned())
    } else {
        Ok(roots)
    }
}

/// Believes every certificate, and still checks that the server has its key.
#[derive(Debug)]
struct Anybody(CryptoProvider);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
