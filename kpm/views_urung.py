"""Taking an import back: the question with its consequences, the answer, and what stayed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from access.jejak import address_of, record_jejak
from access.rules import may_import, requires
from kpm.langkah import StepRefused
from kpm.models import Impor
from kpm.queries_urung import consequence_lines, stays_page
from kpm.urung import TERAP, URUNG, consequences, request_undo, steps, why_not


def _visible(request: HttpRequest, pk: int) -> Impor:
    rows = Impor.objects.seen_by(request.user).select_related("job", "sumber", "pemilik")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@requires(may_import)
def impor_urung(request: HttpRequest, pk: int, arah: str = URUNG) -> HttpResponse:
    """Ask first, with what it would do now, then take the import back (or apply it again)."""
    one = _visible(request, pk)
    if request.method == "POST":
        try:
            request_undo(impor_id=one.pk, arah=arah, by=request.user, alamat=address_of(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        return redirect(one)
    if sentence := why_not(one, arah, request.user):
        messages.error(request, sentence)
        return redirect(one)
    context = {
        "impor": one,
        "lagi": arah == TERAP,
        "sisanya": arah == URUNG and one.keadaan == Impor.Keadaan.DIURUNGKAN,
        "akibat_list": consequence_lines(consequences(one, arah, request.user)),
    }
    return render(request, "kpm/impor_urung.html", context)


@login_required
@require_safe
@requires(may_import)
def impor_sisa(request: HttpRequest, pk: int, job_id: int) -> HttpResponse:
    """The keluarga that an undo left as they are, and why."""
    one = _visible(request, pk)
    job = get_object_or_404(steps(one).select_related("pemilik"), pk=job_id)
    page = stays_page(job, request.user, request.GET.get("halaman", "1"))
    rows = list(page.object_list)
    shown = [row["keluarga"].pk for row in rows if row["keluarga"]]
    if shown:
        record_jejak(
            user=request.user,
            alamat=address_of(request),
            aksi="lihat_daftar",
            objek="keluarga",
            rincian={"halaman": page.number, "banyak": len(rows), "impor": one.pk},
            isi={"keluarga": shown, "anggota": [row["kepala"].pk for row in rows if row["kepala"]]},
        )
    context = {
        "impor": one,
        "job": job,
        "page": page,
        "row_list": rows,
        "lagi": job.parameter["arah"] == TERAP,
    }
    return render(request, "kpm/impor_sisa.html", context)
