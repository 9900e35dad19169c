"""The forms of the second factor: allauth's, with our counting, our words, and no 500 for odd input."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.core.exceptions import ValidationError

from access.factor import matching_step, spend_code

NAME_LENGTH = 40
# What fido2 and cbor raise for a credential that a browser did not make.
ODD_CREDENTIAL = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    InvalidSignature,
    UnsupportedAlgorithm,
)


def _write_digits(field: forms.Field, label: str) -> None:
    """Make a field for a code: digits on the phone's keyboard, the phone's own suggestion allowed."""
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": "32",
        "autocapitalize": "none",
    }


class _CountedCode(base.BaseAuthenticateForm):
    """A code of the app or a recovery code, counted in PostgreSQL (access.factor.spend_code)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _write_digits(self.fields["code"], "Kode")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        found = spend_code(user=self.user, code=code, request=context.request)
        if found is None:
            raise get_adapter().validation_error("incorrect_code")
        found.user = self.user
        self.authenticator = found
        return code


class AuthenticateForm(_CountedCode, base.AuthenticateForm):
    """At the log-in, after the password. The field is all the page is for: it has the cursor."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class ReauthenticateForm(_CountedCode, base.ReauthenticateForm):
    """Before an account is changed."""


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """The first code of a new app. It is used up as well: receivers.keep_first_step stores its step."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _write_digits(self.fields["code"], "Kode 6 angka dari aplikasi")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        step = matching_step(self.secret, code)
        if step is None:
            raise ValidationError("Kode keliru. Ketik kode yang sedang tampil di aplikasi.")
        context.request.totp_step = step
        return code


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    """A new passkey with a name of its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label = "Nama kunci"
        name.help_text = "Agar Anda mengenalinya nanti, misalnya “Ponsel saya” atau “Komputer kantor”."
        name.widget.attrs["maxlength"] = str(NAME_LENGTH)
        passwordless = self.fields["passwordless"]
        passwordless.label = "Boleh masuk dengan kunci ini saja, tanpa kata sandi"
        passwordless.help_text = "Perangkat lalu selalu meminta sidik jari, wajah, atau PIN."
        passwordless.initial = True

    def clean_name(self) -> str:
        return super().clean_name()[:NAME_LENGTH]

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ODD_CREDENTIAL as error:
            raise _refused() from error


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label="Nama kunci", max_length=NAME_LENGTH)


class _Answer(webauthn.AuthenticateWebAuthnForm):
    """What a passkey answered."""

    def clean_credential(self):
        try:
            return super().clean_credential()
        except ODD_CREDENTIAL as error:
            raise _refused() from error


class AuthenticateWebAuthnForm(_Answer):
    """At the log-in, after the password."""


class ReauthenticateWebAuthnForm(_Answer, webauthn.ReauthenticateWebAuthnForm):
    """Before an account is changed."""


class LoginWebAuthnForm(_Answer, webauthn.LoginWebAuthnForm):
    """Instead of user name, password and code."""


def _refused() -> ValidationError:
    return ValidationError("Kunci ini tidak dikenali. Coba lagi, atau pakai cara lain.")
