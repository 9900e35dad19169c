"""The page where the sender of an unknown file says which column holds what."""

from __future__ import annotations

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from access.jejak import address_of
from access.rules import may_import, requires
from jobs.actions import JobFailed
from jobs.staging import PeekSheet
from kpm import mapping, uploads
from kpm.imports import FIELDS, LABELS
from kpm.indikator import catalogue
from kpm.linked import PERSON
from kpm.models import Instrumen, Unggahan
from kpm.profil import columns_of_profil
from kpm.queries_impor import places
from kpm.queries_kolom import asked_of, beside_of, chosen_in, page_of
from kpm.verdicts import FileRefused

CHOICES = [
    name for name in FIELDS if name != "hubungan_krt"
]  # which of the two relations counts is not asked


@login_required
@requires(may_import)
@never_cache
@require_http_methods(["GET", "POST"])
def impor_kolom(request: HttpRequest, pk: int) -> HttpResponse:
    """Sheet, header row, and a field for every column, of two tables when the households have one; with proposals."""
    unggahan = _own(request, pk)
    try:
        peek = uploads.look_again(unggahan)
    except JobFailed as gone:
        return render(request, "kpm/impor_kolom_hilang.html", {"pesan": gone.pesan}, status=410)
    asked = request.POST if request.method == "POST" else request.GET
    lembar, baris = asked_of(peek, asked)
    sheet = peek.sheets[lembar]
    beside = beside_of(peek, asked)
    rumah: dict[int, str] = {}
    kesalahan, nama = "", " ".join(request.POST.get("nama", "").split())[:80]
    if request.method == "POST":
        known = {*CHOICES, *catalogue()}
        kolom = chosen_in(request.POST, sheet, baris, known)
        if beside:
            rumah = chosen_in(request.POST, peek.sheets[beside[0]], beside[1], known, part="rumah")
        try:
            impor = uploads.accept_columns(
                unggahan=unggahan,
                peek=peek,
                lembar=lembar,
                baris=baris,
                kolom=kolom,
                nama=nama,
                alamat=address_of(request),
                gabung="gabung" in request.POST,
                rumah=(*beside, rumah) if beside else None,
            )
        except FileRefused as refusal:
            kesalahan = str(refusal)
        else:
            return redirect(impor)
    else:
        kolom = _proposed(sheet, baris)
        if beside:
            proposed = _proposed(peek.sheets[beside[0]], beside[1])
            rumah = {place: name for place, name in proposed.items() if name not in PERSON}
    kuesioner = _questionnaire(asked.get("kuesioner"), kolom | {-1 - n: name for n, name in rumah.items()})
    page = page_of(peek, lembar, baris, kolom)
    same = {place for place, _ in mapping.same_columns(peek, lembar, baris)}
    context = page | {
        "unggahan": unggahan,
        "isi_list": [("Data pokok", [(name, LABELS[name]) for name in CHOICES]), *_questions(kuesioner)],
        "kuesioner": kuesioner,
        "kuesioner_list": Instrumen.choices,
        "kesalahan": kesalahan,
        "nama": nama,
        "gabung_list": [name for n, name, _ in page["lembar_list"] if n in same and not beside],
        "rumah": page_of(peek, *beside, rumah) if beside else None,
        "rumah_list": page["lembar_list"],
        "gabung": "gabung" in request.POST,
        "buang_url": reverse("kpm:impor_kolom_buang", args=[unggahan.pk]),
    }
    return render(request, "kpm/impor_kolom.html", context, status=422 if kesalahan else 200)


@login_required
@requires(may_import)
@require_POST
def impor_kolom_buang(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the waiting file away."""
    uploads.discard(_own(request, pk))
    return redirect("kpm:impor_baru")


def _proposed(sheet: PeekSheet, baris: int) -> dict[int, str]:
    return columns_of_profil(sheet, baris) or mapping.propose(sheet, baris, places())


def _own(request: HttpRequest, pk: int) -> Unggahan:
    return get_object_or_404(Unggahan, pk=pk, pemilik=request.user)


def _questionnaire(asked: str | None, kolom: dict[int, str]) -> str:
    """The one whose questions are offered: as asked for, else the one most proposals come from."""
    if asked is not None:
        return asked if asked in Instrumen.values else ""
    names = Counter(name.partition(":")[0] for name in kolom.values() if ":" in name)
    return max(names, key=lambda name: names[name], default="")


def _questions(kuesioner: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Its questions under their headings."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, one in catalogue().items():
        if one.instrumen == kuesioner:
            groups.setdefault(f"{Instrumen(kuesioner).label}: {one.kelompok}", []).append((name, one.nama))
    return list(groups.items())
