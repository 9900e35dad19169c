"""The own account, its sessions and recovery codes; taking the second factor off somebody else."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from access.actions import remove_factor
from access.factor import KINDS, must_have_factor
from access.forms import LepasFaktorForm
from access.jejak import address_of
from access.models import User
from access.rules import may_remove_factor, may_remove_factor_of, requires


@login_required
def own_account(request) -> HttpResponse:
    """Who I am here, where I work, and how my account is guarded."""
    factors = Authenticator.objects.filter(user=request.user, type__in=KINDS)
    return render(
        request,
        "access/akun_saya.html",
        {
            "penugasan_list": request.user.penugasan_list.in_force().select_related("wilayah"),
            "faktor_jumlah": factors.count(),
            "faktor_wajib": must_have_factor(request.user),
            "sesi_jumlah": len(UserSession.objects.purge_and_list(request.user)),
        },
    )


@login_required
@require_POST
def end_session(request, pk: int) -> HttpResponse:
    """End one of the own sessions on another device."""
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    if session.is_current():
        return redirect("account_logout")
    session.end()
    messages.success(request, "Sesi itu sudah diakhiri. Perangkatnya harus masuk lagi.")
    return redirect("usersessions_list")


@login_required
@requires(may_remove_factor)
@reauthentication_required(app="allauth.mfa")
def take_off_factor(request, pk: int) -> HttpResponse:
    """Take the second factor off somebody who lost his phone, after a question."""
    user = get_object_or_404(User, pk=pk)
    if not may_remove_factor_of(request.user, user, list(user.penugasan_list.not_over())):
        raise Http404
    form = LepasFaktorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        remove_factor(user=user, by=request.user, alamat=address_of(request), **form.cleaned_data)
        messages.success(request, f"Langkah kedua {user.nama} sudah dilepas. Semua sesinya diakhiri.")
        return redirect("access:lepas_faktor", pk=user.pk)
    factors = Authenticator.objects.filter(user=user, type__in=KINDS).count()
    return render(
        request,
        "access/lepas_faktor.html",
        {"orang": user, "form": form, "faktor_jumlah": factors, "faktor_wajib": must_have_factor(user)},
        status=422 if form.errors else 200,
    )


class DownloadKodeCadangan(DownloadRecoveryCodesView):
    """allauth's download under an Indonesian file name."""

    def render_to_response(self, context, **kwargs) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        response["Content-Disposition"] = 'attachment; filename="kode-cadangan-sentral.txt"'
        return response


class RemovePasskey(RemoveWebAuthnView):
    """allauth's removal, which asks the adapter first: it does so for an app only."""

    def form_valid(self, form) -> HttpResponse:
        adapter = get_adapter()
        if adapter.can_delete_authenticator(self.object):
            return super().form_valid(form)
        messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")
