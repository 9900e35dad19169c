"""F2: the worker is killed in the middle of a match. The results are those of a match that nobody disturbed, and
what people decided meanwhile is still there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from access.scope import as_matcher
from jobs.models import Job
from kpm.models import Anggota, Keluarga, Sumber
from padan.actions import start_pencocokan
from padan.models import Ekstrak, Hasil, Kandidat, Pencocokan, Penduduk, Putusan
from tests.conftest import PROVINSI, RIAS, everything, make_user
from tests.faults.harness import wait_until

pytestmark = pytest.mark.fault("F2", "worker dibunuh di tengah pencocokan")
PEOPLE = 300
FINGERPRINT = """
    SELECT md5(string_agg(
        concat_ws('|', anggota_id, hasil, kk_sesuai, wilayah_sesuai, skor, alasan), ',' ORDER BY anggota_id))
    FROM padan_hasil WHERE pencocokan_id = %s
"""
PAIRS = """
    SELECT md5(string_agg(
        concat_ws('|', anggota_id, urutan, jenis, skor, bobot, kunci, sidik), ',' ORDER BY anggota_id, urutan))
    FROM padan_kandidat WHERE pencocokan_id = %s
"""
NAMES = ("ROSIDI HASAN", "SITI AMINAH", "MARLINA", "HENDRA GUNAWAN", "ZULKIFLI", "NURHAYATI", "BUJANG TAMRIN")


@pytest.fixture
def hasan(committed_db):
    return make_user("hasan", "Yusuf Hasan", ("dinsos_prov", PROVINSI))


@pytest.fixture
def ekstrak(hasan):
    """PEOPLE persons, every third without a NIK, and the same in an extract."""
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    ekstrak = Ekstrak.objects.create(
        nama_berkas="siak.xlsx", berkas="x", ukuran=1, sha256="0" * 64, tata_letak="siak", nomor_pks="1/PKS",
        tujuan="uji", berlaku_sampai="2099-12-31", diserahkan_oleh="Bu Endang", cakupan_id=PROVINSI,
        tanggal="2026-11-01", pemilik=hasan, keadaan="siap",
    )  # fmt: skip
    people, rows = [], []
    with everything(), as_matcher("uji: isi ekstrak"), transaction.atomic():
        for n in range(PEOPLE):
            keluarga = Keluarga.objects.create(sumber=sumber, wilayah_id=RIAS, no_kk=f"190301120120{n:04d}")
            born, nik = date(1960, 1, 1) + timedelta(days=41 * n), f"190301010780{n + 1:04d}"
            who = {
                "nama": NAMES[n % 7], "tempat_lahir": "TOBOALI", "tanggal_lahir": born, "jenis_kelamin": "L",
                "nama_ibu": f"MARYAM {NAMES[n % 5]}", "nama_normal": NAMES[n % 7], "wilayah_id": RIAS,
            }  # fmt: skip
            known = {"nik": "" if n % 3 == 0 else nik, "nik_status": "kosong" if n % 3 == 0 else "valid"}
            people.append(Anggota(sumber=sumber, keluarga=keluarga, **who, **known))
            rows.append(
                Penduduk(
                    ekstrak=ekstrak, baris=n + 1, nik=nik, nik_status="valid", no_kk=keluarga.no_kk,
                    ibu_normal=who["nama_ibu"], keadaan="hidup", **who,
                )
            )  # fmt: skip
        Anggota.objects.bulk_create(people)
        Penduduk.objects.bulk_create(rows)
    return ekstrak


def ended(job: Job) -> bool:
    job.refresh_from_db()
    return not job.is_live


def hashes(run: Pencocokan) -> list[str]:
    with everything(), connection.cursor() as cursor:
        found = []
        for sentence in (FINGERPRINT, PAIRS):
            cursor.execute(sentence, [run.pk])
            found.append(cursor.fetchone()[0])
    return found


@pytest.mark.parametrize(
    "point",
    ["padan.cocok.matched", "padan.cocok.merged"],
)
def test_a_match_killed_anywhere_ends_as_if_undisturbed(worker, ekstrak, hasan, point):
    worker.start()
    calm = start_pencocokan(ekstrak=ekstrak, by=hasan)
    wait_until(lambda: ended(calm.job), "the first match has ended")
    worker.kill()
    with everything():
        asked = list(Kandidat.objects.filter(keadaan="terbuka").order_by("anggota_id")[:10])
    assert len(asked) == 10

    worker.start(failpoint=f"{point}:kill")
    disturbed = start_pencocokan(ekstrak=ekstrak, by=hasan)
    wait_until(worker.fired, f"{point} was reached")
    with everything():  # people go on deciding
        Putusan.objects.bulk_create(
            Putusan(
                anggota_id=k.anggota_id,
                wilayah_id=RIAS,
                kunci=k.kunci,
                sidik=k.sidik,
                hasil="tolak",
                oleh=hasan,
            )
            for k in asked
        )
    wait_until(lambda: ended(disturbed.job), "the match has ended")
    disturbed.refresh_from_db()
    assert (disturbed.job.keadaan, disturbed.job.percobaan, disturbed.keadaan) == ("selesai", 2, "selesai")
    assert hashes(disturbed) == hashes(calm)
    with everything():
        assert Hasil.objects.filter(pencocokan=disturbed).count() == PEOPLE
        assert Putusan.objects.filter(dibatalkan=None).count() == 10
        kept = Kandidat.objects.filter(pencocokan=disturbed, keadaan="ditolak")
        assert set(kept.values_list("anggota_id", flat=True)) == {k.anggota_id for k in asked}
