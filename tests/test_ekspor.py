"""Exports from the button to the file: what is in it, whose it is, what it leaves behind, when it goes."""

from __future__ import annotations

import stat
from datetime import timedelta

import openpyxl
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import Jejak, Penugasan
from access.scope import TerritorialQuerySet, use_territory
from jobs.actions import JobFailed, cancel, claim_here
from jobs.ekspor import actions as ekspor_actions
from jobs.ekspor import queries as ekspor_queries
from jobs.ekspor.actions import EksporRefused, folder, tidy
from jobs.ekspor.queries import overlap
from jobs.models import Ekspor, EksporIsi, EksporSaringan, Job
from kpm.filters import Filter
from kpm.models import Anggota, Keluarga
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, TOBOALI, everything, make_keluarga, make_user
from tests.ekspor import WHY, ask, csv_rows, make, names_in_folder, sheet_rows

pytestmark = pytest.mark.django_db
PAGE = "/keluarga/unduh/"
FULL = ("1903010107800001", "1903010101200001")


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def families(keluarga_rias, keluarga_serdang, keluarga_lalang):
    return keluarga_rias, keluarga_serdang, keluarga_lalang


def trail(**conditions) -> list[Jejak]:
    with everything():
        return list(Jejak.objects.filter(**conditions).order_by("waktu"))


def form(**fields) -> dict[str, str]:
    return {"jenis": "kpm_anggota", "bentuk": "xlsx", "alasan": WHY} | fields


# --- what is in the file -------------------------------------------------------------------------


def test_anggota_come_one_a_row_with_masked_numbers(bu_rina, families):
    rows = sheet_rows(make(ask(bu_rina)))
    assert [row["NAMA"] for row in rows] == ["EFENDI", "MARLINA", "ROSIDI", "NURHAYATI", "HENDRA"]
    rosidi = rows[2]
    assert (rosidi["NIK"], rosidi["NO. KK"]) == ("190301**********", "190301**********")
    assert (rosidi["TANGGAL LAHIR"], rosidi["PROGRAM"], rosidi["RT"]) == ("01-07-1980", "PKH", "03")
    assert (rosidi["DESA/KELURAHAN"], rosidi["KECAMATAN"]) == ("Rias", "Toboali")
    assert rows[3]["PROGRAM"] is None


def test_keluarga_come_one_a_row_with_their_head(bu_rina, families):
    rows = sheet_rows(make(ask(bu_rina, "kpm_keluarga")))
    assert [(row["KEPALA KELUARGA"], row["JUMLAH ANGGOTA"]) for row in rows] == [
        ("EFENDI", "2"),
        ("ROSIDI", "3"),
    ]
    assert rows[1]["NIK KEPALA"] == "190301**********"


def test_csv_holds_the_same_rows_as_the_workbook(bu_rina, families):
    workbook = sheet_rows(make(ask(bu_rina)))
    text = csv_rows(make(ask(bu_rina, bentuk="csv")))
    columns = [name for name in workbook[0] if name != "TANDA"]
    assert [[row[name] for name in columns] for row in text] == [
        [row[name] or "" for name in columns] for row in workbook
    ]


def test_no_full_nik_and_no_mothers_name_is_anywhere_in_the_file(bu_rina, families):
    with everything():
        Anggota.objects.update(nama_ibu="IBU KANDUNG RAHASIA")
    for bentuk in ("xlsx", "csv"):
        one = make(ask(bu_rina, bentuk=bentuk))
        rows = sheet_rows(one) if bentuk == "xlsx" else csv_rows(one)
        text = repr(rows)
        assert "ROSIDI" in text
        assert [number for number in (*FULL, "RAHASIA") if number in text] == []


def test_the_file_says_who_when_why_and_what(bu_rina, families):
    one = make(ask(bu_rina, asked=Filter(wilayah=(RIAS,), program="PKH")))
    sheet = openpyxl.load_workbook(folder() / one.berkas)["Keterangan"]
    said = {row[0]: row[1] for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert said["Untuk"] == "Rina Marlina (rina)"
    assert said["Tujuan"] == WHY
    assert (said["Saringan"], said["Wilayah"]) == ("PKH", "Desa Rias")
    assert (said["Jumlah baris"], said["Jumlah orang"]) == ("3", "3")
    assert "Dilarang disebarkan" in said["Perhatian"]
    assert {row["TANDA"] for row in sheet_rows(one)} == {
        f"EKSPOR {one.pk} · rina · {timezone.localdate():%d-%m-%Y}"
    }


@pytest.mark.parametrize(
    "asked",
    [
        Filter(program="PKH"),
        Filter(wilayah=(SERDANG,)),
        Filter(kata="nurhay"),
        Filter(kata="1903010107800001"),
        Filter(nik="buruk"),
        Filter(program="PKH", wilayah=(TOBOALI,), kata="ros"),
    ],
)
def test_the_file_holds_exactly_the_lists_keluarga(bu_rina, families, sumber, asked):
    bad = make_keluarga(sumber, RIAS, 9, "RUSAK")
    with everything():
        Anggota.objects.filter(keluarga=bad).update(nik="1,9E+15", nik_status="excel")
    with use_territory(bu_rina):
        listed = set(asked.keluarga(bu_rina).values_list("pk", flat=True))
    one = make(ask(bu_rina, "kpm_keluarga", asked=asked))
    assert set(EksporIsi.objects.get(ekspor=one, objek="keluarga").ids) == listed
    assert len(sheet_rows(one)) == len(listed) == one.baris == one.job.laporan["baris"] > 0


def test_a_keluarga_without_anggota_is_a_row_too(bu_rina, families, sumber):
    make_keluarga(sumber, RIAS, 8)
    rows = sheet_rows(make(ask(bu_rina, "kpm_keluarga")))
    assert len(rows) == 3
    assert [row["JUMLAH ANGGOTA"] for row in rows if not row["KEPALA KELUARGA"]] == ["0"]


def test_rows_without_a_wilayah_go_to_the_province_alone(bu_rina, pak_hasan, families):
    with everything():
        Anggota.objects.filter(keluarga=families[0]).update(wilayah=None)
        Keluarga.objects.filter(pk=families[0].pk).update(wilayah=None)
    assert len(sheet_rows(make(ask(pak_hasan)))) == 7
    assert len(sheet_rows(make(ask(bu_rina)))) == 2


def test_the_number_of_queries_does_not_grow_with_the_rows(bu_rina, families, sumber):
    few = queries_of(ask(bu_rina))
    for number in range(20, 32):
        make_keluarga(sumber, RIAS, number, "ORANG", "LAIN")
    assert queries_of(ask(bu_rina)) == few


def queries_of(one: Ekspor) -> int:
    with CaptureQueriesContext(connection) as captured:
        make(one)
    return len(captured)


# --- whose rights --------------------------------------------------------------------------------


def test_rows_are_those_of_the_owners_rights_when_it_is_made(pak_tono, families):
    one = ask(pak_tono)
    Penugasan.objects.filter(user=pak_tono).update(wilayah=SERDANG)
    assert [row["NAMA"] for row in sheet_rows(make(one))] == ["EFENDI", "MARLINA"]
    assert one.cakupan == [SERDANG]


def test_after_the_penugasan_has_ended_nothing_is_made(pak_tono, families):
    one = ask(pak_tono)
    Penugasan.objects.filter(user=pak_tono).update(selesai=timezone.localdate() - timedelta(days=1))
    with pytest.raises(JobFailed, match="sudah berakhir"):
        make(one)
    assert names_in_folder() == []
    assert not EksporIsi.objects.exists()


def test_a_psm_may_not_and_what_she_sees_as_psm_does_not_go_out(bu_sri, families, client):
    client.force_login(bu_sri)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, form()).status_code == 403
    with everything():
        Penugasan.objects.create(user=bu_sri, wilayah_id=SERDANG, peran="tksk", mulai="2026-01-01")
    bu_sri.penugasan_in_force = None
    assert [row["NAMA"] for row in sheet_rows(make(ask(bu_sri)))] == ["EFENDI", "MARLINA"]


def test_row_level_security_alone_keeps_foreign_rows_out_of_the_file(bu_rina, families, monkeypatch):
    monkeypatch.setattr(TerritorialQuerySet, "visible_to", lambda self, user: self.all())
    monkeypatch.setattr(ekspor_queries, "limits", lambda cakupan: ())
    with everything():
        assert Anggota.objects.visible_to(bu_rina).count() == 7
    one = make(ask(bu_rina))
    assert [row["NAMA"] for row in sheet_rows(one)] == ["EFENDI", "MARLINA", "ROSIDI", "NURHAYATI", "HENDRA"]


def test_a_wilayah_of_others_is_refused(bu_rina, families):
    with pytest.raises(EksporRefused, match="di luar penugasan"):
        ask(bu_rina, asked=Filter(wilayah=(LALANG_JAYA,)))
    assert not Ekspor.objects.exists()


@pytest.mark.parametrize(
    ("asked", "reach", "left"),
    [
        ((), ("1903",), ("1903",)),
        (("19",), ("1903", "190301"), ("1903",)),
        ((RIAS, LALANG_JAYA), ("1903",), (RIAS,)),
        (("1906",), ("1903",), ()),
        ((RIAS,), (), ()),
    ],
)
def test_overlap_is_what_both_cover(asked, reach, left):
    assert overlap(asked, reach) == left


# --- the trail -----------------------------------------------------------------------------------


def test_making_and_each_download_leave_a_jejak_and_the_ids(client, bu_rina, families):
    one = make(ask(bu_rina))
    with everything():
        anggota = set(Anggota.objects.exclude(wilayah=LALANG_JAYA).values_list("pk", flat=True))
    assert {isi.objek: set(isi.ids) for isi in EksporIsi.objects.filter(ekspor=one)} == {
        "keluarga": {families[0].pk, families[1].pk},
        "anggota": anggota,
    }
    client.force_login(bu_rina)
    client.get(f"/ekspor/{one.pk}/unduh/")
    client.get(f"/ekspor/{one.pk}/unduh/")
    lines = trail(aksi="unduh", objek="ekspor", objek_id=str(one.pk))
    assert [line.rincian["tahap"] for line in lines] == ["dibuat", "diunduh", "diunduh"]
    assert {line.alasan for line in lines} == {WHY}
    assert lines[0].rincian["baris"] == 5


def test_ids_are_kept_in_pieces(bu_rina, families, monkeypatch):
    monkeypatch.setattr(ekspor_actions, "IDS", 2)
    one = make(ask(bu_rina))
    pieces = [isi.ids for isi in EksporIsi.objects.filter(ekspor=one, objek="anggota")]
    assert sorted(map(len, pieces)) == [1, 2, 2]
    assert len({pk for piece in pieces for pk in piece}) == 5


def test_what_went_out_can_be_neither_changed_nor_deleted(bu_rina, families):
    make(ask(bu_rina))
    for sentence in ("UPDATE jobs_eksporisi SET objek = 'x'", "DELETE FROM jobs_eksporisi"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sentence)


def test_words_of_a_search_stand_in_no_job_no_jejak_and_no_lasting_row(client, bu_rina, families):
    client.force_login(bu_rina)
    there = client.post("/keluarga/", {"cari": "nurhayati"})["Location"]
    token = there.split("cari=")[1]
    answer = client.post(f"{PAGE}?cari={token}", form())
    one = Ekspor.objects.get()
    assert answer["Location"] == f"/pekerjaan/{one.job_id}/"
    with everything(), use_territory(bu_rina):
        assert EksporSaringan.objects.get().isi["kata"] == "nurhayati"
    assert one.saringan == "pencarian nama"
    job = Job.objects.get()
    assert job.parameter == {"ekspor": one.pk}
    assert [row["NAMA"] for row in sheet_rows(make(one))] == ["ROSIDI", "NURHAYATI", "HENDRA"]
    with use_territory(bu_rina):
        assert not EksporSaringan.objects.exists()
    job.refresh_from_db()
    kept = repr([job.laporan, job.parameter, list(Ekspor.objects.values()), [j.rincian for j in trail()]])
    assert "nurhayati" not in kept.lower()


def test_the_wish_is_seen_by_its_owner_alone(bu_rina, pak_hasan, bu_wati, families):
    ask(bu_rina)
    for stranger in (pak_hasan, bu_wati):
        with use_territory(stranger):
            assert not EksporSaringan.objects.exists()
    with everything():
        assert not EksporSaringan.objects.exists()
    with use_territory(bu_rina):
        assert EksporSaringan.objects.count() == 1


# --- pages ---------------------------------------------------------------------------------------


def test_the_page_says_how_many_and_which_columns(client, bu_rina, families):
    client.force_login(bu_rina)
    page = client.get(PAGE).content.decode()
    assert "2 keluarga, 5 orang" in page
    assert "satu baris per orang: 5 baris" in page
    assert "TANGGAL LAHIR" in page and "KEPALA KELUARGA" in page


def test_the_list_leads_to_the_page_with_its_filter(client, bu_rina, bu_sri, families):
    client.force_login(bu_rina)
    assert f'href="{PAGE}?program=PKH"' in client.get("/keluarga/?program=PKH").content.decode()
    client.force_login(bu_sri)
    assert PAGE not in client.get("/keluarga/").content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"alasan": ""}, "Tulis alasannya."),
        ({"alasan": "perlu"}, "paling sedikit 10 huruf"),
        ({"alasan": "untuk NIK 1903010107800001 saja"}, "Jangan menulis NIK"),
        ({"alasan": "x" * 301}, "paling banyak 300 huruf"),
        ({"jenis": "kpm_rahasia"}, "kpm_rahasia"),
        ({"bentuk": "exe"}, "exe"),
    ],
)
def test_a_bad_answer_gets_one_sentence(client, bu_rina, families, fields, sentence):
    client.force_login(bu_rina)
    answer = client.post(PAGE, form(**fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Ekspor.objects.exists()


def test_nothing_found_is_said_not_exported(client, bu_rina, families):
    client.force_login(bu_rina)
    answer = client.post(f"{PAGE}?desil=1", form())
    assert answer.status_code == 422
    assert "Tidak ada baris yang cocok" in answer.content.decode()


def test_a_double_click_is_one_export(client, bu_rina, families):
    client.force_login(bu_rina)
    first = client.post(PAGE, form())
    again = client.post(PAGE, form())
    assert first["Location"] == again["Location"]
    assert (Ekspor.objects.count(), Job.objects.count()) == (1, 1)


def test_a_search_that_is_gone_leads_back_to_the_list(client, bu_rina, families):
    client.force_login(bu_rina)
    assert client.get(f"{PAGE}?cari=tidakada")["Location"] == "/keluarga/"


def test_the_file_is_handed_to_its_owner(client, bu_rina, families):
    one = make(ask(bu_rina))
    client.force_login(bu_rina)
    assert f"/ekspor/{one.pk}/unduh/" in client.get(f"/ekspor/{one.pk}/").content.decode()
    answer = client.get(f"/ekspor/{one.pk}/unduh/")
    body = b"".join(answer.streaming_content)
    assert answer.status_code == 200 and body == (folder() / one.berkas).read_bytes()
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="anggota-{timezone.localdate():%Y-%m-%d}-ekspor-{one.pk}.xlsx"'
    )
    assert stat.S_IMODE((folder() / one.berkas).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700


@pytest.mark.parametrize("person", ["bu_sri", "pak_hasan", "pak_yusuf", "bu_wati", "mbak_ayu"])
def test_nobody_else_gets_it(client, request, bu_rina, families, person):
    one = make(ask(bu_rina))
    client.force_login(request.getfixturevalue(person))
    assert client.get(f"/ekspor/{one.pk}/").status_code == 404
    assert client.get(f"/ekspor/{one.pk}/unduh/").status_code == 404


@pytest.mark.parametrize(
    "change", [{"selesai": "2026-02-01"}, {"wilayah_id": RIAS}, {"peran": "psm"}, {"peran": "pimpinan"}]
)
def test_the_owner_loses_the_file_with_the_right(client, bu_rina, families, change):
    one = make(ask(bu_rina))
    Penugasan.objects.filter(user=bu_rina).update(**change)
    client.force_login(bu_rina)
    assert client.get(f"/ekspor/{one.pk}/unduh/").status_code == 404
    assert "tidak dapat Anda unduh lagi" in client.get(f"/ekspor/{one.pk}/").content.decode()
    assert len(trail(aksi="unduh")) == 1


def test_own_exports_stand_on_their_page_and_in_the_inbox(client, bu_rina, mbak_ayu, families):
    client.force_login(bu_rina)
    assert "Belum ada ekspor" in client.get("/ekspor/").content.decode()
    one = make(ask(bu_rina))
    page = client.get("/ekspor/").content.decode()
    assert f"Ekspor {one.pk}: anggota" in page and "siap diunduh" in page
    assert f"Unduh ekspor {one.pk}" in client.get("/pekerjaan/").content.decode()
    client.force_login(mbak_ayu)
    assert f"Ekspor {one.pk}:" not in client.get("/ekspor/").content.decode()


# --- the end -------------------------------------------------------------------------------------


def test_a_file_past_its_time_is_deleted_and_said_to_be(client, bu_rina, families):
    one, other = make(ask(bu_rina)), make(ask(bu_rina, "kpm_keluarga"))
    Ekspor.objects.filter(pk=one.pk).update(kedaluwarsa=timezone.now() - timedelta(seconds=1))
    client.force_login(bu_rina)
    assert client.get(f"/ekspor/{one.pk}/unduh/")["Location"] == f"/ekspor/{one.pk}/"
    tidy()
    assert names_in_folder() == [other.berkas]
    one.refresh_from_db()
    assert (one.keadaan, one.berkas) == ("kedaluwarsa", "")
    assert "berkasnya sudah dihapus" in client.get(f"/ekspor/{one.pk}/").content.decode()


def test_files_of_nobody_are_swept_and_rows_without_file_say_so(client, bu_rina, families):
    one = make(ask(bu_rina))
    kept = make(ask(bu_rina, "kpm_keluarga"))
    (folder() / one.berkas).unlink()
    (folder() / "999-1.xlsx").write_bytes(b"sisa")
    (folder() / f"{kept.job_id}-7.tmp").mkdir()
    tidy()
    assert names_in_folder() == [kept.berkas]
    client.force_login(bu_rina)
    assert "tidak ada lagi di server" in client.get(f"/ekspor/{one.pk}/").content.decode()


def test_a_file_that_vanished_is_noticed_at_the_download(client, bu_rina, families):
    one = make(ask(bu_rina))
    (folder() / one.berkas).unlink()
    client.force_login(bu_rina)
    assert client.get(f"/ekspor/{one.pk}/unduh/")["Location"] == f"/ekspor/{one.pk}/"
    one.refresh_from_db()
    assert one.keadaan == "hilang"
    assert len(trail(aksi="unduh")) == 1


def test_the_file_of_an_attempt_at_work_is_left_alone(bu_rina, families):
    one = ask(bu_rina)
    Job.objects.filter(pk=one.job_id).update(keadaan="berjalan", percobaan=2, batas_percobaan=3)
    (folder() / f"{one.job_id}-2.xlsx").write_bytes(b"sedang ditulis")
    (folder() / f"{one.job_id}-1.xlsx").write_bytes(b"percobaan yang mati")
    tidy()
    assert names_in_folder() == [f"{one.job_id}-2.xlsx"]


def test_a_cancelled_or_given_up_export_forgets_its_wish(bu_rina, families):
    cancelled, failed, fresh = (ask(bu_rina, bentuk=b, jenis=j) for b, j in (
        ("xlsx", "kpm_anggota"), ("csv", "kpm_anggota"), ("xlsx", "kpm_keluarga")))  # fmt: skip
    cancel(cancelled.job)
    old = timezone.now() - timedelta(days=4)
    Job.objects.filter(pk=failed.job_id).update(keadaan="gagal", berakhir=old)
    Job.objects.filter(pk=fresh.job_id).update(keadaan="gagal", berakhir=timezone.now())
    tidy()
    states = dict(Ekspor.objects.values_list("pk", "keadaan"))
    assert states == {cancelled.pk: "ditarik", failed.pk: "gagal", fresh.pk: "dibuat"}
    with use_territory(bu_rina):
        assert [wish.ekspor_id for wish in EksporSaringan.objects.all()] == [fresh.pk]


@pytest.mark.parametrize("few", [1_000, 0], ids=["hands over", "asks again"])
def test_what_was_closed_while_it_was_tried_again_stays_closed(bu_rina, families, monkeypatch, settings, few):
    """tidy gives up after three days; "Coba lagi" in the same moment must not open it again."""

    def tidied(name: str) -> None:
        if name == "jobs.ekspor.written":
            Ekspor.objects.filter(pk=one.pk).update(keadaan="gagal")

    one = ask(bu_rina)
    settings.EKSPOR_TANPA_SETUJU = few
    monkeypatch.setattr(ekspor_actions, "failpoint", tidied)
    with use_territory(bu_rina), pytest.raises(JobFailed, match="Minta lagi dari daftarnya"):
        ekspor_actions.make_ekspor(claim_here(one.job))
    one.refresh_from_db()
    assert one.keadaan == "gagal"
    assert not EksporIsi.objects.exists() and names_in_folder() == []


def test_a_half_written_file_goes_when_the_work_breaks_off(bu_rina, families, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("tengah jalan")

    one = ask(bu_rina)
    monkeypatch.setattr(ekspor_actions, "_hand_over", broken)
    with pytest.raises(RuntimeError, match="tengah jalan"):
        make(one)
    assert names_in_folder() == []
    one.refresh_from_db()
    assert one.keadaan == "dibuat"


def test_the_ids_of_a_person_lead_to_the_exports_he_was_in(bu_rina, pak_hasan, families):
    mine = make(ask(bu_rina))
    make(ask(bu_rina, asked=Filter(wilayah=(SERDANG,)), bentuk="csv"))
    with everything():
        rosidi = Anggota.objects.get(nama="ROSIDI").pk
    found = EksporIsi.objects.filter(objek="anggota", ids__contains=[rosidi])
    assert [isi.ekspor_id for isi in found] == [mine.pk]


def test_two_owners_do_not_share_an_export(families, bu_rina):
    other = make_user("rini", "Rini", ("dinsos_kab", "1903"))
    assert ask(bu_rina).pk != ask(other).pk
