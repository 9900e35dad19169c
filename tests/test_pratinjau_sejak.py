"""The registers change between preview and apply: nothing is written, it is said who, and the preview is made anew.

Committed, by the function the worker runs: history writes down the moment a transaction began.
"""

from __future__ import annotations

import io

import pghistory
import pytest

from access.scope import use_territory
from jobs import actions as job_actions
from jobs.models import Job
from jobs.tasks import run
from kpm import keputusan, uploads
from kpm.actions import queue_directly
from kpm.models import Impor, Keluarga
from tests.berkas import csv_bytes, person
from tests.conftest import BANGKA_SELATAN, PROVINSI, everything, make_user
from tests.test_pratinjau import change, family, golongan, registers


@pytest.fixture(autouse=True)
def private_folder(committed_db, settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 100
    monkeypatch.setattr(job_actions, "send", lambda job_id, attempt: True)


@pytest.fixture
def rina():
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


@pytest.fixture
def hasan():
    return make_user("hasan", "Yusuf Hasan", ("dinsos_prov", PROVINSI))


def upload(rows: list[dict], by, periode: str = "2026-11") -> Impor:
    with use_territory(by):
        return uploads.accept_upload(
            berkas=io.BytesIO(csv_bytes(rows)), nama="dtks.csv", pemilik=by, jenis="DTKS", periode=periode
        )


def work(impor: Impor) -> Job:
    """Carry out the step that waits."""
    job = Job.objects.get(langkah__impor=impor, keadaan="menunggu")
    run(job.pk, 1)
    job.refresh_from_db()
    impor.refresh_from_db()
    return job


def previewed(rows: list[dict], by, periode: str = "2026-11") -> Impor:
    impor = upload(rows, by, periode)
    work(impor)
    return impor


def directly(rows: list[dict], by, periode: str = "2026-10") -> Impor:
    impor = upload(rows, by, periode)
    queue_directly(impor)
    work(impor)
    return impor


def apply(impor: Impor) -> Job:
    keputusan.apply_reviewed(impor_id=impor.pk, by=impor.pemilik, sidik=impor.tinjauan["sidik"])
    return work(impor)


def test_an_import_in_between_stops_the_applying_and_the_preview_is_made_anew(rina, hasan):
    directly([*family(1), *family(2)], rina)
    impor = previewed([*family(1, ALAMAT="JL. SATU 1"), *family(3)], rina)
    other = directly(family(1, ALAMAT="JL. DUA 2"), hasan, "2026-11")
    before = registers()
    job = apply(impor)
    assert (job.keadaan, job.pesan[:32]) == ("gagal", "Data berubah sejak pratinjau, ja")
    assert registers() == before
    assert (impor.keadaan, impor.job) == ("diperiksa", None)
    work(impor)
    assert impor.keadaan == "ditinjau"
    assert impor.tinjauan["sejak"] == [
        {"job": other.job_id, "oleh": hasan.pk, "keluarga": 1, "anggota": 2},
    ]
    assert apply(impor).keadaan == "selesai"
    with everything():
        assert Keluarga.objects.get(no_kk__endswith="0001").alamat == "JL. SATU 1"


def test_an_edit_in_between_stops_the_applying(rina, hasan):
    directly(family(1), rina)
    impor = previewed(family(1, ALAMAT="JL. BERKAS 7"), rina)
    with pghistory.context(suntingan=1, user=hasan.pk):
        change(Keluarga.objects, alamat="JL. TEMUAN PSM")
    before = registers()
    assert apply(impor).keadaan == "gagal"
    assert registers() == before
    work(impor)
    assert impor.tinjauan["sejak"] == [{"job": None, "oleh": hasan.pk, "keluarga": 1, "anggota": 0}]
    assert impor.tinjauan["ditahan"]["keluarga"] == {"alamat": 1}


def test_a_new_family_in_between_is_noticed(rina, hasan):
    """The preview took it for new; another file has brought it meanwhile."""
    impor = previewed(family(1), rina)
    other = directly(family(1, ALAMAT="JL. LAIN"), hasan, "2026-11")
    assert apply(impor).keadaan == "gagal"
    work(impor)
    assert impor.tinjauan["sejak"] == [{"job": other.job_id, "oleh": None, "keluarga": 1, "anggota": 2}]
    assert golongan(impor)[0] == {"berubah": 1}


def test_the_retry_of_an_outdated_applying_changes_nothing(rina, hasan):
    """ "Coba lagi" on the job's page asks for a preview that is there no more."""
    directly(family(1), rina)
    impor = previewed(family(1, ALAMAT="JL. BERKAS 7"), rina)
    with pghistory.context(user=hasan.pk):
        change(Keluarga.objects, alamat="JL. TEMUAN PSM")
    job = apply(impor)
    work(impor)
    before = registers()
    job_actions.retry(job)
    run(job.pk, 2)
    job.refresh_from_db()
    assert job.pesan.startswith("Pratinjau yang diminta untuk diterapkan sudah diganti.")
    assert registers() == before


def test_who_changed_only_programmes_or_ranks_is_named(rina, hasan):
    directly([person(1), person(2, BANSOS_PKH="YA")], rina, "2026-11")
    impor = previewed([person(1, ALAMAT="JL. SATU 1"), person(2)], rina)
    assert impor.tinjauan["program"] == {"bertambah": 0, "berkurang": 1}
    other = directly([person(1, BANSOS_PKH="YA"), person(2)], hasan, "2026-11")
    before = registers()
    assert apply(impor).keadaan == "gagal"
    assert registers() == before
    work(impor)
    assert impor.tinjauan["sejak"] == [{"job": other.job_id, "oleh": hasan.pk, "keluarga": 0, "anggota": 2}]
    assert impor.tinjauan["program"] == {"bertambah": 0, "berkurang": 1}, "PKH of the other one goes now"
    assert apply(impor).keadaan == "selesai"
