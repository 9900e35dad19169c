"""What a change by hand would do, found by doing it and taking it back: before and after, nothing written.

So the confirmation says exactly what the button does, with every refusal, and no rule stands twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from access.masking import mask_nik
from kpm.models import Anggota, Keluarga, Kepesertaan, Suntingan, written_day
from kpm.templatetags.kpm_tags import nama_orang
from spatial.models import Wilayah

KELUARGA = {
    "no_kk": "No. KK",
    "wilayah_id": "Desa",
    "alamat": "Alamat",
    "dusun": "Dusun",
    "rt": "RT",
    "rw": "RW",
    "titik": "Letak rumah",
    "titik_akurasi_m": "Ketelitian letak",
    "titik_asal": "Sumber titik",
    "status": "Status",
    "keluar_alasan": "Alasan keluar",
    "keluar_tanggal": "Keluar sejak",
}
ANGGOTA = {
    "nama": "Nama",
    "nik": "NIK",
    "nik_status": "Status NIK",
    "id_dtks": "ID DTKS",
    "jenis_kelamin": "Jenis kelamin",
    "tempat_lahir": "Tempat lahir",
    "tanggal_lahir": "Tanggal lahir",
    "keluarga": "No. KK",
    "hubungan": "Hubungan",
    "pekerjaan": "Pekerjaan",
    "nama_ibu": "Nama ibu",
    "status": "Status",
    "keluar_tanggal": "Sejak",
    "keluar_alasan": "Alasan",
}


OF_ITSELF = {"Status", "Status NIK"}  # of a new row nobody has to be told


@dataclass(frozen=True)
class Line:
    """One field of one row: "Rosidi", "Status", "anggota", "meninggal"."""

    siapa: str
    label: str
    dulu: str
    kini: str


@dataclass
class Preview:
    suntingan: Suntingan
    line_list: list[Line] = field(default_factory=list)

    @property
    def jumlah(self) -> int:
        return len(self.line_list)


def preview(
    user, keluarga_list: Iterable[Keluarga], change: Callable[[], Suntingan], typed: Iterable[str] = ()
) -> Preview:
    """Carry `change` out, look, and take it back. `typed`: numbers their writer may read in full. Raises Refused."""
    seen = _Seen(user, set(typed))
    with transaction.atomic():
        suntingan = change()
        ids = {one.pk for one in keluarga_list} | {suntingan.keluarga_id}
        ids |= {suntingan.keluarga_lain_id} - {None}  # type: ignore[arg-type]
        after = seen.rows(ids)
        transaction.set_rollback(True)
    before = seen.rows(ids)
    return Preview(suntingan, seen.compare(before, after, suntingan))


@dataclass
class _Row:
    siapa: str
    values: dict[str, str]


class _Seen:
    """The rows of some keluarga as one user reads them, in words."""

    def __init__(self, user, typed: set[str]):
        self.user, self.typed = user, typed

    def rows(self, ids: Iterable[int]) -> dict[tuple[str, int], _Row]:
        """The keluarga first, then everybody in them, then programmes."""
        found: dict[tuple[str, int], _Row] = {}
        families = {k.pk: k for k in Keluarga.objects.visible_to(self.user).filter(pk__in=ids).order_by("pk")}
        places = dict(
            Wilayah.objects.filter(pk__in={k.wilayah_id for k in families.values()}).values_list("pk", "nama")
        )
        for pk, keluarga in families.items():
            values = {label: self._written(keluarga, name, places) for name, label in KELUARGA.items()}
            found["keluarga", pk] = _Row("Keluarga", values)
        people = Anggota.objects.visible_to(self.user).filter(keluarga__in=families)
        for one in people.order_by("keluarga_id", "status", "-kepala", "tanggal_lahir", "pk"):
            one.keluarga = families[one.keluarga_id]
            values = {label: self._written(one, name, places) for name, label in ANGGOTA.items()}
            found["anggota", one.pk] = _Row(nama_orang(one.nama), values)
        taking = Kepesertaan.objects.visible_to(self.user).filter(keluarga__in=families, anggota=None)
        for one in taking.select_related("program", "sumber").order_by("pk"):
            text = f"{one.program.singkatan}, {one.sumber.judul}"
            found["program", one.pk] = _Row(
                "Keluarga", {"Program": f"{text} ({self._card(families[one.keluarga_id])})"}
            )
        return found

    def compare(self, before, after, suntingan: Suntingan) -> list[Line]:
        """What differs. Of a keluarga that moved out of sight the line of the edit knows the villages."""
        gone = {pk for kind, pk in before if kind == "keluarga"} - {
            pk for kind, pk in after if kind == "keluarga"
        }
        if gone and suntingan.rincian:
            return self._moved(suntingan)
        several = len({pk for kind, pk in [*before, *after] if kind == "keluarga"}) > 1
        lines = []
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            who = (old or new).siapa
            if several and key[0] == "keluarga":
                who = f"Keluarga {(old or new).values['No. KK'] or 'tanpa KK'}"
            labels = [label for label in (new or old).values if old or label not in OF_ITSELF]
            pairs = (
                (label, old.values[label] if old else "", new.values[label] if new else "")
                for label in labels
            )
            lines += [Line(who, label, dulu, kini) for label, dulu, kini in pairs if dulu != kini]
        return lines

    def _moved(self, suntingan: Suntingan) -> list[Line]:
        codes = [suntingan.rincian.get("dari") or "", suntingan.rincian.get("ke") or ""]
        names = {w.kode: w for w in Wilayah.objects.filter(pk__in=codes).select_related("induk__induk")}
        dari, ke = (_far_name(names.get(kode)) for kode in codes)
        return [Line("Keluarga", "Desa", dari, ke)]

    def _written(self, row: Any, name: str, places: dict[str, str]) -> str:
        if name == "keluarga":
            return self._card(row.keluarga)
        value = getattr(row, name)
        if value in (None, ""):
            return ""
        if name in {"nik", "no_kk"}:
            return value if value in self.typed else mask_nik(value)
        if name == "wilayah_id":
            return places.get(value, value)
        if name in {"tanggal_lahir", "keluar_tanggal"}:
            return written_day(value)
        if name == "titik":
            return f"{value.y:.5f}, {value.x:.5f}"
        if name == "titik_akurasi_m":
            return f"{value} m"
        if name in {"nik_status", "status", "jenis_kelamin"}:
            return getattr(row, f"get_{name}_display")()
        return str(value)

    def _card(self, keluarga: Keluarga) -> str:
        return self._written(keluarga, "no_kk", {}) or "tanpa KK"


def _far_name(wilayah: Wilayah | None) -> str:
    places = [wilayah, wilayah and wilayah.induk, wilayah and wilayah.induk and wilayah.induk.induk]
    return ", ".join(place.nama_lengkap for place in places if place)
