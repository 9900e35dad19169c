"""The export of a comparison: one row per keluarga that changed, as it was and as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from access.masking import mask_nik
from jobs.ekspor import Batch, EksporKind, Kolom, Size, Wish, register
from kpm.banding import BERUBAH, IKUT, LEPAS, SYARAT, Banding
from kpm.banding_daftar import Baris, Keadaan, Pembaca
from kpm.models import Anggota, Program, Sumber
from spatial.models import Wilayah

CHUNK = 2_000  # keluarga at a time
NIK_STATUS = dict(Anggota.NikStatus.choices)
# These may name keluarga that lie elsewhere by now, anywhere in the reach of who asks.
ANYWHERE = {BERUBAH, "keluar", "pergi", "pindah"}


def isi_of(two: Banding, perubahan: str, codes: tuple[str, ...]) -> dict[str, Any]:
    """What the export keeps of the question; the wilayah belongs to it, since it is asked of both periods."""
    return {"dari": two.dari.pk, "ke": two.ke.pk, "perubahan": perubahan, "di": list(codes)}


def reach_of_change(perubahan: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The wilayah in which the rows may lie; () is all of one's own."""
    return () if perubahan in ANYWHERE else codes


def words(two: Banding, judul: str, wilayah: Wilayah | None) -> str:
    """The question in words, for those who decide."""
    where = f", {wilayah.nama_lengkap}" if wilayah else ""
    return f"{judul}: {two.dari.judul} dibandingkan dengan {two.ke.judul}{where}"


def _asked(user, wish: Wish) -> tuple[Banding, str, tuple[str, ...]]:
    pair = Sumber.objects.in_bulk([wish.isi["dari"], wish.isi["ke"]])
    two = Banding(user, pair[wish.isi["dari"]], pair[wish.isi["ke"]], bernama=wish.wilayah)
    return two, _known(wish.isi["perubahan"]), tuple(wish.isi["di"])


def _known(perubahan: str) -> str:
    if perubahan in SYARAT:
        return perubahan
    programs = Program.objects.values_list("kode", flat=True)
    return perubahan if perubahan in {way + kode for kode in programs for way in (IKUT, LEPAS)} else BERUBAH


def count(user, wish: Wish) -> Size:
    """Rows, and the people in their keluarga today."""
    two, perubahan, codes = _asked(user, wish)
    return Size(two.count(perubahan, codes), two.count_anggota(perubahan, codes))


def kolom(user) -> list[Kolom]:
    return [
        Kolom("NO. KK", 20),
        Kolom("KEPALA KELUARGA", 30),
        Kolom("NIK KEPALA", 20),
        Kolom("STATUS NIK", 18),
        Kolom("PERIODE DULU", 16),
        Kolom("PERIODE KINI", 16),
        Kolom("YANG BERUBAH", 40),
        Kolom("DESA DULU", 28),
        Kolom("DESA KINI", 28),
        Kolom("ANGGOTA DULU", 10),
        Kolom("ANGGOTA KINI", 10),
        Kolom("DESIL DULU", 10),
        Kolom("DESIL KINI", 10),
        Kolom("PERSENTIL DULU", 10),
        Kolom("PERSENTIL KINI", 10),
        Kolom("PROGRAM DULU", 28),
        Kolom("PROGRAM KINI", 28),
    ]


def batches(user, wish: Wish) -> Iterator[Batch]:
    """Village by village, those that left where they were."""
    two, perubahan, codes = _asked(user, wish)
    ids, reader = two.ids(perubahan, codes), Pembaca(two)
    for start in range(0, len(ids), CHUNK):
        lines = reader.baris(ids[start : start + CHUNK])
        heads = [line.kepala.pk for line in lines if line.kepala]
        rows = [_row(two, line) for line in lines]
        yield Batch(rows, {"keluarga": [line.keluarga.pk for line in lines], "anggota": heads})


def _row(two: Banding, line: Baris) -> tuple[str, ...]:
    head = line.kepala
    return (
        mask_nik(line.keluarga.no_kk),
        head.nama if head else "",
        mask_nik(head.nik) if head else "",
        NIK_STATUS[head.nik_status] if head else "",
        str(two.dari) if line.dulu.ada else "tidak tercatat",
        str(two.ke) if line.kini.ada else "tidak tercatat",
        ", ".join(line.perubahan) or "tetap",
        line.dulu.desa,
        line.kini.desa,
        line.dulu.banyak,
        line.kini.banyak,
        *(_rank(side, scale) for scale in ("desil", "persentil") for side in (line.dulu, line.kini)),
        ", ".join(line.dulu.program),
        ", ".join(line.kini.program),
    )


def _rank(side: Keadaan, scale: str) -> str:
    return str(side.peringkat.get(scale, ""))


BANDING = register(
    EksporKind(
        jenis="kpm_banding",
        label="Perubahan",
        keterangan="satu baris per keluarga, dulu dan kini",
        awalan="perubahan",
        kolom=kolom,
        count=count,
        batches=batches,
    )
)
