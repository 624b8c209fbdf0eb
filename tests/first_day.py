#!/usr/bin/env python3
"""The first day: from the .deb on a clean Debian to the first real line in the console, a list of sources that the head of the unit confirmed, and a printed
self-check (自查表) with a plan.

    python3 tests/first_day.py --deb target/dist/anlan_0.1.0_amd64.deb [--root base.tar] [--keep DIR] [--no-boot]

As root. The clean Debian with systemd is made by mmdebstrap (or given as a tar) and booted by systemd-nspawn, so that the unit runs as it will run. Where it
cannot be booted the script says why, checks the unit by `systemd-analyze verify` and `security`, and starts the service in a chroot by the command, the user
and the capability of its own unit. Counts what people do (12 at most) and the seconds, and prints both; exit 1 when anything fails.
"""

import argparse
import base64
import hashlib
import hmac
import html
import http.client
import http.server
import os
import re
import shutil
import signal
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from html.parser import HTMLParser

MOST_STEPS = 12
UNIT = "/lib/systemd/system/anlan.service"
PASSWORD = "five calm words for today"
CONSOLE = ("127.0.0.1", 8443)
LINE = "Failed password for root from 203.0.113.77 port 4022 ssh2"
PATIENCE = 120


def fail(why):
    raise SystemExit(f"first day: {why}")


class Steps:
    """What a person does, one after another, with the time of each."""

    def __init__(self):
        self.begun = self.last = time.monotonic()
        self.done = []

    def did(self, what):
        now = time.monotonic()
        self.done.append((what, now - self.last))
        self.last = now
        print(f"{len(self.done):>2}  {self.done[-1][1]:>5.1f} s  {what}", flush=True)


class Forms(HTMLParser):
    """Forms of a page: action and the values that stand in them, as a browser would send them; which of them send files."""

    def __init__(self, page):
        super().__init__()
        self.forms = {}
        self.with_files = set()
        self.action = self.chosen = self.words = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        name = of.get("name")
        if tag == "form":
            self.action = of.get("action")
            self.forms.setdefault(self.action, {})
            if of.get("enctype") == "multipart/form-data":
                self.with_files.add(self.action)
        elif self.action is None:
            return
        elif tag == "input" and name and of.get("type") not in ("file", "submit"):
            if of.get("type") not in ("checkbox", "radio") or "checked" in of:
                self.forms[self.action].setdefault(name, of.get("value") or "")
        elif tag == "select":
            self.chosen = name
            self.forms[self.action].setdefault(name, "")
        elif tag == "option" and self.chosen and "selected" in of:
            self.forms[self.action][self.chosen] = of.get("value") or ""
        elif tag == "textarea":
            self.words = name
            self.forms[self.action].setdefault(name, "")

    def handle_data(self, data):
        if self.words:
            self.forms[self.action][self.words] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.action = None
        elif tag == "select":
            self.chosen = None
        elif tag == "textarea":
            self.words = None


def as_files(fields):
    """The body of a form that may send files, and its type."""
    mark = "anlan-first-day"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    return "".join(parts) + f"--{mark}--\r\n", f"multipart/form-data; boundary={mark}"


class Person:
    """Somebody at a browser: cookies, pages, forms. The certificate is the machine's own."""

    def __init__(self):
        self.cookies = {"__Host-anlan-lang": "zh-CN"}
        self.secret = None
        self.shown = 0
        self.page = ""

    def ask(self, method, path, fields=None, with_files=False):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(*CONSOLE, context=context, timeout=PATIENCE)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": f"https://{CONSOLE[0]}:{CONSOLE[1]}",
            "Sec-Fetch-Site": "same-origin",
            "Accept-Language": "zh-CN",
        }
        body = None
        if fields is not None:
            body, kind = as_files(fields) if with_files else (urllib.parse.urlencode(fields), "application/x-www-form-urlencoded")
            headers["Content-Type"] = kind
        connection.request(method, path, body and body.encode(), headers)
        answer = connection.getresponse()
        data = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, kept = value.split(";")[0].partition("=")
                self.cookies[key] = kept
        connection.close()
        return answer, data

    def get(self, path):
        for _ in range(5):
            answer, data = self.ask("GET", path)
            if answer.status not in (302, 303):
                break
            path = answer.getheader("location")
        if answer.status != 200:
            fail(f"GET {path}: {answer.status}\n{data.decode()[:2000]}")
        self.page = data.decode()
        return self.page

    def send(self, action, fields):
        """Sends the form of the page in sight, and follows where it leads."""
        page = Forms(self.page)
        if action not in page.forms:
            fail(f"no form {action}; there are {list(page.forms)}")
        values = {**page.forms[action], **fields}
        if "proof" in values:
            values.update(proof=PASSWORD, **({"code": self.code()} if "code" in values else {}))
        answer, data = self.ask("POST", action, values, action in page.with_files)
        if answer.status in (302, 303):
            return self.get(answer.getheader("location"))
        self.page = data.decode()
        if answer.status != 200:
            fail(f"POST {action}: {answer.status}\n{re.sub('<[^>]+>', ' ', self.page)[:2000]}")
        return self.page

    def enrol(self):
        secret = re.search(r'id="factor-secret"[^>]*>([^<]+)<', self.page)
        if not secret:
            fail("no authenticator was offered")
        self.secret = secret.group(1)
        self.send("/login/factor", {"code": self.code()})

    def name_head(self, unit, person):
        self.get(f"/units/{unit}")
        self.send(f"/units/{unit}/head", {"head": person})

    def code(self):
        """What the authenticator shows; each code is taken once, so the next one may have to be waited for."""
        self.shown = max(int(time.time()) // 30, self.shown + 1)
        while int(time.time()) // 30 + 1 < self.shown:
            time.sleep(0.5)
        return code_of(self.secret, self.shown)

    def link(self, pattern):
        """The first link of the page in sight that fits."""
        found = re.search(f'href="({pattern})"', self.page)
        if not found:
            fail(f"no link {pattern} on the page:\n{re.sub('<[^>]+>', ' ', self.page)[:2000]}")
        return html.unescape(found.group(1))


def code_of(secret, step):
    """What an authenticator shows in that half minute (RFC 6238)."""
    secret = secret.replace(" ", "")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    tag = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = tag[-1] & 15
    return "%06d" % ((struct.unpack(">I", tag[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000)


def make_root(folder, base):
    if base is None:
        if not shutil.which("mmdebstrap"):
            fail("needs mmdebstrap (apt-get install mmdebstrap), or --root base.tar")
        base = os.path.join(folder, "base.tar")
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=systemd,systemd-sysv", "bookworm", base], check=True)
    root = os.path.join(folder, "root")
    os.mkdir(root)
    subprocess.run(["tar", "-C", root, "-xf", base], check=True)
    return root


class Chroot:
    """The clean Debian without a running systemd: the unit's own command, as its user, with its one capability."""

    def __init__(self, root):
        self.root = root
        self.served = None

    def run(self, *command):
        return ["chroot", self.root, *command]

    def checked(self):
        """What systemd says of the unit without running it; never a step."""
        if not os.path.exists(os.path.join(self.root, "usr/bin/systemd-analyze")):
            print("    left out: this Debian has no systemd-analyze", flush=True)
            return
        said = subprocess.run(self.run("systemd-analyze", "verify", UNIT), capture_output=True, text=True)
        ours = [line for line in said.stderr.splitlines() if "anlan" in line]
        if ours:
            fail("systemd-analyze verify: " + "; ".join(ours))
        said = subprocess.run(self.run("systemd-analyze", "security", "--offline=true", UNIT), capture_output=True, text=True)
        print("    systemd-analyze verify: nothing; " + (said.stdout.strip().splitlines() or ["security: not told"])[-1], flush=True)

    def start(self):
        unit = open(os.path.join(self.root, UNIT.lstrip("/")), encoding="utf-8").read()
        command = re.search(r"^ExecStart=(.+)$", unit, re.M).group(1).split()
        if "AmbientCapabilities=CAP_NET_BIND_SERVICE" not in unit:
            fail("the unit has lost its capability")
        capability = "+net_bind_service"
        drop = ["setpriv", "--reuid=anlan", "--regid=anlan", "--clear-groups", "--no-new-privs", f"--inh-caps={capability}"]
        drop += [f"--ambient-caps={capability}", f"--bounding-set=-all,{capability}"]
        log = open(os.path.join(self.root, "tmp/anlan.log"), "wb")
        self.served = subprocess.Popen(self.run(*drop, "env", "LANG=zh_CN.UTF-8", *command), stderr=log, stdin=subprocess.DEVNULL)

    def told(self):
        return open(os.path.join(self.root, "tmp/anlan.log"), encoding="utf-8").read()

    def ended(self):
        return self.served.poll() is not None

    def stop(self):
        if self.served is None:
            return
        self.served.send_signal(signal.SIGTERM)
        self.served.wait(PATIENCE)
        if self.served.returncode != 0:
            fail(f"the service ended with {self.served.returncode}")

    def off(self):
        pass


class Booted:
    """The clean Debian booted by systemd-nspawn: dpkg itself starts the unit."""

    def __init__(self, root):
        command = ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--resolv-conf=off", "--timezone=off"]
        command += ["--link-journal=no", "--machine=anlan-first-day", f"--directory={root}"]
        command += ["systemd.firstboot=no", "systemd.unit=multi-user.target"]
        # A machine that was set up before: nothing asks at its console.
        with open(os.path.join(root, "etc/machine-id"), "w", encoding="ascii") as file:
            file.write(os.urandom(16).hex() + "\n")
        self.log = open(os.path.join(os.path.dirname(root), "boot.log"), "w+b")
        self.nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.why = None
        begun = time.monotonic()
        while self.state() not in ("running", "degraded"):
            if self.nspawn.poll() is not None or time.monotonic() - begun > PATIENCE:
                self.log.seek(0)
                self.why = " ".join(self.log.read().decode(errors="replace").split())[-300:] or "it did not come up"
                self.off()
                return
            time.sleep(0.3)

    def leader(self):
        try:
            children = open(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children", encoding="ascii").read().split()
        except OSError:
            return None
        return children[0] if children else None

    def state(self):
        leader = self.leader()
        if leader is None:
            return None
        asked = subprocess.run(self.run("systemctl", "is-system-running"), capture_output=True, text=True)
        return asked.stdout.strip()

    def run(self, *command):
        return ["nsenter", "--target", self.leader() or "0", "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--root", "--wd", "--", *command]

    def checked(self):
        said = subprocess.run(self.run("systemd-analyze", "security", "anlan.service"), capture_output=True, text=True)
        print("    booted by systemd-nspawn; " + (said.stdout.strip().splitlines() or ["security: not told"])[-1], flush=True)

    def start(self):
        """Done by the package."""

    def told(self):
        return subprocess.run(self.run("journalctl", "-u", "anlan", "-o", "cat"), capture_output=True, text=True).stdout

    def ended(self):
        return subprocess.run(self.run("systemctl", "is-active", "--quiet", "anlan")).returncode == 3

    def stop(self):
        subprocess.run(self.run("systemctl", "stop", "anlan"), check=True)
        ended = subprocess.run(self.run("systemctl", "show", "--property=Result", "anlan"), capture_output=True, text=True).stdout.strip()
        if ended != "Result=success":
            fail(f"the service ended with {ended}")

    def off(self):
        if self.nspawn.poll() is None:
            self.nspawn.terminate()
            try:
                self.nspawn.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()


def machine(root, may_boot):
    """A machine to install on, booted where that is possible here."""
    if not may_boot or not shutil.which("systemd-nspawn") or not os.path.exists(os.path.join(root, "lib/systemd/systemd")):
        print("not possible here: booting (no systemd-nspawn, or not wanted); the unit is checked and its command runs in a chroot", flush=True)
        return Chroot(root)
    booted = Booted(root)
    if booted.why is None:
        return booted
    print(f"not possible here: booting ({booted.why}); the unit is checked and its command runs in a chroot", flush=True)
    return Chroot(root)


def until_ready(debian):
    begun = time.monotonic()
    while True:
        told = debian.told()
        if re.search(r"(^|message=)ready$", told, re.M):
            return told
        if debian.ended() or time.monotonic() - begun > PATIENCE:
            fail(f"the service did not start:\n{told}")
        time.sleep(0.1)


def print_page(person, path, pdf):
    """Prints a page as the person sees it: a door on loopback adds the session's cookie for the browser."""

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer, data = person.ask("GET", self.path)
            self.send_response(answer.status)
            for name in ("content-type", "location"):
                if answer.getheader(name):
                    self.send_header(name, answer.getheader(name))
            self.end_headers()
            try:
                self.wfile.write(data)
            except BrokenPipeError:
                pass  # the browser wanted no more of it

        def log_message(self, *_):
            pass

    door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", "--headless=new", "--ozone-platform=headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        command += ["--no-pdf-header-footer", f"--print-to-pdf={pdf}", f"http://127.0.0.1:{door.server_port}{path}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    door.shutdown()
    if not open(pdf, "rb").read(5).startswith(b"%PDF-"):
        fail(f"{pdf} is no PDF")


def first_day(debian, root, deb, out):
    shutil.copy(deb, os.path.join(root, "var/cache/anlan.deb"))
    steps = Steps()
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "env": {**os.environ, "LC_ALL": "C.UTF-8"}}
    subprocess.run(debian.run("dpkg", "-i", "/var/cache/anlan.deb"), **quiet)
    subprocess.run(debian.run("anlan", "config", "check"), **quiet)
    steps.did("dpkg -i anlan.deb")
    debian.checked()
    debian.start()
    try:
        day(steps, root, until_ready(debian), out)
    finally:
        debian.stop()
    removing(debian, root)
    return steps


def day(steps, root, told, out):
    for wanted in ("514", "8443"):
        if wanted not in told:
            fail(f"the first run does not tell {wanted}:\n{told}")
    code = re.search(r"(?:一次性口令|one-time code) (\S+?)(?:（|\s|$)", told).group(1)
    steps.did("read address, one-time code and public key")

    me = Person()
    me.get("/first-run")
    me.send("/first-run", {"code": code, "name": "laoshi", "password": PASSWORD, "again": PASSWORD})
    steps.did("make the first user with the code")
    me.enrol()
    steps.did("enrol the authenticator")
    unit = re.search(r'href="/units/(u\d+)"', me.get("/units")).group(1)
    me.get(f"/units/{unit}")
    me.send(f"/units/{unit}/change", {"name": "青山县第一中学", "label": ""})
    steps.did("name the unit")

    subprocess.run(["logger", "-n", "127.0.0.1", "-P", "514", "-d", "--rfc3164", "-t", "sshd", LINE], check=True)
    steps.did("point a device at port 514: it sends its first line")

    begun = time.monotonic()
    # Words that the query does not hold: so they are the line's.
    while "port 4022 ssh2" not in me.get("/logs?q=203.0.113.77"):
        if time.monotonic() - begun > PATIENCE:
            fail("the line does not show")
        time.sleep(0.2)
    steps.did("see the first real line in the console")
    number = listed(me)
    steps.did("list the device, and submit the list to the head")
    officer = added(me, unit, "副校长", "fuxiaozhang")
    me.send(f"/people/{officer[0]}/appoint", {"role": "security", "unit": unit, "reason": "分管网络安全"})
    head = added(me, unit, "校长", "xiaozhang")
    steps.did("add the security administrator and the head of the unit, with accounts")
    entered("fuxiaozhang", officer[1]).name_head(unit, head[0])
    steps.did("the security administrator signs in, enrols, and names the head: nobody alone does both")
    confirm(entered("xiaozhang", head[1]), number)
    steps.did("the head signs in and confirms the list")
    sheets(steps, me, out)


def listed(me):
    """What was heard is listed by the link beside it; the list goes to the head. The number of its record."""
    me.get("/sources")
    me.get(me.link(r"/records/log-source/new\?[^\"]+"))
    me.send("/records/log-source/new", {"f.title": "主机房服务器", "f.category": "server"})
    me.get("/sources")
    me.get(me.link("/records/log-list/new"))
    me.send("/records/log-list/new", {"f.title": "应接日志源清单", "f.scope": "校园网出口和主机房"})
    number = re.search(r'/r/(QR-\d+-\d+)/do/submit"', me.page)
    if not number:
        fail("the list cannot be submitted:\n" + re.sub("<[^>]+>", " ", me.page)[:2000])
    number = number.group(1)
    if f"/r/{number}/do/submit" not in Forms(me.page).forms:
        me.get(f"/r/{number}/do/submit")
    me.send(f"/r/{number}/do/submit", {})
    return number


def added(me, unit, name, account):
    """Another person, and the password for the first sign-in, which is shown once."""
    me.get("/people")
    me.send("/people/add", {"name": name, "unit": unit, "account": account})
    once = re.search(r'id="once"[^>]*>([^<]+)<', me.page)
    person = re.search(r'"/people/(p\d+)/', me.page)
    if not once or not person:
        fail(f"no account was made for {name}:\n" + re.sub("<[^>]+>", " ", me.page)[:2000])
    return person.group(1), html.unescape(once.group(1)).strip()


def entered(account, once):
    """Signs in for the first time: a password of one's own, and an authenticator where the role wants one."""
    person = Person()
    person.get("/login")
    person.send("/login", {"name": account, "password": once})
    person.send("/login/password", {"password": PASSWORD, "again": PASSWORD})
    if "/login/factor" in Forms(person.page).forms:
        person.enrol()
    return person


def confirm(head, number):
    head.get(f"/r/{number}")
    head.send(f"/r/{number}/do/confirm", {})
    if "已确认" not in head.page:
        fail("the list is not confirmed:\n" + re.sub("<[^>]+>", " ", head.page)[:2000])


def sheets(steps, me, out):
    me.get("/overview")
    if "/compliance/measure" in Forms(me.page).forms:
        me.send("/compliance/measure", {})
    for wanted in ("自查", "项"):
        if wanted not in me.page:
            fail(f"the overview does not say {wanted}")
    # One day of the term, and never met.
    if not re.search(r"第 \d+ 天，共 18[1-4] 天", me.get("/sources")):
        fail("the page of sources does not say on which day of the term it is")
    sizes = []
    for form, title in (("self-check", "网络安全自查表"), ("rectification-plan", "整改计划")):
        sheet = me.get(f"/paper/{form}")
        for wanted in (title, "本结论为自查，不替代检查或测评"):
            if wanted not in sheet:
                fail(f"/paper/{form} does not say {wanted}")
        pdf = os.path.join(out, f"{form}.pdf")
        print_page(me, f"/paper/{form}", pdf)
        sizes.append(f"{form}.pdf {os.path.getsize(pdf)} bytes")
    steps.did("measure, print the self-check and the plan: " + ", ".join(sizes))


def removing(debian, root):
    """Not a step of the day: neither removing nor purging takes the data."""
    for verb in ("--remove", "--purge"):
        subprocess.run(debian.run("dpkg", verb, "anlan"), stdout=subprocess.DEVNULL, check=True)
        if not os.path.exists(os.path.join(root, "var/lib/anlan/log/checkpoint")):
            fail(f"dpkg {verb} took the data")
    if os.path.exists(os.path.join(root, "usr/bin/anlan")):
        fail("the program is still there")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--deb", required=True)
    words.add_argument("--root", help="tar of a clean Debian")
    words.add_argument("--keep", default="target/first-day", help="where the printed sheets go")
    words.add_argument("--no-boot", action="store_true", help="in a chroot, even where the Debian can be booted")
    words = words.parse_args()
    if os.geteuid() != 0:
        fail("needs root: it enters a clean Debian by chroot")
    out = os.path.abspath(words.keep)
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="anlan-first-day.") as folder:
        os.chmod(folder, 0o755)
        root = make_root(folder, words.root)
        debian = machine(root, not words.no_boot)
        try:
            steps = first_day(debian, root, words.deb, out)
        finally:
            debian.off()
    seconds = time.monotonic() - steps.begun
    print(f"steps {len(steps.done)} (at most {MOST_STEPS}), seconds {seconds:.1f}")
    if len(steps.done) > MOST_STEPS:
        sys.exit(1)


if __name__ == "__main__":
    main()
