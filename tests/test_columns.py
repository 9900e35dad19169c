"""A file in a layout nobody described: its sender names the columns once, and it is known from then on."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access.scope import use_territory
from jobs.models import Job
from jobs.staging import Peek, PeekSheet
from kpm import actions, mapping, uploads
from kpm.models import Anggota, Impor, JawabanKeluarga, Keluarga, Profil, Unggahan
from kpm.queries_impor import places
from kpm.verdicts import FileRefused
from tests.berkas import HEADERS, import_bytes, person
from tests.berkas_tata import D_FAMILY, D_MEMBER, csv_of, family, member, table, xlsx_of
from tests.conftest import everything, make_user

# What a kecamatan sends: a title, odd names, columns in its own order.
TITLES = [
    "No",
    "Nm. Penerima",
    "Kartu",
    "Nomer Kependudukan",
    "Lahir",
    "Kel.",
    "Kec. asal",
    "Kab. asal",
    "Ket",
]
ORDER = ["", "NAMA", "NOKK", "NIK", "TANGGAL LAHIR", "DESA/KELUARAHAN", "KECAMATAN", "KABUPATEN/KOTA", ""]
PEOPLE = [
    person(1),
    person(2, NAMA="NURHAYATI", NIK="1903014707800002", NOKK="1903010101200001"),
    person(3, NAMA="HENDRA"),
]
NAMES = {1: "nama", 2: "no_kk", 3: "nik", 4: "tanggal_lahir", 5: "desa", 6: "kecamatan", 7: "kabupaten"}


def recap(people=PEOPLE, *, numbered: bool = False) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["REKAP PENERIMA KEC. TOBOALI 2026"])
    writer.writerow([])
    writer.writerow(TITLES)
    writer.writerows([range(1, len(TITLES) + 1)] if numbered else [])
    for number, row in enumerate(people, 1):
        cells = [row.get(name, "") for name in ORDER]
        cells[0] = str(number)
        writer.writerow(cells)
    return text.getvalue().encode()


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def logged_in(client, bu_rina):
    client.force_login(bu_rina)
    return client


def upload(client, content: bytes, nama: str = "rekap.csv"):
    data = {"jenis": "DTKS", "periode": "2026-10", "berkas": SimpleUploadedFile(nama, content)}
    return client.post("/impor/baru/", data, HTTP_ACCEPT="application/json")


@pytest.fixture
def waiting(logged_in) -> Unggahan:
    upload(logged_in, recap())
    return Unggahan.objects.get()


def chosen(**changes) -> dict[str, str]:
    return {"lembar": "0", "baris": "3"} | {f"kolom-{n}": name for n, name in NAMES.items()} | changes


def carry_out(impor: Impor) -> None:
    with use_territory(impor.pemilik):
        actions.apply_directly(impor)


def test_an_unknown_file_leads_to_the_page_of_its_columns(logged_in):
    answer = upload(logged_in, recap())
    waiting = Unggahan.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"url": f"/impor/kolom/{waiting.pk}/"})
    assert not Impor.objects.exists()


def test_the_page_proposes_what_it_can_tell_and_hides_numbers(logged_in, waiting):
    page = logged_in.get(waiting.get_absolute_url())
    proposed = {one["n"]: one["isi"] for one in page.context["kolom_list"] if one["isi"]}
    assert page.context["baris"] == 3
    assert proposed == {n: name for n, name in NAMES.items() if n != 1}
    text = page.content.decode()
    assert "190301**********" in text
    assert re.search(r"\d{16}", text) is None
    assert "no-store" in page["Cache-Control"]


def test_a_row_of_column_numbers_is_no_example_of_what_a_column_holds(logged_in):
    upload(logged_in, recap(numbered=True))
    page = logged_in.get(Unggahan.objects.get().get_absolute_url())
    assert page.context["baris"] == 3
    assert page.context["kolom_list"][1]["contoh"] == ["ROSIDI", "NURHAYATI", "HENDRA"]
    assert [row[1] for row in page.context["baris_data"]] == ["ROSIDI", "NURHAYATI", "HENDRA"]


def test_named_columns_are_imported_and_remembered(logged_in, waiting):
    answer = logged_in.post(waiting.get_absolute_url(), chosen(nama="Rekap kecamatan"))
    impor = Impor.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, impor.get_absolute_url())
    assert not Unggahan.objects.exists()
    carry_out(impor)
    assert (impor.job.keadaan, impor.job.laporan["diterapkan"]) == ("selesai", 3)
    with everything():
        assert list(Anggota.objects.order_by("nama").values_list("nama", flat=True)) == [
            "HENDRA",
            "NURHAYATI",
            "ROSIDI",
        ]
    again = upload(logged_in, recap([*PEOPLE, person(4)]))
    assert again.json()["url"] == Impor.objects.latest("pk").get_absolute_url()
    assert not Unggahan.objects.exists()
    assert Profil.objects.get().nama == "Rekap kecamatan"


def test_without_a_name_nothing_is_remembered(logged_in, waiting):
    logged_in.post(waiting.get_absolute_url(), chosen())
    assert Impor.objects.count() == 1
    assert not Profil.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kolom-3": ""}, "Tunjukkan dahulu kolom NIK."),
        ({"kolom-3": "", "kolom-5": ""}, "Tunjukkan dahulu kolom NIK dan Desa/Kelurahan."),
        ({"kolom-8": "nik"}, "NIK dipilih dua kali, di kolom D dan I."),
        ({"kolom-3": "bukan_isian"}, "Tunjukkan dahulu kolom NIK."),
    ],
)
def test_a_choice_that_does_not_do_is_said_and_kept(logged_in, waiting, changes, sentence):
    answer = logged_in.post(waiting.get_absolute_url(), chosen(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    kept = {one["n"]: one["isi"] for one in answer.context["kolom_list"]}
    assert kept[1] == "nama"
    assert not Impor.objects.exists()


def test_a_name_of_other_columns_is_not_taken(logged_in, waiting, bu_rina):
    Profil.objects.create(nama="Rekap", sidik="0" * 64, pembuat=bu_rina)
    answer = logged_in.post(waiting.get_absolute_url(), chosen(nama="Rekap"))
    assert "sudah dipakai susunan kolom lain" in answer.content.decode()
    assert not Impor.objects.exists()


def test_a_colleagues_profile_is_not_replaced(client, logged_in, waiting, bu_rina, pak_hasan):
    logged_in.post(waiting.get_absolute_url(), chosen(nama="Rekap kecamatan"))
    kept = Profil.objects.get().kolom
    Impor.objects.update(keadaan="dibuang")
    other = make_user("lain", "Lain Dinsos", ("dinsos_kab", "1903"))

    def again(user):
        Job.objects.update(keadaan="selesai")
        Impor.objects.update(keadaan="dibuang")
        one = Unggahan.objects.create(
            pemilik=user, jenis="DTKS", periode="2026-10", nama_berkas="r.csv", sha256="1" * 64,
            ukuran=1, berkas=Impor.objects.order_by("pk").first().berkas, ulangi=True,
        )  # fmt: skip
        client.force_login(user)
        return client.post(
            one.get_absolute_url(), chosen(nama="Punya saya", **{"kolom-2": "nik", "kolom-3": "no_kk"})
        )

    answer = again(other)
    assert answer.status_code == 422
    assert "Susunan kolom ini sudah disimpan Rina" in answer.content.decode()
    assert (Profil.objects.get().kolom, Profil.objects.get().pembuat) == (kept, bu_rina)
    assert again(bu_rina).status_code == 302
    assert again(pak_hasan).status_code == 302
    assert (Profil.objects.get().nama, Profil.objects.get().pembuat) == ("Punya saya", pak_hasan)


def test_the_import_says_whose_profile_named_its_columns(client, logged_in, waiting, bu_rina):
    logged_in.post(waiting.get_absolute_url(), chosen(nama="Rekap kecamatan"))
    colleague = make_user("lain", "Lain Dinsos", ("dinsos_kab", "1903"))
    client.force_login(colleague)
    upload(client, recap([*PEOPLE, person(4)]))
    page = client.get(Impor.objects.get(pemilik=colleague).get_absolute_url()).content.decode()
    assert f"profil “Rekap kecamatan” buatan {bu_rina}" in page


def test_the_second_click_finds_nothing_to_queue(logged_in, waiting):
    url = waiting.get_absolute_url()
    assert logged_in.post(url, chosen()).status_code == 302
    assert logged_in.post(url, chosen()).status_code == 404
    assert Impor.objects.count() == 1


def test_two_at_once_queue_one_import(waiting):
    peek = uploads.look_again(waiting)
    first = {"unggahan": waiting, "peek": peek, "lembar": 0, "baris": 3, "kolom": NAMES, "nama": ""}
    uploads.accept_columns(**first, alamat=None)
    with pytest.raises(Unggahan.DoesNotExist):
        uploads.accept_columns(**first | {"unggahan": Unggahan(pk=waiting.pk)}, alamat=None)


@pytest.mark.parametrize("query", ["?lembar=9&baris=0", "?lembar=x&baris=99999", "?baris=15&lembar=-1"])
def test_odd_addresses_open_the_nearest_choice(logged_in, waiting, query):
    assert logged_in.get(waiting.get_absolute_url() + query).status_code == 200


def test_a_file_thrown_away_is_gone(logged_in, waiting, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert logged_in.post(f"{waiting.get_absolute_url()}buang/").status_code == 302
    assert not Unggahan.objects.exists()
    assert not (uploads.folder() / waiting.berkas).exists()


def test_a_file_thrown_away_too_late_stays_with_its_import(waiting, django_capture_on_commit_callbacks):
    peek = uploads.look_again(waiting)
    seen_before = Unggahan.objects.get()
    uploads.accept_columns(unggahan=waiting, peek=peek, lembar=0, baris=3, kolom=NAMES, nama="", alamat=None)
    with django_capture_on_commit_callbacks(execute=True):
        uploads.discard(seen_before)
    assert (uploads.folder() / Impor.objects.get().berkas).exists()


def test_a_column_that_the_file_does_not_have_is_not_chosen(logged_in, waiting):
    answer = logged_in.post(waiting.get_absolute_url(), chosen(**{"kolom-3": "", "kolom-9999": "nik"}))
    assert "Tunjukkan dahulu kolom NIK." in answer.content.decode()


def test_a_file_nobody_named_is_deleted_after_a_day(waiting, tmp_path):
    uploads.delete_expired()
    assert Unggahan.objects.exists()
    Unggahan.objects.update(dibuat=timezone.now() - timedelta(days=2))
    uploads.delete_expired()
    assert not Unggahan.objects.exists()


def test_somebody_elses_file_is_absent(client, waiting):
    client.force_login(make_user("lain", "Lain Dinsos", ("dinsos_kab", "1903")))
    assert client.get(waiting.get_absolute_url()).status_code == 404
    assert client.post(waiting.get_absolute_url(), chosen()).status_code == 404


@pytest.mark.parametrize("rows", [[["halo"], ["dunia"]], [[]], [["a", "b"], ["c", "d"]]])
def test_what_is_no_list_is_refused_at_once(rows):
    assert not mapping.could_be_a_list(Peek("csv", [PeekSheet("", rows, hidden=False)]))


@pytest.mark.django_db
def test_nik_and_no_kk_are_told_apart_by_women_and_by_families():
    kk = ["1903010101200001", "1903010101200001", "1903010101200002"]
    nik = ["1903014707800001", "1903010707800002", "1903010707800003"]
    rows = [["a", "b"], *[list(pair) for pair in zip(kk, nik, strict=True)]]
    assert mapping.propose(PeekSheet("", rows, hidden=False), 1, places()) == {0: "no_kk", 1: "nik"}


def test_a_header_row_is_the_first_wide_one_without_numbers():
    rows = [["REKAP"], [], ["No", "NIK", "Nama"], ["1", "1903014707800001", "SRI"]]
    assert mapping.likely_header(PeekSheet("", rows, hidden=False)) == 3


def test_columns_named_by_hand_need_a_place():
    peek = Peek("csv", [PeekSheet("", [TITLES], hidden=False)])
    with pytest.raises(FileRefused, match="Kabupaten/Kota, Kecamatan dan Desa/Kelurahan"):
        mapping.by_hand(peek, 0, 1, {1: "nama", 2: "no_kk", 3: "nik", 4: "tanggal_lahir"})
    assert mapping.by_hand(peek, 0, 1, NAMES).diabaikan == ["No", "Ket"]


ANSWERS = ["Lantai rumah", "Jamban", "Daya PLN"]


def test_questions_of_a_questionnaire_are_named_by_hand_and_remembered(swept, logged_in, bu_rina):
    """Columns called as nobody called them before: chosen among the questions, kept in the Profil."""
    titles = [*TITLES, *ANSWERS]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(titles)
    writer.writerow([*[PEOPLE[0].get(name, "") for name in ORDER], "9", "4", "450 watt"])
    upload(logged_in, text.getvalue().encode())
    waiting = Unggahan.objects.get()
    page = logged_in.get(f"/impor/kolom/{waiting.pk}/?kuesioner=BDT2015").content.decode()
    assert 'value="BDT2015:lantai"' in page and "BDT 2015: Sanitasi" in page
    names = NAMES | {9: "BDT2015:lantai", 10: "BDT2015:fasbab", 11: "BDT2015:daya"}
    data = {f"kolom-{place}": name for place, name in names.items()}
    sent = logged_in.post(f"/impor/kolom/{waiting.pk}/", data | {"lembar": 0, "baris": 1, "nama": "rumah"})
    assert sent.status_code == 302
    impor = Impor.objects.get()
    assert impor.layout["indikator"] == {"BDT2015:lantai": 9, "BDT2015:fasbab": 10, "BDT2015:daya": 11}
    with use_territory(bu_rina):
        actions.apply_directly(impor)
    with everything():
        assert JawabanKeluarga.objects.get().isi == {"lantai": "09", "fasbab": "4", "daya": "1"}
    layout = mapping.by_profile(
        Peek("csv", [PeekSheet("", [titles], hidden=False)]), {p.sidik: p.kolom for p in Profil.objects.all()}
    )
    assert layout.indikator == impor.layout["indikator"] and "BDT2015:lantai" not in layout.kolom


# --- lists that are uglier still


def plain(people=PEOPLE, above: int = 0) -> list[list[str]]:
    return [[] for _ in range(above)] + [[row.get(name, "") for name in ORDER] for row in people]


def test_a_list_without_headers_is_named_and_imported(logged_in):
    upload(logged_in, csv_of(plain(), ","))
    waiting = Unggahan.objects.get()
    page = logged_in.get(waiting.get_absolute_url())
    assert page.context["baris"] == 0
    proposed = {one["n"]: one["isi"] for one in page.context["kolom_list"] if one["isi"]}
    assert proposed == {n: name for n, name in NAMES.items() if n != 1}
    logged_in.post(waiting.get_absolute_url(), chosen(baris="0", nama="Tanpa judul"))
    impor = Impor.objects.get()
    carry_out(impor)
    assert (impor.job.laporan["dibaca"], impor.job.laporan["diterapkan"]) == (3, 3)
    assert not Profil.objects.exists()


def test_a_person_taken_for_the_header_is_noted_nowhere(logged_in):
    upload(logged_in, csv_of(plain([person(1, NAMA="SITI AMINAH"), *PEOPLE[1:]]), ","))
    waiting = Unggahan.objects.get()
    logged_in.post(waiting.get_absolute_url(), chosen(baris="1", nama="Salah baris"))
    impor = Impor.objects.get()
    carry_out(impor)
    impor.refresh_from_db()
    assert (impor.job.laporan["dibaca"], impor.job.laporan["diterapkan"]) == (2, 2)
    noted = f"{impor.layout} {impor.tinjauan} {impor.awal} {impor.job.laporan} {impor.job.parameter}"
    assert "SITI AMINAH" not in noted
    assert person(1)["NIK"] not in noted
    assert not Profil.objects.exists(), "nothing to know the file again by"


def test_a_workbook_without_headers_too(logged_in):
    upload(logged_in, xlsx_of({"Data": plain(above=2)}, columns="D:D"), "rekap.xlsx")
    waiting = Unggahan.objects.get()
    page = logged_in.get(waiting.get_absolute_url())
    assert (page.context["baris"], page.context["tersembunyi"]) == (0, ["D"])
    logged_in.post(waiting.get_absolute_url(), chosen(baris="0"))
    impor = Impor.objects.get()
    carry_out(impor)
    assert (impor.job.laporan["dibaca"], impor.job.laporan["diterapkan"]) == (3, 3)
    assert impor.job.laporan["kolom_tersembunyi"] == ["Kolom D"]


UGLY = {
    "judul di baris 14": lambda: [[["DAFTAR"]] + [[]] * 12 + [HEADERS]],
    "dua baris judul": lambda: [
        [[*HEADERS[:19], "BANSOS", "", "", "PBI"], [*[""] * 19, "BPNT", "PKH", "BPNT-PPKM", "JKN"]]
    ],
    "nomor kolom di bawahnya": lambda: [[HEADERS, [f"({n})" for n in range(1, 24)]]],
}  # fmt: skip


@pytest.mark.parametrize("name", UGLY)
@pytest.mark.parametrize("way", ["csv", "xlsx"])
def test_headers_are_found_wherever_they_stand(bu_rina, name, way):
    (above,) = UGLY[name]()
    people = [[row[title] for title in HEADERS] for row in (person(1), person(2))]
    again = [title.lower() for title in HEADERS]
    total = ["", "JUMLAH", *[""] * 9, "2", *[""] * 11]
    named = [*[""] * 11, "JUMLAH", *[""] * 11]
    lines = [*above, people[0], [], again, people[1], [], total, named]
    hidden = {"Catatan": [HEADERS, ["x"] * 23], "DTKS": lines}
    content = csv_of(lines, "|") if way == "csv" else xlsx_of(hidden, hide=["Catatan"], columns="K:K")
    impor = import_bytes(content, bu_rina)
    laporan = impor.job.laporan
    assert (laporan["dibaca"], laporan["diterapkan"], laporan["ditolak"]) == (5, 2, 3)
    assert {line["kode"]: line["baris"] for line in laporan["vonis_ditolak"]} == {"BUKAN_ORANG": 3}
    assert laporan["kolom_tersembunyi"] == (["NIK"] if way == "xlsx" else [])


def test_two_tables_chosen_together_become_one_import(logged_in):
    tables = {
        "keluarga.csv": table(D_FAMILY, [family(1)]),
        "anggota.csv": table(D_MEMBER, [member(1, 1, "ADI")]),
    }
    files = [SimpleUploadedFile(name, csv_of(lines)) for name, lines in tables.items()]
    data = {"jenis": "DTSEN", "periode": "2026-10", "berkas": files}
    answer = logged_in.post("/impor/baru/", data, HTTP_ACCEPT="application/json")
    assert answer.status_code == 201
    impor = Impor.objects.get()
    assert (impor.nama_berkas, impor.layout["tata_letak"]) == ("anggota.csv + keluarga.csv", "D")
    carry_out(impor)
    page = logged_in.get(f"/impor/{impor.pk}/").content.decode()
    assert "Tabel keluarga" in page
    with everything():
        assert Keluarga.objects.get().anggota_list.get().nama == "ADI"
    again = [SimpleUploadedFile(name, csv_of(lines)) for name, lines in reversed(tables.items())]
    twin = logged_in.post("/impor/baru/", data | {"berkas": again}, HTTP_ACCEPT="application/json")
    assert "sudah dimuat" in twin.json()["pesan"]


def test_three_files_are_too_many(logged_in):
    files = [SimpleUploadedFile(f"{n}.csv", b"x") for n in range(3)]
    data = {"jenis": "DTKS", "periode": "2026-10", "berkas": files}
    answer = logged_in.post("/impor/baru/", data, HTTP_ACCEPT="application/json")
    assert answer.json() == {"pesan": "Pilih satu berkas, atau dua: tabel keluarga dan tabel anggotanya."}


def sheets(**people) -> bytes:
    """A workbook with a sheet of layout A per keyword: RIAS=[person(1)]."""
    return xlsx_of({name: table(HEADERS, rows) for name, rows in people.items()})


def test_a_second_list_of_persons_is_asked_about(logged_in, bu_rina):
    people = {"RIAS": [person(1), person(2)], "SERDANG": [person(n) for n in (3, 4, 5)]}
    content = sheets(**people, KOSONG=[])
    upload(logged_in, content, "dua.xlsx")
    waiting = Unggahan.objects.get()
    assert not Impor.objects.exists()
    page = logged_in.get(waiting.get_absolute_url())
    assert "berisi 2 daftar orang: lembar RIAS dan SERDANG. Hanya satu yang dimuat" in page.content.decode()
    page = logged_in.get(f"{waiting.get_absolute_url()}?lembar=1&baris=1")
    data = {"lembar": "1", "baris": "1"}
    data |= {f"kolom-{one['n']}": one["isi"] for one in page.context["kolom_list"] if one["isi"]}
    logged_in.post(waiting.get_absolute_url(), data)
    impor = Impor.objects.get()
    carry_out(impor)
    assert (impor.layout["sheet"], impor.job.laporan["dibaca"]) == ("SERDANG", 3)
    text = logged_in.get(impor.get_absolute_url()).content.decode()
    assert "<dt>Lembar yang tidak dibaca</dt><dd>RIAS, KOSONG</dd>" in text


def test_lists_that_a_profile_knows_are_asked_about_too(logged_in, waiting):
    logged_in.post(waiting.get_absolute_url(), chosen(nama="Rekap kecamatan"))
    rows = [TITLES, *plain()]
    upload(logged_in, xlsx_of({"A": rows, "B": rows}), "dua.xlsx")
    assert "lembar A dan B" in Unggahan.objects.get().sebab
    upload(logged_in, xlsx_of({"A": rows, "B": [TITLES]}), "satu.xlsx")
    assert Impor.objects.order_by("-pk").first().layout["lembar_lain"] == ["B"]


def test_many_lists_are_told_in_one_sentence(bu_rina):
    content = sheets(**{f"{'DESA PANJANG ' * 2}{n}": [person(n)] for n in range(1, 9)})
    with pytest.raises(uploads.ColumnsUnknown, match="dan 6 lainnya"), use_territory(bu_rina):
        uploads.accept_upload(
            berkas=io.BytesIO(content), nama="x.xlsx", pemilik=bu_rina, jenis="DTKS", periode="2026-10"
        )
