"""The report of an incident: exactly those whose data were shown, and nobody else (UU 27/2022, Pasal 46)."""

from __future__ import annotations

import csv
import io
import stat
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from access.jejak import record_jejak
from access.models import Jejak, Peran
from access.scope import Territory, set_territory
from kpm.models import Anggota, Keluarga
from tests.conftest import PROVINSI, RIAS, SERDANG, everything, make_keluarga, make_user
from tests.test_trail import make_ekspor

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 3, 9, 0)  # noqa: DTZ001  written as somebody types it: Jakarta's
SPAN = {"dari": "2026-11-03T08:00", "sampai": "2026-11-03T18:00"}


def report(**options) -> list[dict[str, str]]:
    """The rows of the report, as a spreadsheet would read them."""
    out, err = io.StringIO(), io.StringIO()
    call_command("insiden_laporan", stdout=out, stderr=err, **(SPAN | options))
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    people = sum(row["objek"] == "anggota" for row in rows)
    assert err.getvalue().strip() == f"{people} orang dan {len(rows) - people} keluarga."
    return rows


def people(rows) -> set[int]:
    return {int(row["anggota_id"]) for row in rows if row["anggota_id"]}


def trail(**conditions):
    set_territory(Territory(jejak=True))
    return list(Jejak.objects.filter(**conditions))


def anggota_of(*families) -> list[int]:
    with everything():
        return list(Anggota.objects.filter(keluarga__in=families).order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def at(monkeypatch):
    """Set the clock: at(0) is 09.00, at(60) an hour later."""

    def set_clock(minutes: int):
        moment = timezone.make_aware(DAY) + timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(0)
    return set_clock


@pytest.fixture
def leak(client, at, sumber, pak_budi, pak_hasan):
    """37 people by three ways: 8 families of three opened, 7 heads in a list, 6 in an export. And bystanders.

    Returns (who leaked, the 37, the families touched).
    """
    families = [make_keluarga(sumber, RIAS, n, f"A{n}", f"B{n}", f"C{n}") for n in range(1, 9)]
    listed = [make_keluarga(sumber, SERDANG, n, f"D{n}", f"E{n}") for n in range(9, 16)]
    exported = [make_keluarga(sumber, RIAS, n, f"F{n}", f"G{n}", f"H{n}") for n in range(16, 18)]
    bystanders = [make_keluarga(sumber, RIAS, n, f"I{n}", f"J{n}") for n in range(18, 23)]
    leaker = make_user("bocor", "Orang Bocor", (Peran.TKSK, "190301"))

    client.force_login(leaker)
    at(-90)  # before: does not count
    client.get(f"/keluarga/{bystanders[0].pk}/")
    at(0)
    for keluarga in families:
        client.get(f"/keluarga/{keluarga.pk}/")
        client.get(f"/keluarga/{keluarga.pk}/")
    at(10)
    client.get("/keluarga/", {"wilayah": SERDANG})
    at(20)
    make_ekspor(leaker, "anggota", anggota_of(*exported))
    make_ekspor(leaker, "anggota", anggota_of(bystanders[4]), fetched=False)
    make_ekspor(pak_hasan, "anggota", anggota_of(bystanders[1]))
    client.force_login(pak_hasan)
    client.get(f"/keluarga/{bystanders[2].pk}/")
    at(9 * 60)  # 18.00 sharp: after
    client.force_login(leaker)
    client.get(f"/keluarga/{bystanders[3].pk}/")
    with everything():
        heads = list(Anggota.objects.filter(keluarga__in=listed, kepala=True).values_list("pk", flat=True))
    touched = {*anggota_of(*families), *heads, *anggota_of(*exported)}
    assert len(touched) == 37
    return leaker, touched, [*families, *listed]


def test_leak_of_37_people_by_three_ways_names_exactly_37(leak):
    leaker, touched, families = leak
    rows = report(pengguna=leaker.username)
    assert people(rows) == touched
    assert {int(row["keluarga_id"]) for row in rows if row["objek"] == "keluarga"} == {k.pk for k in families}


def test_how_and_how_often(leak):
    leaker, _, families = leak
    rows = report(pengguna=leaker.username)
    ways = ["lihat", "daftar", "buka", "ekspor"]
    opened = next(row for row in rows if row["keluarga_id"] == str(families[0].pk))
    assert [opened[way] for way in ways] == ["2", "0", "0", "0"]
    listed = next(row for row in rows if row["keluarga_id"] == str(families[-1].pk))
    assert [listed[way] for way in ways] == ["0", "1", "0", "0"]
    assert sum(row["ekspor"] == "1" for row in rows) == 6
    assert (opened["pertama"], opened["wilayah"]) == ("2026-11-03 09:00:00", RIAS)


def test_without_a_user_everybody_counts(leak):
    assert len(people(report())) == 37 + 2 + 2


def test_revealed_numbers_are_named(client, at, pak_tono, keluarga_rias, keluarga_serdang):
    import uuid

    client.force_login(pak_tono)
    head = anggota_of(keluarga_rias)[0]
    fields = {"alasan": "cocok", "sekali": str(uuid.uuid4())}
    yang = [f"anggota-{head}", f"keluarga-{keluarga_rias.pk}"]
    client.get(f"/keluarga/{keluarga_rias.pk}/tampilkan/")
    client.post(f"/keluarga/{keluarga_rias.pk}/tampilkan/", fields | {"yang": yang})
    rows = report()
    assert {(row["objek"], row["anggota_id"]): row["buka"] for row in rows} == {
        ("keluarga", ""): "2",
        ("anggota", str(head)): "1",
        **{("anggota", str(pk)): "0" for pk in anggota_of(keluarga_rias)[1:]},
    }


def test_names_stand_only_where_asked_for(leak):
    plain = report()
    assert "nama" not in plain[0]
    named = report(dengan_nama=True)
    assert {row["nama"] for row in named if row["anggota_id"]} >= {"A1", "D9", "F16"}
    assert {row["alamat"] for row in named} >= {"JL. MAWAR 1"}


def test_names_are_no_formulas(client, at, bu_sri, sumber):
    keluarga = make_keluarga(sumber, RIAS, 1, "=HYPERLINK(1)")
    client.force_login(bu_sri)
    client.get(f"/keluarga/{keluarga.pk}/")
    assert {row["nama"] for row in report(dengan_nama=True)} == {"'=HYPERLINK(1)"}


def test_row_that_is_gone_since_is_still_named(client, at, bu_sri, keluarga_rias):
    client.force_login(bu_sri)
    client.get(f"/keluarga/{keluarga_rias.pk}/")
    seen, family = set(anggota_of(keluarga_rias)), keluarga_rias.pk
    with everything():
        Keluarga.objects.filter(pk=family).delete()
    rows = report(dengan_nama=True)
    assert people(rows) == seen
    assert {(row["keluarga_id"], row["wilayah"]) for row in rows} == {(str(family), RIAS)}
    assert {row["nama"] for row in rows if row["anggota_id"]} == {"ROSIDI", "NURHAYATI", "HENDRA"}


def test_reader_of_a_trail_who_sees_names_counts_and_the_auditor_does_not(
    client, at, bu_wati, pak_hasan, keluarga_rias
):
    client.force_login(bu_wati)
    client.get(f"/jejak/keluarga/{keluarga_rias.pk}/")
    assert report() == []
    client.force_login(pak_hasan)
    client.get(f"/jejak/keluarga/{keluarga_rias.pk}/")
    assert people(report()) == set(anggota_of(keluarga_rias))


def test_file_is_private_new_and_complete(leak, tmp_path):
    path = tmp_path / "insiden.csv"
    call_command("insiden_laporan", ke=path, stderr=io.StringIO(), **SPAN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(list(csv.DictReader(path.open()))) == len(report())
    with pytest.raises(CommandError, match="belum ada"):
        call_command("insiden_laporan", ke=path, **SPAN)


def test_report_leaves_a_jejak_without_names(leak):
    report(dengan_nama=True)
    lines = trail(aksi="sistem")
    reason = "laporan insiden 2026-11-03 08:00 sampai 2026-11-03 18:00, dengan nama"
    assert reason in {line.alasan for line in lines}
    assert {"anggota": 41, "keluarga": 16} in [line.rincian for line in lines if line.objek == "insiden"]
    assert "ROSIDI" not in str([line.rincian for line in lines])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"dari": "kemarin"}, "bukan waktu"),
        ({"sampai": "2026-11-03T07:00"}, "mendahului"),
        ({"pengguna": "hantu"}, "tidak ada"),
    ],
)
def test_bad_words_are_said_so(options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("insiden_laporan", **(SPAN | options))


def test_an_empty_time_is_an_empty_report(at):
    make_user("hasan2", "Yusuf Hasan", (Peran.DINSOS_PROV, PROVINSI))
    record_jejak(user=None, aksi="sistem")
    assert report() == []
