#!/usr/bin/env python3
"""独立校验器 / Independent verifier of Anlan's proofs (.tlog-proof) and evidence packs (ZIP).

    python3 verify.py --key VKEY [--against OLDER] FILE

VKEY is the operator's public key as a C2SP vkey, or @FILE whose last line is one. OLDER is an older signed checkpoint that the
reader kept. Needs Python 3.9 or later and the package `cryptography` (for Ed25519 alone).

Exit codes: 0 sound; 1 ours, but something in it does not check; 2 usage; 3 cannot be opened, or none of our formats.

Where the rules come from. Everything here follows from spec/pack.md, spec/tlog.md and spec/README.md, from C2SP signed-note,
tlog-checkpoint, tlog-tiles and tlog-proof, and from RFC 6962. Ids such as PACK-6 name the rule in the specification. It shares no
code with the program that makes the files.

What always holds.
- A file is read by ranges. No length found in the file is used before it is compared with what is left of the file or of its
  part, so a small file never makes this program take much memory, and a big one is never held whole.
- A check that fails is written down and the next one goes on; a check that cannot run, for want of one before it, counts as
  failed. A file is sound only when every check ran and passed.
- Text from the file is escaped before it is shown.

How the file is ordered: output; bytes and numbers; keys and signed notes; the Merkle tree; envelopes; the proof of a line; the ZIP;
the parts of a pack in the order they are checked; the command line.
"""

from __future__ import annotations

import argparse
import base64
import codecs
import datetime
import hashlib
import heapq
import io
import os
import re
import stat
import sys
import zlib
from typing import Any, BinaryIO, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Set, Tuple

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # said clearly by main()
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

SOUND, NOT_SOUND, USAGE, NOT_OURS = 0, 1, 2, 3

KIB, MIB = 1024, 1024 * 1024
CHUNK = 64 * KIB
MAX_PROOF = 8 * MIB
MAX_MEMBERS = 1_000_000
MAX_NAME = 512
MAX_MANIFEST = 256 * MIB
MAX_README = 1 * MIB  # 说明.txt and verify.html too
MAX_PAPER = 16 * MIB  # 检查佐证材料.html, verdicts.json
MAX_TABLE = 64 * MIB  # 目录.xlsx, a member of papers/
MAX_SUMS = 256 * MIB
MAX_CHOSEN = 1_000  # members of proofs/, and of papers/
MAX_CHOICE = 512  # bytes of a purpose, of a visit
MAX_RAW = 16 * MIB  # what a masked copy may say of its line
MAX_CHECKPOINT = 64 * KIB
MAX_LINES = 16 * MIB
MAX_DETAIL = 64 * MIB
MAX_CLASSES = 64
MAX_AGAINST = 65_536
MAX_KEY_FILE = 1 * MIB
MAX_ENVELOPE = 256  # TLOG-4
MAX_BATCH = 4096  # TLOG-2
MAX_U64 = 2**64 - 1
LAST_DAY = 213_503
DAY = 86_400 * 10**9
BEIJING = 8 * 3600 * 10**9
TILE_WIDTH = 256

# The sizes and counts from which a ZIP uses its 64-bit fields (PACK-5).
ZIP64_SIZE = 0xFFFFFFFF
ZIP64_COUNT = 0xFFFF


class CheckFailed(Exception):
    """A check does not pass; the text says why, in Chinese and English."""


class UsageError(Exception):
    """The command line, the key or the older checkpoint cannot be used (code 2)."""


class NotOurs(Exception):
    """The file cannot be opened or is none of our formats (code 3)."""


def fail(zh: str, en: str) -> None:
    raise CheckFailed(zh + " / " + en)


def need(condition: bool, zh: str, en: str) -> None:
    """The one way a rule is stated: the condition holds, or the check fails with this reason."""
    if not condition:
        fail(zh, en)


# ---------------------------------------------------------------------------------------------------------------------------------
# Output


def say(text: str) -> None:
    """Writes a line. Trouble with the terminal must not change the answer."""
    try:
        try:
            sys.stdout.write(text + "\n")
        except UnicodeEncodeError:
            encoding = getattr(sys.stdout, "encoding", None) or "ascii"
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    except (OSError, ValueError, AttributeError):
        pass


def shown(data: bytes, limit: int = 300) -> str:
    """Bytes of a file, made harmless for a terminal and not too long."""
    text = data[:limit].decode("utf-8", "backslashreplace")
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return text + ("…" if len(data) > limit else "")


def beijing_time(nanoseconds: int) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=(nanoseconds + BEIJING) // 10**9)
    return "%s.%09d+08:00" % (moment.strftime("%Y-%m-%d %H:%M:%S"), nanoseconds % 10**9)


class Report:
    """One line for each check; counts those that failed."""

    def __init__(self) -> None:
        self.failed = 0

    def passed(self, label: str, detail: str) -> None:
        say("✓ " + label + (": " + detail if detail else ""))

    def refuse(self, label: str, why: str) -> None:
        self.failed += 1
        say("✗ " + label + ": " + why)

    def check(self, label: str, wanted: List[Any], function: Callable[..., Tuple[str, Any]]) -> Any:
        """Runs a check on the results of earlier ones; gives its result, or None when it failed or could not run.

        `function` takes the values in `wanted` and returns (detail to show, result)."""
        if any(value is None for value in wanted):
            self.refuse(label, "前面的检查未通过，无法检查 / cannot be checked, because one before it failed")
            return None
        try:
            detail, result = function(*wanted)
        except CheckFailed as failure:
            self.refuse(label, str(failure))
            return None
        except Exception as error:  # a file of ours, whatever is in it, answers 1 and never with a traceback
            self.refuse(label, "无法读懂 / cannot be read: %s: %s" % (type(error).__name__, shown(str(error).encode("utf-8", "replace"))))
            return None
        self.passed(label, detail)
        return result


# ---------------------------------------------------------------------------------------------------------------------------------
# Bytes, numbers, texts


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Exactly `length` bytes from `offset`. The caller has compared `length` with what is there."""
    file.seek(offset)
    parts = []
    while length > 0:
        part = file.read(length)
        if not part:
            fail("文件比它开始时短", "the file is shorter than it was when opened")
        parts.append(part)
        length -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


class Cursor:
    """Reads a part of a file from its start to its end, and never past the end."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self.file = file
        self.next = start  # what is not yet read from the file begins here
        self.end = start + length
        self.buffer = b""
        self.used = 0

    def left(self) -> int:
        return self.end - self.next + len(self.buffer) - self.used

    def take(self, length: int) -> bytes:
        if length > self.left():
            fail("内容过短", "the content is too short")
        if length > len(self.buffer) - self.used:
            rest = self.buffer[self.used :]
            more = max(length - len(rest), min(CHUNK, self.end - self.next))
            self.buffer = rest + read_at(self.file, self.next, more)
            self.next += more
            self.used = 0
        taken = self.buffer[self.used : self.used + length]
        self.used += length
        return taken

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def str8(self) -> bytes:
        return self.take(self.number(1))

    def finish(self) -> None:
        need(self.left() == 0, "末尾有多余的字节", "bytes follow the end")


def cursor_over(data: bytes) -> Cursor:
    return Cursor(io.BytesIO(data), 0, len(data))


def decimal(text: bytes) -> int:
    """A decimal: ASCII digits, no leading zero, below 2^64."""
    need(re.fullmatch(rb"0|[1-9][0-9]{0,19}", text) is not None, "不是规范的十进制数", "not a strict decimal")
    value = int(text)
    need(value <= MAX_U64, "数值超过 64 位", "a number is over 64 bits")
    return value


def strict_base64(text: bytes) -> bytes:
    """FMT-1: what does not encode back to the same text is refused."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = None
    if data is None or base64.b64encode(data) != text:
        raise CheckFailed("不是规范的 base64 / not strict base64")
    return data


def is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for start in range(0, len(data), MIB):
            decoder.decode(data[start : start + MIB])
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


# Control characters alone.
CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")
# Control characters and white space, as spec/pack.md lists them.
SPACE_OR_CONTROL = re.compile("[\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
# White space that may stand around a vkey.
WHITE_SPACE = " \t\n\x0b\x0c\r\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
CLASS = re.compile(rb"[a-z0-9-]{1,32}")


def is_plain(data: bytes) -> bool:
    """UTF-8, not empty, without white space and control characters."""
    try:
        text = data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False
    return text != "" and SPACE_OR_CONTROL.search(text) is None


def is_source_key(data: bytes) -> bool:
    return len(data) <= 128 and is_plain(data)


def is_key_name(data: bytes) -> bool:
    return is_plain(data) and b"+" not in data


def is_class(data: bytes) -> bool:
    return CLASS.fullmatch(data) is not None


def day_of(seq: int) -> int:
    """The Beijing day of a time; a sum over 2^64 − 1 counts as 2^64 − 1."""
    return min(seq + BEIJING, MAX_U64) // DAY


def start_of_day(day: int) -> int:
    return day * DAY - BEIJING


def date_of(day: int) -> bytes:
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat().encode("ascii")


# ---------------------------------------------------------------------------------------------------------------------------------
# Keys, signed notes, checkpoints


class Key(NamedTuple):
    name: bytes
    key_id: bytes
    public: bytes


class Checkpoint(NamedTuple):
    origin: bytes
    size: int
    root: bytes


def parse_vkey(text: bytes) -> Key:
    parts = text.split(b"+", 2)
    need(len(parts) == 3, "公钥不是 vkey", "the key is not a vkey")
    name, key_id, encoded = parts
    need(is_key_name(name) and len(name) <= 128, "公钥的名称不规范", "the key's name is not a key name")
    need(re.fullmatch(rb"[0-9a-f]{8}", key_id) is not None, "公钥编号不是 8 位小写十六进制", "the key id is not 8 lower-case hex digits")
    material = strict_base64(encoded)
    need(len(material) == 33 and material[0] == 1, "公钥不是 Ed25519", "the key is not Ed25519")
    need(sha256(name + b"\n" + material)[:4].hex().encode("ascii") == key_id, "公钥编号与公钥不符", "the key id is not that of the key")
    return Key(name, bytes.fromhex(key_id.decode("ascii")), material[1:])


def split_note(data: bytes) -> Tuple[bytes, List[Tuple[bytes, bytes]]]:
    """A signed note as its text and its signature lines (name, bytes). PACK-2, PACK-3."""
    need(is_utf8(data), "不是 UTF-8", "not UTF-8")
    need(re.search(rb"[\x00-\x09\x0b-\x1f]", data) is None, "含有控制字符", "has control characters")
    parted = data.rfind(b"\n\n")
    need(parted >= 0, "没有签名", "has no signatures")
    block = data[parted + 2 :]
    count = block.count(b"\n")
    need(block.endswith(b"\n") and 1 <= count <= 16, "签名行不是 1 至 16 行", "has not 1 to 16 signature lines")
    signatures = []
    for line in block[:-1].split(b"\n"):
        need(line.startswith("— ".encode("utf-8")), "签名行的格式不对", "a signature line is malformed")
        name, space, encoded = line[4:].partition(b" ")
        need(space == b" " and is_key_name(name), "签名行的名称不规范", "a signature line's name is not a key name")
        signature = strict_base64(encoded)
        need(len(signature) >= 5, "签名过短", "a signature is too short")
        signatures.append((name, signature))
    return data[: parted + 1], signatures


def check_signature(text: bytes, signatures: List[Tuple[bytes, bytes]], key: Key) -> None:
    """PACK-3: exactly one signature by the log's key, and it is the first. Lines by other keys are passed over."""
    ours = [name == key.name and signature[:4] == key.key_id for name, signature in signatures]
    need(ours[0], "第一个签名不是用这把公钥的", "the first signature is not by this key")
    need(ours.count(True) == 1, "这把公钥的签名多于一个", "there is more than one signature by this key")
    signature = signatures[0][1][4:]
    need(len(signature) == 64, "签名不是 64 字节", "the signature is not of 64 bytes")
    try:
        # OpenSSL refuses S out of range.
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except (InvalidSignature, ValueError):
        fail("签名无效", "the signature is not valid")


def parse_checkpoint(text: bytes) -> Checkpoint:
    lines = text.split(b"\n")
    need(len(lines) == 4 and lines[3] == b"" and lines[0] != b"", "检查点不是三行", "the checkpoint is not of three lines")
    root = strict_base64(lines[2])
    need(len(root) == 32, "根哈希不是 32 字节", "the root is not of 32 bytes")
    return Checkpoint(lines[0], decimal(lines[1]), root)


def signed_checkpoint(report: Report, data: Optional[bytes], key: Key) -> Optional[Checkpoint]:
    """The checks of a checkpoint: its signature, its text and its origin. Its text is used further even when the signature is bad."""
    note = report.check("检查点格式 / checkpoint form", [data], lambda data: ("", split_note(data)))
    report.check("检查点签名 / checkpoint signature", [note], lambda note: (shown(key.name), check_signature(note[0], note[1], key)))

    def origin(note: Tuple[bytes, Any]) -> Tuple[str, Checkpoint]:
        checkpoint = parse_checkpoint(note[0])
        need(checkpoint.origin == key.name, "检查点的来源不是公钥的名称", "the checkpoint's origin is not the key's name")
        return "大小 %d / size %d" % (checkpoint.size, checkpoint.size), checkpoint

    return report.check("检查点来源与大小 / checkpoint origin and size", [note], origin)


# ---------------------------------------------------------------------------------------------------------------------------------
# The Merkle tree of RFC 6962


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


# A tree that grows leaf by leaf: the roots of its complete subtrees, as (height, hash), from the left, heights falling.
Stack = List[Tuple[int, bytes]]


def grow(stack: Stack, leaf: bytes) -> None:
    height = 0
    while stack and stack[-1][0] == height:
        leaf = node_hash(stack.pop()[1], leaf)
        height += 1
    stack.append((height, leaf))


def root_of(stack: Stack) -> bytes:
    if not stack:
        return sha256(b"")
    root = stack[-1][1]
    for _, left in reversed(stack[:-1]):
        root = node_hash(left, root)
    return root


def root_by_path(leaf: bytes, index: int, size: int, path: List[bytes]) -> bytes:
    """The root an inclusion path leads to; a path of another length than RFC 6962's for (index, size) fails."""
    wrong = ("路径长度不对", "the path has the wrong length")
    need(index < size, "序号超出范围", "the index is out of range")
    last = size - 1
    for sibling in path:
        need(last != 0, *wrong)
        if index & 1 or index == last:
            leaf = node_hash(sibling, leaf)
            while index and not index & 1:
                index >>= 1
                last >>= 1
        else:
            leaf = node_hash(leaf, sibling)
        index >>= 1
        last >>= 1
    need(last == 0, *wrong)
    return leaf


# ---------------------------------------------------------------------------------------------------------------------------------
# Envelopes (spec/tlog.md, "Envelopes"; PACK-10)

BATCH, SEAL, DROP, LOSS, DAY_END, ENTRY, KEY, RESTORE = range(1, 9)


class Batch(NamedTuple):
    class_name: bytes
    day: int
    count: int
    first_seq: int
    last_seq: int
    root: bytes


class DayLeaf(NamedTuple):
    day: int
    lines: int
    size: int
    digest: bytes


class Envelope(NamedTuple):
    kind: int
    at: int
    body: Any  # Batch, DayLeaf, the number of an entry, (public key, origin) of a key, or None


def take_class(cursor: Cursor) -> bytes:
    name = cursor.str8()
    need(is_class(name), "类别不规范", "a class is malformed")
    return name


def take_day(cursor: Cursor) -> int:
    day = cursor.number(4)
    need(day <= LAST_DAY, "日期超出范围", "a day is out of range")
    return day


def parse_envelope(data: bytes) -> Envelope:
    need(len(data) <= MAX_ENVELOPE, "信封超过 256 字节", "an envelope is over 256 bytes")  # TLOG-4
    cursor = cursor_over(data)
    need(cursor.number(1) == 0xA1 and cursor.number(1) == 1, "信封的标记或版本未知", "an envelope's magic or version is unknown")
    kind, at = cursor.number(1), cursor.number(8)
    body: Any = None
    if kind == BATCH:
        body = Batch(take_class(cursor), take_day(cursor), cursor.number(4), cursor.number(8), cursor.number(8), cursor.take(32))
        need(1 <= body.count <= MAX_BATCH, "批次的行数不对", "a batch's count is out of range")  # TLOG-2
        need(body.first_seq <= body.last_seq, "批次的序号倒置", "a batch's range is reversed")
    elif kind == SEAL:
        take_class(cursor)
        take_day(cursor)
        need(cursor.number(8) <= cursor.number(8), "封存的序号倒置", "a seal's range is reversed")
        cursor.take(4 + 4 + 8 + 32)
    elif kind == DROP:
        take_class(cursor)
        take_day(cursor)
        cursor.take(8 + 32)
    elif kind == LOSS:
        need(1 <= cursor.number(1) <= 5, "丢失的原因未知", "a loss's reason is unknown")
        source = cursor.str8()
        need(source == b"" or is_source_key(source), "丢失的来源不规范", "a loss's source is malformed")
        cursor.take(8 + 8 + 8)
    elif kind == DAY_END:
        body = DayLeaf(take_day(cursor), cursor.number(8), cursor.number(8), cursor.take(32))
    elif kind == ENTRY:
        body = cursor.number(8)
        cursor.take(32)
    elif kind == KEY:
        body = (cursor.take(32), cursor.str8())
        need(is_key_name(body[1]) and len(body[1]) <= 128, "公钥信封的名称不规范", "a key envelope's origin is not a key name")
    elif kind == RESTORE:
        cursor.take(8 + 32)
    else:
        fail("信封的类型未知", "an envelope's type is unknown")
    cursor.finish()  # TLOG-6
    return Envelope(kind, at, body)


# ---------------------------------------------------------------------------------------------------------------------------------
# The proof of a line (spec/pack.md, "Proof of a line"; PACK-4)

PROOF_HEAD = b"c2sp.org/tlog-proof@v1"


class LineProof(NamedTuple):
    index: int
    path: List[bytes]
    note: bytes
    envelope: bytes
    position: int
    line_leaf: bytes
    line_path: List[bytes]
    seq: int
    source: bytes
    raw: bytes


def parse_proof(data: bytes) -> LineProof:
    parted = data.find(b"\n\n")
    need(parted >= 0, "缺少检查点", "the checkpoint is missing")
    lines = data[:parted].split(b"\n", 68)
    need(lines[0] == PROOF_HEAD and len(lines) >= 3, "缺少行", "lines are missing")
    need(lines[1].startswith(b"extra "), "第二行不是 extra", "the second line is not extra")
    need(lines[2].startswith(b"index "), "第三行不是 index", "the third line is not index")
    need(len(lines) - 3 <= 64, "路径超过 64 行", "the path is over 64 lines")
    path = [strict_base64(line) for line in lines[3:]]
    need(all(len(sibling) == 32 for sibling in path), "路径中的哈希不是 32 字节", "a hash of the path is not of 32 bytes")
    index = decimal(lines[2][6:])

    cursor = cursor_over(strict_base64(lines[1][6:]))
    need(cursor.take(10) == b"anlan-line" and cursor.number(1) == 1, "附加数据的标记或版本未知", "the extra data's magic or version is unknown")
    envelope_length = cursor.number(2)
    need(envelope_length <= MAX_ENVELOPE, "信封超过 256 字节", "the envelope is over 256 bytes")
    envelope = cursor.take(envelope_length)
    position = cursor.number(4)
    salt = cursor.take(16)
    line_path = [cursor.take(32) for _ in range(cursor.number(1))]
    fixed = cursor.take(8 + 1 + 4)  # seq, origin, piece
    source = cursor.str8()
    raw = cursor.take(cursor.left())
    check_origin_and_source(fixed[8], source)
    return LineProof(
        index=index,
        path=path,
        note=data[parted + 2 :],
        envelope=envelope,
        position=position,
        line_leaf=leaf_hash(salt + fixed + bytes([len(source)]) + source + raw),
        line_path=line_path,
        seq=int.from_bytes(fixed[:8], "big"),
        source=source,
        raw=raw,
    )


def check_origin_and_source(origin: int, source: bytes) -> None:
    need(1 <= origin <= 5, "接收方式未知", "a line's origin is unknown")
    need(is_source_key(source), "来源不规范", "a line's source is malformed")


def check_line_of_proof(proof: LineProof, batch: Batch) -> None:
    need(batch.first_seq <= proof.seq <= batch.last_seq, "行的序号不在批次内", "the line's seq is not in the batch's range")
    need(proof.position < batch.count, "行的位置不在批次内", "the line's position is not in the batch")
    need(day_of(proof.seq) == batch.day, "行的日期不是批次的日期", "the line's day is not the batch's")
    root = root_by_path(proof.line_leaf, proof.position, batch.count, proof.line_path)
    need(root == batch.root, "行不在批次的根之下", "the line does not lead to the batch's root")


def check_batch_of_proof(proof: LineProof, checkpoint: Checkpoint) -> None:
    need(proof.index < checkpoint.size, "序号不在日志内", "the index is not in the log")
    root = root_by_path(leaf_hash(proof.envelope), proof.index, checkpoint.size, proof.path)
    need(root == checkpoint.root, "批次不在检查点的根之下", "the batch does not lead to the checkpoint's root")


def check_proof(report: Report, file: BinaryIO, size: int, key: Key) -> None:
    def text() -> Tuple[str, LineProof]:
        need(size <= MAX_PROOF, "证明超过 8 MiB", "the proof is over 8 MiB")
        return "", parse_proof(read_at(file, 0, size))

    proof = report.check("证明格式 / proof form", [], text)
    checkpoint = signed_checkpoint(report, None if proof is None else proof.note, key)

    def envelope(proof: LineProof) -> Tuple[str, Batch]:
        parsed = parse_envelope(proof.envelope)
        need(parsed.kind == BATCH, "信封不是批次", "the envelope is not a batch")
        return "", parsed.body

    batch = report.check("批次信封 / batch envelope", [proof], envelope)

    def line(proof: LineProof, batch: Batch) -> Tuple[str, None]:
        check_line_of_proof(proof, batch)
        return "%s %s %s" % (beijing_time(proof.seq), shown(proof.source), shown(proof.raw)), None

    report.check("行在批次中 / line in batch", [proof, batch], line)

    def inclusion(proof: LineProof, checkpoint: Checkpoint) -> Tuple[str, None]:
        check_batch_of_proof(proof, checkpoint)
        return "第 %d 片叶 / leaf %d" % (proof.index, proof.index), None

    report.check("批次在日志中 / batch in log", [proof, checkpoint], inclusion)


# ---------------------------------------------------------------------------------------------------------------------------------
# The canonical ZIP (spec/pack.md, "Pack"; PACK-5). Its bytes follow from names and contents alone: each header is written again
# from what was found and compared in place.


class Member(NamedTuple):
    name: bytes
    header_at: int
    content_at: int
    size: int
    crc: int


def little(value: int, length: int) -> bytes:
    return value.to_bytes(length, "little")


def local_header(name: bytes, size: int, crc: int) -> bytes:
    large = size >= ZIP64_SIZE
    size32 = 0xFFFFFFFF if large else size
    extra = little(1, 2) + little(16, 2) + little(size, 8) * 2 if large else b""
    return (
        b"PK\x03\x04"
        + little(45 if large else 20, 2)  # version needed
        + little(0x0800, 2)  # flags: names are UTF-8
        + little(0, 2)  # stored
        + little(0, 2)  # time
        + little(33, 2)  # date: 1980-01-01
        + little(crc, 4)
        + little(size32, 4) * 2  # compressed, uncompressed
        + little(len(name), 2)
        + little(len(extra), 2)
        + name
        + extra
    )


def central_header(member: Member) -> bytes:
    fields = [member.size, member.size, member.header_at]  # in the order of the ZIP64 extra field
    large = [value for value in fields if value >= ZIP64_SIZE]
    size32, _, offset32 = [0xFFFFFFFF if value >= ZIP64_SIZE else value for value in fields]
    extra = b"".join(little(value, 8) for value in large)
    if large:
        extra = little(1, 2) + little(len(extra), 2) + extra
    version = little(45 if large else 20, 2)
    return (
        b"PK\x01\x02"
        + version  # made by
        + version  # needed
        + little(0x0800, 2)
        + little(0, 2)
        + little(0, 2)
        + little(33, 2)
        + little(member.crc, 4)
        + little(size32, 4) * 2
        + little(len(member.name), 2)
        + little(len(extra), 2)
        + little(0, 2)  # comment
        + little(0, 2)  # disk
        + little(0, 2)  # internal attributes
        + little(0, 4)  # external attributes
        + little(offset32, 4)
        + member.name
        + extra
    )


def end_records(count: int, directory_at: int, directory_size: int) -> bytes:
    large_count = count >= ZIP64_COUNT
    large_at, large_size = directory_at >= ZIP64_SIZE, directory_size >= ZIP64_SIZE
    records = b""
    if large_count or large_at or large_size:
        records = (
            b"PK\x06\x06"
            + little(44, 8)
            + little(45, 2) * 2  # version made by, needed
            + little(0, 4) * 2  # disks
            + little(count, 8) * 2
            + little(directory_size, 8)
            + little(directory_at, 8)
            + b"PK\x06\x07"
            + little(0, 4)
            + little(directory_at + directory_size, 8)
            + little(1, 4)
        )
    return (
        records
        + b"PK\x05\x06"
        + little(0, 2) * 2  # disks
        + little(0xFFFF if large_count else count, 2) * 2
        + little(0xFFFFFFFF if large_size else directory_size, 4)
        + little(0xFFFFFFFF if large_at else directory_at, 4)
        + little(0, 2)  # comment
    )


def read_member_header(file: BinaryIO, file_size: int, at: int) -> Member:
    """The member whose local header begins at `at`; its content ends inside the file."""
    cut = ("ZIP 被截断", "the ZIP is cut short")
    need(at + 30 <= file_size, *cut)
    fixed = read_at(file, at, 30)
    crc = int.from_bytes(fixed[14:18], "little")
    size = int.from_bytes(fixed[22:26], "little")
    name_length = int.from_bytes(fixed[26:28], "little")
    extra_length = int.from_bytes(fixed[28:30], "little")
    need(1 <= name_length <= MAX_NAME, "成员名的长度不对", "a member's name is of the wrong length")
    need(extra_length in (0, 20), "ZIP 的附加字段不规范", "a ZIP extra field is not canonical")
    header_length = 30 + name_length + extra_length
    need(at + header_length <= file_size, *cut)
    header = read_at(file, at, header_length)
    name = header[30 : 30 + name_length]
    if extra_length == 20:
        size = int.from_bytes(header[30 + name_length + 4 : 30 + name_length + 12], "little")
    need(header == local_header(name, size, crc), "ZIP 的本地头不规范", "a ZIP local header is not canonical")
    need(is_utf8(name), "成员名不是 UTF-8", "a member's name is not UTF-8")
    need(size <= file_size - at - header_length, *cut)
    return Member(name, at, at + header_length, size, crc)


def read_zip(file: BinaryIO, file_size: int) -> List[Member]:
    members: List[Member] = []
    at = 0
    while at + 4 <= file_size and read_at(file, at, 4) == b"PK\x03\x04":
        need(len(members) < MAX_MEMBERS, "成员过多", "there are too many members")
        member = read_member_header(file, file_size, at)
        if not members:
            need(member.name == b"manifest.txt", "第一个成员不是 manifest.txt", "the first member is not manifest.txt")
        elif len(members) > 1:
            need(members[-1].name < member.name, "成员的顺序不对", "the members are out of order")
        members.append(member)
        at = member.content_at + member.size
    directory_at = at
    for member in members:
        at = compare(file, file_size, at, central_header(member))
    at = compare(file, file_size, at, end_records(len(members), directory_at, at - directory_at))
    need(at == file_size, "ZIP 之后有多余的字节", "bytes follow the ZIP")
    return members


def compare(file: BinaryIO, file_size: int, at: int, expected: bytes) -> int:
    """The file has exactly these bytes at `at`; gives the place after them."""
    same = len(expected) <= file_size - at and read_at(file, at, len(expected)) == expected
    need(same, "ZIP 的中央目录或尾部不规范", "the ZIP's central directory or end is not canonical")
    return at + len(expected)


# ---------------------------------------------------------------------------------------------------------------------------------
# The pack: manifest and members


class Pack(NamedTuple):
    file: BinaryIO
    members: List[Member]
    places: Dict[bytes, int]  # name of a member -> its place in `members`
    known: Set[int]  # places of the members that have a meaning


class Manifest(NamedTuple):
    since: int
    until: int
    size: int
    sources: Optional[FrozenSet[bytes]]  # None: scope all
    version: int
    masked: bool
    made: int  # number of the ledger's entry; 0 in version 1
    digests: List[bytes]  # of the members after manifest.txt, in their order


def find_member(pack: Pack, name: bytes, limit: Optional[int] = None) -> Member:
    """The member of this name, which must be there; it then has its place in the pack."""
    place = pack.places.get(name)
    if place is None:
        raise CheckFailed("缺少成员 / a member is missing: " + shown(name))
    pack.known.add(place)
    member = pack.members[place]
    if limit is not None:
        need(member.size <= limit, "成员过大：" + shown(name), "a member is too large: " + shown(name))
    return member


def content_of(pack: Pack, member: Member) -> bytes:
    return read_at(pack.file, member.content_at, member.size)


def cursor_of(pack: Pack, member: Member) -> Cursor:
    return Cursor(pack.file, member.content_at, member.size)


def parse_manifest(text: bytes, members: List[Member], key: Key) -> Manifest:
    """The manifest's text, compared with the members of the ZIP line by line."""
    position = 0

    def line(word: bytes) -> bytes:
        nonlocal position
        end = text.find(b"\n", position)
        need(end >= 0, "清单缺少行", "the manifest has too few lines")
        content, position = text[position:end], end + 1
        need(content.startswith(word), "清单的行不对", "the manifest has a wrong line: " + shown(content))
        return content[len(word) :]

    version = {b"anlan-pack/1": 1, b"anlan-pack/2": 2}.get(line(b""))
    need(version is not None, "清单的版本未知", "the manifest's version is unknown")
    need(line(b"origin ") == key.name, "清单的来源不是公钥的名称", "the manifest's origin is not the key's name")
    since, until, size = decimal(line(b"since ")), decimal(line(b"until ")), decimal(line(b"size "))
    need(since <= until, "时段倒置", "the period is reversed")
    sources = parse_scope(line(b"scope "))
    masked, made = False, 0
    if version == 2:  # PACK-14
        need(line(b"label ") in (b"none", b"internal", b"sensitive"), "标注未知", "the label is unknown")
        masked = {b"no": False, b"yes": True}.get(line(b"masked "))
        need(masked is not None, "遮盖一行不对", "the line on masking is wrong")
        for word in (b"purpose ", b"visit "):
            need(is_choice(line(word)), "用途或检查记录不规范", "the purpose or the visit is malformed")
        made = decimal(line(b"made "))
        need(line(b"lang ") in (b"zh-CN", b"en"), "语言未知", "the language is unknown")
    digests = []
    for member in members[1:]:
        fields = line(b"file ").split(b" ", 2)
        need(len(fields) == 3 and re.fullmatch(rb"[0-9a-f]{64}", fields[0]) is not None, "清单的文件行不对", "a file line is malformed")
        need(fields[2] == member.name, "清单与 ZIP 的成员不符", "the manifest's names are not those of the ZIP")
        need(decimal(fields[1]) == member.size, "清单与 ZIP 的长度不符", "the manifest's lengths are not those of the ZIP")
        digests.append(bytes.fromhex(fields[0].decode("ascii")))
    need(position == len(text), "清单有多余的行", "the manifest has lines too many")
    return Manifest(since, until, size, sources, version, masked, made, digests)


def is_choice(text: bytes) -> bool:
    return len(text) <= MAX_CHOICE and CONTROL.search(text.decode("utf-8", "strict")) is None


def parse_scope(scope: bytes) -> Optional[FrozenSet[bytes]]:
    if scope == b"all":
        return None
    words = scope.split(b" ")
    need(words[0] == b"sources" and len(words) >= 2, "范围不规范", "the scope is malformed")
    sources = words[1:]
    need(all(is_source_key(source) for source in sources), "范围中的来源不规范", "a source of the scope is malformed")
    need(all(a < b for a, b in zip(sources, sources[1:])), "范围中的来源顺序不对", "the sources of the scope are out of order")
    return frozenset(sources)


def check_digests(pack: Pack, manifest: Manifest) -> Tuple[str, bool]:
    """CRC-32 of every member, SHA-256 of every member but the manifest. Contents are read by pieces."""
    total = 0
    for place, member in enumerate(pack.members):
        crc, digest = 0, hashlib.sha256()
        done = 0
        while done < member.size:
            piece = read_at(pack.file, member.content_at + done, min(MIB, member.size - done))
            crc = zlib.crc32(piece, crc)
            digest.update(piece)
            done += len(piece)
        need(crc == member.crc, "CRC-32 不符：" + shown(member.name), "the CRC-32 is wrong: " + shown(member.name))
        if place > 0:
            right = digest.digest() == manifest.digests[place - 1]
            need(right, "SHA-256 不符：" + shown(member.name), "the SHA-256 is wrong: " + shown(member.name))
        total += member.size
    return "%d 个成员，%d 字节 / %d members, %d bytes" % ((len(pack.members), total) * 2), True


GUIDE, PAPER, TABLE, SUMS = (name.encode("utf-8") for name in ("说明.txt", "检查佐证材料.html", "目录.xlsx", "校验值.txt"))


def check_readme(pack: Pack, manifest: Manifest) -> Tuple[str, bool]:
    """PACK-16: the texts for people are there and are texts."""
    texts = {b"README.txt": MAX_README}
    if manifest.version == 2:
        texts = {GUIDE: MAX_README, PAPER: MAX_PAPER, b"verdicts.json": MAX_PAPER, b"verify.html": MAX_README}
    for name, limit in texts.items():
        need(is_utf8(content_of(pack, find_member(pack, name, limit))), "不是 UTF-8：" + shown(name), "not UTF-8: " + shown(name))
    return "", True


# ---------------------------------------------------------------------------------------------------------------------------------
# The pack, version 2: digests for people, other papers, chosen proofs


def sm3_fold(state: List[int], block: bytes) -> List[int]:
    """The compression function of GB/T 32905-2016."""
    mask = 0xFFFFFFFF
    turn = lambda x, n: (x << n % 32 | (x & mask) >> (32 - n % 32)) & mask  # noqa: E731
    w = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
        w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        first = j < 16
        ss1 = turn(turn(a, 12) + e + turn(0x79CC4519 if first else 0x7A879D8A, j) & mask, 7)
        tt1 = (a ^ b ^ c if first else a & b | a & c | b & c) + d + (ss1 ^ turn(a, 12)) + (w[j] ^ w[j + 4]) & mask
        tt2 = (e ^ f ^ g if first else e & f | ~e & g) + h + ss1 + w[j] & mask
        a, b, c, d = tt1, a, turn(b, 9), c
        e, f, g, h = tt2 ^ turn(tt2, 9) ^ turn(tt2, 17), e, turn(f, 19), g
    return [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h))]


class SlowSm3:
    """SM3 where Python's OpenSSL has none."""

    def __init__(self) -> None:
        self.state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
        self.rest = b""
        self.length = 0

    def update(self, data: bytes) -> None:
        self.length += len(data)
        data = self.rest + data
        whole = len(data) // 64 * 64
        for at in range(0, whole, 64):
            self.state = sm3_fold(self.state, data[at : at + 64])
        self.rest = data[whole:]

    def hexdigest(self) -> str:
        length = self.length
        self.update(b"\x80" + b"\0" * ((55 - length) % 64) + (length * 8).to_bytes(8, "big"))
        return "".join("%08x" % word for word in self.state)


def new_sm3() -> Any:
    try:
        return hashlib.new("sm3")
    except ValueError:
        return SlowSm3()


def check_sums(pack: Pack, manifest: Manifest) -> Tuple[str, bool]:
    """PACK-19: one line for each member that people open. Their SHA-256 was compared with the manifest before."""
    cursor = cursor_of(pack, find_member(pack, SUMS, MAX_SUMS))
    head = b"anlan-sums/1\n"
    need(cursor.take(len(head)) == head, "格式未知", "its format is unknown")
    count = 0
    for place, member in enumerate(pack.members):
        if place == 0 or member.name == SUMS or member.name == b"manifest.txt" or member.name.startswith((b"log/", b"lines/")):
            continue
        digest, done = new_sm3(), 0
        while done < member.size:
            piece = read_at(pack.file, member.content_at + done, min(MIB, member.size - done))
            digest.update(piece)
            done += len(piece)
        line = b"%s %s %d %s\n" % (manifest.digests[place - 1].hex().encode(), digest.hexdigest().encode(), member.size, member.name)
        right = len(line) <= cursor.left() and cursor.take(len(line)) == line
        need(right, "与内容不符：" + shown(member.name), "it does not agree with the contents: " + shown(member.name))
        count += 1
    cursor.finish()
    return "%d 个文件 / %d files" % (count, count), True


def check_papers(pack: Pack) -> Tuple[str, bool]:
    """PACK-16: the list of members, and other papers."""
    find_member(pack, TABLE, MAX_TABLE)
    count = 0
    for member in pack.members[1:]:
        name = member.name[7:]
        if not member.name.startswith(b"papers/") or name in (b"", b".", b"..") or b"/" in name or CONTROL.search(name.decode("utf-8")):
            continue
        find_member(pack, member.name, MAX_TABLE)
        count += 1
    need(count <= MAX_CHOSEN, "附件过多", "there are too many papers")
    return "%d 份 / %d papers" % (count, count), True


def check_proofs(pack: Pack, manifest: Manifest, key: Key) -> Tuple[str, bool]:
    """PACK-18: chosen proofs, each whole by itself, under the pack's checkpoint."""
    note = content_of(pack, find_member(pack, b"checkpoint", MAX_CHECKPOINT))
    members = [member for member in pack.members[1:] if member.name.startswith(b"proofs/")]
    need(len(members) <= MAX_CHOSEN, "证明过多", "there are too many proofs")
    for member in members:
        find_member(pack, member.name, MAX_PROOF)
        try:
            proof = parse_proof(content_of(pack, member))
            need(proof.note == note, "检查点不同", "its checkpoint is another")
            text, signatures = split_note(note)
            check_signature(text, signatures, key)
            checkpoint = parse_checkpoint(text)
            need(checkpoint.origin == key.name, "来源不同", "its origin is another")
            envelope = parse_envelope(proof.envelope)
            need(envelope.kind == BATCH, "信封不是批次", "its envelope is not a batch")
            check_line_of_proof(proof, envelope.body)
            check_batch_of_proof(proof, checkpoint)
            need(member.name == b"proofs/%020d.tlog-proof" % proof.seq, "名称不是行的序号", "its name is not its seq")
            need(manifest.since <= proof.seq < manifest.until, "行不在时段内", "its line is not in the period")
            need(manifest.sources is None or proof.source in manifest.sources, "来源不在范围内", "its source is not in the scope")
        except CheckFailed as failure:
            raise CheckFailed(shown(member.name) + ": " + str(failure))
    return "%d 个 / %d proofs" % (len(members), len(members)), True


# ---------------------------------------------------------------------------------------------------------------------------------
# The pack: tiles and entries


def tile_name(number: int, width: int) -> bytes:
    """The path of a level-0 tile, as in tlog-tiles: 1234067 is x001/x234/067."""
    path = "%03d" % (number % 1000)
    while number >= 1000:
        number //= 1000
        path = "x%03d/%s" % (number % 1000, path)
    if width < TILE_WIDTH:
        path += ".p/%d" % width
    return ("log/tile/0/" + path).encode("ascii")


def read_tile(pack: Pack, size: int, number: int) -> bytes:
    """The leaf hashes of one level-0 tile of a log of `size` leaves."""
    width = min(TILE_WIDTH, size - number * TILE_WIDTH)
    member = find_member(pack, tile_name(number, width))
    need(member.size == 32 * width, "瓦片的长度不对", "a tile is of the wrong length: " + shown(member.name))
    return content_of(pack, member)


def check_tiles(pack: Pack, checkpoint: Checkpoint, older_size: Optional[int]) -> Tuple[str, Tuple[Optional[bytes]]]:
    """The tiles are exactly those of the checkpoint's size and lead to its root; gives the root of the first `older_size` leaves."""
    tiles = -(-checkpoint.size // TILE_WIDTH)
    need(tiles <= len(pack.members), "缺少瓦片", "tiles are missing")
    stack: Stack = []
    older_root = root_of(stack) if older_size == 0 else None
    leaves = 0
    for number in range(tiles):
        tile = read_tile(pack, checkpoint.size, number)
        for start in range(0, len(tile), 32):
            grow(stack, tile[start : start + 32])
            leaves += 1
            if leaves == older_size:
                older_root = root_of(stack)
    need(root_of(stack) == checkpoint.root, "瓦片与检查点的根不符", "the tiles do not lead to the checkpoint's root")
    return "%d 片叶 / %d leaves" % (leaves, leaves), (older_root,)


class Entries(NamedTuple):
    batches: Dict[bytes, List[Tuple[int, Batch]]]  # class -> (leaf index, batch), of the batches that meet the period
    days: Dict[int, DayLeaf]  # of the days that touch the period


def check_entries(pack: Pack, manifest: Manifest, checkpoint: Checkpoint, key: Key) -> Tuple[str, Entries]:
    cursor = cursor_of(pack, find_member(pack, b"log/entries"))
    need(cursor.take(4) == b"ALNE" and cursor.number(1) == 1, "标记或版本未知", "its magic or version is unknown")
    first = cursor.number(8)
    need(first == 0 or first < checkpoint.size, "第一条不在日志内", "its first entry is not in the log")  # PACK-6

    found = Entries({}, {})
    at_before = 0
    number_before = 0
    made_seen = manifest.version == 1
    day_before: Optional[int] = None
    seq_before: Dict[bytes, int] = {}  # class -> last_seq of its last batch
    tile, tile_number = b"", -1
    for index in range(first, checkpoint.size):
        data = cursor.take(cursor.number(2))
        envelope = parse_envelope(data)  # PACK-10
        if index // TILE_WIDTH != tile_number:
            tile_number = index // TILE_WIDTH
            tile = read_tile(pack, checkpoint.size, tile_number)
        place = index % TILE_WIDTH * 32
        need(leaf_hash(data) == tile[place : place + 32], "与瓦片不符", "an entry is not the one in the tiles: leaf %d" % index)
        need(envelope.at >= at_before, "时间倒退", "time falls: leaf %d" % index)  # TLOG-5
        at_before = envelope.at
        if index == first and first > 0:  # PACK-6
            need(envelope.at < manifest.since, "第一条不早于时段", "its first entry is not before the period")
        body = envelope.body
        if index == 0:  # TLOG-7
            need(envelope.kind == KEY and body == (key.public, key.name), "第 0 片叶不是这把公钥", "leaf 0 is not this key")
        if envelope.kind == BATCH:
            check_batch(body, index, seq_before)
            if body.first_seq < manifest.until and body.last_seq >= manifest.since:
                find_member(pack, lines_name(index), MAX_LINES)
                found.batches.setdefault(body.class_name, []).append((index, body))
        elif envelope.kind == DAY_END:  # TLOG-8
            need(day_before is None or body.day == day_before + 1, "日结不连续", "days have a hole: leaf %d" % index)
            day_before = body.day
            if manifest.since < start_of_day(body.day + 1) and manifest.until > start_of_day(body.day):
                find_member(pack, detail_name(body), MAX_DETAIL)
                found.days[body.day] = body
        elif envelope.kind == ENTRY:  # ENT-2
            need(body > number_before, "台账条目的编号不上升", "ledger numbers do not rise: leaf %d" % index)
            number_before = body
            made_seen = made_seen or body == manifest.made
    cursor.finish()
    need(made_seen, "条目中没有制作记录", "the entry that records the making of this pack is missing")  # PACK-15
    count = checkpoint.size - first
    return "%d 条，自第 %d 片叶 / %d entries from leaf %d" % (count, first, count, first), found


def check_batch(batch: Batch, index: int, seq_before: Dict[bytes, int]) -> None:
    """PACK-11, TLOG-1: what must hold of every batch among the entries."""
    right = day_of(batch.first_seq) == batch.day == day_of(batch.last_seq)
    need(right, "批次的日期不对", "a batch's day is not that of its lines: leaf %d" % index)
    span = batch.last_seq - batch.first_seq
    right = span >= batch.count - 1 and (batch.count > 1 or span == 0)
    need(right, "批次的范围与行数不符", "a batch's range does not fit its count: leaf %d" % index)
    before = seq_before.get(batch.class_name)
    need(before is None or batch.first_seq > before, "批次重叠或倒序", "batches of a class overlap or fall: leaf %d" % index)
    seq_before[batch.class_name] = batch.last_seq
    need(len(seq_before) <= MAX_CLASSES, "类别过多", "there are too many classes")


# ---------------------------------------------------------------------------------------------------------------------------------
# The pack: lines, texts, days


class Line(NamedTuple):
    seq: int
    class_name: bytes
    source: bytes
    piece: int
    raw: bytes  # of a masked line: the text of its copy
    size: int  # bytes of the raw line
    masked: bool


def masked_name(index: int) -> bytes:
    return b"masked/%020d.txt" % index


def lines_name(index: int) -> bytes:
    return b"lines/%020d.lines" % index


def detail_name(leaf: DayLeaf) -> bytes:
    return b"log/detail/" + leaf.digest.hex().encode("ascii")


def text_name(source: bytes, day: int) -> bytes:
    """The path of the plain lines of a source and day."""
    escaped = re.sub(rb"^\.|[^A-Za-z0-9.-]", lambda byte: b"%%%02X" % byte.group()[0], source)
    return b"text/" + escaped + b"/" + date_of(day) + b".log"


def copies_of_batch(pack: Pack, manifest: Manifest, index: int, batch: Batch) -> Dict[int, Line]:
    """The rows for masked lines of a batch, by their position (PACK-17)."""
    if not manifest.masked or masked_name(index) not in pack.places:
        return {}
    where = "leaf %d" % index
    text = content_of(pack, find_member(pack, masked_name(index), MAX_LINES))
    head = b"anlan-masked/1\n"
    need(text.startswith(head) and len(text) > len(head) and text.endswith(b"\n"), "遮盖副本的格式不对", "its copies are malformed: " + where)
    copies: Dict[int, Line] = {}
    before = -1
    for row in text[len(head) : -1].split(b"\n"):
        fields = row.split(b"\t", 5)
        need(len(fields) == 6, "遮盖副本的行不对", "a copy is malformed: " + where)
        position, seq, piece = decimal(fields[0]), decimal(fields[1]), decimal(fields[2])
        size = decimal(fields[4])
        need(before < position < batch.count, "遮盖副本的顺序不对", "copies are out of order: " + where)
        need(piece < 2**32 and size <= MAX_RAW and is_source_key(fields[3]), "遮盖副本的数值不对", "the fields of a copy are wrong: " + where)
        need(CONTROL.search(fields[5].decode("utf-8", "strict")) is None, "遮盖副本含控制字符", "a copy has control characters: " + where)
        copies[position] = Line(seq, batch.class_name, fields[3], piece, fields[5], size, True)
        before = position
    return copies


def lines_of_batch(pack: Pack, manifest: Manifest, index: int, batch: Batch) -> Iterator[Line]:
    """The shown lines of a batch, one at a time; fails, at the latest after the last one, unless all of the batch checks.

    PACK-7: the root over all line leaves. PACK-8: with scope all, only lines outside the period are hidden."""
    where = "leaf %d" % index
    cursor = cursor_of(pack, find_member(pack, lines_name(index), MAX_LINES))
    need(cursor.take(4) == b"ALNL" and cursor.number(1) == 1, "标记或版本未知", "its magic or version is unknown: " + where)
    need(cursor.number(8) == index, "叶的序号不符", "its leaf index is wrong: " + where)
    need(cursor.number(4) == batch.count, "行数不符", "its count is wrong: " + where)
    copies = copies_of_batch(pack, manifest, index, batch)
    stack: Stack = []
    seq_before: Optional[int] = None
    hidden_front = hidden_back = False  # hidden items before the first shown one; after the latest shown one
    for position in range(batch.count):
        kind = cursor.number(1)
        copy = copies.pop(position, None)
        if kind == 0:
            grow(stack, cursor.take(32))
        if kind == 0 and copy is None:
            if seq_before is None:
                hidden_front = True
            else:
                hidden_back = True
            continue
        if kind == 0:
            line = copy
        else:
            need(kind == 1, "项的类型未知", "an item's kind is unknown: " + where)
            need(copy is None, "未隐藏的行有遮盖副本", "a line that is shown has a copy: " + where)
            fixed = cursor.take(16 + 8 + 1 + 4)  # salt, seq, origin, piece
            source = cursor.str8()
            raw = cursor.take(cursor.number(4))
            check_origin_and_source(fixed[24], source)
            grow(stack, leaf_hash(fixed + bytes([len(source)]) + source + raw))
            seq, piece = int.from_bytes(fixed[16:24], "big"), int.from_bytes(fixed[25:29], "big")
            line = Line(seq, batch.class_name, source, piece, raw, len(raw), False)
        seq = line.seq
        need(seq_before is None or seq > seq_before, "行的序号不上升", "lines do not rise: " + where)
        need(batch.first_seq <= seq <= batch.last_seq, "行不在批次的范围内", "a line is not in its batch's range: " + where)
        need(day_of(seq) == batch.day, "行不在批次的日期内", "a line is not of its batch's day: " + where)
        need(manifest.since <= seq < manifest.until, "行不在时段内", "a line is not in the period: " + where)
        need(position > 0 or seq == batch.first_seq, "第一行不是批次的第一行", "the first line is not the batch's first: " + where)
        right = position < batch.count - 1 or seq == batch.last_seq
        need(right, "最后一行不是批次的最后一行", "the last line is not the batch's last: " + where)
        if manifest.sources is None:
            need(not hidden_back, "中间的行被隐藏", "a line in the middle is hidden: " + where)
        else:
            need(line.source in manifest.sources, "行的来源不在范围内", "a line's source is not in the scope: " + where)
        seq_before = seq
        yield line
    cursor.finish()
    need(root_of(stack) == batch.root, "行与批次的根不符", "the lines do not lead to the batch's root: " + where)
    if manifest.sources is None:
        if seq_before is None:  # all hidden: at the front and at the back
            hidden_back = True
        right = batch.first_seq < manifest.since or not hidden_front
        need(right, "开头的行被隐藏", "lines at the front are hidden: " + where)
        right = batch.last_seq >= manifest.until or not hidden_back
        need(right, "末尾的行被隐藏", "lines at the back are hidden: " + where)


def lines_of_class(pack: Pack, manifest: Manifest, batches: List[Tuple[int, Batch]]) -> Iterator[Line]:
    for index, batch in batches:
        yield from lines_of_batch(pack, manifest, index, batch)


MASKED_MARK = "〔masked〕".encode("utf-8")


class Text:
    """What a text member must be, growing line by line."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.size = 0

    def add(self, line: Line) -> None:
        # A piece that is not the last of its frame has no line feed; the copy of a masked line always has one.
        ends = line.masked or line.piece == 0 or line.piece & 0x80000000 != 0
        if line.masked:
            self.digest.update(MASKED_MARK)
            self.size += len(MASKED_MARK)
        self.digest.update(line.raw)
        self.size += len(line.raw)
        if ends:
            self.digest.update(b"\n")
            self.size += 1


Rows = Dict[Tuple[bytes, bytes], List[int]]  # (class, source) -> lines, bytes, first seq, last seq


class Tally(NamedTuple):
    """What following the lines of a pack has found, besides the lines themselves."""

    lines: int
    texts: int
    text_problem: Optional[str]
    days: int
    day_problem: Optional[str]


def check_lines(pack: Pack, manifest: Manifest, entries: Entries) -> Tuple[str, Tally]:
    """All shown lines in rising seq, whatever their class. At the end of each day its texts and its rows are compared and forgotten."""
    lines = masked = texts_done = days_done = 0
    text_problem: Optional[str] = None
    day_problem: Optional[str] = None
    whole = whole_days(manifest, entries)
    texts: Dict[bytes, Text] = {}
    rows: Rows = {}
    day: Optional[int] = None
    seq_before: Optional[int] = None

    def end_of_day() -> None:
        nonlocal texts_done, days_done, text_problem, day_problem
        if day is None or text_problem is not None:
            return
        try:
            for source, text in texts.items():
                check_text(pack, manifest, text_name(source, day), text)
                texts_done += 1
        except CheckFailed as failure:
            text_problem = str(failure)
        if day in whole:
            days_done += 1
            if sha256(detail_text(day, rows)) != whole.pop(day).digest:
                day_problem = day_problem or "与日结不符 / the lines are not those of the day's detail: " + date_of(day).decode("ascii")
        texts.clear()
        rows.clear()

    streams = [lines_of_class(pack, manifest, batches) for batches in entries.batches.values()]
    for line in heapq.merge(*streams, key=lambda line: line.seq):
        need(line.seq != seq_before, "同一序号出现两次", "a seq is shown twice: %d" % line.seq)  # PACK-12
        seq_before = line.seq
        lines += 1
        if day != day_of(line.seq):
            end_of_day()
            day = day_of(line.seq)
        if text_problem is not None:
            continue
        text = texts.get(line.source)
        if text is None:
            try:
                find_member(pack, text_name(line.source, day))
            except CheckFailed as failure:
                text_problem = str(failure)
                continue
            text = texts[line.source] = Text()
        text.add(line)
        row = rows.setdefault((line.class_name, line.source), [0, 0, line.seq, line.seq])
        row[0] += 1
        row[1] += line.size
        masked += line.masked
        row[3] = line.seq
    end_of_day()
    for quiet, leaf in whole.items():  # whole days of which no line is shown
        days_done += 1
        if sha256(detail_text(quiet, {})) != leaf.digest:
            day_problem = day_problem or "与日结不符 / the lines are not those of the day's detail: " + date_of(quiet).decode("ascii")
    told = "%d 行 / %d lines" % (lines - masked, lines - masked)
    if masked:
        told += "，另有 %d 行只有遮盖副本，本包不能证明 / %d more as masked copies, which nothing here proves" % (masked, masked)
    return told, Tally(lines, texts_done, text_problem, days_done, day_problem)


def check_text(pack: Pack, manifest: Manifest, name: bytes, text: Text) -> None:
    """A text member is what follows from the lines. Its content was compared with the manifest's digest before."""
    member = find_member(pack, name)
    right = member.size == text.size and manifest.digests[pack.places[name] - 1] == text.digest.digest()
    need(right, "与行不符：" + shown(name), "a text is not what follows from the lines: " + shown(name))


def whole_days(manifest: Manifest, entries: Entries) -> Dict[int, DayLeaf]:
    """PACK-9: the days whose detail must have exactly the lines shown."""
    if manifest.sources is not None:
        return {}
    inside = lambda day: manifest.since <= start_of_day(day) and manifest.until >= start_of_day(day + 1)  # noqa: E731
    return {day: leaf for day, leaf in entries.days.items() if inside(day)}


def detail_text(day: int, rows: Rows) -> bytes:
    """The detail of a day (spec/tlog.md, "Day detail"). There is one way to write it, so equal digests are equal rows."""
    parts = [b"anlan-day/1\nday " + date_of(day) + b"\n"]
    for (class_name, source), row in sorted(rows.items()):
        parts.append(b"%s\t%s\t%d\t%d\t%d\t%d\n" % (class_name, source, row[0], row[1], row[2], row[3]))
    return b"".join(parts)


def check_texts(tally: Tally) -> Tuple[str, bool]:
    if tally.text_problem is not None:
        raise CheckFailed(tally.text_problem)
    return "%d 份 / %d texts" % (tally.texts, tally.texts), True


def check_whole_days(tally: Tally) -> Tuple[str, bool]:
    need(tally.text_problem is None, "明文未通过，无法检查", "cannot be checked, because the texts failed")
    if tally.day_problem is not None:
        raise CheckFailed(tally.day_problem)
    return "%d 天 / %d days" % (tally.days, tally.days), True


def check_details(pack: Pack, entries: Entries) -> Tuple[str, bool]:
    """The detail of each day that touches the period hashes to its leaf, parses, and adds up to it."""
    for leaf in entries.days.values():
        data = content_of(pack, find_member(pack, detail_name(leaf), MAX_DETAIL))
        need(sha256(data) == leaf.digest, "与日结叶的摘要不符", "a detail is not the one its leaf commits to")
        check_detail(leaf, data)
    return "%d 份 / %d details" % (len(entries.days), len(entries.days)), True


def check_detail(leaf: DayLeaf, data: bytes) -> None:
    head = b"anlan-day/1\nday " + date_of(leaf.day) + b"\n"
    need(data.startswith(head) and data.endswith(b"\n"), "明细的格式不对", "a detail is malformed")
    lines = size = 0
    before: Optional[Tuple[bytes, bytes]] = None
    position = len(head)
    while position < len(data):
        end = data.find(b"\n", position)
        fields = data[position:end].split(b"\t", 6)
        position = end + 1
        need(len(fields) == 6, "明细的行不对", "a row of a detail is malformed")
        name = (fields[0], fields[1])
        need(is_class(name[0]) and is_source_key(name[1]), "明细的类别或来源不规范", "a class or source of a detail is malformed")
        need(before is None or before < name, "明细的行顺序不对", "the rows of a detail are out of order")
        before = name
        row_lines, row_size, first, last = [decimal(field) for field in fields[2:]]
        need(row_lines >= 1 and first <= last, "明细的数值不对", "the numbers of a detail are wrong")
        lines += row_lines
        size += row_size
    # The sums are of any size here and the leaf's are below 2^64: a sum that overflows differs.
    need(lines == leaf.lines and size == leaf.size, "明细的合计与日结叶不符", "the sums of a detail are not its leaf's")


def check_known(pack: Pack) -> Tuple[str, bool]:
    """Every member has a meaning."""
    for place, member in enumerate(pack.members):
        if place > 0 and place not in pack.known:
            raise CheckFailed("不该有的成员 / a member has no place here: " + shown(member.name))
    return "", True


def check_pack(report: Report, file: BinaryIO, size: int, key: Key, older: Optional[Checkpoint]) -> None:
    def form() -> Tuple[str, Pack]:
        members = read_zip(file, size)
        places = {member.name: place for place, member in enumerate(members)}
        need(len(places) == len(members), "成员重名", "two members have one name")
        return "%d 个成员 / %d members" % (len(members), len(members)), Pack(file, members, places, set())

    def manifest_note(pack: Pack) -> Tuple[str, Any]:
        need(pack.members[0].size <= MAX_MANIFEST, "清单过大", "the manifest is too large")
        return "", split_note(content_of(pack, pack.members[0]))

    def manifest_text(note: Tuple[bytes, Any], pack: Pack) -> Tuple[str, Manifest]:
        manifest = parse_manifest(note[0], pack.members, key)
        scope = "全部 / all" if manifest.sources is None else b" ".join(sorted(manifest.sources)).decode("utf-8")
        # The largest time that can be shown lies in the year 2554.
        return "%s — %s, %s" % (beijing_time(manifest.since), beijing_time(manifest.until), shown(scope.encode("utf-8"))), manifest

    def same_size(manifest: Manifest, checkpoint: Checkpoint) -> Tuple[str, bool]:
        need(manifest.size == checkpoint.size, "清单与检查点的大小不符", "the manifest's size is not the checkpoint's")
        return "", True

    pack = report.check("ZIP 形式 / ZIP form", [], form)
    note = report.check("清单格式 / manifest form", [pack], manifest_note)
    report.check("清单签名 / manifest signature", [note], lambda note: (shown(key.name), check_signature(note[0], note[1], key)))
    manifest = report.check("清单与成员相符 / manifest and members", [note, pack], manifest_text)
    note = None
    report.check("成员的摘要 / members' digests", [pack, manifest], check_digests)
    report.check("说明文件 / texts for people", [pack, manifest], check_readme)
    data = report.check(
        "检查点成员 / checkpoint member", [pack], lambda pack: ("", content_of(pack, find_member(pack, b"checkpoint", MAX_CHECKPOINT)))
    )
    checkpoint = signed_checkpoint(report, data, key)
    report.check("清单的日志大小 / manifest's size", [manifest, checkpoint], same_size)
    older_size = None if older is None else older.size
    tiles = report.check(
        "瓦片与根 / tiles to root", [pack, checkpoint], lambda pack, checkpoint: check_tiles(pack, checkpoint, older_size)
    )
    # The entries are compared with the tiles, so they are checked only when the tiles lead to the root.
    entries = report.check(
        "条目与瓦片 / entries to tiles",
        [pack, manifest, checkpoint, tiles],
        lambda pack, manifest, checkpoint, _: check_entries(pack, manifest, checkpoint, key),
    )
    tally = report.check("日志行 / lines", [pack, manifest, entries], check_lines)
    report.check("明文 / text", [tally], check_texts)
    report.check("日结明细 / details of days", [pack, entries], check_details)
    report.check("整日的行齐全 / whole days", [tally], check_whole_days)
    if manifest is not None and manifest.version == 2:
        report.check("校验值 / digests for people", [pack, manifest], check_sums)
        report.check("目录与附件 / list and papers", [pack], check_papers)
        report.check("单行证明 / chosen proofs", [pack, manifest], lambda pack, manifest: check_proofs(pack, manifest, key))
    report.check("没有多余的成员 / no member without a place", [pack, tally], lambda pack, _: check_known(pack))
    if older is not None:
        report.check(
            "与留存的检查点一致 / consistent with the kept checkpoint",
            [checkpoint, tiles],
            lambda checkpoint, tiles: check_against(checkpoint, older, tiles[0]),
        )


def check_against(checkpoint: Checkpoint, older: Checkpoint, older_root: Optional[bytes]) -> Tuple[str, bool]:
    """PACK-13: the log the reader knew is the beginning of this one."""
    need(older.origin == checkpoint.origin, "留存的检查点属于另一日志", "the kept checkpoint is of another log")
    need(older.size <= checkpoint.size, "留存的检查点更大", "the kept checkpoint is larger")
    need(older.root == older_root, "历史被改写", "the log was rewritten since the kept checkpoint")
    return "大小 %d / size %d" % (older.size, older.size), True


# ---------------------------------------------------------------------------------------------------------------------------------
# The command line


def read_key(argument: str) -> Key:
    """A vkey, or @FILE whose last line is one."""
    try:
        text = argument
        if argument.startswith("@"):
            with open(argument[1:], "rb") as file:
                data = file.read(MAX_KEY_FILE + 1)
            need(len(data) <= MAX_KEY_FILE, "公钥文件过大", "the key file is too large")
            text = data.decode("utf-8", "strict").strip(WHITE_SPACE).split("\n")[-1]
        return parse_vkey(text.strip(WHITE_SPACE).encode("utf-8", "strict"))
    except (OSError, ValueError) as error:
        raise UsageError("公钥无法读取 / the key cannot be read: %s" % type(error).__name__)
    except CheckFailed as failure:
        raise UsageError(str(failure))


def read_older(path: str, key: Key) -> Checkpoint:
    """PACK-13: a signed note of this key whose text is a checkpoint. Its origin is compared later."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_AGAINST + 1)
        need(len(data) <= MAX_AGAINST, "留存的检查点过大", "the kept checkpoint is too large")
        text, signatures = split_note(data)
        check_signature(text, signatures, key)
        return parse_checkpoint(text)
    except (OSError, ValueError) as error:
        raise UsageError("留存的检查点无法读取 / the kept checkpoint cannot be read: %s" % type(error).__name__)
    except CheckFailed as failure:
        raise UsageError("留存的检查点不可用 / the kept checkpoint cannot be used: %s" % failure)


def open_file(path: str) -> BinaryIO:
    try:
        # Looked at before it is opened: opening a pipe would wait.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise NotOurs("不是普通文件 / not a regular file")
        return open(path, "rb", buffering=0)  # type: ignore[return-value]
    except (OSError, ValueError) as error:
        raise NotOurs("文件无法打开 / the file cannot be opened: %s" % type(error).__name__)


def kind_of(file: BinaryIO) -> Tuple[str, int]:
    """PACK-1: what the file is, by its first bytes, and its size."""
    try:
        size = os.fstat(file.fileno()).st_size
        head = read_at(file, 0, min(size, 64))
    except (OSError, CheckFailed):
        raise NotOurs("文件无法读取 / the file cannot be read")
    if head.startswith(PROOF_HEAD + b"\n"):
        return "proof", size
    if head[:4] == b"PK\x03\x04" and head[30:42] == b"manifest.txt":
        return "pack", size
    raise NotOurs("不是 Anlan 的证明或证据包 / neither a proof nor a pack of Anlan")


def judge(key_argument: str, against: Optional[str], path: str) -> int:
    """The code, found in the order of spec/pack.md."""
    key = read_key(key_argument)
    older = None if against is None else read_older(against, key)
    file = open_file(path)
    try:
        kind, size = kind_of(file)
        if kind == "proof" and against is not None:
            raise UsageError("--against 只用于证据包 / --against is for packs only")
        report = Report()
        try:
            if kind == "proof":
                check_proof(report, file, size, key)
            else:
                check_pack(report, file, size, key, older)
        except Exception as error:  # nothing is known to lead here; it is never taken for a pass
            report.refuse("意外 / unexpected", type(error).__name__)
    finally:
        file.close()
    if is_demo(key.name):
        say("演示数据：这是用演示密钥签名的假想数据，不作任何证明 / demo data: made up and signed by a demo key; it proves nothing")
    return conclude(report, older)


def is_demo(name: bytes) -> bool:
    """PACK-20: whether a key of this name signs made-up data."""
    return b"demo" in name.replace(b"/", b".").split(b".")


def conclude(report: Report, older: Optional[Checkpoint]) -> int:
    if report.failed:
        say("结论：不可信，%d 项未通过 / verdict: NOT sound, failed checks: %d" % (report.failed, report.failed))
        say("未存证：内容未通过检查 / not anchored: the content does not check")
        return NOT_SOUND
    say("结论：完整可信 / verdict: sound")
    if older is None:
        say("仅自证：持有签名密钥者可以重写全部内容 / self-attested only: whoever holds the signing key could have rewritten all of this")
    else:
        say(
            "已外部存证：前 %d 片叶；其后仍仅自证 / anchored: the first %d leaves, by the checkpoint you kept; what follows is self-attested only"
            % (older.size, older.size)
        )
    return SOUND


def main(argv: List[str]) -> int:
    """Judges a file; `argv` is without the program's name. Gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="校验 Anlan 的证明与证据包 / verifies proofs and evidence packs of Anlan",
        epilog="0 可信 / sound; 1 不可信 / not sound; 2 用法 / usage; 3 打不开或不是我们的格式 / cannot be opened, or not ours",
        allow_abbrev=False,
    )
    parser.add_argument("--key", required=True, action="append", metavar="VKEY", help="运营者公钥（vkey）或 @文件 / the operator's vkey, or @FILE")
    parser.add_argument("--against", action="append", default=[], metavar="OLDER", help="自己留存的旧检查点 / an older checkpoint that you kept")
    parser.add_argument("file", metavar="FILE", help="证明或证据包 / a proof or a pack")
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has said what is wrong, or the help
        return SOUND if stop.code in (0, None) else USAGE
    if len(arguments.key) > 1 or len(arguments.against) > 1:
        say("用法 / usage: --key 与 --against 各至多一次 / --key and --against at most once")
        return USAGE
    if Ed25519PublicKey is None:
        say("需要 Python 包 cryptography / the Python package cryptography is needed")
        return USAGE
    try:
        return judge(arguments.key[0], arguments.against[0] if arguments.against else None, arguments.file)
    except UsageError as error:
        say("用法 / usage: %s" % error)
        return USAGE
    except NotOurs as error:
        say("不予判断 / not judged: %s" % error)
        return NOT_OURS


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese
    answer = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        # The reader of the output went away; the code still stands.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(answer)
