"""Choosing a penugasan, and the page of a locked account."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST


def locked_out(request, credentials=None, *args, **kwargs) -> HttpResponse:
    """Answer to a log-in after too many failures (called by axes)."""
    return render(request, "account/locked.html", status=429)


@login_required
@require_POST
def choose_penugasan(request) -> HttpResponse:
    """Narrow the session to one of the user's penugasan in force, or to all of them again."""
    chosen = request.POST.get("penugasan", "")
    if chosen:
        penugasan = get_object_or_404(
            request.user.penugasan_list.in_force(), pk=chosen if chosen.isdigit() else 0
        )
        request.session["penugasan"] = penugasan.pk
    else:
        request.session.pop("penugasan", None)
    target = request.POST.get("kembali", "/")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "/")
