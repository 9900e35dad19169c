"""Undo: the registers as before, everything that anybody touched since left alone and told."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from access.models import Jejak
from access.scope import use_territory
from jobs.actions import JobFailed, claim_here, fail, retry
from jobs.models import Job
from kpm import suntingan, undo, uploads, urung
from kpm.langkah import StepRefused
from kpm.models import Anggota, Impor, Keluarga, Kepesertaan, Peringkat, Rekap, SisaUrung, Tercatat
from tests.berkas import HEADERS, csv_bytes, import_bytes, person
from tests.conftest import BELITUNG_TIMUR, LALANG_JAYA, SERDANG, everything
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


def test_a_kk_taken_by_a_keluarga_meanwhile_is_not_taken_back(bu_rina, sumber):
    """Undone, then the same No. KK comes with another file: applying the first again leaves it alone."""
    impor = import_bytes(families(2), bu_rina)
    take_back(impor, bu_rina)
    other = import_bytes(csv_bytes([person(77, NOKK="1903010101200001")]), bu_rina, nama="b.csv")
    job = take_back(impor, bu_rina)
    with everything():
        assert set(Keluarga.objects.values_list("no_kk", "job")) == {
            ("1903010101200001", other.job_id),
            ("1903010101200002", impor.job_id),
        }
        assert Anggota.objects.filter(keluarga=keluarga_of(1)).count() == 1
    assert job.laporan["tetap"] == {"keluarga": 1, "anggota": 2, "kepesertaan": 4, "tercatat": 1}
    assert set(stays(job).values()) == {"kembar"}


def test_a_person_deleted_since_is_not_called_back(bu_rina):
    import_bytes(families(2), bu_rina)
    impor = import_bytes(families(2, PEKERJAAN="NELAYAN"), bu_rina, nama="b.csv")
    with by_hand(bu_rina):
        child = Anggota.objects.get(keluarga=keluarga_of(1), kepala=False)
        Kepesertaan.objects.filter(anggota=child).delete()
        Anggota.objects.filter(pk=child.pk)._raw_delete("default")
    take_back(impor, bu_rina)
    with everything():
        assert Anggota.objects.count() == 3
        assert set(Anggota.objects.values_list("pekerjaan", flat=True)) == {"PETANI"}


def test_a_keluarga_marked_keluar_since_stays_so(bu_rina):
    import_bytes(families(2), bu_rina)
    impor = import_bytes(families(2, ALAMAT="BARU"), bu_rina, nama="b.csv")
    with by_hand(bu_rina):
        gone = keluarga_of(1)
        Keluarga.objects.filter(pk=gone.pk).update(status="keluar", keluar_tanggal=timezone.localdate())
    job = take_back(impor, bu_rina)
    with everything():
        assert (keluarga_of(1).status, keluarga_of(1).alamat) == ("keluar", "BARU")
        assert (keluarga_of(2).status, keluarga_of(2).alamat) == ("aktif", "JL. 2")
    assert stays(job) == {gone.pk: "orang"}


def test_a_rank_written_over_gets_its_old_value_back(bu_rina):
    """A rank carries the job that wrote it last: that alone does not make it that job's."""
    headers = [*HEADERS, "DESIL"]

    def ranked(desil: str) -> bytes:
        return csv_bytes([row | {"DESIL": desil} for row in family(1)], headers)

    import_bytes(ranked("3"), bu_rina)
    before = registers()
    impor = import_bytes(ranked("7"), bu_rina, nama="b.csv")
    with everything():
        assert Peringkat.objects.get().desil == 7
    job = take_back(impor, bu_rina)
    assert (registers(), job.laporan["kembali"]) == (before, {"peringkat": 1})


def test_what_moved_out_of_the_territory_stays_and_is_counted(bu_rina, pak_hasan):
    """Pak Hasan moved a family to another kabupaten; Bu Rina neither sees nor touches it."""
    impor = import_bytes(families(2), bu_rina)
    with by_hand(pak_hasan):
        moved = keluarga_of(1)
        for model in (Keluarga, Anggota, Kepesertaan):
            rows = (
                model.objects.filter(pk=moved.pk)
                if model is Keluarga
                else model.objects.filter(keluarga=moved)
            )
            rows.update(wilayah_id=LALANG_JAYA)
    job = take_back(impor, bu_rina)
    with everything():
        assert list(Keluarga.objects.values_list("pk", flat=True)) == [moved.pk]
        assert Anggota.objects.count() == 2
    assert job.laporan["sisa"] == [{"sebab": "luar", "keluarga": 1, "baris": 7}]
    assert stays(job) == {}


def test_an_import_of_the_province_is_not_a_kabupatens_to_undo(bu_rina, pak_hasan, mbak_ayu):
    impor = import_bytes(families(1), pak_hasan)
    for user, words in ((bu_rina, "Impor ini milik Yusuf Hasan"), (mbak_ayu, "Impor ini milik")):
        assert urung.why_not(impor, urung.URUNG, user).startswith(words)
    assert urung.why_not(impor, urung.URUNG, pak_hasan) == ""


def test_who_lost_the_kabupaten_cannot_undo_there(bu_rina):
    impor = import_bytes(families(1), bu_rina)
    with use_territory(bu_rina):
        job = urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=bu_rina)
    bu_rina.penugasan_list.update(wilayah_id=BELITUNG_TIMUR)
    claim_here(job)
    job.pemilik = type(bu_rina).objects.get(pk=bu_rina.pk)
    with pytest.raises(JobFailed, match="desa di luar wilayah Anda"):
        urung.undo_import(job)
    with everything():
        assert Keluarga.objects.count() == 1


def test_the_province_undoes_what_a_kabupaten_imported(bu_rina, pak_hasan):
    before = registers()
    impor = import_bytes(families(2), bu_rina)
    take_back(impor, pak_hasan)
    assert registers() == before
    assert impor.keadaan == Impor.Keadaan.DIURUNGKAN


def test_undo_again_takes_what_stayed_the_first_time(bu_rina):
    """The newer import stood in the way; once it is undone the rest of the older one can go."""
    before = registers()
    first = import_bytes(families(3), bu_rina)
    second = import_bytes(csv_bytes(family(2)), bu_rina, nama="b.csv", periode=NOVEMBER)
    take_back(first, bu_rina)
    take_back(second, bu_rina)
    with everything():
        assert Keluarga.objects.count() == 1
    job = take_back(first, bu_rina, arah=urung.URUNG)
    assert (registers(), job.laporan["tetap"]) == (before, {})
    take_back(first, bu_rina)
    with everything():
        assert (Keluarga.objects.count(), Anggota.objects.count()) == (3, 6)


def test_only_one_undo_at_a_time_and_only_of_what_is_applied(bu_rina):
    impor = import_bytes(families(1), bu_rina)
    with use_territory(bu_rina):
        with pytest.raises(StepRefused, match="tidak sedang diurungkan"):
            urung.request_undo(impor_id=impor.pk, arah=urung.TERAP, by=bu_rina)
        urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=bu_rina)
        with pytest.raises(StepRefused, match="sedang dikerjakan"):
            urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=bu_rina)


def test_a_file_may_come_again_after_its_undo(bu_rina):
    impor = import_bytes(families(2), bu_rina)
    after = registers()
    take_back(impor, bu_rina)
    again = import_bytes(families(2), bu_rina)
    assert again.job.laporan["keluarga"]["baru"] == 2
    take_back(again, bu_rina)
    take_back(impor, bu_rina)
    assert registers() == after


def test_no_file_is_needed_to_undo(bu_rina):
    before = registers()
    impor = import_bytes(families(1), bu_rina)
    (uploads.folder() / impor.berkas).unlink()
    take_back(impor, bu_rina)
    assert registers() == before


def test_rekap_goes_back_and_the_trail_says_who(bu_rina):
    impor = import_bytes(families(15), bu_rina)
    assert Rekap.objects.get(wilayah_id="19", ukuran="keluarga").pembilang == 15
    take_back(impor, bu_rina)
    assert Rekap.objects.get(wilayah_id="19", ukuran="keluarga").pembilang in (0, None)
    with everything():
        line = Jejak.objects.filter(aksi="impor", objek_id=str(impor.pk), alasan="diurungkan").get()
    assert line.pengguna_id == bu_rina.pk


def test_telling_what_it_would_do_does_nothing_and_is_right(bu_rina):
    impor = import_bytes(families(3), bu_rina)
    with by_hand(bu_rina):
        Keluarga.objects.filter(pk=keluarga_of(1).pk).update(alamat="BETUL")
    before = registers()
    with use_territory(bu_rina):
        told = urung.consequences(impor, urung.URUNG, bu_rina)
    assert registers() == before
    job = take_back(impor, bu_rina)
    assert told.of("hapus") == job.laporan["hapus"]
    assert told.stays == job.laporan["tetap"]


def test_a_row_written_between_judging_and_applying_stops_the_undo(bu_rina):
    impor = import_bytes(families(2), bu_rina)
    with use_territory(bu_rina), transaction.atomic():
        one = undo.Undo([f"job:{impor.job_id}"], user=bu_rina)
        judged = one.judge()
        Keluarga.objects.filter(no_kk="1903010101200001").update(alamat="BARUSAN")
        with pytest.raises(undo.ChangedMeanwhile), transaction.atomic(), one.history(user=bu_rina.pk):
            one.apply(judged)
    with everything():
        assert (Keluarga.objects.count(), keluarga_of(1).alamat) == (2, "BARUSAN")


def test_every_register_with_history_is_undone():
    """A new register is added to REGISTERS, or undo would leave its rows behind."""
    kept = {
        model
        for model in apps.get_app_config("kpm").get_models()
        if hasattr(model, "pgh_event_model") and not hasattr(model, "pgh_tracked_model")
    }
    assert kept == set(undo.REGISTERS)
    for register in undo.registers():
        assert {"id", "wilayah_id", "job_id"} <= set(register.columns)
        columns = {field.column for field in register.model.pgh_event_model._meta.concrete_fields}
        assert set(register.columns) <= columns


def test_an_edit_by_the_verb_of_the_page_is_somebodys_work(bu_rina):
    impor = import_bytes(families(2), bu_rina)
    with use_territory(bu_rina), transaction.atomic():
        keluarga = keluarga_of(1)
        suntingan.correct_keluarga(
            by=bu_rina, why=suntingan.Why("warga"), keluarga=keluarga, isian={"dusun": "AIR BARU"}
        )
    job = take_back(impor, bu_rina)
    with everything():
        line = SisaUrung.objects.get(job=job)
    assert (line.keluarga_id, line.sebab, line.oleh_id) == (keluarga.pk, "orang", bu_rina.pk)


@pytest.mark.parametrize(
    ("asked", "since"), [("terap", ["terap", "urung"]), ("terap", ["terap"]), ("urung", ["urung", "terap"])]
)
def test_the_retry_of_an_old_undo_changes_nothing(bu_rina, asked, since):
    """ "Coba lagi" on the page of a job that failed before the import went on."""
    impor = import_bytes(families(1), bu_rina)
    if asked == urung.TERAP:
        take_back(impor, bu_rina)
    with use_territory(bu_rina):
        old = urung.request_undo(impor_id=impor.pk, arah=asked, by=bu_rina)
        fail(claim_here(old), "Prosesnya mati.")
    for arah in since:
        take_back(impor, bu_rina, arah=arah)
    before, keadaan = registers(), impor.keadaan
    old.refresh_from_db()
    assert retry(old)
    with use_territory(bu_rina), pytest.raises(JobFailed, match="impornya sudah dikerjakan lagi"):
        urung.undo_import(claim_here(old))
    impor.refresh_from_db()
    assert (registers(), impor.keadaan) == (before, keadaan)


def test_the_retry_of_the_last_undo_carries_it_out(bu_rina):
    before = registers()
    impor = import_bytes(families(1), bu_rina)
    with use_territory(bu_rina):
        job = urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=bu_rina)
        fail(claim_here(job), "Prosesnya mati.")
        assert retry(job)
        urung.undo_import(claim_here(job))
    assert registers() == before
