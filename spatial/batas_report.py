"""What is found when boundaries are loaded: each check with its count and the wilayah it concerns.

A report is plain JSON, kept on the version, read alike by the page and by the command:

    tingkat   per level: tingkat, asal ("berkas", "gabungan" or ""), ada, seluruh, tanpa (kode)
    temuan    per check: kode, berat ("baik", "kabar", "awas", "buruk"), judul, jumlah, daftar, ket
    dibanding id of the version it was compared with, or null

daftar holds {"kode": [kode ...], "ket": "..."}; a number in it stands behind a wilayah, never a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.formats import number_format

from spatial.models import VersiBatas, Wilayah

SQL = Path(__file__).parent / "sql"
LISTED = 500  # entries kept per check; the count is always of all
CHANGED = 0.20
FAR_LARGER = 5
NESTED = 0.95
MOVED = 0.5
OFFICIAL = 0.10
# what PostGIS says of an invalid polygon
REASONS = {
    "Self-intersection": "garisnya memotong dirinya sendiri",
    "Ring Self-intersection": "garisnya menyentuh dirinya sendiri",
    "Hole lies outside shell": "ada lubang di luar poligon",
    "Holes are nested": "ada lubang di dalam lubang",
    "Nested shells": "bagiannya bertumpuk",
    "Duplicate Rings": "ada garis ganda",
    "Too few points in geometry component": "titiknya kurang",
    "Interior is disconnected": "bagian dalamnya terputus",
}
LEVEL_NAMES = {
    Wilayah.Tingkat.PROVINSI.value: "provinsi",
    Wilayah.Tingkat.KABUPATEN_KOTA.value: "kabupaten/kota",
    Wilayah.Tingkat.KECAMATAN.value: "kecamatan",
    Wilayah.Tingkat.DESA_KELURAHAN.value: "desa/kelurahan",
}


def rows_of(name: str, **parameters: Any) -> list[tuple]:
    """Run a statement of sql/ and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute((SQL / name).read_text(), parameters)
        return cursor.fetchall()


def area(square_metres: float) -> str:
    """An area as people write it: "420 m²", "3,2 ha", "1.204,5 km²"."""
    if square_metres < 10_000:
        return f"{number_format(square_metres, 0, force_grouping=True)}\N{NO-BREAK SPACE}m²"
    if square_metres < 1_000_000:
        return f"{number_format(square_metres / 10_000, 1, force_grouping=True)}\N{NO-BREAK SPACE}ha"
    return f"{number_format(square_metres / 1_000_000, 1, force_grouping=True)}\N{NO-BREAK SPACE}km²"


def percent(share: float) -> str:
    return f"{number_format(share * 100, 1, force_grouping=True)} %"


@dataclass
class Temuan:
    """The result of one check. Without a hit it is "baik" and judul says what is in order."""

    kode: str
    berat: str
    judul: str
    jumlah: int = 0
    daftar: list[dict[str, Any]] = field(default_factory=list)
    ket: str = ""


def temuan(
    kode: str, berat: str, judul: str, baik: str, hits: Iterable[tuple[Iterable[str], str]], ket: str = ""
) -> Temuan:
    """Make a Temuan from hits of (kode list, words): `baik` is said when there are none."""
    found = [{"kode": list(codes), "ket": words} for codes, words in hits]
    if not found:
        return Temuan(kode, "baik", baik)
    return Temuan(kode, berat, judul, len(found), found[:LISTED], ket)


def _merged(rows: list[tuple]) -> Iterable[Temuan]:
    """What had to be done to the features before they were boundaries."""
    invalid = [
        ((kode,), f"{REASONS.get(alasan, 'bentuknya tidak sah')}; sesudah diperbaiki {area(luas or 0)}")
        for kode, _, alasan, _, luas, _ in rows
        if alasan
    ]
    yield temuan(
        "tak_sah",
        "awas",
        "poligon tidak sah, diusulkan perbaikannya",
        "Semua poligon sah",
        invalid,
        "Perbaikan (ST_MakeValid) baru berlaku bila versi ini dipakai. Periksa bentuknya di peta.",
    )
    twice = [
        (
            (kode,),
            f"{bagian} poligon digabung"
            + (f", {area(sebelum - luas)} tertumpuk" if luas and sebelum - luas >= 100 else ""),
        )
        for kode, bagian, _, sebelum, luas, _ in rows
        if bagian > 1
    ]
    yield temuan("ganda", "kabar", "kode terbagi atas beberapa poligon", "Setiap kode satu poligon", twice)
    empty = [((kode,), "tidak punya luas, tidak dimuat") for kode, *_, kosong in rows if kosong]
    yield temuan("tanpa_luas", "buruk", "poligon tanpa luas", "Semua poligon punya luas", empty)


def merged_temuan() -> list[Temuan]:
    """The checks on batas_satu: repaired, in several pieces, without area."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kode, bagian, alasan, luas_bagian, ST_Area(geom::geography), ST_IsEmpty(geom) "
            "FROM batas_satu ORDER BY kode"
        )
        return list(_merged(cursor.fetchall()))


def levels(versi: VersiBatas, from_files: set[str]) -> list[dict[str, Any]]:
    """Per level how many wilayah have a boundary, where it comes from, and which have none."""
    drawn = set(versi.batas_list.values_list("wilayah_id", flat=True))
    found = []
    for tingkat in reversed(Wilayah.Tingkat.values):
        codes = list(Wilayah.objects.filter(tingkat=tingkat).order_by("kode").values_list("kode", flat=True))
        here = [kode for kode in codes if kode in drawn]
        asal = "berkas" if from_files & set(here) else "gabungan" if here else ""
        found.append(
            {
                "tingkat": tingkat,
                "asal": asal,
                "ada": len(here),
                "seluruh": len(codes),
                "tanpa": [kode for kode in codes if kode not in drawn],
            }
        )
    return found


def checks(versi: VersiBatas, tingkat_list: list[dict[str, Any]], lama: VersiBatas | None) -> list[Temuan]:
    """The checks on the boundaries as they now stand in the version."""
    found: list[Temuan] = []
    own = [level["tingkat"] for level in tingkat_list if level["asal"] == "berkas"]
    for tingkat in own:
        found += _neighbours(versi, tingkat)
        if Wilayah.objects.filter(tingkat=tingkat, titik__isnull=False).exists():
            found.append(_labels(versi, tingkat))
        found += _areas(versi, tingkat, lama)
    if Wilayah.Tingkat.KABUPATEN_KOTA.value not in own:
        kabupaten = Wilayah.Tingkat.KABUPATEN_KOTA.value
        rows = rows_of("periksa_batas_luas.sql", versi=versi.pk, lama=None, tingkat=kabupaten)
        found += _official(kabupaten, rows)
    for tingkat in [level["tingkat"] for level in tingkat_list if level["asal"]][:-1]:
        found += _nesting(versi, tingkat, own)
    return found


def _neighbours(versi: VersiBatas, tingkat: str) -> Iterable[Temuan]:
    name = LEVEL_NAMES[tingkat]
    rows = rows_of("periksa_batas_tumpang.sql", versi=versi.pk, tingkat=tingkat)
    yield temuan(
        f"tumpang.{tingkat}",
        "awas",
        f"pasang {name} tumpang tindih, seluruhnya {area(sum(luas for *_, luas in rows))}",
        f"Tidak ada {name} yang tumpang tindih",
        [((a, b), area(luas)) for a, b, luas in rows],
    )
    rows = rows_of("periksa_batas_celah.sql", versi=versi.pk, tingkat=tingkat)
    yield temuan(
        f"celah.{tingkat}",
        "kabar",
        f"celah di antara {name}, seluruhnya {area(sum(luas for _, luas in rows))}",
        f"Tidak ada celah di antara {name}",
        [(sekitar.split(",") if sekitar else [], area(luas)) for sekitar, luas in rows],
        "Danau dan kolong yang bukan bagian desa mana pun juga terhitung celah.",
    )


def _labels(versi: VersiBatas, tingkat: str) -> Temuan:
    rows = rows_of("periksa_batas_titik.sql", versi=versi.pk, tingkat=tingkat)
    return temuan(
        f"titik.{tingkat}",
        "awas",
        f"{LEVEL_NAMES[tingkat]} yang titik labelnya di luar batasnya",
        f"Semua titik label {LEVEL_NAMES[tingkat]} di dalam batasnya",
        [((kode,), f"{number_format(metres / 1000, 1)} km dari batasnya") for kode, metres in rows],
        "Mungkin kodenya tertukar dengan tetangganya.",
    )


def _areas(versi: VersiBatas, tingkat: str, lama: VersiBatas | None) -> Iterable[Temuan]:
    name = LEVEL_NAMES[tingkat]
    rows = rows_of("periksa_batas_luas.sql", versi=versi.pk, lama=lama.pk if lama else None, tingkat=tingkat)
    specks = [((kode,), f"{serpih} serpih") for kode, luas, _, _, serpih, _ in rows if luas and serpih]
    yield temuan(
        f"serpih.{tingkat}",
        "kabar",
        f"{name} dengan serpih di bawah 1.000 m²",
        f"Tidak ada serpih pada {name}",
        specks,
    )
    yield from _official(tingkat, rows)
    if lama is None:
        return
    both = [(kode, luas, before) for kode, luas, before, *_ in rows if luas and before]
    yield temuan(
        f"lima_kali.{tingkat}",
        "awas",
        f"{name} lima kali lebih luas atau lebih sempit daripada sekarang",
        f"Tidak ada {name} yang luasnya lima kali lipat",
        [
            ((kode,), f"{area(before)} menjadi {area(luas)}")
            for kode, luas, before in both
            if luas >= FAR_LARGER * before or before >= FAR_LARGER * luas
        ],
        "Mungkin kodenya tertukar, atau poligonnya milik wilayah lain.",
    )
    yield temuan(
        f"berubah.{tingkat}",
        "kabar",
        f"{name} yang luasnya berubah lebih dari 20 % terhadap {lama.nama}",
        f"Luas semua {name} berubah paling banyak 20 %",
        [
            ((kode,), f"{area(before)} menjadi {area(luas)}")
            for kode, luas, before in both
            if abs(luas / before - 1) > CHANGED
        ],
        "Batas sekarang dihitung sendiri (indikatif), jadi beda luas wajar." if lama.indikatif else "",
    )


def _official(tingkat: str, rows: list[tuple]) -> Iterable[Temuan]:
    """Against the areas that the list of wilayah carries, where it carries any."""
    name = LEVEL_NAMES[tingkat]
    if not any(resmi for *_, resmi in rows):
        return
    yield temuan(
        f"luas_resmi.{tingkat}",
        "kabar",
        f"{name} yang luasnya berbeda lebih dari 10 % dari luas resminya",
        f"Luas {name} sesuai luas resmi yang tercatat",
        [
            ((kode,), f"{area(luas)}, luas resmi {area(float(resmi))}")
            for kode, luas, *_, resmi in rows
            if luas and resmi and abs(luas / float(resmi) - 1) > OFFICIAL
        ],
    )


def _nesting(versi: VersiBatas, tingkat: str, own: list[str]) -> Iterable[Temuan]:
    """A level dissolved from the one below nests by itself; one with a file of its own is measured."""
    above = LEVELS_UP.get(tingkat)
    if above not in own:
        return
    induk = list(versi.batas_list.filter(wilayah__tingkat=above).values_list("wilayah_id", flat=True))
    rows = rows_of("periksa_batas_sarang.sql", versi=versi.pk, tingkat=tingkat, induk=induk)
    name, name_above = LEVEL_NAMES[tingkat], LEVEL_NAMES[above]
    yield temuan(
        f"sarang.{tingkat}",
        "awas",
        f"{name} kurang dari 95 % luasnya di dalam {name_above} induknya",
        f"Semua {name} di dalam {name_above} induknya",
        [
            ((kode,), f"{percent(inside / luas)} di dalam")
            for kode, _, luas, inside in rows
            if luas and inside / luas < NESTED
        ],
    )
    covered: dict[str, float] = dict.fromkeys(induk, 0.0)
    for _, parent, _, inside in rows:
        covered[parent] += inside or 0
    whole = {
        kode: luas
        for kode, luas, *_ in rows_of("periksa_batas_luas.sql", versi=versi.pk, lama=None, tingkat=above)
    }
    yield temuan(
        f"tertutup.{tingkat}",
        "awas",
        f"{name_above} yang kurang dari 95 % luasnya tertutup {name}",
        f"Semua {name_above} tertutup {name}",
        [
            ((kode,), f"{percent(inside / whole[kode])} tertutup, kurang {area(whole[kode] - inside)}")
            for kode, inside in covered.items()
            if whole.get(kode) and inside / whole[kode] < NESTED
        ],
    )


LEVELS_UP: dict[str, str] = dict(
    zip(reversed(Wilayah.Tingkat.values), list(reversed(Wilayah.Tingkat.values))[1:], strict=False)
)


def as_json(found: list[Temuan]) -> list[dict[str, Any]]:
    return [asdict(one) for one in found]


def as_text(versi: VersiBatas) -> str:
    """The report in Indonesian, for a terminal."""
    laporan = versi.laporan
    names = dict(Wilayah.objects.values_list("kode", "nama"))
    lines = [f"Versi {versi.pk}: {versi.nama}", f"Sumber: {versi.sumber}"]
    for berkas in versi.berkas:
        lines.append(
            f"Berkas {berkas['nama']} ({berkas['jenis']}): {berkas['jumlah']} poligon,"
            f" {LEVEL_NAMES[berkas['tingkat']]}, kode {berkas['sistem']} di kolom {berkas['kolom']}."
        )
    for level in laporan["tingkat"]:
        words = {"berkas": "dari berkas", "gabungan": "digabung dari tingkat di bawahnya", "": "tidak ada"}
        line = f"{LEVEL_NAMES[level['tingkat']]}: {level['ada']} dari {level['seluruh']} ({words[level['asal']]})"
        if level["asal"] and level["tanpa"]:
            line += f"; tanpa batas: {_named(level['tanpa'], names)}"
        lines.append(line)
    for one in laporan["temuan"]:
        if one["berat"] == "baik":
            lines.append(f"  {one['judul']}.")
            continue
        lines.append(f"* {one['jumlah']} {one['judul']}.{' ' + one['ket'] if one['ket'] else ''}")
        for hit in one["daftar"][:10]:
            lines.append(f"    {_named(hit['kode'], names)}: {hit['ket']}".replace("    : ", "    "))
        if one["jumlah"] > 10:
            lines.append(f"    dan {one['jumlah'] - 10} lainnya, lihat halaman Versi batas")
    return "\n".join(lines)


def _named(codes: list[str], names: dict[str, str], most: int = 12) -> str:
    words = [f"{kode} {names.get(kode, '')}".strip() for kode in codes[:most]]
    return ", ".join(words) + (f" dan {len(codes) - most} lainnya" if len(codes) > most else "")
