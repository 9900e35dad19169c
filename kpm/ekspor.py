"""Exports of the registers: one row per keluarga or one per anggota, by the list's own filter.

The ids of the keluarga come through a cursor on the server, and what is shown of them is fetched some
thousand at a time, as the list does for a page. The mother's name, which banks ask for, stays here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from access.masking import mask_nik
from jobs.ekspor import Batch, EksporKind, Kolom, Size, Wish, register
from kpm import ekspor_banding  # noqa: F401  registers its kind as this module registers its own
from kpm.filters import NAMES, Filter, rank_sumber, words_of
from kpm.models import Anggota, Keluarga, Kepesertaan, Peringkat, Sumber
from kpm.queries import program_list
from spatial.models import Wilayah

CHUNK = 2_000  # keluarga at a time
LEFT_OUT = ("asal", "nama_normal", "nama_ibu")
PLACE = [Kolom("DESA/KELURAHAN", 22), Kolom("KECAMATAN", 20), Kolom("KABUPATEN/KOTA", 20)]
ADDRESS = [Kolom("ALAMAT", 32), Kolom("DUSUN", 14), Kolom("RT", 5), Kolom("RW", 5), *PLACE]
NIK_STATUS = dict(Anggota.NikStatus.choices)
NOWHERE = ("", "", "", "")
STANDING = ("status", "keluar_tanggal")
JENIS_KELAMIN = {"L": "LAKI-LAKI", "P": "PEREMPUAN"}


def isi_of(asked: Filter) -> dict[str, Any]:
    """The filter as the export keeps it: all but the wilayah, which it limits by itself."""
    return {name: value for name, value in asdict(asked).items() if name != "wilayah"}


def words(asked: Filter) -> str:
    """The filter in words for those who decide: that something was searched for, never what."""
    programs = program_list()
    parts = [words_of(name, getattr(asked, name), programs) for name in NAMES if getattr(asked, name)]
    if soal := asked.soal:
        parts.append(soal.words(asked.jawaban))
    if asked.kata:
        by_number = any(letter.isdigit() for letter in asked.kata)
        parts.append("pencarian nomor" if by_number else "pencarian nama")
    return ", ".join(parts) or "Tanpa saringan, semua yang ada di daftar"


def keluarga_of(user, wish: Wish) -> QuerySet[Keluarga]:
    """The keluarga a wish asks for, through the gate."""
    return Filter(wilayah=wish.wilayah, **wish.isi).keluarga(user)


def anggota_of(user, wish: Wish) -> QuerySet[Anggota]:
    """Their members of today."""
    return Anggota.objects.visible_to(user).aktif().filter(keluarga__in=keluarga_of(user, wish).values("pk"))


def count_keluarga(user, wish: Wish) -> Size:
    """One row per keluarga."""
    return Size(keluarga_of(user, wish).count(), anggota_of(user, wish).count())


def count_anggota(user, wish: Wish) -> Size:
    """One row per person."""
    orang = anggota_of(user, wish).count()
    return Size(orang, orang)


def _ranks(user) -> list[tuple[str, Sumber]]:
    return [(scale, sumber) for scale, sumber in sorted(rank_sumber(user).items())]


def _rank_columns(user) -> list[Kolom]:
    return [Kolom(f"{scale.upper()} ({sumber})", 20) for scale, sumber in _ranks(user)]


def kolom_keluarga(user) -> list[Kolom]:
    return [
        Kolom("NO. KK", 20),
        Kolom("KEPALA KELUARGA", 30),
        Kolom("NIK KEPALA", 20),
        Kolom("STATUS NIK", 18),
        *ADDRESS,
        Kolom("JUMLAH ANGGOTA", 10),
        *_rank_columns(user),
        Kolom("PROGRAM", 28),
        Kolom("SUMBER", 18),
        Kolom("STATUS KELUARGA", 18),
        Kolom("TERAKHIR DIUBAH", 14),
    ]


def kolom_anggota(user) -> list[Kolom]:
    return [
        Kolom("NO. KK", 20),
        Kolom("ID DTKS", 20),
        Kolom("NIK", 20),
        Kolom("STATUS NIK", 18),
        Kolom("NAMA", 30),
        Kolom("HUBUNGAN", 18),
        Kolom("JENIS KELAMIN", 12),
        Kolom("TEMPAT LAHIR", 18),
        Kolom("TANGGAL LAHIR", 12),
        Kolom("PEKERJAAN", 20),
        *ADDRESS,
        *_rank_columns(user),
        Kolom("PROGRAM", 28),
        Kolom("SUMBER", 18),
        Kolom("STATUS KELUARGA", 18),
    ]


class Reader:
    """Fetches keluarga and what belongs to them, a chunk at a time, all of it through the gate."""

    def __init__(self, user, wish: Wish):
        self.user, self.wish = user, wish
        self.places = places()
        self.sumber = {sumber.pk: str(sumber) for sumber in Sumber.objects.all()}
        self.ranks = _ranks(user)

    def chunks(self, *more: str, **conditions: Any) -> Iterator[list[Keluarga]]:
        """The keluarga asked for, village by village. more: further columns."""
        rows = keluarga_of(self.user, self.wish).filter(**conditions).order_by("wilayah_id", "pk")
        rows = rows.only(
            "no_kk", "alamat", "dusun", "rt", "rw", "wilayah_id", "sumber_id", "diubah", *STANDING, *more
        )
        stream = rows.iterator(chunk_size=CHUNK)
        while chunk := list(islice(stream, CHUNK)):
            yield chunk

    def anggota(self, ids: list[int], without: Sequence[str] = LEFT_OUT) -> dict[int, list[Anggota]]:
        """Members of today by keluarga, its head in front."""
        rows = Anggota.objects.visible_to(self.user).aktif().filter(keluarga_id__in=ids)
        found: dict[int, list[Anggota]] = defaultdict(list)
        for anggota in rows.order_by("keluarga_id", "-kepala", "pk").defer(*without):
            found[anggota.keluarga_id].append(anggota)
        return found

    def peringkat(self, ids: list[int]) -> dict[int, list[str]]:
        """Per keluarga one text for each scale, empty without a rank."""
        found: dict[int, list[str]] = defaultdict(lambda: [""] * len(self.ranks))
        for place, (scale, sumber) in enumerate(self.ranks):
            rows = Peringkat.objects.visible_to(self.user).filter(keluarga_id__in=ids, sumber=sumber)
            for pk, rank in rows.values_list("keluarga_id", scale):
                found[pk][place] = "" if rank is None else str(rank)
        return found

    def program(self, chunk: list[Keluarga]) -> dict[int, list[tuple[int | None, str]]]:
        """Per keluarga (anggota or None, short name) in its own list, in the programmes' order."""
        own = {keluarga.pk: keluarga.sumber_id for keluarga in chunk}
        taking = Kepesertaan.objects.visible_to(self.user).berlaku().filter(keluarga_id__in=own)
        found: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
        columns = ("keluarga_id", "sumber_id", "anggota_id", "program__singkatan")
        ordered = taking.order_by("program__urutan", "program_id")
        for pk, sumber, anggota, name in ordered.values_list(*columns):
            if own[pk] == sumber:
                found[pk].append((anggota, name))
        return found

    def address(self, keluarga: Keluarga) -> tuple[str, ...]:
        place = self.places.get(keluarga.wilayah_id or "", NOWHERE)[:3]
        return (keluarga.alamat, keluarga.dusun, keluarga.rt, keluarga.rw, *place)


def places() -> dict[str, tuple[str, str, str, str]]:
    """Village code: names of desa, kecamatan, kabupaten, provinsi."""
    above = ("induk__nama", "induk__induk__nama", "induk__induk__induk__nama")
    return {
        kode: tuple(names) for kode, *names in Wilayah.objects.villages().values_list("kode", "nama", *above)
    }


def batches_keluarga(user, wish: Wish) -> Iterator[Batch]:
    """One row per keluarga; its head leaves with it."""
    reader = Reader(user, wish)
    for chunk in reader.chunks():
        ids = [keluarga.pk for keluarga in chunk]
        people, ranks, programs = reader.anggota(ids), reader.peringkat(ids), reader.program(chunk)
        rows, heads = [], []
        for keluarga in chunk:
            members = people.get(keluarga.pk, [])
            head = members[0] if members else None
            if head:
                heads.append(head.pk)
            rows.append(
                (
                    mask_nik(keluarga.no_kk),
                    head.nama if head else "",
                    mask_nik(head.nik) if head else "",
                    NIK_STATUS[head.nik_status] if head else "",
                    *reader.address(keluarga),
                    str(len(members)),
                    *ranks[keluarga.pk],
                    ", ".join(dict.fromkeys(name for _, name in programs.get(keluarga.pk, []))),
                    reader.sumber[keluarga.sumber_id],
                    _standing(keluarga),
                    f"{timezone.localtime(keluarga.diubah):%d-%m-%Y}",
                )
            )
        yield Batch(rows, {"keluarga": ids, "anggota": heads})


def batches_anggota(user, wish: Wish) -> Iterator[Batch]:
    """One row per person, the people of a keluarga together."""
    reader = Reader(user, wish)
    for chunk in reader.chunks():
        ids = [keluarga.pk for keluarga in chunk]
        people, ranks, programs = reader.anggota(ids), reader.peringkat(ids), reader.program(chunk)
        rows: list[Sequence[str]] = []
        out: list[int] = []
        for keluarga in chunk:
            address = reader.address(keluarga)
            no_kk, rank = mask_nik(keluarga.no_kk), ranks[keluarga.pk]
            for anggota in people.get(keluarga.pk, []):
                out.append(anggota.pk)
                tail = (*_tail(anggota, programs, reader), _standing(keluarga))
                rows.append((no_kk, *_person(anggota), *address, *rank, *tail))
        yield Batch(rows, {"keluarga": ids, "anggota": out})


def _standing(keluarga: Keluarga) -> str:
    """aktif; keluar 24-11-2026. Those who left are in the file only when the list asked for them."""
    gone = keluarga.keluar_tanggal
    return f"keluar {gone:%d-%m-%Y}" if gone else keluarga.get_status_display().lower()


def _person(anggota: Anggota) -> tuple[str, ...]:
    born = anggota.tanggal_lahir
    return (
        anggota.id_dtks or "",
        mask_nik(anggota.nik),
        NIK_STATUS[anggota.nik_status],
        anggota.nama,
        anggota.hubungan,
        JENIS_KELAMIN.get(anggota.jenis_kelamin, ""),
        anggota.tempat_lahir,
        f"{born:%d-%m-%Y}" if born else "",
        anggota.pekerjaan,
    )


def _tail(anggota: Anggota, programs, reader: Reader) -> tuple[str, str]:
    """Programmes of the person, or of the family as a whole, and where the row came from."""
    taking = programs.get(anggota.keluarga_id, [])
    names = dict.fromkeys(name for pk, name in taking if pk is None or pk == anggota.pk)
    return ", ".join(names), reader.sumber[anggota.sumber_id]


KELUARGA = register(
    EksporKind(
        jenis="kpm_keluarga",
        label="Keluarga",
        keterangan="satu baris per keluarga",
        awalan="keluarga",
        kolom=kolom_keluarga,
        count=count_keluarga,
        batches=batches_keluarga,
    )
)
ANGGOTA = register(
    EksporKind(
        jenis="kpm_anggota",
        label="Anggota",
        keterangan="satu baris per orang",
        awalan="anggota",
        kolom=kolom_anggota,
        count=count_anggota,
        batches=batches_anggota,
    )
)
