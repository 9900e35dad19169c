"""The page where the sender of an unknown file says which column holds what."""

from __future__ import annotations

import re
from collections import Counter

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from access.jejak import address_of
from access.masking import mask_nik
from access.rules import may_import, requires
from jobs.actions import JobFailed
from jobs.staging import Peek, PeekSheet
from kpm import mapping, uploads
from kpm.imports import FIELDS, HEADER_WITHIN, LABELS, letters
from kpm.indikator import catalogue
from kpm.models import Instrumen, Unggahan
from kpm.queries_impor import places
from kpm.verdicts import FileRefused

EXAMPLES = 3
CHOICES = [
    name for name in FIELDS if name != "hubungan_krt"
]  # which of the two relations counts is not asked
LONG_NUMBER = re.compile(r"\d{16}")


@login_required
@requires(may_import)
@never_cache
@require_http_methods(["GET", "POST"])
def impor_kolom(request: HttpRequest, pk: int) -> HttpResponse:
    """Sheet, header row, and a field for every column; proposals are filled in."""
    unggahan = _own(request, pk)
    try:
        peek = uploads.look_again(unggahan)
    except JobFailed as gone:
        return render(request, "kpm/impor_kolom_hilang.html", {"pesan": gone.pesan}, status=410)
    asked = request.POST if request.method == "POST" else request.GET
    lembar = _number(asked.get("lembar"), _likely_sheet(peek), len(peek.sheets) - 1)
    sheet = peek.sheets[lembar]
    rows_above = min(HEADER_WITHIN, len(sheet.rows))
    baris = _number(asked.get("baris"), mapping.likely_header(sheet), rows_above)
    kesalahan, nama = "", " ".join(request.POST.get("nama", "").split())[:80]
    if request.method == "POST":
        kolom = _chosen(request, len(_columns(sheet, baris, {})))
        try:
            impor = uploads.accept_columns(
                unggahan=unggahan,
                peek=peek,
                lembar=lembar,
                baris=baris,
                kolom=kolom,
                nama=nama,
                alamat=address_of(request),
            )
        except FileRefused as refusal:
            kesalahan = str(refusal)
        else:
            return redirect(impor)
    else:
        kolom = mapping.propose(sheet, baris, places())
    kuesioner = _questionnaire(asked.get("kuesioner"), kolom)
    context = {
        "unggahan": unggahan,
        "lembar_list": [
            (n, " ".join(filter(None, [one.file, one.name])) or "berkas CSV", one.hidden)
            for n, one in enumerate(peek.sheets)
        ],
        "lembar": lembar,
        "baris": baris,
        "baris_list": range(1, rows_above + 1),
        "kolom_list": _columns(sheet, baris, kolom),
        "baris_data": [
            [_masked(cell) for cell in row] for row in sheet.rows[baris : baris + mapping.SHOWN] if any(row)
        ],
        "isi_list": [("Data pokok", [(name, LABELS[name]) for name in CHOICES]), *_questions(kuesioner)],
        "kuesioner": kuesioner,
        "kuesioner_list": Instrumen.choices,
        "tersembunyi": [letters(place) for place in sheet.hidden_columns],
        "kesalahan": kesalahan,
        "nama": nama,
    }
    return render(request, "kpm/impor_kolom.html", context, status=422 if kesalahan else 200)


@login_required
@requires(may_import)
@require_POST
def impor_kolom_buang(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the waiting file away."""
    uploads.discard(_own(request, pk))
    return redirect("kpm:impor_baru")


def _own(request: HttpRequest, pk: int) -> Unggahan:
    return get_object_or_404(Unggahan, pk=pk, pemilik=request.user)


def _likely_sheet(peek: Peek) -> int:
    """The visible sheet with most cells in its first rows."""
    weights = [
        (not sheet.hidden, sum(len(row) for row in sheet.rows), -place)
        for place, sheet in enumerate(peek.sheets)
    ]
    return -max(weights)[2]


def _number(text: str | None, default: int, highest: int) -> int:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else default
    return min(number, max(highest, 0))


def _chosen(request: HttpRequest, width: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for place in range(width):
        name = request.POST.get(f"kolom-{place}", "")
        if name in CHOICES or name in catalogue():
            found[place] = name
    return found


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


def _columns(sheet: PeekSheet, baris: int, kolom: dict[int, str]) -> list[dict]:
    """Every column of the file: its letter, header, a few examples, what was chosen for it."""
    titles = mapping.titles_of(sheet, baris) if baris else []
    below = sheet.rows[baris : baris + mapping.SHOWN]
    width = max([len(titles), *(len(row) for row in below)], default=0)
    return [
        {
            "n": place,
            "huruf": letters(place),
            "judul": titles[place].strip() if place < len(titles) else "",
            "contoh": [_masked(row[place]) for row in below if place < len(row) and row[place].strip()][
                :EXAMPLES
            ],
            "isi": kolom.get(place, ""),
        }
        for place in range(width)
    ]


def _masked(text: str) -> str:
    return LONG_NUMBER.sub(lambda match: mask_nik(match.group()), text)[:60]
