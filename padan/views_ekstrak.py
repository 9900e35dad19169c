"""Pages of extracts: the home of padan, the delivery, one extract, the naming of its columns, its early end."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.jejak import address_of
from access.rules import may_decide_padan, may_deliver_ekstrak, may_match, may_open_padan, requires
from jobs.actions import JobFailed
from jobs.queries import page_of
from jobs.staging import StagingError
from kpm import mapping
from kpm.queries_impor import places
from kpm.queries_kolom import asked_of, chosen_in
from kpm.queries_kolom import page_of as naming_page_of
from kpm.verdicts import FileRefused
from padan import hapus, unggah
from padan.forms import EkstrakForm
from padan.models import Ekstrak
from padan.queries_ekstrak import ekstrak_rows, is_stopped, report_of, story_of
from padan.queries_hasil import runs_seen_by
from padan.queries_putusan import waiting_for
from padan.tata_letak import EKSTRAK, LABELS

PAGE = 25
RUNS = 10
ACCEPTED = ".xlsx,.xlsm,.csv,.txt,.xls,.xlsb,.ods,.zip"


@login_required
@require_GET
@requires(may_open_padan)
def home(request: HttpRequest) -> HttpResponse:
    """The home of padan: the extracts one may see."""
    user = request.user
    sees_extracts = may_deliver_ekstrak(user) or may_match(user)
    rows = ekstrak_rows(user) if sees_extracts else Ekstrak.objects.none()
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("halaman")),
        "lihat_ekstrak": sees_extracts,
        "boleh_serah": may_deliver_ekstrak(user),
        "jalan_list": runs_seen_by(user)[:RUNS],
        "boleh_ambang": may_decide_padan(user),
        "kerja_list": waiting_for(user),
    }
    return render(request, "padan/home.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_deliver_ekstrak)
def ekstrak_unggah(request: HttpRequest) -> HttpResponse:
    """Take in an extract. The script of the page asks for JSON, a form without script gets pages."""
    form = EkstrakForm(request.user, request.POST or None, request.FILES or None)
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    if request.method == "POST":
        if form.is_valid():
            berkas = form.cleaned_data["berkas"]
            try:
                one = unggah.accept_ekstrak(
                    berkas=berkas,
                    nama=berkas.name,
                    dasar=form.dasar(),
                    by=request.user,
                    alamat=address_of(request),
                )
            except (FileRefused, StagingError) as refusal:
                form.add_error("berkas", str(refusal))
            else:
                waits = one.keadaan == Ekstrak.Keadaan.KOLOM
                url = reverse("padan:ekstrak_kolom", args=[one.pk]) if waits else one.get_absolute_url()
                return JsonResponse({"url": url}, status=201) if wants_json else redirect(url)
        if wants_json:
            name, errors = next(iter(form.errors.items()))
            label = "" if name == "berkas" else f"{form.fields[name].label}: "
            return JsonResponse({"pesan": f"{label}{errors[0]}"}, status=422)
    context = {"form": form, "terima": ACCEPTED, "batas": settings.MAX_UPLOAD_BYTES}
    return render(request, "padan/ekstrak_unggah.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
@requires(may_open_padan)
@never_cache
def ekstrak(request: HttpRequest, pk: int) -> HttpResponse:
    """The story of an extract: under which agreement, what was found in it, how long it may be used. Counts alone."""
    one = _seen(request, pk)
    mine = one.pemilik_id == request.user.pk
    context = {
        "ekstrak": one,
        "laporan": report_of(one),
        "terhenti": is_stopped(one),
        "peristiwa_list": story_of(one),
        "jalan_list": runs_seen_by(request.user).filter(ekstrak=one)[:RUNS],
        "profil": one.layout.get("profil", {}).get("nama", ""),
        "boleh_hapus": one.keadaan == Ekstrak.Keadaan.SIAP,
        "boleh_cocokkan": one.keadaan == Ekstrak.Keadaan.SIAP and one.sisa_hari and may_match(request.user),
        "boleh_kolom": one.keadaan == Ekstrak.Keadaan.KOLOM and mine,
        "boleh_ulang": mine,
    }
    if one.job is not None:
        context |= page_of(one.job)
    return render(request, "padan/ekstrak.html", context)


@login_required
@require_GET
@requires(may_open_padan)
@never_cache
def ekstrak_keadaan(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page; when nothing runs any more it says where to look, and asking stops."""
    one = _seen(request, pk)
    if one.job is None:
        raise Http404
    context = page_of(one.job)
    if not one.job.is_live:
        context["tujuan"] = one.get_absolute_url()
    return render(request, "jobs/state.html", context)


@login_required
@requires(may_deliver_ekstrak)
@never_cache
@require_http_methods(["GET", "POST"])
def ekstrak_kolom(request: HttpRequest, pk: int) -> HttpResponse:
    """Sheet, header row, and a field for every column of a file that is not known; proposals are filled in."""
    one = _waiting(request, pk)
    try:
        peek = unggah.look_again(one)
    except JobFailed as gone:
        return render(request, "padan/ekstrak_kolom_hilang.html", {"pesan": gone.pesan}, status=410)
    lembar, baris = asked_of(peek, request.POST if request.method == "POST" else request.GET)
    sheet = peek.sheets[lembar]
    kesalahan, nama = "", " ".join(request.POST.get("nama", "").split())[:80]
    if request.method == "POST":
        kolom = chosen_in(request.POST, sheet, baris, LABELS)
        try:
            named = unggah.name_columns(
                ekstrak=one, peek=peek, lembar=lembar, baris=baris, kolom=kolom, nama=nama
            )
        except FileRefused as refusal:
            kesalahan = str(refusal)
        else:
            return redirect(named)
    else:
        kolom = mapping.propose(sheet, baris, places(), EKSTRAK)
    context = naming_page_of(peek, lembar, baris, kolom) | {
        "unggahan": one,
        "isi_list": [("Isian penduduk", list(LABELS.items()))],
        "kesalahan": kesalahan,
        "nama": nama,
        "buang_url": reverse("padan:ekstrak_buang", args=[one.pk]),
    }
    return render(request, "padan/ekstrak_kolom.html", context, status=422 if kesalahan else 200)


@login_required
@requires(may_deliver_ekstrak)
@require_POST
def ekstrak_buang(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a file away whose columns nobody names."""
    one = _waiting(request, pk)
    unggah.give_up(one)
    return redirect(one)


@login_required
@requires(may_open_padan)
@require_http_methods(["GET", "POST"])
def ekstrak_hapus(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then purge an extract before its time: the agreement was ended, or it was the wrong file.

    Whoever sees an extract may end it: who delivered it, and who runs matches.
    """
    one = _seen(request, pk)
    if one.keadaan != Ekstrak.Keadaan.SIAP:
        return redirect(one)
    if request.method == "POST":
        hapus.purge_ekstrak(
            ekstrak_id=one.pk, alasan="diakhiri lebih awal", by=request.user, alamat=address_of(request)
        )
        return redirect(one)
    return render(request, "padan/ekstrak_hapus.html", {"ekstrak": one})


def _seen(request: HttpRequest, pk: int) -> Ekstrak:
    rows = Ekstrak.objects.seen_by(request.user).select_related("cakupan", "pemilik", "job")
    return get_object_or_404(rows, pk=pk)


def _waiting(request: HttpRequest, pk: int) -> Ekstrak:
    return get_object_or_404(Ekstrak, pk=pk, pemilik=request.user, keadaan=Ekstrak.Keadaan.KOLOM)
