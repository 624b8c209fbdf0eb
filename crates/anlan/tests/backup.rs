//! Backups and the other database, by the real binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

#[path = "../../ledger/tests/room/cluster.rs"]
mod cluster;
mod server;

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use server::https::post_events;
use server::{ANLAN, Server, anlan, anlan_ok, code, count, free_port, token, verify_py, vkey};

struct Place {
    temp: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(self.temp.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn make(data: &str, file: &str) {
    anlan_ok(&["backup", "make", "--data", data, "-o", file]);
}

/// In English.
fn verify(dir: &str, key: &str) -> (i32, String) {
    let out = anlan(&["verify", "--key", key, "--data", dir]);
    (code(&out), String::from_utf8(out.stdout).unwrap())
}

/// A folder with sealed and unsealed lines of some sources, sealed once and served again: the server that runs on it.
fn filled(dir: &Path, lines: usize) -> Server {
    let token = token(dir, "web01");
    let first = Server::start(dir);
    send(&first, &token, "first", lines);
    first.stop();
    let second = Server::start(dir);
    send(&second, &token, "second", lines);
    second
}

fn send(server: &Server, token: &str, word: &str, lines: usize) {
    let events: Vec<String> = (0..lines).map(|n| format!("{word} line {n} of a switch")).collect();
    let answer = post_events(&server.dir, server.console, token, events.join("\n").as_bytes()).unwrap();
    assert!((200..300).contains(&answer.status), "{}", answer.status);
    server.wait_for(&format!("\"{word} line\""), lines as u64);
}

// BACKUP-4, BACKUP-7
#[test]
fn a_backup_of_a_running_server_is_restored_and_the_break_is_seen() {
    let place = Place::new();
    let data = place.path("data");
    let server = filled(&data, 300);
    let key = vkey(&data);
    let loading = std::thread::scope(|scope| {
        let load = scope.spawn(|| {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            for n in 0..2_000 {
                socket.send_to(format!("<13>load line {n}").as_bytes(), ("127.0.0.1", server.syslog)).unwrap();
            }
        });
        for n in 0..5 {
            make(server.data(), &place.text(&format!("{n}.tar")));
        }
        load.join()
    });
    loading.unwrap();
    for n in 0..5 {
        let (file, dir) = (place.text(&format!("{n}.tar")), place.text(&format!("restored{n}")));
        assert!(anlan_ok(&["backup", "check", "--key", &key, &file]).is_empty());
        anlan_ok(&["backup", "restore", &file, "--data", &dir, "--key", &key]);
        let (code_of, said) = verify(&dir, &key);
        assert!(code_of == 0 && said.contains("a backup was restored"), "{said}");
        assert_eq!(count(Path::new(&dir), "\"first line\""), 300);
        assert_eq!(count(Path::new(&dir), "\"second line\""), 300);
        let entries = anlan_ok(&["source", "list", "--data", &dir, "--json"]);
        assert!(entries.contains("token:web01"), "{entries}");
    }
    // What the log became after the backup was made is not what the restored log becomes.
    std::fs::copy(data.join("log/checkpoint"), place.path("newer")).unwrap();
    let restored = place.text("restored0");
    anlan_ok(&["log", "search", "--data", &restored, "first", "--count"]);
    for _ in 0..40 {
        anlan_ok(&["source", "list", "--data", &restored]);
        anlan_ok(&["log", "search", "--data", &restored, "first", "--count"]);
    }
    let against = anlan(&["verify", "--key", &key, "--data", &restored, "--against", &place.text("newer")]);
    assert_eq!(code(&against), 1, "{}", String::from_utf8_lossy(&against.stdout));
    // The restored folder is served on, with the same key.
    let again = Server::start(Path::new(&restored));
    assert_eq!(vkey(&again.dir), key);
    let token = token(&again.dir, "web02");
    send(&again, &token, "third", 10);
    let pack = place.text("pack.zip");
    anlan_ok(&["pack", "build", "--data", &restored, "--since", "2020-01-01", "--until", "2100-01-01", "-o", &pack]);
    assert!(verify_py(&["--key", &key, &pack]).status.success());
    again.stop();
    assert_eq!(verify(&restored, &key).0, 0);
}

struct Member {
    name: String,
    at: usize,
    size: usize,
}

/// The members of a tar, read as any tar program does.
fn members(tar: &[u8]) -> Vec<Member> {
    let mut found = Vec::new();
    let mut at = 0;
    while tar[at] != 0 {
        let text = |from: usize, len: usize| String::from_utf8(tar[at + from..at + from + len].to_vec()).unwrap();
        let (name, prefix) = (text(0, 100), text(345, 155));
        let whole = format!("{}/{}", prefix.trim_end_matches('\0'), name.trim_end_matches('\0'));
        let size = usize::from_str_radix(&text(124, 11), 8).unwrap();
        found.push(Member { name: whole.trim_start_matches('/').to_owned(), at, size });
        at += 512 + size.div_ceil(512) * 512;
    }
    found
}

fn check(file: &str) -> (i32, String) {
    let out = anlan(&["backup", "check", file]);
    (code(&out), String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap())
}

// BACKUP-1, BACKUP-2
#[test]
fn every_changed_byte_is_found_and_its_file_named() {
    let place = Place::new();
    filled(&place.path("data"), 20).stop();
    let file = place.text("good.tar");
    make(&place.text("data"), &file);
    let good = std::fs::read(&file).unwrap();
    assert_eq!(check(&file).0, 0);
    let (bad, members) = (place.text("bad.tar"), members(&good));
    let differs = |change: &dyn Fn(&mut Vec<u8>), what: &str, expected: &[&str]| {
        let mut bytes = good.clone();
        change(&mut bytes);
        std::fs::write(&bad, bytes).unwrap();
        let (code, said) = check(&bad);
        assert!(code != 0 && expected.iter().any(|expected| said.contains(expected)), "{what}: {code} {said}");
    };
    for member in &members {
        let shown = member.name.trim_start_matches("data/");
        let expected: &[&str] = match shown {
            "manifest" => &["list of files"],
            "end" => &["does not end"],
            name => &[name],
        };
        let padded = member.at + 512 + member.size.div_ceil(512) * 512;
        let mut places = vec![member.at, member.at + 130, member.at + 511, member.at + 512, member.at + 512 + member.size / 2, padded - 1];
        places.retain(|place| *place < padded);
        for place in places {
            // The beginning tells whether it is a backup at all; it is named all the same.
            differs(&|bytes| bytes[place] ^= 1, &format!("{} at {place}", member.name), expected);
        }
    }
    for back in [1, 2, 512, 1_023, 1_024, 1_025] {
        differs(&|bytes| bytes[good.len() - back] ^= 1, "the end", &["does not end"]);
        differs(&|bytes| bytes.truncate(good.len() - back), "cut short", &["does not end"]);
    }
    differs(&|bytes| bytes.push(0), "a byte more", &["does not end"]);
    differs(&|bytes| bytes.extend([0; 512]), "a block more", &["does not end"]);
    let (one, two) = (&members[3], &members[4]);
    differs(&|bytes| drop(bytes.drain(one.at..two.at)), "a member less", &["list of files"]);
    // A tar program reads it: every file is what lies in the folder.
    server::run("tar", &["-xf", &file, "-C", place.temp.path().to_str().unwrap(), "--one-top-level=out"]);
    for member in members.iter().filter(|member| member.name.starts_with("data/events/") || member.name == "data/key") {
        assert_eq!(std::fs::read(place.path("out").join(&member.name)).unwrap(), std::fs::read(place.path(&member.name)).unwrap());
    }
}

// BACKUP-5, BACKUP-6
#[test]
fn nothing_is_written_where_something_is_wrong() {
    let place = Place::new();
    filled(&place.path("data"), 20).stop();
    let (file, other) = (place.text("good.tar"), Place::new());
    make(&place.text("data"), &file);
    token(&other.path("data"), "x");
    let other_key = vkey(&other.path("data"));
    let restore = |file: &str, dir: &str, more: &[&str]| {
        let out = anlan(&[&["backup", "restore", file, "--data", dir], more].concat());
        (code(&out), String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap())
    };
    let answer = restore(&file, &place.text("new"), &["--key", &other_key]);
    assert!(answer.0 == 1 && answer.1.contains("another log"), "{answer:?}");
    std::fs::create_dir(place.path("full")).unwrap();
    std::fs::write(place.path("full/note"), "mine").unwrap();
    let answer = restore(&file, &place.text("full"), &[]);
    assert!(answer.0 == 2 && answer.1.contains("not empty"), "{answer:?}");
    assert_eq!(std::fs::read_dir(place.path("full")).unwrap().count(), 1);
    assert_eq!(restore(&file, &place.text("data"), &[]).0, 2);
    std::fs::write(place.path("text"), "hello").unwrap();
    std::fs::write(place.path("zeros"), [0; 10_000]).unwrap();
    for (name, expected) in [("text", 3), ("zeros", 3), ("absent", 3)] {
        assert_eq!(check(&place.text(name)).0, expected, "{name}");
        assert_eq!(restore(&place.text(name), &place.text("new"), &[]).0, expected, "{name}");
    }
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(place.path("bad.tar"), bytes).unwrap();
    let answer = restore(&place.text("bad.tar"), &place.text("new"), &[]);
    assert!(answer.0 == 1 && answer.1.contains("not as it"), "{answer:?}");
    assert!(!place.path("new").exists());
    let answer = restore(&file, &place.text("new"), &["--database", "postgres://anlan:geheim@db/anlan"]);
    assert!(answer.0 == 2 && answer.1.contains("PGPASSFILE") && !answer.1.contains("geheim"), "{answer:?}");
    // A folder that a restore did not finish is none.
    anlan_ok(&["backup", "restore", &file, "--data", &place.text("new")]);
    std::fs::remove_file(place.path("new/format")).unwrap();
    assert_eq!(code(&anlan(&["source", "list", "--data", &place.text("new")])), 3);
}

#[test]
fn a_backup_that_is_killed_leaves_nothing_under_its_name() {
    let place = Place::new();
    let server = filled(&place.path("data"), 3_000);
    let file = place.text("a.tar");
    let begin = || {
        let mut command = Command::new(ANLAN);
        command.args(["backup", "make", "--data", server.data(), "-o", &file]).stderr(Stdio::null()).spawn().unwrap()
    };
    for millis in [0, 5, 20, 60] {
        let mut client = begin();
        std::thread::sleep(std::time::Duration::from_millis(millis));
        client.kill().unwrap();
        let done = client.wait().unwrap().success();
        assert!(done || !place.path("a.tar").exists());
        let _ = std::fs::remove_file(&file);
    }
    assert_eq!(server.count("\"second line\""), 3_000);
    let mut client = begin();
    std::thread::sleep(std::time::Duration::from_millis(30));
    server.kill();
    if client.wait().unwrap().success() {
        assert_eq!(check(&file).0, 0);
    } else {
        assert!(!place.path("a.tar").exists());
    }
    for part in place.names().iter().filter(|name| name.ends_with(".part")) {
        assert_ne!(check(&place.text(part)).0, 0, "{part}");
        std::fs::remove_file(place.path(part)).unwrap();
    }
    // Nobody serves the folder: the command recovers it and copies it itself.
    make(&place.text("data"), &file);
    assert_eq!(check(&file).0, 0);
    assert_eq!(place.names(), ["a.tar", "data"]);
    anlan_ok(&["backup", "restore", &file, "--data", &place.text("again")]);
    assert_eq!(count(&place.path("again"), "\"second line\""), 3_000);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

/// `anlan serve --database URL` until it is ready, then SIGTERM: the folder remembers.
fn begin_on(data: &str, url: &str) -> (i32, String) {
    use std::io::BufRead as _;
    let port = free_port();
    let mut child = Command::new(ANLAN)
        .args(["serve", "--data", data, "--syslog", &format!("127.0.0.1:{port}"), "--database", url])
        .env("ANLAN_LANG", "en")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in std::io::BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
        said.push_str(&format!("{line}\n"));
        if line == "ready" {
            server::run("kill", &["-TERM", &child.id().to_string()]);
        }
    }
    (child.wait().unwrap().code().unwrap(), said)
}

// FOLDER-3
#[test]
fn the_password_comes_from_the_file_that_pgpassfile_names() {
    if cluster::cluster().is_none() {
        return;
    }
    let (place, own) = (Place::new(), cluster::Cluster::start_own(""));
    let (data, url) = (place.text("data"), own.database());
    let (code_of, said) = begin_on(&data, &url);
    assert_eq!(code_of, 0, "{said}");
    let key = vkey(Path::new(&data));
    own.require_password("geheim");
    let list = |file: Option<&str>| {
        let mut command = Command::new(ANLAN);
        command.args(["verify", "--data", &data, "--key", &key]).env("ANLAN_LANG", "en").env("HOME", place.temp.path());
        if let Some(file) = file {
            command.env("PGPASSFILE", place.path(file));
        }
        let out = command.output().unwrap();
        (code(&out), String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap())
    };
    for (name, line) in [("right", "*:*:*:postgres:geheim\n"), ("wrong", "*:*:*:postgres:falsch\n")] {
        std::fs::write(place.path(name), line).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(place.path(name), mode).unwrap();
    }
    assert_eq!(list(Some("right")).0, 0);
    for file in [None, Some("wrong")] {
        let (code_of, said) = list(file);
        assert!(code_of == 1 && said.contains("could not be reached") && !said.contains("falsch"), "{file:?} {said}");
    }
}

// FOLDER-3, FOLDER-4, FOLDER-5, BACKUP-3
#[test]
fn the_ledger_lives_in_postgresql_and_moves_between_the_engines() {
    let Some(cluster) = cluster::cluster() else { return };
    let (place, url) = (Place::new(), cluster.database());
    let data = place.text("data");
    let (code_of, said) = begin_on(&data, &url.replace("user=postgres", "password=geheim"));
    assert!(code_of == 2 && said.contains("PGPASSFILE") && !said.contains("geheim"), "{said}");
    let (code_of, said) = begin_on(&data, &url);
    assert_eq!(code_of, 0, "{said}");
    assert!(!place.path("data/ledger.db").exists());
    let server = filled(Path::new(&data), 50);
    let key = vkey(&server.dir);
    assert_eq!(verify(&data, &key).0, 0, "beside the server");
    // Another folder does not get this database, while it is served and after.
    let (code_of, said) = begin_on(&place.text("other"), &url);
    assert!(code_of == 1 && said.contains("another process"), "{said}");
    make(&data, &place.text("a.tar"));
    server.stop();
    let (code_of, said) = begin_on(&place.text("other"), &url);
    assert!(code_of == 1 && said.contains("another folder"), "{said}");
    assert_eq!(verify(&data, &key).0, 0, "after the server");
    // Nor does this folder take another database.
    let (code_of, said) = begin_on(&data, &cluster.database());
    assert!(code_of == 1 && said.contains("does not hold the ledger of this folder"), "{said}");

    let moved = cluster.database();
    anlan_ok(&["backup", "restore", &place.text("a.tar"), "--data", &place.text("file")]);
    anlan_ok(&["backup", "restore", &place.text("a.tar"), "--data", &place.text("server"), "--database", &moved]);
    let refused = anlan(&["backup", "restore", &place.text("a.tar"), "--data", &place.text("again"), "--database", &moved]);
    assert!(code(&refused) == 1 && String::from_utf8_lossy(&refused.stderr).contains("already holds a ledger"));
    for name in ["file", "server"] {
        let dir = place.text(name);
        assert_eq!(verify(&dir, &key).0, 0, "{name}");
        assert_eq!(count(Path::new(&dir), "\"second line\""), 50);
        assert_eq!(place.path(name).join("ledger.db").exists(), name == "file");
        let (code_of, said) = begin_on(&place.text("file"), &cluster.database());
        assert!(code_of == 1 && said.contains("in the folder itself"), "{said}");
    }
    make(&place.text("server"), &place.text("b.tar"));
    anlan_ok(&["backup", "restore", &place.text("b.tar"), "--data", &place.text("back")]);
    assert_eq!(verify(&place.text("back"), &key).0, 0);
    // A row changed by hand in PostgreSQL is named.
    let url = moved.clone();
    let sql = "UPDATE anlan.entry SET body = (SELECT body FROM anlan.entry WHERE number = 2) WHERE number = 3";
    server::run("psql", &["-q", "-c", sql, &url]);
    let (code_of, said) = verify(&place.text("server"), &key);
    assert!(code_of == 1 && said.contains('3'), "{said}");
    let out =
        Command::new(ANLAN).args(["source", "list", "--data", &data]).env("PGPASSWORD", "x").env("ANLAN_LANG", "en").output().unwrap();
    assert!(code(&out) == 2 && String::from_utf8_lossy(&out.stderr).contains("PGPASSFILE"));
}
