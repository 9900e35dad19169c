"""Made-up extracts, runs and pairs, for tests of what people decide. The engine writes the same rows."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from kpm.models import Anggota, Keluarga
from padan.models import Ekstrak, Hasil, Kandidat, Pencocokan
from tests.conftest import everything

BOBOT = [
    {"isian": "awal", "kata": "sebelum apa pun dibandingkan", "bobot": -8.2},
    {"isian": "nama", "kata": "Nama beda satu huruf", "bobot": 6.1},
    {"isian": "lahir", "kata": "Tanggal lahir sama", "bobot": 9.4},
    {"isian": "tempat", "kata": "Tempat lahir sama", "bobot": 0.9},
    {"isian": "rumah", "kata": "No. KK sama, ibu lain atau kosong", "bobot": 3.0},
]


def make_run(by, *, terbaru: bool = True, berlaku: int = 90, sha: str = "") -> Pencocokan:
    """A finished run over an extract of the whole province."""
    count = Ekstrak.objects.count()
    ekstrak = Ekstrak.objects.create(
        nama_berkas="siak.csv", berkas=f"acak{count}", ukuran=1, sha256=sha or f"{count:064d}", tata_letak="siak",
        nomor_pks="470/12/PKS", tujuan="pemadanan", berlaku_sampai=timezone.localdate() + timedelta(berlaku),
        diserahkan_oleh="Dedi", cakupan_id="19", tanggal=date(2026, 10, 31), pemilik=by, keadaan="siap", baris=1,
    )  # fmt: skip
    return run_on(ekstrak, by, terbaru=terbaru)


def run_on(ekstrak: Ekstrak, by, *, terbaru: bool = True) -> Pencocokan:
    """A further finished run over an extract; the newest, unless it is said to be none."""
    if terbaru:
        Pencocokan.objects.filter(ekstrak=ekstrak).update(terbaru=False)
    return Pencocokan.objects.create(
        ekstrak=ekstrak, oleh=by, selesai=timezone.now(), keadaan="selesai", terbaru=terbaru
    )


def make_kandidat(
    run: Pencocokan,
    anggota: Anggota,
    *,
    jenis: str = "calon",
    urutan: int = 1,
    skor: float = 0.95,
    **isi: Any,
) -> Kandidat:
    """A pair of this person with somebody of the extract who is called a little differently.

    isi: fields of the extract's row that are not like the register's.
    """
    with everything():
        keluarga = Keluarga.objects.get(pk=anggota.keluarga_id)
        row = {
            "nik": f"{anggota.wilayah_id[:6]}1507{80 + urutan}{anggota.pk % 10000:04d}",
            "no_kk": keluarga.no_kk,
            "nama": anggota.nama + "H",
            "tempat_lahir": anggota.tempat_lahir,
            "tanggal_lahir": anggota.tanggal_lahir.isoformat() if anggota.tanggal_lahir else None,
            "jenis_kelamin": anggota.jenis_kelamin,
            "nama_ibu": anggota.nama_ibu,
            "wilayah_id": anggota.wilayah_id,
            "keluarga": [{"nama": "SITI DUKCAPIL", "hubungan": "istri", "tanggal_lahir": "1982-01-01"}],
        } | isi
        Hasil.objects.get_or_create(
            pencocokan=run,
            anggota=anggota,
            defaults={
                "ekstrak": run.ekstrak,
                "keluarga": keluarga,
                "wilayah_id": anggota.wilayah_id,
                "hasil": {"calon": "CALON", "sebagian": "PADAN_SEBAGIAN", "beda": "BEDA_ORANG"}.get(
                    jenis, "GANDA"
                ),
                "tanggal": run.ekstrak.tanggal,
            },
        )
        return Kandidat.objects.create(
            pencocokan=run,
            anggota=anggota,
            wilayah_id=anggota.wilayah_id,
            jenis=jenis,
            urutan=urutan,
            skor=skor,
            bobot=BOBOT,
            isi=row,
            kunci=hashlib.sha256(str(row["nik"]).encode()).hexdigest(),
            sidik=sidik_of(anggota, row),
        )


def sidik_of(anggota: Anggota, row: dict[str, Any]) -> uuid.UUID:
    """A digest over both sides: another one when either changes."""
    ours = (anggota.nama, anggota.nik, str(anggota.tanggal_lahir))
    return uuid.UUID(
        hashlib.md5(repr((ours, sorted(row.items(), key=str))).encode(), usedforsecurity=False).hexdigest()
    )


def without_nik(keluarga: Keluarga, nama: str) -> Anggota:
    """Somebody of a family of the test world, who has no NIK in the register."""
    with everything():
        Anggota.objects.filter(keluarga=keluarga, nama=nama).update(nik="", nik_status="kosong")
        return Anggota.objects.get(keluarga=keluarga, nama=nama)
