"""The one mail SENTRAL sends: the way to a new password, to an address that an account has. It names no citizen."""

from __future__ import annotations

import re

import pytest

from tests.conftest import RIAS, make_user

pytestmark = pytest.mark.django_db


def test_a_reset_goes_to_its_account_and_names_no_citizen(client, keluarga_rias, mailoutbox):
    make_user("sri", "Sri Wahyuni", ("psm", RIAS), email="sri@contoh.id")
    client.post("/akun/password/reset/", {"email": "sri@contoh.id"})
    (mail,) = mailoutbox
    assert mail.to == ["sri@contoh.id"]
    text = f"{mail.subject} {mail.body}"
    assert "Rosidi" not in text.title()
    assert re.search(r"\d{16}", text) is None
    assert text.startswith("[SENTRAL] Kata sandi baru Seseorang, mungkin Anda,")


def test_an_address_without_an_account_gets_no_mail_and_the_same_answer(client, mailoutbox):
    make_user("sri", "Sri Wahyuni", ("psm", RIAS), email="sri@contoh.id")
    known = client.post("/akun/password/reset/", {"email": "sri@contoh.id"})
    unknown = client.post("/akun/password/reset/", {"email": "1903010101800001@contoh.id"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [mail.to for mail in mailoutbox] == [["sri@contoh.id"]]


def test_a_mail_server_that_is_away_is_no_error(client, settings):
    make_user("sri", "Sri Wahyuni", ("psm", RIAS), email="sri@contoh.id")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    known = client.post("/akun/password/reset/", {"email": "sri@contoh.id"})
    unknown = client.post("/akun/password/reset/", {"email": "tiada@contoh.id"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


@pytest.mark.parametrize(("url", "offered"), [("smtp://localhost:25", True), ("", False)])
def test_the_way_by_mail_is_offered_where_there_is_mail(client, settings, url, offered):
    settings.MAIL_URL = url
    assert (b"membuatnya sendiri lewat surel" in client.get("/akun/login/").content) is offered
    assert (b"Kirim tautan ke surel" in client.get("/akun/password/reset/").content) is offered
