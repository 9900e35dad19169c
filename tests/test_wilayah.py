"""Wilayah: loading the table, both codings, and the ways names are written."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from spatial.models import Ejaan, Wilayah
from spatial.queries import resolve_sql, search_wilayah

HEADER = "kode,jenis,nama,lng,lat\n"
PAPUA = HEADER + "91,provinsi,Papua,,\n"


@pytest.fixture
def write(tmp_path):
    """Write a wilayah file and return its path."""

    def write(text, name="wilayah_91.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def resolve(db):
    """Resolve one (kabupaten, kecamatan, desa) the way an import does; the row as a dict."""

    def resolve(kabupaten, kecamatan, desa):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE berkas_uji (kabupaten text, kecamatan text, desa text)")
            cursor.execute("INSERT INTO berkas_uji VALUES (%s, %s, %s)", [kabupaten, kecamatan, desa])
            cursor.execute(resolve_sql("berkas_uji"), ())
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            cursor.execute("DROP TABLE berkas_uji")
        (row,) = rows
        return row

    return resolve


# --- the table ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tingkat", "count"),
    [("provinsi", 1), ("kabupaten_kota", 7), ("kecamatan", 47), ("desa_kelurahan", 393)],
)
def test_the_province_is_complete(db, tingkat, count):
    assert Wilayah.objects.filter(tingkat=tingkat).count() == count


def test_population_adds_up_to_the_province(db):
    kabupaten = Wilayah.objects.filter(tingkat="kabupaten_kota").values_list("penduduk", flat=True)
    assert sum(kabupaten) == Wilayah.objects.get(kode="19").penduduk == 1_549_562


def test_both_codings_name_the_same_kabupaten(db):
    assert Wilayah.objects.by_bps("1905") == Wilayah.objects.get(kode="1903")
    assert Wilayah.objects.by_bps("19.05").nama_lengkap == "Kab. Bangka Selatan"


def test_unknown_bps_code_is_no_wilayah(db):
    with pytest.raises(Wilayah.DoesNotExist):
        Wilayah.objects.by_bps("3204")


def test_code_and_name_are_written_out(db):
    rias = Wilayah.objects.get(kode="1903012008")
    assert (rias.kode_titik, str(rias)) == ("19.03.01.2008", "Desa Rias")


def test_below_takes_the_whole_kecamatan_and_nothing_beside_it(db):
    kode = set(Wilayah.objects.villages().below("190301").values_list("induk_id", flat=True))
    assert kode == {"190301"}


# --- loading --------------------------------------------------------------------------------------


def test_loading_again_changes_nothing(db, capsys):
    call_command("muat_wilayah")
    assert "448 wilayah dibaca, tidak ada yang berubah." in capsys.readouterr().out


def test_another_province_is_loaded_beside_the_first(db, write):
    path = write(
        "\ufeff" + HEADER + "91,provinsi,Papua,,\n91.01,kabupaten,Merauke,,\n91.01.01,kecamatan,Merauke,,\n"
        "91.01.01.2001,desa,Wasur,140.47,-8.53\n"
    )
    call_command("muat_wilayah", path)
    assert (
        Wilayah.objects.resolve(kabupaten="Merauke", kecamatan="Merauke", desa="WASUR").kode == "9101012001"
    )
    assert Wilayah.objects.filter(kode__startswith="19").count() == 448


def test_an_empty_cell_keeps_what_is_known(db, write):
    path = write("kode,jenis,nama,penduduk\n19.03,kabupaten,Bangka Selatan,\n")
    call_command("muat_wilayah", path)
    assert Wilayah.objects.get(kode="1903").penduduk == 216_079


def test_a_renamed_village_is_found_under_both_names(db, write):
    call_command("muat_wilayah", write("kode,jenis,nama\n19.03.01.2008,desa,Rias Baru\n"))
    names = {"kabupaten": "Bangka Selatan", "kecamatan": "Toboali"}
    assert Wilayah.objects.resolve(**names, desa="Rias Baru").kode == "1903012008"
    assert Wilayah.objects.resolve(**names, desa="Rias").kode == "1903012008"
    assert not Ejaan.objects.get(induk="190301", kunci="RIAS").resmi


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kode,nama\n91,Papua\n", "tidak punya kolom jenis"),
        (HEADER, "tidak berisi satu baris pun"),
        (
            PAPUA + "91.01.01,kecamatan,Merauke,,\n",
            "baris 3: induk 9101 dari kode 910101 tidak ada",
        ),
        (PAPUA + "91,provinsi,Papua,,\n", "baris 2: kode 91 ditulis lebih dari sekali"),
        (
            PAPUA + "91.1,kabupaten,Merauke,,\n",
            'baris 3: kode "911" bukan 2, 4, 6 atau 10 angka',
        ),
        (HEADER + "91,kabupaten,Papua,,\n", 'baris 2: jenis "kabupaten" tidak cocok dengan kode 91'),
        (HEADER + "91,provinsi,,,\n", "baris 2: nama kosong"),
        (HEADER + "91,provinsi,Papua,-2.5,140\n", "di luar bumi; tertukar?"),
        (HEADER + "91,provinsi,Papua,140,\n", "bukan sepasang derajat desimal"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_nothing_is_written(db, write, text, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("muat_wilayah", write(text))
    assert sentence in str(refused.value)
    assert not Wilayah.objects.filter(kode__startswith="91").exists()


def test_a_file_in_another_encoding_is_refused(db, write):
    with pytest.raises(CommandError, match="bukan UTF-8"):
        call_command("muat_wilayah", write(HEADER + "91,provinsi,Papúa,,\n", encoding="cp1252"))


def test_an_absent_file_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="tidak ada"):
        call_command("muat_wilayah", tmp_path / "wilayah_92.csv")


def test_a_name_changed_in_the_admin_is_found_at_once(client, pak_yusuf):
    client.force_login(pak_yusuf)
    answer = client.post(
        "/admin/spatial/wilayah/1903012008/change/",
        {
            "kode": "1903012008",
            "nama": "Rias Makmur",
            "tingkat": "desa_kelurahan",
            "jenis": "desa",
            "induk": "190301",
        },
    )
    assert answer.status_code == 302
    names = {"kabupaten": "Bangka Selatan", "kecamatan": "Toboali"}
    assert Wilayah.objects.resolve(**names, desa="Rias Makmur").kode == "1903012008"
    assert Wilayah.objects.resolve(**names, desa="Rias").kode == "1903012008"


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kabupaten", "kecamatan", "kode"),
    [
        ("Bangka Barat", "Muntok", "190501"),
        ("KAB. BANGKA BARAT", "Kec. Mentok", "190501"),
        ("Pangkalpinang", "Bukitintan", "197101"),
        ("Kota Pangkal Pinang", "Bukit Intan", "197101"),
        ("KOTA ADM. PANGKAL PINANG", "BUKIT INTAN", "197101"),
        ("Bangka", "Sungai Liat", "190101"),
        ("Kabupaten Bangka", "Sungailiat", "190101"),
        ("Belitung", "Tanjung Pandan", "190201"),
        ("Belitung", "Tanjungpandan", "190201"),
        ("Bangka Selatan", "Air Gegas", "190303"),
        ("Bangka Selatan", "Airgegas", "190303"),
        ("Bangka Selatan", "Pulaubesar", "190307"),
        ("Bangka Selatan", "Pulau Besar", "190307"),
        ("Belitung Timur", "Kelapa Kampit", "190604"),
        ("Bangka Barat", "Kelapa", "190504"),
    ],
)
def test_spellings_of_kecamatan_resolve(db, kabupaten, kecamatan, kode):
    assert Wilayah.objects.resolve(kabupaten=kabupaten, kecamatan=kecamatan).kode == kode


def test_every_bps_spelling_of_a_village_resolves(db):
    variants = Wilayah.objects.villages().exclude(nama_bps="").select_related("induk__induk")
    found = {
        w.kode: Wilayah.objects.resolve(kabupaten=w.induk.induk.nama, kecamatan=w.induk.nama, desa=w.nama_bps)
        for w in variants
    }
    assert len(found) >= 14
    assert {kode: w and w.kode for kode, w in found.items()} == {kode: kode for kode in found}


@pytest.mark.parametrize("desa", ["Rukam", "Rias", "Air Duren"])
def test_a_village_name_alone_never_resolves(db, desa):
    assert Wilayah.objects.resolve(desa=desa) is None
    assert Wilayah.objects.resolve(kabupaten="Bangka Selatan", desa=desa) is None


def test_fifteen_village_names_are_double(db):
    names = list(Wilayah.objects.villages().values_list("nama", flat=True))
    assert len({name for name in names if names.count(name) > 1}) == 15


def test_nothing_given_is_nothing_found(db):
    assert Wilayah.objects.resolve() is None


def test_a_code_stands_for_itself(db):
    assert Wilayah.objects.resolve(desa="19.03.01.2012").nama == "Keposang"
    assert Wilayah.objects.resolve(desa="1903012012").nama == "Keposang"


def test_digits_that_are_also_a_bps_code_are_not_guessed(db):
    assert Wilayah.objects.by_bps("1971031005").kode != "1971031005"
    assert Wilayah.objects.resolve(desa="1971031005") is None
    assert Wilayah.objects.resolve(desa="19.71.03.1005").kode == "1971031005"
    assert (
        Wilayah.objects.resolve(kabupaten="Pangkalpinang", kecamatan="Pangkal Balam", desa="1971031005").kode
        == "1971031005"
    )


def test_a_code_that_its_kecamatan_contradicts_is_not_taken(db):
    assert Wilayah.objects.resolve(kabupaten="Bangka Selatan", kecamatan="Payung", desa="1903012012") is None


# --- names of a whole file ------------------------------------------------------------------------


def test_all_official_names_resolve_at_once(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMP TABLE berkas_uji AS
            SELECT kab.nama AS kabupaten, kec.nama AS kecamatan, d.nama AS desa, d.kode AS benar
            FROM spatial_wilayah d
            JOIN spatial_wilayah kec ON kec.kode = d.induk_id
            JOIN spatial_wilayah kab ON kab.kode = kec.induk_id
            WHERE d.tingkat = 'desa_kelurahan'
            """
        )
        cursor.execute(resolve_sql("berkas_uji"), ())
        found = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
        cursor.execute("SELECT kabupaten, kecamatan, desa, benar FROM berkas_uji")
        right = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
        cursor.execute("DROP TABLE berkas_uji")
    assert found == right
    assert len(right) == 393


def test_another_spelling_is_remarked(resolve):
    row = resolve("BANGKA SELATAN", "TOBOALI", "DESA KAPOSANG")
    assert (row["kode"], row["ejaan_lain"], row["alasan"]) == ("1903012012", True, None)


def test_blanks_and_kinds_are_no_other_spelling(resolve):
    row = resolve("KAB. BANGKA SELATAN", "KEC AIR GEGAS", "ds. Air Bara")
    assert (row["kode"], row["ejaan_lain"]) == ("1903032008", False)


@pytest.mark.parametrize(
    ("names", "alasan", "saran"),
    [
        (("Bangka Selatan", "Toboali", "Keposan"), "desa_tidak_dikenal", "Keposang"),
        (("Bangka", "Sungai Liyat", "Kudai"), "kecamatan_tidak_dikenal", "Sungailiat"),
        (("Bangka Sltan", "Toboali", "Rias"), "kabupaten_tidak_dikenal", "Bangka Selatan"),
        (("Jakarta", "Menteng", "Gondangdia"), "kabupaten_tidak_dikenal", None),
        (("Bangka Selatan", "Toboali", ""), "desa_kosong", None),
        (("Bangka Selatan", None, "Rias"), "kecamatan_kosong", None),
        ((None, None, "Rias"), "kabupaten_kosong", None),
        (("Bangka Selatan", "Toboali", "19.03.01.2999"), "kode_tidak_dikenal", None),
        (("Bangka Selatan", "Payung", "19.03.01.2008"), "kode_bertentangan", None),
        ((None, None, "1971031005"), "kode_dua_arti", None),
    ],
)
def test_what_does_not_resolve_says_why_and_suggests(resolve, names, alasan, saran):
    row = resolve(*names)
    assert (row["kode"], row["alasan"], row["saran_nama"]) == (None, alasan, saran)


def test_a_code_may_stand_in_the_village_column(resolve):
    assert resolve(None, None, "19.03.01.2008")["kode"] == "1903012008"
    assert resolve("Bangka Selatan", "Toboali", "1903012008")["kode"] == "1903012008"


# --- search ---------------------------------------------------------------------------------------


def test_search_finds_by_spelling_part_and_code(db):
    assert search_wilayah("muntok")[0].kode == "190501"
    assert search_wilayah("toboa")[0].kode == "190301"
    assert "1903012008" in [w.kode for w in search_wilayah("rias")]
    assert search_wilayah("19.03.01")[0].kode == "190301"


def test_search_is_narrowed_by_level_and_place(db):
    found = search_wilayah("Rukam", tingkat="desa_kelurahan", below="1901")
    assert [w.nama for w in found] == ["Rukam"]


def test_search_of_signs_alone_finds_nothing(db):
    assert search_wilayah("%_'") == []


def test_search_answers_a_user(client, bu_sri):
    client.force_login(bu_sri)
    answer = client.get("/wilayah/cari/", {"q": "Toboali"}).json()
    assert answer["hasil"][0] == {
        "kode": "190301",
        "nama": "Toboali",
        "nama_lengkap": "Kec. Toboali",
        "tingkat": "kecamatan",
        "jalur": "Kab. Bangka Selatan, Provinsi Kepulauan Bangka Belitung",
    }
