"""Answers asked for: the list's filter, the page of a keluarga, the map's measures, rekap. Who sees specific data."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from access.scope import use_territory
from kpm import indikator
from kpm.filters import Filter
from kpm.models import Anggota, JawabanAnggota, JawabanKeluarga, Keluarga, Rekap, Sumber
from kpm.queries import KeluargaRows
from kpm.queries_jawaban import offered, soal_of
from kpm.rekap import rewrite_rekap, safe_cells
from spatial.layers import get_layer
from tests.conftest import BANGKA_SELATAN, PROVINSI, RIAS, SERDANG, everything, make_keluarga

pytestmark = pytest.mark.django_db
DESA, KABUPATEN = "desa_kelurahan", "kabupaten_kota"
POOR = {
    "lantai": "09",
    "fasbab": "4",
    "daya": "1",
    "sumber_airminum": "07",
    "dinding": "3",
    "ada_lemari_es": "4",
}
GOOD = {
    "lantai": "02",
    "fasbab": "1",
    "daya": "3",
    "sumber_airminum": "03",
    "dinding": "1",
    "ada_lemari_es": "3",
}


def answer(keluarga, isi, *, instrumen="BDT2015", periode="2015", jenis="BDT2015"):
    sumber, _ = Sumber.objects.get_or_create(jenis=jenis, periode=periode)
    with everything():
        return JawabanKeluarga.objects.create(
            keluarga=keluarga, sumber=sumber, instrumen=instrumen, wilayah_id=keluarga.wilayah_id, isi=isi
        )


def answer_of(keluarga, nama, isi, *, instrumen="BDT2015", periode="2015"):
    sumber, _ = Sumber.objects.get_or_create(jenis="BDT2015", periode=periode)
    with everything():
        anggota = Anggota.objects.get(keluarga=keluarga, nama=nama)
        return JawabanAnggota.objects.create(
            anggota=anggota, sumber=sumber, instrumen=instrumen, wilayah_id=keluarga.wilayah_id, isi=isi
        )


@pytest.fixture
def answered(keluarga_rias, keluarga_serdang, keluarga_lalang):
    """Rosidi's floor is earth, Efendi's is tiles; in Belitung Timur a bystander with earth as well."""
    answer(keluarga_rias, POOR)
    answer(keluarga_serdang, GOOD)
    answer(keluarga_lalang, POOR)


def heads(user, query: str) -> list[str]:
    asked = Filter.read(QueryDict(query))
    with use_territory(user):
        rows = KeluargaRows(user, asked)
        found = [row.kepala.nama for row in rows[0:50] if row.kepala]
        assert rows.count() == len(found)
    return found


def numbers(kode: str, user, tingkat: str = DESA, query: str = "") -> dict:
    with use_territory(user):
        return dict(get_layer(kode).for_query(QueryDict(query)).rows(user, tingkat, QueryDict(query)))


# --- filter of the list --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("indikator=BDT2015.lantai&jawaban=09", ["ROSIDI"]),
        ("indikator=BDT2015.lantai&jawaban=02", ["EFENDI"]),
        ("indikator=BDT2015.lantai&jawaban=02&jawaban=09", ["EFENDI", "ROSIDI"]),
        ("indikator=BDT2015.lantai", ["EFENDI", "ROSIDI"]),
        ("indikator=BDT2015.lantai&jawaban=01", []),
        ("indikator=BDT2015.lantai&jawaban=09&program=PKH", ["ROSIDI"]),
        ("indikator=BDT2015.lantai&jawaban=09&program=tanpa", []),
        (f"indikator=BDT2015.lantai&jawaban=09&wilayah={SERDANG}", []),
        ("indikator=lantai_tanah&jawaban=ya", ["ROSIDI"]),
        ("indikator=lantai_tanah&jawaban=tidak", ["EFENDI"]),
        ("indikator=lantai_tanah", ["EFENDI", "ROSIDI"]),
        # nobody offers these: read as "not set"
        ("indikator=BDT2015.langit&jawaban=09", ["EFENDI", "ROSIDI"]),
        ("jawaban=09", ["EFENDI", "ROSIDI"]),
    ],
)
def test_list_is_filtered_by_an_answer(answered, bu_rina, query, names):
    assert heads(bu_rina, query) == names


def test_alternating_yes_and_no_is_asked_by_its_own_code(answered, bu_rina):
    assert heads(bu_rina, "indikator=BDT2015.ada_lemari_es&jawaban=3") == ["EFENDI"]
    assert heads(bu_rina, "indikator=BDT2015.ada_lemari_es&jawaban=1") == [
        "EFENDI",
        "ROSIDI",
    ]  # no such choice


@pytest.fixture
def measured(answered, keluarga_rias, keluarga_serdang, sumber):
    """Floors of 36.5 and 100 square metres; a third family says 39.9; in Belitung Timur nobody measured."""
    with everything():
        for keluarga, area in ((keluarga_rias, "36.5"), (keluarga_serdang, "100")):
            row = JawabanKeluarga.objects.get(keluarga=keluarga)
            row.isi |= {"luas_lantai": area, "jumlah_kambing": "0"}
            row.save()
    answer(make_keluarga(sumber, RIAS, 9, "DAHLIA"), {"luas_lantai": "39.9"})


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("indikator=BDT2015.luas_lantai&jawaban=20-39", ["DAHLIA", "ROSIDI"]),
        ("indikator=BDT2015.luas_lantai&jawaban=40-59", []),
        ("indikator=BDT2015.luas_lantai&jawaban=60-99", []),
        ("indikator=BDT2015.luas_lantai&jawaban=100-", ["EFENDI"]),
        ("indikator=BDT2015.luas_lantai&jawaban=20-39&jawaban=100-", ["DAHLIA", "EFENDI", "ROSIDI"]),
        ("indikator=BDT2015.luas_lantai&jawaban=20-39&program=PKH", ["ROSIDI"]),
        ("indikator=BDT2015.luas_lantai", ["DAHLIA", "EFENDI", "ROSIDI"]),
        ("indikator=BDT2015.jumlah_kambing&jawaban=0-0", ["EFENDI", "ROSIDI"]),
        ("indikator=BDT2015.jumlah_kambing&jawaban=1-2", []),
        # a class nobody offers is no choice: whoever answered
        ("indikator=BDT2015.luas_lantai&jawaban=36", ["DAHLIA", "EFENDI", "ROSIDI"]),
    ],
)
def test_list_is_filtered_by_the_class_of_a_number(measured, bu_rina, query, names):
    assert heads(bu_rina, query) == names


def test_number_that_is_none_is_in_no_class_and_stops_no_page(measured, bu_rina, keluarga_serdang):
    with everything():
        JawabanKeluarga.objects.filter(keluarga=keluarga_serdang).update(isi={"luas_lantai": "luas"})
    assert heads(bu_rina, "indikator=BDT2015.luas_lantai&jawaban=100-") == []
    assert numbers("jawaban", bu_rina, query="indikator=BDT2015.luas_lantai")[SERDANG] == (0, 0)


def test_list_page_offers_the_classes_of_a_number(client, measured, bu_rina):
    client.force_login(bu_rina)
    sent = client.post("/keluarga/", {"indikator": "BDT2015.luas_lantai", "jawaban": ["20-39"]})
    assert sent.url == "/keluarga/?indikator=BDT2015.luas_lantai&jawaban=20-39"
    page = client.get(sent.url).content.decode()
    assert "Luas lantai (m²): 20–39 m²" in page
    assert "Rosidi" in page and "Efendi" not in page
    assert re.search(r'<input type="checkbox" name="jawaban" value="20-39"[^>]* checked', page)
    assert "100 m² ke atas" in page


def test_class_of_a_person_s_number_finds_his_keluarga(bu_rina, keluarga_rias, keluarga_serdang):
    answer_of(keluarga_rias, "HENDRA", {"jumlah_jamkerja": "60"})
    answer_of(keluarga_rias, "ROSIDI", {"jumlah_jamkerja": "20"})
    answer_of(keluarga_serdang, "EFENDI", {"jumlah_jamkerja": "34"})
    assert heads(bu_rina, "indikator=BDT2015.jumlah_jamkerja&jawaban=49-") == ["ROSIDI"]
    assert numbers("jawaban", bu_rina, query="indikator=BDT2015.jumlah_jamkerja&jawaban=15-34") == {
        RIAS: (1, 2),
        SERDANG: (1, 1),
    }
    assert numbers("jawaban", bu_rina, query="indikator=BDT2015.jumlah_jamkerja") == {
        RIAS: (80, 2),
        SERDANG: (34, 1),
    }


def test_without_answers_the_keluarga_is_in_no_filter(answered, bu_rina, sumber):
    make_keluarga(sumber, RIAS, 9, "TANPA JAWABAN")
    assert heads(bu_rina, "indikator=lantai_tanah&jawaban=tidak") == ["EFENDI"]
    assert heads(bu_rina, "indikator=BDT2015.lantai") == ["EFENDI", "ROSIDI"]


def test_newest_answer_of_a_keluarga_counts(answered, bu_rina, keluarga_rias, keluarga_serdang):
    answer(keluarga_rias, {"lantai": "02"}, periode="2018")
    answer(keluarga_serdang, {"daya": "1"}, periode="2018")  # says nothing of the floor: 2015 still does
    assert heads(bu_rina, "indikator=BDT2015.lantai&jawaban=09") == []
    assert heads(bu_rina, "indikator=lantai_tanah&jawaban=tidak") == ["EFENDI", "ROSIDI"]
    assert numbers("lantai_tanah", bu_rina) == {RIAS: (0, 1), SERDANG: (0, 1)}


def test_measure_reads_each_questionnaire_in_its_own_codes(bu_rina, keluarga_rias, keluarga_serdang):
    answer(keluarga_rias, {"kd_jenis_lantai_terluas": "8"}, instrumen="REGSOSEK2022", periode="2022-11")
    answer(keluarga_serdang, {"kd_jenis_lantai_terluas": "9"}, instrumen="REGSOSEK2022", periode="2022-11")
    answer(keluarga_serdang, {"lantai": "09"})
    assert heads(bu_rina, "indikator=lantai_tanah&jawaban=ya") == [
        "ROSIDI"
    ]  # 9 is earth in BDT only, and older
    assert numbers("lantai_tanah", bu_rina) == {RIAS: (1, 1), SERDANG: (0, 1)}


def test_no_electricity_is_counted_without_an_answer_about_watts(bu_rina, keluarga_rias, keluarga_serdang):
    answer(keluarga_rias, {"sumber_penerangan": "3"})
    answer(keluarga_serdang, {"sumber_penerangan": "1", "daya": "2"})
    assert numbers("listrik_450", bu_rina) == {RIAS: (1, 1), SERDANG: (0, 1)}


def test_answer_of_a_person_finds_his_keluarga_while_he_is_a_member(bu_rina, keluarga_rias, keluarga_serdang):
    answer_of(keluarga_rias, "HENDRA", {"partisipasi_sekolah": "0", "ada_kartu_identitas": "5"})
    answer_of(keluarga_serdang, "EFENDI", {"partisipasi_sekolah": "2", "ada_kartu_identitas": "1"})
    assert heads(bu_rina, "indikator=BDT2015.partisipasi_sekolah&jawaban=0") == ["ROSIDI"]
    assert heads(bu_rina, "indikator=BDT2015.ada_kartu_identitas&jawaban=4") == ["ROSIDI"]  # 5 is 1 and 4
    assert heads(bu_rina, "indikator=BDT2015.ada_kartu_identitas&jawaban=1") == ["EFENDI", "ROSIDI"]
    with everything():
        Anggota.objects.filter(nama="HENDRA").update(status="meninggal", keluar_tanggal="2026-11-01")
    assert heads(bu_rina, "indikator=BDT2015.partisipasi_sekolah&jawaban=0") == []


def test_list_page_shows_the_filter_and_takes_it_off(client, answered, bu_rina):
    client.force_login(bu_rina)
    sent = client.post("/keluarga/", {"indikator": "BDT2015.lantai", "jawaban": ["09"], "program": "PKH"})
    assert sent.url == "/keluarga/?program=PKH&indikator=BDT2015.lantai&jawaban=09"
    page = client.get(sent.url).content.decode()
    assert "Jenis lantai terluas: Tanah" in page
    assert "Rosidi" in page and "Efendi" not in page
    assert 'href="/keluarga/?program=PKH"' in page  # the mark's way without it
    assert re.search(r'<input type="checkbox" name="jawaban" value="09"[^>]* checked', page)
    assert "Lantai tanah" in page and "BDT 2015, bangunan" in page


def test_list_without_answers_offers_no_such_filter(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    assert b"Kondisi keluarga" not in client.get("/keluarga/").content


def test_trail_names_the_question_of_a_list(client, answered, bu_rina):
    from access.models import Jejak

    client.force_login(bu_rina)
    client.get("/keluarga/?indikator=BDT2015.lantai&jawaban=09")
    with everything():
        assert Jejak.objects.filter(aksi="lihat_daftar").latest("pk").rincian["indikator"] == "BDT2015.lantai"


def test_export_keeps_the_filter_and_says_it(answered, bu_rina):
    from jobs.ekspor import Wish
    from kpm import ekspor

    asked = Filter.read(QueryDict("indikator=BDT2015.lantai&jawaban=09"))
    assert ekspor.words(asked) == "Jenis lantai terluas: Tanah"
    isi = {name: list(v) if isinstance(v, tuple) else v for name, v in ekspor.isi_of(asked).items()}
    with use_territory(bu_rina):
        assert ekspor.count_keluarga(bu_rina, Wish(isi, ())).baris == 1


def test_export_keeps_the_class_of_a_number_and_says_it(measured, bu_rina):
    from jobs.ekspor import Wish
    from kpm import ekspor

    asked = Filter.read(QueryDict("indikator=BDT2015.luas_lantai&jawaban=20-39&jawaban=100-"))
    assert ekspor.words(asked) == "Luas lantai (m²): 20–39 m², 100 m² ke atas"
    isi = {name: list(v) if isinstance(v, tuple) else v for name, v in ekspor.isi_of(asked).items()}
    with use_territory(bu_rina):
        assert ekspor.count_keluarga(bu_rina, Wish(isi, ())).baris == 3


# --- specific data -------------------------------------------------------------------------------------


@pytest.fixture
def ill(keluarga_rias, answered):
    answer_of(keluarga_rias, "HENDRA", {"penyakit_kronis": "06", "partisipasi_sekolah": "2"})


ILL = "indikator=BDT2015.penyakit_kronis&jawaban=06"


def test_illness_is_asked_by_tksk_and_dinsos_only(ill, bu_rina, pak_tono, bu_sri, pak_yusuf):
    assert heads(bu_rina, ILL) == heads(pak_tono, ILL) == ["ROSIDI"]
    assert heads(bu_sri, ILL) == heads(pak_yusuf, ILL) == []
    assert numbers("jawaban", bu_rina, query=ILL) == {RIAS: (1, 1)}
    assert numbers("jawaban", bu_sri, query=ILL) == numbers("jawaban", pak_yusuf, query=ILL) == {}
    with use_territory(bu_sri):
        assert "BDT2015.penyakit_kronis" not in [soal.kata for soal in offered(bu_sri)]
        assert "BDT2015.partisipasi_sekolah" in [soal.kata for soal in offered(bu_sri)]


@pytest.fixture
def hours_are_specific(monkeypatch, tmp_path):
    """The code lists as they are, but working hours are specific data: no number of today's lists is."""
    for file in indikator.DATA.glob("indikator*.csv"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace("seminggu lalu,,", "seminggu lalu,ya,"), "utf-8")
    monkeypatch.setattr(indikator, "DATA", tmp_path)
    indikator.catalogue.cache_clear()
    yield
    indikator.catalogue.cache_clear()


def test_specific_number_is_asked_by_tksk_and_dinsos_only(
    hours_are_specific, answered, bu_rina, bu_sri, pak_yusuf, keluarga_rias
):
    answer_of(keluarga_rias, "HENDRA", {"jumlah_jamkerja": "60", "partisipasi_sekolah": "2"})
    kata = "indikator=BDT2015.jumlah_jamkerja"
    assert heads(bu_rina, f"{kata}&jawaban=49-") == ["ROSIDI"]
    assert heads(bu_sri, f"{kata}&jawaban=49-") == heads(pak_yusuf, kata) == []
    assert numbers("jawaban", bu_rina, query=kata) == {RIAS: (60, 1)}
    assert numbers("jawaban", bu_sri, query=kata) == numbers("jawaban", pak_yusuf, query=kata) == {}
    with use_territory(bu_sri):
        known = [soal.kata for soal in offered(bu_sri)]
    assert "BDT2015.jumlah_jamkerja" not in known and "BDT2015.umur" in known


def test_illness_is_asked_only_where_the_duty_is(ill, sumber):
    from access.models import Peran
    from tests.conftest import make_user

    both = make_user("dua", "Dua Tugas", (Peran.PSM, RIAS), (Peran.TKSK, "190602"))
    assert heads(both, ILL) == []


def test_page_closes_illness_to_the_neighbours(client, ill, bu_rina, bu_sri, keluarga_rias):
    client.force_login(bu_rina)
    page = client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    assert (
        "Tuberkulosis (TBC)" in page
        and "Tidak bersekolah lagi" in page
        and "ditutup" not in page.split("Kondisi")[1]
    )
    client.force_login(bu_sri)
    page = client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    assert "Tuberkulosis" not in page and "Tidak bersekolah lagi" in page
    assert "1 jawaban tentang kesehatan atau keuangan pribadi ditutup" in page


# --- page of a keluarga ----------------------------------------------------------------------------------


def test_page_says_answers_in_words_newest_questionnaire_first(client, answered, bu_rina, keluarga_rias):
    answer(
        keluarga_rias,
        {"kd_jenis_lantai_terluas": "5", "luas_lantai": "36.5"},
        instrumen="REGSOSEK2022",
        periode="2022-11",
    )
    answer_of(keluarga_rias, "NURHAYATI", {"ada_kartu_identitas": "5"})
    client.force_login(bu_rina)
    page = client.get(f"/keluarga/{keluarga_rias.pk}/").content.decode()
    assert page.index("Regsosek 2022, BDT 2015 November 2022") < page.index("BDT 2015 2015")
    for words in ("Kayu/papan", "36,5", "Sumur tak terlindung", "450 watt", "Akta kelahiran, KTP"):
        assert words in page, words


def test_page_without_answers_has_no_such_section(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    assert b"Kondisi rumah" not in client.get(f"/keluarga/{keluarga_rias.pk}/").content


def test_page_asks_as_often_for_one_questionnaire_as_for_many(
    client, bu_rina, keluarga_rias, keluarga_serdang
):
    answer(keluarga_serdang, GOOD)
    for year in range(2010, 2018):
        answer(keluarga_rias, POOR, periode=str(year))
        for nama in ("ROSIDI", "NURHAYATI", "HENDRA"):
            answer_of(keluarga_rias, nama, {"umur": "9"}, periode=str(year))
    client.force_login(bu_rina)
    counts = []
    for keluarga in (keluarga_serdang, keluarga_rias):
        client.get(f"/keluarga/{keluarga.pk}/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/keluarga/{keluarga.pk}/")
        counts.append(len([q for q in captured.captured_queries if "jawaban" in q["sql"]]))
    assert counts[0] == counts[1] == 4  # and two of the history


# --- map ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kode", ["lantai_tanah", "tanpa_jamban", "listrik_450", "air_tak_terlindung", "dinding_bukan_tembok"]
)
def test_measure_is_a_share_of_those_who_answered(answered, bu_rina, pak_hasan, sumber, kode):
    make_keluarga(sumber, RIAS, 9, "TANPA JAWABAN")
    assert numbers(kode, bu_rina) == {RIAS: (1, 1), SERDANG: (0, 1)}
    assert numbers(kode, pak_hasan, KABUPATEN) == {BANGKA_SELATAN: (1, 2), "1906": (1, 1)}


def test_measure_is_narrowed_by_the_filter_but_not_by_its_own_question(answered, bu_rina):
    assert numbers("lantai_tanah", bu_rina, query="program=PKH") == {RIAS: (1, 1)}
    assert numbers("lantai_tanah", bu_rina, query="indikator=lantai_tanah&jawaban=ya") == {
        RIAS: (1, 1),
        SERDANG: (0, 1),
    }
    assert numbers("lantai_tanah", bu_rina, query="indikator=BDT2015.daya&jawaban=3") == {SERDANG: (0, 1)}


def test_family_that_left_the_list_is_not_counted(answered, bu_rina, keluarga_rias):
    with everything():
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(status="keluar", keluar_tanggal="2026-11-01")
    assert numbers("lantai_tanah", bu_rina) == {SERDANG: (0, 1)}


def test_any_answer_can_be_the_measure(client, answered, bu_rina):
    query = "indikator=BDT2015.dinding&jawaban=3&jawaban=4"
    assert numbers("jawaban", bu_rina, query=query) == {RIAS: (1, 1), SERDANG: (0, 1)}
    client.force_login(bu_rina)
    data = client.get(f"/peta/data/?ukuran=jawaban&tingkat={DESA}&{query}").json()
    assert data["judul"] == "Jenis dinding terluas: Kayu, Anyaman bambu"
    assert data["wilayah"][RIAS]["teks"].startswith("100,0")
    page = client.get("/peta/?ukuran=jawaban").content.decode()
    assert "Pilih kondisi dan jawabannya" in page


def test_number_is_a_share_in_a_class_or_a_mean(client, measured, bu_rina):
    kata = "indikator=BDT2015.luas_lantai"
    assert numbers("jawaban", bu_rina, query=f"{kata}&jawaban=100-") == {RIAS: (0, 2), SERDANG: (1, 1)}
    assert numbers("jawaban", bu_rina, query=kata) == {RIAS: (pytest.approx(76.4), 2), SERDANG: (100, 1)}
    assert numbers("jawaban", bu_rina, query=f"{kata}&program=PKH") == {RIAS: (36.5, 1)}
    client.force_login(bu_rina)
    data = client.get(f"/peta/data/?ukuran=jawaban&tingkat={DESA}&{kata}").json()
    assert data["judul"] == "Rata-rata luas lantai (m²)"
    assert data["wilayah"][RIAS]["teks"] == "38,2"
    data = client.get(f"/peta/data/?ukuran=jawaban&tingkat={DESA}&{kata}&jawaban=20-39").json()
    assert data["judul"] == "Luas lantai (m²): 20–39 m²"
    assert data["wilayah"][RIAS]["teks"].startswith("100,0")


def test_mean_of_a_level_above_is_no_mean_of_means(measured, bu_rina):
    found = numbers("jawaban", bu_rina, "kecamatan", "indikator=BDT2015.luas_lantai")
    assert found == {RIAS[:6]: (pytest.approx(176.4), 3)}


def test_mean_opens_the_list_of_who_answered(measured, bu_rina):
    query = QueryDict("indikator=BDT2015.luas_lantai&program=PKH")
    url = get_layer("jawaban").for_query(query).list_url(bu_rina, RIAS, query)
    assert heads(bu_rina, url.partition("?")[2]) == ["ROSIDI"]


def test_number_on_the_map_opens_exactly_its_rows(answered, bu_rina):
    url = get_layer("lantai_tanah").list_url(bu_rina, RIAS, QueryDict("program=PKH"))
    assert url == f"/keluarga/?program=PKH&indikator=lantai_tanah&jawaban=ya&wilayah={RIAS}"
    assert heads(bu_rina, url.partition("?")[2]) == ["ROSIDI"]
    assert (
        get_layer("lantai_tanah").list_url(bu_rina, RIAS, QueryDict("indikator=BDT2015.daya&jawaban=1")) == ""
    )


def test_who_only_counts_reads_measures_from_rekap(bu_lina, sumber, answered):
    for number in range(20, 34):
        answer(make_keluarga(sumber, RIAS, number, f"MISKIN {number}"), POOR)
    for number in range(40, 55):
        answer(make_keluarga(sumber, RIAS, number, f"CUKUP {number}"), GOOD)
    with everything():
        rewrite_rekap()
    assert numbers("lantai_tanah", bu_lina, "provinsi") == {PROVINSI: (16, 32)}
    assert numbers("lantai_tanah", bu_lina)[SERDANG] == (None, None)  # one family
    assert numbers("lantai_tanah", bu_lina)[RIAS] == (None, None)  # beside it
    assert numbers("jawaban", bu_lina, query="indikator=BDT2015.lantai&jawaban=09") == {}
    assert not get_layer("jawaban").offered(bu_lina)


def test_rekap_hides_few_and_a_small_rest():
    world = {"19": None, "1901": "19", "1902": "19", "190101": "1901", "190201": "1902"}
    exact = [("dijawab_x", "190101", 100), ("dijawab_x", "190201", 100)]
    exact += [("jawaban_x", "190101", 30), ("jawaban_x", "190201", 95)]
    found = {
        kode: (part, whole) for kode, name, part, whole in safe_cells(exact, world) if name == "jawaban_x"
    }
    assert found["190201"] == (None, None) and found["190101"] == (None, None)
    assert found["19"] == (125, 200)


def test_every_measure_has_cells_before_anybody_answered(keluarga_rias):
    with everything():
        rewrite_rekap()
    assert Rekap.objects.filter(ukuran="jawaban_lantai_tanah", wilayah_id=PROVINSI).exists()


def test_soal_of_every_choice_is_made_of_codes_of_the_list():
    soal = soal_of("BDT2015.ada_kartu_identitas")
    assert set(soal.arti["4"]["BDT2015"]["ada_kartu_identitas"]) == {
        "4",
        "5",
        "6",
        "7",
        "12",
        "13",
        "14",
        "15",
    }
    assert soal.arti["0"] == {"BDT2015": {"ada_kartu_identitas": ("0",)}}
    jamkes = soal_of("REGSOSEK2022.kd_jamkes_setahun")
    assert "99" not in jamkes.arti["1"]["REGSOSEK2022"]["kd_jamkes_setahun"]
