"""The pages of an import that is not applied yet: its rows, rules and buttons, and the second person's answer.

Anybody else's import is a 404.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.jejak import address_of, record_jejak
from access.rules import may_import, requires
from jobs.ekspor.queries import posts_of
from kpm import keputusan, queries_pratinjau, queries_rincian
from kpm.forms import AturanForm, PutusanImporForm
from kpm.langkah import StepRefused, at_work
from kpm.models import Impor


def _own(request: HttpRequest, pk: int) -> Impor:
    return get_object_or_404(Impor.objects.select_related("sumber", "pemilik"), pk=pk, pemilik=request.user)


@login_required
@require_GET
@requires(may_import)
@never_cache
def impor_rincian(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a preview: persons or keluarga, by golongan, wilayah and field. Each page leaves a Jejak."""
    seen = Impor.objects.seen_by(request.user).select_related("sumber", "pemilik")
    one = get_object_or_404(seen, pk=pk)
    asked = queries_rincian.Asked.read(request.GET)
    context = {"impor": one, "asked": asked, "kata": queries_rincian.WORDS}
    try:
        found = queries_rincian.Rows(one, request.user, asked)
        page, rows = found.page(request.GET.get("halaman"))
    except queries_rincian.PreviewGone:
        return render(request, "kpm/impor_rincian.html", context, status=410)
    if rows:
        record_jejak(
            user=request.user,
            aksi="lihat_daftar",
            objek="impor",
            objek_id=one.pk,
            alamat=address_of(request),
            wilayah_id=asked.wilayah if asked.wilayah.isdigit() else None,
            rincian={"halaman": page.number, "banyak": len(rows), "golongan": asked.golongan},
            isi=queries_rincian.named_ids(page.object_list),
        )
    context |= {
        "page": page,
        "row_list": rows,
        "tempat": queries_rincian.place_name(asked.wilayah),
        "isian_list": queries_rincian.fields_to_pick(one, asked),
        "golongan_list": queries_rincian.golongan_to_pick(one, asked),
    }
    return render(request, "kpm/impor_rincian.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_import)
@never_cache
def impor_aturan(request: HttpRequest, pk: int) -> HttpResponse:
    """What this source may write and what becomes of those it leaves out; saved rules are previewed at once."""
    one = _own(request, pk)
    form = AturanForm(one, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            keputusan.set_rules(
                impor_id=one.pk, by=request.user, aturan=form.aturan(), alamat=address_of(request)
            )
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        return redirect(one)
    context = {"impor": one, "form": form}
    return render(request, "kpm/impor_aturan.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@requires(may_import)
def impor_tinjau(request: HttpRequest, pk: int) -> HttpResponse:
    """Look the file through once more."""
    one = _own(request, pk)
    try:
        keputusan.review_again(impor_id=one.pk, by=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(one)


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_import)
@never_cache
def impor_terapkan(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, with what would happen to how many; then apply what was previewed."""
    one = _own(request, pk)
    if request.method == "GET":
        if one.keadaan != Impor.Keadaan.DITINJAU or at_work(one):
            return redirect(one)
        context = {"impor": one, **queries_pratinjau.consequences_of(one)}
        return render(request, "kpm/impor_terapkan.html", context)
    try:
        keputusan.apply_reviewed(
            impor_id=one.pk, by=request.user, sidik=request.POST.get("sidik", ""), alamat=address_of(request)
        )
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(one)


@login_required
@require_POST
@requires(may_import)
def impor_tarik(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a second person was asked."""
    one = _own(request, pk)
    keputusan.withdraw_request(impor_id=one.pk, by=request.user, alamat=address_of(request))
    return redirect(one)


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_import)
def impor_buang(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then give the import up."""
    one = _own(request, pk)
    if request.method == "GET":
        return render(request, "kpm/impor_buang.html", {"impor": one})
    try:
        keputusan.discard_import(impor_id=one.pk, by=request.user, alamat=address_of(request))
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(one)


@login_required
@require_http_methods(["GET", "POST"])
@requires(may_import)
@never_cache
def impor_putusan(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody else's import would do, in numbers; and yes or no. Without the right over it: a 404."""
    one = get_object_or_404(Impor.objects.select_related("sumber", "pemilik", "setuju_oleh"), pk=pk)
    if not keputusan.may_decide(request.user, one) or "golongan" not in one.tinjauan:
        raise Http404
    form = PutusanImporForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decided = keputusan.decide_import(
                impor_id=one.pk,
                by=request.user,
                setuju=form.cleaned_data["putusan"] == "setuju",
                sidik=request.POST.get("sidik", ""),
                alasan=form.cleaned_data["alasan"],
                alamat=address_of(request),
            )
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("kpm:impor_putusan", pk=one.pk)
        else:
            verdict = "tidak disetujui" if decided.tinjauan.get("putusan") else "disetujui"
            messages.success(
                request, f"Impor {decided.sumber.judul} {verdict}. {decided.pemilik} melihatnya di impornya."
            )
        return redirect("jobs:inbox")
    rows, total = queries_pratinjau.places_of(one, "", "keluarga")
    context = {
        "impor": one,
        "penugasan": posts_of(one.pemilik),
        "terbuka": one.keadaan == Impor.Keadaan.MENUNGGU_SETUJU,
        "form": form,
        "angka_list": queries_pratinjau.numbers_of(one),
        "aturan_list": queries_pratinjau.rules_of(one),
        "bagian": queries_pratinjau.share_of(one),
        "tempat_list": rows,
        "jumlah_list": total,
    }
    return render(request, "kpm/impor_putusan.html", context, status=422 if form.errors else 200)
