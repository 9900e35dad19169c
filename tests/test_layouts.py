"""Layouts B, C and D, as they come: what becomes of households with ids, linked tables, codes and places."""

from __future__ import annotations

import io

import openpyxl
import pytest

from access.scope import use_territory
from jobs.actions import claim_here
from kpm import actions, pratinjau, uploads
from kpm.models import Anggota, Keluarga, Peringkat
from kpm.verdicts import FileRefused
from tests.berkas import csv_bytes, import_bytes, person
from tests.berkas_tata import (
    D_FAMILY,
    D_MEMBER,
    DTSEN_LOCAL,
    PLACE,
    UDART,
    UDRT,
    VILLAGE_FORM,
    bdt_row,
    bdt_table,
    csv_of,
    family,
    idbdt,
    kk,
    member,
    nik,
    pair,
    table,
    udart,
    udrt,
    xlsx_of,
)
from tests.conftest import RIAS, everything

WAYS = ["lembar", "csv", "xlsx"]


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def told(impor, kind: str = "vonis_ditolak") -> dict[str, int]:
    return {line["kode"]: line["baris"] for line in impor.job.laporan[kind]}


def numbers(impor) -> tuple[int, int, int]:
    laporan = impor.job.laporan
    return laporan["dibaca"], laporan["diterapkan"], laporan["ditolak"]


def names(keluarga: Keluarga) -> list[str]:
    return list(keluarga.anggota_list.order_by("id_dtks", "nama").values_list("nama", flat=True))


def mended(impor, changes: dict[tuple[int, str], str], extra: list[dict[str, str]] = ()) -> bytes:
    """The reject workbook with cells typed in, (row of the sheet, title) -> text, and rows added below."""
    with uploads.open_rejects(impor=impor, by=impor.pemilik) as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    sheet = book["Ditolak"]
    titles = [cell.value for cell in sheet[1]]
    for (row, title), text in changes.items():
        sheet.cell(row, titles.index(title) + 1, text)
    for cells in extra:
        sheet.append([cells.get(title, "") for title in titles])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- B


B_ROWS = [
    bdt_row(1, 1, "ROSIDI"),
    bdt_row(1, 2, "NURHAYATI"),
    bdt_row(1, 3, "HENDRA", Nomor_urut_keluarga="2"),
    bdt_row(2, 1, "EFENDI"),
]


@pytest.mark.parametrize("way", ["csv", "xlsx"])
def test_bdt_wide_file_makes_a_keluarga_of_each_household(bu_rina, all_rows, way):
    lines = bdt_table(B_ROWS)
    content = csv_of(lines, "|") if way == "csv" else xlsx_of({"BDT": [["BASIS DATA TERPADU"], [], *lines]})
    impor = import_bytes(content, bu_rina, periode="2015")
    assert (impor.layout["tata_letak"], numbers(impor)) == ("B", (4, 4, 0))
    first, second = Keluarga.objects.order_by("id_keluarga")
    assert (first.id_keluarga, first.no_kk, first.tanpa_kk, first.wilayah_id) == (idbdt(1), None, True, RIAS)
    assert (names(first), names(second)) == (["ROSIDI", "NURHAYATI", "HENDRA"], ["EFENDI"])
    head, wife, child = first.anggota_list.order_by("id_dtks")
    assert (head.id_dtks, head.kepala, head.nik) == (f"{idbdt(1)}01", True, nik(11))
    assert (wife.hubungan, child.hubungan, wife.jenis_kelamin) == ("istri", "anak", "P")
    assert Peringkat.objects.get(keluarga=first).persentil == 7
    assert told(impor, "vonis_catatan") == {}


def test_the_same_bdt_file_again_changes_nothing(bu_rina, all_rows):
    import_bytes(csv_of(bdt_table(B_ROWS)), bu_rina, periode="2015")
    again = import_bytes(csv_of(bdt_table(B_ROWS)), bu_rina, periode="2015", ulangi=True)
    assert again.job.laporan["keluarga"] == {"baru": 0, "berubah": 0, "tetap": 2}
    assert again.job.laporan["anggota"] == {"baru": 0, "berubah": 0, "tetap": 4}


def test_a_file_without_birth_dates_keeps_those_that_are_known(bu_rina, all_rows):
    import_bytes(pair(table(UDRT, [udrt(1)]), table(UDART, [udart(1, 1, "ROSIDI")]), "csv"), bu_rina)
    import_bytes(csv_of(bdt_table([bdt_row(1, 1, "ROSIDI B")])), bu_rina)
    head = Anggota.objects.get()
    assert (head.nama, str(head.tanggal_lahir)) == ("ROSIDI B", "1980-07-07")
    keluarga = Keluarga.objects.get()
    assert (keluarga.no_kk, keluarga.tanpa_kk, keluarga.id_keluarga) == (kk(1), False, idbdt(1))


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"ID_rumah_tangga": "1.90502E+15"}, "KELUARGA_EXCEL"),
        ({"ID_rumah_tangga": f"#{idbdt(120)}"}, "KELUARGA_EXCEL"),
        ({"NIK": "#1903010707800120"}, "NIK_EXCEL"),
        ({"Kode_Desa/Kelurahan": "999", "Desa/Kelurahan": ""}, "DESA_TAK_DIKENAL"),
        ({"Kab/Kota": "BANGKA BARAT", "Kecamatan": "MENTOK"}, "DESA_RAGU"),
        (
            {"Nama_ART": "", "NIK": "", "Nomor_urut_ART": "", "ID_rumah_tangga": "JUMLAH"},
            "KELUARGA_TANPA_ORANG",
        ),
    ],
)
def test_a_damaged_row_of_bdt_is_refused_by_name(bu_rina, cells, verdict):
    bad = bdt_row(3, 1, "BURUK", **cells)
    impor = import_bytes(xlsx_of({"BDT": bdt_table([*B_ROWS, bad])}), bu_rina, periode="2015")
    assert (numbers(impor), told(impor)) == ((5, 4, 1), {verdict: 1})


def test_a_village_that_bps_renumbered_is_found_by_its_names(bu_rina, all_rows):
    row = bdt_row(1, 1, "ROSIDI", **{"Kode_Desa/Kelurahan": "999"})
    import_bytes(csv_of(bdt_table([row])), bu_rina, periode="2015")
    assert Keluarga.objects.get().wilayah_id == RIAS


# --- C


C_HOUSEHOLDS = [udrt(1), udrt(2, lat="106,455", long="-3,0125"), udrt(3, lat="-8.1", long="115.2")]
C_PERSONS = [
    udart(1, 1, "ROSIDI"),
    udart(1, 2, "NURHAYATI"),
    udart(2, 1, "EFENDI"),
    udart(2, 3, "BAYI", NoKK="", NIK=""),
    udart(3, 1, "HENDRA", NoKK=""),
    udart(3, 2, "SITI", NoKK=""),
]


@pytest.mark.parametrize("way", WAYS)
def test_udrt_and_udart_become_one_list(bu_rina, all_rows, way):
    impor = import_bytes(pair(table(UDRT, C_HOUSEHOLDS), table(UDART, C_PERSONS), way), bu_rina)
    assert (impor.layout["tata_letak"], numbers(impor)) == ("C", (9, 9, 0))
    assert impor.job.laporan["tabel_keluarga"] == {"dibaca": 3, "diterapkan": 3, "ditolak": 0, "ikut": 0}
    one, two, three = Keluarga.objects.order_by("id_keluarga")
    assert [k.no_kk for k in (one, two, three)] == [kk(1), kk(2), None]
    assert (names(two), names(three)) == (["EFENDI", "BAYI"], ["HENDRA", "SITI"])
    assert {k.wilayah_id for k in (one, two, three)} == {RIAS}
    assert [(k.titik and (k.titik.x, k.titik.y), k.titik_asal) for k in (one, two, three)] == [
        ((106.455, -3.0125), "DTKS Oktober 2026"),
        ((106.455, -3.0125), "DTKS Oktober 2026"),
        (None, ""),
    ]
    assert told(impor, "vonis_catatan") == {"KK_TANPA": 3, "NIK_KOSONG": 1, "TITIK_SALAH": 2}
    assert told(impor, "vonis_dirapikan")["TITIK_TERTUKAR"] == 2
    assert told(impor, "vonis_dirapikan")["TITIK_KOMA"] == 2
    assert one.anggota_list.get(id_dtks=f"{idbdt(1)}02").hubungan == "istri"


def test_linked_tables_again_change_nothing(bu_rina, all_rows):
    content = pair(table(UDRT, C_HOUSEHOLDS), table(UDART, C_PERSONS), "csv")
    import_bytes(content, bu_rina)
    again = import_bytes(content, bu_rina, ulangi=True)
    assert again.job.laporan["keluarga"] == {"baru": 0, "berubah": 0, "tetap": 3}
    assert again.job.laporan["anggota"] == {"baru": 0, "berubah": 0, "tetap": 6}


@pytest.mark.parametrize("way", WAYS)
def test_what_does_not_fit_together_is_refused_and_comes_back(bu_rina, all_rows, way):
    households = [
        udrt(1),
        udrt(2),
        udrt(2),
        udrt(3),
        udrt(3, Alamat="JL. LAIN"),
        udrt(4),
        udrt(5),
        {"IDBDT": "", "KDPROP": "JUMLAH 6"},
        {"Alamat": "JL. TANPA ID"},
    ]
    persons = [
        udart(1, 1, "ROSIDI"),
        udart(2, 1, "EFENDI"),
        udart(3, 1, "MARLINA"),
        udart(5, 1, ""),
        udart(9, 1, "TANPA RUMAH"),
    ]
    impor = import_bytes(pair(table(UDRT, households), table(UDART, persons), way), bu_rina)
    assert told(impor) == {
        "BARIS_SAMA": 1,
        "KELUARGA_GANDA": 3,
        "KELUARGA_TANPA_ORANG": 2,
        "BUKAN_ORANG": 1,
        "TANPA_KUNCI": 1,
        "NAMA_KOSONG": 1,
        "KELUARGA_HILANG": 1,
    }
    assert numbers(impor) == (14, 4, 10)
    assert impor.job.laporan["tabel_keluarga"] == {"dibaca": 9, "diterapkan": 2, "ditolak": 7, "ikut": 1}
    with uploads.open_rejects(impor=impor, by=bu_rina) as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read()))["Ditolak"]
    rows = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert sorted(rows) == sorted(["4", "5", "6", *(f"keluarga {n}" for n in (4, 5, 6, 7, 9, 10))])


def test_a_mended_row_of_linked_tables_brings_its_household(bu_rina, all_rows):
    tables = table(UDRT, [udrt(1), udrt(2)]), table(UDART, [udart(1, 1, "ROSIDI"), udart(2, 1, "")])
    first = import_bytes(pair(*tables, "csv"), bu_rina)
    assert numbers(first) == (4, 2, 2)
    second = import_bytes(mended(first, {(2, "Nama"): "EFENDI"}), bu_rina, nama="ditolak.xlsx")
    assert (second.perbaikan_dari, numbers(second)) == (first, (1, 1, 0))
    keluarga = Keluarga.objects.get(id_keluarga=idbdt(2))
    assert (names(keluarga), keluarga.wilayah_id, keluarga.titik.y) == (["EFENDI"], RIAS, -3.0125)


def test_the_village_form_finds_its_village_in_the_id(bu_rina, all_rows):
    row = {
        "idbdt": idbdt(1),
        "idartbdt": f"{idbdt(1)}01",
        "rt": "3",
        "rw": "1",
        "nama": "ROSIDI",
        "jenis_kelamin": "1",
        "tmp_lahir": "TOBOALI",
        "tgl_lahir": "1980-07-07",
        "hub_krt": "1",
        "nik": nik(1),
        "no_kk": kk(1),
    }
    other = row | {"idbdt": "5206020001000001", "idartbdt": "520602000100000101", "no_kk": kk(2)}
    impor = import_bytes(csv_of(table(VILLAGE_FORM, [row, other])), bu_rina)
    assert (numbers(impor), told(impor)) == ((2, 1, 1), {"DESA_TAK_DIKENAL": 1})
    keluarga = Keluarga.objects.get()
    assert (keluarga.wilayah_id, keluarga.id_keluarga, keluarga.rt) == (RIAS, idbdt(1), "03")
    assert keluarga.anggota_list.get().kepala


def test_a_point_that_a_person_set_stays(bu_rina, all_rows):
    import_bytes(pair(table(UDRT, [udrt(1)]), table(UDART, [udart(1, 1, "ROSIDI")]), "csv"), bu_rina)
    Keluarga.objects.update(asal={"titik": {"oleh": "verval"}}, titik_asal="verval")
    moved = table(UDRT, [udrt(1, lat="-3.02")]), table(UDART, [udart(1, 1, "ROSIDI")])
    import_bytes(pair(*moved, "csv"), bu_rina)
    assert (Keluarga.objects.get().titik.y, Keluarga.objects.get().titik_asal) == (-3.0125, "verval")
    Keluarga.objects.update(asal={})
    import_bytes(pair(*moved, "csv"), bu_rina, ulangi=True)
    assert (Keluarga.objects.get().titik.y, Keluarga.objects.get().titik_asal) == (-3.02, "DTKS Oktober 2026")


def test_codes_of_kemendagri_in_parts_are_told_from_those_of_bps(bu_rina, all_rows):
    cells = {"KDPROP": "19", "KDKAB": "3", "KDKEC": "1", "KDDESA": "2008"}
    import_bytes(pair(table(UDRT, [udrt(1, **cells)]), table(UDART, [udart(1, 1, "ROSIDI")]), "csv"), bu_rina)
    assert Keluarga.objects.get().wilayah_id == RIAS


# --- D


@pytest.mark.parametrize("way", WAYS)
def test_dtsen_families_and_members_with_desil_and_rank(bu_rina, all_rows, way):
    families = [family(1), family(2, desil_nasional="DESIL_6_10"), family(3, desil_nasional="DESIL_4")]
    members = [member(1, 1, "ROSIDI"), member(1, 2, "SITI"), member(2, 1, "EFENDI"), member(3, 1, "ADI")]
    impor = import_bytes(pair(table(D_FAMILY, families), table(D_MEMBER, members), way), bu_rina)
    assert (impor.layout["tata_letak"], numbers(impor)) == ("D", (7, 7, 0))
    one = Keluarga.objects.get(id_keluarga="DTSEN-000001")
    assert (one.no_kk, one.rt, one.wilayah_id, names(one)) == (kk(1), "03", RIAS, ["ROSIDI", "SITI"])
    ranks = Peringkat.objects.order_by("keluarga__id_keluarga").values_list("desil", "peringkat")
    assert list(ranks) == [(3, 1001), (None, 1002), (4, 1003)]
    assert told(impor, "vonis_catatan") == {"DESIL_KELAS": 1}
    assert one.anggota_list.get(nama="SITI").hubungan == "istri"


def test_a_family_with_a_new_card_is_the_same_family(bu_rina, all_rows):
    first = pair(table(D_FAMILY, [family(1)]), table(D_MEMBER, [member(1, 1, "ROSIDI")]), "csv")
    import_bytes(first, bu_rina)
    known = Keluarga.objects.get()
    new_card = pair(
        table(D_FAMILY, [family(1, no_kk=kk(77))]), table(D_MEMBER, [member(1, 1, "ROSIDI")]), "csv"
    )
    impor = import_bytes(new_card, bu_rina, periode="2026-11")
    assert (Keluarga.objects.get().pk, Keluarga.objects.get().no_kk) == (known.pk, kk(77))
    assert told(impor, "vonis_catatan")["KK_BERUBAH"] == 1
    assert Anggota.objects.count() == 1


def test_an_id_that_another_card_has_stays_there(bu_rina, all_rows):
    both = (
        table(D_FAMILY, [family(1), family(2)]),
        table(D_MEMBER, [member(1, 1, "ADI"), member(2, 1, "BUDI")]),
    )
    import_bytes(pair(*both, "csv"), bu_rina)
    claimed = family(1, no_kk=kk(2))
    impor = import_bytes(
        pair(table(D_FAMILY, [claimed]), table(D_MEMBER, [member(1, 1, "BUDI", nik=nik(21))]), "csv"),
        bu_rina,
        periode="2026-11",
    )
    assert told(impor, "vonis_catatan") == {"ID_KELUARGA_LAIN": 1}
    assert {k.no_kk: k.id_keluarga for k in Keluarga.objects.all()} == {
        kk(1): "DTSEN-000001",
        kk(2): "DTSEN-000002",
    }


def test_local_names_of_dtsen_and_a_status_that_is_not_aktif(bu_rina, all_rows):
    row = {
        "id_keluarga": "DTSEN-9",
        "nomor_kartu_keluarga": kk(9),
        "nomor_induk_kependudukan": nik(9),
        "nama_lengkap": "ROSIDI",
        "tanggal_lahir": "07-07-1980",
        "desil_nasional": "2",
        "status_dtsen": "Tidak Aktif",
        **PLACE,
    }
    impor = import_bytes(csv_of(table(DTSEN_LOCAL, [row])), bu_rina)
    assert (numbers(impor), told(impor, "vonis_catatan")) == ((1, 1, 0), {"STATUS_LAIN": 1})
    assert Keluarga.objects.get().id_keluarga == "DTSEN-9"


def test_dtsen_finds_the_families_that_siks_brought(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1)]), bu_rina)
    known = Keluarga.objects.get()
    members = [member(1, 1, "ROSIDI", nik=person(1)["NIK"])]
    import_bytes(
        pair(table(D_FAMILY, [family(1)]), table(D_MEMBER, members), "csv"), bu_rina, periode="2026-11"
    )
    assert (Keluarga.objects.get().pk, Keluarga.objects.get().id_keluarga) == (known.pk, "DTSEN-000001")
    assert Anggota.objects.get().id_dtks == person(1)["ID DTKS"]


# --- files that do not belong together


def test_two_files_that_have_nothing_in_common_are_refused(bu_rina):
    with pytest.raises(FileRefused, match="tidak saling terkait"):
        import_bytes(pair(table(D_FAMILY, [family(1)]), table(D_FAMILY, [family(2)]), "csv"), bu_rina)
    with pytest.raises(FileRefused, match="tidak saling terkait"):
        import_bytes(pair(table(D_MEMBER, []), table(D_MEMBER, []), "csv"), bu_rina)


def test_a_recap_beside_the_list_is_no_table_of_households(bu_rina, all_rows):
    people = [person(1)]
    headers = list(people[0])
    recap = [["No", "NOKK", "JUMLAH", "KET", "RT", "RW"], ["1", kk(8), "3", "", "1", "2"]]
    content = xlsx_of(
        {"Rekap": recap, "DTKS": [headers, *[[row[name] for name in headers] for row in people]]}
    )
    assert numbers(import_bytes(content, bu_rina)) == (1, 1, 0)


def test_rows_that_were_not_refused_are_no_repair(bu_rina, all_rows):
    first = import_bytes(csv_of(bdt_table([bdt_row(1, 1, ""), bdt_row(2, 1, "")])), bu_rina)
    title = "Nama ART (80)"
    added = {"BARIS ASAL": "", title: "TAMBAHAN", "ID rumah tangga (2)": idbdt(7), "NIK (81)": nik(7)}
    again = {"BARIS ASAL": "3", title: "SEKALI LAGI", "ID rumah tangga (2)": idbdt(8), "NIK (81)": nik(8)}
    content = mended(first, {(2, title): "ROSIDI"}, [added, again])
    second = import_bytes(content, bu_rina, nama="ditolak.xlsx")
    assert told(second) == {"BUKAN_BARIS_DITOLAK": 2, "NAMA_KOSONG": 1}
    assert list(Anggota.objects.values_list("nama", flat=True)) == ["ROSIDI"]
    assert first.ditolak_list.filter(perbaikan=second).count() == 1


def test_everything_of_a_household_is_seen_only_in_its_territory(mbak_ayu, bu_rina):
    content = pair(table(UDRT, [udrt(1)]), table(UDART, [udart(1, 1, "ROSIDI")]), "csv")
    import_bytes(content, bu_rina)
    impor = import_bytes(content, mbak_ayu, ulangi=True)
    assert told(impor)["DILUAR_WILAYAH"] == 1
    with everything():
        assert Keluarga.objects.count() == 1


# --- through the preview


LISTS = {
    "B": lambda: csv_of(bdt_table(B_ROWS)),
    "C": lambda: pair(table(UDRT, [*C_HOUSEHOLDS, udrt(4)]), table(UDART, C_PERSONS), "xlsx"),
    "D": lambda: pair(table(D_FAMILY, [family(1)]), table(D_MEMBER, [member(1, 1, "ADI")]), "lembar"),
}


@pytest.mark.parametrize("tata_letak", LISTS)
def test_every_layout_is_previewed_as_it_is_applied(bu_rina, all_rows, tata_letak):
    with use_territory(bu_rina):
        impor = uploads.accept_upload(
            berkas=io.BytesIO(LISTS[tata_letak]()),
            nama="x",
            pemilik=bu_rina,
            jenis="DTSEN",
            periode="2026-10",
        )
        pratinjau.review_import(claim_here(impor.langkah_list.get().job))
        impor.refresh_from_db()
        assert (impor.layout["tata_letak"], impor.keadaan) == (tata_letak, "ditinjau")
        assert not Keluarga.objects.exists()
        seen = impor.tinjauan
        assert impor.awal["ditolak"] == 0  # 400 rows tell nothing of households that nobody lives in
        actions.apply_directly(impor)
    applied = impor.job.laporan
    same = ("dibaca", "diterapkan", "ditolak", "keluarga", "anggota", "vonis_ditolak", "tabel_keluarga")
    assert {name: seen[name] for name in same} == {name: applied[name] for name in same}
