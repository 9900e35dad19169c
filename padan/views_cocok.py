"""Starting a match: the click on the page of an extract."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from access.rules import may_match, requires
from padan.actions import start_pencocokan
from padan.models import Ekstrak


@login_required
@requires(may_match)
@require_POST
def ekstrak_cocokkan(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a match with one extract and show its progress; one that may not be used shows why on its own page."""
    ekstrak = get_object_or_404(Ekstrak.objects.seen_by(request.user), pk=pk)
    if ekstrak.keadaan != Ekstrak.Keadaan.SIAP or not ekstrak.sisa_hari:
        return redirect(ekstrak)
    run = start_pencocokan(ekstrak=ekstrak, by=request.user)
    return redirect(
        run.job if run.oleh_id == request.user.pk and run.job else run
    )  # a job is shown to its owner alone
