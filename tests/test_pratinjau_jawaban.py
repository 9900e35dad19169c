"""Answers of questionnaires in the preview: question by question before and after, and bound to the applying."""

from __future__ import annotations

import pytest

from kpm import keputusan
from kpm.aturan import Aturan
from kpm.models import JawabanAnggota, JawabanKeluarga
from kpm.pratinjau import share
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import everything
from tests.test_indikator import KELUARGA, TITLES, anggota_isi, answered, bring, keluarga_isi
from tests.test_pratinjau import apply, golongan, registers, upload, work
from tests.test_pratinjau_pages import rows, text_of

pytestmark = pytest.mark.usefixtures("swept", "db")
KK = "1903010101200001"
ILL = {"Penyakit_kronis": "06", "Partisipasi_sekolah": "1"}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 100


@pytest.fixture
def told(bu_rina):
    """Two families whom this source has asked before; a second file has other answers of the first."""
    bring(answered(1), answered(2), by=bu_rina, periode="2026-11")
    return upload([answered(1, lantai="02", daya="", **ILL), answered(2)], bu_rina, headers=TITLES)


def test_answers_that_change_are_shown_before_and_after_and_that_is_applied(client, told, bu_rina, all_rows):
    assert golongan(told) == ({"tetap": 2}, {"tetap": 2}), "an answer makes nobody berubah"
    assert told.tinjauan["samping"] == {"keluarga": {"jawaban": 1}, "anggota": {"jawaban": 1}}
    assert (told.tinjauan["hanya"], told.tinjauan["lain"]) == ({"keluarga": 1, "anggota": 1},) * 2
    client.force_login(bu_rina)
    assert "Jawaban kuesioner baru atau berubah pada 1 keluarga dan 1 orang" in text_of(
        client, f"/impor/{told.pk}/"
    )
    found = rows(client, told, "apa=keluarga&isian=jawaban")
    assert "hanya jawaban Jenis lantai terluas: dulu Tanah → kini Keramik" in found
    assert "Daya terpasang: dulu 450 watt → kini kosong" in found
    assert found.count("→") == 2
    found = rows(client, told, "apa=anggota&isian=jawaban")
    assert "Penyakit kronis/menahun: dulu Tidak ada → kini Tuberkulosis (TBC)" in found
    assert found.count("→") == 2
    assert "Orang dengan jawaban kuesioner baru atau berubah" in text_of(
        client, f"/impor/{told.pk}/terapkan/"
    )
    apply(told)
    assert (keluarga_isi()[KK]["lantai"], keluarga_isi()[KK].get("daya")) == ("02", None)
    assert anggota_isi()["ID-A0001X"]["penyakit_kronis"] == "06"


def test_a_preview_of_answers_writes_nothing(bu_rina):
    bring(answered(1), by=bu_rina, periode="2026-11")
    before = registers()
    upload([answered(1, lantai="02"), answered(2)], bu_rina, headers=TITLES)
    assert registers() == before


def test_illness_is_shown_to_those_who_may_see_it(client, told, pak_hasan, pak_yusuf):
    """Dinsos may, the admin, who imports as well, may not."""
    client.force_login(pak_hasan)
    found = rows(client, told, "apa=anggota&isian=jawaban")
    assert "Penyakit kronis" in found and "Partisipasi sekolah" in found
    client.force_login(pak_yusuf)
    found = rows(client, told, "apa=anggota&isian=jawaban")
    assert "Partisipasi sekolah" in found
    assert "Penyakit" not in found
    assert "Jawaban khusus berubah" in found


def test_the_first_answers_of_a_source_are_shown_and_contradict_nobody(client, bu_rina, all_rows):
    import_bytes(csv_bytes([person(1)]), bu_rina, periode="2026-11")
    impor = upload([answered(1), answered(2)], bu_rina, headers=TITLES)
    assert impor.tinjauan["samping"]["keluarga"] == {"jawaban": 1}, "of the new ones everything is new"
    assert impor.tinjauan["lain"] == {"keluarga": 0, "anggota": 0}
    client.force_login(bu_rina)
    found = rows(client, impor, "apa=keluarga&isian=jawaban")
    assert "7 jawaban kuesioner" in found
    assert "Jenis lantai terluas: dulu kosong → kini Tanah" in found
    apply(impor)
    assert len(keluarga_isi()) == 2


def test_the_same_answers_again_are_nothing(bu_rina):
    bring(answered(1), by=bu_rina, periode="2026-11")
    impor = upload([answered(1)], bu_rina, headers=TITLES, ulangi=True)
    assert impor.tinjauan["samping"] == {"keluarga": {}, "anggota": {}}
    assert share(impor.tinjauan) == 0


def test_answers_a_source_may_not_write_are_not_announced(told, bu_rina, all_rows):
    keputusan.set_rules(impor_id=told.pk, by=bu_rina, aturan=Aturan(isian=("alamat",)))
    work(told)
    assert told.tinjauan["samping"] == {"keluarga": {}, "anggota": {}}
    apply(told)
    assert keluarga_isi()[KK]["lantai"] == "09"


@pytest.mark.parametrize("model", [JawabanKeluarga, JawabanAnggota])
def test_answers_that_changed_since_stop_the_applying(told, all_rows, model):
    model.objects.filter(isi__has_any_keys=["lantai", "penyakit_kronis"]).update(isi={"daya": "3"})
    before = registers()
    job = apply(told)
    assert (job.keadaan, job.pesan[:32]) == ("gagal", "Data berubah sejak pratinjau, ja")
    assert registers() == before
    work(told)
    assert apply(told).keadaan == "selesai"


def test_a_keluarga_of_whom_an_old_list_brings_answers_alone_has_a_line(client, bu_rina, all_rows):
    import_bytes(csv_bytes([person(1, ALAMAT="JL. BARU 9"), person(2)]), bu_rina, periode="2026-10")
    impor = upload([answered(1, ALAMAT="JL. LAMA 1"), answered(7)], bu_rina, headers=TITLES, periode="2015")
    assert golongan(impor) == ({"tetap": 1, "baru": 1}, {"tetap": 1, "baru": 1})
    client.force_login(bu_rina)
    found = rows(client, impor, "apa=keluarga&isian=jawaban")
    assert "Rosidi" in found and "Jenis lantai terluas: dulu kosong → kini Tanah" in found
    apply(impor)
    assert keluarga_isi()[KK]["lantai"] == "09"


def test_a_file_of_persons_answers_shows_no_keluarga(bu_rina):
    titles = [title for title in TITLES if title not in KELUARGA]
    import_bytes(csv_bytes([person(1)]), bu_rina, periode="2026-11")
    impor = upload([answered(1)], bu_rina, headers=titles)
    assert impor.tinjauan["samping"] == {"keluarga": {}, "anggota": {"jawaban": 1}}


def test_who_changed_only_answers_since_is_named(told, bu_rina, pak_hasan, client, all_rows):
    with everything():
        bring(answered(1, lantai="07"), by=pak_hasan, periode="2026-11", ulangi=True)
    assert apply(told).keadaan == "gagal"
    work(told)
    client.force_login(bu_rina)
    page = text_of(client, f"/impor/{told.pk}/")
    assert "Penyebabnya impor DTKS November 2026 oleh Yusuf Hasan" in page
