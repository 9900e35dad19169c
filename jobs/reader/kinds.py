"""What kind of file it is, by content; the name proves nothing."""

from __future__ import annotations

from pathlib import Path

from jobs.reader.limits import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(path: Path) -> str:
    """'xlsx' or 'csv', by content; the name proves nothing."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise Refused("Berkas ini kosong. Pilih berkas lain.")
    if head == OLE:
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise Refused("Berkas ini bersandi. Buka di Excel, simpan tanpa sandi, lalu unggah lagi.")
        raise Refused(
            "Berkas ini berformat Excel lama (.xls). Buka di Excel, simpan sebagai .xlsx, lalu unggah lagi."
        )
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise Refused("Berkas ini bukan lembar kerja. Unggah berkas .xlsx atau .csv.")
    return "csv"
