"""The small doors: where `next` leads, whose host a page believes, what production settings leave open (T15)."""

from __future__ import annotations

import base64
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.attack.pages import Probe, ask, still
from tests.attack.worlds import table_probes, undone, visitor
from tests.conftest import PASSWORD, everything
from tests.databases import ROOT
from tests.test_access import PEOPLE, TABLE

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://jahat.id/", "//jahat.id/", "///jahat.id", "\\\\jahat.id", "/\\jahat.id", "https:jahat.id",
    "http:///jahat.id", "javascript:alert(1)", "data:text/html,x", "\tjavascript:alert(1)",
    "https://testserver@jahat.id/", "//jahat.id\\@testserver/",
]  # fmt: skip


def is_here(location: str) -> bool:
    return location.startswith("/") and not location.startswith(("//", "/\\"))


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_log_in_leads_nowhere_else(client, bu_sri, target):
    data = {"login": "sri", "password": PASSWORD, "next": target}
    answer = client.post("/akun/login/", data, query_params={"next": target})
    assert answer.status_code == 302
    assert is_here(answer["Location"])


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_form_leads_elsewhere(request, few, places, target):
    """Every address of the table, with every name a way back may have."""
    client = visitor(request.getfixturevalue("bu_rina"))
    back = dict.fromkeys(("next", "kembali", "url", "tujuan", "redirect_to"), target)
    for _, path, _ in TABLE.values():
        with undone():
            for answer in (client.get(path.format(**places), back), client.post(path.format(**places), back)):
                assert is_here(answer.headers.get("Location", "/")), path


HOSTS = [
    {"HTTP_HOST": "jahat.id"},
    {"HTTP_HOST": "testserver:80@jahat.id"},
    {"HTTP_HOST": "testserver.jahat.id"},
]
FORWARDED = {
    "HTTP_X_FORWARDED_HOST": "jahat.id", "HTTP_FORWARDED": "host=jahat.id", "HTTP_X_HOST": "jahat.id",
    "HTTP_X_FORWARDED_SERVER": "jahat.id", "HTTP_X_ORIGINAL_URL": "/admin/", "HTTP_X_REWRITE_URL": "/admin/",
    "HTTP_X_FORWARDED_PREFIX": "//jahat.id", "HTTP_X_FORWARDED_FOR": "6.6.6.6",
}  # fmt: skip


@pytest.mark.parametrize("headers", HOSTS, ids=lambda headers: headers["HTTP_HOST"])
def test_another_host_gets_no_page(client, bu_sri, headers):
    client.force_login(bu_sri)
    assert client.get("/", **headers).status_code == 400


def test_what_a_proxy_might_say_changes_no_answer(request, few, places):
    """A page asked for with forged proxy headers is the page asked for without, its links and headers too."""
    client = visitor(request.getfixturevalue("bu_rina"))
    for probe in table_probes([places]):
        answers = []
        for headers in ({}, FORWARDED):
            client.cookies.pop("messages", None)  # a sentence the answer before left is shown once
            with undone():
                answers.append(ask(client, probe, **headers))
        plain, forged = answers
        assert forged == plain, probe
    with undone():
        mail = ask(
            Client(), Probe("post", "/akun/password/reset/", (("email", "rina@contoh.id"),)), **FORWARDED
        )
    assert "jahat.id" not in still(mail.body)


def test_odd_addresses_show_no_page_of_a_person(request, few, places):
    """A cache that keeps files by their ending gets none of these (T12)."""
    client = visitor(request.getfixturevalue("bu_sri"))
    for end in (
        "x.css",
        "x.js",
        ";x.css",
        "%2e%2e/x.png",
        "..%2f",
        "%00.css",
        ".css",
        "//",
        "%0a.ico",
        "x/y/z.pdf",
    ):
        answer = client.get(f"/keluarga/{places['keluarga']}/{end}")
        assert answer.status_code in {301, 400, 404}, end


def test_production_settings_raise_no_warning():
    # what the browser tests set for themselves is not part of a server
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = inherited | {
        "SENTRAL_ENV": "production", "SECRET_KEY": "k" * 25 + "abcdefghijklmnopqrstuvwxyz0123456789-ok",
        "ALLOWED_HOSTS": "sentral.babelprov.go.id", "SENTRAL_FACTOR_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
        "DJANGO_SETTINGS_MODULE": "sentral.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


# --- more people, and rows that are gone -----------------------------------------------------------

# Who answers like whom, but for the addresses named: TKSK of the kecamatan, operator of Dukcapil, PSM of
# another kabupaten. The columns are those of the access table.
LIKE = {
    # Dukcapil delivers extracts; that of the table and its run are somebody else's
    "pak_dedi": (
        "bu_lina",
        {"padan:home": 200, "padan:ekstrak_unggah": 200, "padan:jalan": 404}
        | dict.fromkeys(
            (f"padan:ekstrak{way}" for way in ("", "_keadaan", "_hapus", "_kolom", "_buang")), 404
        ),
    ),
    "bu_dewi": ("pak_budi", {"kpm:unduh": 403, "kpm:banding_unduh": 403}),
}
TRAILS = {"/jejak/keluarga/{keluarga}/", "/jejak/anggota/{anggota}/"}
ABSENT = ["999999999", "0", "9" * 30]


@pytest.mark.parametrize("person", ["pak_dedi", "bu_dewi"])
def test_further_people_answer_like_their_kin(request, few, places, person):
    """Dukcapil like the pimpinan but for extracts; a PSM far away like the operator next door but for exports."""
    kin, but = LIKE[person]
    client, other = (visitor(request.getfixturevalue(name)) for name in (person, kin))
    got, wanted = {}, {}
    for name, (method, path, _) in TABLE.items():
        for who, found in ((client, got), (other, wanted)):
            with undone():
                found[name] = getattr(who, method)(path.format(**places)).status_code
    assert {name: code for name, code in got.items() if code != wanted[name]} == but


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("absent", ABSENT)
def test_an_absent_row_is_an_absent_page(request, few, places, person, absent):
    """The auditor's trail alone answers for any number: it shows lines, of which there are none."""
    client = Client() if person == "anonim" else visitor(request.getfixturevalue(person))
    for method, path, _ in TABLE.values():
        if "{" in path:
            with undone():
                status = getattr(client, method)(path.format_map(dict.fromkeys(places, absent))).status_code
            may = {302} if person == "anonim" else {302, 403, 404}
            if person == "bu_wati" and path in TRAILS and len(absent) < 20:
                may = {200}
            assert status in may, path


@pytest.mark.parametrize("person", ["bu_sri", "bu_rina", "mbak_ayu", "pak_hasan", "pak_budi"])
@pytest.mark.parametrize("fate", ["deleted", "without a village"])
def test_a_row_that_is_gone_is_gone_for_all_but_the_province(request, few, places, person, fate):
    """Deleted: for everybody. Without a wilayah: for all but those who see the whole province."""
    from kpm.models import Keluarga

    with everything():
        rows = Keluarga.objects.filter(pk=places["keluarga"])
        rows.delete() if fate == "deleted" else rows.update(wilayah=None)
    client = visitor(request.getfixturevalue(person))
    sees = person == "pak_hasan" and fate != "deleted"
    assert client.get(f"/keluarga/{places['keluarga']}/").status_code == (200 if sees else 404)
