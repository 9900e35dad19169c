"""Forms of the registers."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from kpm.models import MONTHS, Sumber

MONTHS_BACK = 36
KINDS = [(Sumber.Jenis.DTKS, "DTKS, keluaran SIKS-NG"), (Sumber.Jenis.DTSEN, "DTSEN, bentuk SIKS-NG")]


def periods() -> list[tuple[str, str]]:
    """The last three years, newest first: ("2026-10", "Oktober 2026")."""
    today = timezone.localdate()
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(MONTHS_BACK)]
    return [(f"{year}-{month + 1:02d}", f"{MONTHS[month]} {year}") for year, month in months]


class ImporForm(forms.Form):
    """What a file is, beside the file itself."""

    jenis = forms.ChoiceField(label="Sumber", choices=KINDS)
    periode = forms.ChoiceField(label="Periode", choices=periods)
    ulangi = forms.BooleanField(label="Ulangi, berkas ini pernah dimuat", required=False)
    berkas = forms.FileField(
        label="Berkas",
        allow_empty_file=True,  # said in words of our own by the reader
        error_messages={"required": "Pilih berkas yang akan diunggah."},
    )
