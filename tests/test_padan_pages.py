"""Pages of results: the panel of a keluarga, one run with its numbers and people, the thresholds."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pghistory
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Jejak
from access.rules import may_see_names
from jobs.models import Job
from kpm.models import Anggota, HasilPadan
from kpm.panels import Panel, register, unregister
from padan.alasan import KATA, words
from padan.models import Pencocokan
from tests import databases
from tests.conftest import BANGKA_SELATAN, BELITUNG_TIMUR, RIAS, SERDANG, everything, make_keluarga
from tests.padan_kandidat import make_kandidat
from tests.test_padan_hasil import make_ekstrak, make_run, people, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(pak_hasan, keluarga_rias, keluarga_serdang, keluarga_lalang):
    """Rias: one agrees, one with somebody else's NIK, one candidate. Serdang: agree. Lalang: not found."""
    rosidi, nurhayati, hendra = people(keluarga_rias)
    found: dict = {
        rosidi: {"hasil": "PADAN", "kk_sesuai": True, "wilayah_sesuai": False, "alasan": ["nik_sama"]},
        nurhayati: {"hasil": "BEDA_ORANG", "alasan": ["nik_orang_lain"]},
        hendra: {
            "hasil": "CALON",
            "skor": 0.64,
            "kk_sesuai": False,
            "alasan": ["nik_tidak_ada", "calon_ragu"],
        },
    }
    found |= dict.fromkeys(people(keluarga_serdang), "PADAN")
    found |= dict.fromkeys(people(keluarga_lalang), "TIDAK_DITEMUKAN")
    made = make_run(pak_hasan, found, angka={"PADAN": 3, "TIDAK_DITEMUKAN": 2, "CALON": 1, "BEDA_ORANG": 1})
    record(pak_hasan, made)
    return made


def page(client, user, url: str, **headers) -> str:
    client.force_login(user)
    response = client.get(url, headers=headers)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def openings(user, *aksi: str) -> int:
    with everything():
        return Jejak.objects.filter(pengguna=user, aksi__in=aksi or ["lihat_orang"]).count()


# --- panels --------------------------------------------------------------------------------------


def test_the_page_of_a_keluarga_says_what_was_found_in_a_sentence(client, bu_sri, run, keluarga_rias):
    html = page(client, bu_sri, f"/keluarga/{keluarga_rias.pk}/")
    assert "NIK cocok dengan data Dukcapil per 1 November 2026" in html
    assert "NIK ini milik orang lain di data Dukcapil per 1 November 2026" in html
    assert f'hx-get="/padan/keluarga/{keluarga_rias.pk}/"' in html


def test_the_panel_is_a_part_for_htmx_and_a_page_without(client, bu_sri, run, keluarga_rias):
    url = f"/padan/keluarga/{keluarga_rias.pk}/"
    part = page(client, bu_sri, url, HX_Request="true")
    whole = page(client, bu_sri, url)
    assert "<html" not in part and "<html" in whole
    assert "satu orang mungkin sama" in part and "satu orang mungkin sama" in whole


def test_a_panel_fetched_by_its_page_leaves_no_second_line(client, bu_sri, run, keluarga_rias):
    page(client, bu_sri, f"/keluarga/{keluarga_rias.pk}/")
    page(client, bu_sri, f"/padan/keluarga/{keluarga_rias.pk}/", HX_Request="true")
    assert openings(bu_sri) == 1


def test_a_panel_asked_for_by_itself_is_an_opening(client, bu_sri, run, keluarga_rias):
    page(client, bu_sri, f"/padan/keluarga/{keluarga_rias.pk}/", HX_Request="true")
    cache.clear()
    page(client, bu_sri, f"/padan/keluarga/{keluarga_rias.pk}/")
    assert openings(bu_sri) == 2


def test_the_panel_of_another_territory_is_not_there(client, mbak_ayu, run, keluarga_rias):
    client.force_login(mbak_ayu)
    assert client.get(f"/padan/keluarga/{keluarga_rias.pk}/").status_code == 404
    assert openings(mbak_ayu) == 0


def test_the_panel_shows_the_newest_result_and_keeps_the_earlier(
    client, bu_sri, pak_hasan, run, keluarga_rias
):
    rosidi, *_ = people(keluarga_rias)
    may = make_ekstrak(pak_hasan, date(2026, 5, 2))
    make_run(pak_hasan, {rosidi: "TIDAK_DITEMUKAN"}, may)
    december = make_run(pak_hasan, {rosidi: "MENINGGAL"}, make_ekstrak(pak_hasan, date(2026, 12, 1)))
    html = page(client, bu_sri, f"/padan/keluarga/{keluarga_rias.pk}/")
    assert "2 hasil sebelumnya" in html
    newest, before, oldest = (
        html.index(text)
        for text in (
            "per 1 Desember 2026",
            "per 1 November 2026",
            "Tidak ditemukan di data Dukcapil per 2 Mei 2026",
        )
    )
    assert newest < before < oldest
    assert f"/padan/jalan/{december.pk}/" in html


def test_a_run_that_failed_or_goes_on_has_no_result_yet(client, bu_sri, pak_hasan, keluarga_rias):
    rosidi, *_ = people(keluarga_rias)
    make_run(pak_hasan, {rosidi: "GANDA"}, keadaan="berjalan", terbaru=False)
    html = page(client, bu_sri, f"/padan/keluarga/{keluarga_rias.pk}/")
    assert "NIK ganda" not in html and html.count("belum dicocokkan") == 3


def test_the_panel_says_what_was_changed_since(client, bu_sri, bu_rina, run, keluarga_rias):
    Pencocokan.objects.update(dibuat=run.dibuat - timedelta(hours=1))
    with everything(), pghistory.context(user=bu_rina.pk):
        Anggota.objects.filter(nama="HENDRA").update(nik="1903015507090009", pekerjaan="NELAYAN")
        Anggota.objects.filter(nama="ROSIDI").update(pekerjaan="NELAYAN")
    html = page(client, bu_sri, f"/padan/keluarga/{keluarga_rias.pk}/")
    assert html.count("diubah sesudah dicocokkan") == 1
    assert "NIK diubah sesudah dicocokkan" in html
    assert "1903015507090009" not in html


def test_a_pair_that_waits_is_a_link_for_who_may_decide_it(client, bu_sri, bu_rina, run, keluarga_rias):
    *_, hendra = people(keluarga_rias)
    waiting = make_kandidat(run, hendra)
    for url in (f"/padan/keluarga/{keluarga_rias.pk}/", people_url(run, "hasil=CALON")):
        assert f'href="/padan/putusan/{waiting.pk}/"' in page(client, bu_rina, url)
        assert "/padan/putusan/" not in page(client, bu_sri, url)


def test_the_panel_asks_as_often_for_many_as_for_few(client, bu_rina, pak_hasan, sumber):
    few = make_keluarga(sumber, RIAS, 71, "SATU")
    many = make_keluarga(sumber, RIAS, 72, *(f"ORANG {letter}" for letter in "ABCDEFGHIJ"))
    for tanggal in (date(2026, 10, 1), date(2026, 11, 1)):
        make_run(pak_hasan, dict.fromkeys(people(few, many), "PADAN"), make_ekstrak(pak_hasan, tanggal))
    counts = []
    for keluarga in (few, many):
        page(client, bu_rina, f"/keluarga/{keluarga.pk}/")
        with CaptureQueriesContext(connection) as captured:
            page(client, bu_rina, f"/padan/keluarga/{keluarga.pk}/", HX_Request="true")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_room_adds_a_panel_with_one_line(client, bu_sri, keluarga_rias):
    panel = register(Panel("uji", "Bagian uji", "kpm:keluarga_tampilkan", may_see_names))
    try:
        html = page(client, bu_sri, f"/keluarga/{keluarga_rias.pk}/")
        with pytest.raises(ValueError, match="uji"):
            register(panel)
    finally:
        unregister("uji")
    assert "Bagian uji" in html
    assert "Bagian uji" not in page(client, bu_sri, f"/keluarga/{keluarga_rias.pk}/")


def test_reasons_nobody_here_knows_say_nothing():
    assert words(["nik_kosong", "sesuatu", "calon_ragu"]) == "NIK kosong, satu orang mungkin sama"


def test_every_reason_of_the_engine_has_words():
    text = (databases.ROOT / "padan" / "mesin" / "langkah" / "80_hasil.sql").read_text()
    codes = set(re.findall(r"(?:THEN|ELSE) '([a-z_]+)'", text[text.index("list_filter") :]))
    assert "nik_sama" in codes
    assert codes - KATA.keys() == set()


# --- one run -------------------------------------------------------------------------------------


def test_the_province_sees_each_number_and_opens_it(client, pak_hasan, run):
    html = page(client, pak_hasan, f"/padan/jalan/{run.pk}/")
    assert "3 dari 7 orang" in html
    assert f'href="/padan/jalan/{run.pk}/orang/?hasil=TIDAK_DITEMUKAN">2</a>' in html
    assert f'href="/padan/jalan/{run.pk}/?wilayah={BANGKA_SELATAN}">' in html
    assert f"/padan/jalan/{run.pk}/orang/?wilayah={BELITUNG_TIMUR}&amp;hasil=TIDAK_DITEMUKAN" in html


def test_numbers_go_down_to_the_village(client, pak_hasan, run):
    html = page(client, pak_hasan, f"/padan/jalan/{run.pk}/?wilayah=190301")
    assert "3 dari 5 orang" in html and "<h1>Hasil pencocokan Kec. Toboali</h1>" in html
    assert f"orang/?wilayah={RIAS}&amp;hasil=belum" in html and f"orang/?wilayah={SERDANG}" in html
    assert f'href="/padan/jalan/{run.pk}/?wilayah={RIAS}"' not in html  # nothing lies below a village


def test_a_kabupaten_sees_its_own_numbers_alone(client, bu_rina, mbak_ayu, run):
    assert "3 dari 5 orang" in page(client, bu_rina, f"/padan/jalan/{run.pk}/")
    html = page(client, mbak_ayu, f"/padan/jalan/{run.pk}/")
    assert "0 dari 2 orang" in html and BANGKA_SELATAN not in html
    assert client.get(f"/padan/jalan/{run.pk}/?wilayah={RIAS}").status_code == 404
    assert client.get(f"/padan/jalan/{run.pk}/?wilayah=abc").status_code == 404


def test_who_was_matched_and_is_not_in_the_register_any_more_is_not_counted(
    client, bu_rina, run, keluarga_rias
):
    with everything():
        Anggota.objects.filter(nama="HENDRA").delete()
    assert "3 dari 4 orang" in page(client, bu_rina, f"/padan/jalan/{run.pk}/")
    assert "Tidak ada orang dengan hasil ini" in page(
        client, bu_rina, f"/padan/jalan/{run.pk}/orang/?hasil=CALON"
    )


def test_dukcapil_reads_the_numbers_of_its_own_extract_and_no_person(client, pak_dedi, pak_hasan, run):
    own = make_run(pak_dedi, {}, make_ekstrak(pak_dedi), angka={"PADAN": 30, "CALON": 10})
    html = page(client, pak_dedi, f"/padan/jalan/{own.pk}/")
    assert "40 orang dicocokkan" in html and "75,0" in html
    assert "/orang/" not in html
    assert client.get(f"/padan/jalan/{run.pk}/").status_code == 404
    assert client.get(f"/padan/jalan/{own.pk}/orang/").status_code == 403


def test_while_it_runs_its_owner_sees_how_far_it_is(client, pak_hasan, bu_rina):
    job = Job.objects.create(jenis="padan", pemilik=pak_hasan, keadaan="berjalan", percobaan=1)
    going = make_run(pak_hasan, {}, keadaan="berjalan", terbaru=False, job=job)
    assert f'data-url="/pekerjaan/{job.pk}/keadaan/"' in page(client, pak_hasan, f"/padan/jalan/{going.pk}/")
    html = page(client, bu_rina, f"/padan/jalan/{going.pk}/")
    assert "masih berjalan" in html and "/pekerjaan/" not in html.split("<main")[1]


@pytest.mark.parametrize("keadaan, job", [("gagal", "gagal"), ("berjalan", "karantina")])
def test_a_run_that_came_to_no_end_says_that_nothing_was_kept(client, pak_hasan, bu_rina, keadaan, job):
    done = Job.objects.create(jenis="padan", pemilik=pak_hasan, keadaan=job)
    failed = make_run(pak_hasan, {}, keadaan=keadaan, terbaru=False, job=done)
    html = page(client, pak_hasan, f"/padan/jalan/{failed.pk}/")
    assert "Pencocokan ini tidak selesai." in html and f'href="/pekerjaan/{done.pk}/"' in html
    html = page(client, bu_rina, f"/padan/jalan/{failed.pk}/")
    assert "Pencocokan ini tidak selesai." in html and f"/pekerjaan/{done.pk}/" not in html


def test_a_run_names_the_others_over_its_extract(client, pak_hasan, run):
    second = make_run(pak_hasan, {}, run.ekstrak)
    html = page(client, pak_hasan, f"/padan/jalan/{second.pk}/")
    assert f'href="/padan/jalan/{run.pk}/"' in html and "yang terbaru" in html


def test_the_home_names_the_runs_that_concern_a_user(client, bu_rina, mbak_ayu, pak_dedi, pak_hasan, sumber):
    own = make_run(pak_hasan, dict.fromkeys(people(make_keluarga(sumber, RIAS, 85, "SATU")), "PADAN"))
    going = make_run(pak_hasan, {}, keadaan="berjalan", terbaru=False)
    delivered = make_run(pak_dedi, {}, make_ekstrak(pak_dedi))
    named = {
        user: {
            run
            for run in (own, going, delivered)
            if f"/padan/jalan/{run.pk}/" in page(client, user, "/padan/")
        }
        for user in (bu_rina, mbak_ayu, pak_dedi, pak_hasan)
    }
    assert named == {
        bu_rina: {own},
        mbak_ayu: set(),
        pak_dedi: {delivered},
        pak_hasan: {own, going, delivered},
    }


# --- the people behind a number ----------------------------------------------------------------------


def people_url(run: Pencocokan, query: str = "") -> str:
    return f"/padan/jalan/{run.pk}/orang/?{query}"


def test_the_list_names_exactly_the_people_of_its_number(client, bu_rina, run, keluarga_rias):
    html = page(client, bu_rina, people_url(run, "hasil=belum"))
    assert "Nurhayati" in html and "Hendra" in html
    assert "Rosidi" not in html and "Efendi" not in html and "Zulkifli" not in html
    assert "2</b> orang" in html
    assert f'href="/keluarga/{keluarga_rias.pk}/"' in html


@pytest.mark.parametrize(
    "query, names",
    [
        ("hasil=CALON", ["Hendra"]),
        ("kk=beda", ["Hendra"]),
        ("tempat=beda", ["Rosidi"]),
        (f"wilayah={SERDANG}", ["Efendi", "Marlina"]),
        ("hasil=GANDA", []),
        ("hasil=APA", ["Efendi", "Marlina", "Rosidi", "Nurhayati", "Hendra"]),
    ],
)
def test_the_list_takes_result_wilayah_kk_and_village(client, bu_rina, run, query, names):
    html = page(client, bu_rina, people_url(run, query))
    everybody = {"Efendi", "Marlina", "Rosidi", "Nurhayati", "Hendra"}
    assert {name for name in everybody if f">{name}</a>" in html} == set(names)
    assert ("Tidak ada orang dengan hasil ini" in html) == (not names)


def order(html: str, *names: str) -> list[str]:
    return sorted(names, key=html.index)


def test_the_list_is_sorted_as_asked(client, bu_rina, run):
    by_name = page(client, bu_rina, people_url(run, "urut=nama"))
    assert order(by_name, "Rosidi<", "Efendi<", "Hendra<") == ["Efendi<", "Hendra<", "Rosidi<"]
    assert 'aria-sort="ascending"' in by_name
    back = page(client, bu_rina, people_url(run, "urut=-nama"))
    assert order(back, "Rosidi<", "Efendi<", "Hendra<") == ["Rosidi<", "Hendra<", "Efendi<"]
    by_score = page(client, bu_rina, people_url(run, "urut=-skor"))
    assert order(by_score, "Rosidi<", "Efendi<", "Hendra<")[0] == "Hendra<"
    assert "64,0" in by_score


def test_of_very_many_only_the_order_of_villages_is_offered(client, bu_rina, run, monkeypatch):
    monkeypatch.setattr("padan.queries_hasil.MOST_SORTED", 4)
    many = page(client, bu_rina, people_url(run, "urut=nama"))
    assert "urut=nama" not in many and "Urut menurut desa" in many
    assert "urut=-nama" in page(client, bu_rina, people_url(run, "urut=nama&hasil=belum"))


def test_numbers_are_masked_and_each_page_leaves_a_line(client, bu_rina, run, keluarga_rias):
    html = page(client, bu_rina, people_url(run, "hasil=CALON"))
    hendra = people(keluarga_rias)[2]
    assert hendra.nik not in html and "190301**********" in html
    with everything():
        line = Jejak.objects.get(pengguna=bu_rina, aksi="lihat_daftar")
        assert [one.ids for one in line.isi_list.all()] == [[hendra.pk]]


def test_the_list_has_pages_and_asks_as_often_for_many(client, bu_rina, pak_hasan, sumber):
    first = make_keluarga(sumber, RIAS, 80, "SATU", "DUA")
    few = make_run(pak_hasan, dict.fromkeys(people(first), "CALON"))
    more = [make_keluarga(sumber, RIAS, n, "A", "B", "C") for n in range(81, 101)]
    many = make_run(pak_hasan, dict.fromkeys(people(*more), "CALON"))
    counts = []
    page(client, bu_rina, "/padan/ambang/")
    for one in (few, many):
        with CaptureQueriesContext(connection) as captured:
            html = page(client, bu_rina, people_url(one))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert "1–50 dari 60" in html and "halaman=2" in html


# --- thresholds ----------------------------------------------------------------------------------


@pytest.fixture
def scored(pak_hasan, sumber, keluarga_lalang):
    """Ten candidates in Rias with scores 0.05, 0.15 … 0.95, one more in Lalang, and one without a score."""
    family = make_keluarga(sumber, RIAS, 90, *(f"ORANG {letter}" for letter in "ABCDEFGHIJK"))
    *ten, last = people(family)
    found: dict = {
        one: {"hasil": "CALON" if n >= 3 else "TIDAK_DITEMUKAN", "skor": n / 10 + 0.05}
        for n, one in enumerate(ten)
    }
    found |= {last: "PADAN", people(keluarga_lalang)[0]: {"hasil": "CALON", "skor": 0.5}}
    return make_run(pak_hasan, found)


def bands(client, user, query: str = "") -> list[tuple[int, int]]:
    client.force_login(user)
    response = client.get(f"/padan/ambang/?{query}")
    return [(band.kini, band.coba) for band in response.context["pita_list"]]


def test_thresholds_say_how_many_would_fall_where(client, bu_rina, scored):
    assert bands(client, bu_rina) == [(1, 1), (6, 6), (3, 3)]
    assert bands(client, bu_rina, "kuat=60&calon=10") == [(1, 4), (6, 5), (3, 1)]


def test_thresholds_count_through_the_gate(client, mbak_ayu, pak_hasan, scored):
    assert bands(client, mbak_ayu) == [(0, 0), (1, 1), (0, 0)]
    assert bands(client, pak_hasan) == [(1, 1), (7, 7), (3, 3)]


def test_a_score_on_the_threshold_is_above_it(client, bu_rina, pak_hasan, sumber):
    one, two = people(make_keluarga(sumber, RIAS, 91, "SATU", "DUA"))
    make_run(pak_hasan, {one: {"hasil": "CALON", "skor": 0.29}, two: {"hasil": "CALON", "skor": 1.0}})
    assert bands(client, bu_rina, "calon=29&kuat=100") == [(1, 1), (0, 1), (1, 0)]


@pytest.mark.parametrize(
    "query", ["kuat=20&calon=50", "kuat=120&calon=5", "kuat=abc&calon=5", "kuat=&calon=5"]
)
def test_thresholds_that_make_no_sense_are_refused_in_a_sentence(client, bu_rina, scored, query):
    client.force_login(bu_rina)
    response = client.get(f"/padan/ambang/?{query}")
    assert response.status_code == 422
    assert [(band.kini, band.coba) for band in response.context["pita_list"]] == [(1, 1), (6, 6), (3, 3)]


def test_below_the_lowest_score_nothing_is_claimed(client, bu_rina, scored):
    assert "Kemiripan terendah yang disimpan" in page(client, bu_rina, "/padan/ambang/?kuat=90&calon=2")
    assert "Kemiripan terendah yang disimpan" not in page(client, bu_rina, "/padan/ambang/?kuat=90&calon=10")


def test_trying_thresholds_saves_nothing(client, bu_rina, scored, settings):
    page(client, bu_rina, "/padan/ambang/?kuat=60&calon=10")
    scored.refresh_from_db()
    assert scored.ambang == {} and settings.PADAN_AMBANG["kuat"] == 0.9
    html = page(client, bu_rina, "/padan/ambang/")
    assert "SENTRAL_PADAN_KUAT" in html


def test_a_run_with_other_thresholds_says_so(client, bu_rina, pak_hasan, scored):
    other = make_run(pak_hasan, {}, ambang={"kuat": 0.8, "calon": 0.3})
    html = page(client, bu_rina, f"/padan/ambang/?jalan={other.pk}")
    assert "Pencocokan ini memakai ambang lain." in html and "Sangat mirip 80" in html


def test_without_a_run_the_thresholds_in_force_are_shown(client, bu_rina):
    html = page(client, bu_rina, "/padan/ambang/")
    assert "Belum ada pencocokan yang selesai" in html and "12 bit" in html
    assert client.get("/padan/ambang/?jalan=999").status_code == 404
    assert client.get("/padan/ambang/?jalan=x").status_code == 404


def test_every_result_has_a_place_on_the_page(client, pak_hasan, sumber):
    family = make_keluarga(sumber, RIAS, 95, *(f"ORANG {n}" for n in "ABCDEFGHIJ"))
    made = make_run(pak_hasan, dict(zip(people(family), HasilPadan.values, strict=True)))
    html = page(client, pak_hasan, f"/padan/jalan/{made.pk}/")
    assert [hasil for hasil in HasilPadan.values if f"hasil={hasil}" not in html] == []
