"""The forms of the door in a village worker's words, and the password asked for again."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.core import context
from django import forms

from access.factor import NOT_TYPED, is_own_sandi

OVER = (
    "Masa berlaku kata sandi pertama ini sudah habis. Minta kata sandi baru kepada TKSK kecamatan atau Dinas"
    " Sosial kabupaten."
)


class LoginForm(AllauthLoginForm):
    """User name or e-mail, and password; no "remember me": phones are shared."""

    sandi_lewat = False  # read by the template: the sentence differs from that of a wrong password

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "Nama pengguna atau surel"
        self.fields["password"].label = "Kata sandi"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs.update({"autocomplete": "username", "autocapitalize": "none"})

    def clean(self):
        """A first password past its time opens nothing, and says who makes a new one."""
        data = super().clean()
        if self.user is not None and self.user.sandi_awal_lewat:
            self.sandi_lewat = True
            raise forms.ValidationError(OVER, code="sandi_lewat")
        return data


class ChangePasswordForm(AllauthChangePasswordForm):
    """The old password, and a new one that is not the old one again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first = self.user.harus_ganti_sandi
        self.fields["oldpassword"].label = "Kata sandi sekali pakai" if first else "Kata sandi sekarang"
        self.fields["oldpassword"].help_text = "Yang baru saja Anda pakai untuk masuk." if first else ""
        self.fields["password1"].label = "Kata sandi baru"
        self.fields["password1"].help_text = ""
        self.fields["password2"].label = "Kata sandi baru sekali lagi"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_oldpassword(self):
        typed = self.cleaned_data["oldpassword"]
        if not is_own_sandi(user=self.user, sandi=typed, request=context.request):
            raise get_adapter().validation_error("enter_current_password")
        return typed

    def clean_password1(self):
        chosen = self.cleaned_data["password1"]
        if self.user.check_password(chosen):
            raise forms.ValidationError(
                "Ini kata sandi yang sekarang. Pilih kata sandi lain, yang hanya Anda yang tahu."
            )
        return chosen


class ReauthenticateForm(AllauthReauthenticateForm):
    """The password once more, before an account is changed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "Kata sandi"
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def clean_password(self):
        typed = self.cleaned_data["password"]
        if not is_own_sandi(user=self.user, sandi=typed, request=context.request):
            raise get_adapter().validation_error("incorrect_password")
        return typed


class LepasFaktorForm(forms.Form):
    """Why somebody's second factor is taken off. Words to choose from: free text would hold names."""

    ALASAN = (
        "ponsel hilang",
        "ponsel rusak",
        "ponsel diganti",
        "diduga dipakai orang lain",
        "tidak bertugas lagi",
    )
    alasan = forms.ChoiceField(label="Alasan", choices=[("", "Pilih alasan"), *((a, a) for a in ALASAN)])


def login_name(request, credentials=None) -> str:
    """The name a log-in was tried with, as axes counts failures: what was typed, in small letters.

    allauth hands on "username" or "email", the form sends "login"; counting must see one and the same.
    Somebody who is logged in types no name, and a code is counted under a name nobody can type.
    """
    known = credentials or {}
    name = known.get("username") or known.get("email") or ""
    if name.startswith(NOT_TYPED):
        return name
    user = getattr(request, "user", None)
    if request is not None and not (user and user.is_authenticated):
        name = request.POST.get("login", "") or name
    return name.strip().lower()
