"""Two periods compared: the numbers of a wilayah and those below it, and the list behind each number.

The address names the two sumber, a wilayah and a kind of change, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from access.jejak import address_of, record_jejak
from access.rules import may_export, may_import, may_see_names, requires
from access.scope import territory_of
from jobs.ekspor import Size, Wish
from jobs.ekspor import queries as ekspor_queries
from jobs.ekspor.actions import EksporRefused, request_ekspor
from jobs.ekspor.forms import EksporForm
from jobs.models import Ekspor
from kpm import banding, queries
from kpm.banding import IKUT, LEPAS, URUT, WORDS, Banding, PeriodeRefused
from kpm.banding_daftar import Pembaca
from kpm.ekspor_banding import BANDING, isi_of, reach_of_change, words
from kpm.filters import WILAYAH
from kpm.models import Sumber
from spatial.models import Wilayah

PER_PAGE = 50
# Columns of the table per wilayah: key, head, class.
COLUMNS = (
    ("dulu", "Dulu"),
    ("masuk", "Masuk"),
    ("datang", "Datang"),
    ("keluar", "Keluar"),
    ("pergi", "Pergi"),
    ("kini", "Kini"),
    ("selisih", "Selisih"),
)
LEVELS = {4: "Kabupaten atau kota", 6: "Kecamatan", 10: "Desa atau kelurahan"}  # by digits of the code
OPENS = {"masuk", "datang", "keluar", "pergi"}  # numbers that open a list


@dataclass(frozen=True)
class Asked:
    """What the address asks for. pair is None where there is nothing to compare; tolak says why not these."""

    offered: list[Sumber]
    pair: tuple[Sumber, Sumber] | None
    tolak: str
    wilayah: Wilayah | None

    @classmethod
    def read(cls, request: HttpRequest) -> Asked:
        offered = banding.sumber_list(request.user)
        wilayah = _wilayah(request)
        try:
            pair = banding.chosen_pair(offered, request.GET.get("dari", ""), request.GET.get("ke", ""))
        except PeriodeRefused as refusal:
            return cls(offered, None, str(refusal), wilayah)
        return cls(offered, pair, "", wilayah)

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.wilayah.kode,) if self.wilayah else ()


def _wilayah(request: HttpRequest) -> Wilayah | None:
    """The wilayah asked for; a place outside the territory is none, as if it did not exist."""
    kode = request.GET.get("wilayah", "")
    territory = territory_of(request.user)
    if not kode:
        single = territory.kode[0] if len(territory.kode) == 1 and not territory.semua else ""
        return Wilayah.objects.select_related("induk__induk__induk").filter(kode=single).first()
    if not WILAYAH.fullmatch(kode) or not territory.covers(kode):
        raise Http404("wilayah di luar penugasan")
    found = Wilayah.objects.select_related("induk__induk__induk").filter(kode=kode).first()
    if found is None:
        raise Http404("wilayah tidak dikenal")
    return found if found.tingkat != Wilayah.Tingkat.PROVINSI else None


@login_required
@requires(may_see_names)
@require_safe
def banding_page(request: HttpRequest) -> HttpResponse:
    """Totals of one wilayah and a table of those below it."""
    asked = Asked.read(request)
    context: dict[str, Any] = {
        "jenis_list": _by_kind(asked),
        "dari": asked.pair[0].pk if asked.pair else request.GET.get("dari", ""),
        "ke": asked.pair[1].pk if asked.pair else request.GET.get("ke", ""),
        "tolak": asked.tolak,
        "wilayah": asked.wilayah,
        "offered": asked.offered,
        "boleh_impor": may_import(request.user),
    }
    if asked.pair:
        context |= _compared(request, Banding(request.user, *asked.pair), asked)
    return render(request, "kpm/banding.html", context, status=422 if asked.tolak else 200)


def _by_kind(asked: Asked) -> list[tuple[str, list[Sumber]]]:
    """The periods on offer, by kind, for the two choices."""
    found: dict[str, list[Sumber]] = {}
    for sumber in asked.offered:
        found.setdefault(sumber.get_jenis_display(), []).append(sumber)
    return list(found.items())


def _compared(request: HttpRequest, two: Banding, asked: Asked) -> dict[str, Any]:
    total = two.of(asked.codes)
    rows, below = _rows(request.user, two, asked)
    urut = request.GET.get("urut", "nama")
    if urut.lstrip("-") not in {"nama", *(key for key, _ in COLUMNS)}:
        urut = "nama"
    without_first, without_second = _missing(two, asked)
    return {
        "two": two,
        "total": total,
        "selisih": total["kini"] - total["dulu"],
        "angka_list": _numbers(two, asked, total),
        "baris_list": _sorted(rows, urut),
        "di_bawah": below,
        "kolom_list": _heads(two, asked, below, urut),
        "peringkat_list": _ranks(two, asked, total),
        "program_list": _programmes(two, asked, total),
        "orang_list": _people(two, asked, total),
        "tanpa_dulu": without_first,
        "tanpa_kini": without_second,
        "url_berubah": _list_url(two, asked.codes, banding.BERUBAH),
        "unduh_url": _unduh_url(two, asked.codes, banding.BERUBAH) if may_export(request.user) else "",
        "peta_url": f"{reverse('spatial:peta')}?{urlencode({'ukuran': 'periode_selisih', **two.query})}",
        "jalur": _path(two, asked),
    }


def _path(two: Banding, asked: Asked) -> list[tuple[Wilayah, str]]:
    """The wilayah above, with the page of those that lie within the territory."""
    found: list[tuple[Wilayah, str]] = []
    above = asked.wilayah.induk if asked.wilayah else None
    territory = territory_of(two.user)
    while above is not None:
        url = _url("banding", two, (above.kode,)) if territory.covers(above.kode) else ""
        found.append((above, url))
        above = above.induk
    return found[::-1]


def _url(name: str, two: Banding, codes: tuple[str, ...], **more: str) -> str:
    pairs = {**two.query, "wilayah": codes[0] if len(codes) == 1 else "", **more}
    return f"{reverse(f'kpm:{name}')}?{urlencode({k: v for k, v in pairs.items() if v})}"


def _list_url(two: Banding, codes: tuple[str, ...], perubahan: str) -> str:
    return _url("banding_daftar", two, codes, perubahan=perubahan)


def _unduh_url(two: Banding, codes: tuple[str, ...], perubahan: str) -> str:
    return _url("banding_unduh", two, codes, perubahan=perubahan)


def _numbers(two: Banding, asked: Asked, total) -> list[dict[str, str]]:
    """How the first number becomes the last."""

    def number(label: str, key: str, ket: str) -> dict[str, str]:
        url = _list_url(two, asked.codes, key) if total[key] else ""
        return {"label": label, "nilai": _written(total[key]), "ket": ket, "url": url}

    selisih = total["kini"] - total["dulu"]
    difference = f"{_written(abs(selisih))} {'lebih banyak' if selisih > 0 else 'lebih sedikit'}"
    keluar = "lihat daftarnya" if total["keluar"] else "tidak ada"
    return [
        {"label": two.dari.judul, "nilai": _written(total["dulu"]), "ket": "keluarga tercatat"},
        number("Masuk", "masuk", "lihat daftarnya" if total["masuk"] else "tidak ada"),
        number("Keluar", "keluar", keluar),
        number("Pindah desa", "pindah", "lihat daftarnya" if total["pindah"] else "tidak ada"),
        {
            "label": two.ke.judul,
            "nilai": _written(total["kini"]),
            "ket": difference if selisih else "sama banyak",
        },
    ]


def _written(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _rows(user, two: Banding, asked: Asked) -> tuple[list[dict[str, Any]], str]:
    """The wilayah one level down with their numbers, and what that level is called."""
    territory = territory_of(user)
    if asked.wilayah:
        inner = Wilayah.objects.filter(induk=asked.wilayah)
    elif territory.semua:
        inner = Wilayah.objects.filter(tingkat=Wilayah.Tingkat.KABUPATEN_KOTA)
    else:
        inner = Wilayah.objects.filter(kode__in=territory.kode)
    places = {wilayah.kode: wilayah for wilayah in inner}
    widths = sorted({len(kode) for kode in places})
    rows = []
    for width in widths:
        for kode, n in two.per(width, asked.codes).items():
            if kode in places:
                rows.append(_row(two, places[kode], n))
    return rows, LEVELS[widths[0]] if len(widths) == 1 else "Wilayah"


def _row(two: Banding, wilayah: Wilayah, n) -> dict[str, Any]:
    opens = len(wilayah.kode) < Wilayah.VILLAGE_DIGITS
    numbers = dict(n) | {"selisih": n["kini"] - n["dulu"]}
    return {
        "wilayah": wilayah,
        "url": _url("banding", two, (wilayah.kode,)) if opens else "",
        "n": numbers,
        "sel_list": [
            (
                key,
                numbers.get(key, 0),
                _list_url(two, (wilayah.kode,), key) if key in OPENS and n[key] else "",
            )
            for key, _ in COLUMNS
        ],
        "luar": n["luar"],
    }


def _sorted(rows: list[dict[str, Any]], urut: str) -> list[dict[str, Any]]:
    key = urut.lstrip("-")
    by_name = sorted(rows, key=lambda row: row["wilayah"].kode)
    if key == "nama":
        return by_name[::-1] if urut.startswith("-") else by_name
    return sorted(by_name, key=lambda row: row["n"].get(key, 0), reverse=urut.startswith("-"))


def _heads(two: Banding, asked: Asked, below: str, urut: str) -> list[dict[str, str]]:
    heads = []
    for key, label in (("nama", below), *COLUMNS):
        first, other = (key, f"-{key}") if key == "nama" else (f"-{key}", key)
        arah = ("descending" if urut.startswith("-") else "ascending") if urut.lstrip("-") == key else ""
        goal = other if urut == first else first
        heads.append(
            {
                "label": label,
                "kelas": "" if key == "nama" else "angka",
                "arah": arah,
                "url": _url("banding", two, asked.codes, urut="" if goal == "nama" else goal),
            }
        )
    return heads


def _ranks(two: Banding, asked: Asked, total) -> list[dict[str, Any]]:
    meaning = {"naik": "lebih sejahtera", "turun": "lebih miskin"}
    return [
        {
            "label": f"{scale.capitalize()} {way}",
            "ket": f"{meaning[way]}, dari {_written(total[f'{scale}_ada'])} yang punya {scale} di kedua periode",
            "n": total[f"{scale}_{way}"],
            "url": _list_url(two, asked.codes, f"{scale}_{way}"),
        }
        for scale in two.scales()
        for way in meaning
    ]


def _programmes(two: Banding, asked: Asked, total) -> list[dict[str, Any]]:
    found = []
    for program in queries.program_list():
        ikut, lepas = total[IKUT + program.kode], total[LEPAS + program.kode]
        silent = two.silent_words.get(program.kode, "")
        if ikut or lepas or silent:
            found.append(
                {
                    "program": program,
                    "ikut": ikut,
                    "lepas": lepas,
                    "ikut_url": _list_url(two, asked.codes, IKUT + program.kode),
                    "lepas_url": _list_url(two, asked.codes, LEPAS + program.kode),
                    "diam": silent,
                }
            )
    return found


def _people(two: Banding, asked: Asked, total) -> list[dict[str, Any]]:
    return [
        {
            "label": WORDS[key],
            "ket": f"{_written(total[f'orang_{key}'])} orang",
            "n": total[key],
            "url": _list_url(two, asked.codes, key),
        }
        for key in ("tambah", "kurang")
    ]


def _missing(two: Banding, asked: Asked) -> tuple[list[str], list[str]]:
    """Names of the villages that one of the two periods does not hold at all."""
    names = dict(Wilayah.objects.villages().values_list("kode", "nama"))
    sides = two.missing()
    without_first, without_second = (
        [names[kode] for kode in codes if kode in names and kode.startswith(asked.codes or ("",))]
        for codes in sides
    )
    return without_first, without_second


# --- lists ---------------------------------------------------------------------------------------


def _kind(request: HttpRequest, two: Banding) -> tuple[str, str]:
    """The change asked for and its words; one that nobody offers is all of them."""
    asked = request.GET.get("perubahan", "")
    for prefix, word in ((IKUT, "Ikut"), (LEPAS, "Lepas dari")):
        if asked.startswith(prefix):
            names = {prefix + program.kode: program.singkatan for program in queries.program_list()}
            if asked in names:
                return asked, f"{word} {names[asked]}"
    return (asked, WORDS[asked]) if asked in WORDS else (banding.BERUBAH, WORDS[banding.BERUBAH])


class _Rows:
    """The list as Paginator wants it: count() and a slice of rows."""

    ordered = True

    def __init__(self, two: Banding, perubahan: str, codes: tuple[str, ...], urut: str):
        self.two, self.asked = two, (perubahan, codes)
        self.urut = urut

    def count(self) -> int:
        return len(self.two.ids(*self.asked, self.urut))

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, place: slice) -> list:
        return Pembaca(self.two).baris(self.two.ids(*self.asked, self.urut)[place])


@login_required
@requires(may_see_names)
@require_safe
def banding_daftar(request: HttpRequest) -> HttpResponse:
    """The keluarga behind one number, each as it was and as it is."""
    asked = Asked.read(request)
    if asked.pair is None:
        return redirect(f"{reverse('kpm:banding')}?{request.GET.urlencode()}")
    two = Banding(request.user, *asked.pair)
    perubahan, judul = _kind(request, two)
    urut = request.GET.get("urut", "wilayah")
    if urut.lstrip("-") not in URUT:
        urut = "wilayah"
    paginator: Paginator = Paginator(_Rows(two, perubahan, asked.codes, urut), PER_PAGE)  # type: ignore[arg-type]
    page = paginator.get_page(request.GET.get("halaman", "1"))
    row_list = list(page.object_list)
    if row_list:
        heads = [row.kepala.pk for row in row_list if row.kepala]
        record_jejak(
            user=request.user,
            alamat=address_of(request),
            aksi="lihat_daftar",
            objek="keluarga",
            wilayah_id=asked.wilayah.kode if asked.wilayah else None,
            rincian={"halaman": page.number, "banyak": len(row_list)},
            isi={"keluarga": [row.keluarga.pk for row in row_list], "anggota": heads},
        )
    total = two.of(asked.codes)
    counted = total.get(perubahan, page.paginator.count)
    context = {
        "two": two,
        "judul": judul,
        "perubahan": perubahan,
        "wilayah": asked.wilayah,
        "page": page,
        "row_list": row_list,
        "skala_list": two.scales(),
        "tak_bernama": max(counted - page.paginator.count, 0),
        "luar": total["luar"] if perubahan in {"keluar", banding.BERUBAH} else 0,
        "kepala_list": _list_heads(two, asked, perubahan, urut),
        "urut": URUT[urut.lstrip("-")][0],
        "kembali": _url("banding", two, asked.codes),
        "unduh_url": _unduh_url(two, asked.codes, perubahan) if may_export(request.user) else "",
    }
    return render(request, "kpm/banding_daftar.html", context)


def _list_heads(two: Banding, asked: Asked, perubahan: str, urut: str) -> list[dict[str, str]]:
    scales = two.scales()
    columns = [
        ("Kepala keluarga", "kepala", ""),
        ("NIK", "", ""),
        ("Desa", "wilayah", ""),
        ("Anggota", "", "angka"),
        *[(scale.capitalize(), "peringkat" if scale == scales[0] else "", "angka") for scale in scales],
        ("Yang berubah", "", ""),
    ]
    heads = []
    for label, key, kelas in columns:
        head = {"label": label, "kelas": kelas, "arah": "", "url": ""}
        if key:
            if urut.lstrip("-") == key:
                head["arah"] = "descending" if urut.startswith("-") else "ascending"
            goal = f"-{key}" if urut == key else key
            more = {} if goal == "wilayah" else {"urut": goal}
            head["url"] = _url("banding_daftar", two, asked.codes, perubahan=perubahan, **more)
        heads.append(head)
    return heads


# --- export --------------------------------------------------------------------------------------


@login_required
@requires(may_export)
@require_http_methods(["GET", "HEAD", "POST"])
def banding_unduh(request: HttpRequest) -> HttpResponse:
    """Ask for the list behind a number as a file, then start it or let it wait for a second person."""
    asked = Asked.read(request)
    if asked.pair is None:
        return redirect(f"{reverse('kpm:banding')}?{request.GET.urlencode()}")
    two = Banding(request.user, *asked.pair)
    perubahan, judul = _kind(request, two)
    isi = isi_of(two, perubahan, asked.codes)
    wanted = reach_of_change(perubahan, asked.codes)
    cakupan = ekspor_queries.overlap(wanted, may_export.kode(request.user))
    wish = Wish(isi, ekspor_queries.limits(cakupan))
    size = BANDING.count(request.user, wish) if cakupan else Size(0, 0)
    form = EksporForm({BANDING: size}, request.POST or None)
    saringan = words(two, judul, asked.wilayah)
    if request.method == "POST" and form.is_valid():
        try:
            one = request_ekspor(
                pemilik=request.user, isi=isi, wilayah=wanted, saringan=saringan, **form.cleaned_data
            )
        except EksporRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(one.job if one.keadaan == Ekspor.Keadaan.DIBUAT and one.job else one)
    context = {
        "form": form,
        "judul": judul,
        "two": two,
        "saringan": saringan,
        "tempat": ekspor_queries.places(cakupan),
        "keluarga": size.baris,
        "orang": size.orang,
        "batas": settings.EKSPOR_TANPA_SETUJU,
        "hari": settings.EKSPOR_HARI,
        "hari_ini": ekspor_queries.unseen_today(request.user),
        "perlu_setuju": ekspor_queries.needs_second(request.user, size.orang),
        "kolom_list": [(BANDING.label, [kolom.judul for kolom in BANDING.kolom(request.user)])],
        "kembali": _list_url(two, asked.codes, perubahan),
        "letak": "Bandingkan periode",
    }
    return render(request, "kpm/unduh.html", context, status=422 if form.errors else 200)
