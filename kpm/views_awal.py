"""The question an import may ask before its rows are read. Anybody else's import is a 404."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from access.jejak import address_of
from access.rules import may_import, requires
from kpm import preflight
from kpm.langkah import StepRefused
from kpm.models import Impor


@login_required
@require_POST
@requires(may_import)
def impor_tanya(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answers; the import is looked through with them."""
    one = get_object_or_404(Impor, pk=pk, pemilik=request.user)
    answers = {
        ask["kolom"]: request.POST[f"urutan-{ask['kolom']}"]
        for ask in one.awal.get("pertanyaan", [])
        if f"urutan-{ask['kolom']}" in request.POST
    }
    try:
        preflight.answer(impor_id=one.pk, by=request.user, jawaban=answers, alamat=address_of(request))
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(one)
