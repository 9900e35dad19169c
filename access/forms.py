"""The log-in form in a village worker's words."""

from __future__ import annotations

from allauth.account.forms import LoginForm as AllauthLoginForm


class LoginForm(AllauthLoginForm):
    """User name or e-mail, and password; no "remember me": phones are shared."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "Nama pengguna atau surel"
        self.fields["password"].label = "Kata sandi"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs.update({"autocomplete": "username", "autocapitalize": "none"})


def login_name(request, credentials=None) -> str:
    """The name a log-in was tried with, as axes counts failures: what was typed, in small letters.

    allauth hands on "username" or "email", the form sends "login"; counting must see one and the same.
    """
    typed = request.POST.get("login", "") if request is not None else ""
    known = credentials or {}
    return (typed or known.get("username") or known.get("email") or "").strip().lower()
