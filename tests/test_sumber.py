"""Which keluarga was in which file: the register Tercatat, and the page of the sumber."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from access.scope import use_territory
from kpm import actions, run
from kpm.models import Anggota, Keluarga, Sumber, Tercatat
from kpm.sumber import contents, membership_of
from kpm.suntingan import move_keluarga
from tests.berkas import HEADERS, csv_bytes, import_bytes, person
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, everything
from tests.test_suntingan import do, now, why

pytestmark = pytest.mark.django_db
FIRST, SECOND = "1903010101200001", "1903010101200002"


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def said(impor) -> list[tuple]:
    """What the file of an import said: (No. KK, village, id_dtks of the persons)."""
    names = dict(Anggota.objects.values_list("pk", "id_dtks"))
    rows = Tercatat.objects.filter(job=impor.job).order_by("keluarga__no_kk")
    return [
        (no_kk, wilayah, [names[pk] for pk in anggota])
        for no_kk, wilayah, anggota in rows.values_list("keluarga__no_kk", "wilayah_id", "anggota")
    ]


def test_an_import_writes_down_who_was_in_its_file(bu_rina, all_rows):
    wife = person(3, NOKK=FIRST, HUB_KELUARGA="ISTRI")
    refused = person(4, NOKK="1903010101200004", NAMA="")
    impor = import_bytes(csv_bytes([person(1), wife, person(2), refused]), bu_rina)
    assert said(impor) == [(FIRST, RIAS, ["ID-A0001X", "ID-A0003X"]), (SECOND, RIAS, ["ID-A0002X"])]
    assert set(Tercatat.objects.values_list("sumber_id", flat=True)) == {impor.sumber_id}


def test_a_file_that_changes_nothing_has_said_it_all_the_same(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina)
    again = import_bytes(csv_bytes([person(1)]), bu_rina)
    assert said(again) == [(FIRST, RIAS, ["ID-A0001X"])]


def test_the_village_stays_as_the_file_said_it(bu_rina, all_rows):
    before = import_bytes(csv_bytes([person(1)]), bu_rina, periode="2026-04")
    after = import_bytes(csv_bytes([person(1, **{"DESA/KELUARAHAN": "SERDANG"})]), bu_rina)
    assert Keluarga.objects.get().wilayah_id == SERDANG
    assert (said(before)[0][1], said(after)[0][1]) == (RIAS, SERDANG)


def test_a_person_without_no_kk_is_in_the_keluarga_he_has(bu_rina, all_rows):
    """Its village comes from the rows that name its No. KK."""
    import_bytes(csv_bytes([person(1), person(3, NOKK=FIRST)]), bu_rina)
    alone = person(3, NOKK="", **{"DESA/KELUARAHAN": "SERDANG"})
    impor = import_bytes(csv_bytes([alone, person(1)]), bu_rina)
    assert said(impor) == [(FIRST, RIAS, ["ID-A0001X", "ID-A0003X"])]


def test_a_task_carried_out_twice_says_it_once(bu_rina, all_rows):
    impor = import_bytes(csv_bytes([person(1)]), bu_rina)
    before = list(Tercatat.objects.values())
    impor.job.keadaan, impor.job.percobaan = "berjalan", 2
    impor.job.save()
    with use_territory(bu_rina):
        actions.import_dtks(impor.job)
    assert list(Tercatat.objects.values()) == before


def test_a_session_sees_what_was_said_of_its_own_villages(bu_rina, bu_sri, pak_budi, mbak_ayu):
    import_bytes(csv_bytes([person(1), person(2, **{"DESA/KELUARAHAN": "SERDANG"})]), bu_rina)
    with use_territory(bu_sri):
        assert list(Tercatat.objects.values_list("wilayah_id", flat=True)) == [RIAS]
    with use_territory(pak_budi):
        assert list(Tercatat.objects.values_list("wilayah_id", flat=True)) == [SERDANG]
    with use_territory(mbak_ayu):
        assert not Tercatat.objects.exists()


@pytest.mark.parametrize(
    "change", [{"sumber_id": 0}, {"job_id": 0}, {"wilayah_id": "1999"}, {"keluarga_id": 0}]
)
def test_it_refers_to_rows_that_are_there(bu_rina, all_rows, change):
    import_bytes(csv_bytes([person(1)]), bu_rina)
    with pytest.raises(IntegrityError, match="refers to a row that is not in"), transaction.atomic():
        Tercatat.objects.update(**change)


def test_a_sumber_somebody_is_in_is_not_deleted(bu_rina, all_rows):
    impor = import_bytes(csv_bytes([person(1)]), bu_rina)
    bystander = Sumber.objects.create(jenis="DTSEN", periode="2026-07")
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM kpm_sumber WHERE id = %s", [bystander.pk])
    Tercatat.objects.exclude(pk=Tercatat.objects.get().pk).delete()
    with pytest.raises(IntegrityError, match="still referred to by kpm_"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM kpm_sumber WHERE id = %s", [impor.sumber_id])


def test_a_keluarga_deleted_leaves_only_history(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina)
    Keluarga.objects.get(no_kk=FIRST).delete()
    assert list(Tercatat.objects.values_list("keluarga__no_kk", flat=True)) == [SECOND]
    assert list(Tercatat.pgh_event_model.objects.values_list("pgh_label", flat=True)) == ["delete"]


LAMA = Path(run.SQL).parent / "tercatat_lama.sql"


def test_imports_from_before_the_register_are_read_from_what_they_wrote(bu_rina, all_rows):
    """Migration 0010: the first file from history, the second from the rows as they are."""
    wife = person(3, NOKK=FIRST, HUB_KELUARGA="ISTRI")
    first = import_bytes(csv_bytes([person(1), wife, person(2)]), bu_rina, periode="2026-04")
    moved = [row | {"DESA/KELUARAHAN": "SERDANG"} for row in (person(1), wife)]
    second = import_bytes(csv_bytes(moved), bu_rina)
    before = {job: said(job) for job in (first, second)}
    with everything(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM kpm_tercatat")
        cursor.execute(LAMA.read_text())
    assert {job: said(job) for job in (first, second)} == before


# --- what the pages say --------------------------------------------------------------------------

RANKED = [*HEADERS, "PERSENTIL"]


def ranked(number: int, persentil: str, **cells: str) -> dict[str, str]:
    return person(number, **cells) | {"PERSENTIL": persentil}


@pytest.fixture
def with_a_gap(bu_rina):
    """Keluarga 1 is in April and, moved, in December; keluarga 2 in all three, keluarga 3 came late."""
    import_bytes(csv_bytes([ranked(1, "5"), ranked(2, "9")], RANKED), bu_rina, periode="2026-04")
    import_bytes(csv_bytes([ranked(2, "9")], RANKED), bu_rina, periode="2026-10")
    serdang = {"DESA/KELUARAHAN": "SERDANG", "BANSOS PKH": "YA"}
    december = [ranked(1, "7", **serdang), ranked(2, "9"), ranked(3, "9")]
    import_bytes(csv_bytes(december, RANKED), bu_rina, periode="2026-12")
    with everything():
        return [Keluarga.objects.get(no_kk__endswith=f"000{number}") for number in (1, 2, 3)]


def told(keluarga: Keluarga, user) -> list[tuple]:
    with use_territory(user):
        return [
            (p.sumber.periode, p.ada, p.desa, len(p.orang), p.persentil, p.program)
            for p in membership_of(keluarga, user)
        ]


def test_a_keluarga_tells_its_periods_and_the_gaps_between_them(with_a_gap, bu_rina):
    assert told(with_a_gap[0], bu_rina) == [
        ("2026-12", True, "Desa Serdang", 1, 7, ["PKH", "Sembako", "PBI-JK"]),
        ("2026-10", False, "", 0, None, []),
        ("2026-04", True, "Desa Rias", 1, 5, ["Sembako", "PBI-JK"]),
    ]


def test_the_office_it_moved_to_reads_its_periods(client, with_a_gap, bu_rina, pak_hasan, mbak_ayu):
    """What the files said stays in the old village; only the keluarga's own lines are read there."""
    moved, stays = with_a_gap[0], with_a_gap[1]
    assert told(moved, mbak_ayu) == []
    place = {"alamat": "JL LAUT", "dusun": "", "rt": "", "rw": ""}
    do(move_keluarga, by=pak_hasan, why=why(), keluarga=moved, wilayah_id=LALANG_JAYA, alamat=place)
    moved = now(moved)
    assert [(periode, ada, desa, orang) for periode, ada, desa, orang, *_ in told(moved, mbak_ayu)] == [
        ("2026-12", True, "Desa Serdang", 1),
        ("2026-04", True, "Desa Rias", 1),
    ]
    assert told(stays, mbak_ayu) == []
    with use_territory(mbak_ayu):
        assert not Tercatat.objects.exists()
    client.force_login(mbak_ayu)
    page = client.get(f"/keluarga/{moved.pk}/").content.decode()
    assert "Desa Rias" in page and "belum ada berkas impor" not in page


def test_before_its_first_period_there_is_no_gap(with_a_gap, bu_rina):
    assert [line[:2] for line in told(with_a_gap[2], bu_rina)] == [("2026-12", True)]


def test_a_period_without_a_list_of_its_village_is_no_gap(with_a_gap, bu_rina, pak_hasan):
    elsewhere = {"KABUPATEN/KOTA": "BELITUNG TIMUR", "KECAMATAN": "MANGGAR", "DESA/KELUARAHAN": "LALANG JAYA"}
    import_bytes(csv_bytes([ranked(9, "9", **elsewhere)], RANKED), pak_hasan, periode="2027-01")
    assert "2027-01" not in {line[0] for line in told(with_a_gap[1], bu_rina)}


def test_what_was_said_elsewhere_stays_there(with_a_gap, pak_budi):
    """Pak Budi of Serdang does not read that it was in Rias in April."""
    assert [line[:3] for line in told(with_a_gap[0], pak_budi)] == [("2026-12", True, "Desa Serdang")]


def test_the_page_of_a_keluarga_shows_them_by_a_fixed_number_of_questions(with_a_gap, bu_rina, client):
    client.force_login(bu_rina)
    counts = []
    for keluarga in with_a_gap:  # three periods, three, one
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"/keluarga/{keluarga.pk}/").content.decode()
        counts.append(len(asked))
    assert "Tercatat di" in page
    assert counts[1] == counts[2]
    assert "tidak tercatat" in client.get(f"/keluarga/{with_a_gap[0].pk}/").content.decode()


def test_the_page_of_the_sumber_counts_what_its_files_named(with_a_gap, bu_rina, bu_sri, mbak_ayu, client):
    second = csv_bytes([ranked(2, "9"), ranked(8, "9", NOKK=SECOND)], RANKED)
    import_bytes(second, bu_rina, periode="2026-12", nama="susulan.csv")
    with use_territory(bu_rina):
        rows = [(isi.sumber.periode, isi.keluarga, isi.orang, isi.berkas) for isi in contents(bu_rina)]
    assert rows == [("2026-12", 3, 4, 2), ("2026-10", 1, 1, 1), ("2026-04", 2, 2, 1)]
    with use_territory(bu_sri):
        assert next((isi.sumber.periode, isi.keluarga) for isi in contents(bu_sri)) == ("2026-12", 2)
    client.force_login(bu_rina)
    assert "sejak DTKS April 2026" in client.get("/sumber/").content.decode()
    client.force_login(mbak_ayu)
    assert "Belum ada berkas yang dimuat" in client.get("/sumber/").content.decode()
