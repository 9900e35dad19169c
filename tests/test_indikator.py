"""Answers of BDT 2015 and its kin: code lists, columns of a file, spellings, what an import keeps and remarks."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from access.scope import use_territory
from jobs.staging import Peek, PeekSheet
from kpm import indikator
from kpm.imports import find_layout, normal_header
from kpm.indikator import catalogue, code_of, columns_of, ukuran_list
from kpm.models import (
    Anggota,
    Indikator,
    JawabanAnggota,
    JawabanKeluarga,
    Keluarga,
    Kepesertaan,
    PilihanIndikator,
)
from tests.berkas import HEADERS, csv_bytes, import_bytes, person
from tests.berkas_tata import UDART, UDRT, bdt_row, bdt_table, csv_of, pair, table, udart, udrt
from tests.conftest import RIAS, SERDANG, everything
from tests.urungkan import registers, take_back

KELUARGA = [
    "Status bangunan (16)",
    "lantai",
    "fasbab",
    "daya",
    "ada_tabung_gas",
    "ada_lemari_es",
    "luas_lantai",
]
ANGGOTA = [
    "Partisipasi_sekolah",
    "Jenis_cacat",
    "Penyakit_kronis",
    "Ijazah_tertinggi",
    "Ada_kartu_identitas",
    "Sta_hamil",
]
TITLES = [*HEADERS, *KELUARGA, *ANGGOTA]
HOUSE = {
    "Status bangunan (16)": "1",
    "lantai": "09",
    "fasbab": "4",
    "daya": "1",
    "ada_tabung_gas": "1",
    "ada_lemari_es": "4",
    "luas_lantai": "36",
}
SELF = {
    "Partisipasi_sekolah": "0",
    "Jenis_cacat": "00",
    "Penyakit_kronis": "00",
    "Ijazah_tertinggi": "0",
    "Ada_kartu_identitas": "5",
    "Sta_hamil": "2",
}
STORED = {
    "sta_bangunan": "1",
    "lantai": "09",
    "fasbab": "4",
    "daya": "1",
    "ada_tabung_gas": "1",
    "ada_lemari_es": "4",
    "luas_lantai": "36",
}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def answered(number: int, **cells: str) -> dict[str, str]:
    """A clean row with answers; keys of `cells` are headers as they stand in TITLES, or those of person()."""
    own = {name: cells.pop(name) for name in [*KELUARGA, *ANGGOTA] if name in cells}
    return person(number, **cells) | HOUSE | SELF | own


def bring(*rows: dict[str, str], by, titles=TITLES, **how):
    return import_bytes(csv_bytes(list(rows), titles), by, **how)


def keluarga_isi() -> dict[str, dict]:
    with everything():
        return {
            row.keluarga.no_kk: row.isi
            for row in JawabanKeluarga.objects.select_related("keluarga").filter(instrumen="BDT2015")
        }


def anggota_isi() -> dict[str, dict]:
    with everything():
        return {row.anggota.id_dtks: row.isi for row in JawabanAnggota.objects.select_related("anggota")}


# --- code lists ------------------------------------------------------------------------------------


def test_code_lists_are_in_the_database_as_in_the_files(db):
    assert Indikator.objects.count() == len(catalogue()) == 167
    assert PilihanIndikator.objects.count() == sum(len(one.pilihan) for one in catalogue().values())
    lantai = Indikator.objects.get(instrumen="BDT2015", kode="lantai")
    assert dict(lantai.pilihan_list.values_list("kode", "label"))["09"] == "Tanah"


def test_loading_again_mends_a_label_and_takes_away_what_left_the_files(db):
    lantai = Indikator.objects.get(instrumen="BDT2015", kode="lantai")
    lantai.pilihan_list.filter(kode="09").update(label="tanah liat")
    lantai.pilihan_list.create(kode="77", label="beludru", urutan=77)
    call_command("muat_indikator", verbosity=0)
    labels = dict(lantai.pilihan_list.values_list("kode", "label"))
    assert labels["09"] == "Tanah" and "77" not in labels


def test_every_code_of_the_mapping_table_is_in_its_code_list():
    for ukuran in ukuran_list().values():
        for instrumen, per in ukuran.jawaban.items():
            for kode, codes in per.items():
                assert set(codes) <= set(catalogue()[f"{instrumen}:{kode}"].pilihan), (ukuran.kode, kode)


def test_all_measures_know_bdt_and_regsosek():
    assert all({"BDT2015", "REGSOSEK2022"} <= set(ukuran.jawaban) for ukuran in ukuran_list().values())


def test_each_number_has_classes_and_nothing_else_has():
    assert {one.jenis for one in catalogue().values() if one.kelas} == {"bilangan"}
    assert all(one.kelas for one in catalogue().values() if one.jenis == "bilangan")
    lantai = catalogue()["BDT2015:luas_lantai"]
    assert list(lantai.rentang.items())[:2] == [("0-19", (0, 20)), ("20-39", (20, 40))]
    assert lantai.rentang["100-"] == (100, None)


@pytest.mark.parametrize(
    ("line", "instead", "wrong"),
    [
        ("luas_lantai,20-39,20–39 m²", "luas_lantai,21-39,21–39 m²", "sambung-menyambung"),
        ("luas_lantai,20-39,20–39 m²", "luas_lantai,19-39,19–39 m²", "sambung-menyambung"),
        ("luas_lantai,0-19,di bawah 20 m²", "luas_lantai,1-19,di bawah 20 m²", "mulai dari 0"),
        ("luas_lantai,100-,100 m² ke atas", "luas_lantai,100-199,sampai 199 m²", "tanpa batas atas"),
        ("luas_lantai,20-39,20–39 m²", "luas_lantai,20,20 m²", "ditulis 20-39"),
        ("luas_lantai,20-39,20–39 m²", "luas_lantai,20-39,", "tanpa label"),
        ("luas_lantai,20-39,20–39 m²", "luas_langit,20-39,20–39 m²", "sambung-menyambung|tidak ada"),
        ("BDT2015,umur,70-,70 tahun ke atas", "BDT2015,lantai,0-,semua", "hanya untuk bilangan|tanpa batas"),
    ],
)
def test_wrong_classes_are_not_loaded(db, monkeypatch, tmp_path, line, instead, wrong):
    for file in indikator.DATA.glob("indikator*.csv"):
        text = file.read_text(encoding="utf-8")
        changed = text.replace(line, instead, 1)
        assert (changed != text) == (file.name == "indikator_kelas.csv")
        (tmp_path / file.name).write_text(changed, encoding="utf-8")
    monkeypatch.setattr(indikator, "DATA", tmp_path)
    indikator.catalogue.cache_clear()
    try:
        with pytest.raises(CommandError, match=wrong):
            call_command("muat_indikator", verbosity=0)
    finally:
        indikator.catalogue.cache_clear()


def test_aliases_of_one_questionnaire_are_unique():
    for instrumen in ("BDT2015", "REGSOSEK2022", "KEPMENSOS262", "VERVAL"):
        names = [a for one in catalogue().values() if one.instrumen == instrumen for a in one.alias]
        assert len(names) == len(set(names)), instrumen


# --- spellings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "kode"),
    [
        ("BDT2015:lantai", "9", "09"),
        ("BDT2015:lantai", "09", "09"),
        ("BDT2015:lantai", "9.0", "09"),
        ("BDT2015:lantai", "9. Tanah", "09"),
        ("BDT2015:lantai", "TANAH", "09"),
        ("BDT2015:lantai", "Marmer", "01"),
        ("BDT2015:lantai", " 9 ", "09"),
        ("BDT2015:lantai", "9. Keramik", None),
        ("BDT2015:lantai", "Kayu", None),  # good wood or poor wood?
        ("BDT2015:lantai", "11", None),
        ("BDT2015:lantai", "0", None),
        # every second yes/no of BDT is 3 and 4
        ("BDT2015:ada_tabung_gas", "1", "1"),
        ("BDT2015:ada_tabung_gas", "2", "2"),
        ("BDT2015:ada_tabung_gas", "3", None),
        ("BDT2015:ada_lemari_es", "3", "3"),
        ("BDT2015:ada_lemari_es", "4", "4"),
        ("BDT2015:ada_lemari_es", "1", None),
        ("BDT2015:ada_tabung_gas", "Ya", "1"),
        ("BDT2015:ada_lemari_es", "Ya", "3"),
        ("BDT2015:ada_lemari_es", "TDK", "4"),
        ("BDT2015:ada_lemari_es", "3. Ya", "3"),
        ("BDT2015:ada_lemari_es", "1. Ya", None),
        # lists that begin at zero
        ("BDT2015:partisipasi_sekolah", "0", "0"),
        ("BDT2015:partisipasi_sekolah", "2", "2"),
        ("BDT2015:partisipasi_sekolah", "3", None),
        ("BDT2015:jenis_cacat", "0", "00"),
        ("BDT2015:jenis_cacat", "12", "12"),
        ("BDT2015:jenis_cacat", "13", None),
        ("BDT2015:penyakit_kronis", "00", "00"),
        ("BDT2015:penyakit_kronis", "9", "09"),
        ("BDT2015:penyakit_kronis", "10", None),
        ("BDT2015:ijazah_tertinggi", "0", "0"),
        ("BDT2015:ijazah_tertinggi", "6", "6"),
        ("BDT2015:ijazah_tertinggi", "7", None),
        # sums of bits
        ("BDT2015:ada_kartu_identitas", "5", "5"),
        ("BDT2015:ada_kartu_identitas", "0", "0"),
        ("BDT2015:ada_kartu_identitas", "15", "15"),
        ("BDT2015:ada_kartu_identitas", "16", None),
        ("REGSOSEK2022:kd_jamkes_setahun", "99", "99"),
        ("REGSOSEK2022:kd_jamkes_setahun", "3", "3"),
        ("REGSOSEK2022:kd_jamkes_setahun", "100", None),
        # labels that elsewhere mean an empty cell
        ("BDT2015:fasbab", "Tidak ada", "4"),
        ("REGSOSEK2022:kd_ikut_kur", "Tidak tahu", "8"),
        # one word, two questionnaires
        ("REGSOSEK2022:kd_jenis_lantai_terluas", "9", "9"),
        ("REGSOSEK2022:kd_jenis_lantai_terluas", "Tanah", "8"),
        # numbers
        ("BDT2015:luas_lantai", "036", "36"),
        ("BDT2015:luas_lantai", "36,5", "36.5"),
        ("BDT2015:luas_lantai", "1.200", None),
        ("BDT2015:luas_lantai", "36 m2", None),
        ("BDT2015:luas_lantai", "-3", None),
    ],
)
def test_spelling_is_one_code_or_none(name, text, kode):
    assert code_of(catalogue()[name], text) == kode


def test_every_label_and_every_code_means_itself():
    for one in catalogue().values():
        for kode in one.pilihan:
            assert code_of(one, kode) == kode, one.nama_penuh


# --- columns -------------------------------------------------------------------------------------------


def found(titles: list[str]) -> dict[str, int]:
    return columns_of(titles, (), normal_header)


def test_bdt_columns_are_known_by_their_titles_and_by_their_names():
    assert found(["x", "Status bangunan (16)", "lantai", "FASBAB", "Daya"]) == {
        "BDT2015:sta_bangunan": 1,
        "BDT2015:lantai": 2,
        "BDT2015:fasbab": 3,
        "BDT2015:daya": 4,
    }


def test_regsosek_columns_are_told_from_those_of_bdt():
    titles = [
        "luas_lantai",
        "kd_jenis_lantai_terluas",
        "kd_jenis_dinding",
        "kd_fasilitas_tempat_bab",
        "jumlah_sapi",
    ]
    assert set(found(titles)) == {f"REGSOSEK2022:{name}" for name in titles}


def test_two_columns_are_no_questionnaire():
    assert found(["lantai", "daya", "NAMA"]) == {}


def test_column_with_a_new_wording_is_known_by_its_number_where_the_others_agree():
    bdt = [one for one in catalogue().values() if one.instrumen == "BDT2015" and one.kode != "fasbab"][:20]
    known = [f"{one.kode} ({one.nomor})" for one in bdt]
    assert found([*known, "Tempat buang hajat (30)"])["BDT2015:fasbab"] == 20
    wrong = [f"{one.kode} ({int(one.nomor) + 1})" for one in bdt]
    assert "BDT2015:fasbab" not in found([*wrong, "Tempat buang hajat (30)"])


def test_layout_of_a_file_names_its_answers_and_layout_a_has_none():
    def layout(titles):
        return find_layout(Peek("csv", [PeekSheet("", [titles, ["x"] * len(titles)], False)]))

    assert layout(TITLES).indikator["BDT2015:lantai"] == TITLES.index("lantai")
    assert layout(TITLES).diabaikan == []
    assert layout(HEADERS).indikator == {}


# --- import ----------------------------------------------------------------------------------------------


def test_answers_are_stored_by_keluarga_and_by_person(swept, bu_rina):
    impor = bring(
        answered(1),
        answered(2, NOKK="1903010101200001", HUB_KELUARGA="ANAK", Penyakit_kronis="6"),
        by=bu_rina,
    )
    assert keluarga_isi() == {"1903010101200001": STORED}
    assert anggota_isi()["ID-A0002X"] == {
        "partisipasi_sekolah": "0",
        "jenis_cacat": "00",
        "penyakit_kronis": "06",
        "ijazah_tertinggi": "0",
        "ada_kartu_identitas": "5",
        "sta_hamil": "2",
    }
    with everything():
        row = JawabanKeluarga.objects.get()
    assert (row.instrumen, row.wilayah_id, row.job_id) == ("BDT2015", RIAS, impor.job_id)
    assert impor.job.laporan["jawaban"] == {"pertanyaan": 13, "keluarga": 1, "luar": []}


def test_answer_outside_the_list_is_remarked_and_not_stored(swept, bu_rina):
    impor = bring(
        answered(1, lantai="77", Jenis_cacat="13"), answered(2), answered(3, lantai="Kayu"), by=bu_rina
    )
    stored = keluarga_isi()
    assert "lantai" not in stored["1903010101200001"] and stored["1903010101200001"]["daya"] == "1"
    assert stored["1903010101200002"] == STORED
    assert "jenis_cacat" not in anggota_isi()["ID-A0001X"]
    laporan = impor.job.laporan
    assert laporan["diterapkan"] == 3
    assert {"kode": "INDIKATOR_DILUAR_DAFTAR", "baris": 2, "contoh": [2, 4]} in laporan["vonis_catatan"]
    assert [(line["indikator"], line["baris"], line["contoh"]) for line in laporan["jawaban"]["luar"]] == [
        ("BDT2015:lantai", 2, [2, 4]),
        ("BDT2015:jenis_cacat", 1, [2]),
    ]


def test_rows_that_contradict_each_other_leave_the_word_to_the_head(swept, bu_rina):
    kk = "1903010101200001"
    child = answered(1, NOKK=kk, HUB_KELUARGA="ANAK", lantai="02", daya="")
    head = answered(2, NOKK=kk, lantai="09")
    impor = bring(child, head, answered(3), by=bu_rina)
    assert keluarga_isi()[kk] == STORED
    (remark,) = [v for v in impor.job.laporan["vonis_catatan"] if v["kode"] == "INDIKATOR_BEDA"]
    assert remark["baris"] == 2


def test_empty_cells_contradict_nobody_and_are_filled_from_the_other_row(swept, bu_rina):
    kk = "1903010101200001"
    child = answered(1, NOKK=kk, HUB_KELUARGA="ANAK")
    head = answered(2, NOKK=kk) | dict.fromkeys(KELUARGA, "")
    impor = bring(child, head, by=bu_rina)
    assert keluarga_isi()[kk] == STORED
    assert "INDIKATOR_BEDA" not in [v["kode"] for v in impor.job.laporan["vonis_catatan"]]


def test_refused_row_answers_nothing(swept, bu_rina):
    kk = "1903010101200001"
    refused = answered(1, NOKK=kk, NAMA="", lantai="02")
    bring(refused, answered(2, NOKK=kk, HUB_KELUARGA="ANAK"), by=bu_rina)
    assert keluarga_isi()[kk] == STORED
    assert list(anggota_isi()) == ["ID-A0002X"]


def test_same_file_again_writes_nothing(swept, bu_rina):
    rows = [answered(1), answered(2, lantai="77")]
    bring(*rows, by=bu_rina)
    bring(*rows, by=bu_rina, ulangi=True)
    with everything():
        assert JawabanKeluarga.pgh_event_model.objects.count() == 0
        assert JawabanAnggota.pgh_event_model.objects.count() == 0


def test_new_answer_replaces_the_old_one_and_history_keeps_it(swept, bu_rina):
    bring(answered(1), answered(2), by=bu_rina)
    bring(answered(1, lantai="02", daya="", fasbab="77"), answered(2), by=bu_rina)
    expected = {name: kode for name, kode in STORED.items() if name != "daya"} | {"lantai": "02"}
    assert keluarga_isi() == {"1903010101200001": expected, "1903010101200002": STORED}
    with everything():
        (event,) = JawabanKeluarga.pgh_event_model.objects.all()
    assert event.isi == STORED


def test_column_the_file_lacks_leaves_its_answers(swept, bu_rina):
    bring(answered(1), by=bu_rina)
    bring(answered(1, lantai="02"), by=bu_rina, titles=[t for t in TITLES if t != "daya"])
    assert keluarga_isi()["1903010101200001"] == STORED | {"lantai": "02"}


def test_each_period_keeps_its_own_answers(swept, bu_rina):
    bring(answered(1), by=bu_rina, periode="2026-09")
    bring(answered(1, lantai="02"), by=bu_rina, periode="2026-10")
    with everything():
        rows = JawabanKeluarga.objects.order_by("sumber__periode")
        assert [(row.sumber.periode, row.isi["lantai"]) for row in rows] == [
            ("2026-09", "09"),
            ("2026-10", "02"),
        ]


def test_older_questionnaire_brings_answers_and_nothing_else(swept, bu_rina):
    """BDT 2015 comes in after DTKS: the people are there already, with newer data."""
    import_bytes(csv_bytes([person(1, ALAMAT="JL. BARU 9"), person(2)]), bu_rina, periode="2026-10")
    old = answered(1, ALAMAT="JL. LAMA 1", NAMA="ROSIDI BIN X", **{"BANSOS PKH": "YA"})
    impor = bring(old, answered(7), by=bu_rina, periode="2015")
    with everything():
        known = Anggota.objects.get(id_dtks="ID-A0001X")
        assert (known.nama, known.keluarga.alamat, known.sumber.periode) == (
            "ROSIDI",
            "JL. BARU 9",
            "2026-10",
        )
        assert not Kepesertaan.objects.filter(sumber__periode="2015", anggota=known).exists()
        row = JawabanKeluarga.objects.get(keluarga=known.keluarga)
        assert (row.sumber.periode, row.isi) == ("2015", STORED)
        assert JawabanAnggota.objects.get(anggota=known).isi["ada_kartu_identitas"] == "5"
        assert Anggota.pgh_event_model.objects.count() == Keluarga.pgh_event_model.objects.count() == 0
    laporan = impor.job.laporan
    assert (laporan["diterapkan"], laporan["ditolak"]) == (2, 0)
    assert {"kode": "HANYA_JAWABAN", "baris": 1, "contoh": [2]} in laporan["vonis_catatan"]
    assert laporan["anggota"]["berubah"] == laporan["keluarga"]["berubah"] == 0


def test_stranger_in_an_older_questionnaire_does_not_enter_a_newer_keluarga(swept, bu_rina):
    import_bytes(csv_bytes([person(1)]), bu_rina, periode="2026-10")
    stranger = answered(5, NOKK="1903010101200001", NAMA="ORANG LAIN")
    impor = bring(stranger, by=bu_rina, periode="2015")
    assert [v["kode"] for v in impor.job.laporan["vonis_ditolak"]] == ["PERIODE_LAMA"]
    assert keluarga_isi() == {}


def test_who_lives_elsewhere_now_does_not_answer_for_his_new_house(swept, bu_rina):
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina, periode="2026-10")
    bring(answered(2, NOKK="1903010101200001"), by=bu_rina, periode="2015")
    assert keluarga_isi() == {}
    assert list(anggota_isi()) == ["ID-A0002X"]


def test_rows_differing_in_an_answer_alone_are_not_called_the_same(swept, bu_rina):
    impor = bring(answered(1), answered(1, lantai="02"), by=bu_rina)
    assert [v["kode"] for v in impor.job.laporan["vonis_ditolak"]] == ["ID_GANDA"]


def test_answers_follow_their_keluarga_to_another_village(swept, bu_rina):
    bring(answered(1), by=bu_rina)
    import_bytes(csv_bytes([person(1, **{"DESA/KELUARAHAN": "SERDANG"})]), bu_rina)
    with everything():
        assert JawabanKeluarga.objects.get().wilayah_id == SERDANG
        assert JawabanAnggota.objects.get().wilayah_id == SERDANG


def test_file_without_answers_runs_none_of_the_steps(swept, bu_rina, monkeypatch):
    monkeypatch.setattr("kpm.jawaban.judge", None)
    impor = import_bytes(csv_bytes([person(1)]), bu_rina)
    assert impor.job.laporan["jawaban"] is None


def test_wide_file_of_bdt_brings_answers_of_house_and_people(swept, bu_rina):
    """Layout B: 101 columns, some called as nobody called them before but numbered as the questionnaire."""
    house = {
        "Status bangunan": "1",
        "Keterangan rumah 19": "9",
        "Keterangan rumah 30": "4",
        "Keterangan rumah 34": "4",
    }
    rows = [
        bdt_row(1, 1, "ROSIDI", Penyakit_kronis="0", **house),
        bdt_row(1, 2, "NURHAYATI", Status_kehamilan="2", Jenis_cacat="12", **house),
    ]
    impor = import_bytes(csv_of(bdt_table(rows)), bu_rina, periode="2015")
    with everything():
        (row,) = JawabanKeluarga.objects.all()
        people = {one.anggota.nama: one.isi for one in JawabanAnggota.objects.select_related("anggota")}
    assert row.isi | {"sta_bangunan": "1", "lantai": "09", "fasbab": "4", "ada_lemari_es": "4"} == row.isi
    assert people["ROSIDI"]["penyakit_kronis"] == "00" and people["NURHAYATI"]["jenis_cacat"] == "12"
    assert impor.job.laporan["jawaban"]["luar"] == []


@pytest.mark.parametrize("way", ["lembar", "csv"])
def test_linked_tables_bring_answers_from_both(swept, bu_rina, way):
    """Layout C: the house stands in UDRT, the people in UDART."""
    houses = table(UDRT, [udrt(1, lantai="09", sta_bangunan="3", luas_lantai="36")])
    people = [udart(1, 1, "ROSIDI", Jenis_cacat="0"), udart(1, 2, "NURHAYATI", Sta_hamil="2")]
    import_bytes(pair(houses, table(UDART, people), way), bu_rina)
    with everything():
        (row,) = JawabanKeluarga.objects.all()
        found = {one.anggota.nama: one.isi for one in JawabanAnggota.objects.select_related("anggota")}
    assert row.isi == {"sta_bangunan": "3", "lantai": "09", "luas_lantai": "36"}
    assert found == {"ROSIDI": {"jenis_cacat": "00"}, "NURHAYATI": {"sta_hamil": "2"}}


def test_xlsx_with_numbers_in_the_cells_is_read_alike(swept, bu_rina):
    from tests.berkas import xlsx_bytes

    row = {k: f"#{int(v)}" if k in HOUSE | SELF else v for k, v in answered(1).items()}
    import_bytes(xlsx_bytes([row], TITLES), bu_rina, nama="bdt.xlsx")
    assert keluarga_isi()["1903010101200001"] == STORED


def test_report_page_names_the_questions_with_answers_outside_their_list(swept, client, bu_rina):
    impor = bring(answered(1, lantai="77"), by=bu_rina)
    client.force_login(bu_rina)
    page = client.get(f"/impor/{impor.pk}/").content.decode()
    assert "Jawaban kuesioner" in page and "13 pertanyaan, 1 keluarga" in page
    assert "Jenis lantai terluas" in page and "Jawaban di luar daftar kode" in page


def test_timeline_says_which_answers_changed(swept, client, bu_rina, bu_sri):
    bring(answered(1), by=bu_rina)
    bring(answered(1, lantai="02", Penyakit_kronis="9"), by=bu_rina)
    with everything():
        pk = Keluarga.objects.get().pk
    for user, sees in ((bu_rina, True), (bu_sri, False)):
        client.force_login(user)
        page = client.get(f"/keluarga/{pk}/").content.decode().partition("<h2>Riwayat")[2]
        assert "Jenis lantai terluas" in page and "Tanah" in page and "Keramik" in page
        assert ("Penyakit kronis" in page) is sees


def test_undo_takes_the_answers_back(swept, bu_rina):
    bring(answered(1), by=bu_rina)
    before = registers()
    second = bring(answered(1, lantai="02", Penyakit_kronis="9"), answered(2), by=bu_rina)
    assert registers()["jawabankeluarga"] != before["jawabankeluarga"]
    take_back(second, bu_rina)
    assert registers() == before
    assert keluarga_isi() == {"1903010101200001": STORED}
    assert {name: isi["penyakit_kronis"] for name, isi in anggota_isi().items()} == {"ID-A0001X": "00"}


# --- walls ------------------------------------------------------------------------------------------------


def test_answers_stand_behind_both_walls(swept, bu_rina, mbak_ayu):
    bring(answered(1), by=bu_rina)
    with use_territory(mbak_ayu):
        assert not JawabanKeluarga.objects.exists() and not JawabanAnggota.objects.exists()
    with everything():
        assert not JawabanKeluarga.objects.visible_to(mbak_ayu).exists()
        assert not JawabanAnggota.objects.visible_to(mbak_ayu).exists()
    with use_territory(bu_rina):
        assert JawabanKeluarga.objects.visible_to(bu_rina).count() == 1


def test_answers_refer_to_rows_that_are_there(swept, bu_rina):
    bring(answered(1), by=bu_rina)
    with everything(), connection.cursor() as cursor:
        for statement in (
            "UPDATE kpm_jawabankeluarga SET keluarga_id = 0",
            "UPDATE kpm_jawabananggota SET anggota_id = 0",
            "UPDATE kpm_jawabankeluarga SET sumber_id = 0",
            "DELETE FROM kpm_sumber",
        ):
            with pytest.raises(DatabaseError, match="refer"), transaction.atomic():
                cursor.execute(statement)


def test_data_files_are_plain_tables():
    for name in ("indikator.csv", "indikator_pilihan.csv", "indikator_kelas.csv", "indikator_ukuran.csv"):
        with (Path("data") / name).open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert {len(row) for row in rows} == {len(rows[0])}, name
