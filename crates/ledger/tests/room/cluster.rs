//! A PostgreSQL server for one run of tests: its own data folder and socket, no network, stopped and removed when the last room goes.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a test may")]

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

pub struct Cluster {
    programs: PathBuf,
    dir: tempfile::TempDir,
    user: Option<(u32, u32)>,
    databases: AtomicU32,
}

static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

/// The server that all rooms of this process share; none where PostgreSQL is not installed, which one line then says.
pub fn cluster() -> Option<Arc<Cluster>> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = shared.upgrade() {
        return Some(running);
    }
    let Some(programs) = programs() else {
        println!("left out: no PostgreSQL server is installed here");
        return None;
    };
    let started = Arc::new(Cluster::start(programs, ""));
    *shared = Arc::downgrade(&started);
    Some(started)
}

/// The folder of the newest `initdb`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let programs = path.join("bin");
            programs.join("initdb").exists().then_some((version, programs))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs)
}

/// Memory where there is enough: a server that is told to sync each commit, as ours must be, is then not held up by the disk.
fn roomy() -> PathBuf {
    const KIB: u64 = 2 << 20;
    let told = Command::new("df").args(["--output=avail", "-k", "/dev/shm"]).output();
    let free = told.ok().and_then(|told| String::from_utf8(told.stdout).ok()?.lines().last()?.trim().parse::<u64>().ok());
    if free.is_some_and(|free| free > KIB) { "/dev/shm".into() } else { std::env::temp_dir() }
}

fn id(flag: &str, name: &str) -> Option<u32> {
    let told = Command::new("id").args([flag, name]).output().ok()?;
    String::from_utf8(told.stdout).ok()?.trim().parse().ok()
}

impl Cluster {
    /// A server that nobody else uses, with more options. Only where [`cluster`] found one.
    pub fn start_own(options: &str) -> Self {
        Self::start(programs().unwrap(), options)
    }

    fn start(programs: PathBuf, more: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("anlan-pg").tempdir_in(roomy()).unwrap();
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        // PostgreSQL refuses to run as root.
        let user = is_root.then(|| (id("-u", "postgres").unwrap(), id("-g", "postgres").unwrap()));
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(dir.path(), Some(uid), Some(gid)).unwrap();
        }
        let cluster = Self { programs, dir, user, databases: AtomicU32::new(0) };
        cluster.run("initdb", &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        let options = format!("-k {} -c listen_addresses='' -c max_connections=400 {more}", cluster.dir.path().display());
        cluster.run("pg_ctl", &["start", "-w", "-s", "-l", &cluster.dir.path().join("log").display().to_string(), "-o", &options]);
        cluster
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn run(&self, program: &str, args: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-D").arg(self.data()).args(args).current_dir(self.dir.path()).stdin(std::process::Stdio::null());
        // The server keeps what it is given open: pipes of ours would never end.
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        assert!(command.status().unwrap().success(), "{program} {args:?}");
    }

    pub fn socket(&self) -> &Path {
        self.dir.path()
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=postgres", self.socket().display())
    }

    /// A new database; its language orders texts otherwise than by their bytes. Its URL.
    pub fn database(&self) -> String {
        let name = format!("room_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let mut create = Command::new(self.programs.join("createdb"));
        create.arg("-h").arg(self.socket()).args(["-U", "postgres", "-T", "template0", "--locale-provider=icu", "--icu-locale=zh", &name]);
        assert!(create.status().unwrap().success(), "{name}");
        self.url(&name)
    }

    /// From now on nobody gets in without this password.
    pub fn require_password(&self, password: &str) {
        let mut alter = Command::new(self.programs.join("psql"));
        alter.args(["-q", "-c", &format!("ALTER USER postgres PASSWORD '{password}'"), &self.url("postgres")]);
        assert!(alter.status().unwrap().success());
        std::fs::write(self.data().join("pg_hba.conf"), "local all all scram-sha-256\n").unwrap();
        self.run("pg_ctl", &["reload", "-s"]);
    }

    /// Stops the server at once, as a crash does, and starts it again.
    pub fn crash(&self) {
        self.run("pg_ctl", &["restart", "-w", "-s", "-m", "immediate", "-l", &self.dir.path().join("log").display().to_string()]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = Command::new(self.programs.join("pg_ctl"));
        stop.arg("-D").arg(self.data()).args(["stop", "-s", "-m", "immediate"]).current_dir("/");
        if let Some((uid, gid)) = self.user {
            stop.uid(uid).gid(gid);
        }
        let _ = stop.status();
    }
}
