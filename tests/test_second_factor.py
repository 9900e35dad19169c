"""The second factor: who must have one, what stays shut without it, codes that count once."""

from __future__ import annotations

import threading
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from access.checks import check_factor_keys
from access.factor import must_have_factor
from access.models import Jejak, Peran
from tests.codes import (
    SECRET,
    code_of,
    enter_code,
    give_app,
    has_app,
    log_in,
    log_in_with_code,
    set_up_app,
    wrong_code,
)
from tests.conftest import (
    BANGKA_SELATAN,
    LALANG_JAYA,
    PASSWORD,
    PROVINSI,
    RIAS,
    SERDANG,
    everything,
    make_user,
)
from tests.test_access import TABLE, places  # noqa: F401

# Answered before there is a session: whether the server lives, and nothing of anybody.
DOORBELLS = {"sehat", "sehat_semua"}
AUTHENTICATE = "/akun/langkah-kedua/authenticate/"
INDEX = "/akun/langkah-kedua/"


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.SECOND_FACTOR = True


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("posts", "must"),
    [
        ([], False),
        ([(Peran.PSM, RIAS)], False),
        ([(Peran.TKSK, RIAS[:6])], False),
        ([(Peran.PSM, RIAS), (Peran.PSM, SERDANG)], False),
        ([(Peran.PSM, RIAS), (Peran.PSM, LALANG_JAYA)], True),
        ([(Peran.DINSOS_KAB, BANGKA_SELATAN)], True),
        ([(Peran.PIMPINAN, BANGKA_SELATAN)], True),
        ([(Peran.DINSOS_PROV, PROVINSI)], True),
        ([(Peran.DUKCAPIL, PROVINSI)], True),
        ([(Peran.AUDITOR, PROVINSI)], True),
        ([(Peran.ADMIN, PROVINSI)], True),
    ],
)
def test_who_sees_more_than_one_kecamatan_must_have_one(posts, must):
    assert must_have_factor(make_user("orang", "Orang", *posts)) is must


@pytest.mark.django_db
@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_staff_must_have_one(right):
    assert must_have_factor(make_user("staf", "Staf", **{right: True}))


@pytest.mark.django_db
def test_nobody_must_where_it_is_switched_off(settings, pak_yusuf):
    settings.SECOND_FACTOR = False
    assert not must_have_factor(pak_yusuf)


@pytest.mark.django_db
def test_switcher_does_not_talk_the_duty_away(client, db):
    user = make_user("dua", "Dua Tugas", (Peran.PSM, RIAS), (Peran.DINSOS_KAB, BANGKA_SELATAN))
    client.force_login(user)
    session = client.session
    session["penugasan"] = user.penugasan_list.get(peran=Peran.PSM).pk
    session.save()
    assert client.get("/keluarga/").url == INDEX


# --- without a factor -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_factor_only_the_set_up_opens(client, bu_rina, places):  # noqa: F811
    log_in(client, bu_rina)
    got = {}
    for name in TABLE.keys() - DOORBELLS:
        method, path, _ = TABLE[name]
        response = getattr(client, method)(path.format(**places))
        got[name] = (response.status_code, response.headers.get("Location"))
    assert got == dict.fromkeys(TABLE.keys() - DOORBELLS, (302, INDEX))
    assert client.get(INDEX).status_code == 200
    assert client.get("/akun/password/change/").status_code == 200
    assert client.get("/akun/sesi/").url == INDEX
    assert client.get("/admin/").url == INDEX


@pytest.mark.django_db
def test_village_worker_needs_none(client, bu_sri):
    log_in(client, bu_sri)
    assert client.get("/keluarga/").status_code == 200
    assert client.get("/akun/").status_code == 200


@pytest.mark.django_db
def test_after_the_set_up_the_same_session_goes_on(client, bu_rina):
    log_in(client, bu_rina)
    set_up_app(client)
    assert has_app(bu_rina)
    assert client.get("/keluarga/").status_code == 200
    with everything():
        jejak = Jejak.objects.filter(aksi="ubah_hak", objek="faktor", objek_id=bu_rina.pk)
        assert {j.rincian["jenis"] for j in jejak} == {"totp", "recovery_codes"}


@pytest.mark.django_db
def test_a_change_of_factors_asks_for_the_password_first(client, bu_rina):
    log_in(client, bu_rina)
    response = client.get("/akun/langkah-kedua/totp/activate/")
    assert response.url.startswith("/akun/reauthenticate/")
    client.post("/akun/reauthenticate/", {"password": "salah-sama-sekali"})
    assert client.get("/akun/langkah-kedua/totp/activate/").status_code == 302


@pytest.mark.django_db
def test_wrong_first_code_sets_up_nothing_and_keeps_the_secret(client, bu_rina):
    log_in(client, bu_rina)
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    first = client.get("/akun/langkah-kedua/totp/activate/").context["form"].secret
    answer = client.post("/akun/langkah-kedua/totp/activate/", {"code": wrong_code(first)})
    assert "Kode keliru" in answer.content.decode()
    assert answer.context["form"].secret == first
    assert not has_app(bu_rina)


@pytest.mark.django_db
def test_a_new_factor_ends_the_sessions_that_never_showed_one(bu_sri):
    """Also where it is no duty: nothing else would shut them."""
    owner, other = Client(), Client()
    log_in(other, bu_sri)
    log_in(owner, bu_sri)
    set_up_app(owner)
    assert owner.get("/keluarga/").status_code == 200
    assert other.get("/keluarga/").url.startswith("/akun/login/")


@pytest.mark.django_db
def test_session_of_before_the_factor_has_to_log_in_again(client, bu_rina):
    log_in(client, bu_rina)
    give_app(bu_rina)
    answer = client.get("/keluarga/")
    assert answer.url == "/akun/login/?next=%2Fkeluarga%2F&akhir=faktor"
    assert "_auth_user_id" not in client.session
    assert "langkah kedua" in client.get(answer.url).content.decode()


@pytest.mark.django_db
def test_the_last_factor_of_a_duty_stays(client, bu_rina):
    give_app(bu_rina)
    log_in_with_code(client, bu_rina)
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    answer = client.post("/akun/langkah-kedua/totp/deactivate/")
    assert "Pasang cara lain dulu" in answer.content.decode()
    assert has_app(bu_rina)


@pytest.mark.django_db
def test_the_last_passkey_of_a_duty_stays_a_second_one_goes(client, bu_rina):
    give_app(bu_rina)
    log_in_with_code(client, bu_rina)
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    first, second = (
        Authenticator.objects.create(user=bu_rina, type="webauthn", data={"name": name, "credential": {}})
        for name in ("Ponsel", "Kantor")
    )
    client.post("/akun/langkah-kedua/totp/deactivate/")
    assert not has_app(bu_rina)
    client.post(f"{INDEX}webauthn/keys/{first.pk}/remove/")
    client.post(f"{INDEX}webauthn/keys/{second.pk}/remove/")
    left = Authenticator.objects.filter(user=bu_rina, type="webauthn")
    assert [kunci.pk for kunci in left] == [second.pk]


@pytest.mark.django_db
def test_a_password_made_by_somebody_else_is_changed_before_the_set_up(client, bu_rina):
    bu_rina.harus_ganti_sandi = True
    bu_rina.save()
    log_in(client, bu_rina)
    assert client.get(INDEX).url == "/akun/password/change/"
    new = "pagar-bambu-hijau-3"
    client.post("/akun/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/keluarga/").url == INDEX


@pytest.mark.django_db
def test_a_free_factor_can_be_taken_off(client, bu_sri):
    give_app(bu_sri)
    log_in_with_code(client, bu_sri)
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    client.post("/akun/langkah-kedua/totp/deactivate/")
    assert not Authenticator.objects.filter(user=bu_sri).exists()
    with everything():
        assert Jejak.objects.filter(objek="faktor", alasan="langkah kedua dilepas", pengguna=bu_sri).exists()


# --- between password and code ---------------------------------------------------------------------


@pytest.mark.django_db
def test_between_password_and_code_every_address_leads_to_the_code(client, bu_rina, places):  # noqa: F811
    give_app(bu_rina)
    assert log_in(client, bu_rina).url == AUTHENTICATE
    own = {
        name: (method, path.format(**places))
        for name, (method, path, _) in TABLE.items()
        if name not in DOORBELLS
    }
    others = {
        name: ("get", reverse(name))
        for name in ("admin:index", "mfa_index", "mfa_activate_totp", "usersessions_list", "account_login")
    }
    got = {}
    for name, (method, path) in (own | others).items():
        response = getattr(client, method)(path)
        got[name] = (response.status_code, response.headers.get("Location"))
    assert got == dict.fromkeys(own | others, (302, AUTHENTICATE))
    assert "_auth_user_id" not in client.session
    with everything():
        assert not Jejak.objects.filter(aksi="masuk").exists()


@pytest.mark.django_db
def test_the_right_code_leads_to_the_page_that_was_asked_for(client, bu_rina):
    give_app(bu_rina)
    client.post("/akun/login/?next=/peta/", {"login": "rina", "password": PASSWORD, "next": "/peta/"})
    assert enter_code(client, code_of(SECRET)).url == "/peta/"
    assert client.get("/peta/").status_code == 200
    with everything():
        assert Jejak.objects.get(aksi="masuk").rincian == {"cara": ["password", "totp"]}


@pytest.mark.django_db
def test_who_is_somebody_else_gets_back_to_the_log_in(client, bu_rina, bu_sri):
    give_app(bu_rina)
    log_in(client, bu_rina)
    assert client.post("/akun/logout/", {"next": "/akun/login/"}).url == "/akun/login/"
    assert log_in(client, bu_sri).url == "/"


@pytest.mark.django_db
def test_the_admin_site_asks_for_the_code_as_well(client, pak_yusuf):
    give_app(pak_yusuf)
    first = client.get("/admin/login/?next=/admin/")
    assert first.url.startswith("/akun/login/")
    client.post(first.url, {"login": "yusuf", "password": PASSWORD, "next": "/admin/"})
    assert client.get("/admin/").url == AUTHENTICATE
    assert enter_code(client, code_of(SECRET)).url == "/admin/"
    assert client.get("/admin/").status_code == 200


# --- codes ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_code_opens_one_door(bu_rina):
    give_app(bu_rina)
    first, second = Client(), Client()
    code = code_of(SECRET)
    log_in(first, bu_rina)
    assert enter_code(first, code).status_code == 302
    cache.clear()
    log_in(second, bu_rina)
    answer = enter_code(second, code)
    assert "sudah dipakai" in answer.content.decode()
    assert "_auth_user_id" not in second.session
    assert enter_code(second, code_of(SECRET, 1)).status_code == 302


@pytest.mark.django_db
def test_the_code_of_the_set_up_opens_no_door(client, bu_rina):
    log_in(client, bu_rina)
    secret = set_up_app(client)
    used = Authenticator.objects.get(user=bu_rina, type="totp").data["langkah_terakhir"]
    client.post("/akun/logout/")
    log_in(client, bu_rina)
    assert enter_code(client, code_of(secret, used - int(time.time()) // 30)).status_code == 200
    assert "_auth_user_id" not in client.session


def test_of_two_requests_with_one_code_one_is_let_in(committed_db, settings):
    user = make_user("rina", "Rina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    give_app(user)
    clients = [Client(), Client()]
    for client in clients:
        log_in(client, user)
    code, start, answers = code_of(SECRET), threading.Barrier(2), []

    def enter(client):
        start.wait()
        answers.append(enter_code(client, code).status_code)
        connection.close()

    threads = [threading.Thread(target=enter, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 302]


@pytest.mark.django_db
def test_wrong_codes_lock_the_account_and_a_flushed_cache_opens_nothing(client, bu_rina, pak_hasan):
    codes = give_app(bu_rina)
    log_in(client, bu_rina)
    answers = [enter_code(client, wrong_code(SECRET)).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    cache.clear()
    assert enter_code(client, code_of(SECRET)).status_code == 429
    assert enter_code(client, codes[0]).status_code == 429
    # another address and another browser find the same lock
    stranger = Client(REMOTE_ADDR="10.9.8.7", headers={"user-agent": "lain"})
    log_in(stranger, bu_rina)
    assert enter_code(stranger, code_of(SECRET)).status_code == 429
    assert "_auth_user_id" not in stranger.session
    # and others are not concerned
    give_app(pak_hasan)
    assert log_in_with_code(Client(), pak_hasan).status_code == 302
    with everything():
        assert Jejak.objects.filter(aksi="sistem", objek="faktor", objek_id=bu_rina.pk).count() == 1


@pytest.mark.django_db
def test_wrong_codes_count_under_no_name_that_can_be_typed(client, bu_rina):
    """Typing another's counter into the log-in, or a false name beside the code, moves nothing."""
    give_app(bu_rina)
    thief = Client()
    for _ in range(5):
        thief.post("/akun/login/", {"login": f"FAKTOR:{bu_rina.pk}", "password": "salah"})
    log_in(client, bu_rina)
    for n in range(5):
        last = client.post(AUTHENTICATE, {"code": wrong_code(SECRET), "login": f"nama{n}"})
    assert last.status_code == 429
    assert enter_code(client, code_of(SECRET)).status_code == 429


@pytest.mark.django_db
def test_a_right_code_forgets_the_wrong_ones(bu_rina):
    give_app(bu_rina)
    for step in (0, 1):
        client = Client()
        log_in(client, bu_rina)
        for _ in range(4):
            enter_code(client, wrong_code(SECRET))
        assert enter_code(client, code_of(SECRET, step)).status_code == 302


@pytest.mark.django_db
def test_a_recovery_code_works_once(bu_rina):
    codes = give_app(bu_rina)
    first, second = Client(), Client()
    log_in(first, bu_rina)
    assert enter_code(first, f"{codes[0][:4]} {codes[0][4:]}").status_code == 302
    log_in(second, bu_rina)
    assert enter_code(second, codes[0]).status_code == 200
    assert enter_code(second, codes[1]).status_code == 302


@pytest.mark.django_db
def test_codes_count_before_a_change_as_well(client, bu_rina):
    give_app(bu_rina)
    log_in_with_code(client, bu_rina)
    again = "/akun/langkah-kedua/reauthenticate/"
    assert client.post(again, {"code": code_of(SECRET)}).status_code == 200  # used at the log-in
    answers = [client.post(again, {"code": wrong_code(SECRET)}).status_code for _ in range(4)]
    assert answers[-1] == 429


@pytest.mark.django_db
def test_passwords_before_a_change_count_under_ones_own_name(client, bu_rina):
    """A name sent along with the password moves the count nowhere."""
    log_in(client, bu_rina)
    for n in range(5):
        last = client.post("/akun/reauthenticate/", {"password": "salah", "login": f"nama{n}"})
    assert last.status_code == 429
    assert client.post("/akun/reauthenticate/", {"password": PASSWORD}).status_code == 429


@pytest.mark.django_db
@pytest.mark.parametrize("guessed_at", ["/akun/password/change/", "/akun/reauthenticate/"])
def test_passwords_inside_a_session_are_counted_where_no_flushed_cache_forgets(client, bu_sri, guessed_at):
    own = "perahu-biru-di-teluk-9"
    asked = {"password": "salah", "oldpassword": "salah", "password1": own, "password2": own}
    right = asked | {"password": PASSWORD, "oldpassword": PASSWORD}
    log_in(client, bu_sri)
    for n in range(5):
        cache.clear()
        answer = client.post(guessed_at, asked, REMOTE_ADDR=f"10.0.0.{n}")
    assert answer.status_code == 429
    for address in ("/akun/password/change/", "/akun/reauthenticate/"):
        cache.clear()
        assert client.post(address, right).status_code == 429
    bu_sri.refresh_from_db()
    assert bu_sri.check_password(PASSWORD)
    with everything():
        assert Jejak.objects.filter(alasan__startswith="kata sandi di dalam sesi", pengguna=bu_sri).exists()


@pytest.mark.django_db
def test_a_right_password_inside_a_session_forgets_the_wrong_ones(client, bu_sri):
    log_in(client, bu_sri)
    for _ in range(2):
        for typed in ["salah"] * 4 + [PASSWORD]:
            cache.clear()
            answer = client.post("/akun/reauthenticate/", {"password": typed})
        assert answer.status_code == 302


@pytest.mark.django_db
def test_recovery_codes_are_shown_after_the_password_and_downloaded_as_text(client, bu_rina):
    codes = give_app(bu_rina)
    log_in_with_code(client, bu_rina)
    for page in ("", "download/"):
        answer = client.get(f"/akun/langkah-kedua/recovery-codes/{page}")
        assert answer.url.startswith("/akun/reauthenticate/")
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    shown = client.get("/akun/langkah-kedua/recovery-codes/")
    assert f"{codes[0][:4]} {codes[0][4:]}" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    text = client.get("/akun/langkah-kedua/recovery-codes/download/")
    assert "kode-cadangan-sentral.txt" in text["Content-Disposition"]
    lines = [line.replace(" ", "") for line in text.content.decode().splitlines()]
    assert [line for line in lines if line.isdigit()] == codes


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", " ", "12", "ä" * 6, "1" * 500, "\x00", "１２３４５６", "-1"])
def test_odd_codes_get_a_sentence(client, bu_rina, code):
    give_app(bu_rina)
    log_in(client, bu_rina)
    answer = enter_code(client, code)
    assert answer.status_code == 200
    assert answer.context["form"].errors["code"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "credential",
    ["", "x", "null", "[]", "{}", "3", '"a"', '{"id": 1}', '{"id":"a","rawId":"a","response":{}}'],
)
def test_odd_passkeys_get_a_sentence(client, bu_rina, credential):
    assert client.post(f"{INDEX}webauthn/login/", {"credential": credential}).status_code in {200, 302}
    give_app(bu_rina)
    log_in(client, bu_rina)
    assert client.post(AUTHENTICATE, {"credential": credential}).status_code == 200
    enter_code(client, code_of(SECRET))
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    client.get(f"{INDEX}webauthn/add/")
    assert client.post(f"{INDEX}webauthn/add/", {"name": "a", "credential": credential}).status_code == 200
    assert client.post(f"{INDEX}webauthn/reauthenticate/", {"credential": credential}).status_code == 302


# --- at rest -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_secrets_lie_encrypted(bu_rina):
    give_app(bu_rina)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        (stored,) = cursor.fetchone()
    assert SECRET not in stored
    assert "gAAAAA" in stored  # what Fernet makes


@pytest.mark.django_db
def test_keys_are_rotated_in_three_steps(client, settings, bu_rina):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FACTOR_KEYS = [old]
    codes = give_app(bu_rina)
    settings.FACTOR_KEYS = [new, old]
    call_command("putar_kunci_faktor")
    settings.FACTOR_KEYS = [new]
    assert log_in_with_code(client, bu_rina).status_code == 302
    other = Client()
    log_in(other, bu_rina)
    assert enter_code(other, codes[0]).status_code == 302


@pytest.mark.django_db
def test_a_lost_key_is_said_and_changes_nothing(client, settings, bu_rina, caplog):
    give_app(bu_rina)
    settings.FACTOR_KEYS = [Fernet.generate_key().decode()]
    log_in(client, bu_rina)
    assert "kunci di server berganti" in enter_code(client, code_of(SECRET)).content.decode()
    assert "cannot be read" in caplog.text
    with pytest.raises(CommandError, match="tidak terbaca"):
        call_command("putar_kunci_faktor")


@pytest.mark.django_db
def test_a_lost_key_stops_the_start(settings, bu_rina):
    assert check_factor_keys(databases=["default"]) == []
    give_app(bu_rina)
    assert check_factor_keys(databases=["default"]) == []
    settings.FACTOR_KEYS = [Fernet.generate_key().decode()]
    (error,) = check_factor_keys(databases=["default"])
    assert error.id == "access.E004"


@pytest.mark.django_db
def test_the_admin_site_shows_no_factor_and_no_session(client, pak_yusuf):
    give_app(pak_yusuf)
    log_in_with_code(client, pak_yusuf)
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    assert client.get("/admin/usersessions/usersession/").status_code == 404


# --- lost phone ----------------------------------------------------------------------------------------


def remover(client, user):
    """`user`, logged in with a code and asked for the password just now."""
    give_app(user)
    log_in_with_code(client, user)
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    return client


def take_off(client, user, alasan="ponsel hilang"):
    return client.post(f"/akun/faktor/{user.pk}/lepas/", {"alasan": alasan})


@pytest.mark.django_db
def test_lost_phone_the_admin_takes_it_off_and_the_owner_sets_up_anew(pak_yusuf, bu_rina, bu_sri):
    owner, bystander = Client(), Client()
    codes = give_app(bu_rina)
    give_app(bu_sri)
    log_in_with_code(owner, bu_rina)
    log_in_with_code(bystander, bu_sri)
    admin = remover(Client(), pak_yusuf)
    question = admin.get(f"/akun/faktor/{bu_rina.pk}/lepas/").content.decode()
    assert "Rina Marlina" in question
    assert f'href="/akun/daftar/orang/{bu_rina.pk}/" data-jangan' in question
    assert take_off(admin, bu_rina, "").status_code == 422
    assert has_app(bu_rina)
    assert take_off(admin, bu_rina).status_code == 302
    assert not Authenticator.objects.filter(user=bu_rina).exists()
    assert not UserSession.objects.filter(user=bu_rina).exists()
    assert owner.get("/keluarga/").url.startswith("/akun/login/")
    assert log_in(owner, bu_rina).url == "/"
    assert owner.get("/keluarga/").url == INDEX
    secret = set_up_app(owner)
    assert owner.get("/keluarga/").status_code == 200
    assert code_of(secret) not in codes
    assert bystander.get("/keluarga/").status_code == 200
    assert has_app(bu_sri)
    with everything():
        jejak = Jejak.objects.get(objek="faktor", objek_id=bu_rina.pk, pengguna=pak_yusuf)
    assert jejak.alasan == "langkah kedua dilepas: ponsel hilang"
    assert jejak.rincian == {"jenis": ["recovery_codes", "totp"], "sesi_diakhiri": 1}


@pytest.mark.django_db
def test_who_waits_at_the_code_when_it_is_taken_off_is_not_led_in_circles(client, pak_yusuf, bu_rina):
    give_app(bu_rina)
    log_in(client, bu_rina)
    take_off(remover(Client(), pak_yusuf), bu_rina)
    assert client.get(AUTHENTICATE).url == "/akun/login/"
    assert client.get("/akun/login/").status_code == 200


@pytest.mark.django_db
def test_taking_off_opens_a_lock(client, pak_yusuf, bu_rina):
    give_app(bu_rina)
    log_in(client, bu_rina)
    for _ in range(5):
        enter_code(client, wrong_code(SECRET))
    take_off(remover(Client(), pak_yusuf), bu_rina)
    give_app(bu_rina)
    assert log_in_with_code(Client(), bu_rina).status_code == 302


@pytest.mark.django_db
def test_dinsos_provinsi_does_it_for_those_below_only(
    client, pak_hasan, pak_yusuf, bu_wati, bu_rina, orang_baru
):
    prov_twin = make_user("twin", "Twin", (Peran.DINSOS_PROV, PROVINSI))
    staff = make_user("staf", "Staf", (Peran.PSM, RIAS), is_staff=True)
    local_admin = make_user("alok", "Admin Lokal", (Peran.ADMIN, BANGKA_SELATAN))
    remover(client, pak_hasan)
    answers = {
        user.username: take_off(client, user).status_code
        for user in (bu_rina, pak_yusuf, bu_wati, orang_baru, prov_twin, staff, local_admin, pak_hasan)
    }
    assert answers == {"rina": 302} | dict.fromkeys(
        ("yusuf", "wati", "baru", "twin", "staf", "alok", "hasan"), 404
    )
    assert has_app(pak_hasan)


@pytest.mark.django_db
def test_an_admin_of_a_kabupaten_stays_in_it(client, bu_rina, mbak_ayu):
    remover(client, make_user("alok", "Admin Lokal", (Peran.ADMIN, BANGKA_SELATAN)))
    assert take_off(client, bu_rina).status_code == 302
    assert take_off(client, mbak_ayu).status_code == 404


@pytest.mark.django_db
def test_the_admin_site_leads_to_taking_off(client, pak_yusuf, bu_rina, bu_sri):
    give_app(bu_rina)
    remover(client, pak_yusuf)
    page = client.get(f"/admin/access/user/{bu_rina.pk}/change/").content.decode()
    assert f"/akun/faktor/{bu_rina.pk}/lepas/" in page
    other = client.get(f"/admin/access/user/{bu_sri.pk}/change/").content.decode()
    assert f"/akun/faktor/{bu_sri.pk}/lepas/" not in other


@pytest.mark.django_db
def test_taking_off_asks_for_the_password_first(client, pak_yusuf, bu_rina):
    give_app(pak_yusuf)
    give_app(bu_rina)
    log_in_with_code(client, pak_yusuf)
    assert take_off(client, bu_rina).url.startswith("/akun/reauthenticate/")
    assert has_app(bu_rina)


@pytest.mark.django_db
def test_the_command_is_the_last_way_out(pak_yusuf, capsys):
    give_app(pak_yusuf)
    call_command("lepas_faktor", "yusuf", alasan="ponsel hilang")
    assert not has_app(pak_yusuf)
    with everything():
        assert Jejak.objects.get(objek="faktor", objek_id=pak_yusuf.pk).pengguna is None
    with pytest.raises(CommandError, match="Tidak ada pengguna"):
        call_command("lepas_faktor", "tiada", alasan="x")
