"""The preview of an import: it writes nothing, says what would happen, and only that is applied."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from access.models import Jejak
from access.scope import use_territory
from jobs import staging
from jobs.actions import JobFailed, claim_here
from jobs.models import Job
from jobs.registry import kind_of
from kpm import keputusan, run, uploads
from kpm.aturan import Aturan, fields_of, layout_of
from kpm.langkah import StepRefused, queue_step
from kpm.models import Anggota, Impor, Keluarga, Kepesertaan, Langkah, Peringkat
from kpm.pratinjau import share
from tests.berkas import HEADERS, csv_bytes, import_bytes, person
from tests.conftest import BANGKA_SELATAN, everything, make_user

pytestmark = pytest.mark.usefixtures("swept", "db")


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 100  # of few families every change is a large share


def upload(rows: list[dict], by, *, periode: str = "2026-11", headers=None, ulangi: bool = False) -> Impor:
    """Take in a file and look it through, as its owner and as the worker do."""
    content = csv_bytes(rows, headers) if headers else csv_bytes(rows)
    with use_territory(by):
        impor = uploads.accept_upload(
            berkas=io.BytesIO(content),
            nama="dtks.csv",
            pemilik=by,
            jenis="DTKS",
            periode=periode,
            ulangi=ulangi,
        )
    work(impor)
    return impor


def work(impor: Impor) -> Job:
    """Carry out the step that waits, as the worker does, in the caller's transaction."""
    step = Langkah.objects.filter(impor=impor, job__keadaan="menunggu").get()
    with use_territory(step.job.pemilik):
        job = claim_here(step.job)
        kind_of(job).run(job)
    impor.refresh_from_db()
    return job


def apply(impor: Impor, by=None) -> Job:
    keputusan.apply_reviewed(impor_id=impor.pk, by=by or impor.pemilik, sidik=impor.tinjauan["sidik"])
    return work(impor)


REGISTERS = [
    "kpm_keluarga", "kpm_anggota", "kpm_kepesertaan", "kpm_peringkat", "kpm_tercatat", "kpm_jawabankeluarga",
    "kpm_jawabananggota", "kpm_keluargaevent", "kpm_anggotaevent", "kpm_kepesertaanevent", "kpm_peringkatevent",
    "kpm_tercatatevent", "kpm_jawabankeluargaevent", "kpm_jawabananggotaevent", "kpm_rekap",
]  # fmt: skip


def registers() -> dict[str, str]:
    """A digest of every column of every row."""
    digests = {}
    with everything(), connection.cursor() as cursor:
        for table in REGISTERS:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
            )
            (digests[table],) = cursor.fetchone()
    return digests


def family(no: int, **cells: str) -> list[dict]:
    """Head and wife on one KK."""
    head = person(no, **cells)
    wife = person(no + 500, NOKK=head["NOKK"], NAMA="SITI", JENIS_KELAMIN="P", HUB_KELUARGA="ISTRI",
                  NIK=f"190301470780{no + 500:04d}", ALAMAT=head["ALAMAT"])  # fmt: skip
    return [head, wife]


def golongan(impor: Impor) -> tuple[dict, dict]:
    """Numbers that are not zero."""
    found = impor.tinjauan["golongan"]
    return tuple({name: n for name, n in found[what].items() if n} for what in ("keluarga", "anggota"))


def test_a_preview_says_what_would_happen_and_writes_nothing(bu_rina):
    import_bytes(csv_bytes([*family(1), *family(2), *family(3)]), bu_rina)
    before = registers()
    rows = [*family(1), *family(2, ALAMAT="JL. BARU 9"), *family(4), person(5, NAMA="")]
    impor = upload(rows, bu_rina)
    assert registers() == before
    assert impor.keadaan == "ditinjau"
    assert golongan(impor) == (
        {"tetap": 1, "berubah": 1, "baru": 1, "hilang": 1},
        {"tetap": 4, "baru": 2, "hilang": 2, "ditolak": 1},
    )
    assert impor.tinjauan["ubah"] == {"keluarga": {"alamat": 1}, "anggota": {}}
    assert (impor.tinjauan["dibaca"], impor.tinjauan["ditolak"]) == (7, 1)
    job = apply(impor)
    assert (impor.keadaan, impor.job) == ("diterapkan", job)
    assert job.laporan["keluarga"] == {"baru": 1, "berubah": 1, "tetap": 1}


def change(model, **fields) -> None:
    """An officer's word, as the pages for editing write it."""
    with everything():
        asal = {name: {"oleh": "petugas", "id": 1} for name in fields}
        model.update(**fields, asal=asal)


def test_a_field_of_an_officer_is_kept_and_listed_until_the_rules_say_otherwise(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    change(Keluarga.objects, alamat="JL. TEMUAN PSM", rt="09")
    impor = upload(family(1, ALAMAT="JL. BERKAS 7"), bu_rina)
    assert impor.tinjauan["ditahan"] == {"keluarga": {"alamat": 1, "rt": 1}, "anggota": {}}
    assert golongan(impor)[0] == {"tetap": 1}
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(timpa=("alamat",)))
    work(impor)
    assert impor.tinjauan["ubah"]["keluarga"] == {"alamat": 1}
    assert impor.tinjauan["ditahan"]["keluarga"] == {"rt": 1}
    apply(impor)
    keluarga = Keluarga.objects.get()
    assert (keluarga.alamat, keluarga.rt, list(keluarga.asal)) == ("JL. BERKAS 7", "09", ["rt"])


def test_a_source_writes_only_the_fields_it_may(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    rows = family(1, ALAMAT="JL. BERKAS 7", RT="08", PEKERJAAN="NELAYAN", NAMA="ROSIDI BIN ALI")
    impor = upload(rows, bu_rina)
    assert impor.tinjauan["ubah"] == {
        "keluarga": {"alamat": 1, "rt": 1}, "anggota": {"nama": 1, "pekerjaan": 1},
    }  # fmt: skip
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(isian=("rt", "pekerjaan")))
    work(impor)
    assert impor.tinjauan["ubah"] == {"keluarga": {"rt": 1}, "anggota": {"pekerjaan": 1}}
    apply(impor)
    keluarga, head = Keluarga.objects.get(), Anggota.objects.get(kepala=True)
    assert (keluarga.alamat, keluarga.rt, head.nama, head.pekerjaan) == (
        "JL. MAWAR 1",
        "08",
        "ROSIDI",
        "NELAYAN",
    )


def test_a_source_that_may_write_nothing_brings_only_who_is_new(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    impor = upload([*family(1, ALAMAT="JL. LAIN"), *family(2)], bu_rina)
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(isian=()))
    work(impor)
    assert golongan(impor) == ({"tetap": 1, "baru": 1}, {"tetap": 2, "baru": 2})
    apply(impor)
    assert set(Keluarga.objects.values_list("alamat", flat=True)) == {"JL. MAWAR 1"}


def test_the_missing_leave_when_the_rules_say_so_and_come_back_with_a_later_file(bu_rina, all_rows):
    import_bytes(csv_bytes([*family(1), *family(2), *family(3)]), bu_rina)
    bystander = Keluarga.objects.values().get(no_kk__endswith="0001")
    change(Keluarga.objects.filter(no_kk__endswith="0003"), status="aktif")
    impor = upload(family(1), bu_rina)
    assert impor.tinjauan["keluar"] == {"keluarga": 0, "anggota": 0}
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(hilang="keluar"))
    work(impor)
    assert impor.tinjauan["golongan"]["keluarga"]["hilang"] == 2
    assert impor.tinjauan["keluar"] == {"keluarga": 1, "anggota": 2}, (
        "an officer said that family 3 is on the list"
    )
    assert apply(impor).laporan["ditandai_keluar"] == 1
    gone = Keluarga.objects.get(no_kk__endswith="0002")
    assert (gone.status, gone.keluar_alasan, gone.job_ubah) == (
        "keluar",
        "tidak ada di DTKS November 2026",
        impor.job,
    )
    assert Keluarga.objects.get(no_kk__endswith="0003").status == "aktif"
    now = Keluarga.objects.values().get(no_kk__endswith="0001")
    assert {name for name in now if now[name] != bystander[name]} <= {"sumber_id", "job_ubah_id", "diubah"}

    again = upload([*family(1), *family(2)], bu_rina, periode="2026-12")
    assert again.tinjauan["ubah"]["keluarga"] == {"status": 1}
    assert not [v for v in again.tinjauan["vonis_catatan"] if v["kode"] == "KELUAR_TERCATAT"]
    apply(again)
    back = Keluarga.objects.get(no_kk__endswith="0002")
    assert (back.status, back.keluar_alasan, back.keluar_tanggal) == ("aktif", "", None)


def test_who_left_for_another_reason_stays_away(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    Keluarga.objects.update(status="keluar", keluar_alasan="mampu", keluar_tanggal="2026-10-05")
    impor = upload(family(1), bu_rina, ulangi=True)
    assert [v["kode"] for v in impor.tinjauan["vonis_catatan"]] == ["KELUAR_TERCATAT"]
    apply(impor)
    assert Keluarga.objects.get().status == "keluar"


def test_a_refused_row_names_its_family_too(bu_rina, all_rows):
    """By No. KK, id_dtks, NIK, or name and birth date; the damaged number itself says nothing."""
    import_bytes(csv_bytes([person(n) for n in range(1, 7)]), bu_rina)
    bad = {"NOKK": "1,90301E+15"}
    rows = [
        person(1),
        person(2, TANGGAL_LAHIR="31-02-1980"),
        person(3, **bad),
        person(4, **bad, ID_DTKS=""),
        person(5, **bad, ID_DTKS="", NIK="", NAMA="ROSIDI", TANGGAL_LAHIR="07-07-1980"),
    ]
    with everything():
        Anggota.objects.filter(id_dtks="ID-A0006X").update(nama_normal="LAIN", nama="LAIN")
    impor = upload(rows, bu_rina)
    assert (impor.tinjauan["ditolak"], impor.tinjauan["golongan"]["keluarga"]["hilang"]) == (4, 1)


def test_only_villages_of_the_file_and_lists_of_its_kind_are_searched_for_the_missing(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1), person(2, **{"DESA/KELUARAHAN": "SERDANG"}), person(3)]), bu_rina)
    impor = upload([person(1)], bu_rina)
    assert golongan(impor)[0] == {"tetap": 1, "hilang": 1}
    other = upload([person(1, ALAMAT="JL. P3KE")], bu_rina, periode="2026-09")
    assert golongan(other)[0] == {}, "an older period says nothing of a newer one"


def test_all_or_nothing_is_refused_while_rows_are(bu_rina, all_rows):
    impor = upload([*family(1), person(5, NAMA="")], bu_rina)
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(utuh=True))
    work(impor)
    with pytest.raises(StepRefused, match="semua atau tidak sama sekali"):
        apply(impor)
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan())
    work(impor)
    apply(impor)
    assert Keluarga.objects.count() == 1


def test_a_file_without_a_good_row_is_not_applied(bu_rina):
    impor = upload([person(5, NAMA="")], bu_rina)
    with pytest.raises(StepRefused, match="Tidak ada baris yang dapat diterapkan"):
        apply(impor)


def test_what_does_not_touch_the_file_does_not_stop_it(bu_rina, pak_hasan, all_rows):
    import_bytes(csv_bytes([*family(1), person(2, **{"DESA/KELUARAHAN": "SERDANG"})]), bu_rina)
    impor = upload(family(1, ALAMAT="JL. BERKAS 7"), bu_rina)
    import_bytes(csv_bytes([person(2, ALAMAT="JL. X", **{"DESA/KELUARAHAN": "SERDANG"})]), pak_hasan)
    assert apply(impor).keadaan == "selesai"


def test_what_padan_found_in_between_does_not_stop_it(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    impor = upload(family(1, ALAMAT="JL. BERKAS 7"), bu_rina)
    Anggota.objects.update(padan_hasil="PADAN", padan_tanggal=timezone.localdate(), padan_ekstrak=1)
    assert apply(impor).keadaan == "selesai"
    assert set(Anggota.objects.values_list("padan_hasil", flat=True)) == {"PADAN"}


def staged_tables() -> set[str]:
    with staging.loader() as line, line.cursor() as cursor:
        return set(staging.tables(cursor, "job_%"))


def test_applying_reads_the_rows_of_the_preview(bu_rina, all_rows, monkeypatch):
    """Neither the file nor the verdicts are looked at again."""
    impor = upload([*family(1), person(5, NAMA="")], bu_rina)
    monkeypatch.setattr(staging, "stage", None)
    monkeypatch.setattr(run, "_judge", None)
    workbook = impor.tolak_berkas
    job = apply(impor)
    assert (job.keadaan, job.laporan["diterapkan"], impor.tolak_berkas) == ("selesai", 2, workbook)


def test_after_a_crash_of_the_database_the_file_is_read_again(bu_rina, all_rows):
    impor = upload(family(1), bu_rina)
    impor.tinjauan["tabel"]["staged"]["table"] = "staging.job_0_1"  # gone, as an emptied one is
    impor.save()
    assert apply(impor).laporan["diterapkan"] == 2


def test_verdicts_of_another_day_are_not_taken_over(bu_rina, all_rows, monkeypatch):
    impor = upload(family(1), bu_rina)
    judged = []
    real = run._judge
    monkeypatch.setattr(run, "_judge", lambda one: judged.append(one) or real(one))
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(run.timezone, "localdate", lambda *args: tomorrow)
    apply(impor)
    assert len(judged) == 1


def test_the_sweeper_leaves_a_preview_its_tables_for_a_week(bu_rina):
    impor = upload(family(1), bu_rina)
    mine = {
        name for name in staged_tables() if name.startswith(f"staging.job_{impor.langkah_list.get().job_id}_")
    }
    assert len(mine) >= 4
    assert not mine & set(staging.drop_orphans())
    Job.objects.update(simpan_sampai=timezone.now() - timedelta(seconds=1))
    assert mine <= set(staging.drop_orphans())


def test_a_discarded_import_leaves_nothing(bu_rina, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        impor = upload([*family(1), person(5, NAMA="")], bu_rina)
    with django_capture_on_commit_callbacks(execute=True):
        keputusan.discard_import(impor_id=impor.pk, by=bu_rina)
    assert Impor.objects.get().keadaan == "dibuang"
    assert list(uploads.folder().iterdir()) == []
    with pytest.raises(StepRefused):
        keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])


# --- programmes and ranks ------------------------------------------------------------------------

RANKED = [*HEADERS, "DESIL", "PERSENTIL"]


def memberships() -> set[tuple[str, str]]:
    """Who is in which programme, by the last digit of the NIK and the sumber's month."""
    found = Kepesertaan.objects.values_list("anggota__nik", "program_id", "sumber__periode")
    return {(nik[-1], program) for nik, program, periode in found if periode == "2026-11"}


def test_a_file_that_changes_only_programmes_says_which_and_does_that(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1), person(2), person(3)]), bu_rina, periode="2026-11")
    before = registers()
    rows = [person(1, BANSOS_PKH="YA"), person(2, BANSOS_BPNT="TIDAK", BANSOS_PKH="YA"), person(3)]
    impor = upload(rows, bu_rina)
    assert registers() == before
    assert golongan(impor) == ({"tetap": 3}, {"tetap": 3}), "their fields are what they were"
    assert impor.tinjauan["program"] == {"bertambah": 2, "berkurang": 1}
    assert impor.tinjauan["samping"] == {"keluarga": {}, "anggota": {"program": 2}}
    assert impor.tinjauan["hanya"] == {"keluarga": 0, "anggota": 2}
    job = apply(impor)
    assert (job.laporan["program"], job.laporan["peringkat"]) == ({"bertambah": 2, "berkurang": 1}, 0)
    assert memberships() == {
        ("1", "SEMBAKO"), ("1", "PKH"), ("1", "PBI_JK"), ("2", "PKH"), ("2", "PBI_JK"),
        ("3", "SEMBAKO"), ("3", "PBI_JK"),
    }  # fmt: skip


def test_programmes_of_new_people_and_of_a_new_source_are_additions(bu_rina, all_rows):
    """Each source says of its own who takes part, so a new month says it of everybody again."""
    import_bytes(csv_bytes([person(1)]), bu_rina)
    impor = upload([person(1), person(2, BANSOS_BPNT="TIDAK"), person(3, NAMA="")], bu_rina)
    assert impor.tinjauan["program"] == {"bertambah": 3, "berkurang": 0}
    assert apply(impor).laporan["program"] == {"bertambah": 3, "berkurang": 0}


def test_taking_a_programme_from_many_asks_a_second_person_a_new_list_does_not(bu_rina, all_rows):
    rows = [person(n, BANSOS_PKH="YA") for n in (1, 2, 3, 4)]
    import_bytes(csv_bytes(rows), bu_rina, periode="2026-11")
    taken = upload([rows[0], *[person(n) for n in (2, 3, 4)]], bu_rina)
    assert taken.tinjauan["lain"] == {"keluarga": 0, "anggota": 3}
    assert share(taken.tinjauan) == 75
    new = upload(rows, bu_rina, periode="2026-12", ulangi=True)
    assert (new.tinjauan["lain"], share(new.tinjauan)) == ({"keluarga": 0, "anggota": 0}, 0)


def test_a_new_list_that_says_no_where_a_programme_is_in_force_asks_a_second_person(
    client, bu_rina, all_rows, settings
):
    settings.IMPOR_SETUJU_PERSEN = 20
    paid = {"BANSOS_PKH": "YA"}
    import_bytes(csv_bytes([person(n, **paid) for n in (1, 2, 3, 4)]), bu_rina, periode="2026-10")
    fewer = upload([person(1), *[person(n, **paid) for n in (2, 3, 4)]], bu_rina)
    assert (fewer.tinjauan["lain"]["anggota"], fewer.tinjauan["lepas"], share(fewer.tinjauan)) == (1, 1, 25)
    assert fewer.tinjauan["program"]["berkurang"] == 0, "no row goes: what October said stands"
    nobody = upload(
        [person(n, BANSOS_BPNT="TIDAK", PBI_JKN="TIDAK") for n in (1, 2, 3, 4)], bu_rina, ulangi=True
    )
    assert (nobody.tinjauan["lepas"], share(nobody.tinjauan)) == (4, 100)
    keputusan.apply_reviewed(impor_id=nobody.pk, by=bu_rina, sidik=nobody.tinjauan["sidik"])
    nobody.refresh_from_db()
    assert nobody.keadaan == "menunggu_setuju"
    client.force_login(bu_rina)
    page = client.get(f"/impor/{nobody.pk}/").content.decode()
    assert '<b class="tebal">4 orang</b> yang menurut daftar sebelumnya menerima program' in page


def test_a_new_list_without_a_say_in_programmes_or_with_more_of_them_asks_nobody(bu_rina, all_rows):
    import_bytes(csv_bytes([person(n) for n in (1, 2)]), bu_rina, periode="2026-10")
    more = upload([person(n, BANSOS_PKH="YA") for n in (1, 2)], bu_rina)
    assert (more.tinjauan["lepas"], share(more.tinjauan)) == (0, 0)
    silent = [name for name in HEADERS if "BANSOS" not in name and name != "PBI JKN"]
    without = upload([person(n) for n in (1, 2)], bu_rina, headers=silent, ulangi=True)
    assert (without.tinjauan["lepas"], share(without.tinjauan)) == (0, 0)


def test_a_no_of_a_list_is_counted_once_though_the_person_changes_as_well(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina, periode="2026-10")
    impor = upload([person(1, BANSOS_BPNT="TIDAK", PEKERJAAN="GURU"), person(2)], bu_rina)
    assert (impor.tinjauan["lain"]["anggota"], impor.tinjauan["lepas"], share(impor.tinjauan)) == (0, 1, 50)


def test_another_rank_than_this_source_said_counts_into_the_share(bu_rina, all_rows):
    columns = [*HEADERS, "DESIL"]
    import_bytes(csv_bytes([person(n, DESIL="1") for n in (1, 2)], columns), bu_rina, periode="2026-11")
    impor = upload([person(1, DESIL="9"), person(2, DESIL="1")], bu_rina, headers=columns)
    assert (impor.tinjauan["lain"], share(impor.tinjauan)) == ({"keluarga": 1, "anggota": 0}, 50)


def test_a_file_without_a_say_in_programmes_and_ranks_gives_them_to_new_people_alone(bu_rina, all_rows):
    columns = [*HEADERS, "DESIL"]
    import_bytes(csv_bytes([person(1, BANSOS_PKH="YA", DESIL="1")], columns), bu_rina, periode="2026-11")
    impor = upload([person(1, DESIL="9"), person(2, BANSOS_PKH="YA", DESIL="2")], bu_rina, headers=columns)
    every = [name for name in fields_of(layout_of(impor)) if name not in {"program", "peringkat"}]
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(isian=tuple(every)))
    work(impor)
    assert impor.tinjauan["program"]["berkurang"] == 0
    assert impor.tinjauan["samping"] == {"keluarga": {"desil": 1}, "anggota": {"program": 1}}
    laporan = apply(impor).laporan
    assert (laporan["program"]["berkurang"], laporan["peringkat"]) == (0, 1)
    assert {("1", "PKH"), ("2", "PKH")} <= memberships()
    assert sorted(Peringkat.objects.values_list("desil", flat=True)) == [1, 2]


def test_programmes_follow_who_changes_his_card(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1), *family(2)]), bu_rina, periode="2026-11")
    moved = family(2)[1] | {"NOKK": person(1)["NOKK"]}
    impor = upload([person(1), person(2), moved | {"BANSOS BPNT": "TIDAK"}], bu_rina)
    assert impor.tinjauan["ubah"]["anggota"] == {"no_kk": 1}
    assert impor.tinjauan["program"] == {"bertambah": 0, "berkurang": 1}, "what he has comes along"
    assert apply(impor).laporan["program"] == {"bertambah": 0, "berkurang": 1}


def test_a_file_that_changes_only_ranks_says_which_and_does_that(bu_rina, all_rows):
    def ranked(*ranks: str) -> list[dict]:
        rows = [person(n, DESIL=rank) for n, rank in enumerate(ranks, start=1)]
        return [row | {"PERSENTIL": "12"} for row in rows]

    import_bytes(csv_bytes(ranked("3", "4"), RANKED), bu_rina, periode="2026-11")
    before = registers()
    impor = upload(ranked("2", "4", "5"), bu_rina, headers=RANKED)
    assert registers() == before
    assert golongan(impor)[0] == {"tetap": 2, "baru": 1}
    assert impor.tinjauan["peringkat"] == 2
    assert impor.tinjauan["samping"]["keluarga"] == {"desil": 2, "persentil": 1}
    assert impor.tinjauan["hanya"]["keluarga"] == 1
    assert apply(impor).laporan["peringkat"] == 2
    ranks = Peringkat.objects.order_by("keluarga__no_kk").values_list("desil", "persentil")
    assert list(ranks) == [(2, 12), (4, 12), (5, 12)]


def test_an_unlisted_rank_stays(bu_rina, all_rows):
    """A file without the column, and a row without any rank, leave what is there."""
    rows = [person(n, DESIL="3") | {"PERSENTIL": "12"} for n in (1, 2, 3)]
    import_bytes(csv_bytes(rows, RANKED), bu_rina, periode="2026-11")
    only_desil = [*HEADERS, "DESIL"]
    impor = upload(
        [person(1, DESIL="5"), person(2, DESIL=""), person(3, DESIL="3")], bu_rina, headers=only_desil
    )
    assert (impor.tinjauan["peringkat"], impor.tinjauan["samping"]["keluarga"]) == (1, {"desil": 1})
    assert apply(impor).laporan["peringkat"] == 1
    assert set(Peringkat.objects.values_list("desil", "persentil")) == {(5, 12), (3, 12)}


@pytest.mark.parametrize("what", ["kepesertaan", "peringkat"])
def test_programmes_or_ranks_that_changed_since_stop_the_applying(bu_rina, all_rows, what):
    row = [person(1, DESIL="3", BANSOS_PKH="YA") | {"PERSENTIL": "12"}]
    import_bytes(csv_bytes(row, RANKED), bu_rina, periode="2026-11")
    impor = upload([person(1, DESIL="3") | {"PERSENTIL": "13"}], bu_rina, headers=RANKED)
    assert impor.tinjauan["program"] == {"bertambah": 0, "berkurang": 1}
    if what == "kepesertaan":
        Kepesertaan.objects.filter(program="PKH").delete()
    else:
        Peringkat.objects.update(persentil=13)
    before = registers()
    job = apply(impor)
    assert (job.keadaan, job.pesan[:32]) == ("gagal", "Data berubah sejak pratinjau, ja")
    assert registers() == before
    work(impor)
    found = impor.tinjauan["program"]["berkurang"], impor.tinjauan["peringkat"]
    assert found == ((0, 1) if what == "kepesertaan" else (1, 0))
    assert apply(impor).keadaan == "selesai"


# --- the second person ---------------------------------------------------------------------------


@pytest.fixture
def large(bu_rina, settings, all_rows):
    """An import that changes one keluarga of four: 25 per cent, above 20."""
    settings.IMPOR_SETUJU_PERSEN = 20
    import_bytes(csv_bytes([person(n) for n in range(1, 5)]), bu_rina)
    rows = [person(1, ALAMAT="JL. BARU 9"), *[person(n) for n in range(2, 5)]]
    impor = upload(rows, bu_rina)
    keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])
    impor.refresh_from_db()
    return impor


@pytest.fixture
def pak_adi(db):
    return make_user("adi", "Adi Kepala", ("dinsos_kab", BANGKA_SELATAN))


def test_a_large_change_waits_for_a_second_person(large, bu_rina, pak_adi, mbak_ayu, pak_hasan):
    assert share(large.tinjauan) == 25.0
    assert large.keadaan == "menunggu_setuju"
    assert not Langkah.objects.filter(impor=large, jenis="terap").exists()
    assert keputusan.deciders(large) == ["Adi Kepala", "Yusuf Hasan"]
    for nobody in (bu_rina, mbak_ayu):
        with pytest.raises(PermissionDenied):
            decide(large, nobody, setuju=True)
    decide(large, pak_adi, setuju=True, alasan="sudah dicek")
    assert work(large).keadaan == "selesai"
    assert (large.keadaan, large.setuju_oleh, large.setuju_alasan) == ("diterapkan", pak_adi, "sudah dicek")
    line = Jejak.objects.get(aksi="setuju", objek="impor")
    assert (line.pengguna, line.rincian) == (pak_adi, {"hasil": "setuju", "persen": 25.0})


def decide(impor: Impor, by, *, setuju: bool, alasan: str = "") -> None:
    impor.refresh_from_db()
    keputusan.decide_import(
        impor_id=impor.pk, by=by, setuju=setuju, sidik=impor.tinjauan["sidik"], alasan=alasan
    )


def test_a_no_leaves_the_preview_and_its_reason(large, bu_rina, pak_adi):
    decide(large, pak_adi, setuju=False, alasan="alamatnya keliru")
    large.refresh_from_db()
    assert (large.keadaan, large.tinjauan["putusan"]["alasan"]) == ("ditinjau", "alamatnya keliru")
    with pytest.raises(StepRefused, match="tidak menyetujui"):
        keputusan.apply_reviewed(impor_id=large.pk, by=bu_rina, sidik=large.tinjauan["sidik"])
    with pytest.raises(StepRefused, match="tidak menunggu"):
        decide(large, pak_adi, setuju=True)
    keputusan.set_rules(impor_id=large.pk, by=bu_rina, aturan=Aturan(isian=("rt",)))
    work(large)
    assert apply(large).keadaan == "selesai", "nothing changes any more, so nobody is asked"


def test_a_request_taken_back_is_not_decided(large, bu_rina, pak_adi):
    keputusan.withdraw_request(impor_id=large.pk, by=bu_rina)
    with pytest.raises(StepRefused):
        decide(large, pak_adi, setuju=True)


def test_no_job_applies_what_nobody_approved(large):
    """A forged or old message for the applying finds no yes."""
    Impor.objects.filter(pk=large.pk).update(keadaan="ditinjau")
    queue_step(impor=large, jenis="terap", oleh=large.pemilik, parameter={"sidik": large.tinjauan["sidik"]})
    with pytest.raises(JobFailed, match="persetujuan orang kedua"):
        work(large)


def test_a_small_change_asks_nobody(bu_rina, settings, all_rows):
    settings.IMPOR_SETUJU_PERSEN = 25
    import_bytes(csv_bytes([person(n) for n in range(1, 5)]), bu_rina)
    impor = upload([person(1, ALAMAT="JL. BARU 9"), *[person(n) for n in range(2, 5)]], bu_rina)
    assert apply(impor).keadaan == "selesai"


def test_a_second_click_starts_nothing_twice(bu_rina, all_rows):
    impor = upload(family(1), bu_rina)
    for _ in range(2):
        keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])
    assert Langkah.objects.filter(impor=impor, jenis="terap").count() == 1
    work(impor)
    with pytest.raises(StepRefused, match="sudah diterapkan"):
        keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])


def test_an_outdated_page_applies_nothing(bu_rina, all_rows):
    """Back button: the form of the preview before the last one."""
    impor = upload([*family(1), person(5, NAMA="")], bu_rina)
    old = impor.tinjauan["sidik"]
    import_bytes(csv_bytes(family(1, ALAMAT="JL. LAIN")), bu_rina, periode="2026-11")
    keputusan.review_again(impor_id=impor.pk, by=bu_rina)
    work(impor)
    with pytest.raises(StepRefused, match="sudah diganti"):
        keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=old)


def test_people_who_move_into_an_empty_village_are_a_large_change(bu_rina, settings, all_rows):
    """Those of the village they come from are counted; where nobody is on the list every change is all of it."""
    settings.IMPOR_SETUJU_PERSEN = 20
    import_bytes(csv_bytes([person(n) for n in range(1, 5)]), bu_rina)
    impor = upload([person(n, **{"DESA/KELUARAHAN": "SERDANG"}) for n in range(1, 3)], bu_rina)
    assert (impor.tinjauan["aktif"]["keluarga"], share(impor.tinjauan)) == (4, 50.0)
    keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])
    impor.refresh_from_db()
    assert impor.keadaan == "menunggu_setuju"
    assert share(impor.tinjauan | {"aktif": {"keluarga": 0, "anggota": 0}}) == 100.0


def test_a_page_of_before_the_rules_changed_applies_nothing(bu_rina, all_rows):
    """The rules alone make it another preview, although the file would do the same to the same rows."""
    import_bytes(csv_bytes([person(n) for n in range(1, 5)]), bu_rina)
    impor = upload([person(1), person(2)], bu_rina)
    old = impor.tinjauan["sidik"]
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan(hilang="keluar"))
    work(impor)
    with pytest.raises(StepRefused, match="sudah diganti"):
        keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=old)
    keputusan.set_rules(impor_id=impor.pk, by=bu_rina, aturan=Aturan())
    work(impor)
    assert impor.tinjauan["sidik"] == old


def test_a_yes_to_a_preview_that_was_replaced_counts_for_nothing(large, bu_rina, pak_adi):
    old = large.tinjauan["sidik"]
    keputusan.set_rules(impor_id=large.pk, by=bu_rina, aturan=Aturan(hilang="keluar"))
    work(large)
    keputusan.apply_reviewed(impor_id=large.pk, by=bu_rina, sidik=large.tinjauan["sidik"])
    for sidik in (old, ""):
        with pytest.raises(StepRefused, match="sudah berubah"):
            keputusan.decide_import(impor_id=large.pk, by=pak_adi, setuju=True, sidik=sidik)
    large.refresh_from_db()
    assert (large.keadaan, large.setuju_oleh) == ("menunggu_setuju", None)


def test_a_no_stays_for_whoever_looks_again_at_the_same(large, bu_rina, pak_adi):
    """Nor do other rules and back again make the importer another preview to ask somebody else about."""
    decide(large, pak_adi, setuju=False, alasan="alamatnya keliru")
    keputusan.review_again(impor_id=large.pk, by=bu_rina)
    work(large)
    assert large.tinjauan["putusan"]["alasan"] == "alamatnya keliru"
    for aturan, alasan in ((Aturan(utuh=True), None), (Aturan(), "alamatnya keliru")):
        keputusan.set_rules(impor_id=large.pk, by=bu_rina, aturan=aturan)
        work(large)
        assert large.tinjauan.get("putusan", {}).get("alasan") == alasan
    with pytest.raises(StepRefused, match="tidak menyetujui"):
        apply(large)


def test_a_person_in_the_cell_of_the_village_is_not_noted(bu_rina, all_rows):
    cells = ["1903010707800002 SITI AMINAH", "1903.0107.0780.0002 SITI", "SITI 190301", "RIYAS", "1903019999"]
    impor = upload(
        [person(9), *(person(n, **{"DESA/KELUARAHAN": cell}) for n, cell in enumerate(cells, 1))], bu_rina
    )
    said = {place["tulisan"] for place in impor.tinjauan["desa_tak_dikenal"]}
    assert said == {"RIYAS, TOBOALI", "1903019999, TOBOALI"}
    assert impor.awal["wilayah"] == impor.tinjauan["desa_tak_dikenal"]
    job = apply(impor)
    assert "SITI" not in f"{impor.tinjauan} {impor.awal} {job.laporan}"
