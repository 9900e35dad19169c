"""The frame around every page: which rooms the bar offers, where the user is, what he may choose."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import timezone

from access.models import Penugasan
from sentral.context import navigation


def frame(rf, user, path="/"):
    request = rf.get(path)
    request.user = user
    return navigation(request)["navigasi"]


def rooms(rf, user):
    return [room.label for room in frame(rf, user).ruang]


def test_a_psm_sees_people_and_map_and_imports_nothing(rf, bu_sri):
    assert rooms(rf, bu_sri) == ["Beranda", "Keluarga", "Peta", "Padan", "Pekerjaan"]


def test_the_kabupaten_may_import(rf, bu_rina):
    assert "Impor" in rooms(rf, bu_rina)


def test_leaders_count_and_never_search_for_a_person(rf, bu_lina):
    assert rooms(rf, bu_lina) == ["Beranda", "Peta"]
    assert not frame(rf, bu_lina).boleh_cari


def test_the_admin_gets_jejak_and_admin(rf, pak_yusuf):
    assert {"Jejak", "Admin"} <= set(rooms(rf, pak_yusuf))


def test_nobody_in_particular_gets_no_rooms(rf):
    bar = frame(rf, AnonymousUser())
    assert bar.ruang == []
    assert bar.penugasan_list == []


def test_without_a_penugasan_the_bar_says_so(rf, orang_baru):
    assert frame(rf, orang_baru).di_mana == "Belum ada penugasan"


def test_the_room_one_is_in_is_marked(rf, bu_rina):
    marks = {room.label: room.kini for room in frame(rf, bu_rina, "/keluarga/12/").ruang}
    assert marks["Keluarga"] == "true"
    assert marks["Beranda"] == ""
    assert {room.label: room.kini for room in frame(rf, bu_rina, "/keluarga/").ruang}["Keluarga"] == "page"


def test_exports_belong_to_the_work(rf, bu_rina):
    marks = {room.label: room.kini for room in frame(rf, bu_rina, "/ekspor/7/").ruang}
    assert {label for label, kini in marks.items() if kini} == {"Pekerjaan"}


@pytest.fixture
def pak_tono_twice(pak_tono):
    """TKSK of Toboali who also stands in for Lepar."""
    Penugasan.objects.create(user=pak_tono, wilayah_id="190302", peran="tksk", mulai=timezone.localdate())
    return pak_tono


def test_several_penugasan_are_named_together_and_one_by_one(rf, pak_tono_twice):
    assert frame(rf, pak_tono_twice).di_mana == "2 wilayah"
    first = frame(rf, pak_tono_twice).penugasan_list[0]
    pak_tono_twice.penugasan_dipilih = first.pk
    bar = frame(rf, pak_tono_twice)
    assert bar.di_mana == first.wilayah.nama_lengkap
    assert len(bar.penugasan_list) == 2


def test_a_penugasan_that_is_over_is_not_offered(rf, bu_sri):
    yesterday = timezone.localdate() - timedelta(days=1)
    Penugasan.objects.create(
        user=bu_sri, wilayah_id="190302", peran="psm", mulai=yesterday, selesai=yesterday
    )
    assert len(frame(rf, bu_sri).penugasan_list) == 1


def test_the_switcher_is_a_form_that_comes_back_to_the_page(rf, pak_tono_twice):
    request = rf.get("/keluarga/?desil=1")
    request.user = pak_tono_twice
    html = render_to_string("parts/wilayah_switcher.html", request=request)
    assert 'name="kembali" value="/keluarga/?desil=1"' in html
    assert html.count('name="penugasan"') == 3


def test_the_page_of_an_error_in_the_server_needs_no_database(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        html = render_to_string("500.html", {"kode": "8F3K-20"})
    assert "tidak hilang" in html
    assert "8F3K-20" in html


def test_a_page_not_found_shows_three_ways_on(rf, bu_rina):
    request = rf.get("/keluarga/999/")
    request.user = bu_rina
    html = render_to_string("404.html", request=request)
    assert "tidak ada, atau bukan wilayah Anda" in html
    assert html.count("<li><div><a href=") == 3


def test_a_page_not_allowed_names_who_gives_the_right(rf, bu_sri):
    request = rf.get("/impor/")
    request.user = bu_sri
    html = render_to_string(
        "403.html", {"exception": "Haknya diberikan oleh admin Dinsos provinsi."}, request=request
    )
    assert "Haknya diberikan oleh admin Dinsos provinsi." in html
