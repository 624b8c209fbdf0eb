"""Tests of verify.py. Run: python3 verify/test_verify.py

Proofs and packs are built here from the specification, with keys of their own and without any function of verify.py; then they are
spoilt in one way at a time. What is spoilt before signing tests a rule; what is spoilt after it tests signatures and digests."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import io
import json
import os
import random
import struct
import tempfile
import unittest
import zipfile
import zlib
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parent / "spec" / "vectors"

_spec = importlib.util.spec_from_file_location("anlan_verify", HERE / "verify.py")
verify = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verify)

DAY_NS = 86_400 * 10**9
DAY = 20_778  # 2026-11-21
START = DAY * DAY_NS - 8 * 3600 * 10**9  # midnight in Beijing
END = START + DAY_NS
FOREVER = 2**64 - 1


# ---- a builder of its own ---------------------------------------------------------------------------------------------------------


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, as it is written there."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + tree(leaves[:k]) + tree(leaves[k:]))


def path(leaves: Sequence[bytes], index: int) -> List[bytes]:
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return path(leaves[:k], index) + [tree(leaves[k:])]
    return path(leaves[k:], index - k) + [tree(leaves[:k])]


def str8(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def b64(data: bytes) -> bytes:
    return base64.b64encode(data)


class Signer:
    def __init__(self, seed: int = 1, name: bytes = b"anlan.local/00112233aabbccdd") -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.name = name
        self.id = sha(name + b"\n\1" + self.public)[:4]

    def vkey(self) -> str:
        return "%s+%s+%s" % (self.name.decode(), self.id.hex(), b64(b"\1" + self.public).decode())

    def line(self, text: bytes) -> bytes:
        return "— ".encode() + self.name + b" " + b64(self.id + self.private.sign(text)) + b"\n"

    def note(self, text: bytes) -> bytes:
        return text + b"\n" + self.line(text)

    def checkpoint(self, leaves: Sequence[bytes], origin: Optional[bytes] = None) -> bytes:
        return self.note((origin or self.name) + b"\n%d\n" % len(leaves) + b64(tree(leaves)) + b"\n")


SIGNER = Signer()
STRANGER = Signer(2, b"witness.example/w")


class Line(NamedTuple):
    seq: int
    source: bytes = b"ip:192.0.2.1"
    raw: bytes = b"<13>hello"
    piece: int = 0
    origin: int = 1

    def canonical(self) -> bytes:
        return struct.pack(">QBI", self.seq, self.origin, self.piece) + str8(self.source) + self.raw


class Batch(NamedTuple):
    name: bytes
    lines: List[Line]
    key: bytes = b"\x09" * 32

    def salt(self, i: int) -> bytes:
        return sha(b"\2" + self.key + struct.pack(">I", i))[:16]

    def leaves(self) -> List[bytes]:
        return [sha(b"\0" + self.salt(i) + line.canonical()) for i, line in enumerate(self.lines)]


def envelope(kind: int, at: int, body: bytes) -> bytes:
    return struct.pack(">BBBQ", 0xA1, 1, kind, at) + body


class Log:
    """Envelopes in order, with what the pack needs beside them."""

    def __init__(self, signer: Signer = SIGNER) -> None:
        self.signer = signer
        self.envelopes: List[bytes] = []
        self.batches: Dict[int, Batch] = {}
        self.details: Dict[int, Tuple[int, bytes]] = {}
        self.add(7, START - 10 * DAY_NS, signer.public + str8(signer.name))

    def add(self, kind: int, at: int, body: bytes) -> int:
        self.envelopes.append(envelope(kind, at, body))
        return len(self.envelopes) - 1

    def batch(self, batch: Batch, at: Optional[int] = None, **other: int) -> int:
        first, last = batch.lines[0].seq, batch.lines[-1].seq
        fields = {"day": (first + 8 * 3600 * 10**9) // DAY_NS, "count": len(batch.lines), "first": first, "last": last, **other}
        body = str8(batch.name) + struct.pack(">IIQQ", fields["day"], fields["count"], fields["first"], fields["last"])
        index = self.add(1, last + 5 if at is None else at, body + tree(batch.leaves()))
        self.batches[index] = batch
        return index

    def day(self, day: int, rows: Optional[bytes] = None, sums: Optional[Tuple[int, int]] = None, at: Optional[int] = None) -> int:
        found: Dict[Tuple[bytes, bytes], List[Line]] = {}
        for batch in self.batches.values():
            for line in batch.lines:
                if (line.seq + 8 * 3600 * 10**9) // DAY_NS == day:
                    found.setdefault((batch.name, line.source), []).append(line)
        text = b"".join(
            b"%s\t%s\t%d\t%d\t%d\t%d\n" % (c, s, len(lines), sum(len(x.raw) for x in lines), lines[0].seq, lines[-1].seq)
            for (c, s), lines in sorted(found.items())
        )
        total = (sum(map(len, found.values())), sum(len(x.raw) for lines in found.values() for x in lines))
        date = civil_date(day)
        detail = b"anlan-day/1\nday " + date + b"\n" + (text if rows is None else rows)
        body = struct.pack(">IQQ", day, *(total if sums is None else sums)) + sha(detail)
        index = self.add(5, (day + 1) * DAY_NS if at is None else at, body)
        self.details[index] = (day, detail)
        return index

    def hashes(self) -> List[bytes]:
        return [sha(b"\0" + e) for e in self.envelopes]

    def checkpoint(self, size: Optional[int] = None) -> bytes:
        return self.signer.checkpoint(self.hashes()[: len(self.envelopes) if size is None else size])


def civil_date(day: int) -> bytes:
    """Civil date of a day number (by Howard Hinnant's method, apart from the library's)."""
    z = day + 719_468
    era, doe = divmod(z, 146_097)
    yoe = (doe - doe // 1460 + doe // 36_524 - doe // 146_096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    return b"%04d-%02d-%02d" % (yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) // 5 + 1)


def text_name(source: bytes, day: int) -> bytes:
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"
    out = b""
    for i, byte in enumerate(source):
        out += bytes([byte]) if byte in plain and not (i == 0 and byte == 0x2E) else b"%%%02X" % byte
    return b"text/" + out + b"/" + civil_date(day) + b".log"


def tile_name(n: int, width: int) -> bytes:
    digits = "%d" % n
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    name = "/".join(["x" + g for g in groups[:-1]] + [groups[-1]])
    return ("log/tile/0/" + name + ("" if width == 256 else ".p/%d" % width)).encode()


def item(batch: Batch, i: int) -> bytes:
    line = batch.lines[i]
    fixed = struct.pack(">QBI", line.seq, line.origin, line.piece)
    return b"\1" + batch.salt(i) + fixed + str8(line.source) + struct.pack(">I", len(line.raw)) + line.raw


def members_of(
    log: Log,
    since: int,
    until: int,
    sources: Optional[Sequence[bytes]] = None,
    first: int = 0,
    hide: Sequence[int] = (),
    force: Sequence[int] = (),
) -> Dict[bytes, bytes]:
    """The members of a pack but its manifest. Lines of `hide` are hidden and those of `force` shown against the rules."""
    hashes = log.hashes()
    members = {b"README.txt": "证据包 / evidence pack\r\n".encode(), b"checkpoint": log.checkpoint()}
    for n in range(0, -(-len(hashes) // 256)):
        tile = hashes[n * 256 : n * 256 + 256]
        members[tile_name(n, len(tile))] = b"".join(tile)
    rest = log.envelopes[first:]
    members[b"log/entries"] = b"ALNE\1" + struct.pack(">Q", first) + b"".join(struct.pack(">H", len(e)) + e for e in rest)
    for index, (day, detail) in log.details.items():
        start = day * DAY_NS - 8 * 3600 * 10**9
        if index >= first and since < start + DAY_NS and until > start:
            members[b"log/detail/" + sha(detail).hex().encode()] = detail
    shown: List[Line] = []
    for index, batch in log.batches.items():
        if index < first or batch.lines[0].seq >= until or batch.lines[-1].seq < since:
            continue
        out = b"ALNL\1" + struct.pack(">QI", index, len(batch.lines))
        for i, line in enumerate(batch.lines):
            show = since <= line.seq < until and (sources is None or line.source in sources) and line.seq not in hide
            if show or line.seq in force:
                out += item(batch, i)
                shown.append(line)
            else:
                out += b"\0" + batch.leaves()[i]
        members[b"lines/%020d.lines" % index] = out
    for line in sorted(shown):
        name = text_name(line.source, (line.seq + 8 * 3600 * 10**9) // DAY_NS)
        members[name] = members.get(name, b"") + line.raw + (b"" if 0 < line.piece < 2**31 else b"\n")
    return members


def write_zip(members: Sequence[Tuple[bytes, bytes]], large: int = 0xFFFFFFFF, many: int = 0xFFFF) -> bytes:
    """A canonical ZIP. `large` and `many` are the limits of its 32-bit sizes and 16-bit counts."""
    out, directory = b"", b""
    for name, data in members:
        crc, size, at = zlib.crc32(data), len(data), len(out)
        big = size >= large
        short = 0xFFFFFFFF if big else size
        extra = struct.pack("<HHQQ", 1, 16, size, size) if big else b""
        out += struct.pack("<IHHHHHIIIHH", 0x04034B50, 45 if big else 20, 0x800, 0, 0, 33, crc, short, short, len(name), len(extra))
        out += name + extra + data
        fields = [size, size] * big + [at] * (at >= large)
        extra = struct.pack("<HH%dQ" % len(fields), 1, 8 * len(fields), *fields) if fields else b""
        version = 45 if fields else 20
        head = (0x02014B50, version, version, 0x800, 0, 0, 33, crc, short, short, len(name), len(extra), 0, 0, 0, 0)
        directory += struct.pack("<IHHHHHHIIIHHHHHI", *head) + struct.pack("<I", 0xFFFFFFFF if at >= large else at) + name + extra
    at, count, size = len(out), len(members), len(directory)
    out += directory
    if count >= many or at >= large or size >= large:
        out += struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, at)
        out += struct.pack("<IIQI", 0x07064B50, 0, at + size, 1)
    count = 0xFFFF if count >= many else count
    ends = [0xFFFFFFFF if value >= large else value for value in (size, at)]
    return out + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, *ends, 0)


def manifest_text(log: Log, members: Sequence[Tuple[bytes, bytes]], since: int, until: int, sources: Optional[Sequence[bytes]]) -> bytes:
    scope = b"all" if sources is None else b" ".join([b"sources", *sources])
    head = b"anlan-pack/1\norigin %s\nsince %d\nuntil %d\nsize %d\nscope %s\n"
    text = head % (log.signer.name, since, until, len(log.envelopes), scope)
    return text + b"".join(b"file %s %d %s\n" % (sha(data).hex().encode(), len(data), name) for name, data in members)


Edit = Callable[[Dict[bytes, bytes]], None]


def pack(
    log: Log,
    since: int = START - 30 * DAY_NS,
    until: int = START + 30 * DAY_NS,
    sources: Optional[Sequence[bytes]] = None,
    edit: Optional[Edit] = None,
    manifest: Callable[[bytes], bytes] = lambda text: text,
    note: Optional[Callable[[bytes], bytes]] = None,
    zipper: Callable[[Sequence[Tuple[bytes, bytes]]], bytes] = write_zip,
    **how: object,
) -> bytes:
    members = members_of(log, since, until, sources, **how)  # type: ignore[arg-type]
    if edit is not None:
        edit(members)
    ordered = sorted(members.items())
    text = manifest(manifest_text(log, ordered, since, until, sources))
    return zipper([(b"manifest.txt", (note or log.signer.note)(text)), *ordered])


def proof(log: Log, index: int, i: int, envelope: Optional[bytes] = None, checkpoint: Optional[bytes] = None, says: Optional[int] = None) -> bytes:
    batch, hashes = log.batches[index], log.hashes()
    line = batch.lines[i]
    inner = path(batch.leaves(), i)
    sent = log.envelopes[index] if envelope is None else envelope
    extra = b"anlan-line\1" + struct.pack(">H", len(sent)) + sent + struct.pack(">I", i) + batch.salt(i)
    extra += bytes([len(inner)]) + b"".join(inner) + line.canonical()
    lines = [b"c2sp.org/tlog-proof@v1", b"extra " + b64(extra), b"index %d" % (index if says is None else says)]
    lines += [b64(h) for h in path(hashes, index)]
    return b"\n".join(lines) + b"\n\n" + (log.checkpoint() if checkpoint is None else checkpoint)


A, B, C = b"ip:192.0.2.1", b"token:w/b", b".overflow"


def small_log() -> Log:
    log = Log()
    log.batch(Batch(b"network", [Line(START + 5, A, b"<13>one"), Line(START + 9, B, b"")]))
    log.day(DAY)
    return log


def rich_log() -> Log:
    """Two classes that interleave, pieces, raw bytes of any kind, three days, all types of envelopes."""
    log = Log()
    log.add(8, START - 9 * DAY_NS, struct.pack(">Q", 4) + b"\4" * 32)
    log.day(DAY - 2, at=START - DAY_NS)
    log.day(DAY - 1, at=START + 1)
    part, last = 1, 2**31 | 2
    log.batch(Batch(b"network", [Line(START + 10, A, b"<1>a"), Line(START + 30, B, b"\0\xff\n"), Line(START + 50, A, b"first ", part)]))
    log.batch(Batch(b"system", [Line(START + 20, A, b"<2>b"), Line(START + 40, C, b""), Line(START + 60, A, b"c", 0, 5)]))
    log.batch(Batch(b"network", [Line(START + 70, A, b"second", last)]))
    log.add(6, START + 90, struct.pack(">Q", 1) + b"\6" * 32)
    log.add(4, START + 91, b"\4" + str8(b"") + struct.pack(">QQQ", 0, 9, 3))
    log.add(6, START + 92, struct.pack(">Q", 2) + b"\6" * 32)
    log.day(DAY, at=END + 1)
    log.batch(Batch(b"network", [Line(END + 10, A, b"next"), Line(END + 20, B, b"x"), Line(END + 30, A, b"y")]))
    log.add(2, END + 40, str8(b"network") + struct.pack(">IQQIIQ", DAY, START + 10, START + 70, 4, 2, 99) + b"\7" * 32)
    log.day(DAY + 1, at=END + DAY_NS)
    log.add(3, END + DAY_NS + 1, str8(b"network") + struct.pack(">IQ", DAY, START + 10) + b"\7" * 32)
    return log


# ---- the tests --------------------------------------------------------------------------------------------------------------------


class Case(unittest.TestCase):
    """Each test judges files through main(), as a user does."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_main(self, *arguments: str) -> int:
        self.output = io.StringIO()
        with contextlib.redirect_stdout(self.output), contextlib.redirect_stderr(self.output):
            code = verify.main(list(arguments))
        self.assertIs(type(code), int)
        self.assertNotIn("Traceback", self.output.getvalue())
        return code

    def code(self, data: bytes, key: Optional[str] = None, against: Optional[bytes] = None) -> int:
        file, older = self.folder / "file", self.folder / "older"
        file.write_bytes(data)
        arguments = ["--key", SIGNER.vkey() if key is None else key]
        if against is not None:
            older.write_bytes(against)
            arguments += ["--against", str(older)]
        return self.run_main(*arguments, str(file))

    def judged(self, expected: int, data: bytes, what: object = "", **how: object) -> None:
        code = self.code(data, **how)  # type: ignore[arg-type]
        self.assertEqual(code, expected, "%s\n%s" % (what, self.output.getvalue()))

    def refused(self, reason: str, data: bytes, **how: object) -> None:
        """Code 1, and for this reason: it stops a test from passing by some other fault."""
        self.judged(1, data, reason, **how)
        self.assertIn(reason, self.output.getvalue())


class Numbers(Case):
    def test_days(self) -> None:
        for day in [0, 58, 59, 60, 11_016, 20_778, 200_000, 213_503]:
            self.assertEqual(verify.date_of(day), civil_date(day))
        self.assertEqual(verify.day_of(START), DAY)
        self.assertEqual(verify.day_of(START - 1), DAY - 1)
        self.assertEqual(verify.day_of(2**64 - 1), 213_503)

    def test_decimals_and_base64(self) -> None:
        for text in [b"", b"00", b"01", b"+1", b"-1", b"1_0", b" 1", b"1\n", "１".encode(), b"18446744073709551616", b"9" * 5000]:
            with self.assertRaises(verify.CheckFailed):
                verify.decimal(text)
        self.assertEqual(verify.decimal(b"18446744073709551615"), 2**64 - 1)
        for text in [b"AA", b"AB==", b"AA=", b"AA==\n", b"A A==", b"AA==AA==", b"====", b"_-8=", "é".encode()]:
            with self.assertRaises(verify.CheckFailed):
                verify.strict_base64(text)

    def test_source_keys(self) -> None:
        for good in [b"a", b"overflow", b"ip:2001:db8::1", "token:机房".encode(), b"x" * 128]:
            self.assertTrue(verify.is_source_key(good), good)
        spaces = "\u0000\t\n \u007f\u0085\u009f\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
        for bad in [b"", b"x" * 129, b"\xff", b"\xed\xa0\x80", *(("a" + c).encode() for c in spaces)]:
            self.assertFalse(verify.is_source_key(bad), bad)


class Usage(Case):
    def test_code_2(self) -> None:
        good = proof(small_log(), 1, 0)
        (self.folder / "file").write_bytes(good)
        file = str(self.folder / "file")
        key = SIGNER.vkey()
        name, key_id, material = key.split("+")
        bad_keys = ["", "x", "a+b", key[:-1], key + "=", key + "+", key.replace(key_id, key_id.upper()), "+".join(["x" + name, key_id, material])]
        bad_keys += ["@" + str(self.folder / "none"), "@" + str(self.folder), "\udcff" + key, "a b" + key, "x" * 200 + key]
        for bad in bad_keys:
            self.judged(2, good, repr(bad), key=bad)
        self.assertEqual(self.run_main(file), 2)
        self.assertEqual(self.run_main("--key", key), 2)
        self.assertEqual(self.run_main("--key", key, "--other", file), 2)
        self.assertEqual(self.run_main("--key", key, file, file), 2)
        self.assertEqual(self.run_main("--ke", key, file), 2)
        self.assertEqual(self.run_main("--key", key, "--key", key, file), 2)
        self.assertEqual(self.run_main("--help"), 0)

    def test_key_file(self) -> None:
        keys = self.folder / "key.txt"
        keys.write_text("运营者公钥\n\n" + SIGNER.vkey() + "\n", encoding="utf-8")
        self.judged(0, proof(small_log(), 1, 0), key="@" + str(keys))
        self.judged(0, proof(small_log(), 1, 0), key=" " + SIGNER.vkey() + "\n")
        self.judged(0, proof(small_log(), 1, 0), key="\u3000" + SIGNER.vkey() + "\u00a0\r\n")
        keys.write_bytes(b"\xff\n" + SIGNER.vkey().encode())
        self.judged(2, proof(small_log(), 1, 0), key="@" + str(keys))
        keys.write_text(SIGNER.vkey() + "\nend\n", encoding="utf-8")
        self.judged(2, proof(small_log(), 1, 0), key="@" + str(keys))

    def test_against_unusable(self) -> None:
        log = small_log()
        data, text = pack(log), b"x\n0\n" + b64(sha(b"")) + b"\n"
        self.judged(2, proof(log, 1, 0), "a proof", against=log.checkpoint())
        for bad in [b"", b"text\n", text, STRANGER.checkpoint([]), SIGNER.note(b"hello\n"), SIGNER.note(text + b"more\n")]:
            self.judged(2, data, bad, against=bad)
        self.judged(2, data, "witness first", against=text + b"\n" + STRANGER.line(text) + SIGNER.line(text))
        self.judged(2, data, "twice", against=text + b"\n" + SIGNER.line(text) * 2)
        self.judged(2, data, "long", against=log.checkpoint() + STRANGER.line(text) * 2000)
        self.assertEqual(self.run_main("--key", SIGNER.vkey(), "--against", str(self.folder), str(self.folder / "file")), 2)
        # The key and the older checkpoint are looked at before the file.
        self.judged(2, b"not ours", against=b"")
        self.judged(2, b"not ours", key="")

    def test_code_3(self) -> None:
        data = pack(small_log())
        for other in [b"", b"P", b"PK\3\4", data[:41], b"x" + data, data[:30] + b"Manifest.txt" + data[42:], proof(small_log(), 1, 0)[:22]]:
            self.judged(3, other, other[:50])
        with_zipfile = io.BytesIO()
        with zipfile.ZipFile(with_zipfile, "w") as archive:
            archive.writestr("hello.txt", "hello")
        self.judged(3, with_zipfile.getvalue())
        self.assertEqual(self.run_main("--key", SIGNER.vkey(), str(self.folder)), 3)
        self.assertEqual(self.run_main("--key", SIGNER.vkey(), str(self.folder / "none")), 3)
        if hasattr(os, "mkfifo"):
            os.mkfifo(self.folder / "pipe")
            self.assertEqual(self.run_main("--key", SIGNER.vkey(), str(self.folder / "pipe")), 3)
        # An older checkpoint that is good does not make another file ours.
        self.judged(3, b"not ours", against=small_log().checkpoint())


class Proofs(Case):
    def test_sound(self) -> None:
        log = rich_log()
        for index, batch in log.batches.items():
            for i in range(len(batch.lines)):
                self.judged(0, proof(log, index, i))
        self.assertIn("仅自证", self.output.getvalue())
        text = log.checkpoint()[: log.checkpoint().rfind(b"\n\n") + 1]
        self.judged(0, proof(log, 4, 0, checkpoint=log.checkpoint() + STRANGER.line(text) * 15))
        many = Log()
        lines = [Line(START + i, A, b"%d" % i) for i in range(100)]
        many.batch(Batch(b"a-b-1", lines))
        for i in range(100):
            self.judged(0, proof(many, 1, i))

    def test_every_byte(self) -> None:
        good = proof(small_log(), 1, 1)
        self.judged(0, good)
        rng = random.Random(1)
        for i in range(len(good)):
            for flip in (1, 0x20, rng.randrange(1, 256)):
                bad = good[:i] + bytes([good[i] ^ flip]) + good[i + 1 :]
                self.judged(3 if i < 23 else 1, bad, (i, flip))
            self.judged(3 if i < 23 else 1, good[:i], i)
            self.judged(3 if i < 23 else 1, good[:i] + good[i + 1 :], i)
        for tail in (b"\n", b"\0", b"x", good):
            self.judged(1, good + tail)
        self.judged(1, good.replace(b"\n", b"\r\n").replace(b"\r\n", b"\n", 1))

    def test_form(self) -> None:
        log = small_log()
        good = proof(log, 1, 0)
        head, extra, index, *rest = good.split(b"\n")
        join = b"\n".join
        self.refused("second line is not extra", join([head, index, *rest]))
        self.refused("third line is not index", join([head, extra, extra, *rest]))
        self.refused("lines are missing", head + b"\n\n" + log.checkpoint())
        self.refused("lines are missing", join([head, extra]) + b"\n\n" + log.checkpoint())
        for number in (b"01", b"+1", b"1 ", b"18446744073709551616", b""):
            self.refused("not a strict decimal" if len(number) < 5 else "over 64 bits", join([head, extra, b"index " + number, *rest]))
        self.refused("path is over 64 lines", join([head, extra, index, *[b64(b"x" * 32)] * 65]) + b"\n\n" + log.checkpoint())
        self.refused("path has the wrong length", join([head, extra, index, *[b64(b"x" * 32)] * 64]) + b"\n\n" + log.checkpoint())
        self.refused("not of 32 bytes", join([head, extra, index, b64(b"x" * 31), *rest]))
        self.refused("index is not in the log", proof(log, 1, 0, says=3))
        self.refused("too short", join([head, b"extra ", index, *rest]))
        self.refused("checkpoint is missing", join([head, extra, index]))
        with mock.patch.object(verify, "MAX_PROOF", len(good)):
            self.judged(0, good)
        with mock.patch.object(verify, "MAX_PROOF", len(good) - 1):
            self.refused("over 8 MiB", good)

    def test_lines_that_do_not_fit(self) -> None:
        def one(line: Line, **other: int) -> bytes:
            log = Log()
            log.batch(Batch(b"network", [line, line._replace(seq=line.seq + 2)]), at=2**64 - 1, **other)
            return proof(log, 1, 0)

        self.judged(0, one(Line(START)))
        self.judged(0, one(Line(START, raw=b"", piece=2**32 - 1, origin=5)))
        self.refused("origin is unknown", one(Line(START, origin=0)))
        self.refused("origin is unknown", one(Line(START, origin=6)))
        self.refused("source is malformed", one(Line(START, source=b"a b")))
        self.refused("source is malformed", one(Line(START, source=b"")))
        self.refused("source is malformed", one(Line(START, source="a\u3000".encode())))
        self.refused("not in the batch's range", one(Line(START), first=START + 1))
        self.refused("day is not the batch's", one(Line(START), day=DAY + 1))
        self.refused("out of range", one(Line(START), count=0))
        self.refused("out of range", one(Line(START), count=4097))
        self.refused("wrong length", one(Line(START), count=3))
        self.refused("reversed", one(Line(START), last=START - 1))
        self.refused("a day is out of range", one(Line(START), day=213_504))
        # Days of the end of time: the sum that overflows counts as the last.
        self.judged(0, one(Line(2**64 - 3), day=213_503))

    def test_signatures(self) -> None:
        log = small_log()
        text = log.checkpoint()[: log.checkpoint().rfind(b"\n\n") + 1]
        ours, other = SIGNER.line(text), STRANGER.line(text)

        def with_note(note: bytes) -> bytes:
            return proof(log, 1, 0, checkpoint=note)

        self.judged(0, with_note(text + b"\n" + ours + other))
        same_name = "— ".encode() + SIGNER.name + b" " + b64(b"\0\0\0\0" + b"x" * 64) + b"\n"
        same_id = "— other ".encode() + b64(SIGNER.id + b"x" * 64) + b"\n"
        self.judged(0, with_note(text + b"\n" + ours + same_name + same_id + other))
        self.judged(0, with_note(text + b"\n" + ours + "— w ".encode() + b64(b"12345") + b"\n"))
        self.refused("too short", with_note(text + b"\n" + ours + "— w ".encode() + b64(b"1234") + b"\n"))
        self.refused("first signature is not", with_note(text + b"\n" + other + ours))
        self.refused("more than one", with_note(text + b"\n" + ours + ours))
        self.refused("more than one", with_note(text + b"\n" + ours + other + ours))
        self.refused("1 to 16", with_note(text + b"\n" + ours + other * 16))
        self.refused("1 to 16", with_note(text + b"\n"))
        for line in (b"hello\n", b"- a AAAA\n", "— a+b AAAAAAA=\n".encode(), "—  AAAAAAA=\n".encode(), "— a  AAAAAAA=\n".encode()):
            self.judged(1, with_note(text + b"\n" + ours + line), line)
        self.refused("control", with_note(text.replace(b"/", b"\t") + b"\n" + ours))
        self.refused("UTF-8", with_note(text.replace(b"/", b"\xff") + b"\n" + ours))
        # S + L is the same signature in a laxer verifier.
        order = 2**252 + 27742317777372353535851937790883648493
        signature = SIGNER.private.sign(text)
        lax = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
        self.refused("not valid", with_note(text + "\n— ".encode() + SIGNER.name + b" " + b64(SIGNER.id + lax) + b"\n"))
        long = "— ".encode() + SIGNER.name + b" " + b64(SIGNER.id + signature + b"x") + b"\n"
        self.refused("64 bytes", with_note(text + b"\n" + long))
        self.judged(1, with_note(log.checkpoint()), key=STRANGER.vkey())

        self.refused("not of three lines", with_note(SIGNER.note(text + b"extension\n")))
        self.refused("not of three lines", with_note(SIGNER.note(b"\n" + text.split(b"\n", 1)[1])))
        self.refused("origin is not", with_note(SIGNER.checkpoint(log.hashes(), b"other")))
        self.refused("decimal", with_note(SIGNER.note(text.replace(b"\n3\n", b"\n03\n"))))
        self.refused("batch does not lead", with_note(SIGNER.checkpoint(log.hashes()[:2] + [b"x" * 32])))

    def test_other_envelopes(self) -> None:
        log = small_log()
        self.refused("not a batch", proof(log, 1, 0, envelope=log.envelopes[0]))
        self.refused("follow the end", proof(log, 1, 0, envelope=log.envelopes[1] + b"\0"))
        self.refused("over 256", proof(log, 1, 0, envelope=log.envelopes[1] + bytes(256)))
        self.refused("too short", proof(log, 1, 0, envelope=log.envelopes[1][:-1]))


class Packs(Case):
    def test_sound(self) -> None:
        log = rich_log()
        data = pack(log)
        self.judged(0, data)
        self.assertIn("仅自证", self.output.getvalue())
        with zipfile.ZipFile(io.BytesIO(data)) as archive:  # an ordinary program reads it too
            self.assertIsNone(archive.testzip())
            text = archive.read("text/ip%3A192.0.2.1/2026-11-21.log")
        self.assertEqual(text, b"<1>a\n<2>b\nfirst c\nsecond\n")
        self.judged(0, pack(log, since=0, until=FOREVER))
        self.judged(0, pack(log, since=START, until=START))
        self.judged(0, pack(Log()))
        self.judged(0, pack(small_log()))
        self.judged(0, pack(log, edit=lambda m: m.update({b"README.txt": b""})))

    def test_empty_log(self) -> None:
        log = Log()
        log.envelopes.clear()
        self.judged(0, pack(log))
        self.judged(0, pack(log), against=log.checkpoint())

        def first_of_nothing(members: Dict[bytes, bytes]) -> None:
            members[b"log/entries"] = b"ALNE\1" + struct.pack(">Q", 1)

        self.refused("first entry is not in the log", pack(log, edit=first_of_nothing))

    def test_many_leaves(self) -> None:
        log = Log()
        for i in range(600):
            log.add(6, START + i, struct.pack(">Q", i + 1) + b"\6" * 32)
        self.judged(0, pack(log), against=log.checkpoint(256))
        for size in (0, 1, 255, 257, 511, 512, 513, 600, 601):
            self.judged(0, pack(log), size, against=log.checkpoint(size))
        self.judged(0, pack(log, since=START + 500, first=500))
        self.refused("not before the period", pack(log, since=START + 499, first=500))
        self.refused("not in the log", pack(log, first=601))

        def drop(name: bytes) -> Edit:
            return lambda members: members.pop(name) and None

        self.refused("missing: log/tile/0/001", pack(log, edit=drop(b"log/tile/0/001")))
        self.refused("no place here: log/tile/0/003", pack(log, edit=lambda m: m.update({b"log/tile/0/003": b""})))
        self.refused("no place here: log/tile/1/000", pack(log, edit=lambda m: m.update({b"log/tile/1/000.p/2": b""})))
        self.refused("no place here: log/tile/0/002.p/88", pack(log, edit=lambda m: m.update({b"log/tile/0/002.p/88": b""})))

        def cut(members: Dict[bytes, bytes]) -> None:
            members[b"log/tile/0/001"] = members[b"log/tile/0/001"][:-1]

        self.refused("tile is of the wrong length", pack(log, edit=cut))
        self.assertEqual(verify.tile_name(1_234_067, 256), b"log/tile/0/x001/x234/067")
        for n in (0, 9, 999, 1000, 999_999, 1_000_000, 2**56 - 1):
            self.assertEqual(verify.tile_name(n, 7), tile_name(n, 7))

    def test_every_byte(self) -> None:
        good = pack(small_log())
        self.judged(0, good)
        rng = random.Random(2)
        for i in range(len(good)):
            bad = good[:i] + bytes([good[i] ^ rng.randrange(1, 256)]) + good[i + 1 :]
            self.judged(3 if i < 4 or 30 <= i < 42 else 1, bad, i)
        for i in list(range(0, len(good), 7)) + list(range(len(good) - 120, len(good))):
            self.judged(3 if i < 42 else 1, good[:i], i)
            self.judged(3 if i < 42 else 1, good[:i] + b"x" + good[i:], i)
        for tail in (b"\0", b"PK\3\4", b"PK\5\6", good):
            self.judged(1, good + tail)

    def test_zip_form(self) -> None:
        log = small_log()
        for large, many in [(0xFFFFFFFF, 0xFFFF), (300, 0xFFFF), (0xFFFFFFFF, 3), (300, 3), (1, 1), (60, 50), (5000, 0xFFFF)]:
            with mock.patch.object(verify, "ZIP64_SIZE", large), mock.patch.object(verify, "ZIP64_COUNT", many):
                data = pack(log, zipper=lambda members: write_zip(members, large, many))
                self.judged(0, data, (large, many))
                if large in (60, 300) or many == 3:
                    self.judged(1, pack(log), (large, many))
            if large in (60, 300) or many == 3:
                self.judged(1, data, (large, many))

        def stdlib(members: Sequence[Tuple[bytes, bytes]]) -> bytes:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                for name, content in members:
                    archive.writestr(name.decode(), content)
            return out.getvalue()

        self.refused("local header is not canonical", pack(log, zipper=stdlib))
        self.refused("out of order", pack(log, zipper=lambda m: write_zip([m[0], m[2], m[1], *m[3:]])))
        self.refused("out of order", pack(log, zipper=lambda m: write_zip([*m[:3], m[2], *m[3:]])))
        self.refused("one name", pack(log, edit=lambda m: m.update({b"manifest.txt": b"x"})))
        self.refused("central directory", write_zip([(b"manifest.txt", b"x")])[:-22])
        data = write_zip([(b"manifest.txt", b"x" * 50)])
        self.refused("cut short", data[:60])
        huge = bytearray(data)
        huge[18:26] = b"\xfe\xff\xff\xff" * 2
        self.refused("cut short", bytes(huge))
        self.refused("name is of the wrong length", pack(log, edit=lambda m: m.update({b"z" * 513: b""})))
        self.refused("no place here", pack(log, edit=lambda m: m.update({b"z" * 512: b""})))
        self.refused("not UTF-8", pack(log, edit=lambda m: m.update({b"z\xff": b""})))
        self.refused("no place here", pack(log, edit=lambda m: m.update({b"lines/": b""})))
        with mock.patch.object(verify, "MAX_MEMBERS", 7):
            self.refused("too many members", pack(log))
        count = len(members_of(log, START, END)) + 1
        with mock.patch.object(verify, "MAX_MEMBERS", count):
            self.judged(0, pack(log))

    def test_huge_lengths(self) -> None:
        """A small file that names great lengths answers at once."""
        log = small_log()
        sized = struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0x800, 0, 0, 33, 0, 2**32 - 1, 2**32 - 1, 12, 20)
        self.refused("cut short", sized + b"manifest.txt" + struct.pack("<HHQQ", 1, 16, 2**63, 2**63) + b"x")

        def great_count(members: Dict[bytes, bytes]) -> None:
            name = next(n for n in members if n.startswith(b"lines/"))
            at = members[name].index(Line(START + 5, A, b"<13>one").raw)
            members[name] = members[name][: at - 4] + b"\xff" * 4 + members[name][at:]

        self.refused("too short", pack(log, edit=great_count))
        text = SIGNER.name + b"\n18446744073709551615\n" + b64(sha(b"")) + b"\n"
        self.refused("tiles are missing", pack(log, edit=lambda m: m.update({b"checkpoint": SIGNER.note(text)})))

    def test_manifest(self) -> None:
        log = rich_log()

        def changed(old: bytes, new: bytes) -> bytes:
            def edit(text: bytes) -> bytes:
                assert old in text
                return text.replace(old, new, 1)

            return pack(log, manifest=edit)

        self.refused("wrong line", changed(b"anlan-pack/1", b"anlan-pack/2"))
        self.refused("version is unknown", changed(b"anlan-pack/1", b"anlan-pack/1 "))
        self.refused("origin is not the key's", changed(b"origin anlan", b"origin Anlan"))
        self.refused("decimal", changed(b"since ", b"since 0"))
        self.refused("reversed", changed(b"until 1", b"until "))
        self.refused("size is not the checkpoint's", changed(b"\nsize 1", b"\nsize 2"))
        for scope in (b"sources", b"sources ", b"All", b"all ", b"sources b a", b"sources a a", b"sources a  b", b"sources a\xc2\xa0b"):
            self.refused("scope", changed(b"scope all", b"scope " + scope))
        self.refused("not those of the ZIP", changed(b" README.txt", b" readme.txt"))
        self.refused("not those of the ZIP", changed(b" README.txt", b"  README.txt"))
        self.refused("malformed", changed(b"file ", b"file A"))
        self.refused("wrong line", changed(b"file ", b"File "))
        self.refused("lines too many", pack(log, manifest=lambda t: t + b"\n"))
        self.refused("lines too many", pack(log, manifest=lambda t: t + b"file x\n"))
        self.refused("too few lines", pack(log, manifest=lambda t: t[: t.rindex(b"file ")]))
        self.refused("SHA-256 is wrong", pack(log, manifest=flip_digest))
        self.refused("first signature", pack(log, note=STRANGER.note))
        self.refused("not valid", pack(log, note=lambda t: t + b"\n" + SIGNER.line(t + b"x")))
        self.judged(0, pack(log, note=lambda t: SIGNER.note(t) + STRANGER.line(t)))
        self.judged(1, pack(log), key=STRANGER.vkey())
        for name in ("MAX_MANIFEST", "MAX_README", "MAX_CHECKPOINT", "MAX_LINES", "MAX_DETAIL"):
            with mock.patch.object(verify, name, 10):
                self.refused("too large", pack(log))

    def test_members(self) -> None:
        log = rich_log()
        for name in members_of(log, START, END):
            self.refused("missing", pack(log, START, END, edit=lambda m: m.pop(name) and None))
        for name in (b"readme", b"log/x", b"lines/x", b"text/x", b"lines/%020d.lines" % 999, b"log/detail/" + b"0" * 64):
            self.refused("no place here", pack(log, edit=lambda m: m.update({name: b""})))
        self.refused("no place here", pack(log, edit=lambda m: m.update({text_name(b"ip:9.9.9.9", DAY): b""})))
        self.refused("不是 UTF-8：README.txt", pack(log, edit=lambda m: m.update({b"README.txt": b"\xff"})))

        def longer(members: Dict[bytes, bytes]) -> None:
            members[text_name(A, DAY)] += b"\n"

        self.refused("text is not what follows", pack(log, edit=longer))
        for name in (b"log/entries", b"lines/%020d.lines" % 4):
            self.refused("bytes follow the end", pack(log, edit=lambda m: m.update({name: m[name] + b"\0"})))
            self.refused("too short", pack(log, edit=lambda m: m.update({name: m[name][:-1]})))
            self.refused("magic", pack(log, edit=lambda m: m.update({name: b"X" + m[name][1:]})))
            self.refused("magic", pack(log, edit=lambda m: m.update({name: m[name][:4] + b"\2" + m[name][5:]})))

        def swap(members: Dict[bytes, bytes]) -> None:
            a, b = b"lines/%020d.lines" % 4, b"lines/%020d.lines" % 5
            members[a], members[b] = members[b], members[a]

        self.refused("leaf index is wrong", pack(log, edit=swap))
        self.judged(1, pack(log, edit=lambda m: m.update({b"checkpoint": log.checkpoint(5)})))
        self.judged(1, pack(log, edit=lambda m: m.update({b"checkpoint": STRANGER.checkpoint(log.hashes())})))

    def test_entries(self) -> None:
        def spoilt(change: Callable[[Log], object]) -> bytes:
            log = rich_log()
            change(log)
            return pack(log)

        def after(kind: int, body: bytes, at: int = END + 2 * DAY_NS) -> bytes:
            return spoilt(lambda log: log.add(kind, at, body))

        number = struct.Struct(">Q").pack
        self.judged(0, after(6, number(3) + bytes(32)))
        self.refused("ledger numbers", after(6, number(2) + bytes(32)))
        self.judged(1, spoilt(lambda log: log.envelopes.insert(1, envelope(6, START - 10 * DAY_NS, number(0) + bytes(32)))))
        self.refused("time falls", after(8, bytes(40), at=START))
        self.refused("type is unknown", after(9, b""))
        self.refused("type is unknown", after(0, b""))
        self.refused("follow the end", after(8, bytes(41)))
        self.refused("over 256", after(8, bytes(300)))
        self.refused("too short", after(8, bytes(39)))
        self.judged(0, after(7, bytes(32) + str8(b"x")))
        self.refused("not a key name", after(7, bytes(32) + str8(b"")))
        self.refused("not a key name", after(7, bytes(32) + str8(b"a+b")))
        self.refused("not a key name", after(7, bytes(32) + str8(b"x" * 129)))
        self.judged(0, after(7, bytes(32) + str8(b"x" * 128)))
        self.refused("reason", after(4, b"\0" + str8(b"") + bytes(24)))
        self.refused("reason", after(4, b"\6" + str8(b"") + bytes(24)))
        self.refused("loss's source", after(4, b"\1" + str8(b" ") + bytes(24)))
        self.refused("class is malformed", after(3, str8(b"Network") + bytes(44)))
        self.refused("class is malformed", after(3, str8(b"") + bytes(44)))
        self.refused("class is malformed", after(3, str8(b"a" * 33) + bytes(44)))
        self.refused("class is malformed", after(3, str8(b"a\n") + bytes(44)))
        self.refused("day is out of range", after(3, str8(b"a") + struct.pack(">I", 213_504) + bytes(40)))
        self.refused("seal's range", after(2, str8(b"a") + struct.pack(">IQQ", 1, 2, 1) + bytes(48)))
        self.refused("hole", after(5, struct.pack(">I", DAY + 1) + bytes(48)))
        self.refused("hole", after(5, struct.pack(">I", DAY + 3) + bytes(48)))
        self.refused("magic", spoilt(lambda log: log.envelopes.append(b"\xa0" + log.envelopes[-1][1:])))
        self.refused("magic", spoilt(lambda log: log.envelopes.append(b"\xa1\2" + log.envelopes[-1][2:])))
        other = Signer(3)
        self.refused("leaf 0 is not this key", spoilt(lambda log: log.envelopes.__setitem__(0, envelope(7, 0, other.public + str8(SIGNER.name)))))
        self.refused("leaf 0 is not this key", spoilt(lambda log: log.envelopes.__setitem__(0, envelope(7, 0, SIGNER.public + str8(b"x")))))
        self.refused("leaf 0 is not this key", spoilt(lambda log: log.envelopes.__setitem__(0, envelope(8, 0, bytes(40)))))

        def late(*seqs: int, name: bytes = b"network", **fields: int) -> bytes:
            lines = [Line(END + DAY_NS + seq, A, b"late") for seq in seqs]
            return spoilt(lambda log: log.batch(Batch(name, lines), at=END + 2 * DAY_NS, **fields))

        base = END + DAY_NS
        self.judged(0, late(5, 6))
        self.refused("batch's day", late(5, 6, day=DAY))
        self.refused("range does not fit", late(5, 6, last=base + 5))
        self.refused("range does not fit", late(5, last=base + 6))
        self.refused("range does not fit", late(5, 6, 7, first=base + 6))
        self.refused("overlap", spoilt(lambda log: log.batch(Batch(b"network", [Line(END + 30, A), Line(END + 35, A)]), at=END + 2 * DAY_NS)))
        self.refused("overlap", spoilt(lambda log: log.batch(Batch(b"network", [Line(START, A)]), at=END + 2 * DAY_NS)))

        def classes(count: int) -> bytes:
            log = Log()
            for i in range(count):
                log.batch(Batch(b"c%d" % i, [Line(START + i, A)]))
            return pack(log)

        self.judged(0, classes(64))
        self.refused("too many classes", classes(65))

        def swap(members: Dict[bytes, bytes]) -> None:
            members[b"log/entries"] = members[b"log/entries"].replace(number(2) + b"\6" * 32, number(2) + b"\7" * 32)

        self.refused("not the one in the tiles", pack(rich_log(), edit=swap))

    def test_lines(self) -> None:
        def only(lines: List[Line], **fields: int) -> bytes:
            log = Log()
            log.batch(Batch(b"a", lines), at=END, **fields)
            return pack(log)

        a, b, c = (Line(START + i, A, b"%d" % i) for i in (1, 2, 5))
        self.judged(0, only([a, b, c]))
        self.refused("do not rise", only([a, c, b, c]))
        self.refused("do not rise", only([a, b, b, c]))
        self.refused("not the batch's first", only([b, c], first=START + 1))
        self.refused("not the batch's last", only([a, b], last=START + 3))
        self.refused("not in its batch's range", only([a, b, c], first=START + 2))
        self.refused("origin is unknown", only([a._replace(origin=9)]))
        self.refused("source is malformed", only([a._replace(source=b"x\x7f")]))
        self.judged(0, only([a._replace(piece=2**32 - 1, raw=b"\0" * 70_000), b._replace(piece=7)]))

        log = Log()
        log.batch(Batch(b"a", [a, b]), at=END)
        log.batch(Batch(b"b", [b, c]), at=END)
        self.refused("shown twice", pack(log))
        self.judged(0, pack(log, since=START + 3))

        def other_salt(members: Dict[bytes, bytes]) -> None:
            name = b"lines/%020d.lines" % 1
            members[name] = members[name][:18] + b"\0" * 16 + members[name][34:]

        self.refused("do not lead to the batch's root", pack(log, since=START, until=START + 2, edit=other_salt))

        def item_kind(members: Dict[bytes, bytes]) -> None:
            name = b"lines/%020d.lines" % 1
            members[name] = members[name][:17] + b"\2" + members[name][18:]

        self.refused("kind is unknown", pack(log, since=START, until=START + 2, edit=item_kind))

    def test_borders(self) -> None:
        log = rich_log()
        for since in range(START, START + 80, 5):
            for until in range(since, START + 85, 5):
                self.judged(0, pack(log, since, until), (since, until))
        self.judged(0, pack(log, START + 11, START + 30))  # of the first batch no line lies in the period
        log = Log()
        log.batch(Batch(b"a", [Line(START + i, A, b"%d" % i) for i in (10, 20, 30, 40)]))
        for since, until, hide, good in [
            (0, 100, (), True),
            (0, 100, (10,), False),
            (0, 100, (40,), False),
            (0, 100, (20,), False),
            (0, 100, (10, 20, 30, 40), False),
            (15, 100, (), True),
            (15, 100, (20,), True),  # hidden at the front, and the batch begins before the period
            (15, 100, (40,), False),
            (15, 100, (20, 30, 40), False),
            (15, 100, (30,), False),
            (0, 35, (), True),
            (0, 35, (30,), True),
            (0, 35, (20,), False),
            (0, 35, (10, 20, 30), False),
            (21, 29, (), True),
            (15, 35, (20, 30), True),
            (15, 35, (20,), True),
        ]:
            data = pack(log, START + since, START + until, hide=[START + h for h in hide])
            self.judged(0 if good else 1, data, (since, until, hide))
            if not good:
                self.assertIn("hidden", self.output.getvalue())
        self.refused("not in the period", pack(log, START + 20, START + 40, force=[START + 40]))
        self.refused("not in the period", pack(log, START + 20, START + 40, force=[START + 10]))

    def test_first(self) -> None:
        log = rich_log()
        first = 7  # the entry of number 1, at START + 90
        self.judged(0, pack(log, since=START + 91, first=first))
        self.refused("not before the period", pack(log, since=START + 90, first=first))
        self.refused("not in the log", pack(log, since=START + 91, first=len(log.envelopes)))

        def far(members: Dict[bytes, bytes]) -> None:
            members[b"log/entries"] = members[b"log/entries"][:5] + b"\xff" * 8

        self.refused("not in the log", pack(log, edit=far))

    def test_scope(self) -> None:
        log = rich_log()
        for sources in ([A], [B], [C], sorted([A, B]), sorted([A, B, C]), [b"ip:unknown"]):
            self.judged(0, pack(log, sources=sources), sources)
            self.judged(0, pack(log, START + 15, END + 25, sources=sources), sources)
        # With a scope of sources, any line may be hidden.
        self.judged(0, pack(log, sources=[A], hide=[START + 20]))
        self.refused("not in the scope", pack(log, sources=[A], force=[START + 30]))
        self.refused("scope", pack(log, sources=[A, A]))
        self.refused("scope", pack(log, sources=sorted([A, B, C])[::-1]))

    def test_days(self) -> None:
        self.judged(0, pack(rich_log(), START, END))
        line = Line(START + 5, A, b"12345")

        def with_rows(rows: bytes, sums: Tuple[int, int] = (1, 5), **period: int) -> bytes:
            log = Log()
            log.batch(Batch(b"a", [line]))
            log.day(DAY, rows, sums)
            return pack(log, **period)

        seq = line.seq
        good = b"a\t%s\t1\t5\t%d\t%d\n" % (A, seq, seq)
        self.judged(0, with_rows(good))
        wrong = "not those of the day's detail"
        # A row that is well formed but false: seen only where the whole day lies in the period.
        for rows, sums in [
            (b"", (0, 0)),
            (good + b"b\tx\t1\t1\t1\t1\n", (2, 6)),
            (b"b\t%s\t1\t5\t%d\t%d\n" % (A, seq, seq), (1, 5)),
            (b"a\t%s\t1\t4\t%d\t%d\n" % (A, seq, seq), (1, 4)),
            (b"a\t%s\t2\t5\t%d\t%d\n" % (A, seq, seq), (2, 5)),
            (b"a\t%s\t1\t5\t%d\t%d\n" % (A, seq - 1, seq), (1, 5)),
            (b"a\tip:192.0.2.2\t1\t5\t%d\t%d\n" % (seq, seq), (1, 5)),
        ]:
            self.refused(wrong, with_rows(rows, sums))
            self.refused(wrong, with_rows(rows, sums, since=START, until=END))
            self.judged(0, with_rows(rows, sums, since=START + 1))
            self.judged(0, with_rows(rows, sums, until=END - 1))
            self.judged(0, with_rows(rows, sums, sources=[A]))
        # A row that is not well formed: seen wherever the detail is.
        for rows, sums in [
            (good[:-1], (1, 5)),
            (good + b"\n", (1, 5)),
            (good.replace(b"\t1\t", b"\t01\t"), (1, 5)),
            (good.replace(b"\t1\t", b"\t0\t"), (0, 5)),
            (good.replace(b"a\t", b"A\t"), (1, 5)),
            (good.replace(A, b"x y"), (1, 5)),
            (good.replace(b"\n", b"\t\n"), (1, 5)),
            (good.replace(b"\n", b"\r\n"), (1, 5)),
            (good + good, (2, 10)),
            (b"b" + good[1:] + good, (2, 10)),
            (b"a\t%s\t1\t5\t2\t1\n" % A, (1, 5)),
            (good, (1, 6)),
            (good, (2, 5)),
            (b"a\t%s\t1\t%d\t1\t1\na\t%s\t1\t6\t1\t1\n" % (A, 2**64 - 1, B), (2, 5)),
        ]:
            self.judged(1, with_rows(rows, sums, since=START + 1), rows)
            self.assertIn("✗ 日结明细", self.output.getvalue())
        # A day without lines has an empty detail.
        log = Log()
        log.day(DAY)
        self.judged(0, pack(log))
        log = Log()
        log.day(DAY, b"a\tx\t1\t1\t1\t1\n", (1, 1))
        self.refused(wrong, pack(log))
        # Only the days that touch the period have a detail in the pack.
        log = rich_log()
        extra = log.details[3][1]
        name = b"log/detail/" + sha(extra).hex().encode()
        self.refused("no place here", pack(log, START, END, edit=lambda m: m.update({name: extra})))
        self.judged(0, pack(log, START - 1, END))

    def test_against(self) -> None:
        log, other = rich_log(), rich_log()
        data = pack(log)
        for size in range(len(log.envelopes) + 1):
            self.judged(0, data, size, against=log.checkpoint(size))
            self.assertIn("已外部存证", self.output.getvalue())
        rewritten = SIGNER.checkpoint([b"x" * 32] + log.hashes()[1:4])
        self.refused("rewritten", data, against=rewritten)
        self.refused("rewritten", data, against=SIGNER.note(SIGNER.name + b"\n0\n" + b64(bytes(32)) + b"\n"))
        other.add(8, END + 3 * DAY_NS, bytes(40))
        self.refused("is larger", data, against=other.checkpoint())
        self.refused("another log", data, against=SIGNER.checkpoint(log.hashes()[:3], b"elsewhere"))
        with_witness = log.checkpoint(3)
        self.judged(0, data, against=with_witness + STRANGER.line(b""))
        self.assertEqual(self.code(data[:-1], against=log.checkpoint(3)), 1)
        self.assertNotIn("已外部存证", self.output.getvalue())

    def test_random_damage(self) -> None:
        good = pack(rich_log())
        rng = random.Random(3)
        for _ in range(400):
            bad = bytearray(good)
            at, length = rng.randrange(42, len(good)), rng.randrange(1, 64)
            kind = rng.randrange(4)
            if kind == 0:
                bad[at : at + length] = rng.randbytes(length)
            elif kind == 1:
                del bad[at : at + length]
            elif kind == 2:
                bad[at:at] = rng.randbytes(length)
            else:
                source = rng.randrange(len(good) - length)
                bad[at : at + length] = good[source : source + length]
            if bytes(bad) != good:
                self.judged(1, bytes(bad), (kind, at, length))

    def test_random_members_signed(self) -> None:
        """Damage inside a member, in a pack that is then signed: no digest helps, and yet nothing raises and nothing passes."""
        log, rng = rich_log(), random.Random(4)
        names = [name for name in members_of(log, START + 5, END + 25) if name != b"README.txt"]
        for round_ in range(400):
            name = rng.choice(names)

            def edit(members: Dict[bytes, bytes]) -> None:
                content = bytearray(members[name])
                at = rng.randrange(len(content))
                if round_ % 3 == 0:
                    del content[at : at + rng.randrange(1, 9)]
                elif round_ % 3 == 1:
                    content[at:at] = rng.randbytes(rng.randrange(1, 9))
                else:
                    content[at] ^= rng.randrange(1, 256)
                members[name] = bytes(content)

            self.judged(1, pack(log, START + 5, END + 25, edit=edit), (round_, name))

    def test_unexpected_errors(self) -> None:
        for name in ("check_digests", "check_tiles", "check_entries", "check_lines", "check_details", "read_zip", "check_pack"):
            with mock.patch.object(verify, name, side_effect=MemoryError("boom")):
                self.judged(1, pack(small_log()), name)

    def test_output_is_harmless(self) -> None:
        log = Log()
        log.batch(Batch(b"a", [Line(START, A, b"\x1b[2J\x07\xff\xe2\x80\xae")]))
        self.judged(0, proof(log, 1, 0))
        self.assertIn(r"\x1b[2J\x07\xff\u202e", self.output.getvalue())


def flip_digest(text: bytes) -> bytes:
    at = text.index(b"\nfile ") + 6
    return text[:at] + (b"0" if text[at : at + 1] != b"0" else b"1") + text[at + 1 :]


class Vectors(Case):
    """The vectors of the specification, as far as they speak of what is verified here."""

    def load(self, name: str) -> object:
        file = VECTORS / "tlog" / name
        if not file.exists():
            self.skipTest("no vectors beside this copy")
        return json.loads(file.read_text(encoding="utf-8"))

    def test_keys_and_proof(self) -> None:
        keys = self.load("keys.json")
        data = (VECTORS / "tlog" / "line.tlog-proof").read_bytes()
        self.judged(0, data, key=keys["vkey"])
        text, signatures = verify.split_note(keys["note"].encode())
        self.assertEqual(text, keys["text"].encode())
        verify.check_signature(text, signatures, verify.read_key(keys["vkey"]))

    def test_trees(self) -> None:
        """The leaves are those of the numbers from 0, as u64."""
        trees = self.load("trees.json")
        leaves = [sha(b"\0" + struct.pack(">Q", i)) for i in range(300)]
        roots = {item["size"]: item["root"] for item in trees["roots"]}
        for size, root in roots.items():
            stack: list = []
            for leaf in leaves[:size]:
                verify.grow(stack, leaf)
            self.assertEqual(verify.root_of(stack).hex(), root)
        for item in trees["inclusion"]:
            way = [bytes.fromhex(sibling) for sibling in item["path"]]
            index, size = item["index"], item["size"]
            self.assertEqual(verify.root_by_path(leaves[index], index, size, way).hex(), tree(leaves[:size]).hex())
            for wrong in (way[:-1], way + [bytes(32)]):
                if len(wrong) != len(way):
                    with self.assertRaises(verify.CheckFailed):
                        verify.root_by_path(leaves[index], index, size, wrong)

    def test_envelopes_and_lines(self) -> None:
        for item in self.load("envelopes.json"):
            data = bytes.fromhex(item["envelope"])
            parsed = verify.parse_envelope(data)
            self.assertEqual(verify.leaf_hash(data).hex(), item["leaf"])
            self.assertEqual((parsed.kind, parsed.at), (item["fields"]["type"], int(item["fields"]["at"])))
            for cut in range(len(data)):
                with self.assertRaises(verify.CheckFailed):
                    verify.parse_envelope(data[:cut])
            with self.assertRaises(verify.CheckFailed):
                verify.parse_envelope(data + b"\0")

    def test_tiles(self) -> None:
        for item in self.load("tiles.json")["paths"]:
            if item["level"] == 0:
                self.assertEqual(verify.tile_name(int(item["n"]), item["width"]), b"log/" + item["path"].encode())


if __name__ == "__main__":
    unittest.main()
