"""The door: log in by name or e-mail, in Indonesian; a lock that outlives a flushed cache."""

import pytest
from django.core.cache import cache

from access.models import Jejak
from tests.conftest import PASSWORD, everything, make_user

pytestmark = pytest.mark.django_db


def log_in(client, login, password=PASSWORD):
    return client.post("/akun/login/", {"login": login, "password": password})


def test_log_in_by_user_name_leaves_a_jejak(client, bu_sri):
    assert log_in(client, "sri").status_code == 302
    with everything():
        assert Jejak.objects.get(aksi="masuk").pengguna == bu_sri


def test_log_in_by_email(client, db):
    make_user("dewi", "Dewi", email="dewi@contoh.id")
    assert log_in(client, "dewi@contoh.id").status_code == 302


def test_wrong_password_says_so_in_indonesian(client, bu_sri):
    response = log_in(client, "sri", "salah-sama-sekali")
    assert response.status_code == 200
    assert "sandi" in response.content.decode()


def test_five_failures_lock_and_a_flushed_cache_opens_nothing(client, bu_sri):
    answers = [log_in(client, "sri", "salah-sama-sekali").status_code for _ in range(5)]
    assert answers[-1] == 429
    cache.clear()
    response = log_in(client, "sri")
    assert response.status_code == 429
    assert "_auth_user_id" not in client.session


def test_lock_of_one_account_leaves_the_others_of_the_same_office_alone(client, bu_sri, pak_budi):
    for _ in range(6):
        log_in(client, "sri", "salah-sama-sekali")
    assert log_in(client, "budi").status_code == 302


def test_inactive_account_stays_outside(client, bu_sri):
    bu_sri.is_active = False
    bu_sri.save()
    log_in(client, "sri")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("password", ["pendek-1", "1q2w3e4r5t6y", "12345678901234"])
def test_weak_password_is_refused(client, bu_sri, password):
    client.force_login(bu_sri)
    response = client.post(
        "/akun/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert response.status_code == 200
    bu_sri.refresh_from_db()
    assert bu_sri.check_password(PASSWORD)


def test_switcher_narrows_and_refuses_a_foreign_penugasan(client, bu_sri, pak_budi):
    client.force_login(bu_sri)
    foreign = pak_budi.penugasan_list.get()
    assert client.post("/akun/penugasan/", {"penugasan": foreign.pk}).status_code == 404
    own = bu_sri.penugasan_list.get()
    assert client.post("/akun/penugasan/", {"penugasan": own.pk, "kembali": "https://jahat.id/"}).url == "/"
    assert client.session["penugasan"] == own.pk


@pytest.mark.parametrize("odd", ["²", "١", "½", "-1", "9" * 19, "9" * 40, "\x00"])
def test_switcher_takes_no_odd_number(client, bu_sri, odd):
    client.force_login(bu_sri)
    assert client.post("/akun/penugasan/", {"penugasan": odd}).status_code == 404
    assert "penugasan" not in client.session


def test_change_of_rights_leaves_a_jejak(client, pak_yusuf, bu_sri):
    client.force_login(pak_yusuf)
    response = client.post(
        f"/admin/access/penugasan/{bu_sri.penugasan_list.get().pk}/delete/", {"post": "yes"}
    )
    assert response.status_code == 302
    with everything():
        jejak = Jejak.objects.get(aksi="ubah_hak", alasan="dihapus")
    assert jejak.pengguna == pak_yusuf


def test_pages_stay_out_of_shared_caches_and_forbid_inline_script(client, bu_sri):
    client.force_login(bu_sri)
    response = client.get("/")
    assert "private" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


@pytest.mark.parametrize("address", ["/", "/keluarga/", "/ekspor/", "/pekerjaan/", "/akun/sesi/"])
def test_pages_are_not_kept_behind_the_back_button(client, bu_rina, address):
    client.force_login(bu_rina)
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_only_the_admin_site_has_the_wider_policy(client, pak_yusuf):
    client.force_login(pak_yusuf)
    assert "unsafe-eval" in client.get("/admin/")["Content-Security-Policy"]


def test_failures_by_email_lock_that_account_and_no_other(client, db):
    make_user("dewi", "Dewi", email="dewi@contoh.id")
    make_user("rudi", "Rudi", email="rudi@contoh.id")
    for _ in range(5):
        log_in(client, "Dewi@contoh.id", "salah-sama-sekali")
    assert log_in(client, "dewi@contoh.id").status_code == 429
    assert log_in(client, "rudi@contoh.id").status_code == 302
