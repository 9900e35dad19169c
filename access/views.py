"""Choosing a penugasan, the page of a locked account, and the answer to who wants to see a NIK in full."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from access.jejak import address_of
from access.reveal import SECONDS_SHOWN, NotShown, RevealForm, Secret, reveal

LONGEST_ID = 19  # digits of the largest key


def locked_out(request, credentials=None, *args, **kwargs) -> HttpResponse:
    """Answer to a log-in after too many failures (called by axes)."""
    return render(request, "account/locked.html", status=429)


@login_required
@require_POST
def choose_penugasan(request) -> HttpResponse:
    """Narrow the session to one of the user's penugasan in force, or to all of them again."""
    chosen = request.POST.get("penugasan", "")
    if chosen:
        # isdecimal alone takes digits of other scripts, isdigit takes "²", which is no number
        pk = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < LONGEST_ID else 0
        penugasan = get_object_or_404(request.user.penugasan_list.in_force(), pk=pk)
        request.session["penugasan"] = penugasan.pk
    else:
        request.session.pop("penugasan", None)
    target = request.POST.get("kembali", "/")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "/")


def answer_reveal(
    request, secret_list: Sequence[Secret], *, judul: str, kembali: str, chosen: Sequence[str] = ()
) -> HttpResponse:
    """The rest of a room's view: the form, and the numbers once it is filled in. A dialog gets the fragment.

    judul: "keluarga Rosidi".  kembali: the page it was asked on.  chosen: keys of what is ticked at first.
    Nothing of it is kept: no-store, and without script the browser goes back by itself.
    """
    form = RevealForm(secret_list, request.POST if request.method == "POST" else None, chosen)
    context = {"form": form, "judul": judul, "kembali": kembali, "url": request.path}
    status = 200
    if form.is_bound and form.is_valid():
        asked = set(form.cleaned_data["yang"])
        try:
            context["nomor_list"] = reveal(
                by=request.user,
                secret_list=[secret for secret in secret_list if secret.kunci in asked],
                alasan=form.alasan_tertulis,
                sekali=form.cleaned_data["sekali"],
                alamat=address_of(request),
            )
            context["detik"] = SECONDS_SHOWN
        except NotShown as refused:
            context["ditolak"] = str(refused)
            status = 422
    elif form.is_bound:
        status = 422
    dialog = request.headers.get("HX-Request") == "true"
    template = "access/parts/tampilkan.html" if dialog else "access/tampilkan.html"
    response = render(request, template, context | {"dialog": dialog}, status=status)
    response.headers["Cache-Control"] = "no-store"
    if context.get("nomor_list") and not dialog:
        response.headers["Refresh"] = f"{SECONDS_SHOWN}; url={kembali}"
    return response
