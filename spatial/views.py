"""The map: its page, its numbers as JSON, the panel of one wilayah, boundaries, and the wilayah search.

Numbers come from a layer (layers.py), which asks the gate. Names and boundaries of wilayah are no secret,
but only a user who is logged in gets them from here.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import etag, require_safe

from spatial import queries
from spatial.breaks import KUANTIL, WAYS
from spatial.compare import compare
from spatial.layers import Layer, get_layer, layer_list
from spatial.models import VersiBatas, Wilayah

# shown on the map, from the top down, with the words on the buttons
TINGKAT = {
    Wilayah.Tingkat.KABUPATEN_KOTA.value: "Kabupaten",
    Wilayah.Tingkat.KECAMATAN.value: "Kecamatan",
    Wilayah.Tingkat.DESA_KELURAHAN.value: "Desa",
}
# the same in the head of a column and behind a number
HEADS = TINGKAT | {Wilayah.Tingkat.KABUPATEN_KOTA.value: "Kabupaten atau kota"}
UNITS = {
    Wilayah.Tingkat.KABUPATEN_KOTA.value: "kab/kota",
    Wilayah.Tingkat.KECAMATAN.value: "kecamatan",
    Wilayah.Tingkat.DESA_KELURAHAN.value: "desa",
}
TABLE_ROWS = 25  # a whole province of villages comes when asked for
SORTS = {"nama", "-nama", "nilai", "-nilai", "pembilang", "-pembilang", "banding", "-banding"}


def _layer(request: HttpRequest) -> Layer:
    layer = get_layer(request.GET.get("ukuran"))
    if layer is None:
        raise Http404("ukuran tidak dikenal")
    return layer.for_query(request.GET)


def _second_layer(request: HttpRequest, first: Layer) -> Layer | None:
    """The measure set beside the first one, if any."""
    asked = request.GET.get("banding", "")
    layer = get_layer(asked) if asked else None
    if asked and layer is None:
        raise Http404("ukuran pembanding tidak dikenal")
    return None if layer is None or layer.kode == first.kode else layer.for_query(request.GET)


def _way(request: HttpRequest) -> str:
    """How values are parted into classes: as the address says, else as last chosen in this session."""
    asked = request.GET.get("kelas", "")
    if asked in WAYS:
        if request.session.get("peta_kelas", KUANTIL) != asked:
            request.session["peta_kelas"] = asked
        return asked
    return request.session.get("peta_kelas", KUANTIL)


def _top_tingkat(reach: tuple[str, ...]) -> str:
    """The coarsest level worth showing: the one below the user's widest wilayah."""
    widest = min(map(len, reach), default=2)
    if widest == 2:
        return Wilayah.Tingkat.KABUPATEN_KOTA.value
    return (Wilayah.Tingkat.KECAMATAN if widest == 4 else Wilayah.Tingkat.DESA_KELURAHAN).value


def _tingkat(request: HttpRequest, otherwise: str) -> str:
    asked = request.GET.get("tingkat") or otherwise
    if asked not in TINGKAT:
        raise Http404("tingkat tidak dikenal")
    return asked


def _sort(request: HttpRequest) -> str:
    asked = request.GET.get("urut", "-nilai")
    return asked if asked in SORTS else "-nilai"


def _numbers(request: HttpRequest, layer: Layer, tingkat: str, versi: VersiBatas | None) -> dict:
    """What legend and table show, for the page and for the JSON alike."""
    urut, way = _sort(request), _way(request)
    counts = queries.Numbers(layer, request.user, request.GET, way)
    numbers = counts.sebaran(tingkat)
    second = _second_layer(request, layer)
    beside = _beside(request, second, tingkat, way) if second else None
    rows = _sorted(numbers, beside["sebaran"] if beside else None, urut)
    shown = rows if request.GET.get("semua") else rows[:TABLE_ROWS]
    most = max((abs(nilai.nilai or 0) for nilai in numbers.nilai_list), default=0) or 1
    return {
        "layer": layer,
        "tingkat": tingkat,
        "satuan_wilayah": UNITS[tingkat],
        "tersaring": bool(layer.filter_query(request.GET)),
        "counts": counts,
        "sebaran": numbers,
        "cara": way,
        "cara_list": WAYS,
        "cara_keterangan": WAYS[way][1],
        "banding": beside,
        "hubungan": compare(numbers, beside["sebaran"], UNITS[tingkat]) if beside else None,
        "kolom_list": _columns(layer, tingkat, urut, second),
        "baris_list": [
            {
                "nilai": nilai,
                "banding": beside["nilai"].get(nilai.wilayah.kode) if beside else None,
                "url": layer.list_url(request.user, nilai.wilayah.kode, request.GET),
                "batang": round(100 * abs(nilai.nilai or 0) / most),
            }
            for nilai in shown
        ],
        "baris_lain": len(rows) - len(shown),
        "baris_semua": len(rows),
        "versi": versi,
        "tanpa_batas": list(queries.villages_without_batas(versi)) if versi else [],
    }


def _beside(request: HttpRequest, layer: Layer, tingkat: str, way: str) -> dict:
    """The same of a second measure."""
    counts = queries.Numbers(layer, request.user, request.GET, way)
    numbers = counts.sebaran(tingkat)
    return {
        "layer": layer,
        "counts": counts,
        "sebaran": numbers,
        "nilai": {nilai.wilayah.kode: nilai for nilai in numbers.nilai_list},
    }


def _sorted(numbers: queries.Sebaran, beside: queries.Sebaran | None, urut: str) -> list[queries.Nilai]:
    """The rows of the table; by the second measure they come in its order."""
    if urut.lstrip("-") != "banding":
        return numbers.sorted_by(urut)
    if beside is None:
        return numbers.sorted_by("-nilai")
    own = {nilai.wilayah.kode: nilai for nilai in numbers.nilai_list if not nilai.di_luar}
    order = beside.sorted_by(urut.replace("banding", "nilai"))
    return [own.pop(n.wilayah.kode) for n in order if n.wilayah.kode in own] + list(own.values())


def _columns(layer: Layer, tingkat: str, urut: str, second: Layer | None) -> list[dict]:
    """The heads of the table; a second press on the same head turns the order around."""

    def column(label: str, kunci: str = "", kelas: str = "") -> dict:
        first = kunci if kunci == "nama" else f"-{kunci}"
        other = f"-{kunci}" if kunci == "nama" else kunci
        arah = ""
        if kunci and urut.lstrip("-") == kunci:
            arah = "descending" if urut.startswith("-") else "ascending"
        return {
            "label": label[:1].upper() + label[1:],
            "kelas": kelas,
            "arah": arah,
            "urut": (other if urut == first else first) if kunci else "",
        }

    columns = [column(HEADS[tingkat], "nama")]
    if tingkat != Wilayah.Tingkat.KABUPATEN_KOTA:
        above = "Kecamatan" if tingkat == Wilayah.Tingkat.DESA_KELURAHAN else "Kabupaten atau kota"
        columns.append(column(above, kelas="hp-sembunyi"))
    if second:
        columns.append(column(layer.nama, "nilai", "angka"))
        columns.append(column(second.nama, "banding", "angka"))
        return columns
    if layer.satuan != "jumlah":
        columns.append(column(layer.penyebut_nama, kelas="angka hp-sembunyi"))
    if layer.satuan not in {"jumlah", "rata"}:
        columns.append(column(layer.pembilang_nama, "pembilang", "angka hp-sembunyi"))
    columns.append(column("", kelas="hp-sembunyi peta-kolom-batang"))
    columns.append(column(layer.kolom, "nilai", "angka"))
    return columns


@login_required
@require_safe
def peta(request):
    """The page: choice of measure and level, map, legend, panel, and the numbers as a table."""
    layer = _layer(request)
    reach = tuple(layer.reach(request.user))
    versi = queries.active_versi()
    top = _top_tingkat(reach)
    context = _numbers(request, layer, _tingkat(request, top), versi)
    chosen = Wilayah.objects.filter(kode=request.GET.get("wilayah", "")).first()
    form = layer.filter_form(request.user, request.GET)
    context |= {
        "layer_list": [one for one in layer_list() if one.offered(request.user)],
        "reach": reach,
        "tingkat_list": list(TINGKAT.items())[list(TINGKAT).index(top) :],
        "tingkat_dipilih": request.GET.get("tingkat", ""),
        "form": form,
        **(_panel(request, layer, chosen) if chosen else {}),
        "config": {
            "data": reverse("spatial:peta-data"),
            "panel": reverse("spatial:peta-panel", args=[0]),
            "cari": reverse("spatial:wilayah-cari"),
            "batas": {tingkat: reverse("spatial:peta-batas", args=[versi.pk, tingkat]) for tingkat in TINGKAT}
            if versi
            else {},
            "tingkat_atas": top,
            "kotak": queries.box_of(reach, versi),
            "basemap": settings.BASEMAP_URL,
            "saringan": list(form.fields) if form else [],
        },
    }
    return render(request, "spatial/peta.html", context)


@login_required
@require_safe
@gzip_page
def peta_data(request):
    """The numbers of one measure over one level, with legend and table as the page shows them."""
    layer = _layer(request)
    tingkat = _tingkat(request, _top_tingkat(tuple(layer.reach(request.user))))
    versi = queries.active_versi()
    context = _numbers(request, layer, tingkat, versi)
    second = context["banding"]
    response = JsonResponse(
        _drawn(request, context, layer, context["counts"], context["sebaran"])
        | {
            "tingkat": tingkat,
            "kelas": context["cara"],
            "kelas_keterangan": context["cara_keterangan"],
            "tabel": render_to_string("spatial/parts/tabel.html", context, request),
            "banding": _drawn(request, context, second["layer"], second["counts"], second["sebaran"])
            if second
            else None,
            "hubungan": render_to_string("spatial/parts/hubungan.html", context, request) if second else "",
        }
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


def _drawn(
    request: HttpRequest, context: dict, layer: Layer, counts: queries.Numbers, numbers: queries.Sebaran
) -> dict:
    """What one map shows: its words, colours and legend."""
    colours = queries.class_colours(len(numbers.bounds) + 1)
    legend = context | {"layer": layer, "sebaran": numbers}
    return {
        "ukuran": layer.kode,
        "judul": layer.nama,
        "keterangan": layer.keterangan,
        "ramp": layer.ramp,
        "wilayah": {
            nilai.wilayah.kode: {
                "nama": nilai.wilayah.nama_lengkap,
                "teks": nilai.teks,
                "rinci": nilai.rinci,
                "warna": colours[nilai.kelas] if nilai.kelas >= 0 else nilai.kelas + 1,
            }
            for nilai in numbers.nilai_list
        },
        "kabupaten": _beside_the_land(counts),
        "legenda": render_to_string("spatial/parts/legenda.html", legend, request),
    }


def _panel(request: HttpRequest, layer: Layer, wilayah: Wilayah) -> dict:
    """What the panel of a wilayah shows, with its value of the second measure."""
    second = _second_layer(request, layer)
    beside = queries.Numbers(second, request.user, request.GET).of(wilayah) if second else None
    return {
        "panel": queries.panel(layer, request.user, wilayah, request.GET, _way(request)),
        "panel_url": layer.list_url(request.user, wilayah.kode, request.GET),
        "panel_banding": (second, beside) if beside else None,
    }


def _beside_the_land(counts: queries.Numbers) -> dict[str, list[str]]:
    """Name and value of each kabupaten within reach, written in the sea beside it."""
    wilayah_list = Wilayah.objects.filter(tingkat=Wilayah.Tingkat.KABUPATEN_KOTA)
    return {
        wilayah.kode: [wilayah.nama, nilai.teks]
        for wilayah in wilayah_list
        if (nilai := counts.of(wilayah)) is not None
    }


@login_required
@require_safe
def peta_panel(request, kode):
    """The panel of one wilayah, as a fragment."""
    layer = _layer(request)
    wilayah = get_object_or_404(Wilayah.objects.select_related("induk__induk__induk"), kode=str(kode))
    context = {"layer": layer, **_panel(request, layer, wilayah)}
    response = render(request, "spatial/parts/panel.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


@login_required
@require_safe
@gzip_page
@etag(lambda request, versi, tingkat: f'"batas-{versi}-{tingkat}"')
def peta_batas(request, versi, tingkat):
    """The boundaries of one level as GeoJSON. A version never changes, so a browser keeps it for a year."""
    get_object_or_404(VersiBatas, pk=versi)
    if tingkat not in TINGKAT:
        raise Http404("tingkat tidak dikenal")
    response = HttpResponse(queries.batas_geojson(versi, tingkat), content_type="application/geo+json")
    patch_cache_control(response, private=True, max_age=365 * 24 * 3600, immutable=True)
    return response


@login_required
@require_safe
def search(request):
    """Wilayah whose name resembles ?q=, best first; ?tingkat= and ?di= (a code) narrow it."""
    text = request.GET.get("q", "").strip()[:80]
    di, tingkat = request.GET.get("di", ""), request.GET.get("tingkat", "")
    found = queries.search_wilayah(text, tingkat=tingkat, below=di) if text else []
    return JsonResponse(
        {
            "hasil": [
                {
                    "kode": wilayah.kode,
                    "nama": wilayah.nama,
                    "nama_lengkap": wilayah.nama_lengkap,
                    "tingkat": wilayah.tingkat,
                    "jalur": ", ".join(w.nama_lengkap for w in queries.path_of(wilayah)),
                }
                for wilayah in found
            ]
        }
    )
