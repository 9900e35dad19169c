"""The buttons "Unduh" and "Berkas tukar" of the list: what will be in the file, for what, as which file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from access.rules import Rule, may_exchange, may_export, requires
from jobs.ekspor import EksporKind, Size, Wish
from jobs.ekspor import queries as ekspor_queries
from jobs.ekspor.actions import EksporRefused, request_ekspor
from jobs.ekspor.forms import EksporForm, TukarForm
from jobs.models import Ekspor
from kpm import ekspor, tukar
from kpm.filters import Filter

KINDS = (ekspor.KELUARGA, ekspor.ANGGOTA)
EXCHANGE = (tukar.TUKAR_A, tukar.TUKAR_D, tukar.TITIK)


@dataclass(frozen=True)
class Asked:
    """The list as it stands in the address, and what of it may leave. kembali: back to that list."""

    filter: Filter
    token: str
    cakupan: tuple[str, ...]
    wish: Wish

    @property
    def kembali(self) -> str:
        return self.url("kpm:keluarga_list")

    def url(self, name: str) -> str:
        """The page of that name with this list in its address."""
        return self.filter.url(reverse(name), {"cari": self.token if self.filter.kata else ""})

    def sizes(self, user, kinds: tuple[EksporKind, ...]) -> dict[EksporKind, Size]:
        """How much each kind comes to now."""
        return {kind: kind.count(user, self.wish) if self.cakupan else Size(0, 0) for kind in kinds}

    def request(self, user, **wanted: Any) -> Ekspor:
        """Ask for it. Raises EksporRefused."""
        return request_ekspor(
            pemilik=user,
            isi=dict(self.wish.isi),
            wilayah=self.filter.wilayah,
            saringan=ekspor.words(self.filter),
            **wanted,
        )


def _asked(request: HttpRequest, rule: Rule, **changes: Any) -> Asked | HttpResponse:
    """Words of a search come out of the session by their token, as the list does it."""
    token = request.GET.get("cari", "")
    kata = request.session.get("cari", {}).get(token, "")
    asked = replace(Filter.read(request.GET, kata), **changes)
    cakupan = ekspor_queries.overlap(asked.wilayah, rule.kode(request.user))
    wish = Wish(ekspor.isi_of(asked), ekspor_queries.limits(cakupan))
    found = Asked(asked, token, cakupan, wish)
    # the list says that the search is gone; without it this would be another file
    return redirect(found.kembali) if token and not kata else found


def _to_its_page(one: Ekspor) -> HttpResponse:
    return redirect(one.job if one.keadaan == Ekspor.Keadaan.DIBUAT and one.job else one)


@login_required
@requires(may_export)
@require_http_methods(["GET", "HEAD", "POST"])
def unduh(request: HttpRequest) -> HttpResponse:
    """Ask what is wanted of the list, then start it or let it wait."""
    asked = _asked(request, may_export)
    if isinstance(asked, HttpResponse):
        return asked
    sizes = asked.sizes(request.user, KINDS)
    form = EksporForm(sizes, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _to_its_page(asked.request(request.user, **form.cleaned_data))
        except EksporRefused as refusal:
            form.add_error(None, str(refusal))
    orang = sizes[ekspor.ANGGOTA].orang
    context = _context(asked) | {
        "form": form,
        "keluarga": sizes[ekspor.KELUARGA].baris,
        "orang": orang,
        "batas": settings.EKSPOR_TANPA_SETUJU,
        "hari_ini": ekspor_queries.unseen_today(request.user),
        "perlu_setuju": ekspor_queries.needs_second(request.user, orang),
        "kolom_list": [(kind.label, [k.judul for k in kind.kolom(request.user)]) for kind in KINDS],
        "tukar_url": asked.url("kpm:tukar") if may_exchange(request.user) and not asked.filter.status else "",
    }
    return render(request, "kpm/unduh.html", context, status=422 if form.errors else 200)


@login_required
@requires(may_exchange)
@require_http_methods(["GET", "HEAD", "POST"])
def tukar_page(request: HttpRequest) -> HttpResponse:
    """Ask for a file that another program reads, with NIK and No. KK in full. A second person decides, always."""
    asked = _asked(request, may_exchange, status="")  # whoever reads the file takes its families for active
    if isinstance(asked, HttpResponse):
        return asked
    sizes = asked.sizes(request.user, EXCHANGE)
    form = TukarForm(sizes, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _to_its_page(asked.request(request.user, **form.wanted))
        except EksporRefused as refusal:
            form.add_error(None, str(refusal))
    context = _context(asked) | {
        "form": form,
        "orang": sizes[tukar.TUKAR_A].orang,
        "titik": sizes[tukar.TITIK].baris,
        "kind_list": [
            (kind, [(t.nama, [k.judul for k in t.kolom]) for t in kind.tables(request.user, asked.wish)])
            for kind in EXCHANGE
        ],
        "kembali": asked.url("kpm:unduh"),
    }
    return render(request, "kpm/tukar.html", context, status=422 if form.errors else 200)


def _context(asked: Asked) -> dict[str, Any]:
    return {
        "saringan": ekspor.words(asked.filter),
        "kata": asked.filter.kata,
        "tempat": ekspor_queries.places(asked.cakupan),
        "hari": settings.EKSPOR_HARI,
        "kembali": asked.kembali,
    }
