"""The roof's pages: home for every peran, the page of a wilayah, the trail, and the refused form."""

from __future__ import annotations

import logging
import secrets
import sys
from datetime import date
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.models import Peran
from access.rules import (
    may_count,
    may_import,
    may_see_health,
    may_see_jejak,
    may_see_names,
    only_counts,
    requires,
)
from jobs.files import NO_ROOM, no_room
from jobs.inbox import waiting_for
from kpm.queries import reach_of, sumber_judul
from sentral import queries, sehat
from sentral.forms import JejakForm, RowForm
from sentral.queries import JejakFilter
from spatial.models import Wilayah
from spatial.queries import active_versi, path_of, villages_without_batas

JEJAK_PER_PAGE = 50
NO_SPACE = HTTPStatus.INSUFFICIENT_STORAGE

logger = logging.getLogger(__name__)


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this user works with today: his wilayah in numbers, what waits for him, his last jobs."""
    user = request.user
    if not queries.peran_of(user):
        return render(request, "sentral/beranda_tanpa_penugasan.html")
    if not may_count(user):
        return render(
            request,
            "sentral/beranda_auditor.html",
            {"jejak_list": queries.last_jejak(), "menunggu_list": waiting_for(user)},
        )
    own = queries.own_wilayah(user)
    names = may_see_names(user)
    overviews = [queries.overview(user, wilayah) for wilayah in own]
    first = overviews[0]
    context = {
        "wilayah_list": overviews,
        "utama": first,
        "angka_list": queries.numbers_of(first, names=names),
        "boleh_nama": names,
        "boleh_impor": may_import(user),
        "di_desa": first.wilayah.tingkat == Wilayah.Tingkat.DESA_KELURAHAN,
        "peta_kecil": queries.small_map(user, first.wilayah),
        "hari_ini": timezone.localdate(),
        "peran": ", ".join(sorted(Peran(peran).label for peran in queries.peran_of(user))),
    }
    if only_counts(user):
        return render(request, "sentral/beranda_hitung.html", context | {"dihitung": queries.rekap_time()})
    context |= {
        "sumber": sumber_judul(user),
        "menunggu_list": waiting_for(user),
        "pekerjaan_list": queries.last_jobs(user),
    }
    return render(request, "sentral/beranda.html", context)


@login_required
@requires(may_count)
@require_safe
def wilayah_page(request: HttpRequest, kode: str) -> HttpResponse:
    """One wilayah with its numbers. Outside one's own territory it is as if it did not exist."""
    if not kode.startswith(reach_of(request.user) or ("x",)):
        raise Http404("di luar wilayah")
    wilayah = Wilayah.objects.select_related("induk__induk__induk").filter(kode=kode).first()
    if wilayah is None:
        raise Http404("tidak ada")
    names = may_see_names(request.user)
    found = queries.overview(request.user, wilayah)
    versi = active_versi()
    reach = reach_of(request.user)
    context = {
        "wilayah": wilayah,
        "jalur": [(w, w.kode.startswith(reach)) for w in reversed(path_of(wilayah))],
        "utama": found,
        "angka_list": queries.numbers_of(found, names=names),
        "ukuran_list": queries.measures(request.user, wilayah),
        "boleh_nama": names,
        "sumber": sumber_judul(request.user) if names else "",
        "dihitung": None if names else queries.rekap_time(),
        "tanpa_batas": list(villages_without_batas(versi).below(kode)) if versi else [],
        "di_desa": wilayah.tingkat == Wilayah.Tingkat.DESA_KELURAHAN,
        "boleh_impor": may_import(request.user),
        "kode_bps": wilayah.kode_bps,
    }
    return render(request, "sentral/wilayah.html", context)


@login_required
@requires(may_see_jejak)
@require_safe
def jejak_list(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first. Officers have names here, citizens are ids."""
    form = JejakForm(request.GET)
    form.is_valid()
    asked = form.asked
    page = Paginator(JejakFilter(**asked).rows(), JEJAK_PER_PAGE).get_page(request.GET.get("halaman"))
    here = reverse("jejak")
    written = {name: value.isoformat() if isinstance(value, date) else value for name, value in asked.items()}
    marks = [
        {
            "label": f"{form.fields[name].label or name.capitalize()}: {_shown(form, name, value)}",
            "url": f"{here}?{urlencode({k: v for k, v in written.items() if k != name})}",
        }
        for name, value in asked.items()
    ]
    context = {"form": form, "page": page, "tanda_list": marks, "hapus_semua": here if len(marks) > 1 else ""}
    context["baris_form"] = RowForm()
    return render(request, "sentral/jejak.html", context, status=422 if form.errors else 200)


def _shown(form: JejakForm, name: str, value) -> str:
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    choices = cast("list[tuple[str, str]]", cast(forms.ChoiceField, form.fields[name]).choices)
    return dict(choices).get(value, value)


@login_required
@requires(may_see_health)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every part of SENTRAL, how it is, and what to do about it."""
    lines = sehat.checks()
    context = {
        "check_list": lines,
        "diperiksa": timezone.now(),
        "sakit": any(line.keadaan == sehat.BURUK for line in lines),
        "perlu_dilihat": any(line.keadaan == sehat.AWAS for line in lines),
    }
    return render(request, "sentral/sehat.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old, or a browser without cookies: nothing was changed."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error nobody foresaw. Its code stands in the log beside the traceback.

    A full disk is foreseen and comes here all the same: an upload is written to its temporary folder while the
    request is read, before any view.
    """
    kode = secrets.token_hex(4).upper()
    error = sys.exc_info()
    logger.error("galat %s pada %s", kode, request.path, exc_info=error)
    if no_room(error[1]):
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"pesan": NO_ROOM}, status=NO_SPACE)
        return HttpResponse(loader.render_to_string("507.html", {"pesan": NO_ROOM}), status=NO_SPACE)
    return HttpResponseServerError(loader.render_to_string("500.html", {"kode": kode}))
