"""Forms of the trail. Everything in them may stand in an address: dates, numbers of rows, officers, places."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from access.models import Jejak
from sentral import queries
from sentral.trail import ANGGOTA, KELUARGA
from spatial.models import Wilayah

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
OUT_OF_TIME = "Tulis tanggal antara tahun 2000 dan 2100."
LARGEST_ID = 2**63 - 1


def day_field(label: str) -> forms.DateField:
    """A day of the trail. Years nobody means are refused: the calendar ends a day after 9999-12-31."""
    return forms.DateField(
        required=False,
        label=label,
        validators=[MinValueValidator(FIRST_DAY, OUT_OF_TIME), MaxValueValidator(LAST_DAY, OUT_OF_TIME)],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class DatesForm(forms.Form):
    """From and until, both days included."""

    dari = day_field("Dari tanggal")
    sampai = day_field("Sampai tanggal")

    def clean(self):
        data = super().clean() or {}
        start, end = data.get("dari"), data.get("sampai")
        if isinstance(start, date) and isinstance(end, date) and end < start:
            self.add_error("sampai", "Tanggal ini mendahului tanggal mulainya.")
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """What is set and makes sense."""
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class JejakForm(DatesForm):
    """The filter of the whole trail."""

    pengguna = forms.ChoiceField(required=False)
    aksi = forms.ChoiceField(
        required=False, choices=[("", "Semua"), *Jejak.Aksi.choices], label="Yang dilakukan"
    )
    wilayah = forms.ChoiceField(required=False)
    field_order = ("pengguna", "aksi", "dari", "sampai", "wilayah")

    def __init__(self, data):
        super().__init__(data)
        users = [(u.username, f"{u.nama} ({u.username})") for u in queries.jejak_users()]
        cast(forms.ChoiceField, self.fields["pengguna"]).choices = [("", "Semua"), *users]
        places = Wilayah.objects.exclude(tingkat=Wilayah.Tingkat.DESA_KELURAHAN).order_by("kode")
        cast(forms.ChoiceField, self.fields["wilayah"]).choices = [
            ("", "Semua"),
            *((w.kode, w.nama_lengkap) for w in places),
        ]


class RowForm(forms.Form):
    """Which row's trail: the number as it stands in the address of its page, or in a line of the trail."""

    objek = forms.ChoiceField(choices=[(KELUARGA, "Keluarga"), (ANGGOTA, "Anggota")], label="Jejak satu")
    id = forms.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        label="Nomor baris",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, data=None):
        super().__init__(data, auto_id="baris_%s")
