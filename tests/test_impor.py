"""The import itself: new, again, changed, moved, across borders. Everything or nothing, and never silent."""

from __future__ import annotations

import io
import os
import threading
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from access.models import Jejak, Peran
from access.scope import use_territory
from jobs.actions import JobFailed
from kpm import actions, run, uploads
from kpm.models import Anggota, Impor, Keluarga, Kepesertaan, Peringkat, Program, Rekap, Sumber
from kpm.rekap import safe_cells
from kpm.verdicts import FileRefused
from tests.berkas import HEADERS, csv_bytes, import_bytes, person
from tests.conftest import BANGKA_SELATAN, RIAS, SERDANG, everything, make_user


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


HISTORY = ["kpm_keluargaevent", "kpm_anggotaevent", "kpm_kepesertaanevent", "kpm_peringkatevent"]


def events() -> int:
    with everything(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in HISTORY))
        return sum(n for (n,) in cursor.fetchall())


def family(no: int, **cells: str) -> list[dict[str, str]]:
    head = person(no, **cells)
    wife = person(
        no + 500, NOKK=head["NOKK"], NAMA="SITI", JENIS_KELAMIN="P", HUB_KELUARGA="ISTRI",
        NIK=f"190301470780{no + 500:04d}", ALAMAT=head["ALAMAT"],
    )  # fmt: skip
    return [head, wife | {key: head[key] for key in ("KABUPATEN/KOTA", "KECAMATAN", "DESA/KELUARAHAN")}]


def changes(impor: Impor) -> tuple[dict, dict]:
    return impor.job.laporan["keluarga"], impor.job.laporan["anggota"]


NOTHING_NEW = {"baru": 0, "berubah": 0}


def test_a_file_becomes_keluarga_anggota_and_programmes(bu_rina, all_rows):
    impor = import_bytes(csv_bytes(family(1)), bu_rina)
    keluarga = Keluarga.objects.get()
    assert (keluarga.no_kk, keluarga.wilayah_id, keluarga.rt, keluarga.job) == (
        "1903010101200001",
        RIAS,
        "03",
        impor.job,
    )
    head, wife = keluarga.anggota_list.order_by("id_dtks")
    assert (head.nama, head.kepala, head.nik_status, str(head.tanggal_lahir)) == (
        "ROSIDI",
        True,
        "valid",
        "1980-07-07",
    )
    assert (wife.hubungan, wife.jenis_kelamin) == ("istri", "P")
    programmes = Kepesertaan.objects.filter(anggota=head).values_list("program_id", flat=True)
    assert sorted(programmes) == ["PBI_JK", "SEMBAKO"]
    assert impor.job.keadaan == "selesai"


def test_the_same_file_is_refused_as_a_twin(bu_rina):
    first = import_bytes(csv_bytes(family(1)), bu_rina)
    with pytest.raises(FileRefused, match=r"sudah dimuat pada .* oleh Rina Marlina. Tidak ada yang diubah."):
        import_bytes(csv_bytes(family(1)), bu_rina)
    assert list(Impor.objects.all()) == [first]


def test_the_same_file_again_changes_nothing_and_leaves_no_event(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    before = list(Anggota.objects.order_by("pk").values())
    again = import_bytes(csv_bytes(family(1)), bu_rina, ulangi=True)
    assert changes(again) == ({**NOTHING_NEW, "tetap": 1}, {**NOTHING_NEW, "tetap": 2})
    assert list(Anggota.objects.order_by("pk").values()) == before
    assert events() == 0


def test_a_task_carried_out_twice_changes_nothing(bu_rina, all_rows):
    impor = import_bytes(csv_bytes(family(1)), bu_rina)
    impor.job.keadaan, impor.job.percobaan = "berjalan", 2
    impor.job.save()
    with use_territory(bu_rina):
        actions.import_dtks(impor.job)
    assert (Keluarga.objects.count(), Anggota.objects.count(), Kepesertaan.objects.count()) == (1, 2, 3 + 1)
    assert events() == 0


def test_a_changed_row_is_an_event_and_the_bystander_stays(bu_rina, all_rows):
    import_bytes(csv_bytes([*family(1), *family(2)]), bu_rina)
    bystander = Keluarga.objects.values().get(no_kk__endswith="0002")
    changed = family(1, ALAMAT="JL. BARU 9")
    impor = import_bytes(csv_bytes([*changed, *family(2)]), bu_rina)
    assert changes(impor) == ({"baru": 0, "berubah": 1, "tetap": 1}, {**NOTHING_NEW, "tetap": 4})
    assert Keluarga.objects.get(no_kk__endswith="0001").job_ubah == impor.job
    assert Keluarga.objects.values().get(no_kk__endswith="0002") == bystander
    assert events() == 1


def test_a_column_that_is_missing_empties_nothing(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    short = [name for name in HEADERS if name not in {"PEKERJAAN", "DUSUN", "BANSOS BPNT"}]
    impor = import_bytes(csv_bytes(family(1), short), bu_rina)
    assert changes(impor) == ({**NOTHING_NEW, "tetap": 1}, {**NOTHING_NEW, "tetap": 2})
    assert events() == 0


def test_a_field_somebody_else_wrote_stays_his(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    Keluarga.objects.update(alamat="JL. TEMUAN PSM", asal={"alamat": {"oleh": "verval", "id": 1}})
    import_bytes(csv_bytes(family(1, ALAMAT="JL. BARU 9")), bu_rina)
    assert Keluarga.objects.get().alamat == "JL. TEMUAN PSM"


def test_a_no_takes_away_what_the_same_sumber_gave(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    rows = [row | {"BANSOS BPNT": "TIDAK"} for row in family(1)]
    import_bytes(csv_bytes(rows), bu_rina)
    assert set(Kepesertaan.objects.values_list("program_id", flat=True)) == {"PBI_JK"}
    assert events() == 2


def test_the_next_periode_dates_the_rows_and_counts_no_change(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina, periode="2026-09")
    impor = import_bytes(csv_bytes(family(1)), bu_rina, periode="2026-10", ulangi=True)
    assert changes(impor) == ({**NOTHING_NEW, "tetap": 1}, {**NOTHING_NEW, "tetap": 2})
    assert {a.sumber.periode for a in Anggota.objects.select_related("sumber")} == {"2026-10"}
    assert Kepesertaan.objects.values("sumber").distinct().count() == 2


def test_a_keluarga_moves_with_members_the_file_leaves_out(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    import_bytes(csv_bytes(family(1, **{"DESA/KELUARAHAN": "SERDANG"})[:1]), bu_rina)
    assert set(Anggota.objects.values_list("wilayah_id", flat=True)) == {SERDANG}
    assert set(Kepesertaan.objects.values_list("wilayah_id", flat=True)) == {SERDANG}


def test_a_person_moves_to_another_kk_with_his_programmes(bu_rina, all_rows):
    import_bytes(csv_bytes([*family(1), *family(2)]), bu_rina)
    moved = family(1)[1] | {"NOKK": family(2)[0]["NOKK"]}
    impor = import_bytes(csv_bytes([moved]), bu_rina)
    wife = Anggota.objects.get(id_dtks=moved["ID DTKS"])
    assert wife.keluarga.no_kk == moved["NOKK"]
    assert set(Kepesertaan.objects.filter(anggota=wife).values_list("keluarga_id", flat=True)) == {
        wife.keluarga_id
    }
    assert impor.job.laporan["vonis_catatan"][0]["kode"] in {"PINDAH_KK", "TANPA_KEPALA"}


def test_an_importer_writes_and_sees_nothing_beyond_his_border(mbak_ayu, bu_rina, all_rows):
    """Mbak Ayu of Belitung Timur meets a person of Bangka Selatan under her own village."""
    import_bytes(csv_bytes(family(1)), bu_rina)
    before = list(Anggota.objects.order_by("pk").values())
    hers = {"KABUPATEN/KOTA": "BELITUNG TIMUR", "KECAMATAN": "MANGGAR", "DESA/KELUARAHAN": "LALANG JAYA"}
    rows = [person(1, **hers), person(9, **hers), person(8)]
    impor = import_bytes(csv_bytes(rows), mbak_ayu)
    verdicts = {line["kode"]: line["baris"] for line in impor.job.laporan["vonis_ditolak"]}
    assert verdicts == {"SUDAH_DI_LUAR": 1, "DILUAR_WILAYAH": 1}
    assert list(Anggota.objects.exclude(id_dtks="ID-A0009X").order_by("pk").values()) == before
    assert Jejak.objects.filter(aksi="sistem", alasan="impor: mencari yang sudah tercatat").exists()


def most_rows(plan: dict) -> int:
    """The most rows that any step of a plan gave."""
    own = plan["Actual Rows"] * plan["Actual Loops"]
    return max([own, *(most_rows(part) for part in plan.get("Plans", []))])


def test_equal_names_do_not_meet_each_with_each(bu_rina):
    """As many as a hostile file has: it would keep the worker for hours."""
    many = 60
    import_bytes(csv_bytes([person(number) for number in range(many)]), bu_rina)
    most = []

    def explained(execute, sql, params, many, context):
        if "TABLE impor_tercatat" not in sql:
            return execute(sql, params, many, context)
        with context[
            "connection"
        ].connection.cursor() as cursor:  # a bare one: this one must not come here again
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            ((((plan,),),),) = [cursor.fetchall()]
            cursor.execute("DROP TABLE impor_tercatat")
        most.append(most_rows(plan["Plan"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        import_bytes(csv_bytes([person(number) for number in range(many, 2 * many)]), bu_rina)
    assert len(most) == 1
    assert most[0] <= 4 * many


def test_desil_belongs_to_its_sumber(bu_rina, all_rows):
    rows = [row | {"DESIL": "2"} for row in family(1)]
    import_bytes(csv_bytes(rows, [*HEADERS, "DESIL"]), bu_rina, periode="2026-09")
    import_bytes(
        csv_bytes([r | {"DESIL": "3"} for r in rows], [*HEADERS, "DESIL"]), bu_rina, periode="2026-10"
    )
    assert list(Peringkat.objects.order_by("sumber__periode").values_list("desil", flat=True)) == [2, 3]


def test_nothing_is_written_when_rows_go_missing(bu_rina, all_rows, monkeypatch):
    monkeypatch.setattr(run, "write_rejects", lambda *args, **options: 0)
    with pytest.raises(RuntimeError, match="rows lost"):
        import_bytes(csv_bytes([*family(1), person(7, NAMA="")]), bu_rina)
    assert not Keluarga.objects.exists()


def test_the_reject_workbook_holds_full_rows_and_can_be_uploaded_again(bu_rina, all_rows):
    bad = person(7, NAMA="", ALAMAT='=HYPERLINK("http://x")')
    impor = import_bytes(csv_bytes([*family(1), bad]), bu_rina)
    with uploads.open_rejects(impor=impor, by=bu_rina) as file:
        content = file.read()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert head[3:] == HEADERS
    assert row[:3] == ["4", "Nama kosong. Isi nama seperti pada KTP.", "NAMA"]
    assert row[3 + HEADERS.index("NIK")] == bad["NIK"]
    assert sheet.cell(2, 4 + HEADERS.index("ALAMAT")).data_type == "s"
    assert (
        Jejak.objects.filter(aksi="unduh", objek="impor", objek_id=str(impor.pk), pengguna=bu_rina).count()
        == 1
    )
    sheet.cell(2, 4 + HEADERS.index("NAMA"), "ROSIDI")
    mended = io.BytesIO()
    sheet.parent.save(mended)
    again = import_bytes(mended.getvalue(), bu_rina, nama="betul.xlsx")
    assert (again.job.laporan["diterapkan"], again.job.laporan["ditolak"]) == (1, 0)
    assert again.job.laporan["kolom_diabaikan"] == head[:3]
    assert Keluarga.objects.count() == 2


def test_rejects_and_uploads_are_deleted_after_their_week(bu_rina, tmp_path):
    impor = import_bytes(csv_bytes([person(7, NAMA="")]), bu_rina)
    later = timezone.now() + timedelta(days=8)
    Impor.objects.update(tolak_kedaluwarsa=timezone.now() - timedelta(hours=1))
    impor.job.berakhir = timezone.now() - timedelta(days=8)
    impor.job.save()
    for path in uploads.folder().iterdir():
        _age(path, later - timedelta(days=16))
    impor.refresh_from_db()
    assert uploads.open_rejects(impor=impor, by=bu_rina) is None
    assert uploads.delete_expired() == 2
    assert list(uploads.folder().iterdir()) == []
    assert uploads.delete_expired() == 0


def _age(path, moment) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_a_job_whose_file_is_gone_says_so(bu_rina):
    impor = import_bytes(csv_bytes(family(1)), bu_rina)
    (uploads.folder() / impor.berkas).unlink()
    impor.job.keadaan = "berjalan"
    with pytest.raises(JobFailed, match="Unggah lagi"):
        actions.import_dtks(impor.job)


def test_references_hold_without_row_by_row_keys(keluarga_rias, all_rows, sumber):
    with pytest.raises(IntegrityError, match="kpm_sumber"), transaction.atomic():
        Keluarga.objects.update(sumber_id=999_999)
    with pytest.raises(IntegrityError, match="spatial_wilayah"), transaction.atomic():
        Keluarga.objects.create(no_kk="1903010101209999", wilayah_id="1903019999", sumber=sumber)
    with pytest.raises(IntegrityError, match="still referred to"), transaction.atomic():
        Sumber.objects.filter(pk=sumber.pk)._raw_delete("default")
    with pytest.raises(IntegrityError, match="still referred to"), transaction.atomic():
        Program.objects.filter(pk="PKH")._raw_delete("default")


def test_the_parent_of_nobody_may_go(db):
    Program.objects.filter(pk="BLT_DD")._raw_delete("default")
    assert not Program.objects.filter(pk="BLT_DD").exists()


def test_rekap_is_rewritten_with_the_import(pak_hasan, all_rows):
    rows = [row for n in range(1, 13) for row in family(n)]
    import_bytes(csv_bytes(rows), pak_hasan)
    cells = dict(Rekap.objects.filter(ukuran="anggota").values_list("wilayah_id", "pembilang"))
    assert (cells["19"], cells[SERDANG]) == (24, None)
    share = Rekap.objects.get(wilayah_id="19", ukuran="program_SEMBAKO")
    assert (share.pembilang, share.penyebut) == (None, None)  # all 12 of 12: the rest would be 0


def test_no_hidden_cell_can_be_worked_out():
    parent = {"19": None, "1901": "19", "190101": "1901", "190102": "1901"}
    parent |= {f"1901011{n:03d}": "190101" for n in range(3)} | {
        f"1901021{n:03d}": "190102" for n in range(2)
    }
    counts = {"1901011000": 40, "1901011001": 30, "1901011002": 3, "1901021000": 50, "1901021001": 60}
    exact = [("keluarga", kode, n) for kode, n in counts.items()]
    cells = {kode: n for kode, ukuran, n, _ in safe_cells(exact, parent) if ukuran == "keluarga"}
    hidden = {kode for kode, n in cells.items() if n is None}
    assert hidden == {"1901011002", "1901011001"}  # the small one, and the smallest beside it
    assert (cells["190101"], cells["19"]) == (73, 183)


def test_two_admins_with_the_same_file_at_once(committed_db):
    """One wins, the other is told who is at it."""
    users = [make_user(name, name.title(), (Peran.DINSOS_KAB, BANGKA_SELATAN)) for name in ("rina", "sari")]
    content, start, answers = csv_bytes(family(1)), threading.Barrier(2), []

    def upload(user) -> None:
        try:
            start.wait()
            with use_territory(user):
                uploads.accept_upload(
                    berkas=io.BytesIO(content), nama="a.csv", pemilik=user, jenis="DTKS", periode="2026-10"
                )
            answers.append("201")
        except FileRefused as refusal:
            answers.append(str(refusal)[:26])
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=[user]) for user in users]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == ["201", "Berkas ini sedang dimuat o"]
    assert Impor.objects.count() == 1
