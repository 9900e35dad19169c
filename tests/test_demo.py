"""The demo: an invented province through the real import, the same for the same seed."""

from __future__ import annotations

import hashlib
import stat
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from access.models import User
from access.scope import use_territory
from jobs import actions as job_actions
from kpm.banding import Banding, newest_pair, sumber_list
from kpm.models import Anggota, Impor, JawabanAnggota, JawabanKeluarga, Keluarga
from sentral.demo.accounts import login_file, read_logins
from sentral.demo.families import HEADERS, Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages, share_out
from tests.conftest import BANGKA_SELATAN, everything


def run_demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def data_dir(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def demo(committed_db, data_dir, monkeypatch):
    """A demo of sixty keluarga, as it told of itself."""
    monkeypatch.setattr(job_actions, "send", lambda job_id, attempt: True)
    return run_demo("--keluarga", "60")


def test_families_stand_in_every_kabupaten(demo):
    with everything():
        kabupaten = {kode[:4] for kode in Keluarga.objects.values_list("wilayah_id", flat=True)}
        members = Anggota.objects.count()
    assert kabupaten == {"1901", "1902", "1903", "1904", "1905", "1906", "1971"}
    assert 60 < members < 60 * 6


def test_each_user_sees_his_own_part(demo):
    with everything():
        rina = User.objects.get(username="rina")
        own = Keluarga.objects.visible_to(rina)
        assert own.exists()
        assert own.count() == Keluarga.objects.below(BANGKA_SELATAN).count()


def test_every_listed_login_opens_the_door(demo):
    request = RequestFactory().post(reverse("account_login"))
    opened = [authenticate(request, username=x.username, password=x.password) for x in read_logins()]
    assert [user.username for user in opened] == [x.username for x in read_logins()]
    assert {user.penugasan_list.get().peran for user in opened} == {
        "admin", "dinsos_prov", "dinsos_kab", "tksk", "psm", "operator_desa", "dukcapil", "pimpinan", "auditor",
    }  # fmt: skip


def test_a_login_from_the_list_works_in_the_browser_form(demo):
    client, login = Client(), read_logins()[0]
    answer = client.post(reverse("account_login"), {"login": login.username, "password": login.password})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"]


def test_the_list_is_private_and_printed_again(demo):
    assert stat.S_IMODE(login_file().stat().st_mode) == 0o600
    again = run_demo("--login")
    assert all(login.password in again and login.password in demo for login in read_logins())


def test_a_second_run_changes_nothing(demo):
    logins = read_logins()
    with everything():
        before = sorted(Anggota.objects.values_list("pk", "diubah"))
    again = run_demo("--keluarga", "60")
    assert "sudah dimuat" in again
    assert read_logins() == logins
    assert Impor.objects.count() == 3
    with everything():
        assert sorted(Anggota.objects.values_list("pk", "diubah")) == before


def test_a_lost_list_gives_new_passwords(demo):
    old = read_logins()
    login_file().unlink()
    run_demo("--keluarga", "60")
    assert {x.username for x in read_logins()} == {x.username for x in old}
    assert not {x.password for x in read_logins()} & {x.password for x in old}


def test_no_invented_file_stays_behind(demo, data_dir):
    assert not list(data_dir.glob("demo-*.xlsx"))


def test_production_has_no_demo(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        run_demo()


def test_same_seed_same_bytes(db, tmp_path):
    def digest(name: str, seed: int) -> str:
        path = tmp_path / name
        write_file(path, Families(read_villages(seed), seed).rows(50))
        return hashlib.sha256(path.read_bytes()).hexdigest()

    assert digest("a.xlsx", 1) == digest("b.xlsx", 1)
    assert digest("a.csv", 1) == digest("b.csv", 1)
    assert digest("c.csv", 2) != digest("b.csv", 1)


def test_the_default_size_leaves_no_village_empty(db):
    counts = share_out(3_000, read_villages(1))
    assert sum(counts) == 3_000
    assert min(counts) >= 3


def test_clean_rows_carry_unique_and_well_formed_numbers(db):
    rows = [
        dict(zip(HEADERS, row, strict=True)) for row in Families(read_villages(1), 1, clean=True).rows(500)
    ]
    assert all(len(row["NIK"]) == len(row["NOKK"]) == 16 for row in rows)
    assert len({row["NIK"] for row in rows}) == len({row["ID DTKS"] for row in rows}) == len(rows)
    assert len({row["NOKK"] for row in rows}) == 500


def test_dirt_is_realistic(demo):
    laporan = Impor.objects.get(sumber__jenis="DTKS", sumber__periode="2026-10").job.laporan
    assert laporan["dibaca"] == laporan["diterapkan"] + laporan["ditolak"]
    assert laporan["ditolak"] < 0.1 * laporan["dibaca"]
    assert laporan["bercatatan"] > 0


def test_part_of_the_families_answered_bdt(demo):
    with everything():
        houses = JawabanKeluarga.objects.select_related("keluarga__sumber")
        assert 10 < len(houses) < 60
        assert {row.sumber.judul for row in houses} == {"BDT 2015 Agustus 2015"}
        assert {row.keluarga.sumber.jenis for row in houses} == {"DTKS"}
        assert all(row.isi["ada_lemari_es"] in {"3", "4"} for row in houses)
        assert JawabanAnggota.objects.count() == len(houses)


def test_the_list_of_half_a_year_before_differs(demo):
    """Two periods to compare: somebody came, somebody left, and most stayed."""
    admin = User.objects.get(username="yusuf")
    with use_territory(admin):
        pair = newest_pair(sumber_list(admin))
        total = Banding(admin, *pair).of(())
    assert [sumber.periode for sumber in pair] == ["2026-04", "2026-10"]
    assert total["masuk"] and total["keluar"] and total["tetap"] > total["masuk"] + total["keluar"]
