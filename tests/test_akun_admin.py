"""Passwords set on the admin site: first passwords like any other, except one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from access.models import Jejak, User
from tests.conftest import PASSWORD, everything

pytestmark = pytest.mark.django_db
CHANGE = "/akun/password/change/"
NEW = "kapur-melati-ombak-48213"
BOTH = {"password1": NEW, "password2": NEW}


@pytest.fixture
def admin(client, pak_yusuf):
    """Logged in on the admin site as Pak Yusuf."""
    User.objects.filter(pk=pak_yusuf.pk).update(is_staff=True, is_superuser=True)
    client.force_login(pak_yusuf)
    return client


def page_of(user: User) -> str:
    return f"/admin/access/user/{user.pk}/password/"


def logged_in(login: str, password: str) -> Client:
    client = Client()
    client.post("/akun/login/", {"login": login, "password": password})
    return client


def lines_of(user: User) -> list[tuple]:
    with everything():
        rows = Jejak.objects.filter(aksi="ubah_hak", objek="user", objek_id=user.pk)
        return list(rows.values_list("pengguna__username", "alasan"))


def test_a_password_of_another_is_a_first_password(admin, bu_sri):
    User.objects.filter(pk=bu_sri.pk).update(
        harus_ganti_sandi=True, sandi_berlaku_sampai=timezone.now() - timedelta(days=1)
    )
    assert admin.post(page_of(bu_sri), BOTH | {"usable_password": "true"}).status_code == 302
    bu_sri.refresh_from_db()
    assert bu_sri.harus_ganti_sandi
    assert bu_sri.sandi_berlaku_sampai > timezone.now() + timedelta(days=29)
    assert logged_in("sri", NEW).get("/").url == CHANGE
    assert lines_of(bu_sri) == [("yusuf", "kata sandi baru")]


def test_sessions_of_that_person_end_and_his_lock_is_lifted(admin, bu_sri, pak_budi):
    phone, bystander = logged_in("sri", PASSWORD), logged_in("budi", PASSWORD)
    assert phone.get("/").status_code == 200
    for _ in range(5):
        logged_in("sri", "salah-sama-sekali")
    admin.post(page_of(bu_sri), BOTH | {"usable_password": "true"})
    assert phone.get("/").status_code == 302
    assert bystander.get("/").status_code == 200
    assert not AccessAttempt.objects.exists()


def test_ones_own_password_is_ones_own_choice(admin, pak_yusuf):
    elsewhere = Client()
    elsewhere.force_login(pak_yusuf)
    assert admin.post(page_of(pak_yusuf), BOTH | {"usable_password": "true"}).status_code == 302
    pak_yusuf.refresh_from_db()
    assert pak_yusuf.check_password(NEW)
    assert not pak_yusuf.harus_ganti_sandi
    assert admin.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert lines_of(pak_yusuf) == [("yusuf", "kata sandi sendiri")]


def test_a_password_taken_away_leaves_nothing_to_change(admin, bu_sri):
    admin.post(page_of(bu_sri), {"usable_password": "false", "unset-password": "1"})
    bu_sri.refresh_from_db()
    assert not bu_sri.has_usable_password()
    assert not bu_sri.harus_ganti_sandi
    assert lines_of(bu_sri) == [("yusuf", "kata sandi baru")]


def test_a_new_account_begins_with_a_first_password(admin):
    fields = BOTH | {"username": "siti", "nama": "Siti Aminah", "usable_password": "true"}
    assert admin.post("/admin/access/user/add/", fields).status_code == 302
    user = User.objects.get(username="siti")
    assert user.harus_ganti_sandi
    assert user.sandi_berlaku_sampai > timezone.now() + timedelta(days=29)
    assert logged_in("siti", NEW).get("/").url == CHANGE
    assert lines_of(user) == [("yusuf", "akun baru")]


def test_a_weak_password_is_refused(admin, bu_sri):
    weak = {"password1": "12345678901234", "password2": "12345678901234", "usable_password": "true"}
    assert admin.post(page_of(bu_sri), weak).status_code == 200
    bu_sri.refresh_from_db()
    assert bu_sri.check_password(PASSWORD)
    assert lines_of(bu_sri) == []
