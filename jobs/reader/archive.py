"""A workbook as an archive: checked before anything is unpacked, then its sheets and their cells."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from jobs.reader.limits import (
    CHUNK,
    COLUMNS,
    DAMAGED,
    ENTRIES,
    RATIO,
    RATIO_FROM,
    SHEET_ROWS,
    UNCOMPRESSED,
    Refused,
)

# What zipfile raises over a file that is cut, bent, under a password, or packed in a way it does not know.
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, KeyError)


@dataclass
class Sheet:
    name: str
    part: str
    hidden: bool = False


@dataclass
class Workbook:
    sheets: list[Sheet]
    date_1904: bool = False


def open_workbook(path: Path) -> Workbook:
    """Check the archive before anything is unpacked, then list its sheets."""
    with opened(path) as archive:
        check_archive(archive)
        return _workbook(archive)


@contextmanager
def opened(path: Path, sentence: str = DAMAGED) -> Iterator[zipfile.ZipFile]:
    """An archive to read from. What turns out to be broken, at once or on the way, is refused with `sentence`."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except BROKEN as error:
        raise Refused(sentence) from error


def check_size(archive: zipfile.ZipFile) -> None:
    """Refuse zip bombs by the central directory, and encrypted entries."""
    entries = archive.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNCOMPRESSED:
        raise Refused("Isi berkas ini terlalu besar untuk dibuka. Bagi menjadi beberapa berkas.")
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("Berkas ini bersandi. Buka di Excel, simpan tanpa sandi, lalu unggah lagi.")
        if entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1):
            raise Refused(
                "Berkas ini mengembang tidak wajar saat dibuka. Salin datanya ke lembar baru, simpan, lalu"
                " unggah lagi."
            )


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse what is too large, encrypted, or carries a document type.

    One can stand only above the root. So the root has to begin soon, and in an encoding where it can be seen.
    """
    check_size(archive)
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")) and name.startswith(("xl/", "_rels/", "[Content_Types]")):
            with archive.open(name) as part:
                head = part.read(64 * 1024)
            if b"<!DOCTYPE" in head:
                raise Refused("Berkas Excel ini memuat bagian yang tidak diizinkan dan tidak dibuka.")
            if head and (b"\0" in head[:4] or not re.search(rb"<\w", head)):
                raise Refused(DAMAGED)


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def _workbook(archive: zipfile.ZipFile) -> Workbook:
    from defusedxml.ElementTree import fromstring

    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter(RELATION)
    }
    root = fromstring(archive.read("xl/workbook.xml"))
    main = STRICT if root.tag.startswith(STRICT) else MAIN
    sheets = []
    for element in root.iter(f"{main}sheet"):
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        target = targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part:
            hidden = element.get("state", "visible") != "visible"
            sheets.append(Sheet(element.get("name", ""), part, hidden))
    properties = root.find(f"{main}workbookPr")
    date_1904 = properties is not None and properties.get("date1904", "0") in {"1", "true"}
    return Workbook(sheets, date_1904)


def column_number(letters: bytes) -> int:
    """A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def first_rows(archive: zipfile.ZipFile, part: str, rows: int) -> list[list[str]]:
    """A sheet's rows 1..rows as lists of text, without unpacking the rest of it.

    Cells are the same text that DuckDB gives; trailing empty cells and rows are left out.
    """
    found = {
        (row, column): text for row, column, text, _ in cells_of(archive, part, rows) if column <= COLUMNS
    }
    strings = strings_at(archive, {text for text in found.values() if isinstance(text, int)})
    cells: list[list[str]] = [[] for _ in range(max((place[0] for place in found), default=0))]
    for (row, column), text in sorted(found.items()):
        line = cells[row - 1]
        line.extend([""] * (column - len(line)))
        line[column - 1] = strings.get(text, "") if isinstance(text, int) else text
    return [_trimmed(line) for line in cells]


def hidden_columns(archive: zipfile.ZipFile, part: str) -> list[int]:
    """The columns of a sheet that nobody sees, from 0: the list of them stands before the first row."""
    found: set[int] = set()
    with archive.open(part) as stream:
        for event, element in _parse(stream):
            tag = element.tag.rpartition("}")[2]
            if tag == "sheetData":
                break
            if event == "start" and tag == "col" and element.get("hidden") in {"1", "true"}:
                ends = [element.get(end, "") for end in ("min", "max")]
                if all(end.isascii() and end.isdigit() for end in ends):
                    first, last = map(int, ends)
                    found |= set(range(max(first, 1) - 1, min(last, COLUMNS)))
    return sorted(found)


def cells_of(
    archive: zipfile.ZipFile, part: str, last_row: int = SHEET_ROWS
) -> Iterator[tuple[int, int, str | int, str]]:
    """Row, column, text and type of each cell of a sheet that holds something, as far as `last_row`."""
    with archive.open(part) as stream:
        yield from cells_in(stream, last_row)


def cells_in(stream: IO[bytes], last_row: int = SHEET_ROWS) -> Iterator[tuple[int, int, str | int, str]]:
    """The same of a sheet's XML, or of a piece of it.

    Places may be left out of a sheet; then each row and cell follows the one before. An int for text
    is the number of a shared string.
    """
    row = column = 0
    rows_above = None
    for event, element in _parse(stream):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "sheetData":
            rows_above = element
        elif event == "start" and tag == "row":
            row, column = int(element.get("r", row + 1)), 0
            if row > last_row:
                return
        elif event == "start" and tag == "c":
            match = re.match(r"[A-Z]+", element.get("r", ""))
            column = column_number(match.group().encode()) if match else column + 1
        elif event == "end" and tag == "c":
            text = _cell_text(element)
            if text is not None:
                yield row, column, text, element.get("t", "n")
        elif event == "end" and tag == "row" and rows_above is not None:
            rows_above.clear()


def _parse(stream: IO[bytes]):
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    try:
        yield from iterparse(stream, ("start", "end"))
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Refused(DAMAGED) from error


def _cell_text(cell) -> str | int | None:
    """The text of a cell; an int is the number of a shared string."""
    children = {child.tag.rpartition("}")[2]: child for child in cell}
    if "is" in children:
        return "".join(_texts(children["is"]))
    value = children["v"].text if "v" in children else None
    if value is not None and cell.get("t") == "s":
        return int(value)
    return value


def _texts(element) -> Iterator[str]:
    """The pieces of a rich text, without the phonetic readings beside it."""
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            yield child.text or ""
        elif tag == "r":
            yield from _texts(child)


def strings_at(archive: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """Those of the workbook's strings that are wanted, reading no further than the last of them.

    There may be millions, and none of the others is built.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    strings: dict[int, str] = {}
    part = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
    if part is None or not wanted:
        return strings
    number, last = -1, max(wanted)
    try:
        with archive.open(part) as stream:
            sst = Envelope.around(stream, b"sst")
            for number, piece in enumerate(sst.elements(b"si")):
                if number in wanted:
                    strings[number] = "".join(_texts(fromstring(sst.alone(piece))[0]))
                if number == last:
                    break
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Refused(DAMAGED) from error
    return strings


@dataclass
class Envelope:
    """The root of an XML part, and its text cut into elements that are read one by one, or not at all."""

    opening: bytes
    prefix: bytes
    name: bytes
    head: bytes
    stream: IO[bytes]

    @classmethod
    def around(cls, stream: IO[bytes], name: bytes) -> Envelope:
        """Read as far as the root's opening tag."""
        head = stream.read(CHUNK)
        tag = re.search(rb"<(\w+:)?" + name + rb"(?:\s[^<>]*)?>", head)
        if tag is None or tag.group().endswith(b"/>"):
            raise Refused(DAMAGED)
        return cls(tag.group(), tag.group(1) or b"", name, head[tag.end() :], stream)

    def alone(self, element: bytes) -> bytes:
        """One element as a document of its own, with the prefixes it may use."""
        return b"".join([self.opening, element, b"</", self.prefix, self.name, b">"])

    def elements(self, name: bytes) -> Iterator[bytes]:
        """Every element of that name as it is written, from its opening to its closing tag.

        For names that never lie in one another. Nothing is built of them: a tag can stand inside text in
        two ways only, CDATA and comments, and both are taken out first.
        """
        start = re.compile(re.escape(b"<" + self.prefix + name) + rb"[\s/>]")
        end = re.compile(re.escape(b"</" + self.prefix + name) + rb"\s*>")
        tail, chunk = b"", self.head
        while chunk:
            text, held = _without_sections(tail + chunk)
            places = [found.start() for found in start.finditer(text)]
            for here, there in pairwise(places):
                yield text[here:there]
            tail = text[places[-1] if places else -64 :] + held
            if len(tail) > 16 * CHUNK:
                raise Refused("Satu baris di lembar ini terlalu panjang untuk dibaca.")
            chunk = self.stream.read(4 * CHUNK)
        if start.match(tail):
            closed = end.search(tail) or re.match(rb"<[^<>]*/>", tail)
            yield tail[: closed.end()] if closed else tail


SECTION = re.compile(rb"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->", re.DOTALL)


def _without_sections(text: bytes) -> tuple[bytes, bytes]:
    """The text with CDATA escaped and comments gone, and what follows a section that has not ended yet."""
    if b"<!" not in text:
        return text, b""
    text = SECTION.sub(
        lambda section: (section.group(1) or b"").replace(b"&", b"&amp;").replace(b"<", b"&lt;"), text
    )
    cut = text.find(b"<!")
    return (text[:cut], text[cut:]) if cut >= 0 else (text, b"")


def _trimmed(cells: list[str]) -> list[str]:
    while cells and cells[-1] == "":
        cells.pop()
    return cells
