//! Files that the user named, and answers on their way to the terminal.
//!
//! Invariants: a file appears whole under its name or not at all; log text cannot move the cursor: control characters are made visible.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// A file beside its final name until [`NamedFile::keep`]; removed when dropped before.
pub struct NamedFile {
    file: Option<File>,
    temporary: PathBuf,
    path: PathBuf,
}

impl NamedFile {
    pub fn create(path: &Path) -> Result<Self> {
        let name = path.file_name().context("-o needs the name of a file")?.to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        Self::open(path, temporary, 0o666)
    }

    /// For the user's own eyes: nobody else may read it.
    pub fn create_private(path: &Path) -> Result<Self> {
        let name = path.file_name().context("-o needs the name of a file")?.to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        Self::open(path, temporary, 0o600)
    }

    #[allow(clippy::disallowed_methods, reason = "a file the user named, outside the data folder")]
    fn open(path: &Path, temporary: PathBuf, mode: u32) -> Result<Self> {
        let file = OpenOptions::new().create(true).write(true).truncate(true).read(true).mode(mode).open(&temporary);
        let file = file.with_context(|| path.display().to_string())?;
        Ok(Self { file: Some(file), temporary, path: path.to_owned() })
    }

    #[allow(clippy::disallowed_methods, reason = "a file the user named, outside the data folder")]
    pub fn keep(mut self) -> Result<()> {
        if let Some(file) = self.file.take() {
            file.sync_all()?;
        }
        std::fs::rename(&self.temporary, &self.path).with_context(|| self.path.display().to_string())
    }
}

impl Write for NamedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Err(io::ErrorKind::NotConnected.into()), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NamedFile {
    #[allow(clippy::disallowed_methods, reason = "a file the user named, outside the data folder")]
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// A working folder under `DIR/tmp` for one pack; gone when dropped.
pub struct Spool {
    dir: PathBuf,
}

impl Spool {
    #[allow(clippy::disallowed_methods, reason = "working space under DIR/tmp: nothing there outlives the command")]
    pub fn new(data: &Path) -> Result<Self> {
        let mut name = [0_u8; 8];
        getrandom::fill(&mut name)?;
        let dir = data.join("tmp").join(format!("pack-{}", anlan_tlog::hex(&name)));
        std::fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
        Ok(Self { dir })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    #[allow(clippy::disallowed_methods, reason = "working space under DIR/tmp")]
    pub fn file(&self) -> Result<File> {
        Ok(OpenOptions::new().create_new(true).write(true).read(true).open(self.dir.join("pack.zip"))?)
    }
}

impl Drop for Spool {
    #[allow(clippy::disallowed_methods, reason = "working space under DIR/tmp")]
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// Turns JSON lines into lines for people as they pass.
pub struct HitText<W: Write> {
    out: W,
    held: Vec<u8>,
}

impl<W: Write> HitText<W> {
    pub fn new(out: W) -> Self {
        Self { out, held: Vec::new() }
    }

    fn print(&mut self, line: &[u8]) -> io::Result<()> {
        let hit: Value = serde_json::from_slice(line)?;
        let field = |name: &str| hit.get(name).and_then(Value::as_str).unwrap_or_default();
        let time = field("seq").parse().map(|seq| anlan_base::Instant(seq).to_civil()).unwrap_or_default();
        let raw = if hit.get("raw").is_some() { visible(field("raw")) } else { visible(field("message")) };
        writeln!(self.out, "{}  {time}  {}  {raw}", field("seq"), field("anlan.source"))
    }
}

impl<W: Write> Write for HitText<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        while let Some(end) = rest.iter().position(|&b| b == b'\n') {
            self.print(&rest[..end])?;
            rest = &rest[end + 1..];
        }
        self.held = rest.to_vec();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Control characters as `\xNN`, so that a hostile line cannot drive the terminal.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.push_str("\\t"),
            c if c.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(c)))
            }
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_made_visible() {
        for (text, shown) in [("plain 中文", "plain 中文"), ("\x1b[2J", "\\x1b[2J"), ("a\tb\r", "a\\tb\\x0d"), ("\u{202e}x", "\\u{202e}x")]
        {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn json_lines_become_text_whatever_the_cuts() {
        let json = b"{\"seq\":\"1760000000000000000\",\"anlan.source\":\"ip:192.0.2.1\",\"raw\":\"a\\u0007b\"}\n";
        for cut in 0..json.len() {
            let mut out = Vec::new();
            let mut text = HitText::new(&mut out);
            text.write_all(&json[..cut]).unwrap();
            text.write_all(&json[cut..]).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), "1760000000000000000  2025-10-09 16:53:20  ip:192.0.2.1  a\\x07b\n", "cut {cut}");
        }
    }
}
