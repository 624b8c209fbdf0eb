//! A real rsyslogd as the sender: it reads a file of lines and, with one template, writes them to a local file and forwards them.
//!
//! One worker thread, so that both actions see the lines in one order (with more, batches overtake each other in rsyslog itself).
//! Self-contained (standard library and `tempfile`), so that the black-box tests of the workspace can use it too.
#![allow(dead_code, clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const RSYSLOGD: &str = "/usr/sbin/rsyslogd";
const MODULES: &str = "/usr/lib/x86_64-linux-gnu/rsyslog";

/// How rsyslog forwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forward {
    TcpLineFeed,
    TcpOctetCounted,
    /// The server's certificate, PEM, which is its own authority.
    Tls {
        certificate: String,
    },
    Relp,
}

impl Forward {
    pub fn name(&self) -> &'static str {
        match self {
            Self::TcpLineFeed => "TCP, line feeds",
            Self::TcpOctetCounted => "TCP, octets counted",
            Self::Tls { .. } => "TLS",
            Self::Relp => "RELP",
        }
    }
}

/// The template that renders both what is written and what is forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// `<PRI>timestamp host tag message`, as rsyslog forwards.
    Syslog,
    /// The line of the file alone.
    Bare,
}

pub struct RsyslogPeer {
    folder: tempfile::TempDir,
    child: Child,
}

/// Is rsyslogd here, with what this way of forwarding needs? Says on one line what is left out where it is not.
pub fn is_installed(forward: &Forward) -> bool {
    let module = match forward {
        Forward::TcpLineFeed | Forward::TcpOctetCounted => "imfile.so",
        Forward::Tls { .. } => "lmnsd_gtls.so",
        Forward::Relp => "omrelp.so",
    };
    let found = Path::new(RSYSLOGD).exists() && (!Path::new(MODULES).exists() || Path::new(MODULES).join(module).exists());
    if !found {
        println!("left out: rsyslogd with {module} is not installed");
    }
    found
}

impl RsyslogPeer {
    /// Starts rsyslogd on `lines` (LF after each), forwarding to `server`.
    pub fn start(lines: &[u8], template: Template, forward: &Forward, server: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lines.log"), lines).unwrap();
        if let Forward::Tls { certificate } = forward {
            fs::write(folder.path().join("ca.pem"), certificate).unwrap();
        }
        let configuration = configuration(folder.path(), template, forward, server);
        fs::write(folder.path().join("rsyslog.conf"), configuration).unwrap();
        let child = Command::new(RSYSLOGD)
            .args(["-n", "-C", "-f"])
            .arg(folder.path().join("rsyslog.conf"))
            .arg("-i")
            .arg(folder.path().join("rsyslog.pid"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("stderr")).unwrap())
            .spawn()
            .unwrap();
        Self { folder, child }
    }

    /// What rsyslog has written to its own file so far.
    pub fn written(&self) -> Vec<u8> {
        fs::read(self.folder.path().join("written.log")).unwrap_or_default()
    }

    /// What rsyslog says of itself, for a test that fails.
    pub fn complaints(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        format!("{}{}", read("stderr"), read("own.log"))
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

impl Drop for RsyslogPeer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configuration(folder: &Path, template: Template, forward: &Forward, server: SocketAddr) -> String {
    let folder = folder.display();
    let (host, port) = (server.ip(), server.port());
    let rendered = match template {
        Template::Syslog => "<%PRI%>%TIMESTAMP:::date-rfc3339% %HOSTNAME% %syslogtag%%msg:::sp-if-no-1st-sp%%msg%\\n",
        Template::Bare => "%msg%\\n",
    };
    let mut text = format!(
        "global(workDirectory=\"{folder}\" maxMessageSize=\"2m\" net.enableDNS=\"off\" parser.escapeControlCharactersOnReceive=\"off\" \
         processInternalMessages=\"on\" localHostname=\"switch01\")\n\
         main_queue(queue.type=\"linkedList\" queue.workerThreads=\"1\")\n\
         module(load=\"imfile\")\n\
         template(name=\"same\" type=\"string\" string=\"{rendered}\")\n\
         input(type=\"imfile\" File=\"{folder}/lines.log\" Tag=\"fixture:\" Facility=\"local3\" Severity=\"info\" ruleset=\"both\")\n\
         syslog.* action(type=\"omfile\" file=\"{folder}/own.log\")\n"
    );
    if *forward == Forward::Relp {
        text.push_str("module(load=\"omrelp\")\n");
    }
    let tcp = format!(
        "action(type=\"omfwd\" target=\"{host}\" port=\"{port}\" protocol=\"tcp\" template=\"same\" action.resumeRetryCount=\"-1\""
    );
    let action = match forward {
        Forward::TcpLineFeed => format!("{tcp} TCP_Framing=\"traditional\")"),
        Forward::TcpOctetCounted => format!("{tcp} TCP_Framing=\"octet-counted\")"),
        Forward::Tls { .. } => format!(
            "{tcp} StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/certvalid\" StreamDriver.CAFile=\"{folder}/ca.pem\")"
        ),
        Forward::Relp => {
            format!("action(type=\"omrelp\" target=\"{host}\" port=\"{port}\" template=\"same\" action.resumeRetryCount=\"-1\")")
        }
    };
    let _ = write!(
        text,
        "ruleset(name=\"both\") {{\n  action(type=\"omfile\" file=\"{folder}/written.log\" template=\"same\")\n  {action}\n}}\n"
    );
    text
}
