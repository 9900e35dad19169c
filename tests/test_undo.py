"""Undo: the registers as before, everything that anybody touched since left alone and told."""

from __future__ import annotations

import pytest

from jobs.models import Job
from kpm.models import Anggota, Keluarga, Kepesertaan, SisaUrung, Tercatat
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import SERDANG, everything
from tests.urungkan import by_hand, registers, take_back

pytestmark = pytest.mark.django_db
NOVEMBER = "2026-11"


def family(number: int, *, members: int = 2, **cells: str) -> list[dict[str, str]]:
    """A keluarga of several people on one KK."""
    home = {"NOKK": f"190301010120{number:04d}", "ALAMAT": f"JL. {number}"} | cells
    child = {"HUB KELUARGA": "ANAK", "NAMA": "ANAK"}
    rest = [
        person(1000 + number * 10 + n, **(child | {"NAMA": f"ANAK {'ABCDEFGH'[n]}"} | home))
        for n in range(1, members)
    ]
    return [person(number, **home), *rest]


def families(count: int, **cells: str) -> bytes:
    return csv_bytes([row for number in range(1, count + 1) for row in family(number, **cells)])


def stays(job: Job) -> dict[int, str]:
    with everything():
        return dict(SisaUrung.objects.filter(job=job).values_list("keluarga_id", "sebab"))


def keluarga_of(number: int) -> Keluarga:
    return Keluarga.objects.get(no_kk=f"190301010120{number:04d}")


def test_undo_brings_back_empty_registers(bu_rina):
    before = registers()
    impor = import_bytes(families(5), bu_rina)
    assert registers() != before
    job = take_back(impor, bu_rina)
    assert registers() == before
    assert (job.keadaan, job.laporan["tetap"], stays(job)) == ("selesai", {}, {})
    assert job.laporan["hapus"] == {
        "keluarga": 5,
        "anggota": 10,
        "kepesertaan": 20,
        "tercatat": 5,
    }


def test_undo_and_undo_of_undo_over_known_people(bu_rina, keluarga_lalang, all_rows):
    """New, changed, moved to another KK, moved to another village, programmes taken away and given."""
    import_bytes(families(4), bu_rina)
    before = registers()
    changed = [
        *family(1, NAMA="ROSIDI BARU"),  # another name for both, another spelling of the head
        *family(2),
        *family(5, BANSOS_PKH="YA"),
    ]
    changed[0]["DESA/KELUARAHAN"] = changed[1]["DESA/KELUARAHAN"] = "SERDANG"
    changed[2]["BANSOS BPNT"] = "TIDAK"  # a Kepesertaan goes
    changed[3]["NOKK"] = "1903010101200001"  # a child moves to the family that moves to another village
    changed[3]["DESA/KELUARAHAN"] = "SERDANG"
    changed[3]["ALAMAT"] = changed[0]["ALAMAT"]
    impor = import_bytes(csv_bytes(changed), bu_rina, nama="ubah.csv")
    after = registers()
    assert impor.job.laporan["ditolak"] == 0
    job = take_back(impor, bu_rina)
    assert registers() == before
    assert job.laporan["masuk"] == {"kepesertaan": 1}
    assert job.laporan["kembali"]["anggota"] == 3
    again = take_back(impor, bu_rina)
    assert registers() == after
    assert (again.laporan["arah"], again.laporan["tetap"]) == ("terap", {})
    take_back(impor, bu_rina)
    assert registers() == before
    take_back(impor, bu_rina)
    assert registers() == after


def test_a_newer_period_alone_is_undone_too(bu_rina):
    import_bytes(families(3), bu_rina)
    before = registers()
    impor = import_bytes(families(3), bu_rina, nama="november.csv", periode=NOVEMBER, ulangi=True)
    assert Keluarga.objects.count() == 0  # no territory is set here
    take_back(impor, bu_rina)
    assert registers() == before


def test_undo_from_the_newest_to_the_oldest(bu_rina):
    empty = registers()
    first = import_bytes(families(3), bu_rina)
    one = registers()
    second = import_bytes(families(4, ALAMAT="PINDAH"), bu_rina, nama="b.csv", periode=NOVEMBER)
    two = registers()
    take_back(second, bu_rina)
    assert registers() == one
    job = take_back(first, bu_rina)
    assert (registers(), job.laporan["tetap"]) == (empty, {})
    take_back(first, bu_rina)
    assert registers() == one
    take_back(second, bu_rina)
    assert registers() == two


def test_undo_of_an_older_import_under_a_newer_one(bu_rina):
    first = import_bytes(families(3), bu_rina)
    second = import_bytes(csv_bytes(family(2)), bu_rina, nama="b.csv", periode=NOVEMBER)
    with everything():
        kept = keluarga_of(2)
    job = take_back(first, bu_rina)
    with everything():
        assert list(Keluarga.objects.values_list("pk", flat=True)) == [kept.pk]
        assert Anggota.objects.count() == 2
        assert set(Kepesertaan.objects.values_list("sumber__periode", flat=True)) == {NOVEMBER}
        assert set(Tercatat.objects.values_list("job", flat=True)) == {second.job_id}
        line = SisaUrung.objects.get(job=job)
    assert (line.keluarga_id, line.sebab, line.oleh_job_id) == (kept.pk, "impor", second.job_id)
    assert job.laporan["tetap"] == {"keluarga": 1, "anggota": 2}


def test_what_a_later_file_says_again_stays_although_nothing_changed(bu_rina):
    """The same source once more, equal rows: no event, no new row. It is the later file's as well."""
    first = import_bytes(families(3), bu_rina)
    second = import_bytes(csv_bytes(family(2)), bu_rina, nama="b.csv")
    job = take_back(first, bu_rina)
    with everything():
        kept = keluarga_of(2)
        assert (Keluarga.objects.count(), Anggota.objects.count(), Kepesertaan.objects.count()) == (1, 2, 4)
        assert SisaUrung.objects.get(job=job).oleh_job_id == second.job_id
    assert stays(job) == {kept.pk: "berkas"}


def test_edited_households_stay_whole_and_are_told(bu_rina, pak_hasan):
    """Seven of twenty households were worked on, each in another way. None of them is torn apart."""
    impor = import_bytes(families(20), bu_rina)
    with by_hand(pak_hasan):
        Keluarga.objects.filter(no_kk__in=[keluarga_of(n).no_kk for n in (1, 2, 3)]).update(alamat="BETUL")
        Anggota.objects.filter(keluarga__in=[keluarga_of(4), keluarga_of(5)], kepala=True).update(
            nama="BETUL"
        )
        Kepesertaan.objects.filter(keluarga=keluarga_of(6), anggota__kepala=True, program="SEMBAKO").update(
            program="PKH"
        )
        baby = Anggota.objects.create(
            keluarga=keluarga_of(7), wilayah_id=SERDANG, sumber=impor.sumber, nama="BAYI", nama_normal="BAYI"
        )
        edited = {keluarga_of(n).pk for n in range(1, 8)}
    job = take_back(impor, bu_rina)
    assert set(stays(job)) == edited
    with everything():
        assert set(Keluarga.objects.values_list("pk", flat=True)) == edited
        assert Anggota.objects.count() == 7 * 2 + 1
        assert Anggota.objects.filter(pk=baby.pk).exists()
        told = SisaUrung.objects.get(job=job, keluarga=keluarga_of(1))
    assert (told.sebab, told.oleh_id) == ("orang", pak_hasan.pk)
    assert sum(line["keluarga"] for line in job.laporan["sisa"]) == 7


def test_a_change_by_hand_stays_where_the_import_had_changed_the_row(bu_rina):
    import_bytes(families(2), bu_rina)
    impor = import_bytes(families(2, ALAMAT="BARU"), bu_rina, nama="b.csv")
    with by_hand(bu_rina):
        Keluarga.objects.filter(pk=keluarga_of(1).pk).update(dusun="TANGAN")
    job = take_back(impor, bu_rina)
    with everything():
        assert keluarga_of(1).alamat == "BARU"
        assert keluarga_of(2).alamat == "JL. 2"
        assert stays(job) == {keluarga_of(1).pk: "orang"}


def test_a_change_by_hand_before_the_import_comes_back(bu_rina):
    import_bytes(families(2), bu_rina)
    with by_hand(bu_rina):
        Keluarga.objects.filter(pk=keluarga_of(1).pk).update(
            dusun="TANGAN", asal={"alamat": {"oleh": "petugas"}}
        )
    before = registers()
    impor = import_bytes(families(2, DUSUN="LAIN"), bu_rina, nama="b.csv")
    job = take_back(impor, bu_rina)
    assert (registers(), stays(job)) == (before, {})
