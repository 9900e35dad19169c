"""Pages of results: the panel on the page of a keluarga, the numbers of one run and the people behind each.

The address names a run, a wilayah and a result, never a person.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from access.jejak import address_of, record_jejak
from access.rules import may_decide_padan, may_see_jalan, may_see_names, may_see_padan, requires
from access.scope import territory_of
from jobs.queries import page_of
from kpm.filters import WILAYAH
from kpm.models import Anggota, HasilPadan
from kpm.opening import find_keluarga
from kpm.panels import record_panel
from padan.models import Ekstrak, Pencocokan
from padan.queries_hasil import (
    BELUM,
    URUT,
    Angka,
    Asked,
    Jalan,
    People,
    results_of_keluarga,
    runs_of,
    told_of,
)
from spatial.models import Wilayah

PER_PAGE = 50
LEVELS = {4: "Kabupaten atau kota", 6: "Kecamatan", 10: "Desa atau kelurahan"}  # by digits of the code


@login_required
@requires(may_see_padan)
@require_safe
@never_cache
@vary_on_headers("HX-Request")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What matching says of the members of one keluarga, and said before: a part of its page, or a page of its own."""
    keluarga, anggota_list = find_keluarga(request.user, pk)
    record_panel(request, keluarga, anggota_list)
    aktif = [anggota for anggota in anggota_list if anggota.status == Anggota.Status.AKTIF]
    context = {
        "keluarga": keluarga,
        "kepala": anggota_list[0] if anggota_list else None,
        "orang_list": results_of_keluarga(request.user, aktif),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "padan/parts/panel.html" if part else "padan/panel.html", context)


# --- one run -------------------------------------------------------------------------------------


def _run(request: HttpRequest, pk: int) -> Pencocokan:
    """The run; who sees no person sees only those of his own extracts."""
    runs = Pencocokan.objects.select_related("ekstrak__cakupan", "oleh", "job__pemilik")
    if not may_see_names(request.user):
        runs = runs.filter(ekstrak__in=Ekstrak.objects.seen_by(request.user))
    return get_object_or_404(runs, pk=pk)


def _wilayah(request: HttpRequest) -> Wilayah | None:
    """The wilayah asked for; a place outside the territory is none, as if it did not exist."""
    kode, territory = request.GET.get("wilayah", ""), territory_of(request.user)
    known = Wilayah.objects.select_related("induk__induk__induk")
    if not kode:
        single = territory.kode[0] if len(territory.kode) == 1 and not territory.semua else ""
        return known.filter(kode=single).first()
    if not WILAYAH.fullmatch(kode) or not territory.covers(kode):
        raise Http404("wilayah di luar penugasan")
    found = get_object_or_404(known, kode=kode)
    return found if found.tingkat != Wilayah.Tingkat.PROVINSI else None


def _here(run: Pencocokan, wilayah: Wilayah | None) -> str:
    return f"{run.get_absolute_url()}?wilayah={wilayah.kode}" if wilayah else run.get_absolute_url()


def _list_url(run: Pencocokan, asked: Asked) -> str:
    return f"{reverse('padan:jalan_orang', args=[run.pk])}?{urlencode(asked.query())}"


@login_required
@requires(may_see_jalan)
@require_safe
@never_cache
def jalan(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: how far it is, or what it found, per result and per wilayah."""
    run = _run(request, pk)
    context: dict[str, Any] = {"jalan": run, "jalan_list": runs_of(run)}
    if run.keadaan != Pencocokan.Keadaan.SELESAI:
        job = run.job
        # a worker that died leaves the run as it was; its job says what became of it
        context["terhenti"] = run.keadaan == Pencocokan.Keadaan.GAGAL or (job is not None and not job.is_live)
        if job is not None and job.pemilik_id == request.user.pk:
            context |= page_of(job)
    elif may_see_names(request.user):
        context |= _found(request, run)
    else:
        told = told_of(run)
        context |= {"tercatat_list": told, "tercatat": sum(n for _, n in told)}
    return render(request, "padan/jalan.html", context)


def _found(request: HttpRequest, run: Pencocokan) -> dict[str, Any]:
    wilayah = _wilayah(request)
    numbers = Jalan(request.user, run, wilayah)
    kode = numbers.kode
    places = numbers.per_wilayah()
    widths = {len(place.kode) for place, _ in places}
    return {
        "wilayah": wilayah,
        "jalur": _path(request, run, wilayah),
        "total": numbers.total,
        "angka_list": _numbers(run, kode, numbers.total),
        "hasil_list": [
            {
                "hasil": hasil,
                "n": n,
                "url": _list_url(run, Asked(kode, hasil.value)),
                "kk_url": _list_url(run, Asked(kode, hasil.value, kk="beda")),
                "tempat_url": _list_url(run, Asked(kode, hasil.value, tempat="beda")),
            }
            for hasil, n in numbers.per_hasil()
        ],
        "tempat_list": [
            {
                "wilayah": place,
                "n": n,
                "url": _here(run, place) if len(place.kode) < Wilayah.VILLAGE_DIGITS else "",
                "semua_url": _list_url(run, Asked(place.kode)),
                "padan_url": _list_url(run, Asked(place.kode, HasilPadan.PADAN)),
                "belum_url": _list_url(run, Asked(place.kode, BELUM)),
                "calon_url": _list_url(run, Asked(place.kode, HasilPadan.CALON)),
                "tiada_url": _list_url(run, Asked(place.kode, HasilPadan.TIDAK_DITEMUKAN)),
            }
            for place, n in places
        ],
        "tingkat": LEVELS[widths.pop()] if len(widths) == 1 else "Wilayah",
        "boleh_ambang": may_decide_padan(request.user),
    }


def _path(request: HttpRequest, run: Pencocokan, wilayah: Wilayah | None) -> list[tuple[str, str]]:
    """The wilayah above, each with its page where it lies within the territory."""
    territory = territory_of(request.user)
    found: list[tuple[str, str]] = []
    above = wilayah.induk if wilayah else None
    while above is not None:
        inside = territory.covers(above.kode)
        province = above.tingkat == Wilayah.Tingkat.PROVINSI
        url = _here(run, None if province else above) if inside else ""
        found.append((above.nama_lengkap, url))
        above = above.induk
    return found[::-1]


def _numbers(run: Pencocokan, kode: str, n: Angka) -> list[dict[str, Any]]:
    """The numbers that matter, each with the rows it opens."""

    def share(part: int, whole: int) -> str:
        return f"{_written(part * 100 / whole, 1)}\N{NO-BREAK SPACE}%" if whole else "belum ada"

    def number(label: str, nilai: str, ket: str, asked: Asked | None = None) -> dict[str, str]:
        return {
            "label": label,
            "nilai": nilai,
            "ket": ket,
            "url": _list_url(run, asked) if asked and n.semua else "",
        }

    return [
        number("Dicocokkan", _written(n.semua), "lihat orangnya", Asked(kode)),
        number(
            "Padan",
            share(n.padan, n.semua),
            f"{_written(n.padan)} dari {_written(n.semua)} orang",
            Asked(kode, HasilPadan.PADAN),
        ),
        number("Belum padan", _written(n.belum), "lihat siapa saja", Asked(kode, BELUM) if n.belum else None),
        number(
            "No. KK sama",
            share(n.kk_sama, n.kk_dinilai),
            f"{_written(n.kk_beda)} dari {_written(n.kk_dinilai)} berbeda",
            Asked(kode, kk="beda") if n.kk_beda else None,
        ),
        number(
            "Desa sama",
            share(n.tempat_sama, n.tempat_dinilai),
            f"{_written(n.tempat_beda)} dari {_written(n.tempat_dinilai)} berbeda",
            Asked(kode, tempat="beda") if n.tempat_beda else None,
        ),
    ]


def _written(number: float, decimals: int = 0) -> str:
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


@login_required
@requires(may_see_padan)
@require_safe
@never_cache
def jalan_orang(request: HttpRequest, pk: int) -> HttpResponse:
    """The people behind one number of a run. Each page leaves a Jejak."""
    run = _run(request, pk)
    wilayah = _wilayah(request)
    asked = Asked.read(request.GET, wilayah.kode if wilayah else "")
    people = People(request.user, run, asked, request.GET.get("urut", "desa"))
    if people.urut not in URUT or (people.urut != "desa" and not people.sortable):
        people = People(request.user, run, asked, "desa")
    paginator: Paginator = Paginator(people, PER_PAGE)  # type: ignore[arg-type]
    page = paginator.get_page(request.GET.get("halaman", "1"))
    row_list = list(page.object_list)
    if row_list:
        record_jejak(
            user=request.user,
            aksi="lihat_daftar",
            objek="pencocokan",
            objek_id=run.pk,
            alamat=address_of(request),
            wilayah_id=wilayah.kode if wilayah else None,
            rincian={"halaman": page.number, "banyak": len(row_list), "hasil": asked.hasil},
            isi={"anggota": [row.anggota.pk for row in row_list]},
        )
    context = {
        "jalan": run,
        "judul": _title(asked),
        "wilayah": wilayah,
        "page": page,
        "row_list": row_list,
        "kembali": _here(run, wilayah),
        "kepala_list": _heads(run, people),
        "urut": URUT[people.urut],
    }
    return render(request, "padan/jalan_orang.html", context)


def _title(asked: Asked) -> str:
    """What the people of a list have in common."""
    if asked.hasil == BELUM:
        found = "Belum padan"
    else:
        found = HasilPadan(asked.hasil).label if asked.hasil else "Semua yang dicocokkan"
    more = [*(["No. KK berbeda"] if asked.kk else []), *(["desa berbeda"] if asked.tempat else [])]
    return ", ".join([found, *more])


def _heads(run: Pencocokan, people: People) -> list[dict[str, str]]:
    """Heads of the columns: where a press leads, and what aria-sort says."""
    heads = []
    urut = people.sign + people.urut
    for label, name, kelas in (
        ("Nama", "nama", ""),
        ("NIK", "", ""),
        ("Desa, kecamatan", "desa", ""),
        ("Hasil", "", ""),
        ("Mengapa", "", ""),
        ("No. KK", "", ""),
        ("Kemiripan", "skor", "angka"),
    ):
        head = {"label": label, "kelas": kelas, "arah": "", "url": ""}
        if name == "desa" or (name and people.sortable):
            first, other = (f"-{name}", name) if name == "skor" else (name, f"-{name}")
            if urut.lstrip("-") == name:
                head["arah"] = "descending" if urut.startswith("-") else "ascending"
            goal = other if urut == first else first
            query = people.asked.query() | ({} if goal == "desa" else {"urut": goal})
            head["url"] = f"{reverse('padan:jalan_orang', args=[run.pk])}?{urlencode(query)}"
        heads.append(head)
    return heads
