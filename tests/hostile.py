"""Files that somebody sends by mistake or on purpose: each as bytes, made in a second or two.

`big` makes those that cost as much as they can; the suite makes them a tenth as large.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

from tests.berkas import HEADERS, csv_bytes, person, xlsx_bytes
from tests.berkas_lama import ods_bytes, xls_bytes, xlsb_bytes, zip_bytes

PEOPLE = [person(number) for number in range(1, 4)]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SPACES = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def changed(change: Callable[[str, bytes], bytes], content: bytes | None = None, **more: bytes) -> bytes:
    """A sound workbook with its parts changed, and further parts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content or xlsx_bytes(PEOPLE))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in more.items():
            new.writestr(name, part)
    return out.getvalue()


def in_sheet(change: Callable[[bytes], bytes]) -> bytes:
    return changed(lambda name, part: change(part) if name.startswith("xl/worksheets/") else part)


def streamed(pieces: Iterator[bytes], *, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The same workbook with one part that is too large to be held: it is written piece by piece."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes(PEOPLE))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        with new.open(part, "w", force_zip64=True) as sink:
            for piece in pieces:
                sink.write(piece)
    return out.getvalue()


def bomb(megabytes: int = 60) -> bytes:
    return changed(lambda name, part: part, **{"xl/padding.xml": b"0" * megabytes * 1024**2})


def lying_bomb(megabytes: int = 60) -> bytes:
    """A bomb whose directory says that it is small."""
    content = bomb(megabytes)
    real = (megabytes * 1024**2).to_bytes(4, "little")
    return content.replace(real, (1024).to_bytes(4, "little"))


def empty_rows(rows: int, *, numbered: bool) -> bytes:
    """Three people, then rows that hold a format and nothing else."""

    def pieces() -> Iterator[bytes]:
        with zipfile.ZipFile(io.BytesIO(xlsx_bytes(PEOPLE))) as archive:
            head, tail = archive.read("xl/worksheets/sheet1.xml").split(b"</sheetData>")
        yield head
        for start in range(5, rows + 5, 10_000):
            yield b"".join(
                b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>' % (n, n)
                if numbered
                else b'<row s="1" customFormat="1"><c s="1"/></row>'
                for n in range(start, min(start + 10_000, rows + 5))
            )
        yield b"</sheetData>" + tail

    return streamed(pieces())


def long_strings(strings: int, length: int, *, varied: bool) -> bytes:
    """So many shared strings of so many characters, each in a cell; varied ones do not pack well."""
    chance = random.Random(5)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=9)) for _ in range(4000)]

    def texts() -> Iterator[bytes]:
        with zipfile.ZipFile(io.BytesIO(xlsx_bytes(PEOPLE))) as archive:
            own = re.findall(rb"<si>.*?</si>", archive.read("xl/sharedStrings.xml"))
        yield b"<sst " + SPACES + b">" + b"".join(own)
        for _ in range(strings):
            text = " ".join(chance.choices(words, k=length // 10)) if varied else "A" * length
            yield b"<si><t>" + text.encode() + b"</t></si>"
        yield b"</sst>"

    def cells(part: bytes) -> bytes:
        rows = b"".join(
            b'<row r="%d"><c r="F%d" t="s"><v>%d</v></c></row>' % (n + 5, n + 5, n + 60)
            for n in range(strings - 60)
        )
        return part.replace(b"</sheetData>", rows + b"</sheetData>")

    with_strings = streamed(texts(), part="xl/sharedStrings.xml")
    return changed(
        lambda name, part: cells(part) if name.startswith("xl/worksheets/") else part, with_strings
    )


def wide(columns: int, rows: int) -> bytes:
    """A workbook whose header goes on and on."""

    def letters(number: int) -> str:
        return (letters((number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)

    names = [letters(number) for number in range(1, columns + 1)]
    titles = [*HEADERS, *(f"K{n}" for n in range(columns - len(HEADERS)))]

    def pieces() -> Iterator[bytes]:
        yield b"<worksheet " + SPACES + b"><sheetData>"
        for n in range(1, rows + 2):
            texts = titles if n == 1 else ["1"] * columns
            cells = (
                f'<c r="{a}{n}" t="inlineStr"><is><t>{escape(t)}</t></is></c>'
                for a, t in zip(names, texts, strict=True)
            )
            yield f'<row r="{n}">{"".join(cells)}</row>'.encode()
        yield b"</sheetData></worksheet>"

    return streamed(pieces())


def before_root(head: bytes) -> bytes:
    """A sheet with something in front of its root."""
    return in_sheet(lambda part: part.replace(b"<worksheet", head + b"<worksheet", 1))


def with_entities(address: str) -> bytes:
    """A sheet that asks for a file of the server and for a page, before its root."""
    inside = f'<!ENTITY b SYSTEM "file:///etc/passwd"><!ENTITY c SYSTEM "{address}">'.encode()
    content = before_root(b"<!DOCTYPE a [" + inside + b"]>")
    return changed(lambda name, part: part.replace(b"<v>0</v>", b"<v>&b;&c;</v>"), content)


def with_hidden_entities() -> bytes:
    """The same behind so much white space that a glance at the beginning misses it."""
    return before_root(b" " * 70_000 + b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>')


def in_utf_16() -> bytes:
    """The same in an encoding where nobody looks for it."""
    doctype = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    return in_sheet(lambda part: (doctype + part.decode().partition("?>")[2]).encode("utf-16"))


def laughs() -> bytes:
    """A billion laughs among the strings."""
    entities = [b'<!ENTITY a0 "ha">']
    entities += [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)]
    doctype = b"<!DOCTYPE s [" + b"".join(entities) + b"]>"

    def laugh(name: str, part: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return part
        return part.replace(b"<sst", doctype + b"<sst", 1).replace(b"<t>", b"<t>&a9;", 1)

    return changed(laugh)


def junk_in_a_row(elements: int) -> bytes:
    """A row whose end never seems to come."""
    junk = b"".join(b'<x a="%d"/>' % n for n in range(elements))
    return in_sheet(lambda part: part.replace(b"</row>", junk + b"</row>", 1))


def many_sheets(sheets: int) -> bytes:
    """Sheets of 36 full rows of 250 columns: more than anybody wants to see before choosing one."""
    rows = b"".join(
        b'<row r="%d">' % n
        + b'<c t="inlineStr"><is><t>isian yang panjang sekali untuk satu sel saja %d</t></is></c>' % n * 250
        + b"</row>"
        for n in range(1, 37)
    )
    sheet = b"<worksheet " + SPACES + b"><sheetData>" + rows + b"</sheetData></worksheet>"

    def named(name: str, part: bytes) -> bytes:
        numbers = range(2, sheets + 2)
        if name == "xl/workbook.xml":
            more = b"".join(b'<sheet name="L%d" sheetId="%d" r:id="rId9%d"/>' % (n, n, n) for n in numbers)
            return part.replace(b"</sheets>", more + b"</sheets>")
        if name == "xl/_rels/workbook.xml.rels":
            more = b"".join(
                b'<Relationship Id="rId9%d" Type="worksheet" Target="worksheets/sheet%d.xml"/>' % (n, n)
                for n in numbers
            )
            return part.replace(b"</Relationships>", more + b"</Relationships>")
        return part

    return changed(named, **{f"xl/worksheets/sheet{n}.xml": sheet for n in range(2, sheets + 2)})


def with_external_link(address: str) -> bytes:
    """A workbook that takes a cell from another one on a server; Excel has kept the value."""
    link = f'<externalLink {SPACES.decode()}><externalBook r:id="rId1" xmlns:r="r"/></externalLink>'.encode()
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"'
        f' Target="{address}" TargetMode="External"/></Relationships>'
    ).encode()
    content = in_sheet(lambda part: part.replace(b"<v>", b"<f>[1]Data!A1</f><v>", 1))
    return changed(
        lambda name, part: part,
        content,
        **{
            "xl/externalLinks/externalLink1.xml": link,
            "xl/externalLinks/_rels/externalLink1.xml.rels": relation,
        },
    )


def locked_zip() -> bytes:
    """A ZIP whose entry is marked as encrypted."""
    content = bytearray(zip_bytes({"dtks.csv": csv_bytes(PEOPLE)}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def locked_xls() -> bytes:
    """An old workbook whose first record after the beginning says that a password is needed."""
    content = xls_bytes([HEADERS, *[[row[name] for name in HEADERS] for row in PEOPLE]])
    return content.replace(b"\xe1\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\x01\x00", 1)


def old_rows() -> list[list[str]]:
    return [HEADERS, *[[row[name] for name in HEADERS] for row in PEOPLE]]


WEB_PAGE = b"<html><body><table>" + b"<tr><td>NIK</td><td>NAMA</td></tr>" * 3 + b"</table></body></html>"
XML_2003 = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet/></Workbook>'


REFUSED = [
    "nothing",
    "bomb",
    "lying bomb",
    "bomb in a zip",
    "zip in a zip",
    "one long string often",
    "password, xlsx",
    "password, xls",
    "password, zip",
    "truncated xlsx",
    "truncated xls",
    "truncated xlsb",
    "truncated ods",
    "html",
    "xml of 2003",
    "pdf",
    "entities",
    "hidden entities",
    "entities in UTF-16",
    "billion laughs",
    "nothing but NUL",
    "binary",
]


def refused_files(address: str) -> dict[str, tuple[str, bytes, str]]:
    """What is sent back at once: name of the file, content, and words of the sentence that says why."""
    return {
        "nothing": ("dtks.xlsx", b"", "kosong"),
        "bomb": ("dtks.xlsx", bomb(), "mengembang tidak wajar"),
        "lying bomb": ("dtks.xlsx", lying_bomb(), "rusak|mengembang"),
        "bomb in a zip": ("dtks.zip", zip_bytes({"dtks.csv": b"1|2\n" * 10_000_000}), "mengembang tidak wajar"),
        "zip in a zip": ("dtks.zip", zip_bytes({"dtks.csv": zip_bytes({"a.csv": b"1"})}), "berisi ZIP lain"),
        "one long string often": ("dtks.xlsx", long_strings(2000, 10_000, varied=False), "mengembang tidak wajar"),
        "password, xlsx": ("dtks.xlsx", OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le"), "bersandi"),
        "password, xls": ("dtks.xls", locked_xls(), "bersandi"),
        "password, zip": ("dtks.zip", locked_zip(), "bersandi"),
        "truncated xlsx": ("dtks.xlsx", xlsx_bytes(PEOPLE)[:-300], "rusak atau terpotong"),
        "truncated xls": ("dtks.xls", xls_bytes(old_rows())[:900], "rusak"),
        "truncated xlsb": ("dtks.xlsb", xlsb_bytes(old_rows())[:-300], "rusak"),
        "truncated ods": ("dtks.ods", ods_bytes(old_rows())[:-300], "rusak"),
        "html": ("dtks.xls", WEB_PAGE, "halaman web"),
        "xml of 2003": ("dtks.xls", XML_2003, "halaman web"),
        "pdf": ("dtks.xlsx", b"%PDF-1.7\n" + b"1" * 500, "bukan lembar kerja"),
        "entities": ("dtks.xlsx", with_entities(address), "tidak diizinkan"),
        "hidden entities": ("dtks.xlsx", with_hidden_entities(), "rusak"),
        "entities in UTF-16": ("dtks.xlsx", in_utf_16(), "rusak"),
        "billion laughs": ("dtks.xlsx", laughs(), "tidak diizinkan"),
        "nothing but NUL": ("dtks.csv", b"\0" * 5000, "bukan lembar kerja"),
        "binary": ("dtks.csv", random.Random(1).randbytes(20_000), "bukan lembar kerja"),
    }  # fmt: skip
