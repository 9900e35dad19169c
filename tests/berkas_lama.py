"""Workbooks in older formats, as bytes: XLS by xlwt, ODS by hand, XLSB record by record."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date
from html import escape

import xlwt


def xls_bytes(rows: list[list], *, first_column: int = 0, hidden: str = "") -> bytes:
    """An Excel 97 workbook with the sheet "Data"; dates as dates, numbers as numbers."""
    book = xlwt.Workbook()
    as_date = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    if hidden:
        book.add_sheet(hidden).visibility = 1
    sheet = book.add_sheet("Data")
    book.set_active_sheet(len(hidden and [hidden]))
    for r, row in enumerate(rows):
        for c, value in enumerate(row, first_column):
            if value != "":
                sheet.write(r, c, value, as_date if isinstance(value, date) else xlwt.Style.default_style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_bytes(rows: list[list], *, repeated: int = 1) -> bytes:
    """An OpenDocument sheet "Data"; the last row is repeated."""
    lines = [
        f"<table:table-row{_repeats(repeated if number == len(rows) else 1)}>"
        f"{''.join(map(_ods_cell, row))}</table:table-row>"
        for number, row in enumerate(rows, 1)
    ]
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="Data">{"".join(lines)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest:manifest/>')
        archive.writestr("content.xml", content)
    return out.getvalue()


def _repeats(times: int) -> str:
    return f' table:number-rows-repeated="{times}"' if times > 1 else ""


def _ods_cell(value) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def xlsb_bytes(rows: list[list], *, shared: bool = False, numbers: dict | None = None) -> bytes:
    """An Excel binary workbook with the sheet "Data" (MS-XLSB: records of type, length, content).

    shared: texts stand in a table of their own, as Excel writes them.  numbers: (row, column) -> a number
    packed into thirty bits (RK): whole, or in hundredths.
    """
    numbers = numbers or {}
    texts: dict[str, int] = {}
    book = (
        _record(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Data"))
        + _record(0x90)
        + _record(0x84)
    )
    width = max(len(row) for row in rows)
    sheet = [_record(0x94, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)), _record(0x91)]
    for r, row in enumerate(rows):
        sheet.append(_record(0x00, struct.pack("<II", r, 0) + b"\0" * 9))
        for c, value in enumerate(row):
            place = struct.pack("<II", c, 0)
            if (r, c) in numbers:
                number = numbers[r, c]
                packed = number << 2 | 2 if isinstance(number, int) else round(number * 100) << 2 | 3
                sheet.append(_record(0x02, place + struct.pack("<I", packed)))
            elif isinstance(value, str) and shared:
                number = texts.setdefault(value, len(texts))
                sheet.append(_record(0x07, place + struct.pack("<I", number)) if value else b"")
            elif isinstance(value, str):
                sheet.append(_record(0x06, place + _wide(value)) if value else b"")
            else:
                sheet.append(_record(0x05, place + struct.pack("<d", value)))
    sheet += [_record(0x92), _record(0x82)]
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
        ' Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet1.bin"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(sheet))
        if shared:
            items = [_record(0x13, b"\0" + _wide(text)) for text in texts]
            archive.writestr(
                "xl/sharedStrings.bin", b"".join([_record(0x9F, b"\0" * 8), *items, _record(0xA0)])
            )
    return out.getvalue()


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(content), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """An archive of named files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
