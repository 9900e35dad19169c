"""Extracts of the civil registry: taken in, loaded, refused in a sentence, purged; nobody reads their rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access.models import Jejak
from access.scope import as_matcher, use_territory
from jobs.actions import claim_here
from jobs.models import Job
from jobs.staging import StagingError
from kpm.verdicts import FileRefused
from padan import memuat, unggah
from padan.hapus import purge_ekstrak, purge_overdue
from padan.models import Ekstrak, Hasil, Kandidat, Pencocokan, Penduduk
from padan.queries_ekstrak import CATATAN, DITOLAK
from padan.tasks import purge_ekstrak as purge_task
from padan.unggah import folder
from spatial.models import Wilayah
from tests.berkas import csv_bytes, xlsx_bytes
from tests.conftest import BANGKA_SELATAN, RIAS, everything, make_user
from tests.ekstrak import (
    BASIS_DATA,
    LAYANAN,
    SIAK,
    basis_data,
    dasar,
    deliver,
    layanan,
    load,
    loaded,
    penduduk_of,
    siak,
    siak_csv,
)

pytestmark = pytest.mark.usefixtures("swept")

TEN = [siak(number) for number in range(1, 11)]


def test_the_list_that_siak_prints_is_loaded(pak_dedi):
    rows = [
        siak(1),
        siak(2, Nama_Penduduk="Hj. SITI  AMINAH", Kelamin="Perempuan", Status="Meninggal", SHDK="ISTRI"),
    ]
    ekstrak = loaded(siak_csv(rows), pak_dedi)
    assert (ekstrak.keadaan, ekstrak.tata_letak, ekstrak.baris, ekstrak.ditolak) == ("siap", "SIAK", 2, 0)
    first, second = penduduk_of(ekstrak)
    assert (first.nik, first.nik_status, first.no_kk) == ("1903010707800001", "valid", "1903010101200001")
    assert (first.nama, first.jenis_kelamin, first.wilayah_id, first.keadaan) == (
        "ROSIDI",
        "L",
        RIAS,
        "hidup",
    )
    assert (str(first.tanggal_lahir), first.tempat_lahir, first.rt, first.rw) == (
        "1980-07-07",
        "TOBOALI",
        "03",
        "01",
    )
    assert (first.nama_ibu, first.nik_ibu, first.hubungan) == (
        "NURHAYATI",
        "1903014101600001",
        "kepala keluarga",
    )
    assert (second.nama_normal, second.jenis_kelamin, second.keadaan) == ("SITI AMINAH", "P", "meninggal")
    assert not hasattr(first, "agama")


def test_names_and_numbers_of_the_database_make_a_village_code(pak_dedi):
    rows = [
        basis_data(1),
        basis_data(2, FLAG_STATUS="2"),
        basis_data(3, STAT_HIDUP="2"),
        basis_data(4, NO_KEL="9999"),
    ]
    ekstrak = loaded(csv_bytes(rows, BASIS_DATA), pak_dedi)
    assert ekstrak.tata_letak == "basis data"
    found = penduduk_of(ekstrak)
    assert [one.keadaan for one in found] == ["hidup", "nonaktif", "meninggal", "hidup"]
    assert [one.wilayah_id for one in found] == [RIAS, RIAS, RIAS, None]
    assert (found[0].jenis_kelamin, found[0].hubungan) == ("P", "istri")
    assert ekstrak.laporan["catatan"] == {"desa_tak_dikenal": 1}


def test_the_code_of_every_village_is_known_by_its_parts(pak_dedi):
    codes = list(Wilayah.objects.villages().order_by("kode").values_list("kode", flat=True))
    rows = [
        basis_data(number, NO_KAB=str(int(kode[2:4])), NO_KEC=str(int(kode[4:6])), NO_KEL=kode[6:])
        for number, kode in enumerate(codes, 1)
    ]
    ekstrak = loaded(csv_bytes(rows, BASIS_DATA), pak_dedi)
    assert [one.wilayah_id for one in penduduk_of(ekstrak)] == codes


def test_the_content_of_the_web_service_is_loaded(pak_dedi):
    rows = [
        layanan(1),
        layanan(2, RESPON="Data Ditemukan, Meninggal Dunia"),
        layanan(3, RESPON="Data Ditemukan, Data Ganda"),
        layanan(4, RESPON="Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil"),
        layanan(5, NAMA_LGKP="", RESPON="Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan"),
    ]
    ekstrak = loaded(csv_bytes(rows, LAYANAN), pak_dedi)
    assert ekstrak.tata_letak == "layanan web"
    assert [one.keadaan for one in penduduk_of(ekstrak)] == ["hidup", "meninggal", "ganda", "nonaktif"]
    assert ekstrak.laporan["ditolak"] == {"NAMA_KOSONG": 1}


def test_every_row_is_taken_over_or_refused_for_a_reason(pak_dedi):
    rows = [
        *TEN,
        siak(11, NIK="1903"),
        siak(12, NIK=""),
        siak(13, NIK="1.90301E+15"),
        siak(14, NIK="190301**********"),
        siak(15, Nama_Penduduk="-"),
        siak(16, lebih="X"),
        siak(17, Nama_Penduduk="JUMLAH", NIK=""),
        siak(18, Ibu="A" * 121),
        TEN[0],
    ]
    ekstrak = loaded(siak_csv(rows), pak_dedi)
    assert ekstrak.laporan["ditolak"] == {
        "NIK_BUKAN_16": 1,
        "NIK_KOSONG": 1,
        "NIK_EXCEL": 1,
        "NIK_SAMAR": 1,
        "NAMA_KOSONG": 1,
        "BARIS_GESER": 1,
        "BUKAN_ORANG": 1,
        "ISIAN_PANJANG": 1,
        "SAMA_PERSIS": 1,
    }
    assert (ekstrak.laporan["dibaca"], ekstrak.baris, ekstrak.ditolak) == (19, 10, 9)
    assert len(penduduk_of(ekstrak)) == 10


def test_one_nik_with_two_contents_stays_and_is_marked_twice(pak_dedi):
    rows = [*TEN[:8], siak(1, Nama_Penduduk="HENDRA"), siak(2, Nama_Penduduk="ALI", Status="Meninggal")]
    ekstrak = loaded(siak_csv(rows), pak_dedi)
    assert ekstrak.laporan["catatan"] == {"ganda": 4}
    marked = {(one.nama, one.nik[-1]): one.keadaan for one in penduduk_of(ekstrak) if one.nik[-1] in "12"}
    assert marked == {
        ("ROSIDI", "1"): "ganda",
        ("HENDRA", "1"): "ganda",
        ("ROSIDI", "2"): "ganda",
        ("ALI", "2"): "meninggal",
    }


def test_rows_from_outside_the_scope_are_refused(pak_dedi):
    rows = [
        *(basis_data(number) for number in range(1, 9)),
        basis_data(9, NO_KAB="6"),
        basis_data(10, NO_PROP="32"),
    ]
    here = Wilayah.objects.get(kode=BANGKA_SELATAN)
    ekstrak = loaded(csv_bytes(rows, BASIS_DATA), pak_dedi, cakupan=here)
    assert ekstrak.laporan["ditolak"] == {"LUAR_CAKUPAN": 2}


def test_the_nik_says_whether_the_month_comes_first(pak_dedi):
    rows = [
        siak(number, NIK=f"190301140780{number:04d}", Tanggal_Lahir="07/14/1980") for number in range(1, 4)
    ]
    rows.append(siak(9, NIK="1903010507800009", Tanggal_Lahir="07/05/1980"))
    ekstrak = loaded(siak_csv(rows), pak_dedi)
    assert [str(one.tanggal_lahir) for one in penduduk_of(ekstrak)] == ["1980-07-14"] * 3 + ["1980-07-05"]
    assert ekstrak.laporan["urutan_tanggal"] == "mdy"


REFUSED_AS_A_WHOLE = {
    "another province": (
        csv_bytes([basis_data(number, NO_PROP="32") for number in range(1, 5)], BASIS_DATA),
        "bukan dari Provinsi Kepulauan Bangka Belitung",
    ),
    "another province, by its No. KK": (
        siak_csv([siak(n, Nomor_KK=f"320101010120000{n}", Kecamatan="CIBINONG") for n in range(1, 5)]),
        "bukan dari Provinsi Kepulauan Bangka Belitung",
    ),
    "names in the column of the NIK": (
        siak_csv([siak(n, NIK="SITI AMINAH", Nama_Penduduk=f"190301070780000{n}") for n in range(1, 5)]),
        "Kolom NIK (kolom B) berisi nama, bukan angka.",
    ),
    "NIK and No. KK exchanged": (
        siak_csv([siak(n, NIK=f"190301010120000{n}", Nomor_KK=f"190301470780000{n}") for n in range(1, 5)]),
        "Kolom NIK (kolom B) dan No. KK (kolom A) tertukar.",
    ),
    "damaged by Excel": (siak_csv([siak(n, NIK="1.90301E+15") for n in range(1, 5)]), "rusak karena Excel"),
    "no dates in the column of dates": (
        siak_csv([siak(n, Tanggal_Lahir="TOBOALI") for n in range(1, 5)]),
        "Kolom Tanggal Lahir (kolom F) tidak berisi tanggal",
    ),
    "no person": (siak_csv([siak(1, NIK="", Nama_Penduduk="")]), "Tidak ada baris orang"),
}


@pytest.mark.parametrize("case", REFUSED_AS_A_WHOLE)
def test_a_wrong_file_is_refused_as_a_whole(case, pak_dedi):
    content, sentence = REFUSED_AS_A_WHOLE[case]
    ekstrak = loaded(content, pak_dedi)
    assert (ekstrak.keadaan, ekstrak.job.keadaan, ekstrak.baris) == ("ditolak", "gagal", 0)
    assert sentence in ekstrak.sebab and ekstrak.job.pesan == ekstrak.sebab
    assert penduduk_of(ekstrak) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (siak_csv([]), "hanya berisi judul kolom"),
        (b"", "kosong"),
        (b"\x00\x01\x02\x03" * 100, "bukan lembar kerja"),
    ],
)
def test_what_is_no_extract_is_refused_at_the_door(content, sentence, pak_dedi):
    before = set(folder().iterdir())
    with pytest.raises(Exception, match=sentence) as refusal:
        deliver(content, pak_dedi)
    assert isinstance(refusal.value, FileRefused | StagingError)
    assert not Ekstrak.objects.exists()
    assert set(folder().iterdir()) == before


def test_the_same_file_is_taken_in_once(pak_dedi, pak_hasan):
    first = loaded(siak_csv(TEN), pak_dedi)
    with pytest.raises(FileRefused, match=r"sudah diserahkan pada .* oleh Dedi Kurnia, PKS 470/12/PKS/2026"):
        deliver(siak_csv(TEN), pak_hasan, nama="lain.csv")
    purge_ekstrak(ekstrak_id=first.pk, alasan="uji")
    assert loaded(siak_csv(TEN), pak_hasan).baris == 10  # under a new agreement


def test_a_file_whose_loading_stopped_may_be_delivered_again(pak_dedi):
    first = deliver(siak_csv(TEN), pak_dedi)
    Job.objects.filter(pk=first.job_id).update(keadaan="dibatalkan", berakhir=timezone.now())
    assert loaded(siak_csv(TEN), pak_dedi).baris == 10
    first.refresh_from_db()
    assert (first.keadaan, first.sebab) == ("ditolak", unggah.STOPPED)


def test_loading_twice_is_loading_once(pak_dedi, monkeypatch):
    """It dies after its rows were written and before they were committed: nothing of it is left."""
    ekstrak = deliver(siak_csv(TEN), pak_dedi)

    def die(name: str) -> None:
        if name == "padan.memuat.before_commit":
            raise ConnectionError("uji")

    with monkeypatch.context() as patched:
        patched.setattr(memuat, "failpoint", die)
        with use_territory(pak_dedi), pytest.raises(ConnectionError):
            load_in_part(ekstrak)
    assert penduduk_of(ekstrak) == []
    assert load(ekstrak).baris == 10
    assert len(penduduk_of(ekstrak)) == 10


def load_in_part(ekstrak: Ekstrak) -> None:
    job = claim_here(ekstrak.job)
    try:
        memuat.load_ekstrak(job)
    finally:
        Job.objects.filter(pk=job.pk).update(keadaan="menunggu")


def test_delivery_and_end_stand_in_the_trail(pak_dedi):
    ekstrak = loaded(siak_csv(TEN), pak_dedi)
    purge_ekstrak(ekstrak_id=ekstrak.pk, alasan="uji")
    with everything():
        lines = Jejak.objects.filter(objek="ekstrak", objek_id=str(ekstrak.pk)).order_by("waktu")
        assert [(line.pengguna_id, line.alasan) for line in lines] == [
            (pak_dedi.pk, "diserahkan, PKS 470/12/PKS/2026"),
            (None, "isi dihapus: uji"),
        ]
        assert lines[1].rincian == {"baris": 10, "kandidat": 0}
        reasons = Jejak.objects.filter(aksi="sistem").values_list("alasan", flat=True)
        assert f"padan: memuat ekstrak {ekstrak.pk}" in reasons


# --- the end ---


@pytest.fixture
def matched(pak_dedi, pak_hasan, keluarga_rias):
    """An extract that was matched: one result, an open candidate and a decided one."""
    ekstrak = loaded(siak_csv(TEN), pak_dedi)
    run = Pencocokan.objects.create(ekstrak=ekstrak, oleh=pak_hasan)
    with everything():
        anggota = keluarga_rias.anggota_list.first()
        where = {"pencocokan": run, "anggota": anggota, "wilayah_id": RIAS}
        Hasil.objects.create(
            **where, ekstrak=ekstrak, keluarga=keluarga_rias, hasil="CALON", tanggal=timezone.localdate()
        )
        for urutan, keadaan in ((1, "terbuka"), (2, "gugur")):
            Kandidat.objects.create(
                **where,
                jenis="calon",
                urutan=urutan,
                keadaan=keadaan,
                sidik="00000000-0000-0000-0000-00000000000" + str(urutan),
                kunci=str(urutan),
                isi={"nama": "ROSIDI", "nik": "1903010707800001"},
            )
    return ekstrak


def test_after_its_time_rows_go_and_results_stay(matched, pak_dedi):
    kept = loaded(siak_csv([siak(50)]), pak_dedi)
    Ekstrak.objects.filter(pk=matched.pk).update(berlaku_sampai=timezone.localdate() - timedelta(days=1))
    assert purge_overdue() == 1
    matched.refresh_from_db()
    assert (matched.keadaan, matched.dihapus_pada is not None, matched.baris) == ("dihapus", True, 10)
    assert penduduk_of(matched) == []
    assert len(penduduk_of(kept)) == 1
    with everything():
        assert Hasil.objects.filter(ekstrak=matched).count() == 1
        shown = Kandidat.objects.filter(pencocokan__ekstrak=matched).order_by("urutan")
        assert [(one.keadaan, one.isi) for one in shown] == [("gugur", {}), ("gugur", {})]
    assert purge_overdue() == 0


def test_on_its_last_day_an_extract_may_still_be_used(pak_dedi):
    ekstrak = loaded(siak_csv(TEN), pak_dedi, berlaku_sampai=timezone.localdate())
    assert (ekstrak.sisa_hari, list(Ekstrak.objects.usable())) == (1, [ekstrak])
    assert purge_overdue() == 0
    assert len(penduduk_of(ekstrak)) == 10


def test_the_hourly_task_gives_up_what_waited_too_long(pak_dedi):
    nameless = deliver(
        csv_bytes([{"A": "1", "B": "2", "C": "3", "D": "4", "E": "5"}], list("ABCDE")), pak_dedi
    )
    stopped = deliver(siak_csv(TEN), pak_dedi)
    long_ago = timezone.now() - timedelta(days=2)
    Ekstrak.objects.filter(pk=nameless.pk).update(dibuat=long_ago)
    Job.objects.filter(pk=stopped.job_id).update(keadaan="gagal", berakhir=long_ago)
    orphan = folder() / "yatim"
    orphan.write_text("x")
    purge_task()
    found = dict(Ekstrak.objects.values_list("pk", "sebab"))
    assert found == {nameless.pk: unggah.UNNAMED, stopped.pk: unggah.STOPPED}
    assert orphan.exists()  # fresh: perhaps an upload that is just coming in


# --- pages ---


def form_of(content: bytes, **changed):
    known = dasar()
    return {
        "nomor_pks": known.nomor_pks,
        "tujuan": known.tujuan,
        "diserahkan_oleh": known.diserahkan_oleh,
        "berlaku_sampai": known.berlaku_sampai.isoformat(),
        "tanggal": known.tanggal.isoformat(),
        "cakupan": known.cakupan.pk,
        "berkas": SimpleUploadedFile("siak.csv", content),
    } | changed


def test_the_officer_of_dukcapil_delivers_and_reads_counts_alone(client, pak_dedi):
    client.force_login(pak_dedi)
    assert "Belum ada ekstrak" in client.get("/padan/").text
    answer = client.post("/padan/ekstrak/unggah/", form_of(siak_csv([*TEN, siak(11, NIK="1")])))
    ekstrak = Ekstrak.objects.get()
    assert answer.url == f"/padan/ekstrak/{ekstrak.pk}/"
    assert "Menunggu giliran" in client.get(answer.url).text
    load(ekstrak)
    page = client.get(answer.url).text
    assert "NIK bukan 16 angka" in page and "Berlaku 31 hari lagi" in page and "470/12/PKS/2026" in page
    assert "Agama" in page  # among the columns that are not kept
    for personal in ("ROSIDI", "NURHAYATI", "190301070780", "RAHASIA", "JL. MAWAR"):
        assert personal not in page
        assert personal not in client.get("/padan/").text


def test_script_is_answered_in_json(client, pak_dedi):
    client.force_login(pak_dedi)
    headers = {"Accept": "application/json"}
    answer = client.post("/padan/ekstrak/unggah/", form_of(siak_csv([])), headers=headers)
    assert (answer.status_code, answer.json()["pesan"]) == (422, unggah.HEADERS_ONLY)
    answer = client.post("/padan/ekstrak/unggah/", form_of(siak_csv(TEN), nomor_pks=""), headers=headers)
    assert answer.json()["pesan"] == "Nomor PKS: Isi nomor perjanjian kerja samanya."
    answer = client.post("/padan/ekstrak/unggah/", form_of(siak_csv(TEN)), headers=headers)
    assert (answer.status_code, answer.json()["url"]) == (201, Ekstrak.objects.get().get_absolute_url())


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("berlaku_sampai", "2020-01-01", "sudah lewat"),
        ("berlaku_sampai", "2099-01-01", "terlalu lama"),
        ("tanggal", "2099-01-01", "tidak boleh sesudah hari ini"),
        ("cakupan", "190301", "Pilih wilayah yang ditawarkan"),
        ("tujuan", "untuk 1903010707800001", "Jangan menulis NIK"),
    ],
)
def test_what_an_agreement_cannot_say_is_refused(client, pak_dedi, field, value, sentence):
    client.force_login(pak_dedi)
    answer = client.post("/padan/ekstrak/unggah/", form_of(siak_csv(TEN), **{field: value}))
    assert answer.status_code == 422 and sentence in answer.text
    assert not Ekstrak.objects.exists()


OTHER = ["NO_ID", "NAMA_ORANG", "LAHIR_TGL", "NO_KARTU", "KELURAHANNYA"]
OTHER_ROWS = [
    dict(
        zip(
            OTHER, (f"190301070780000{n}", "ROSIDI", "07-07-1980", f"190301010120000{n}", "RIAS"), strict=True
        )
    )
    for n in range(1, 4)
]
CHOSEN = {
    "lembar": "0",
    "baris": "1",
    "kolom-0": "nik",
    "kolom-1": "nama",
    "kolom-2": "tanggal_lahir",
    "kolom-3": "no_kk",
}


def test_unknown_columns_are_named_by_hand_and_known_the_next_time(client, pak_dedi):
    client.force_login(pak_dedi)
    answer = client.post("/padan/ekstrak/unggah/", form_of(csv_bytes(OTHER_ROWS, OTHER)))
    ekstrak = Ekstrak.objects.get()
    assert answer.url == f"/padan/ekstrak/{ekstrak.pk}/kolom/"
    page = client.get(answer.url).text
    assert "190301070780" not in page and "190301**********" in page
    assert client.post(answer.url, CHOSEN | {"kolom-0": ""}).status_code == 422
    assert client.post(answer.url, CHOSEN | {"nama": "Rekap Dukcapil"}).url == ekstrak.get_absolute_url()
    ekstrak.refresh_from_db()
    assert load(ekstrak).baris == 3
    later = deliver(csv_bytes([*OTHER_ROWS, OTHER_ROWS[0] | {"NAMA_ORANG": "ALI"}], OTHER), pak_dedi)
    assert (later.keadaan, later.layout["profil"]["nama"]) == ("memuat", "Rekap Dukcapil")


def test_a_file_that_nobody_names_is_given_up(client, pak_dedi, django_capture_on_commit_callbacks):
    ekstrak = deliver(csv_bytes(OTHER_ROWS, OTHER), pak_dedi)
    client.force_login(pak_dedi)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/padan/ekstrak/{ekstrak.pk}/buang/").status_code == 302
    ekstrak.refresh_from_db()
    assert (ekstrak.keadaan, (folder() / ekstrak.berkas).exists()) == ("ditolak", False)
    assert client.get(f"/padan/ekstrak/{ekstrak.pk}/kolom/").status_code == 404


def test_the_file_of_another_deliverer_is_neither_listed_nor_named(client, pak_dedi, pak_yusuf):
    ekstrak = deliver(csv_bytes(OTHER_ROWS, OTHER), pak_dedi)
    client.force_login(pak_yusuf)
    assert "Belum ada ekstrak" in client.get("/padan/").text
    assert client.get(f"/padan/ekstrak/{ekstrak.pk}/kolom/").status_code == 404
    assert client.post(f"/padan/ekstrak/{ekstrak.pk}/kolom/", CHOSEN).status_code == 404
    assert client.post(f"/padan/ekstrak/{ekstrak.pk}/buang/").status_code == 404
    ekstrak.refresh_from_db()
    assert ekstrak.keadaan == "kolom"


def test_an_admin_of_a_kabupaten_delivers_for_it_alone(client, db):
    admin = make_user("admin3", "Admin Bangka Selatan", ("admin", BANGKA_SELATAN))
    client.force_login(admin)
    refused = client.post("/padan/ekstrak/unggah/", form_of(siak_csv(TEN)))
    assert "Pilih wilayah yang ditawarkan" in refused.text
    assert (
        client.post("/padan/ekstrak/unggah/", form_of(siak_csv(TEN), cakupan=BANGKA_SELATAN)).status_code
        == 302
    )


def test_who_delivered_it_may_end_it_and_other_deliverers_do_not_see_it(
    client, pak_dedi, pak_yusuf, pak_tono
):
    ekstrak = loaded(siak_csv(TEN), pak_dedi)
    url = f"/padan/ekstrak/{ekstrak.pk}/"
    for other in (pak_yusuf, pak_tono):
        client.force_login(other)
        assert client.get(url).status_code == 404
        assert client.post(f"{url}hapus/").status_code == 404
    client.force_login(pak_dedi)
    assert "Hapus 10 baris ekstrak ini?" in client.get(f"{url}hapus/").text
    assert client.post(f"{url}hapus/").url == url
    ekstrak.refresh_from_db()
    assert ekstrak.keadaan == "dihapus"
    assert "Hasil pencocokannya tetap ada" in client.get(url).text
    assert client.post(f"{url}hapus/").url == url  # done before


def test_who_runs_matches_sees_every_extract(client, pak_dedi, pak_hasan):
    ekstrak = loaded(siak_csv(TEN), pak_dedi)
    client.force_login(pak_hasan)
    assert f"/padan/ekstrak/{ekstrak.pk}/" in client.get("/padan/").text
    assert client.get(f"/padan/ekstrak/{ekstrak.pk}/").status_code == 200


def test_a_workbook_is_read_like_a_csv_file(pak_dedi):
    ekstrak = loaded(xlsx_bytes(TEN, SIAK, above=(["DAFTAR PENDUDUK"], [])), pak_dedi, nama="siak.xlsx")
    assert (ekstrak.baris, ekstrak.layout["header_row"]) == (10, 3)


def test_every_reason_has_its_words():
    sql = "".join(path.read_text() for path in memuat.SQL.glob("*.sql"))
    for code in DITOLAK:
        assert f"'{code}'" in sql
    assert set(CATATAN) == set(memuat.NOTES)


def test_nothing_of_an_extract_is_written_outside_the_matcher(pak_dedi):
    ekstrak = loaded(siak_csv(TEN), pak_dedi)
    with everything():
        assert Penduduk.objects.filter(ekstrak=ekstrak).count() == 0
    with as_matcher("uji: baca"):
        assert Penduduk.objects.filter(ekstrak=ekstrak).count() == 10
