"""Files of boundaries, from this side: have them read, and find which column holds the code.

The reading is done by spatial.batas_reader in a process of its own, whatever the file does to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from spatial.models import Wilayah

MEMORY = 2 * 1024**3
CPU_SECONDS = 300
WALL_SECONDS = 600
CRASHED = (
    "Berkas ini tidak dapat dibaca: isinya terlalu besar atau rusak. Sederhanakan garisnya di QGIS,"
    " simpan sebagai GeoPackage, lalu unggah lagi."
)
KEMENDAGRI, BPS = "Kemendagri", "BPS"
# how sources call the columns that hold names, from the top down
NAME_COLUMNS = (
    ("wadmkk", "kabupaten", "kab_kota", "kabkota", "nmkab", "kab", "nama_kab"),
    ("wadmkc", "kecamatan", "nmkec", "kec", "nama_kec"),
    ("wadmkd", "desa", "kelurahan", "nmdesa", "desa_kel", "namobj", "nama_desa", "nama"),
)
LEVELS = [tingkat.value for tingkat in Wilayah.Tingkat]  # from the top down


class BatasDitolak(Exception):
    """Boundaries that cannot be taken; the text says why and what to do. Nothing was written."""


@dataclass(frozen=True)
class Masukan:
    """One file to load. Empty tingkat and kolom: found by its content."""

    path: Path
    nama: str
    tingkat: str = ""
    kolom: str = ""


@dataclass(frozen=True)
class Bacaan:
    """A file that was read. `baris`: its features, see batas_reader. kotak: west, south, east, north."""

    masukan: Masukan
    baris: Path
    sha256: str
    ukuran: int
    jenis: str
    jumlah: int
    titik: int
    tanpa_geometri: int
    bukan_luas: int
    kotak: list[float]
    catatan: list[str] = field(default_factory=list)

    def features(self) -> Iterator[tuple[dict[str, str], str]]:
        """Attributes and hexadecimal EWKB ("" without an area) of every feature, in file order."""
        with self.baris.open(encoding="utf-8") as lines:
            for line in lines:
                attributes, _, code = line.rstrip("\n").partition("\t")
                yield json.loads(attributes), code


def read_berkas(
    masukan: Masukan, folder: Path, number: int, started: Callable[[subprocess.Popen], None] | None = None
) -> Bacaan:
    """Have one file read; what it holds is left in `folder`. Raises BatasDitolak.

    `started` is handed the process, so that a cancelled job can end it.
    """
    inner = folder / f"berkas-{number}"
    inner.mkdir()
    order = {
        "path": str(masukan.path.resolve()),
        "folder": str(inner),
        "keluaran": str(inner / "baris"),
        "seconds": CPU_SECONDS,
        "memory": MEMORY,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "spatial.batas_reader"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(inner), "TMPDIR": str(inner)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if started is not None:
        started(process)
    try:
        said, _ = process.communicate(json.dumps(order) + "\n", timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise BatasDitolak(f"{masukan.nama}: {CRASHED}") from None
    finally:
        process.kill()
        process.wait()
    try:
        news = json.loads(said)
    except ValueError:
        news = {"refused": CRASHED}
    if "refused" in news:
        raise BatasDitolak(f"{masukan.nama}: {news['refused']}")
    with masukan.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Bacaan(masukan, inner / "baris", digest, masukan.path.stat().st_size, **news["answer"])


# --- which column holds the code -----------------------------------------------------------------


@dataclass(frozen=True)
class Kolom:
    """The column that holds the code, in which system, and of which level."""

    nama: str
    sistem: str
    tingkat: str
    kode: dict[str, str] = field(repr=False)  # as written, dots and blanks taken out -> our kode

    def kode_of(self, attributes: dict[str, str]) -> str | None:
        """Our kode of a feature, or None when it is empty or unknown at this level."""
        return self.kode.get(_bare(attributes.get(self.nama, "")))


def _bare(text: str) -> str:
    return text.replace(".", "").replace(" ", "")


def find_kolom(bacaan: Bacaan) -> Kolom | None:
    """Find by content which column holds the code, and at which level; None when none does.

    The column with the most different known codes wins: a file of villages also carries the codes of
    their kecamatan, but fewer of them. Of two equal ones the finer level, then the Kemendagri code.
    """
    known = _known_codes(bacaan.masukan.tingkat)
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for attributes, _ in bacaan.features():
        for name, text in attributes.items():
            if bacaan.masukan.kolom and name.lower() != bacaan.masukan.kolom.lower():
                continue
            for (sistem, tingkat), codes in known.items():
                if (bare := _bare(text)) in codes and not (sistem == BPS and "." in text):
                    found[name, sistem, tingkat].add(codes[bare])
    if not found:
        return None

    def weight(key: tuple[str, str, str]) -> tuple:
        name, sistem, tingkat = key
        says_bps = "bps" in name.lower() or name.lower().startswith("id")
        return len(found[key]), LEVELS.index(tingkat), (sistem == BPS) == says_bps, sistem == KEMENDAGRI

    name, sistem, tingkat = max(found, key=weight)
    return Kolom(name, sistem, tingkat, known[sistem, tingkat])


def _known_codes(tingkat: str) -> dict[tuple[str, str], dict[str, str]]:
    """For each system and level the codes as a file may write them -> our kode."""
    known: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    wilayah_list = Wilayah.objects.filter(tingkat=tingkat) if tingkat else Wilayah.objects.all()
    for kode, kode_bps, level in wilayah_list.values_list("kode", "kode_bps", "tingkat"):
        known[KEMENDAGRI, level][kode] = kode
        if kode_bps:
            known[BPS, level][kode_bps] = kode
    return known


def names_of(attributes: dict[str, str]) -> tuple[str, str, str]:
    """Kabupaten, kecamatan and desa as the feature names them; "" where no known column does."""
    lower = {name.lower(): text for name, text in attributes.items()}
    found = [next((lower[name] for name in names if name in lower), "") for names in NAME_COLUMNS]
    return found[0], found[1], found[2]
