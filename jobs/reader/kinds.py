"""What kind of file it is, by content; the name proves nothing."""

from __future__ import annotations

import codecs
import re
import shutil
from pathlib import Path

from jobs.reader.archive import check_size, opened
from jobs.reader.limits import MEMBERS, Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|meta|table|\?xml)\b", re.IGNORECASE)
CONTROL = bytes({*range(32), 127} - {*b"\t\n\r"})  # a few are damage, many are no text
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
NAMES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".txt")
OLD = {"xls", "xlsb", "ods"}
NOTICE = "keterangan.txt"  # what an export says of itself, beside its rows (jobs/ekspor/files.py)
DAMAGED_ZIP = "ZIP ini rusak atau terpotong. Buat ZIP-nya lagi, lalu unggah ulang."


def kind_of(path: Path) -> str:
    """'xlsx' (macros or not), 'csv', 'xls', 'xlsb', 'ods', or 'zip' for an archive of other files."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise Refused("Berkas ini kosong. Pilih berkas lain.")
    if head.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise Refused("Berkas ini bersandi. Buka di Excel, simpan tanpa sandi, lalu unggah lagi.")
        return "xls"
    if head.startswith(b"PK"):
        return _kind_of_archive(path)
    if head.startswith(OTHERS):
        raise Refused("Berkas ini bukan lembar kerja. Unggah berkas .xlsx atau .csv.")
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not wide and len(head.translate(None, CONTROL)) < 0.9 * len(head):
        raise Refused("Berkas ini bukan lembar kerja. Unggah berkas .xlsx atau .csv.")
    if WEB_PAGE.match(head):
        raise Refused(
            "Berkas ini halaman web yang diberi nama lembar kerja. Buka di Excel, simpan sebagai .xlsx, lalu"
            " unggah lagi."
        )
    return "csv"


def _kind_of_archive(path: Path) -> str:
    with opened(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            return "xlsx"
        if "xl/workbook.bin" in names:
            return "xlsb"
        if "mimetype" in names:
            with archive.open("mimetype") as part:
                if part.read(len(ODS)) == ODS:
                    return "ods"
    return "zip"


def members(path: Path) -> list[str]:
    """The names of the files to read: "" for `path` itself or the only one in a ZIP, else those in the ZIP."""
    if kind_of(path) != "zip":
        return [""]
    with opened(path, DAMAGED_ZIP) as archive:
        check_size(archive)
        inside = [entry.filename for entry in archive.infolist() if _counts(entry.filename)]
    if not inside:
        raise Refused(
            "Berkas ini bukan lembar kerja, dan tidak berisi lembar kerja. Unggah berkas .xlsx atau .csv."
        )
    if len(inside) > MEMBERS:
        raise Refused(
            f"ZIP ini berisi {len(inside)} lembar kerja. Isi ZIP dengan satu daftar, atau dengan tabel keluarga"
            " dan tabel anggotanya, lalu unggah lagi."
        )
    return inside if len(inside) > 1 else [""]


def unwrapped(path: Path, folder: Path, member: str = "") -> Path:
    """The file to read: `member` of a ZIP ("" for its only one), taken out into `folder`, or `path` itself."""
    if kind_of(path) != "zip":
        return path
    if not member and len(members(path)) > 1:
        raise Refused("ZIP ini berisi beberapa lembar kerja. Isi ZIP dengan satu saja, lalu unggah lagi.")
    target = folder / "isi"
    with opened(path, DAMAGED_ZIP) as archive:
        check_size(archive)
        inside = [
            entry
            for entry in archive.infolist()
            if _counts(entry.filename) and member in ("", entry.filename)
        ]
        if not inside:
            raise Refused("Berkas yang dipilih tidak ada di dalam ZIP ini.")
        with archive.open(inside[0]) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    if kind_of(target) == "zip":
        raise Refused("ZIP ini berisi ZIP lain. Unggah lembar kerjanya saja.")
    return target


def _counts(name: str) -> bool:
    """True for a lembar kerja by its name, but not for what a Mac or an export of ours adds."""
    last = name.rpartition("/")[2].lower()
    ours = last.endswith(NAMES) and last != NOTICE
    return ours and not last.startswith(".") and not name.startswith("__MACOSX/")
