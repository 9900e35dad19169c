"""The trail's page: who may read it, its filter, its pages; it names officers and no citizen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.jejak import record_jejak
from access.models import Jejak
from tests.conftest import RIAS, SERDANG

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(bu_sri, pak_budi):
    """Two lines of Bu Sri and one of Pak Budi."""
    record_jejak(
        user=bu_sri, aksi="lihat_orang", objek="keluarga", objek_id=7, wilayah_id=RIAS, alamat="10.0.0.7"
    )
    record_jejak(user=bu_sri, aksi="cari", objek="keluarga", rincian={"menurut": "nama"})
    record_jejak(user=pak_budi, aksi="lihat_orang", objek="keluarga", objek_id=8, wilayah_id=SERDANG)


def lines_of(client, **query) -> list[str]:
    response = client.get("/jejak/", query)
    assert response.status_code == 200
    return [f"{line.pengguna.username} {line.aksi}" for line in response.context["page"] if line.pengguna]


def test_auditor_and_admin_read_it_others_do_not(client, bu_wati, pak_yusuf, bu_rina, trail):
    client.force_login(bu_wati)
    assert client.get("/jejak/").status_code == 200
    client.force_login(pak_yusuf)
    assert client.get("/jejak/").status_code == 200
    client.force_login(bu_rina)
    assert client.get("/jejak/").status_code == 403


def test_filters_narrow_the_lines(client, bu_wati, trail):
    client.force_login(bu_wati)
    assert sorted(lines_of(client, pengguna="sri")) == ["sri cari", "sri lihat_orang"]
    assert lines_of(client, aksi="cari") == ["sri cari"]
    assert sorted(lines_of(client, wilayah="1903", aksi="lihat_orang")) == [
        "budi lihat_orang",
        "sri lihat_orang",
    ]
    assert lines_of(client, wilayah="1906", aksi="lihat_orang") == []


def test_dates_take_the_whole_day(client, bu_wati, bu_sri):
    today = timezone.localdate()
    Jejak.objects.bulk_create(
        [Jejak(pengguna=bu_sri, aksi="cari", waktu=timezone.now() - timedelta(days=days)) for days in (0, 3)]
    )
    client.force_login(bu_wati)
    assert lines_of(client, pengguna="sri", aksi="cari", dari=today.isoformat()) == ["sri cari"]
    before = (today - timedelta(days=1)).isoformat()
    assert lines_of(client, pengguna="sri", aksi="cari", sampai=before) == ["sri cari"]


def test_dates_the_wrong_way_round_are_said_so(client, bu_wati):
    client.force_login(bu_wati)
    response = client.get("/jejak/", {"dari": "2026-11-02", "sampai": "2026-11-01"})
    assert response.status_code == 422
    assert "mendahului tanggal mulainya" in response.content.decode()


def test_pages(client, bu_wati, bu_sri):
    Jejak.objects.bulk_create([Jejak(pengguna=bu_sri, aksi="cari") for _ in range(60)])
    client.force_login(bu_wati)
    assert len(lines_of(client, pengguna="sri", aksi="cari")) == 50
    assert len(lines_of(client, pengguna="sri", aksi="cari", halaman="2")) == 10


def test_no_citizen_is_named(client, bu_wati, bu_sri, keluarga_rias):
    client.force_login(bu_sri)
    client.get(f"/keluarga/{keluarga_rias.pk}/")
    client.force_login(bu_wati)
    page = client.get("/jejak/").content.decode()
    assert f"keluarga {keluarga_rias.pk}" in page
    assert "ROSIDI" not in page.upper()
