"""Sessions: two clocks, the list of devices, what ends them, what a log-out leaves behind."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from access.sessions import delete_dead_sessions, device
from tests.codes import log_in
from tests.conftest import PASSWORD
from tests.test_settings import start_with

pytestmark = pytest.mark.django_db

HOUR = 3600
NEW_PASSWORD = "pagar-bambu-hijau-3"


def let_pass(client, *, began: float = 0, used: float = 0) -> None:
    """Turn the clocks in the session back by so many seconds."""
    session = client.session
    session["sesi_mulai"] -= began
    session["sesi_dipakai"] = {k: v - used for k, v in session["sesi_dipakai"].items()}
    session.save()


def is_in(client) -> bool:
    return client.get("/akun/").status_code == 200


# --- clocks -----------------------------------------------------------------------------------------


def test_three_hours_without_use_end_it(client, bu_sri):
    log_in(client, bu_sri)
    let_pass(client, used=3 * HOUR - 60)
    assert client.get("/keluarga/?urut=nama").status_code == 200
    let_pass(client, used=3 * HOUR)
    answer = client.get("/keluarga/?urut=nama")
    assert answer.url == "/akun/login/?next=%2Fkeluarga%2F%3Furut%3Dnama&akhir=diam"
    assert "_auth_user_id" not in client.session
    page = client.get(answer.url)
    assert "Terlalu lama tidak ada kegiatan" in page.content.decode()
    back = client.post(answer.url, {"login": "sri", "password": PASSWORD, "next": "/keluarga/?urut=nama"})
    assert back.url == "/keluarga/?urut=nama"


def test_twelve_hours_end_it_however_busy(client, bu_sri):
    log_in(client, bu_sri)
    let_pass(client, began=12 * HOUR - 60)
    assert is_in(client)
    let_pass(client, began=60)
    answer = client.get("/keluarga/")
    assert answer.url == "/akun/login/?next=%2Fkeluarga%2F&akhir=lama"
    assert "beberapa jam setelah masuk" in client.get(answer.url).content.decode()


def test_nothing_a_user_does_moves_the_absolute_clock(client, bu_sri):
    log_in(client, bu_sri)
    let_pass(client, began=11 * HOUR)
    began = client.session["sesi_mulai"]
    client.get("/keluarga/")
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    client.post(
        "/akun/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert client.session["sesi_mulai"] == began


def test_both_limits_are_settings(client, settings, bu_sri):
    settings.SESSION_HOURS, settings.SESSION_IDLE_HOURS = 2, 1
    log_in(client, bu_sri)
    let_pass(client, used=HOUR)
    assert client.get("/akun/").url.endswith("akhir=diam")
    log_in(client, bu_sri)
    let_pass(client, began=2 * HOUR)
    assert client.get("/akun/").url.endswith("akhir=lama")


def test_limits_come_from_the_environment():
    done = start_with(
        SENTRAL_ENV="test",
        SENTRAL_SESSION_HOURS="8",
        SENTRAL_SESSION_IDLE_HOURS="0.5",
        print="settings.SESSION_HOURS, settings.SESSION_IDLE_HOURS, settings.SESSION_COOKIE_AGE",
    )
    assert done.stdout.strip() == "8.0 0.5 28800"


def test_idle_clock_is_written_once_a_minute(client, bu_sri, django_assert_num_queries):
    log_in(client, bu_sri)
    let_pass(client, used=61)
    before = client.session["sesi_dipakai"][""]
    client.get("/akun/")
    moved = client.session["sesi_dipakai"][""]
    assert moved > before
    client.get("/akun/")
    assert client.session["sesi_dipakai"][""] == moved


def test_work_below_a_prefix_has_an_idle_limit_of_its_own(client, settings, bu_sri):
    settings.SESSION_IDLE_HOURS_BELOW = {"/keluarga/": 10}
    log_in(client, bu_sri)
    let_pass(client, used=9 * HOUR)
    assert client.get("/keluarga/").status_code == 200  # and this use counts below the prefix only
    assert client.get("/akun/").url.endswith("akhir=diam")
    log_in(client, bu_sri)
    let_pass(client, used=10 * HOUR)
    assert client.get("/keluarga/").url.endswith("akhir=diam")


def test_session_of_before_the_clocks_starts_them(client, bu_sri):
    log_in(client, bu_sri)
    session = client.session
    del session["sesi_mulai"], session["sesi_dipakai"]
    session.save()
    assert is_in(client)
    assert client.session["sesi_mulai"] <= time.time()
    assert client.session["sesi_mulai"] > time.time() - 60


def test_a_form_sent_too_late_leads_back_to_its_page(client, bu_sri):
    log_in(client, bu_sri)
    let_pass(client, used=3 * HOUR)
    answer = client.post("/akun/penugasan/", headers={"referer": "https://jahat.id/keluarga/?desil=1"})
    assert answer.url == "/akun/login/?next=%2Fkeluarga%2F%3Fdesil%3D1&akhir=diam"


def test_a_swapped_part_takes_the_whole_page_to_the_log_in(client, bu_sri):
    log_in(client, bu_sri)
    let_pass(client, used=3 * HOUR)
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/keluarga/?desil=1"}
    answer = client.get("/wilayah/cari/?q=rias", headers=headers)
    assert answer["HX-Redirect"] == "/akun/login/?next=%2Fkeluarga%2F%3Fdesil%3D1&akhir=diam"
    assert answer.content == b""


# --- devices ----------------------------------------------------------------------------------------

ANDROID = (
    "Mozilla/5.0 (Linux; Android 12; SM-A125F) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/118.0.0.0 Mobile Safari/537.36"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (ANDROID, "Chrome di Android"),
        (EDGE, "Edge di Windows"),
        (IPHONE, "Safari di iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox di Linux"),
        ("Dalvik/2.1.0 (Linux; U; Android 12)", "Peramban lain di Android"),
        ("curl/8.1", "Perangkat tak dikenal"),
        ("", "Perangkat tak dikenal"),
    ],
)
def test_device_in_words(user_agent, words):
    assert device(user_agent) == words


@pytest.fixture
def two(bu_sri, pak_budi):
    """Bu Sri on a phone and on an office computer; Pak Budi stands by."""
    phone = Client(headers={"user-agent": ANDROID}, REMOTE_ADDR="10.0.0.7")
    office = Client(headers={"user-agent": EDGE}, REMOTE_ADDR="10.0.0.8")
    budi = Client()
    for client, user in ((phone, bu_sri), (office, bu_sri), (budi, pak_budi)):
        log_in(client, user)
    return phone, office, budi


def test_list_names_devices_and_says_which_is_this_one(two):
    _, office, _ = two
    page = office.get("/akun/sesi/").content.decode()
    assert "Chrome di Android" in page
    assert "10.0.0.7" in page
    this = page.split("perangkat ini")
    assert len(this) == 2
    assert this[0].rstrip().rsplit("<li>", 1)[1].startswith("<span>Edge di Windows")


def test_one_session_is_ended(two, bu_sri):
    phone, office, budi = two
    session = UserSession.objects.get(user=bu_sri, ip="10.0.0.7")
    assert budi.post(f"/akun/sesi/{session.pk}/akhiri/").status_code == 404
    assert is_in(phone)
    office.post(f"/akun/sesi/{session.pk}/akhiri/")
    assert not is_in(phone)
    assert is_in(office)
    assert is_in(budi)


def test_ending_the_own_session_asks_like_a_log_out(two, bu_sri):
    phone, _, _ = two
    session = UserSession.objects.get(user=bu_sri, ip="10.0.0.7")
    assert phone.post(f"/akun/sesi/{session.pk}/akhiri/").url == "/akun/logout/"
    assert is_in(phone)


def test_all_other_sessions_are_ended(two):
    phone, office, budi = two
    office.post("/akun/sesi/")
    assert not is_in(phone)
    assert is_in(office)
    assert is_in(budi)


def test_a_new_password_ends_all_others_and_keeps_this_one(two):
    phone, office, budi = two
    office.post(
        "/akun/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert not is_in(phone)
    assert is_in(office)
    assert is_in(budi)
    assert office.get("/akun/sesi/").content.decode().count("Masuk ") == 1


def test_a_session_that_was_not_listed_is_listed_at_its_next_use(client, bu_sri):
    client.force_login(bu_sri)
    let_pass(client, used=61)
    client.get("/")
    assert UserSession.objects.get(user=bu_sri).session_key == client.session.session_key


# --- log-out ----------------------------------------------------------------------------------------


def test_log_out_empties_the_cache_of_the_browser_and_leaves_its_storage(client, bu_sri):
    log_in(client, bu_sri)
    key = client.session.session_key
    assert "Clear-Site-Data" not in client.get("/keluarga/")
    assert client.post("/akun/logout/")["Clear-Site-Data"] == '"cache"'
    assert not Session.objects.filter(session_key=key).exists()
    assert "Clear-Site-Data" not in client.get("/akun/login/")


def test_an_ended_session_empties_the_cache_as_well(client, bu_sri):
    log_in(client, bu_sri)
    let_pass(client, used=3 * HOUR)
    assert client.get("/keluarga/")["Clear-Site-Data"] == '"cache"'


def test_cookies_in_production_belong_to_this_host_alone():
    done = start_with(
        SENTRAL_ENV="production",
        SECRET_KEY="rahasia-uji",
        SENTRAL_FACTOR_KEYS="a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        print="settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,"
        " settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_DOMAIN, settings.SECOND_FACTOR",
    )
    assert done.stdout.strip() == "__Host-sentral_sesi __Host-sentral_csrf True True None True"


def test_rows_of_dead_sessions_are_deleted_and_live_ones_stay(two, bu_sri):
    phone, office, _ = two
    Session.objects.filter(pk=office.session.session_key).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    assert delete_dead_sessions() == 1
    assert UserSession.objects.filter(user=bu_sri).count() == 1
    assert is_in(phone)
    assert delete_dead_sessions() == 0
