#!/usr/bin/env python3
"""The first day: from the .deb on a clean Debian to the first real line in the console and a printed self-check (自查表).

    python3 tests/first_day.py --deb target/dist/anlan_0.1.0_amd64.deb [--root base.tar] [--keep DIR]

As root. The clean Debian is made by mmdebstrap (or given as a tar) and entered by chroot; the service is started there by the command, the user and the
capability of its own unit, since a chroot has no systemd. Counts what a person does (12 at most) and the seconds, and prints both; exit 1 when anything fails.
"""

import argparse
import base64
import hashlib
import hmac
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
PASSWORD = "five calm words for today"
CONSOLE = ("127.0.0.1", 8443)
LINE = "Failed password for root from 203.0.113.77 port 4022 ssh2"
PATIENCE = 60


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
    """Forms of a page: action and the hidden values in them."""

    def __init__(self, page):
        super().__init__()
        self.forms = {}
        self.action = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        if tag == "form":
            self.action = of.get("action")
            self.forms.setdefault(self.action, {})
        elif tag == "input" and of.get("type") == "hidden" and self.action is not None:
            self.forms[self.action][of.get("name")] = of.get("value") or ""


class Person:
    """Somebody at a browser: cookies, pages, forms. The certificate is the machine's own."""

    def __init__(self):
        self.cookies = {"anlan-lang": "zh-CN"}
        self.secret = None
        self.page = ""

    def ask(self, method, path, fields=None):
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
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
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
        forms = Forms(self.page).forms
        if action not in forms:
            fail(f"no form {action}; there are {list(forms)}")
        answer, data = self.ask("POST", action, {**forms[action], **fields})
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
        self.send("/login/factor", {"code": code_of(self.secret)})


def code_of(secret):
    """What an authenticator shows (RFC 6238)."""
    secret = secret.replace(" ", "")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    tag = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = tag[-1] & 15
    return "%06d" % ((struct.unpack(">I", tag[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000)


def make_root(folder, base):
    if base is None:
        if not shutil.which("mmdebstrap"):
            fail("needs mmdebstrap (apt-get install mmdebstrap), or --root base.tar")
        base = os.path.join(folder, "base.tar")
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", base], check=True)
    root = os.path.join(folder, "root")
    os.mkdir(root)
    subprocess.run(["tar", "-C", root, "-xf", base], check=True)
    return root


def start(root):
    """The unit's own command, as its user, with its one capability."""
    unit = open(os.path.join(root, "lib/systemd/system/anlan.service"), encoding="utf-8").read()
    command = re.search(r"^ExecStart=(.+)$", unit, re.M).group(1).split()
    capability = "+net_bind_service"
    if "AmbientCapabilities=CAP_NET_BIND_SERVICE" not in unit:
        fail("the unit has lost its capability")
    drop = ["setpriv", "--reuid=anlan", "--regid=anlan", "--clear-groups", "--no-new-privs", f"--inh-caps={capability}"]
    drop += [f"--ambient-caps={capability}", f"--bounding-set=-all,{capability}"]
    log = open(os.path.join(root, "tmp/anlan.log"), "wb")
    served = subprocess.Popen(["chroot", root, *drop, "env", "LANG=zh_CN.UTF-8", *command], stderr=log, stdin=subprocess.DEVNULL)
    begun = time.monotonic()
    while True:
        told = open(os.path.join(root, "tmp/anlan.log"), encoding="utf-8").read()
        if re.search(r"^ready$", told, re.M):
            return served, told
        if served.poll() is not None or time.monotonic() - begun > PATIENCE:
            fail(f"the service did not start:\n{told}")
        time.sleep(0.05)


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
            self.wfile.write(data)

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


def first_day(root, deb, out):
    steps = Steps()
    shutil.copy(deb, os.path.join(root, "tmp/anlan.deb"))
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "env": {**os.environ, "LC_ALL": "C.UTF-8"}}
    subprocess.run(["chroot", root, "dpkg", "-i", "/tmp/anlan.deb"], **quiet)
    subprocess.run(["chroot", root, "anlan", "config", "check"], **quiet)
    steps.did("dpkg -i anlan.deb")
    served, told = start(root)
    try:
        day(steps, root, told, out)
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(PATIENCE)
    if served.returncode != 0:
        fail(f"the service ended with {served.returncode}")
    removing(root)
    return steps


def day(steps, root, told, out):
    for wanted in ("514", "8443", "网卡" if os.path.exists(os.path.join(root, "proc/net")) else "首次登录"):
        if wanted not in told:
            fail(f"the first run does not tell {wanted}:\n{told}")
    code = re.search(r"一次性口令 (\S+?)（", told).group(1)
    steps.did("start, read address, one-time code and public key")

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
    me.get("/overview")
    if "/compliance/measure" in Forms(me.page).forms:
        me.send("/compliance/measure", {})
    for wanted in ("自查", "项"):
        if wanted not in me.page:
            fail(f"the overview does not say {wanted}")
    answer, _ = me.ask("GET", "/paper/self-check")
    path = "/paper/self-check" if answer.status == 200 else "/inspection"
    sheet = me.get(path)
    if "本结论为自查，不替代检查或测评" not in sheet:
        fail(f"{path} does not say what it is")
    pdf = os.path.join(out, "self-check.pdf")
    print_page(me, path, pdf)
    steps.did(f"print {path}: {os.path.getsize(pdf)} bytes of PDF")


def removing(root):
    """Not a step of the day: neither removing nor purging takes the data."""
    for verb in ("--remove", "--purge"):
        subprocess.run(["chroot", root, "dpkg", verb, "anlan"], stdout=subprocess.DEVNULL, check=True)
        if not os.path.exists(os.path.join(root, "var/lib/anlan/log/checkpoint")):
            fail(f"dpkg {verb} took the data")
    if os.path.exists(os.path.join(root, "usr/bin/anlan")):
        fail("the program is still there")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--deb", required=True)
    words.add_argument("--root", help="tar of a clean Debian")
    words.add_argument("--keep", default="target/first-day", help="where the printed sheet goes")
    words = words.parse_args()
    if os.geteuid() != 0:
        fail("needs root: it enters a clean Debian by chroot")
    out = os.path.abspath(words.keep)
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="anlan-first-day.") as folder:
        os.chmod(folder, 0o755)
        root = make_root(folder, words.root)
        steps = first_day(root, words.deb, out)
    seconds = time.monotonic() - steps.begun
    print(f"steps {len(steps.done)} (at most {MOST_STEPS}), seconds {seconds:.1f}")
    if len(steps.done) > MOST_STEPS:
        sys.exit(1)


if __name__ == "__main__":
    main()
