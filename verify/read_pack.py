#!/usr/bin/env python3
"""独立阅读器 / An independent reader of evidence packs: opens one as any ZIP, reads 目录.xlsx, and compares 校验值.txt with the contents.

    python3 read_pack.py PACK

It knows spec/pack.md and nothing else, uses no key and proves nothing (verify.py does): it shows that a pack can be opened, listed and compared with ordinary
tools. Prints a line of numbers; exit code 0 when everything agrees, 1 when something does not, 3 when the file cannot be read.
Needs Python 3.9 or later alone; where its OpenSSL has no SM3, that column is passed over and said so.
"""

import hashlib
import json
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from typing import Dict, List, Tuple

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def digest(kind: str, data: bytes) -> str:
    try:
        return hashlib.new(kind, data).hexdigest()
    except ValueError:
        return ""


def sheets_of(book: bytes) -> List[List[Dict[str, str]]]:
    """The sheets of an XLSX as rows of column letter to text."""
    import io

    with zipfile.ZipFile(io.BytesIO(book)) as inside:
        shared: List[str] = []
        if "xl/sharedStrings.xml" in inside.namelist():
            for item in ET.fromstring(inside.read("xl/sharedStrings.xml")):
                shared.append("".join(part.text or "" for part in item.iter(SHEET + "t")))
        names = sorted((name for name in inside.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)), key=lambda n: int(re.findall(r"\d+", n)[0]))
        return [rows_of(ET.fromstring(inside.read(name)), shared) for name in names]


def rows_of(sheet: ET.Element, shared: List[str]) -> List[Dict[str, str]]:
    rows = []
    for row in sheet.iter(SHEET + "row"):
        cells = {}
        for cell in row.iter(SHEET + "c"):
            value = cell.find(SHEET + "v")
            if value is None or value.text is None:
                continue
            column = re.match(r"[A-Z]+", cell.get("r", "")).group()  # type: ignore[union-attr]
            cells[column] = shared[int(value.text)] if cell.get("t") == "s" else value.text
        rows.append(cells)
    return rows


def sums_of(text: str) -> Dict[str, Tuple[str, str, int]]:
    lines = text.split("\n")
    assert lines[0] == "anlan-sums/1" and lines[-1] == "", "校验值.txt: form"
    found = {}
    for line in lines[1:-1]:
        sha256, sm3, length, name = line.split(" ", 3)
        found[name] = (sha256, sm3, int(length))
    return found


def read(path: str) -> str:
    with zipfile.ZipFile(path) as pack:
        names = pack.namelist()
        sums = sums_of(pack.read("校验值.txt").decode("utf-8"))
        listed = {name for name in names if name not in ("manifest.txt", "校验值.txt") and not name.startswith(("log/", "lines/"))}
        assert set(sums) == listed, "校验值.txt does not name the members: %s" % sorted(set(sums) ^ listed)[:5]
        for name, (sha256, sm3, length) in sums.items():
            data = pack.read(name)
            assert len(data) == length and digest("sha256", data) == sha256, name
            assert digest("sm3", data) in ("", sm3), name
        table = sheets_of(pack.read("目录.xlsx"))[0][1:]
        by_name = {row["A"]: row for row in table}
        texts = [name for name in names if name.startswith("text/")]
        lines = 0
        for name in texts:
            row, data = by_name[name], pack.read(name)
            assert row["G"] == sums[name][0] and row["H"] == sums[name][1] and int(float(row["F"])) == len(data), name
            lines += int(float(row["D"]))
        assert all(name in by_name for name in listed if not name.startswith(("masked/", "目录"))), "目录.xlsx leaves out a member"
        verdicts = json.loads(pack.read("verdicts.json"))
        assert verdicts["format"] == "anlan-verdicts/1"
        paper = pack.read("检查佐证材料.html").decode("utf-8")
        assert "<script" not in paper and "http://" not in paper and "https://" not in paper, "the paper loads something"
        return "%d members, %d texts, %d lines, %d digests, %d verdicts" % (len(names), len(texts), lines, len(sums), len(verdicts["verdicts"]))


def main(argv: List[str]) -> int:
    if len(argv) != 1:
        print(__doc__)
        return 2
    try:
        print(read(argv[0]))
    except AssertionError as failure:
        print("不符 / differs: %s" % failure)
        return 1
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, UnicodeDecodeError) as error:
        print("读不出来 / cannot be read: %s: %s" % (type(error).__name__, error))
        return 3
    if not digest("sm3", b""):
        print("SM3 未核对 / SM3 passed over: this OpenSSL has none")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
