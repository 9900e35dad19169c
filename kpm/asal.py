"""Who wrote a field, when it was not the source: read from `asal` of a keluarga and of its people, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime

from access.models import User
from kpm.models import Anggota, Keluarga, written_date
from kpm.templatetags.kpm_tags import nama_orang

LABELS = {
    "no_kk": "No. KK",
    "wilayah": "Desa",
    "alamat": "Alamat",
    "dusun": "Dusun",
    "rt": "RT",
    "rw": "RW",
    "titik": "Letak rumah",
    "status": "Status",
    "nama": "Nama",
    "nik": "NIK",
    "id_dtks": "ID DTKS",
    "jenis_kelamin": "Jenis kelamin",
    "tempat_lahir": "Tempat lahir",
    "tanggal_lahir": "Tanggal lahir",
    "keluarga": "Keluarga",
    "hubungan": "Hubungan",
    "pekerjaan": "Pekerjaan",
    "nama_ibu": "Nama ibu",
}
VERVAL = "verval"


@dataclass(frozen=True)
class Asal:
    """One field that somebody else than the source wrote. siapa: whose field.  oleh: who wrote it."""

    siapa: str
    label: str
    oleh: str
    waktu: datetime | None

    @property
    def kata(self) -> str:
        """ "ditulis Rina Marlina, 24 Nov 2026"."""
        return ", ".join(filter(None, [f"ditulis {self.oleh}", written_date(self.waktu)]))


def asal_of(keluarga: Keluarga, anggota_list: Sequence[Anggota]) -> list[Asal]:
    """Every such field of a keluarga, and a word for each beside its row: row.asal_kata["alamat"]."""
    rows: list[tuple[str, Keluarga | Anggota]] = [("Keluarga", keluarga)]
    rows += [(nama_orang(one.nama), one) for one in anggota_list]
    writers = {mark.get("id") for _, row in rows for mark in row.asal.values() if mark.get("oleh") != VERVAL}
    names = dict(User.objects.filter(pk__in=writers - {None}).values_list("pk", "nama"))
    found = []
    for siapa, row in rows:
        words: dict[str, str] = {}
        for name, label in LABELS.items():
            if mark := row.asal.get(name):
                oleh = "verval" if mark.get("oleh") == VERVAL else names.get(mark.get("id"), "petugas")
                one = Asal(siapa, label, oleh, parse_datetime(str(mark.get("waktu", ""))))
                words[name] = one.kata
                found.append(one)
        row.asal_kata = words  # type: ignore[union-attr]
    return found
