//! `cargo xtask bench line`: one syslog stream over TCP through everything, measured from outside on the release binary.
//!
//! What is printed: lines/s from the first byte sent until a search counts every line; CPU seconds until the process has sealed everything and ended;
//! bytes on disk a line after that; peak memory. Machines are noisy: figures are printed, never asserted.

mod pages;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell::{command, must, output, root, samples};

const ADDRESS: &str = "127.0.0.1:15514";

pub fn bench(rest: &[String]) -> Result<()> {
    match rest.first().map(String::as_str) {
        Some("line") => line(&rest[1..]),
        Some("ledger") => ledger(&rest[1..]),
        Some("pages") => pages::pages(&rest[1..]),
        _ => bail!(
            "say which bench: `cargo xtask bench line [--corpus FILE] [--repeat N]`, `cargo xtask bench ledger [--records N] [--database URL]` or `cargo xtask bench pages [--scale N]`"
        ),
    }
}

struct Figures {
    lines: u64,
    bytes: u64,
    seconds: f64,
    settled: f64,
    cpu: f64,
    peak_kib: u64,
    disk: Vec<(&'static str, u64)>,
}

fn line(rest: &[String]) -> Result<()> {
    let corpus = option(rest, "--corpus").map_or_else(|| samples().join("logs/mixed.log.zst"), PathBuf::from);
    let repeat: usize = option(rest, "--repeat").map_or(Ok(1), |n| n.parse())?;
    if !corpus.exists() {
        bail!("{} is not there: name a corpus with --corpus FILE (plain or .zst, one line a record)", corpus.display());
    }
    must(command("cargo", &["build", "--release", "--locked", "--package", "anlan"]))?;
    let text = read(&corpus)?;
    let work = root().join("target/bench");
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(&work)?;
    let figures = measure(&work, &text, repeat)?;
    print(&corpus, repeat, &figures);
    Ok(())
}

/// A ledger of a million records and ten million entries in 500 units: how long lists, filters and 待办 take, two askers at once.
fn ledger(rest: &[String]) -> Result<()> {
    let work = root().join("target/bench-ledger");
    let _ = std::fs::remove_dir_all(&work);
    let folder = work.display().to_string();
    let mut words = vec!["run", "--release", "--locked", "--package", "anlan-ledger", "--example", "ledger_bench", "--", &folder];
    words.extend(rest.iter().map(String::as_str));
    must(command("cargo", &words))
}

fn option<'a>(rest: &'a [String], name: &str) -> Option<&'a str> {
    rest.iter().position(|word| word == name).and_then(|at| rest.get(at + 1)).map(String::as_str)
}

fn read(corpus: &Path) -> Result<Vec<u8>> {
    if corpus.extension().is_some_and(|e| e == "zst") {
        let out = command("zstd", &["-dcq", &corpus.display().to_string()]).output()?;
        return Ok(out.stdout);
    }
    Ok(std::fs::read(corpus)?)
}

fn measure(work: &Path, text: &[u8], repeat: usize) -> Result<Figures> {
    let data = work.join("data").display().to_string();
    let mut server = start(&data)?;
    let lines = (text.iter().filter(|&&b| b == b'\n').count() * repeat) as u64;
    let begun = Instant::now();
    let mut stream = TcpStream::connect(ADDRESS)?;
    for _ in 0..repeat {
        stream.write_all(text)?;
    }
    drop(stream);
    wait_for(&data, lines)?;
    let seconds = begun.elapsed().as_secs_f64();
    let pid = server.id();
    must(command("kill", &["-TERM", &pid.to_string()]))?;
    let (mut cpu, mut peak) = (0.0, 0);
    while server.try_wait()?.is_none() {
        if let Some((now, most)) = usage(pid) {
            (cpu, peak) = (now, most.max(peak));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let settled = begun.elapsed().as_secs_f64();
    let disk = ["events", "log", "wal", "ledger.db"].map(|name| (name, size(&Path::new(&data).join(name)))).to_vec();
    Ok(Figures { lines, bytes: (text.len() * repeat) as u64, seconds, settled, cpu, peak_kib: peak, disk })
}

fn start(data: &str) -> Result<Child> {
    let mut serve = command(root().join("target/release/anlan"), &["serve", "--data", data, "--syslog", ADDRESS]);
    let mut server = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut talk = BufReader::new(server.stderr.take().context("stderr")?);
    let mut line = String::new();
    while talk.read_line(&mut line)? > 0 {
        if line.trim_end() == "ready" {
            std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
            return Ok(server);
        }
        line.clear();
    }
    bail!("the server ended before it was ready")
}

/// Polls the count until all lines are found, five times a second: each asking is an entry of the ledger and costs an fsync of its own.
fn wait_for(data: &str, lines: u64) -> Result<()> {
    loop {
        let found = output(command(root().join("target/release/anlan"), &["log", "search", "--data", data, "*", "--count"]))?;
        if found.trim().parse::<u64>()? >= lines {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// User and system CPU seconds, and peak resident KiB, from /proc.
fn usage(pid: u32) -> Option<(f64, u64)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some((ticks / 100.0, peak))
}

fn size(path: &Path) -> u64 {
    let Ok(meta) = std::fs::metadata(path) else { return 0 };
    if meta.is_file() {
        return meta.len();
    }
    std::fs::read_dir(path).map_or(0, |entries| entries.flatten().map(|entry| size(&entry.path())).sum())
}

fn print(corpus: &Path, repeat: usize, f: &Figures) {
    let disk: u64 = f.disk.iter().map(|(_, bytes)| bytes).sum();
    println!(
        "corpus             {} x {repeat}: {} lines, {:.1} bytes a line",
        corpus.file_name().unwrap_or_default().display(),
        f.lines,
        f.bytes as f64 / f.lines as f64
    );
    println!("machine            {} cores, {}", std::thread::available_parallelism().map_or(0, usize::from), cpu_name());
    println!("lines/s            {:.0}   (first byte sent to every line found, {:.2} s)", f.lines as f64 / f.seconds, f.seconds);
    println!("settled            {:.2} s, {:.0} lines/s  (everything sealed, process ended)", f.settled, f.lines as f64 / f.settled);
    println!("CPU                {:.2} s, {:.1} s per GB", f.cpu, f.cpu / (f.bytes as f64 / 1e9));
    println!(
        "bytes a line       {:.2}   ({})",
        disk as f64 / f.lines as f64,
        f.disk.iter().map(|(name, bytes)| format!("{name} {:.2}", *bytes as f64 / f.lines as f64)).collect::<Vec<_>>().join(", ")
    );
    println!("peak memory        {:.0} MiB", f.peak_kib as f64 / 1024.0);
}

fn cpu_name() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    info.lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or_else(|| "unknown CPU".into(), |rest| rest.trim_start_matches([' ', '\t', ':']).to_owned())
}
