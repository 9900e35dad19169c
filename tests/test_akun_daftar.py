"""A list of accounts: read from any file, judged row by row, applied once, with a slip for everyone."""

from __future__ import annotations

import csv
import io
import stat
from datetime import timedelta

import openpyxl
import pytest
import xlsxwriter
from django.db import connection
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from access.models import Jejak, Penugasan, User
from access.scope import use_territory
from jobs.actions import claim_here
from jobs.models import Job
from sentral.akun import actions
from sentral.akun.models import DaftarAkun, Slip, slip_folder
from sentral.akun.slip import SlipText, delete_expired
from sentral.pdf import refusing_fetcher
from tests.conftest import PASSWORD, RIAS, everything, make_user

HEAD = ["Nama", "Telepon", "Peran", "Wilayah", "Kecamatan", "Kabupaten/Kota", "Mulai", "Selesai"]
UPLOAD = "/akun/daftar/unggah/"
HEADER = ["Nama", "Telepon", "Peran", "Desa"]
FILLED = ["Siti Aminah", "081200000001", "PSM", "Rias"]


@pytest.fixture(autouse=True)
def data_dir(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


def line(
    nama="Siti Aminah", telepon="081200000001", peran="PSM", wilayah="Rias", kecamatan="Toboali", **cells
):
    values = {
        "Nama": nama,
        "Telepon": telepon,
        "Peran": peran,
        "Wilayah": wilayah,
        "Kecamatan": kecamatan,
        "Kabupaten/Kota": "Bangka Selatan",
        "Mulai": "",
        "Selesai": "",
    }
    return values | {{"kabupaten": "Kabupaten/Kota"}.get(k, k.capitalize()): v for k, v in cells.items()}


def csv_file(*rows, head=HEAD, delimiter=",", encoding="utf-8", name="daftar.csv"):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(head)
    writer.writerows([[row.get(title, "") for title in head] for row in rows])
    return named(text.getvalue().encode(encoding), name)


def named(content: bytes, name: str):
    file = io.BytesIO(content)
    file.name = name
    return file


def xlsx_file(rows, name="daftar.xlsx"):
    """Lines of cells; an int is a number, a date a date."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    for n, cells in enumerate(rows):
        for k, cell in enumerate(cells):
            if hasattr(cell, "year"):
                sheet.write_datetime(n, k, cell, day)
            else:
                sheet.write(n, k, cell)
    book.close()
    return named(stream.getvalue(), name)


@pytest.fixture
def upload(client):
    """Upload a file as somebody; gives back the page it led to."""

    def send(by, file):
        client.force_login(by)
        return client.post(UPLOAD, {"berkas": file}, follow=True)

    return send


def judged(response) -> list[tuple]:
    """(row number, what becomes of it, why), of the list on the page."""
    return [
        (v.row.nomor, v.hasil, v.alasan)
        for v in actions.judge(actions.rows_of(response.context["unggahan"]), response.wsgi_request.user)
    ]


def results(response) -> list[str]:
    return [hasil for _, hasil, _ in judged(response)]


def reasons(response) -> list[str]:
    return [alasan for _, _, alasan in judged(response)]


pytestmark = pytest.mark.django_db


# --- reading ---------------------------------------------------------------------------------------


def test_nothing_is_written_before_the_button(upload, bu_rina):
    before = User.objects.count()
    response = upload(bu_rina, csv_file(line()))
    assert results(response) == ["baru"]
    assert "Belum ada yang ditulis" in response.content.decode()
    assert "siti.aminah" in response.content.decode()
    assert User.objects.count() == before
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16")]
)
def test_any_csv(upload, bu_rina, delimiter, encoding):
    response = upload(bu_rina, csv_file(line(nama="Renée Sartika"), delimiter=delimiter, encoding=encoding))
    assert results(response) == ["baru"]
    assert "Renée Sartika" in response.content.decode()


def test_columns_in_any_order_with_a_title_above_and_numbers_for_telephones(upload, bu_rina):
    rows = [
        ["DAFTAR PSM KABUPATEN BANGKA SELATAN"],
        [],
        ["No", "Kec.", "Desa/Kelurahan", "Jabatan", "NAMA LENGKAP", "No. HP", "TMT", "Sampai"],
        [
            1,
            "Toboali",
            "Rias",
            "psm",
            "Siti Aminah",
            81200000001,
            timezone.datetime(2026, 1, 5),
            "31 Desember 2030",
        ],
    ]
    response = upload(bu_rina, xlsx_file(rows))
    assert judged(response) == [(4, "baru", "")]
    (verdict,) = actions.judge(actions.rows_of(response.context["unggahan"]), bu_rina)
    assert (verdict.telepon, f"{verdict.mulai}", f"{verdict.selesai}") == (
        "081200000001",
        "2026-01-05",
        "2030-12-31",
    )


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (named(b"", "kosong.csv"), "kosong"),
        (named(b"%PDF-1.7", "daftar.xlsx"), "bukan lembar kerja"),
        (named(b"PK\x03\x04rusak", "daftar.xlsx"), "rusak"),
        (named(b"a,b\n1,2\n", "lain.csv"), "Judul kolom tidak ditemukan"),
        (named(b"Nama,Telepon,Peran,Wilayah\n", "daftar.csv"), "Tidak ada baris"),
        (named(b"Nama,Peran,Wilayah\nSiti,PSM,Rias\n", "daftar.csv"), "Kolom Telepon tidak ditemukan"),
        (named(b"Nama,Telepon,HP,Peran,Desa\na,b,c,d,e\n", "daftar.csv"), "Dua kolom berisi Telepon"),
        (named(b"Nama,Telepon,Peran,Desa\n" + b"a,b,c,d\n" * 2001, "daftar.csv"), "lebih dari 2.000"),
        (named(b"Nama,Telepon,Peran,Desa\n" + b"x" * 5_300_000, "daftar.csv"), "lebih besar dari 5 MB"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_one_sentence(client, bu_rina, file, sentence):
    client.force_login(bu_rina)
    response = client.post(UPLOAD, {"berkas": file})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not DaftarAkun.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_below_many_blank_ones_are_read(upload, bu_rina, kind):
    rows = [HEADER, *[[""] * 4] * 2_100, FILLED]
    text = "\n".join(",".join(cells) for cells in rows)
    response = upload(bu_rina, xlsx_file(rows) if kind == "xlsx" else named(text.encode(), "daftar.csv"))
    assert [nomor for nomor, *_ in judged(response)] == [2_102]


def test_a_list_longer_than_what_is_read_is_refused(client, bu_rina):
    rows = [HEADER, FILLED, *[[""] * 4] * 20_000, FILLED]
    text = "\n".join(",".join(cells) for cells in rows)
    client.force_login(bu_rina)
    response = client.post(UPLOAD, {"berkas": named(text.encode(), "daftar.csv")})
    assert response.status_code == 422
    assert "lebih dari 2.000 baris" in response.content.decode()


def test_long_cells_do_not_come_into_memory_twice(client, bu_rina):
    """One text of 32,000 letters in each of 1,000 cells: small as a file, large as an answer."""
    rows = [HEAD, *[["A" * 32_000] * 8 for _ in range(125)]]
    client.force_login(bu_rina)
    response = client.post(UPLOAD, {"berkas": xlsx_file(rows)})
    assert response.status_code == 422
    assert "terlalu panjang" in response.content.decode()


def test_control_characters_and_formulas_stay_harmless_text(upload, bu_rina):
    response = upload(
        bu_rina, csv_file(line(nama='=HYPERLINK("http://jahat")'), line(nama="Siti\u202e\x07 Aminah"))
    )
    assert results(response) == ["baru", "baru"]
    assert "\u202e" not in response.content.decode()


# --- judging ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (line(nama=""), "Nama belum diisi"),
        (line(nama="12345"), "bukan nama orang"),
        (line(nama="Siti 2"), "Nama berisi angka"),
        (line(telepon=""), "Nomor telepon belum diisi"),
        (line(telepon="12345"), "9 sampai 14 angka"),
        (line(telepon="8,12E+10"), "jadikan kolomnya teks"),
        (line(peran=""), "Peran belum diisi"),
        (line(peran="Kepala dusun"), "Peran Kepala dusun tidak dikenal"),
        (line(wilayah=""), "Wilayah belum diisi"),
        (line(wilayah="Riass"), "Maksudnya Rias?"),
        (line(kecamatan="Tobali"), "Maksudnya Toboali?"),
        (line(kabupaten="Bangka Selatn"), "Maksudnya Bangka Selatan?"),
        (line(wilayah="9999999999"), "bukan kode desa"),
        (line(wilayah="19.06.01.2001", kecamatan="Toboali"), "bukan di kecamatan"),
        (line(wilayah="190301"), "sedangkan Kec. Toboali adalah kecamatan"),
        (line(peran="TKSK", wilayah="19.03.01.2008"), "TKSK bertugas di kecamatan"),
        (line(peran="TKSK", wilayah="Rias"), "bukan di desa"),
        (line(peran="TKSK", wilayah="", kecamatan="Tobali"), "Maksudnya Toboali?"),
        (line(mulai="31-02-2026"), "Tanggal 31-02-2026 tidak terbaca"),
        (line(mulai="besok"), "Tanggal besok tidak terbaca"),
        (line(mulai="01-01-2031", selesai="31-12-2030"), "mendahului tanggal mulai"),
        (line(mulai="01-01-2020", selesai="31-12-2020"), "sudah lewat"),
        (line(peran="admin", wilayah="19"), "tidak dapat memberi peran Admin"),
        (line(peran="Auditor", wilayah="19"), "tidak dapat memberi peran Auditor"),
        (
            line(peran="Dinsos provinsi", wilayah="Kepulauan Bangka Belitung"),
            "tidak dapat memberi peran Dinsos provinsi",
        ),
        (
            line(peran="Dinsos kabupaten", wilayah="", kabupaten="Bangka Selatan"),
            "tidak dapat memberi peran Dinsos kab",
        ),
        (line(wilayah="19.06.01.2001", kecamatan="", kabupaten=""), "di luar wilayah Anda"),
    ],
)
def test_a_row_is_rejected_with_its_reason(upload, bu_rina, row, sentence):
    response = upload(bu_rina, csv_file(row, line(nama="Budi Saksi", telepon="081200000099")))
    assert results(response) == ["ditolak", "baru"]
    assert sentence in reasons(response)[0]
    assert sentence in response.content.decode()


@pytest.mark.parametrize(
    "row",
    [
        line(wilayah="1903012008", kecamatan="", kabupaten=""),
        line(wilayah="19.03.01.2008", kecamatan="", kabupaten=""),
        line(wilayah="DESA RIAS", kecamatan="kec. toboali", kabupaten="KAB. BANGKA SELATAN"),
        line(kabupaten=""),
        line(telepon="+62 812-0000-0001"),
        line(telepon="6281200000001"),
        line(peran="TKSK", wilayah="", kecamatan="Toboali"),
        line(peran="TKSK", wilayah="Toboali", kecamatan=""),
        line(peran="tksk", wilayah="19.03.01", kecamatan="", kabupaten=""),
        line(peran="Operator Desa"),
    ],
)
def test_a_row_is_understood_as_people_write_it(upload, bu_rina, row):
    assert results(upload(bu_rina, csv_file(row))) == ["baru"]


def test_dinsos_prov_gives_dinsos_kab_and_no_more(upload, pak_hasan):
    rows = [
        line(peran="Dinsos kabupaten/kota", wilayah="", kecamatan="", kabupaten="Belitung Timur"),
        line(nama="Budi", peran="pimpinan", wilayah="19"),
        line(nama="Tono", peran="admin", wilayah="19"),
    ]
    assert results(upload(pak_hasan, csv_file(*rows))) == ["baru", "ditolak", "ditolak"]


def test_the_admin_gives_any_peran(upload, pak_yusuf):
    rows = [line(nama=f"Orang {kata}", peran=kata, wilayah="19") for kata in ("admin", "auditor", "pimpinan")]
    assert results(upload(pak_yusuf, csv_file(*rows))) == ["baru"] * 3


def test_the_same_person_twice_in_a_file_is_told_of_the_first_row(upload, bu_rina):
    response = upload(bu_rina, csv_file(line(), line(nama="SITI AMINAH", wilayah="Serdang")))
    assert results(response) == ["baru", "ditolak"]
    assert "sudah ada di baris 2" in reasons(response)[1]


def test_a_shared_telephone_is_remarked_and_makes_two_accounts(upload, bu_rina):
    response = upload(bu_rina, csv_file(line(), line(nama="Karim")))
    assert results(response) == ["baru", "baru"]
    assert "dipakai akun lain dengan nama yang berbeda" in response.content.decode()


def test_known_people_get_a_further_penugasan_or_stay_as_they_are(upload, bu_rina, bu_sri):
    User.objects.filter(pk=bu_sri.pk).update(telepon="0812-0000-0001")
    own = line(nama="Hj. Sri Wahyuni, S.Pd")
    assert results(upload(bu_rina, csv_file(own))) == ["tetap"]
    assert results(upload(bu_rina, csv_file(own | {"Wilayah": "Serdang"}))) == ["tambah"]
    response = upload(bu_rina, csv_file(own | {"Selesai": "31-12-2030"}))
    assert "tanpa tanggal selesai" in reasons(response)[0]


def test_a_penugasan_may_be_renewed(upload, bu_rina, bu_sri):
    until = timezone.localdate() + timedelta(days=20)
    User.objects.filter(pk=bu_sri.pk).update(telepon="081200000001")
    Penugasan.objects.filter(user=bu_sri).update(selesai=until)
    after = until + timedelta(days=1)
    row = line(nama="Sri Wahyuni", mulai=f"{after:%d-%m-%Y}", selesai="31-12-2030")
    assert results(upload(bu_rina, csv_file(row))) == ["tambah"]


def test_people_of_other_areas_and_wider_peran_are_left_alone(upload, bu_rina, mbak_ayu, pak_yusuf):
    User.objects.filter(pk=mbak_ayu.pk).update(telepon="081200000002")
    User.objects.filter(pk=pak_yusuf.pk).update(telepon="081200000003")
    rows = [
        line(nama="Ayu Lestari", telepon="081200000002"),
        line(nama="Yusuf Admin", telepon="081200000003"),
    ]
    response = upload(bu_rina, csv_file(*rows))
    assert results(response) == ["ditolak", "ditolak"]
    assert "di luar wilayah Anda" in reasons(response)[0]


def test_an_account_switched_off_is_not_given_anything(upload, bu_rina, bu_sri):
    User.objects.filter(pk=bu_sri.pk).update(telepon="081200000001", is_active=False)
    response = upload(bu_rina, csv_file(line(nama="Sri Wahyuni", wilayah="Serdang")))
    assert "dinonaktifkan" in reasons(response)[0]


def test_as_many_queries_for_two_rows_as_for_two_hundred(bu_rina):
    def rows(n):
        return [
            actions.ListRow(k + 2, {"nama": f"Siti Nomor {'abcdefghij'[k % 10] * (k // 10 + 2)}",
                                    "telepon": f"0812{k:08d}", "peran": "PSM", "wilayah": "Rias",
                                    "kecamatan": "Toboali", "kabupaten": "Bangka Selatan"})
            for k in range(n)
        ]  # fmt: skip

    with CountQueries() as few:
        actions.judge(rows(2), bu_rina)
    with CountQueries() as many:
        verdicts = actions.judge(rows(200), bu_rina)
    assert {v.hasil for v in verdicts} == {"baru"}
    assert many.count <= few.count


class CountQueries:
    """How many statements the block sends."""

    def __enter__(self):
        self.count = 0
        self.wrapper = connection.execute_wrapper(self)
        self.wrapper.__enter__()
        return self

    def __exit__(self, *error):
        self.wrapper.__exit__(*error)

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


# --- the rejected rows -----------------------------------------------------------------------------


def workbook(response) -> list[list]:
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_rejected_rows_come_back_ready_to_be_mended(upload, client, bu_rina):
    response = upload(bu_rina, csv_file(line(), line(nama="Budi", telepon="=1+1", kecamatan="Toboali")))
    address = f"{response.request['PATH_INFO']}ditolak.xlsx"
    answer = client.get(address)
    head, row = workbook(answer)
    assert row[0] == "3"
    assert "9 sampai 14 angka" in row[1]
    assert row[2] == "Telepon"
    cell = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].cell(2, head.index("Telepon") + 1)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    row[head.index("Telepon")] = "081200000055"
    again = upload(bu_rina, xlsx_file([head, row]))
    assert results(again) == ["baru"]


def test_the_template_is_empty_and_can_be_filled_in(upload, client, bu_rina):
    client.force_login(bu_rina)
    head = workbook(client.get("/akun/daftar/contoh.xlsx"))[0]
    assert head == HEAD
    filled = xlsx_file([head, list(line().values())])
    assert results(upload(bu_rina, filled)) == ["baru"]


# --- applying --------------------------------------------------------------------------------------


def carry_out(job: Job) -> Job:
    """What the worker does."""
    job = Job.objects.get(pk=job.pk)
    with use_territory(job.pemilik):
        claim_here(job)
        actions.create_from_list(job)
    job.refresh_from_db()
    return job


@pytest.fixture
def applied(upload, client, bu_rina):
    """A list of three, one rejected, taken in by Bu Rina and made."""
    rows = [
        line(),
        line(nama="Hj. Karimah, S.Pd", telepon="081200000002", peran="TKSK", wilayah=""),
        line(nama="Budi", telepon="x"),
    ]
    response = upload(bu_rina, csv_file(*rows))
    address = response.request["PATH_INFO"]
    job = Job.objects.get(pk=int(client.post(address).url.split("/")[2]))
    carry_out(job)
    return client.get(address)


def slip_words(slip: Slip) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(slip.path).pages)


def password_on(text: str, username: str) -> str:
    """The password that stands below a user name on a slip."""
    after = text.split(username, 1)[1]
    return after.split("Kata sandi pertama", 1)[1].split()[0]


def test_accounts_slips_and_penugasan_are_made(applied, bu_rina):
    siti, karimah = User.objects.get(username="siti.aminah"), User.objects.get(username="karimah")
    assert siti.penugasan_list.get().wilayah_id == RIAS
    assert karimah.penugasan_list.get().peran == "tksk"
    slip = Slip.objects.get()
    assert (slip.jumlah, slip.pemilik) == (2, bu_rina)
    text = slip_words(slip)
    assert siti.check_password(password_on(text, "siti.aminah"))
    assert karimah.check_password(password_on(text, "karimah"))
    assert "http://testserver" in text
    assert "2 akun dibuat" in applied.content.decode()


def test_the_slip_opens_the_door_once_and_then_asks_for_a_password_of_ones_own(applied):
    password = password_on(slip_words(Slip.objects.get()), "siti.aminah")
    client = Client()
    assert client.post("/akun/login/", {"login": "siti.aminah", "password": password}).status_code == 302
    assert client.get("/").url == "/akun/password/change/"


def test_passwords_stand_in_the_slip_and_nowhere_else(applied, caplog):
    slip = Slip.objects.get()
    assert stat.S_IMODE(slip.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(slip_folder().stat().st_mode) == 0o700
    password = password_on(slip_words(slip), "siti.aminah")
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE strpos(t::text, %s) > 0", [password])
            assert cursor.fetchone() == (0,), table
    assert password not in caplog.text
    assert password not in applied.content.decode()


def test_each_download_leaves_a_jejak_and_only_the_uploader_gets_it(applied, client, pak_hasan, bu_rina):
    slip = Slip.objects.get()
    address = f"/akun/daftar/slip/{slip.pk}.pdf"
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    with everything():
        jejak = Jejak.objects.get(aksi="unduh", objek="slip")
    assert (jejak.pengguna, jejak.objek_id, jejak.rincian) == (bu_rina, str(slip.pk), {"jumlah": 2})
    client.force_login(pak_hasan)
    assert client.get(address).status_code == 404


def test_a_slip_past_its_time_is_gone(applied, client):
    slip = Slip.objects.get()
    Slip.objects.filter(pk=slip.pk).update(kedaluwarsa=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/akun/daftar/slip/{slip.pk}.pdf").status_code == 404
    assert delete_expired() == 1
    assert delete_expired() == 0
    assert not slip.path.exists()


def test_only_old_files_without_a_row_are_swept(applied, tmp_path):
    import os

    kept = Slip.objects.get().path
    fresh, orphan = slip_folder() / "baru.pdf", slip_folder() / "yatim.pdf"
    for path in (fresh, orphan):
        path.write_bytes(b"%PDF")
    hours_ago = timezone.now().timestamp() - 4 * 3600
    os.utime(orphan, (hours_ago, hours_ago))
    assert delete_expired() == 1
    assert kept.exists() and fresh.exists()


def test_a_double_click_makes_one_job(upload, client, bu_rina):
    address = upload(bu_rina, csv_file(line())).request["PATH_INFO"]
    first, second = client.post(address).url, client.post(address).url
    assert first == second
    assert Job.objects.count() == 1
    carry_out(Job.objects.get())
    client.post(address)
    assert Job.objects.count() == 1
    assert User.objects.filter(nama="Siti Aminah").count() == 1


def test_the_same_list_again_changes_nothing(applied, upload, bu_rina):
    response = upload(bu_rina, csv_file(line()))
    assert results(response) == ["tetap"]
    assert "Tidak ada yang dapat ditulis" in response.content.decode()


def test_a_row_that_was_not_shown_as_new_is_never_written(upload, client, bu_rina, bu_sri):
    """Rejected in the preview, acceptable by the time the job runs: it was not agreed to."""
    User.objects.filter(pk=bu_sri.pk).update(telepon="081200000001", is_active=False)
    rows = [line(nama="Sri Wahyuni", wilayah="Serdang"), line(nama="Budi", telepon="081200000009")]
    address = upload(bu_rina, csv_file(*rows)).request["PATH_INFO"]
    client.post(address)
    User.objects.filter(pk=bu_sri.pk).update(is_active=True)
    job = carry_out(Job.objects.get())
    assert bu_sri.penugasan_list.count() == 1
    assert (job.laporan["baru"], job.laporan["tambah"]) == (1, 0)


def test_who_lost_the_right_meanwhile_makes_nobody(upload, client, bu_rina):
    address = upload(bu_rina, csv_file(line())).request["PATH_INFO"]
    client.post(address)
    Penugasan.objects.filter(user=bu_rina).update(peran="tksk", wilayah="190301")
    job = carry_out(Job.objects.get())
    assert job.laporan["ditolak"] == 1
    assert not User.objects.filter(nama="Siti Aminah").exists()
    assert not list(slip_folder().glob("*.pdf"))


@pytest.mark.parametrize("lost", ["ended", "switched off"])
def test_who_lost_the_right_while_passwords_were_made_makes_nobody(
    upload, client, bu_rina, monkeypatch, lost
):
    address = upload(bu_rina, csv_file(line())).request["PATH_INFO"]
    client.post(address)
    reached = []

    def lose(name):
        if name != "akun.hashed":
            return
        reached.append(name)
        if lost == "ended":
            Penugasan.objects.filter(user=bu_rina).update(diakhiri=timezone.now())
        else:
            User.objects.filter(pk=bu_rina.pk).update(is_active=False)

    monkeypatch.setattr(actions, "failpoint", lose)
    job = carry_out(Job.objects.get())
    assert reached
    assert job.laporan["ditolak"] == 1
    assert not User.objects.filter(nama="Siti Aminah").exists()
    assert not list(slip_folder().glob("*.pdf"))


def test_a_failure_in_the_middle_leaves_neither_accounts_nor_file(upload, client, bu_rina, monkeypatch):
    address = upload(bu_rina, csv_file(line())).request["PATH_INFO"]
    client.post(address)
    seen = []

    def fail(name):
        if name == "akun.before_commit":
            seen.extend(slip_folder().glob("*.pdf"))
            raise RuntimeError("the light went out")

    monkeypatch.setattr(actions, "failpoint", fail)
    with pytest.raises(RuntimeError):
        carry_out(Job.objects.get())
    assert len(seen) == 1
    assert not list(slip_folder().glob("*.pdf"))
    assert not User.objects.filter(nama="Siti Aminah").exists()
    assert not Slip.objects.exists()


def test_the_list_is_the_uploaders_alone(upload, client, bu_rina, pak_hasan):
    address = upload(bu_rina, csv_file(line())).request["PATH_INFO"]
    client.force_login(pak_hasan)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert client.get(f"{address}ditolak.xlsx").status_code == 404


def test_lists_are_emptied_after_a_week(upload, client, bu_rina):
    address = upload(bu_rina, csv_file(line())).request["PATH_INFO"]
    DaftarAkun.objects.update(dibuat=timezone.now() - timedelta(days=8))
    assert actions.delete_old_lists() == 1
    assert actions.delete_old_lists() == 0
    assert "sudah dihapus" in client.get(address).content.decode()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://169.254.169.254/", "data:text/html,x"])
def test_a_slip_fetches_nothing(url):
    with pytest.raises(FatalURLFetchingError):
        refusing_fetcher().fetch(url)


def test_a_name_full_of_markup_fetches_nothing_and_stays_a_name(upload, client, bu_rina):
    nama = '<img src="file:///etc/hostname">Siti'
    address = upload(bu_rina, csv_file(line(nama=nama))).request["PATH_INFO"]
    client.post(address)
    carry_out(Job.objects.get())
    assert "<img" in slip_words(Slip.objects.get())


def test_a_password_stands_in_no_repr():
    text = SlipText("Siti", "siti", "kapur-melati-ombak-48213", "PSM", "Desa Rias", timezone.now())
    assert "Siti" in repr(text)
    assert "kapur" not in repr(text)


def test_another_ones_password_never_opens(applied):
    make_user("eko", "Eko", ("psm", RIAS))
    password = password_on(slip_words(Slip.objects.get()), "siti.aminah")
    assert not User.objects.get(username="karimah").check_password(password)
    assert User.objects.get(username="eko").check_password(PASSWORD)
