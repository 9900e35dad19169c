"""Pages of an undo: the button, the question with its consequences, the result, what stayed."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError, connection
from psycopg2.errors import QueryCanceled

from access.models import Jejak
from access.scope import use_territory
from jobs.actions import claim_here
from jobs.models import Job
from kpm import urung
from kpm.models import Keluarga
from tests.berkas import import_bytes
from tests.conftest import LALANG_JAYA, everything
from tests.test_undo import families, keluarga_of
from tests.urungkan import by_hand, take_back

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def impor(bu_rina, pak_hasan):
    """Three families, of which Pak Hasan has put one right since."""
    impor = import_bytes(families(3), bu_rina)
    with by_hand(pak_hasan):
        Keluarga.objects.filter(pk=keluarga_of(1).pk).update(alamat="JL. BETUL 9")
    return impor


def test_the_question_tells_what_would_happen(client, bu_rina, impor):
    client.force_login(bu_rina)
    assert "Urungkan impor ini…" in text(client.get(f"/impor/{impor.pk}/"))
    page = text(client.get(f"/impor/{impor.pk}/urungkan/"))
    assert "<dt>Keluarga dihapus</dt><dd>2</dd>" in page
    assert "<dt>Anggota dihapus</dt><dd>4</dd>" in page
    assert "<dt>Keluarga yang tetap: diubah petugas sesudah impor ini</dt><dd>1</dd>" in page
    with everything():
        assert Keluarga.objects.count() == 3


def test_counting_never_holds_the_page(client, bu_rina, impor, monkeypatch):
    monkeypatch.setattr(urung, "COUNT_SECONDS", 0)
    client.force_login(bu_rina)
    page = text(client.get(f"/impor/{impor.pk}/urungkan/"))
    assert "<dd>jumlahnya dihitung saat dijalankan</dd>" in page
    monkeypatch.undo()
    assert "<dt>Keluarga dihapus</dt><dd>2</dd>" in text(client.get(f"/impor/{impor.pk}/urungkan/"))
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",), "the limit ends with the counting"
    assert client.post(f"/impor/{impor.pk}/urungkan/").status_code == 302
    assert Job.objects.filter(jenis="impor_urung").count() == 1


def test_all_statements_together_are_limited():
    start = time.monotonic()
    with pytest.raises((OperationalError, QueryCanceled)), connection.execute_wrapper(urung._Hurry(0.5)):
        with connection.cursor() as cursor:
            for _ in range(50):
                cursor.execute("SELECT pg_sleep(0.1)")
    assert time.monotonic() - start < 4


def test_the_answer_queues_it_and_the_page_tells_the_result(client, bu_rina, impor):
    client.force_login(bu_rina)
    response = client.post(f"/impor/{impor.pk}/urungkan/")
    assert response.url == f"/impor/{impor.pk}/"
    job = Job.objects.get(jenis="impor_urung")
    with use_territory(bu_rina):
        urung.undo_import(claim_here(job))
    page = text(client.get(f"/impor/{impor.pk}/"))
    assert "Diurungkan" in page
    assert "2 keluarga dihapus, 4 anggota dihapus, 8 kepesertaan program dihapus." in page
    assert "1 keluarga tetap seperti adanya: diubah petugas sesudah impor ini." in page
    assert "Terapkan lagi…" in page
    assert f'href="/impor/{impor.pk}/tetap/{job.pk}/"' in page


def test_what_stayed_is_listed_with_who_and_masked(client, bu_rina, impor):
    job = take_back(impor, bu_rina)
    client.force_login(bu_rina)
    page = text(client.get(f"/impor/{impor.pk}/tetap/{job.pk}/"))
    with everything():
        kept = keluarga_of(1)
        head = kept.anggota_list.get(kepala=True)
    assert f'href="/keluarga/{kept.pk}/"' in page
    assert "diubah petugas sesudah impor ini" in page
    assert "Yusuf Hasan" in page
    assert head.nik not in page
    assert f"{head.nik[:6]}**********" in page
    with everything():
        line = Jejak.objects.filter(aksi="lihat_daftar", pengguna=bu_rina).get()
        assert {isi.objek: isi.ids for isi in line.isi_list.all()} == {
            "keluarga": [kept.pk],
            "anggota": [head.pk],
        }


def test_applying_again_is_asked_for_as_well(client, bu_rina, impor):
    take_back(impor, bu_rina)
    client.force_login(bu_rina)
    page = text(client.get(f"/impor/{impor.pk}/terapkan-lagi/"))
    assert "<dt>Keluarga masuk lagi</dt><dd>2</dd>" in page
    client.post(f"/impor/{impor.pk}/terapkan-lagi/")
    assert Job.objects.filter(jenis="impor_urung").count() == 2


def test_asking_at_the_wrong_moment_is_a_sentence(client, bu_rina, impor):
    client.force_login(bu_rina)
    response = client.get(f"/impor/{impor.pk}/terapkan-lagi/", follow=True)
    assert "tidak sedang diurungkan" in text(response)
    client.post(f"/impor/{impor.pk}/urungkan/")
    response = client.post(f"/impor/{impor.pk}/urungkan/", follow=True)
    assert "sedang dikerjakan" in text(response)
    assert Job.objects.filter(jenis="impor_urung").count() == 1


def test_the_story_of_a_keluarga_names_the_undo(client, bu_rina, impor):
    change = import_bytes(families(2, DUSUN="LAIN"), bu_rina, nama="b.csv")
    take_back(change, bu_rina)
    client.force_login(bu_rina)
    with everything():
        pk = keluarga_of(2).pk
    page = text(client.get(f"/keluarga/{pk}/"))
    assert "Impor DTKS Oktober 2026 diurungkan" in page


def test_a_keluarga_that_came_back_says_so(client, bu_rina):
    impor = import_bytes(families(1), bu_rina)
    take_back(impor, bu_rina)
    take_back(impor, bu_rina)
    client.force_login(bu_rina)
    with everything():
        pk = keluarga_of(1).pk
    page = text(client.get(f"/keluarga/{pk}/"))
    assert "Impor DTKS Oktober 2026 diterapkan lagi" in page


def test_what_stayed_elsewhere_is_not_shown_to_the_owner(client, bu_rina, pak_hasan, impor):
    """Pak Hasan undoes it, with a family in it that lies in another kabupaten by now; Bu Rina reads her part."""
    with by_hand(pak_hasan):
        moved = keluarga_of(2)
        Keluarga.objects.filter(pk=moved.pk).update(wilayah_id=LALANG_JAYA)
        moved.anggota_list.update(wilayah_id=LALANG_JAYA)
        mine = keluarga_of(1).pk
    job = take_back(impor, pak_hasan)
    for user, seen in ((pak_hasan, {mine, moved.pk}), (bu_rina, {mine})):
        client.force_login(user)
        page = text(client.get(f"/impor/{impor.pk}/tetap/{job.pk}/"))
        assert {pk for pk in (mine, moved.pk) if f'href="/keluarga/{pk}/"' in page} == seen
        assert ("Lalang Jaya" in page) == (user == pak_hasan)
