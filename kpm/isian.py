"""What somebody typed about a keluarga or a person, judged as the rows of a file are, and the reason and paper with it.

Nothing is written here. The numbers of other rows are asked for by the verbs (suntingan.py), through the gate.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from kpm.models import Anggota, Keluarga, Suntingan, Surat
from spatial.queries import box_of_villages

SQL = Path(__file__).parent / "sql" / "suntingan"
FIRST_DAY = date(1900, 1, 1)
NUMBER = re.compile(r"(?:\d[\s.,'/_-]{0,3}){16}")
KK = re.compile(r"\d{16}", re.ASCII)
SHORTEST = 10  # letters of a reason in one's own words
KEPALA = "kepala keluarga"
# As the Kartu Keluarga writes them; every one is what kpm_hubungan makes of itself.
HUBUNGAN = [
    "suami", "istri", "anak", "anak tiri", "anak angkat", "menantu", "cucu", "orang tua", "mertua", "famili lain",
    "pembantu", "lainnya",
]  # fmt: skip
NIK_SALAH = {
    "panjang": "NIK harus 16 angka.",
    "excel": "Angka ini rusak karena Excel. Ketik NIK dari KTP atau KK.",
    "wilayah": "Dua angka pertama bukan kode provinsi. Periksa lagi NIK-nya.",
    "tanggal": "Tanggal di dalam NIK ini tidak ada. Periksa lagi NIK-nya.",
    "0000": "NIK yang berakhir 0000 tidak pernah diterbitkan. Periksa lagi NIK-nya.",
}
EXAMPLE = {"lintang": "-2.94512", "bujur": "106.45123"}
BY_HAND = "petugas"  # titik_asal of a point that was typed or picked on the map
KELUARGA = ("no_kk", "alamat", "dusun", "rt", "rw")
ORANG = (
    "nama",
    "nik",
    "id_dtks",
    "tempat_lahir",
    "tanggal_lahir",
    "jenis_kelamin",
    "hubungan",
    "pekerjaan",
    "nama_ibu",
)
DEGREES = re.compile(r"[-+]?\d{1,3}(?:[.,]\d{1,15})?", re.ASCII)
# What is copied from a map: "-2.94512, 106.45123".
BOTH = re.compile(r"([-+]?\d{1,3}\.\d{1,15})[,;\s]\s*([-+]?\d{1,3}\.\d{1,15})", re.ASCII)
SAME_PLACE = 6  # decimals of a degree: 0.1 m
FARTHEST_ACCURACY = 5_000  # metres
# Papers without a number of their own, or whose number is a NIK or No. KK.
UNNUMBERED = {Surat.KK, Surat.KTP}


class Elsewhere(NamedTuple):
    """A row out of the user's sight, for the trail alone: no page says anything of it."""

    objek: str
    pk: int
    keluarga: int
    wilayah: str | None

    @classmethod
    def of(cls, row: Keluarga | Anggota) -> Elsewhere:
        if isinstance(row, Keluarga):
            return cls("keluarga", row.pk, row.pk, row.wilayah_id)
        return cls("anggota", row.pk, row.keluarga_id, row.wilayah_id)


class Refused(Exception):
    """Nothing is written. `errors`: sentence by field of the form, "" for the whole.

    keluarga: where the number is recorded already, for a link.  di_luar: it is recorded out of the user's sight,
    which he now knows: whoever answers him writes that into the trail, after what was begun is rolled back.
    """

    def __init__(
        self,
        errors: str | Mapping[str, str],
        *,
        keluarga: Keluarga | None = None,
        di_luar: Elsewhere | None = None,
    ):
        self.errors = {"": errors} if isinstance(errors, str) else dict(errors)
        self.keluarga, self.di_luar = keluarga, di_luar
        super().__init__(" ".join(self.errors.values()))


class Changed(Refused):
    """Somebody else wrote between the form and the answer."""

    def __init__(self, siapa: str, kapan):
        super().__init__("Data ini baru saja diubah orang lain, jadi isian Anda belum disimpan.")
        self.siapa, self.kapan = siapa, kapan


@dataclass(frozen=True)
class Why:
    """Why something is changed by hand, on which paper, and from which form.

    alasan: one of Suntingan.Alasan.  surat: {"jenis": one of Surat, "nomor": ..., "tanggal": date}.
    sekali: good for one change; the same form again finds the first.  dilihat: `version_of` what the form showed
    (of two keluarga "a+b"), "" for who saw none (commands, tests).  alamat: of the client, for the trail.
    """

    alasan: str
    keterangan: str = ""
    surat: Mapping[str, Any] = field(default_factory=dict)
    sekali: uuid.UUID = field(default_factory=uuid.uuid4)
    dilihat: str = ""
    alamat: str | None = None

    def checked(self, *, paper: bool) -> tuple[str, dict[str, str]]:
        """The words and the paper as they are kept. `paper`: it has to be named, whatever the reason."""
        errors: dict[str, str] = {}
        if self.alasan not in Suntingan.Alasan.values:
            errors["alasan"] = "Pilih alasannya."
        text = " ".join(self.keterangan.split())
        if NUMBER.search(text):
            errors["keterangan"] = "Jangan tulis NIK atau No. KK di sini: keterangan ini tersimpan di jejak."
        elif self.alasan == Suntingan.Alasan.LAINNYA and len(text) < SHORTEST:
            errors["keterangan"] = f"Tulis alasannya, sedikitnya {SHORTEST} huruf."
        elif len(text) > _longest(Suntingan, "keterangan"):
            errors["keterangan"] = f"Paling banyak {_longest(Suntingan, 'keterangan')} huruf."
        surat = self._paper(errors)
        if paper and not surat and not errors.keys() & {"surat", "nomor", "tanggal_surat"}:
            errors["surat"] = "Pilih surat yang menjadi dasarnya."
        if errors:
            raise Refused(errors)
        return text, surat

    def _paper(self, errors: dict[str, str]) -> dict[str, str]:
        jenis, day = self.surat.get("jenis") or "", self.surat.get("tanggal") or None
        nomor = " ".join(str(self.surat.get("nomor") or "").split())
        if not jenis:
            if nomor or day:
                errors["surat"] = "Pilih jenis suratnya."
            return {}
        if jenis not in Surat.values:
            errors["surat"] = "Pilih jenis suratnya."
            return {}
        if NUMBER.search(nomor):
            errors["nomor"] = "Ini tampak seperti NIK atau No. KK. Tulis nomor suratnya, atau kosongkan."
        elif not nomor and jenis not in UNNUMBERED:
            errors["nomor"] = "Isi nomor suratnya."
        elif len(nomor) > 60:
            errors["nomor"] = "Paling banyak 60 huruf."
        if not day:
            errors["tanggal_surat"] = "Isi tanggal suratnya."
        elif wrong := _wrong_day(day):
            errors["tanggal_surat"] = wrong
        return {"jenis": str(jenis), "nomor": nomor, "tanggal": day.isoformat() if day else ""}


class _Read(NamedTuple):
    """One text in all the ways a field may want it."""

    teks: str
    nomor: str
    nik_status: str
    normal: str
    dua_angka: str
    hubungan: str
    kelamin: str


def read_keluarga(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of KELUARGA as the register holds them. Raises Refused with a sentence per field."""
    read = _read(typed, KELUARGA)
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, cell in read.items():
        match name:
            case "no_kk":
                found |= {"no_kk": cell.nomor or None, "tanpa_kk": not cell.nomor}
                if cell.nomor and not KK.fullmatch(cell.nomor):
                    errors[name] = "No. KK harus 16 angka."
                elif cell.nomor.endswith("0000"):
                    errors[name] = "No. KK yang berakhir 0000 tidak pernah diterbitkan. Periksa lagi."
            case "rt" | "rw":
                found[name] = cell.dua_angka
            case _:
                found[name] = cell.teks.upper()
    _check_lengths(Keluarga, found, errors)
    if errors:
        raise Refused(errors)
    return found


def read_orang(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of ORANG as the register holds them, with nik_status and nama_normal. Raises Refused."""
    read = _read(typed, [name for name in ORANG if name != "tanggal_lahir"])
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, cell in read.items():
        match name:
            case "nama":
                found |= {"nama": cell.teks.upper(), "nama_normal": cell.normal}
                if not any(letter.isalpha() for letter in cell.teks):
                    errors[name] = "Isi namanya seperti pada KTP atau KK."
            case "nik":
                found |= {"nik": cell.nomor, "nik_status": cell.nik_status}
                if cell.nik_status in NIK_SALAH:
                    errors[name] = NIK_SALAH[cell.nik_status]
            case "id_dtks":
                found[name] = cell.nomor or None
            case "hubungan":
                found[name] = cell.hubungan
                if cell.teks and not cell.hubungan:
                    errors[name] = "Pilih hubungan seperti pada Kartu Keluarga."
            case "jenis_kelamin":
                found[name] = cell.kelamin
                if cell.teks and not cell.kelamin:
                    errors[name] = "Pilih laki-laki atau perempuan."
            case _:
                found[name] = cell.teks.upper()
    if "tanggal_lahir" in typed:
        found["tanggal_lahir"] = typed["tanggal_lahir"] or None
        if found["tanggal_lahir"] and (wrong := _wrong_day(found["tanggal_lahir"])):
            errors["tanggal_lahir"] = wrong
    _check_lengths(Anggota, found, errors)
    if errors:
        raise Refused(errors)
    return found


def read_titik(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Where a house stands, as the register holds it: lintang, bujur and akurasi (metres, may be empty) as typed.

    Raises Refused where they are no point of the province. Whether it is one of the village says the verb.
    """
    texts = {name: str(typed.get(name) or "").strip().replace("−", "-") for name in ("lintang", "bujur")}
    if not texts["bujur"] and (both := BOTH.fullmatch(texts["lintang"])):
        texts["lintang"], texts["bujur"] = both.groups()
    errors: dict[str, str] = {}
    degrees = {name: _degrees(name, text, errors) for name, text in texts.items()}
    metres = _metres(str(typed.get("akurasi") or "").strip(), errors)
    if errors:
        raise Refused(errors)
    lat, lng = degrees["lintang"], degrees["bujur"]
    west, south, east, north = box_of_villages()
    if not (west <= lng <= east and south <= lat <= north):
        turned = west <= lat <= east and south <= lng <= north
        outside = "Titik ini di luar provinsi. Periksa lagi angkanya."
        raise Refused({"lintang": "Lintang dan bujur tertukar." if turned else outside})
    return {"titik": Point(lng, lat, srid=4326), "titik_akurasi_m": metres, "titik_asal": BY_HAND}


def _degrees(name: str, text: str, errors: dict[str, str]) -> float:
    if not DEGREES.fullmatch(text):
        errors[name] = (
            f"Tulis {name}nya dalam derajat, misalnya {EXAMPLE[name]}." if text else f"Isi {name}nya."
        )
        return 0.0
    return round(float(text.replace(",", ".")), SAME_PLACE)


def _metres(text: str, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or not 1 <= int(text) <= FARTHEST_ACCURACY:
        errors["akurasi"] = "Tulis ketelitian dalam meter, 1 sampai 5.000, atau kosongkan."
        return None
    return int(text)


def read_day(name: str, day: date | None) -> date:
    """A day that something happened on: not before 1900 and not to come."""
    wrong = "Isi tanggalnya." if day is None else _wrong_day(day)
    if wrong or day is None:
        raise Refused({name: wrong})
    return day


def _wrong_day(day: date) -> str:
    if day > timezone.localdate():
        return "Tanggal ini belum terjadi."
    return "Tanggal ini terlalu lama." if day < FIRST_DAY else ""


def _read(typed: Mapping[str, Any], names) -> dict[str, _Read]:
    given = [name for name in names if name in typed]
    texts = [" ".join(str(typed[name] or "").split()) for name in given]
    with connection.cursor() as cursor:
        cursor.execute((SQL / "isian.sql").read_text(), {"tulisan": texts})
        return {name: _Read(*row) for name, row in zip(given, cursor.fetchall(), strict=True)}


def _check_lengths(model, found: Mapping[str, Any], errors: dict[str, str]) -> None:
    for name, value in found.items():
        if isinstance(value, str) and name not in errors and name != "nama_normal":
            longest = _longest(model, name)
            if len(value) > longest:
                errors[name] = f"Paling banyak {longest} huruf."


def _longest(model, name: str) -> int:
    return model._meta.get_field(name).max_length
