"""The buttons of an import that is not applied yet: preview again, apply, discard. Anybody else's is a 404."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from access.jejak import address_of
from access.rules import may_import, requires
from kpm import pratinjau
from kpm.langkah import StepRefused
from kpm.models import Impor


def _own(request: HttpRequest, pk: int) -> Impor:
    return get_object_or_404(Impor.objects.select_related("sumber"), pk=pk, pemilik=request.user)


@login_required
@require_POST
@requires(may_import)
def impor_tinjau(request: HttpRequest, pk: int) -> HttpResponse:
    """Look the file through once more."""
    one = _own(request, pk)
    try:
        pratinjau.review_again(impor_id=one.pk, by=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(one)


@login_required
@require_POST
@requires(may_import)
def impor_terapkan(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply what was previewed."""
    one = _own(request, pk)
    try:
        pratinjau.apply_reviewed(impor_id=one.pk, by=request.user, alamat=address_of(request))
    except StepRefused as refusal:
        messages.error(request, str(refusal))
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
        pratinjau.discard_import(impor_id=one.pk, by=request.user, alamat=address_of(request))
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(one)
