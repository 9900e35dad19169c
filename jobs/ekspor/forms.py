"""What is asked before an export, and before a decision on one. Any room shows EksporForm for its kinds."""

from __future__ import annotations

import re

from django import forms

from jobs.ekspor import EksporKind, Size
from jobs.models import Ekspor

NUMBER = re.compile(r"\d[\d\s.'-]{14,}\d")  # what may be a NIK or a No. KK
SHORTEST = 10
NO_NUMBER = "Jangan menulis NIK atau No. KK di sini. Tulis keperluannya saja."


def _words(label: str, help_text: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Tulis alasannya.",
            "max_length": "Terlalu panjang, paling banyak 300 huruf.",
        },
    )


def _without_number(text: str) -> str:
    text = " ".join(text.split())
    if NUMBER.search(text):
        raise forms.ValidationError(NO_NUMBER)
    return text


def _purpose(text: str) -> str:
    text = _without_number(text)
    if len(text) < SHORTEST:
        raise forms.ValidationError("Tulis keperluannya dalam satu kalimat, paling sedikit 10 huruf.")
    return text


class EksporForm(forms.Form):
    """Which rows, as which file, for what. sizes: {kind: how much it comes to now}."""

    jenis = forms.ChoiceField(label="Isi berkas", widget=forms.RadioSelect)
    bentuk = forms.ChoiceField(
        label="Bentuk berkas",
        widget=forms.RadioSelect,
        choices=[
            (Ekspor.Bentuk.XLSX, "Excel (XLSX)"),
            (Ekspor.Bentuk.CSV, "CSV bertitik koma, dalam ZIP"),
        ],
        initial=Ekspor.Bentuk.XLSX,
    )
    alasan = _words(
        "Untuk keperluan apa", "Tertulis di berkas dan di jejak. Misalnya: bahan musdes bulan ini."
    )

    def __init__(self, sizes: dict[EksporKind, Size], data=None):
        super().__init__(data)
        kinds = [(k.jenis, f"{k.label}, {k.keterangan}: {_number(s.baris)} baris") for k, s in sizes.items()]
        field = self.fields["jenis"]
        field.choices = kinds  # type: ignore[attr-defined]
        field.initial = kinds[0][0]

    def clean_alasan(self) -> str:
        return _purpose(self.cleaned_data["alasan"])


class TukarForm(forms.Form):
    """Which exchange file and for what. Kind and form are one choice, since not every kind has every form."""

    berkas = forms.ChoiceField(
        label="Berkas",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Pilih berkasnya.",
            "invalid_choice": "Pilih salah satu berkas yang ditawarkan.",
        },
    )
    alasan = _words(
        "Untuk siapa dan untuk apa",
        "Dibaca orang kedua, tertulis di berkas dan di jejak. Misalnya: pemadanan dengan Dukcapil, PKS 2026.",
    )

    def __init__(self, sizes: dict[EksporKind, Size], data=None):
        super().__init__(data)
        forms_of = dict(Ekspor.Bentuk.choices)
        choices = [
            (f"{kind.jenis}:{bentuk}", f"{kind.label}, {forms_of[bentuk]}: {_number(size.baris)} baris")
            for kind, size in sizes.items()
            for bentuk in kind.files
        ]
        self.fields["berkas"].choices = choices  # type: ignore[attr-defined]

    def clean_alasan(self) -> str:
        return _purpose(self.cleaned_data["alasan"])

    @property
    def wanted(self) -> dict[str, str]:
        """What request_ekspor asks for: jenis, bentuk, alasan."""
        jenis, _, bentuk = self.cleaned_data["berkas"].partition(":")
        return {"jenis": jenis, "bentuk": bentuk, "alasan": self.cleaned_data["alasan"]}


class PutusanForm(forms.Form):
    """Yes or no. A no needs a reason, which the one who asked reads."""

    putusan = forms.ChoiceField(
        label="Setuju atau tolak",
        widget=forms.RadioSelect,
        choices=[("setuju", "Setuju, berkas dibuat"), ("tolak", "Tolak")],
        error_messages={"required": "Pilih setuju atau tolak."},
    )
    alasan = _words(
        "Alasan", "Wajib bila menolak. Dibaca yang meminta dan tertulis di jejak.", required=False
    )

    def clean_alasan(self) -> str:
        return _without_number(self.cleaned_data["alasan"])

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("putusan") == "tolak" and not data.get("alasan") and "alasan" not in self.errors:
            self.add_error("alasan", "Tulis mengapa ditolak.")
        return data


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
