"""Pages of an import: the list, the upload, the report, the reject workbook."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from access.jejak import address_of
from access.rules import may_import, requires
from jobs.models import Job
from jobs.staging import StagingError
from kpm import uploads
from kpm.forms import ImporForm
from kpm.models import Impor
from kpm.queries_impor import report_of, wilayah_rows
from kpm.verdicts import FileRefused

PAGE = 25
ACCEPTED = ".xlsx,.xlsm,.csv,.txt,.xls,.xlsb,.ods,.zip"


@login_required
@require_GET
@requires(may_import)
def impor_list(request: HttpRequest) -> HttpResponse:
    """One's own imports; Dinsos provinsi sees everybody's."""
    rows = Impor.objects.seen_by(request.user).select_related("job", "sumber", "pemilik").order_by("-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("halaman"))
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
                impor = uploads.accept_upload(
                    berkas=data["berkas"],
                    nama=data["berkas"].name,
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
                return _sent_on(request, impor.job.get_absolute_url())
        if _wants_json(request):
            return JsonResponse({"pesan": _first_error(form)}, status=422)
    latest = Impor.objects.seen_by(request.user).filter(job__keadaan=Job.Keadaan.SELESAI)
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
def impor(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of an import; one that has not ended is shown as the job it is."""
    one = _visible(request, pk)
    if one.job.keadaan != Job.Keadaan.SELESAI:
        if one.pemilik_id == request.user.pk:
            return redirect(one.job)
        return render(request, "kpm/impor.html", {"impor": one, "job": one.job})
    within = request.GET.get("wilayah", "")
    context = {
        "impor": one,
        "job": one.job,
        "laporan": report_of(one),
        "wilayah_list": wilayah_rows(one, within),
        "dalam": within,
        "tolak_url": _rejects_url(request, one),
    }
    return render(request, "kpm/impor.html", context)


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
        Impor.objects.seen_by(request.user).select_related("job", "sumber", "pemilik", "perbaikan_dari"),
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
