"""The second person: who has to be asked, who may answer, what he sees, what becomes of no answer (T4)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from access.models import Jejak, Peran
from access.scope import use_territory
from jobs import actions as job_actions
from jobs.ekspor.actions import EksporRefused, decide_ekspor, tidy, withdraw_ekspor
from jobs.inbox import waiting_for
from jobs.models import Ekspor, EksporIsi, EksporSaringan, Job
from jobs.tasks import run
from kpm.filters import Filter
from kpm.models import Sumber
from tests.conftest import BANGKA_SELATAN, PROVINSI, RIAS, SERDANG, everything, make_keluarga, make_user
from tests.ekspor import WHY, ask, make, names_in_folder, sheet_rows


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.EKSPOR_TANPA_SETUJU = 4


@pytest.fixture
def families(keluarga_rias, keluarga_serdang, keluarga_lalang):
    """Five people in Toboali, two elsewhere; four may go out without a second person."""
    return keluarga_rias, keluarga_serdang, keluarga_lalang


@pytest.fixture
def waiting(pak_tono, families) -> Ekspor:
    return ask(pak_tono)


def trail(**conditions) -> list[Jejak]:
    with everything():
        return list(Jejak.objects.filter(**conditions).order_by("waktu"))


def approve(ekspor: Ekspor, by, **fields) -> Ekspor:
    return decide_ekspor(ekspor_id=ekspor.pk, by=by, setuju=True, **fields)


def wishes(owner) -> int:
    with use_territory(owner):
        return EksporSaringan.objects.count()


# --- who has to be asked -------------------------------------------------------------------------


@pytest.mark.django_db
def test_many_people_wait_for_a_second_person_and_few_do_not(pak_tono, families):
    few = ask(pak_tono, asked=Filter(wilayah=(RIAS,)))
    assert (few.keadaan, few.perlu_setuju, few.job.keadaan) == ("dibuat", False, "menunggu")


@pytest.mark.django_db
def test_nothing_is_made_while_it_waits(waiting, pak_tono, client):
    assert (waiting.keadaan, waiting.job, waiting.orang) == ("menunggu_setuju", None, 5)
    assert not Job.objects.exists() and names_in_folder() == []
    client.force_login(pak_tono)
    assert client.get(f"/ekspor/{waiting.pk}/unduh/")["Location"] == f"/ekspor/{waiting.pk}/"


@pytest.mark.django_db
def test_a_list_of_keluarga_counts_its_people_not_its_rows(pak_tono, families):
    assert ask(pak_tono, "kpm_keluarga").keadaan == "menunggu_setuju"


@pytest.mark.django_db
def test_many_small_ones_in_a_day_count_together(pak_tono, bu_rina, families):
    first = ask(pak_tono, asked=Filter(wilayah=(RIAS,)))
    second = ask(pak_tono, asked=Filter(wilayah=(SERDANG,)))
    assert (first.keadaan, second.keadaan) == ("dibuat", "menunggu_setuju")
    assert ask(bu_rina, asked=Filter(wilayah=(SERDANG,))).keadaan == "dibuat"
    Ekspor.objects.filter(pk=first.pk).update(dibuat=timezone.now() - timedelta(hours=25))
    assert ask(pak_tono, bentuk="csv", asked=Filter(wilayah=(SERDANG,))).keadaan == "dibuat"


@pytest.mark.django_db
def test_the_table_itself_refuses_a_file_without_a_second_person(waiting):
    for keadaan in ("dibuat", "siap"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ekspor.objects.filter(pk=waiting.pk).update(
                keadaan=keadaan, berkas="x", ukuran=1, kedaluwarsa=timezone.now()
            )


# --- who may answer ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["bu_rina", "pak_hasan", "pak_yusuf"])
def test_dinsos_around_it_may(request, waiting, person):
    by = request.getfixturevalue(person)
    assert approve(waiting, by).keadaan == "dibuat"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "person", ["pak_tono", "bu_sri", "pak_budi", "mbak_ayu", "bu_lina", "bu_wati", "pak_dedi", "orang_baru"]
)
def test_nobody_else_may(request, client, waiting, person):
    by = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        approve(waiting, by)
    client.force_login(by)
    assert client.post(f"/ekspor/{waiting.pk}/putusan/", {"putusan": "setuju"}).status_code in {403, 404}
    waiting.refresh_from_db()
    assert (waiting.keadaan, waiting.penyetuju) == ("menunggu_setuju", None)


@pytest.mark.django_db
def test_an_owner_who_may_approve_does_not_approve_his_own(client, bu_rina, families):
    own = ask(bu_rina)
    with pytest.raises(PermissionDenied):
        approve(own, bu_rina)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ekspor.objects.filter(pk=own.pk).update(penyetuju=bu_rina)
    client.force_login(bu_rina)
    assert client.get(f"/ekspor/{own.pk}/putusan/").status_code == 404


@pytest.mark.django_db
def test_an_export_over_two_kabupaten_is_for_the_province(families, bu_rina, mbak_ayu, pak_hasan):
    wide = make_user("dua", "Dua Kabupaten", ("dinsos_kab", "1903"), ("dinsos_kab", "1906"))
    one = ask(wide)
    for near in (bu_rina, mbak_ayu):
        with pytest.raises(PermissionDenied):
            approve(one, near)
    assert approve(one, pak_hasan).keadaan == "dibuat"


@pytest.mark.django_db
def test_an_approver_whose_penugasan_has_ended_may_not(waiting, bu_rina):
    bu_rina.penugasan_list.update(selesai="2026-02-01")
    with pytest.raises(PermissionDenied):
        approve(waiting, bu_rina)


# --- what he sees and does -----------------------------------------------------------------------


@pytest.mark.django_db
def test_he_sees_who_why_and_how_many_and_no_row(client, waiting, bu_rina, pak_tono):
    client.force_login(bu_rina)
    page = client.get(f"/ekspor/{waiting.pk}/putusan/").content.decode()
    for words in ("Tono Subagyo", "TKSK, Kec. Toboali", WHY, "Tanpa saringan", "satu baris per orang"):
        assert words in page
    assert [name for name in ("Rosidi", "ROSIDI", "NURHAYATI") if name in page] == []


@pytest.mark.django_db
def test_he_does_not_see_what_was_searched_for(client, pak_tono, bu_rina, families, settings):
    settings.EKSPOR_TANPA_SETUJU = 0
    one = ask(pak_tono, asked=Filter(kata="nurhayati"))
    client.force_login(bu_rina)
    page = client.get(f"/ekspor/{one.pk}/putusan/").content.decode()
    assert "pencarian nama" in page and "nurhayati" not in page.lower()


@pytest.mark.django_db
def test_a_yes_starts_the_job_and_leaves_a_jejak(client, waiting, bu_rina, pak_tono):
    client.force_login(bu_rina)
    answer = client.post(f"/ekspor/{waiting.pk}/putusan/", {"putusan": "setuju", "alasan": "sesuai surat"})
    assert answer["Location"] == "/ekspor/"
    waiting.refresh_from_db()
    assert (waiting.keadaan, waiting.penyetuju, waiting.orang_disetujui) == ("dibuat", bu_rina, 5)
    (line,) = trail(aksi="setuju")
    assert (line.pengguna, line.objek, line.objek_id) == (bu_rina, "ekspor", str(waiting.pk))
    assert (line.rincian["hasil"], line.alasan, line.wilayah_id) == ("setuju", "sesuai surat", "190301")
    made = make(waiting)
    assert (made.keadaan, len(sheet_rows(made))) == ("siap", 5)
    assert made.job.pemilik == pak_tono


@pytest.mark.django_db
def test_a_no_needs_a_reason_which_the_owner_reads(client, waiting, bu_rina, pak_tono):
    client.force_login(bu_rina)
    address = f"/ekspor/{waiting.pk}/putusan/"
    refused = client.post(address, {"putusan": "tolak", "alasan": ""})
    assert refused.status_code == 422 and "Tulis mengapa ditolak." in refused.content.decode()
    client.post(address, {"putusan": "tolak", "alasan": "terlalu luas"})
    waiting.refresh_from_db()
    assert (waiting.keadaan, waiting.penyetuju) == ("ditolak", bu_rina)
    assert trail(aksi="setuju")[0].rincian["hasil"] == "tolak"
    assert not Job.objects.exists() and wishes(pak_tono) == 0
    client.force_login(pak_tono)
    assert "terlalu luas" in client.get(f"/ekspor/{waiting.pk}/").content.decode()
    assert [line.judul for line in waiting_for(pak_tono)] == [f"Ekspor {waiting.pk} ditolak"]


@pytest.mark.django_db
def test_it_waits_in_the_inbox_of_those_who_may_answer(client, waiting, bu_rina, mbak_ayu, pak_tono):
    assert [(line.url, line.jumlah) for line in waiting_for(bu_rina)] == [
        (f"/ekspor/{waiting.pk}/putusan/", 5)
    ]
    assert waiting_for(mbak_ayu) == [] and waiting_for(pak_tono) == []
    client.force_login(pak_tono)
    assert "Rina Marlina" in client.get(f"/ekspor/{waiting.pk}/").content.decode()
    approve(waiting, bu_rina)
    assert waiting_for(bu_rina) == []


@pytest.mark.django_db
def test_the_owner_takes_it_back(client, waiting, pak_tono, bu_rina):
    client.force_login(pak_tono)
    assert client.post(f"/ekspor/{waiting.pk}/tarik/")["Location"] == f"/ekspor/{waiting.pk}/"
    waiting.refresh_from_db()
    assert (waiting.keadaan, wishes(pak_tono)) == ("ditarik", 0)
    with pytest.raises(EksporRefused, match="ditarik kembali"):
        approve(waiting, bu_rina)


@pytest.mark.django_db
def test_taking_back_what_was_decided_changes_nothing(waiting, pak_tono, bu_rina):
    approve(waiting, bu_rina)
    assert withdraw_ekspor(ekspor_id=waiting.pk, by=pak_tono).keadaan == "dibuat"


@pytest.mark.django_db
def test_a_late_answer_is_no_answer(waiting, bu_rina, pak_tono):
    Ekspor.objects.filter(pk=waiting.pk).update(batas_setuju=timezone.now() - timedelta(seconds=1))
    with pytest.raises(EksporRefused, match="lewat waktunya"):
        approve(waiting, bu_rina)
    assert waiting_for(bu_rina) == []
    tidy()
    waiting.refresh_from_db()
    assert (waiting.keadaan, wishes(pak_tono)) == ("lewat", 0)


@pytest.mark.django_db
def test_who_asks_again_after_no_answer_starts_anew(waiting, pak_tono):
    assert ask(pak_tono).pk == waiting.pk
    Ekspor.objects.filter(pk=waiting.pk).update(batas_setuju=timezone.now() - timedelta(seconds=1))
    assert ask(pak_tono).pk != waiting.pk


@pytest.mark.django_db
def test_three_days_are_given(waiting):
    assert timedelta(days=3) - (waiting.batas_setuju - timezone.now()) < timedelta(minutes=1)
    tidy()
    waiting.refresh_from_db()
    assert waiting.keadaan == "menunggu_setuju"


# --- what grew meanwhile -------------------------------------------------------------------------


@pytest.mark.django_db
def test_more_people_than_approved_are_asked_about_again(waiting, bu_rina, pak_hasan, sumber):
    approve(waiting, bu_rina)
    make_keluarga(sumber, RIAS, 40, "TAMBAHAN")
    again = make(Ekspor.objects.get(pk=waiting.pk))
    assert (again.keadaan, again.orang, again.penyetuju, again.job.keadaan) == (
        "menunggu_setuju",
        6,
        None,
        "selesai",
    )
    assert names_in_folder() == [] and not EksporIsi.objects.exists()
    first = again.job_id
    approve(again, pak_hasan)
    made = make(Ekspor.objects.get(pk=waiting.pk))
    assert (made.keadaan, made.job_id != first, len(sheet_rows(made))) == ("siap", True, 6)
    assert len(trail(aksi="setuju")) == 2


@pytest.mark.django_db
def test_a_few_more_are_not(pak_hasan, pak_yusuf, sumber):
    for number in range(40):
        make_keluarga(sumber, RIAS, 100 + number, "ORANG")
    one = ask(pak_hasan)
    approve(one, pak_yusuf)
    make_keluarga(sumber, RIAS, 200, "SATU", "DUA")
    assert len(sheet_rows(make(Ekspor.objects.get(pk=one.pk)))) == 42


@pytest.mark.django_db
def test_a_small_one_that_grew_waits_after_all(pak_tono, families, sumber):
    one = ask(pak_tono, asked=Filter(wilayah=(RIAS,)))
    make_keluarga(sumber, RIAS, 41, "TAMBAHAN", "LAIN")
    assert make(one).keadaan == "menunggu_setuju"
    assert (one.perlu_setuju, one.orang) == (True, 5)


# --- two at once ---------------------------------------------------------------------------------


@pytest.fixture
def committed(committed_db, monkeypatch):
    """An export that waits, its owner and two who may answer, in a database that commits."""
    monkeypatch.setattr(job_actions, "send", lambda job_id, attempt: True)
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    make_keluarga(sumber, RIAS, 1, "A", "B", "C", "D", "E")
    owner = make_user("tono", "Tono Subagyo", (Peran.TKSK, RIAS[:6]))
    rina = make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    hasan = make_user("hasan", "Yusuf Hasan", (Peran.DINSOS_PROV, PROVINSI))
    return ask(owner), owner, rina, hasan


def at_once(*works) -> list[str]:
    """Run all at the same moment, each on a connection of its own; what each said."""
    barrier, said = threading.Barrier(len(works)), []

    def work(one) -> None:
        barrier.wait()
        try:
            one()
            said.append("ya")
        except EksporRefused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[one]) for one in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_of_two_answers_at_once_one_counts(committed):
    one, _owner, rina, hasan = committed
    said = at_once(
        lambda: decide_ekspor(ekspor_id=one.pk, by=rina, setuju=True),
        lambda: decide_ekspor(ekspor_id=one.pk, by=hasan, setuju=False, alasan="jangan"),
    )
    assert said[1] == "ya" and said[0].startswith("Permintaan ini sudah")
    one.refresh_from_db()
    assert len(trail(aksi="setuju")) == 1
    assert Job.objects.count() == (1 if one.keadaan == "dibuat" else 0)


def test_of_an_answer_and_a_withdrawal_at_once_one_counts(committed):
    one, owner, rina, _hasan = committed
    at_once(
        lambda: decide_ekspor(ekspor_id=one.pk, by=rina, setuju=True),
        lambda: withdraw_ekspor(ekspor_id=one.pk, by=owner),
    )
    one.refresh_from_db()
    assert (one.keadaan, Job.objects.count()) in {("dibuat", 1), ("ditarik", 0)}


def test_a_message_delivered_twice_makes_one_file_and_one_set_of_ids(committed):
    one, _owner, rina, _hasan = committed
    decide_ekspor(ekspor_id=one.pk, by=rina, setuju=True)
    one.refresh_from_db()
    at_once(lambda: run(one.job_id, 1), lambda: run(one.job_id, 1))
    run(one.job_id, 1)
    one.refresh_from_db()
    assert (one.keadaan, names_in_folder()) == ("siap", [one.berkas])
    assert sorted(EksporIsi.objects.values_list("objek", flat=True)) == ["anggota", "keluarga"]
    assert len(trail(aksi="unduh")) == 1
