"""Django's password validators with sentences a village worker understands."""

from __future__ import annotations

from django.contrib.auth import password_validation as django_validators
from django.core.exceptions import ValidationError


class NotLikeYourself(django_validators.UserAttributeSimilarityValidator):
    """Not one's own name, user name, telephone or e-mail."""

    def __init__(self):
        super().__init__(user_attributes=("username", "nama", "telepon", "email"))

    def validate(self, password, user=None):
        with _sentence(
            "Kata sandi ini mirip nama atau nomor Anda. Pilih kata yang tidak berhubungan dengan Anda."
        ):
            super().validate(password, user)

    def get_help_text(self):
        return "Bukan nama, nama pengguna, atau nomor telepon Anda."


class LongEnough(django_validators.MinimumLengthValidator):
    """At least `min_length` characters."""

    def validate(self, password, user=None):
        with _sentence(
            f"Kata sandi ini baru {len(password)} huruf. Pakai paling sedikit {self.min_length} huruf atau angka."
        ):
            super().validate(password, user)

    def get_help_text(self):
        return f"Paling sedikit {self.min_length} huruf atau angka."


class NotCommon(django_validators.CommonPasswordValidator):
    """Not on the list of passwords that many people use."""

    def validate(self, password, user=None):
        with _sentence("Kata sandi ini dipakai banyak orang, jadi mudah ditebak. Pilih yang lain."):
            super().validate(password, user)

    def get_help_text(self):
        return "Bukan kata sandi yang dipakai banyak orang."


class NotOnlyDigits(django_validators.NumericPasswordValidator):
    """At least one letter."""

    def validate(self, password, user=None):
        with _sentence("Kata sandi ini hanya angka. Tambahkan beberapa kata."):
            super().validate(password, user)

    def get_help_text(self):
        return "Tidak hanya angka."


class _sentence:
    """Says the refusal of the block inside in other words; its code stays."""

    def __init__(self, text: str):
        self.text = text

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, ValidationError):
            raise ValidationError(self.text, code=error.code) from None
