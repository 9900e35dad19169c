"""Pages of an import: the list, the upload, the report, the reject workbook."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from access.jejak import address_of
from access.rules import may_import, requires
from jobs.queries import page_of
from jobs.staging import StagingError
from kpm import uploads
from kpm.aturan import layout_of
from kpm.forms import ImporForm
from kpm.langkah import latest
from kpm.models import Impor
from kpm.queries_awal import first_look_of
from kpm.queries_cerita import profil_of, story_of
from kpm.queries_impor import report_of, standing_of, wilayah_rows
from kpm.queries_pratinjau import review_of
from kpm.queries_urung import undo_of
from kpm.verdicts import FileRefused

PAGE = 25
ACCEPTED = ".xlsx,.xlsm,.csv,.txt,.xls,.xlsb,.ods,.zip"


@login_required
@require_GET
@requires(may_import)
def impor_list(request: HttpRequest) -> HttpResponse:
    """One's own imports; Dinsos provinsi sees everybody's."""
    rows = Impor.objects.seen_by(request.user).with_standing().select_related("job", "sumber", "pemilik")
    rows = rows.defer("tinjauan", "awal", "layout")
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("halaman"))
    return render(request, "kpm/impor_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_import)
def impor_baru(request: HttpRequest) -> HttpResponse:
    """Take in a file. The script of the page asks for JSON, a form without script gets pages."""
    form = ImporForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                berkas, nama = uploads.as_one(data["berkas"])
                impor = uploads.accept_upload(
                    berkas=berkas,
                    nama=nama,
                    pemilik=request.user,
                    jenis=data["jenis"],
                    periode=data["periode"],
                    ulangi=data["ulangi"],
                    alamat=address_of(request),
                )
            except uploads.ColumnsUnknown as unknown:
                return _sent_on(request, unknown.unggahan.get_absolute_url())
            except (FileRefused, StagingError) as refusal:
                form.add_error("berkas", str(refusal))
            else:
                return _sent_on(request, impor.get_absolute_url())
        if _wants_json(request):
            return JsonResponse({"pesan": _first_error(form)}, status=422)
    latest = Impor.objects.seen_by(request.user).filter(keadaan=Impor.Keadaan.DITERAPKAN)
    context = {
        "form": form,
        "terima": ACCEPTED,
        "batas": settings.MAX_UPLOAD_BYTES,
        "terakhir": latest.select_related("job", "sumber", "pemilik").order_by("-pk")[:3],
    }
    return render(request, "kpm/impor_baru.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
@requires(may_import)
@never_cache
def impor(request: HttpRequest, pk: int) -> HttpResponse:
    """The story of an import: what runs, what was found, what would be done or has been done."""
    one = _visible(request, pk)
    within = request.GET.get("wilayah", "")
    hitung = "keluarga" if request.GET.get("hitung") == "keluarga" else "anggota"
    review = review_of(one, within, hitung)
    context = {
        "impor": one,
        "laporan": report_of(one) if one.laporan else None,
        "lembar_list": layout_of(one).sheets,
        "wilayah_list": wilayah_rows(one, within) if one.laporan else [],
        "dalam": within,
        "hitung": hitung,
        "tolak_url": _rejects_url(request, one),
        "tinjauan": review,
        "perubahan": review["perubahan"] if review else 0,
        "tempat_list": review["tempat_list"] if review else [],
        "jumlah_list": review["jumlah_list"] if review else [],
        "peristiwa_list": story_of(one),
        "profil": profil_of(one),
        "awal": first_look_of(one, request.user),
        **standing_of(one, request.user),
        **undo_of(one, request.user),
    }
    if context["job"] is not None:
        context |= page_of(context["job"])
    return render(request, "kpm/impor.html", context)


@login_required
@require_GET
@requires(may_import)
def impor_keadaan(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page; when nothing runs any more it says where to look, and asking stops."""
    one = _visible(request, pk)
    step = latest(one)
    if step is None:
        raise Http404
    context = page_of(step.job)
    if not step.job.is_live:
        context["tujuan"] = one.get_absolute_url()
    return render(request, "jobs/state.html", context)


@login_required
@require_GET
@requires(may_import)
def impor_ditolak(request: HttpRequest, pk: int) -> FileResponse:
    """The reject workbook, for the importer alone: full NIK inside. Each download leaves a Jejak."""
    one = get_object_or_404(Impor.objects.select_related("job"), pk=pk, pemilik=request.user)
    file = uploads.open_rejects(impor=one, by=request.user, alamat=address_of(request))
    if file is None:
        raise Http404
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"ditolak-{one.pk}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _visible(request: HttpRequest, pk: int) -> Impor:
    return get_object_or_404(
        Impor.objects.seen_by(request.user).select_related(
            "job", "sumber", "pemilik", "perbaikan_dari", "setuju_oleh"
        ),
        pk=pk,
    )


def _rejects_url(request: HttpRequest, one: Impor) -> str:
    mine = one.pemilik_id == request.user.pk and one.rejects_available
    return reverse("kpm:impor_ditolak", args=[one.pk]) if mine else ""


def _sent_on(request: HttpRequest, url: str) -> HttpResponse:
    return JsonResponse({"url": url}, status=201) if _wants_json(request) else redirect(url)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _first_error(form: ImporForm) -> str:
    return str(next(iter(form.errors.values()))[0])
