"""What other rooms and the map ask of the land: resolving names in bulk, boundaries, numbers, search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path

from django.contrib.gis.db.models import Extent
from django.db import connection
from django.db.models import Q
from psycopg2 import sql

from spatial.breaks import (
    KUANTIL,
    class_bounds,
    class_counts,
    class_of,
    class_texts,
    format_value,
    round_value,
)
from spatial.layers import Angka, Layer
from spatial.models import VersiBatas, Wilayah

SQL = Path(__file__).parent / "sql"


def resolve_sql(
    source: str | sql.Composable,
    *,
    kabupaten: str | sql.Composable = "kabupaten",
    kecamatan: str | sql.Composable = "kecamatan",
    desa: str | sql.Composable = "desa",
) -> sql.Composed:
    """Return the SELECT that turns the spellings of a file into village codes, all at once.

    `source` is a table (a name, or `sql.Identifier("staging", "job_7")`, or a subquery in brackets with
    its alias); the three columns hold the spellings as written. One row comes back per distinct triple:

        kabupaten, kecamatan, desa   as written, NULL stays NULL: join with IS NOT DISTINCT FROM
        kode         village code, or NULL
        ejaan_lain   true when a name was found under another spelling than the official one
        alasan       NULL when kode stands, else kabupaten_kosong, kabupaten_tidak_dikenal,
                     kecamatan_kosong, kecamatan_tidak_dikenal, desa_kosong, desa_tidak_dikenal,
                     kode_tidak_dikenal, kode_bertentangan (code and names disagree),
                     kode_dua_arti (the digits are also another village's BPS code)
        saran_kode, saran_nama   nearest spelling at the level that failed, or NULL: a hint for a person
    """

    def part(value: str | sql.Composable) -> sql.Composable:
        return sql.Identifier(value) if isinstance(value, str) else value

    return sql.SQL((SQL / "resolve_wilayah.sql").read_text()).format(
        source=part(source), kabupaten=part(kabupaten), kecamatan=part(kecamatan), desa=part(desa)
    )


def villages_without_batas(versi: VersiBatas):
    """The desa and kelurahan that this version draws no boundary for: counted, never lost."""
    return Wilayah.objects.villages().exclude(kode__in=versi.batas_list.values("wilayah_id"))


def active_versi() -> VersiBatas | None:
    """The boundaries in use, or None before any were computed or loaded."""
    return VersiBatas.objects.filter(aktif=True).first()


@lru_cache(maxsize=16)  # a version never changes, and its id is never used again
def batas_geojson(versi_id: int, tingkat: str) -> str:
    """Return the boundaries of one level as a GeoJSON text; empty when there are none.

    Coordinates are rounded to the grid on which the indicative boundaries were noded, so a border
    shared by two wilayah stays shared.
    """
    with connection.cursor() as cursor:
        cursor.execute((SQL / "batas_geojson.sql").read_text(), {"versi": versi_id, "tingkat": tingkat})
        return cursor.fetchone()[0]


def box_of(kode_list: Iterable[str], versi: VersiBatas | None) -> list[float] | None:
    """Return west, south, east, north of these wilayah and all in them, or None without boundaries."""
    if versi is None or not (within := [_within("wilayah_id", kode) for kode in kode_list]):
        return None
    box = versi.batas_list.filter(reduce(or_, within)).aggregate(Extent("geom"))["geom__extent"]
    return [round(side, 5) for side in box] if box else None


def box_of_villages(margin: float = 0.05) -> tuple[float, float, float, float]:
    """Return west, south, east, north of every village: of its boundaries in use, else of the label points.

    A little wider, since boundaries are drawn at some scale. The whole earth when neither is there.
    """
    if (versi := active_versi()) and (box := versi.batas_list.aggregate(Extent("geom"))["geom__extent"]):
        found = box
    else:
        found = Wilayah.objects.filter(titik__isnull=False).aggregate(Extent("titik"))["titik__extent"]
    if not found:
        return (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = found
    return (west - margin, south - margin, east + margin, north + margin)


def metres_outside(versi: VersiBatas | None, kode: str, lng: float, lat: float) -> float | None:
    """How far a point lies outside the boundary of wilayah `kode`, 0 inside; None where no boundary is drawn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Distance(geom::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography)"
            " FROM spatial_batas WHERE versi_id = %s AND wilayah_id = %s",
            [lng, lat, versi.pk if versi else None, kode],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _within(column: str, kode: str) -> Q:
    return Q(**{f"{column}__gte": kode, f"{column}__lt": kode + ":"})


NO_DATA, OUTSIDE = -1, -2


@dataclass(frozen=True)
class Nilai:
    """What one wilayah shows: its value with the counts behind it, or why there is none."""

    wilayah: Wilayah
    kelas: int
    nilai: float | None = None
    teks: str = "tanpa data"
    rinci: str = ""
    pembilang: float | None = None
    penyebut: int | None = None

    @property
    def di_luar(self) -> bool:
        return self.kelas == OUTSIDE


@dataclass(frozen=True)
class Sebaran:
    """One measure over one level, as far as a user may count."""

    layer: Layer
    tingkat: str
    nilai_list: list[Nilai] = field(repr=False)
    bounds: list[float]
    jumlah: Nilai | None = None

    @property
    def berisi(self) -> list[Nilai]:
        """Those with a value, highest first."""
        return sorted(
            (n for n in self.nilai_list if n.nilai is not None),
            key=lambda n: (-(n.nilai or 0), n.wilayah.kode),
        )

    @property
    def tanpa_data(self) -> int:
        return sum(n.kelas == NO_DATA for n in self.nilai_list)

    @property
    def di_luar(self) -> int:
        return sum(n.kelas == OUTSIDE for n in self.nilai_list)

    def sorted_by(self, urut: str) -> list[Nilai]:
        """Return the rows of the table: those with a value by `urut`, then those without data."""
        keys = {
            "nama": lambda n: n.wilayah.nama,
            "nilai": lambda n: n.nilai or 0,
            "pembilang": lambda n: n.pembilang or 0,
        }
        rows = sorted(
            sorted(self.berisi, key=keys["nama"]), key=keys[urut.lstrip("-")], reverse=urut.startswith("-")
        )
        return rows + [n for n in self.nilai_list if n.kelas == NO_DATA]

    def legend(self) -> list[dict]:
        """Return the classes from low to high: bounds in words, colour, how many, width of the bar."""
        values = [n.nilai for n in self.nilai_list if n.nilai is not None]
        if not values:
            return []
        counts = class_counts(values, self.bounds)
        most = max(counts)
        colours = class_colours(len(counts))
        return [
            {
                "teks": text,
                "warna": colours[place],
                "n": counts[place],
                "batang": round(100 * counts[place] / most),
            }
            for place, text in enumerate(class_texts(self.bounds, self.layer.satuan))
        ]


def class_colours(classes: int) -> list[int]:
    """Return which of the five colours each class takes; fewer classes are spread over the ramp."""
    if classes == 1:
        return [3]
    return [1 + round(4 * place / (classes - 1)) for place in range(classes)]


class Numbers:
    """A layer's counts for one user and filter, asked of the register no more often than needed.

    way: how values are parted into classes (breaks.WAYS).
    """

    def __init__(self, layer: Layer, user, filter: Mapping, way: str = KUANTIL):
        self.layer, self.user, self.filter, self.way = layer, user, filter, way
        self.reach = tuple(layer.reach(user))
        self._rows: dict[str, Mapping[str, Angka]] = {}

    def rows(self, tingkat: str) -> Mapping[str, Angka]:
        """Return the counts of one level; of a layer that rolls up, by adding up its villages."""
        if not self.reach:
            return {}
        if tingkat not in self._rows:
            lowest = Wilayah.Tingkat.DESA_KELURAHAN.value
            if tingkat != lowest and self.layer.rolls_up(self.user):
                self._rows[tingkat] = _rolled_up(self.rows(lowest), WIDTH[tingkat])
            else:
                self._rows[tingkat] = self.layer.rows(self.user, tingkat, self.filter)
        return self._rows[tingkat]

    def sebaran(self, tingkat: str) -> Sebaran:
        """Return the values of a level in classes; wilayah outside the user's reach stay dark."""
        rows = self.rows(tingkat)
        found = [
            _nilai(self.layer, wilayah, rows.get(wilayah.kode))
            if self.covers(wilayah)
            else Nilai(wilayah, OUTSIDE, teks="di luar wilayah Anda")
            for wilayah in Wilayah.objects.filter(tingkat=tingkat).select_related("induk")
        ]
        bounds = class_bounds([n.nilai for n in found if n.nilai is not None], self.layer.satuan, self.way)
        return Sebaran(
            layer=self.layer,
            tingkat=tingkat,
            nilai_list=[_in_class(n, bounds) for n in found],
            bounds=bounds,
            jumlah=_sum(self.layer, found),
        )

    def covers(self, wilayah: Wilayah) -> bool:
        """True when the user may count in all of this wilayah."""
        return bool(self.reach) and wilayah.kode.startswith(self.reach)

    def of(self, wilayah: Wilayah) -> Nilai | None:
        """Return what one wilayah shows, or None when it is not all within reach."""
        if not self.covers(wilayah):
            return None
        return _nilai(self.layer, wilayah, self.rows(wilayah.tingkat).get(wilayah.kode))


WIDTH: dict[str, int] = {
    Wilayah.Tingkat.PROVINSI: 2,
    Wilayah.Tingkat.KABUPATEN_KOTA: 4,
    Wilayah.Tingkat.KECAMATAN: 6,
    Wilayah.Tingkat.DESA_KELURAHAN: 10,
}


def _rolled_up(rows: Mapping[str, Angka], width: int) -> dict[str, Angka]:
    totals: dict[str, Angka] = {}
    for kode, (part, whole) in rows.items():
        before = totals.get(kode[:width], (0, None))
        totals[kode[:width]] = (
            (before[0] or 0) + (part or 0),
            before[1] if whole is None else (before[1] or 0) + whole,
        )
    return totals


def _nilai(layer: Layer, wilayah: Wilayah, angka) -> Nilai:
    if angka is None:
        return Nilai(wilayah, NO_DATA)
    pembilang, penyebut = angka
    if pembilang is None:
        return Nilai(wilayah, NO_DATA, teks="tidak ditampilkan", rinci="kurang dari 10")
    if layer.satuan == "jumlah" or (layer.satuan == "rata" and penyebut is None):
        value = float(pembilang)
        detail = ""
    elif penyebut:
        value = pembilang / penyebut * FACTOR[layer.satuan]
        detail = _detail(layer, pembilang, penyebut)
    else:
        return Nilai(wilayah, NO_DATA, pembilang=pembilang, penyebut=penyebut)
    value = round_value(value, layer.satuan)
    text = format_value(value, layer.satuan)
    return Nilai(wilayah, NO_DATA, value, text, detail, pembilang, penyebut)


FACTOR = {"persen": 100, "per_1000": 1000, "rata": 1}


def _detail(layer: Layer, pembilang: float, penyebut: int) -> str:
    """The counts behind a value; the sum behind a mean says nothing to anybody."""
    whole = f"{format_value(penyebut, 'jumlah')} {layer.penyebut_nama}"
    if layer.satuan == "rata":
        return f"dari {whole}"
    between = " dari" if layer.satuan == "persen" else f" {layer.pembilang_nama},"
    return f"{format_value(pembilang, 'jumlah')}{between} {whole}"


def _in_class(nilai: Nilai, bounds: list[float]) -> Nilai:
    if nilai.nilai is None:
        return nilai
    return replace(nilai, kelas=class_of(nilai.nilai, bounds))


def _sum(layer: Layer, nilai_list: list[Nilai]) -> Nilai | None:
    """The total of all that have a value; its share is the share of the sums, never a mean of shares.

    Means without their parts have none.
    """
    counted = [n for n in nilai_list if n.nilai is not None]
    if not counted or (layer.satuan == "rata" and any(n.penyebut is None for n in counted)):
        return None
    pembilang = sum(n.pembilang or 0 for n in counted)
    penyebut = sum(n.penyebut or 0 for n in counted) or None
    return _nilai(layer, counted[0].wilayah, (pembilang, penyebut))


@dataclass(frozen=True)
class Panel:
    """One wilayah on the map, set beside what it lies in and what lies beside it."""

    nilai: Nilai
    jalur: list[Wilayah]
    banding: list[tuple[str, Nilai, int]]
    peringkat: int | None
    dari: int
    sebutan: str
    letak: list[dict]
    sumbu: list[dict]


SEBUTAN_TINGKAT: dict[str, str] = {
    Wilayah.Tingkat.PROVINSI: "provinsi",
    Wilayah.Tingkat.KABUPATEN_KOTA: "kabupaten dan kota",
    Wilayah.Tingkat.KECAMATAN: "kecamatan",
    Wilayah.Tingkat.DESA_KELURAHAN: "desa dan kelurahan",
}
STRIP = 296  # px, the width of the strip that shows the place among all


def panel(layer: Layer, user, wilayah: Wilayah, filter: Mapping, way: str = KUANTIL) -> Panel:
    """Return what the panel of a wilayah says; levels above it that reach beyond the user stay out."""
    jalur = path_of(wilayah)
    numbers = Numbers(layer, user, filter, way)
    own = numbers.sebaran(wilayah.tingkat)
    nilai = next(n for n in own.nilai_list if n.wilayah.kode == wilayah.kode)
    compared = [n for n in (nilai, *map(numbers.of, jalur)) if n and n.nilai is not None]
    most = max((abs(n.nilai or 0) for n in compared), default=0) or 1
    values = own.berisi
    share = layer.satuan != "jumlah"
    return Panel(
        nilai=nilai,
        jalur=jalur,
        banding=[(_short(n, wilayah), n, round(88 * abs(n.nilai or 0) / most)) for n in compared]
        if share and len(compared) > 1
        else [],
        peringkat=1 + sum((n.nilai or 0) > nilai.nilai for n in values) if nilai.nilai is not None else None,
        dari=len(values),
        sebutan=SEBUTAN_TINGKAT[wilayah.tingkat],
        letak=_strip(own, nilai),
        sumbu=_axis(values, layer.satuan),
    )


def _short(nilai: Nilai, chosen: Wilayah) -> str:
    if nilai.wilayah.kode == chosen.kode:
        return f"{chosen.get_jenis_display()} ini"
    return "Provinsi" if nilai.wilayah.induk_id is None else nilai.wilayah.nama_lengkap


def _strip(own: Sebaran, chosen: Nilai) -> list[dict]:
    place = _place([n.nilai or 0 for n in own.berisi])
    colours = class_colours(len(own.bounds) + 1)
    return [
        {
            "x": place(n.nilai or 0),
            "warna": colours[n.kelas],
            "ini": n.wilayah.kode == chosen.wilayah.kode,
        }
        for n in own.berisi
    ]


def _axis(values: list[Nilai], satuan: str) -> list[dict]:
    if len(values) < 2:
        return []
    place = _place([n.nilai or 0 for n in values])
    low, high = values[-1], values[0]
    return [{"x": place(n.nilai or 0), "teks": n.teks} for n in (low, high) if low.nilai != high.nilai]


def _place(values: list[float]):
    low, high = (min(values), max(values)) if values else (0.0, 0.0)

    def place(value: float) -> float:
        return round(4 + (STRIP - 8) * (value - low) / (high - low), 1) if high > low else STRIP / 2

    return place


def path_of(wilayah: Wilayah) -> list[Wilayah]:
    """Return what a wilayah lies in, nearest first and the province last."""
    path = []
    above = wilayah.induk
    while above is not None:
        path.append(above)
        above = above.induk
    return path


SEARCH_SHOWN = 12


def search_wilayah(text: str, *, tingkat: str = "", below: str = "") -> list[Wilayah]:
    """Return the wilayah whose name or spelling is like `text`, best first. Codes are found too."""
    digits = text.replace(".", "").strip()
    wilayah_list = Wilayah.objects.select_related("induk__induk__induk")
    if tingkat:
        wilayah_list = wilayah_list.filter(tingkat=tingkat)
    if below:
        wilayah_list = wilayah_list.below(below)
    if digits.isascii() and digits.isdigit():
        return list(wilayah_list.filter(kode__startswith=digits).order_by("kode")[:SEARCH_SHOWN])
    with connection.cursor() as cursor:
        cursor.execute((SQL / "cari_wilayah.sql").read_text(), {"cari": text})
        order = {kode: place for place, (kode,) in enumerate(cursor.fetchall())}
    found = wilayah_list.filter(kode__in=order)
    return sorted(found, key=lambda wilayah: order[wilayah.kode])[:SEARCH_SHOWN]
