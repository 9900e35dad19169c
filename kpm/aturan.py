"""The rules of one import: what its source may write, whom it contradicts, what becomes of those it leaves out.

They stand in Impor.aturan. Without any, an import writes every field of its file, leaves alone what an officer or
a visit wrote, and does nothing to the keluarga and members it does not name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kpm.imports import PROGRAM, Layout
from kpm.models import Impor, Sumber

# Fields of known rows, as `asal` names them. What a rule calls a field is what pages call it.
KELUARGA = {
    "alamat": "Alamat",
    "dusun": "Dusun",
    "rt": "RT",
    "rw": "RW",
    "wilayah": "Desa/Kelurahan",
    "no_kk": "No. KK",
    "titik": "Titik rumah",
}
ANGGOTA = {
    "keluarga": "Pindah KK",
    "id_dtks": "ID DTKS",
    "nik": "NIK",
    "nama": "Nama",
    "tempat_lahir": "Tempat Lahir",
    "tanggal_lahir": "Tanggal Lahir",
    "jenis_kelamin": "Jenis Kelamin",
    "hubungan": "Hubungan Keluarga",
    "pekerjaan": "Pekerjaan",
    "nama_ibu": "Nama Ibu Kandung",
    "keterangan_padan": "Keterangan Padan",
}
# What a source says in rows of its own: of people and keluarga who are known, a rule holds it back as a whole.
SUMBER = {
    "program": "Program bantuan",
    "peringkat": "Desil, persentil dan peringkat",
    "jawaban": "Jawaban kuesioner",
}
ISIAN = KELUARGA | ANGGOTA | SUMBER
STATUS = "status"
# Names of fields that only pages need.
LABELS = ISIAN | {
    STATUS: "Status di daftar",
    "id_keluarga": "ID keluarga",
    "nik_status": "Bentuk NIK",
    "kepala": "Kepala keluarga",
}
# Not columns: where somebody lives and with whom comes from the village and the keluarga, which every file names.
ALWAYS_THERE = {"wilayah", "keluarga"}
# Columns under another name.
COLUMNS = {"titik": ("lat",), "program": PROGRAM, "peringkat": ("desil", "persentil", "peringkat")}
MISSING = "tidak ada di "  # how the reason of a keluarga or person begins that an import took off the list


def layout_of(impor: Impor) -> Layout:
    """How the file of an import is laid out; of one without any, nothing is known."""
    nothing = {"tata_letak": "", "sheet": "", "header_row": 0, "title_rows": 0, "judul": [], "kolom": {}}
    return Layout(**(nothing | impor.layout))


def fields_of(layout: Layout) -> dict[str, str]:
    """The fields that a file with this layout says something about, with their labels."""
    return {
        name: label
        for name, label in ISIAN.items()
        if name in ALWAYS_THERE
        or any(layout.has(column) for column in COLUMNS.get(name, (name,)))
        or (name == "jawaban" and layout.indikator)
    }


@dataclass(frozen=True)
class Aturan:
    """hilang, hilang_anggota: "biarkan" or "keluar", of missing keluarga and of missing members of keluarga that are
    named.  isian: fields it may write, None for all.  timpa: fields it may take from
    whoever wrote them.  utuh: all rows or none.  tanggal: answered order of dates, by column."""

    hilang: str = "biarkan"
    hilang_anggota: str = "biarkan"
    isian: tuple[str, ...] | None = None
    timpa: tuple[str, ...] = ()
    utuh: bool = False
    tanggal: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, impor: Impor) -> Aturan:
        """The rules as they are kept; what is not known any more is passed over."""
        kept = impor.aturan
        isian = kept.get("isian")
        return cls(
            hilang="keluar" if kept.get("hilang") == "keluar" else "biarkan",
            hilang_anggota="keluar" if kept.get("hilang_anggota") == "keluar" else "biarkan",
            isian=None if isian is None else tuple(name for name in ISIAN if name in isian),
            timpa=tuple(name for name in [*ISIAN, STATUS] if name in kept.get("timpa", [])),
            utuh=bool(kept.get("utuh")),
            tanggal=dict(kept.get("tanggal", {})),
        )

    def kept(self) -> dict[str, Any]:
        """As Impor.aturan holds them."""
        kept: dict[str, Any] = {"hilang": self.hilang, "utuh": self.utuh, "timpa": list(self.timpa)}
        if self.takes_members:
            kept["hilang_anggota"] = self.hilang_anggota
        if self.isian is not None:
            kept["isian"] = list(self.isian)
        return kept | ({"tanggal": self.tanggal} if self.tanggal else {})

    def writes(self, name: str) -> bool:
        return self.isian is None or name in self.isian

    @property
    def takes_off(self) -> bool:
        """True when keluarga that the file leaves out go from the list."""
        return self.hilang == "keluar"

    @property
    def takes_members(self) -> bool:
        """True when members whom the file leaves out go, while their keluarga stays."""
        return self.hilang_anggota == "keluar"

    def parameters(self, layout: Layout, sumber: Sumber) -> dict[str, Any]:
        """What the SQL steps ask: which fields are written, which are taken, and the reason for those who go."""
        there = fields_of(layout)
        return {
            **{f"tulis_{name}": name in there and self.writes(name) for name in ISIAN},
            **{f"timpa_{name}": name in self.timpa for name in ("keluarga", "wilayah", STATUS)},
            "timpa": list(self.timpa),
            "hilang_keluar": self.takes_off,
            "hilang_anggota_keluar": self.takes_members,
            "hilang_awalan": MISSING,
            "hilang_alasan": f"{MISSING}{sumber.judul}",
            "jenis": sumber.jenis,
        }
