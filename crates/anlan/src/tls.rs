//! The certificate of the console and of `--syslog-tls`, made in the data folder on the first start.
//!
//! Invariants: the private key is 0600 under `DIR/tls/`; TLS 1.2 and 1.3 only (rustls); the fingerprint is shown so that a person can compare it.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use anlan_journal::Fs;
use anyhow::{Context, Result};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub struct Certificate {
    pub config: Arc<ServerConfig>,
    /// SHA-256 of the certificate, `AB:CD:…` as browsers show it.
    pub fingerprint: String,
}

/// Reads `DIR/tls/`, or makes it for these addresses.
pub fn certificate(fs: &dyn Fs, dir: &Path, addresses: &[IpAddr]) -> Result<Certificate> {
    let tls = dir.join("tls");
    let (cert_file, key_file) = (tls.join("cert.pem"), tls.join("key.pem"));
    if !fs.exists(&cert_file) || !fs.exists(&key_file) {
        fs.create_dir_all(&tls)?;
        make(fs, &cert_file, &key_file, addresses)?;
    }
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&fs.read(&cert_file)?).collect::<Result<_, _>>().with_context(|| cert_file.display().to_string())?;
    let key = PrivateKeyDer::from_pem_slice(&fs.read(&key_file)?).with_context(|| key_file.display().to_string())?;
    let fingerprint = chain.first().map(|cert| fingerprint(cert)).unwrap_or_default();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .with_context(|| cert_file.display().to_string())?;
    Ok(Certificate { config: Arc::new(config), fingerprint })
}

fn make(fs: &dyn Fs, cert_file: &Path, key_file: &Path, addresses: &[IpAddr]) -> Result<()> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(addresses.iter().filter(|a| !a.is_unspecified()).map(ToString::to_string));
    if let Ok(host) = std::fs::read_to_string("/proc/sys/kernel/hostname") {
        names.extend(Some(host.trim().to_owned()).filter(|host| host.is_ascii() && !host.is_empty() && host != "(none)"));
    }
    names.sort();
    names.dedup();
    let made = rcgen::generate_simple_self_signed(names)?;
    fs.replace(key_file, made.signing_key.serialize_pem().as_bytes())?;
    fs.replace(cert_file, made.cert.pem().as_bytes())?;
    Ok(())
}

fn fingerprint(cert: &[u8]) -> String {
    anlan_tlog::sha256(cert).map(|byte| format!("{byte:02X}")).join(":")
}
