"""The page of the sumber: which lists and periods there are, and how much each holds."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.rules import may_import, may_see_names, requires
from kpm.sumber import contents


@login_required
@requires(may_see_names)
@require_safe
def sumber_list(request: HttpRequest) -> HttpResponse:
    """Every sumber of the user's territory."""
    context = {"isi_list": contents(request.user), "boleh_impor": may_import(request.user)}
    return render(request, "kpm/sumber_list.html", context)
