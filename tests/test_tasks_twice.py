"""Every task and every kind of job, run twice: the second time changes nothing (fault F7).

A task or kind without a case here fails the suite.
"""

from __future__ import annotations

import io
import os
import tempfile
import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.utils import timezone

from access.models import Jejak, User
from access.scope import use_territory
from access.tasks import seal_jejak
from jobs import actions as job_actions
from jobs.ekspor.actions import KIND as EKSPOR
from jobs.models import Ekspor, Job
from jobs.registry import all_kinds
from jobs.tasks import run, sweep, tidy_ekspor
from kpm import urung
from kpm.actions import queue_directly
from kpm.keputusan import discard_import
from kpm.langkah import KINDS as KINDS_OF_IMPORT
from kpm.models import Impor, Keluarga, Langkah, Sumber
from kpm.pratinjau import review_import
from kpm.suntingan import Why, mark_keluar
from kpm.tasks import delete_expired_rejects, refresh_ganda, refresh_rekap
from kpm.uploads import accept_upload
from padan import hapus
from padan.actions import KIND as PADAN
from padan.actions import start_pencocokan
from padan.models import Ekstrak
from padan.tasks import purge_ekstrak
from padan.unggah import KIND as EKSTRAK
from sentral.akun.actions import KIND as AKUN
from sentral.akun.actions import accept_list, queue_list
from sentral.akun.models import DaftarAkun, Slip, slip_folder
from sentral.akun.tasks import delete_expired_slips, end_sessions_without_penugasan
from sentral.batas import actions as batas
from sentral.batas.tasks import delete_expired_uploads
from spatial.models import VersiBatas
from tests.batas_berkas import drawn, geojson
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import PROVINSI, RIAS, everything, make_keluarga, make_user
from tests.ekspor import ask, make
from tests.ekstrak import loaded as ekstrak_loaded
from tests.ekstrak import penduduk_of, siak, siak_csv

pytestmark = pytest.mark.fault("F7", "pekerjaan yang sama datang dua kali")

PEOPLE = csv_bytes([person(number) for number in range(1, 21)] + [person(21, NAMA="")])


def own_tasks() -> set[str]:
    """Names of the registered tasks that are not Celery's."""
    current_app.loader.import_default_modules()
    return {name for name in current_app.tasks if not name.startswith("celery.")}


def own_kinds() -> set[str]:
    """Kinds of job that belong to the product, not to a test."""
    return {jenis for jenis, kind in all_kinds().items() if not kind.run.__module__.startswith("tests.")}


def fingerprint(*, ignoring: set[str] = frozenset()) -> dict[str, str]:
    """A digest of each table's rows, land excepted, which no task writes."""
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor if not name.startswith("spatial_") and name not in ignoring]
        digests = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
            )
            (digests[table],) = cursor.fetchone()
    return digests


@pytest.fixture
def owner(committed_db, monkeypatch):
    monkeypatch.setattr(job_actions, "send", lambda job_id, attempt: True)
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-09")
    make_keluarga(sumber, RIAS, 900, "SAKSI")
    return make_user("hasan", "Yusuf Hasan", ("dinsos_prov", PROVINSI))


def a_delivered_message(owner: User):
    job = queued(owner)
    return lambda: run(job.pk, 1)


def uploaded(owner: User, **options) -> Impor:
    return accept_upload(
        berkas=io.BytesIO(PEOPLE), nama="dtks.csv", pemilik=owner, jenis="DTKS", periode="2026-10", **options
    )


def queued(owner: User) -> Job:
    """An upload whose applying waits in the queue."""
    return queue_directly(uploaded(owner))


def previewed(owner: User) -> None:
    impor = uploaded(owner, ulangi=True)
    with use_territory(owner):
        review_import(job_actions.claim_here(Job.objects.get(langkah__impor=impor)))
    discard_import(impor_id=impor.pk, by=owner)


def a_sweep_with_work(owner: User):
    dead = queued(owner)
    job_actions.claim(dead.pk, 1).pulse.connection.close()
    return sweep


def an_expired_workbook(owner: User):
    impor = import_bytes(PEOPLE, owner)
    Impor.objects.filter(pk=impor.pk).update(tolak_kedaluwarsa=timezone.now() - timedelta(days=1))
    return delete_expired_rejects


def people_who_stand_twice(owner: User):
    import_bytes(PEOPLE, owner)
    import_bytes(csv_bytes([person(30, NIK="1903010707800001", NAMA="LAIN")]), owner, nama="lain.csv")
    return refresh_ganda


def a_change_by_hand(owner: User):
    with use_territory(owner):
        gone = Keluarga.objects.get()
        surat = {"jenis": "berita_acara", "nomor": "1/BA", "tanggal": timezone.localdate()}
        day = timezone.localdate()
        mark_keluar(by=owner, why=Why("musdes", surat=surat), keluarga=gone, sebab="mampu", tanggal=day)
    return refresh_rekap


def an_expired_ekspor(owner: User):
    one = make(ask(owner))
    Ekspor.objects.filter(pk=one.pk).update(kedaluwarsa=timezone.now() - timedelta(days=1))
    return tidy_ekspor


def an_expired_slip(owner: User):
    """Also an old list, and a file that no row knows."""
    gone = timezone.now() - timedelta(days=8)
    for name in ("lewat.pdf", "yatim.pdf"):
        (slip_folder() / name).write_bytes(b"%PDF")
        os.utime(slip_folder() / name, (gone.timestamp(), gone.timestamp()))
    Slip.objects.create(pemilik=owner, berkas="lewat.pdf", jumlah=1, kedaluwarsa=gone)
    DaftarAkun.objects.create(pemilik=owner, nama_berkas="daftar.csv", baris=[[2, {}]], dibuat=gone)
    return delete_expired_slips


def an_ended_load_of_boundaries(owner: User):
    content = io.BytesIO(geojson(*drawn("190301")))
    content.name = "desa.geojson"
    words = {"nama": "Batas uji", "sumber": "uji", "lisensi": "", "tanggal": None, "tingkat": "", "kolom": ""}
    job_actions.cancel(batas.accept_upload(berkas_list=[content], pemilik=owner, alamat=None, **words))
    return delete_expired_uploads


def a_session_without_penugasan(owner: User):
    eko = make_user("eko", "Eko", ("psm", RIAS))
    Client().force_login(eko)
    eko.penugasan_list.update(selesai=timezone.localdate() - timedelta(days=1))
    return end_sessions_without_penugasan


def an_overdue_extract(owner: User):
    ekstrak = ekstrak_loaded(siak_csv([siak(number) for number in range(1, 4)]), owner)
    past = timezone.localdate() - timedelta(days=1)
    Ekstrak.objects.filter(pk=ekstrak.pk).update(berlaku_sampai=past)
    return purge_ekstrak


def an_extract_loaded(owner: User) -> None:
    """The same file under a new agreement, once the old one has ended."""
    for earlier in Ekstrak.objects.filter(keadaan="siap"):
        hapus.purge_ekstrak(ekstrak_id=earlier.pk, alasan="uji")
    ekstrak = ekstrak_loaded(siak_csv([siak(number) for number in range(1, 4)]), owner)
    assert len(penduduk_of(ekstrak)) == 3


def a_match(owner: User) -> None:
    """The same lists with the same extract: results of their own date each, and the same on the lists."""
    ekstrak = Ekstrak.objects.filter(keadaan="siap").first() or ekstrak_loaded(
        siak_csv([siak(number) for number in range(1, 4)]), owner
    )
    run(start_pencocokan(ekstrak=ekstrak, by=owner).job_id, 1)


def a_trail_to_seal(owner: User):
    past = timezone.now() - timedelta(hours=1)
    Jejak.objects.bulk_create([Jejak(pengguna=owner, aksi="masuk", waktu=past) for _ in range(3)])
    return seal_jejak


def a_list_of_accounts(owner: User):
    """The same list taken in and made; a second time everybody is there already."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(ACCOUNTS)
        file.flush()
        daftar = accept_list(path=file.name, nama="daftar.csv", pemilik=owner)
    run(queue_list(daftar=daftar, by=owner, situs="http://localhost").pk, 1)


ACCOUNTS = b"""Nama,Telepon,Peran,Wilayah,Kecamatan,Kabupaten
Siti Aminah,081200000001,PSM,Rias,Toboali,Bangka Selatan
Sri Wahyuni,081200000002,TKSK,,Toboali,Bangka Selatan
"""

TASKS = {
    "access.seal_jejak": a_trail_to_seal,
    "akun.delete_expired": an_expired_slip,
    "akun.end_idle_sessions": a_session_without_penugasan,
    "batas.delete_expired": an_ended_load_of_boundaries,
    "jobs.run": a_delivered_message,
    "jobs.tidy_ekspor": an_expired_ekspor,
    "jobs.sweep": a_sweep_with_work,
    "kpm.delete_expired_rejects": an_expired_workbook,
    "kpm.refresh_ganda": people_who_stand_twice,
    "kpm.refresh_rekap": a_change_by_hand,
    "padan.purge_ekstrak": an_overdue_extract,
}
# What says that somebody ran something, and the clock of a count; all else must stay as it was.
RUN_RECORDS = {
    "jobs_job",
    "jobs_ekspor",
    "jobs_eksporisi",
    "kpm_impor",
    "kpm_langkah",
    "kpm_barisditolak",  # refused rows of each import
    "padan_ekstrak",  # one row per delivery
    "padan_pencocokan",
    "padan_hasil",  # one row per person and run
    "padan_kandidat",
    "kpm_tercatat",  # one row per import and keluarga
    "sentral_daftarakun",
    "access_jejak",
    "pghistory_context",
    "kpm_rekap",
}


def boundaries_loaded(owner: User) -> None:
    content = io.BytesIO(geojson(*drawn("190301", shift=0.0003)))
    content.name = "desa.geojson"
    words = {"nama": "Batas uji", "sumber": "uji", "lisensi": "", "tanggal": None, "tingkat": "", "kolom": ""}
    job = batas.accept_upload(berkas_list=[content], pemilik=owner, alamat=None, **words)
    batas.import_batas(job_actions.claim_here(job))
    assert VersiBatas.objects.filter(indikatif=False).count() == 1


def taken_back(owner: User) -> None:
    """An import undone; a second time there is nothing left to undo."""
    impor = Impor.objects.filter(keadaan=Impor.Keadaan.DIURUNGKAN).first() or import_bytes(PEOPLE, owner)
    job = urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=owner)
    run(job.pk, 1)


KINDS = {
    KINDS_OF_IMPORT[Langkah.Jenis.TERAP]: lambda owner: import_bytes(PEOPLE, owner, ulangi=True),
    KINDS_OF_IMPORT[Langkah.Jenis.TINJAU]: previewed,
    KINDS_OF_IMPORT[Langkah.Jenis.URUNG]: taken_back,
    EKSPOR: lambda owner: make(ask(owner)),
    AKUN: a_list_of_accounts,
    batas.KIND: boundaries_loaded,
    EKSTRAK: an_extract_loaded,
    PADAN: a_match,
}


def test_every_task_and_kind_has_a_case():
    assert own_tasks() == set(TASKS)
    assert own_kinds() == set(KINDS)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_run_twice_changes_nothing_the_second_time(name, owner):
    before = fingerprint()
    task = TASKS[name](owner)
    task()
    once = fingerprint()
    task()
    assert fingerprint() == once
    assert once != before


@pytest.mark.parametrize("jenis", sorted(KINDS))
def test_work_done_twice_changes_nothing_the_second_time(jenis, owner):
    KINDS[jenis](owner)
    once = fingerprint(ignoring=RUN_RECORDS)
    KINDS[jenis](owner)
    assert fingerprint(ignoring=RUN_RECORDS) == once
    assert Job.objects.filter(jenis=jenis, keadaan="selesai").count() == 2


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_run_twice_at_once_has_one_effect(name, owner):
    task = TASKS[name](owner)
    task_once(task)
    task()
    settled = fingerprint()
    task()
    assert fingerprint() == settled
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT id_dtks) FROM kpm_anggota")
        rows, people = cursor.fetchone()
    assert rows == people


def task_once(task) -> None:
    """Two processes given the same message at the same moment."""
    barrier = threading.Barrier(2)

    def work() -> None:
        barrier.wait()
        task()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
