"""padan_nama_kunci: the ways in which one name is written, and names that stay apart."""

import pytest
from django.db import connection

from benchmarks.padan_orang import make

pytestmark = pytest.mark.django_db

# One name a line: every spelling has the key of the first.
SAME = {
    "BUDI SANTOSO": ["budi santoso", " Budi   Santoso ", "BUDI SANTOSO.", "BUDI\tSANTOSO", "BUDI-SANTOSO"],
    "YUSUF": ["H. YUSUF", "H YUSUF", "H.YUSUF", "HAJI YUSUF", "DRS. H. YUSUF", "JUSUF", "JOESOEF", "Yusuf, S.Pd",
              "K.H. YUSUF"],
    "RATNA DEWI": [
        "HJ. RATNA DEWI", "Hj Ratna Dewi", "HAJJAH RATNA DEWI", "IBU RATNA DEWI", "RATNA DEWI, S.PD.",
        "RATNA DEWI S.PD",
        "RATNA DEWI SPD", "RATNA DEWI, A.MD.KEB", "RATNA DEWI AMD KEB", "RATNA DEWI SE", "RATNA DEWI, S.E., M.M.",
        "DRA. HJ. RATNA DEWI", "NY. RATNA DEWI", "dr. RATNA DEWI", "IR. RATNA DEWI",
    ],
    "SITI AMINAH": ["ST. AMINAH", "ST AMINAH", "SITTI AMINAH", "SITI AMINNAH", "SITI 'AMINAH", "SITI AMINAH BINTI"],
    "MUHAMMAD RIZKY": [
        "M. RIZKY", "M RIZKY", "M.RIZKY", "MUH. RIZKY", "MOH. RIZKY", "MOCH. RIZKY", "MOHD RIZKY", "MOHD. RIZKY",
        "MUHD. RIZKY", "MHD RIZKY", "MUHAMAD RIZKY", "MOHAMAD RIZKY", "MOHAMMAD RIZKY", "MOCHAMMAD RIZKY",
        "MUCHAMAD RIZKY", "MOKHAMAD RIZKY", "MUHAMMED RIZKY", "H. M. RIZKY", "MUHAMMAD RIZQY",
    ],
    "RIZKY MUHAMMAD": ["RIZKY MUH", "RIZKY MOCH.", "RIZKY MOHAMAD"],
    "ABDUL RAHMAN": ["ABDURRAHMAN", "ABDURAHMAN", "ABDUR RAHMAN", "ABD. RAHMAN", "ABD RAHMAN", "ABDULRAHMAN",
                     "ABDUL RACHMAN",
                     "ABDOERRACHMAN", "ABDUL RAKHMAN"],
    "ABDUL SALAM": ["ABDUSSALAM", "ABDUS SALAM", "ABD. SALAM"],
    "ABDUL LATIF": ["ABDULLATIF", "ABD LATIF"],
    "ABDULLAH": ["ABDULAH", "ABDOELLAH"],
    "SUHARTO": ["SOEHARTO", "SUHARTTO"],
    "JAMILAH": ["DJAMILAH", "JAMILLAH"],
    "COKRO AMINOTO": ["TJOKRO AMINOTO", "TJOKRO AMINOTTO"],
    "SYAHRIR": ["SJAHRIR"],
    "NYOMAN": ["NJOMAN"],
    "RAHAYU": ["RAHAJOE", "RAHAJU"],
    "SURYADI": ["SOERJADI", "SURJADI"],
    "CANDRA": ["CHANDRA", "TJANDRA"],
    "KRISTIAN": ["CHRISTIAN"],
    "KHAIRUL": ["CHAIRUL", "HAIRUL", "CHAIROEL"],
    "AHMAD FAHRUDIN": ["ACHMAD FACHRUDDIN", "AKHMAD FAHROEDIN"],
    "EFENDI": ["EFFENDI"],
    "SYAMSUDIN": ["SYAMSUDDIN", "SJAMSOEDDIN", "SYAMSUDIN BIN"],
    "MASUD": ["MAS'UD", "MAS`UD", "MAS’UD"],
    "NUR AINI": ["NOER AINI", "NUR 'AINI"],
    "FITRIANI": ["FITRIYANI", "FITRIJANI"],
    "SUARNO": ["SUWARNO", "SOEWARNO"],
    "RAMADAN": ["RAMADHAN"],
    "KOMARIAH": ["QOMARIYAH", "KOMARIYAH"],
    "ZAKI": ["DZAKI"],
    "FATIMAH": ["FATHIMAH"],
    "AHMAD ALI": ["AHMAD BIN ALI", "H. AHMAD BIN ALI"],
    "SITI UMAR": ["SITI BINTI UMAR", "SITI BT UMAR"],
    "SUPARDI": ["SUPARDI (ALM)", "SUPARDI ALM.", "ALM. SUPARDI", "SUPARDI ALMARHUM", "(ALM) SUPARDI", "SUPARDI (ALMN0"],
    "SUDARMAN": ["SUDARMAN ALIAS MAN", "SUDARMAN AL. MAN", "SUDARMAN (MAN)", "SUDARMAN (MAN", "SUDARMAN ALS MAN,"],
    "RENE": ["RENÉ", "René"],
}  # fmt: skip
APART = [
    ("RINA", "RINI"),
    ("HASAN", "HUSIN"),
    ("ANDI SAPUTRA", "ANDI PRATAMA"),
    ("SITI", "SITI AMINAH"),
    ("ABDULLAH", "ABDUL"),
    ("MUHAMMAD", "AHMAD"),
    ("LIM MUI LAN", "LIM MUI FA"),
    ("SAPUTRA ANDI", "ANDI SAPUTRA"),
    ("FERI", "VERI"),
]


def kunci(names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT padan_nama_kunci(n) FROM unnest(%s::text[]) WITH ORDINALITY AS t (n, i) ORDER BY i",
            [names],
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("nama", SAME)
def test_spellings_of_one_name_have_one_key(nama):
    expected, *keys = kunci([nama, *SAME[nama]])
    assert dict(zip(SAME[nama], keys, strict=True)) == dict.fromkeys(SAME[nama], expected)


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_names_stay_apart(one, other):
    keys = kunci([one, other])
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    ("nama", "expected"),
    [
        ("SITI A.", "SITI A"),  # an initial is no word, and stays one letter
        ("R. SUPRIADI", "R SUPRIADI"),
        ("H", "H"),
        ("BINTI", "BINTI"),
        ("SE", "SE"),
        ("TJHIN MUI LAN", "CIN MUI LAN"),
        ("", ""),
        (None, None),
    ],
)
def test_what_is_left_of_short_names(nama, expected):
    assert kunci([nama]) == [expected]


@pytest.fixture(scope="module")
def sets():
    return make(8_000, 12_000, seed=31)


def test_the_short_way_says_what_the_long_way_says(sets):
    names = sorted({row.nama for row in sets.daftar} | {row.nama_ibu for row in sets.ekstrak})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM unnest(%s) AS n WHERE padan_nama_kunci(n) IS DISTINCT FROM padan_nama_sisir(n)",
            [names],
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT avg((padan_nama_kunci(n) = n)::int) FROM unnest(%s) AS n", [names])
        assert 0.4 < cursor.fetchone()[0] < 0.9  # both ways were walked


@pytest.mark.parametrize(
    ("rusak", "share"),
    [("gelar", 0.9), ("gelar_depan", 0.9), ("muhammad", 0.85), ("ejaan", 0.8), ("rangkap", 0.85), ("alm", 0.9)]
)  # fmt: skip
def test_names_damaged_by_habit_get_the_key_of_the_registry(sets, rusak, share):
    """By those who wrote the damages without knowing the key. A fault of typing stays a fault."""
    nama = {row.anggota_id: row.nama for row in sets.daftar}
    ekstrak = {row.baris: row.nama for row in sets.ekstrak}
    pairs = [
        (nama[row.anggota_id], ekstrak[row.baris])
        for row in sets.kebenaran
        if row.baris and [w for w in row.rusak.split("+") if "nama:" in w] == [f"nama:{rusak}"]
    ]
    assert len(pairs) >= 10
    equal = sum(
        a == b for a, b in zip(kunci([a for a, _ in pairs]), kunci([b for _, b in pairs]), strict=True)
    )
    assert equal >= share * len(pairs)
