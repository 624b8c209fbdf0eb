//! `cargo xtask dist`: what people install. A tarball and a .deb under `target/dist`, from one release build, with their SHA-256.
//!
//! Invariants: the same commit gives the same staged tree (times of the commit, files of root, modes of their own whatever the umask); nothing of the machine
//! that built it is inside; a program that says another version than the package is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{command, is_there, must, output, root};

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Debian's name and Rust's.
const HERE: (&str, &str) = ("amd64", "x86_64-unknown-linux-gnu");
const OTHER: (&str, &str) = ("arm64", "aarch64-unknown-linux-gnu");

/// Where a file of the project goes, and its mode.
const FILES: &[(&str, &str, u32)] = &[
    ("packaging/anlan.toml", "etc/anlan/anlan.toml", 0o644),
    ("packaging/anlan.service", "lib/systemd/system/anlan.service", 0o644),
    ("verify/verify.py", "usr/share/anlan/verify.py", 0o755),
    ("verify/verify.html", "usr/share/anlan/verify.html", 0o644),
    ("packaging/Containerfile", "usr/share/doc/anlan/Containerfile", 0o644),
    ("README.md", "usr/share/doc/anlan/README.md", 0o644),
    ("README.zh-CN.md", "usr/share/doc/anlan/README.zh-CN.md", 0o644),
    ("SECURITY.md", "usr/share/doc/anlan/SECURITY.md", 0o644),
    ("CHANGELOG.md", "usr/share/doc/anlan/CHANGELOG.md", 0o644),
    ("docs/install.md", "usr/share/doc/anlan/install.md", 0o644),
    ("docs/install.en.md", "usr/share/doc/anlan/install.en.md", 0o644),
    ("docs/api.md", "usr/share/doc/anlan/api.md", 0o644),
    ("docs/api.en.md", "usr/share/doc/anlan/api.en.md", 0o644),
    ("LICENSE-APACHE", "usr/share/doc/anlan/LICENSE-APACHE", 0o644),
    ("LICENSE-MIT", "usr/share/doc/anlan/copyright", 0o644),
];

pub fn dist(words: &[String]) -> Result<()> {
    match words {
        [] => {
            must(command("cargo", &["build", "--release", "--locked", "--package", "anlan"]))?;
            mine(&root().join("target/release/anlan"))?;
            other()
        }
        [flag, binary] if flag == "--binary" => mine(Path::new(binary)),
        _ => bail!("usage: cargo xtask dist [--binary FILE]   (FILE: a program that is built already)"),
    }
}

/// For this machine, where the program can be asked what it is.
fn mine(binary: &Path) -> Result<()> {
    let binary = std::path::absolute(binary)?;
    let said = output(command(&binary, &["--version"])).with_context(|| binary.display().to_string())?;
    if said.split_whitespace().all(|word| word != VERSION) {
        bail!("{} is another version than {VERSION}: {}", binary.display(), said.trim());
    }
    pack(HERE.0, &binary).map(drop)
}

/// For the other architecture, where this machine can build for it.
fn other() -> Result<()> {
    let sysroot = output(command("rustc", &["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(OTHER.1);
    if !library.exists() || !is_there("aarch64-linux-gnu-gcc") {
        println!("aarch64 is left out: it takes `rustup target add {}` and gcc-aarch64-linux-gnu", OTHER.1);
        return Ok(());
    }
    let mut build = command("cargo", &["build", "--release", "--locked", "--package", "anlan", "--target", OTHER.1]);
    build
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc")
        .env("CC_aarch64_unknown_linux_gnu", "aarch64-linux-gnu-gcc");
    must(build)?;
    pack(OTHER.0, &root().join("target").join(OTHER.1).join("release/anlan")).map(drop)
}

/// Makes tarball and .deb of a built program; returns the path of the .deb.
pub fn pack(arch: &str, binary: &Path) -> Result<PathBuf> {
    let dist = root().join("target/dist");
    let name = format!("anlan_{VERSION}_{arch}");
    let stage = dist.join("stage").join(&name);
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    for (from, to, mode) in FILES {
        place(&root().join(from), &stage.join(to), *mode)?;
    }
    place(binary, &stage.join("usr/bin/anlan"), 0o755)?;
    readable(&stage)?;
    let tarball = dist.join(format!("anlan-{VERSION}-{arch}.tar.gz"));
    tar(&stage, &tarball)?;
    let deb = dist.join(format!("{name}.deb"));
    debian(&stage, arch, &deb)?;
    sums(&dist)?;
    for file in [&tarball, &deb] {
        println!("{}  {} bytes", file.display(), fs::metadata(file)?.len());
    }
    Ok(deb)
}

fn place(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let folder = to.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::copy(from, to).with_context(|| from.display().to_string())?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode))?;
    Ok(())
}

/// Folders as everybody's systems have them; files keep their own modes.
fn readable(stage: &Path) -> Result<()> {
    must(command("chmod", &["-R", "u=rwX,go=rX", &stage.display().to_string()]))
}

/// Seconds of the newest commit; of the tree's files where there is none.
fn built_at() -> String {
    output(command("git", &["log", "-1", "--format=%ct"])).map_or_else(|_| "0".to_owned(), |time| time.trim().to_owned())
}

fn tar(stage: &Path, to: &Path) -> Result<()> {
    let (folder, name) = (stage.parent().context("stage")?, stage.file_name().context("stage")?.to_string_lossy().into_owned());
    let time = format!("--mtime=@{}", built_at());
    let mut tar =
        command("tar", &["--sort=name", "--owner=0", "--group=0", "--numeric-owner", &time, "--use-compress-program=gzip -n", "-C"]);
    tar.arg(folder).arg("-cf").arg(to).arg(name);
    must(tar)
}

fn debian(stage: &Path, arch: &str, deb: &Path) -> Result<()> {
    let control = stage.join("DEBIAN");
    fs::create_dir_all(&control)?;
    let kilobytes = output(command("du", &["-sk", "--apparent-size", &stage.display().to_string()]))?;
    let size = kilobytes.split_whitespace().next().unwrap_or("0").to_owned();
    let text = fs::read_to_string(root().join("packaging/debian/control.in"))?;
    let text = text.replace("@VERSION@", VERSION).replace("@ARCH@", arch).replace("@SIZE@", &size);
    fs::write(control.join("control"), text)?;
    fs::write(control.join("conffiles"), "/etc/anlan/anlan.toml\n")?;
    for script in ["postinst", "prerm", "postrm"] {
        place(&root().join("packaging/debian").join(script), &control.join(script), 0o755)?;
    }
    readable(&control)?;
    let mut build = command("dpkg-deb", &["--root-owner-group", "-Zxz", "--build"]);
    build.arg(stage).arg(deb).env("SOURCE_DATE_EPOCH", built_at());
    must(build)
}

/// `SHA256SUMS` beside the files, as `sha256sum -c` reads it.
fn sums(dist: &Path) -> Result<()> {
    let mut names: Vec<String> = fs::read_dir(dist)?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "deb" || end == "gz"))
        .collect();
    names.sort();
    let mut digest = command("sha256sum", &[]);
    digest.current_dir(dist).args(&names);
    fs::write(dist.join("SHA256SUMS"), output(digest)?)?;
    Ok(())
}
