//! `cargo xtask bench pages`: how long pages of the console take with the demo's data many times over, on the release binary.
//!
//! What is printed: first byte and whole page (HTML; style and script are cached by a browser) over one kept connection, median and p99 of each,
//! against the budget. Machines are noisy: figures are printed, never asserted.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::{cpu_name, option, size};
use crate::shell::{command, must, output, root};

const CONSOLE: &str = "127.0.0.1:18444";
const PASSWORD: &str = "three quiet schools 2026";
const PAGES: [&str; 7] = ["/overview", "/todo", "/records/hazard", "/sources", "/inspection", "/compliance", "/logs"];
/// How often each page is asked for; the first asking is told apart, for it fills what is remembered.
const TIMES: usize = 100;
const FIRST_BYTE_MS: f64 = 50.0;
const WHOLE_MS: f64 = 300.0;

struct Shown {
    child: Child,
    jar: PathBuf,
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn pages(rest: &[String]) -> Result<()> {
    let scale = option(rest, "--scale").unwrap_or("50");
    must(command("cargo", &["build", "--release", "--locked", "--package", "anlan"]))?;
    let data = root().join("target/bench-pages");
    let _ = std::fs::remove_dir_all(&data);
    let begun = Instant::now();
    must(command(anlan(), &["demo", "--make-only", "--data", &data.display().to_string(), "--scale", scale]))?;
    let made = begun.elapsed().as_secs_f64();
    let shown = open(&data)?;
    let lines = output(command(anlan(), &["log", "search", "--data", &data.display().to_string(), "*", "--count"]))?;
    let mib = size(&data) / (1024 * 1024);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\ndata       the demo, scale {scale}: {} lines, {mib} MiB, made in {made:.0} s", lines.trim());
    println!(
        "machine    {} cores, {}, load before {}",
        std::thread::available_parallelism().map_or(0, usize::from),
        cpu_name(),
        load.trim()
    );
    println!("asked      {TIMES} times each after a first time, over one connection, by keyuan\n");
    println!(
        "| page | bytes | first time, ms | first byte, median | p99 | whole page, median | p99 | within {FIRST_BYTE_MS} / {WHOLE_MS} ms |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for path in PAGES {
        println!("{}", row(path, &ask(&shown.jar, path)?)?);
    }
    Ok(())
}

fn anlan() -> PathBuf {
    root().join("target/release/anlan")
}

/// Opens the console on the folder and signs in.
fn open(data: &Path) -> Result<Shown> {
    let mut demo = command(anlan(), &["demo", "--data", &data.display().to_string(), "--console", CONSOLE]);
    let child = demo.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let jar = root().join("target/bench-pages.cookies");
    let _ = std::fs::remove_file(&jar);
    let mut shown = Shown { child, jar };
    let mut talk = BufReader::new(shown.child.stderr.take().context("stderr")?);
    let mut line = String::new();
    while line.trim_end() != "ready" {
        line.clear();
        if talk.read_line(&mut line)? == 0 {
            bail!("the demo ended before it was ready");
        }
    }
    std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
    let jar = shown.jar.display().to_string();
    let door = output(command("curl", &["-sk", "-c", &jar, "-b", &jar, &address("/login")]))?;
    let token = door.split_once("name=\"token\" value=\"").and_then(|(_, rest)| rest.split('"').next()).context("the door has a token")?;
    let said = ["token", token, "name", "keyuan", "password", PASSWORD, "next", "/"];
    let fields: Vec<String> = said.chunks(2).map(|pair| format!("{}={}", pair[0], pair[1])).collect();
    let mut words = vec!["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-c", &jar, "-b", &jar, "-H", "Sec-Fetch-Site: same-origin"];
    for field in &fields {
        words.extend(["--data-urlencode", field]);
    }
    let login = address("/login");
    words.push(&login);
    let status = output(command("curl", &words))?;
    if status != "303" {
        bail!("keyuan is not let in: {status}");
    }
    Ok(shown)
}

fn address(path: &str) -> String {
    format!("https://{CONSOLE}{path}")
}

/// First byte, whole page (ms) and bytes of each asking; the first of them opens the connection.
fn ask(jar: &Path, path: &str) -> Result<Vec<[f64; 3]>> {
    let (jar, url) = (jar.display().to_string(), address(path));
    let written = "%{http_code} %{time_starttransfer} %{time_total} %{size_download}\\n";
    let mut words = vec!["-sk", "-b", &jar, "-w", written];
    for _ in 0..=TIMES {
        words.extend(["-o", "/dev/null", &url]);
    }
    let told = output(command("curl", &words))?;
    told.lines().map(|line| one(path, line)).collect()
}

fn one(path: &str, line: &str) -> Result<[f64; 3]> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["200", first, whole, bytes] = words[..] else { bail!("{path}: {line}") };
    Ok([first.parse::<f64>()? * 1e3, whole.parse::<f64>()? * 1e3, bytes.parse()?])
}

fn row(path: &str, asked: &[[f64; 3]]) -> Result<String> {
    let (first, rest) = asked.split_first().context("asked at least once")?;
    let of = |column: usize, share: f64| {
        let mut values: Vec<f64> = rest.iter().map(|one| one[column]).collect();
        values.sort_by(f64::total_cmp);
        values.get(((values.len().saturating_sub(1)) as f64 * share).round() as usize).copied().unwrap_or_default()
    };
    let within = if of(0, 0.99) <= FIRST_BYTE_MS && of(1, 0.99) <= WHOLE_MS { "yes" } else { "no" };
    Ok(format!(
        "| {path} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {within} |",
        first[2],
        first[1],
        of(0, 0.5),
        of(0, 0.99),
        of(1, 0.5),
        of(1, 0.99)
    ))
}
