"""A form takes its own fields and no other (threat T3), and no value makes an error of the server.

Each address of the access table that takes a POST gets what its form would send, and then the same with every
field of every model of ours on top: both must write the same. What differs between two plain posts (moments,
random names, ids) is left out of the comparison.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attack.guards import ROOMS, url_patterns
from tests.attack.pages import read_page
from tests.attack.worlds import undone, visitor
from tests.berkas import csv_bytes, person
from tests.conftest import everything
from tests.test_access import TABLE, is_third_party

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("SENTRAL_FUZZ", "1"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="SENTRAL_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# The owner of the rows and the one next door; with more time also the one above and the one who reads the trail.
SENDERS = ["bu_rina", "pak_budi", *(["pak_hasan", "bu_wati"] if "SENTRAL_FUZZ" in os.environ else [])]
# Written by whoever asks for a page: the trail, its counts, the session.
BY_THE_WAY = {
    "access_jejak", "access_jejakisi", "access_peringatan", "django_session", "usersessions_usersession",
    "access_user.last_login",
}  # fmt: skip
# Fields that an address reads and no form on its own page shows.
READS = {
    "access:pilih_penugasan": {"penugasan", "kembali"},
    "kpm:keluarga_list": {
        *("cari", "wilayah", "program", "desil", "persentil", "nik", "indikator", "jawaban", "urut", "per"),
    },
    "kpm:impor_kolom": {"lembar", "baris", "kuesioner", "nama"},
}
# Ends the session, or counts a wrong password against its sender until he is locked out.
UNASKED = ("_logout", "_change_password", "reauthenticate", "reauthenticate_webauthn")
VALUES = [
    "on", "true", "1", "0", "-1", "999999999", "19", "1903", "1903012008", "admin", "dinsos_prov", "selesai",
    "disetujui", "menunggu", "aktif", "2026-01-01", "2099-12-31", "[]", '{"semua": true}', "../../etc/passwd",
    "=1+1", "<script>alert(1)</script>", "x" * 400, "\u202e", "",
]  # fmt: skip
NASTY = [
    *VALUES,
    "\x00",
    "1e309",
    "٣",
    "９" * 16,
    "%00",
    "'; DROP TABLE kpm_keluarga; --",
    "9" * 40,
    "\ud7ff",
    "a\nb",
]


def model_fields() -> list[str]:
    """Names of all fields and columns of our models and of the account."""
    names = {"pk", "id", "is_staff", "is_superuser", "is_active", "groups", "user_permissions", "_method"}
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                names |= {field.name, getattr(field, "attname", field.name)}
    return sorted(names)


FIELDS = model_fields() if apps.ready else []


# --- what was written ------------------------------------------------------------------------------


def rows() -> dict[tuple[str, str], dict]:
    """Every row outside the land, by table and key."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename !~ '^(spatial_|django_migrations|auth_permission|django_content_type)'"
        )
        parts = [f"SELECT '{name}', to_jsonb(t) FROM {name} AS t" for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(parts))
        found = {}
        for table, text in cursor.fetchall():
            row = json.loads(text) if isinstance(text, str) else text
            key = row.get("id") or row.get("pgh_id") or row.get("session_key") or row.get("kode") or repr(row)
            found[table, str(key)] = row
    return found


def changes(before: dict, after: dict) -> dict[str, list]:
    """What differs, by "table.column": new rows, changed and vanished values, in a stable order."""
    found: dict[str, list] = {}
    for place in before.keys() | after.keys():
        old, new = before.get(place), after.get(place)
        if old == new:
            continue
        table = place[0]
        kind = "baru" if old is None else "hilang" if new is None else place[1]
        for column in (old or {}).keys() | (new or {}).keys():
            left, right = (old or {}).get(column), (new or {}).get(column)
            if left != right or old is None or new is None:
                found.setdefault(f"{table}.{column}", []).append((kind, repr(left), repr(right)))
    return {name: sorted(values) for name, values in found.items()}


def is_by_the_way(name: str) -> bool:
    return name in BY_THE_WAY or name.partition(".")[0] in BY_THE_WAY


def sent(client: Client, path: str, data: dict) -> tuple[int, dict[str, list]]:
    """Post, and say how it was answered and what it wrote; then take it back."""
    files = {name: SimpleUploadedFile("dtks.csv", CSV) for name in data.get("_files", ())}
    fields = {name: value for name, value in data.items() if name != "_files"}
    cache.clear()  # limits of the own account's pages
    with undone():
        before = rows()
        status = client.post(path, fields | files).status_code
        return status, changes(before, rows())


CSV = csv_bytes([person(71), person(72, NAMA="")])


def filled_form(client: Client, path: str) -> dict:
    """What a person would send from the page at `path`: its values, a sentence where one is asked for."""
    with undone():
        response = client.get(path)
    if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
        return {}
    data: dict = {}
    for form in read_page(path, response.content.decode()).forms:
        if form.method == "post" and form.action.split("?")[0] == path.split("?")[0]:
            data |= {name: value or "bahan musdes bulan ini" for name, value in form.fields.items()}
            for name, offered in form.choices.items():
                data[name] = data.get(name) or next((value for value in offered if value), "")
            data["_files"] = sorted(form.files)
    data.pop("csrfmiddlewaretoken", None)
    return data


def own_addresses(places) -> Iterator[tuple[str, str]]:
    """Every address of ours, and those of the own account that other packages bring."""
    for name, (_, path, _) in TABLE.items():
        yield name, path.format(**places)
    for pattern in url_patterns():
        name = pattern.name or ""
        if is_third_party(name) and not name.startswith("admin") and not name.endswith(UNASKED):
            with suppress(NoReverseMatch):  # it wants a key or a token
                yield name, reverse(name)


@pytest.mark.parametrize("sender", SENDERS)
def test_a_field_that_is_not_in_the_form_writes_nothing(request, few, places, sender):
    client = visitor(request.getfixturevalue(sender))
    tried = 0
    for name, path in own_addresses(places):
        data = filled_form(client, path)
        status, plain = sent(client, path, data)
        if status == 405:
            continue
        again = sent(client, path, data)[1]
        moving = {key for key in plain.keys() | again.keys() if plain.get(key) != again.get(key)}
        if status in {403, 404}:
            assert [key for key in plain if not is_by_the_way(key)] == [], name
        extra = [field for field in FIELDS if field not in data and field not in READS.get(name, ())]
        check_extra_fields(client, path, name, data, extra, (status, plain, moving))
        tried += 1
    assert tried > 15


def check_extra_fields(client, path, name, data, extra, expected) -> None:
    status, plain, moving = expected

    @FUZZ
    @given(st.lists(st.sampled_from(VALUES), min_size=len(extra), max_size=len(extra)))
    def check(values):
        got, written = sent(client, path, dict(zip(extra, values, strict=True)) | data)
        keys = {key for key in plain.keys() | written.keys() if key not in moving and not is_by_the_way(key)}
        assert got == status, name
        assert {key: written.get(key) for key in keys} == {key: plain.get(key) for key in keys}, name

    check()


@pytest.mark.parametrize("sender", ["pak_hasan"])
def test_no_value_makes_an_error_of_the_server(request, few, places, sender):
    """Every field of every form and every word a page reads from its address, with values nobody offers."""
    client = visitor(request.getfixturevalue(sender))
    words = ["halaman", "urut", "per", "cari", "wilayah", "program", "desil", "persentil", "nik", "indikator",
             "jawaban", "kuesioner", "ukuran", "ukuran2",
             "tingkat", "q", "di", "pengguna", "aksi", "dari", "sampai", "objek", "id", "pilih", "semua", "keadaan",
             "lembar", "baris", "versi", "jenis", "next"]  # fmt: skip

    @FUZZ
    @given(st.randoms(use_true_random=False))
    def check(random):
        for name, path in own_addresses(places):
            query = {word: random.choice(NASTY) for word in random.sample(words, 9)}
            with undone():
                assert client.get(path, query).status_code in EXPECTED, (name, query)
            form = filled_form(client, path)
            data = {
                field: random.choice([value, *NASTY]) for field, value in form.items() if field != "_files"
            }
            with undone():
                assert client.post(path, data).status_code in EXPECTED, (name, data)

    check()


# A page, a redirect, a refusal in words. /sehat/semua/ says 503 where no backup was made.
EXPECTED = {200, 201, 204, 302, 400, 403, 404, 405, 409, 410, 413, 422, 429, 503}
