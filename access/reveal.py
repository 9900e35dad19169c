"""Showing a NIK or No. KK in full, once, with a reason. The one way any room does it.

A room's view hands in what may be shown (`Secret`: rows through the gate, and the field), the form asks
which of them and why, `reveal` writes the trail and reads the values. templates/access/tampilkan.html
shows both. kpm/views_tampilkan.py is such a view in a few lines, `answer_reveal` (views.py) does the rest.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet

from access.jejak import Line, record_lines
from access.models import Volume
from access.rules import may_reveal
from access.volume import volume_today

SECONDS_SHOWN = 120  # then the page covers the value by itself
LOCK_TIMEOUT = "3s"
LAINNYA = "lainnya"
ALASAN = [
    ("cocok", "Mencocokkan dengan KTP atau KK di hadapan warga"),
    ("dukcapil", "Memperbaiki data ke Dukcapil"),
    ("penyaluran", "Menyiapkan penyaluran bantuan"),
    ("permintaan", "Menjawab permintaan warga"),
    ("pengaduan", "Menangani pengaduan"),
    (LAINNYA, "Lainnya"),
]
SHORTEST = 10
LONGEST = 200
ONCE = "Nomor ini sudah ditampilkan satu kali. Tulis alasannya lagi untuk menampilkannya sekali lagi."
NO_LINE = "Nomor tidak ditampilkan, karena jejaknya tidak dapat ditulis. Coba lagi beberapa saat."
NUMBER = re.compile(r"(?:\d[\s.,'/_-]{0,3}){16}")


class NotShown(Exception):
    """Nothing is shown; the message is the sentence for the screen."""


@dataclass(frozen=True)
class Secret:
    """One number that may be shown.

    objek, pk: the row, as the trail names it.  rows: a queryset through the gate.  field: the column.
    isi: the rows this is about, for the trail of each: {"anggota": [21], "keluarga": [7]}.
    judul: what the screen calls it, "NIK Rosidi".  tertutup: the masked value.
    """

    objek: str
    pk: int
    rows: QuerySet
    field: str
    judul: str
    isi: dict[str, list[int]]
    tertutup: str = ""

    @property
    def kunci(self) -> str:
        return f"{self.objek}-{self.pk}"


@dataclass(frozen=True)
class Shown:
    """A number in full, for one answer and never again."""

    judul: str
    nilai: str


class RevealForm(forms.Form):
    """Which numbers, and why. `sekali` makes a form good for one answer: see `reveal`."""

    yang = forms.MultipleChoiceField(
        label="Yang ditampilkan",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Pilih sedikitnya satu nomor."},
    )
    alasan = forms.ChoiceField(
        label="Alasan",
        choices=[("", "Pilih alasannya"), *ALASAN],
        error_messages={"required": "Pilih alasannya."},
    )
    keterangan = forms.CharField(
        label="Keterangan",
        required=False,
        max_length=LONGEST,
        help_text="Misalnya: warga datang membawa KK. Wajib bila alasannya Lainnya. Jangan tulis NIK atau nama.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sekali = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, secret_list: Sequence[Secret], data=None, chosen: Sequence[str] = ()):
        super().__init__(data, initial={"sekali": uuid.uuid4(), "yang": list(chosen)}, auto_id="tampil_%s")
        self.fields["yang"].choices = [(s.kunci, s.judul) for s in secret_list]  # type: ignore[attr-defined]

    def clean_keterangan(self) -> str:
        text = " ".join(unicodedata.normalize("NFKC", self.cleaned_data["keterangan"]).split())
        if NUMBER.search(text):
            raise forms.ValidationError(
                "Jangan tulis NIK atau No. KK di sini: keterangan ini tersimpan di jejak."
            )
        return text

    def clean(self):
        data = super().clean() or {}
        text = data.get("keterangan", "")
        if data.get("alasan") == LAINNYA and "keterangan" not in self.errors and len(text) < SHORTEST:
            self.add_error("keterangan", f"Tulis alasannya, sedikitnya {SHORTEST} huruf.")
        return data

    @property
    def alasan_tertulis(self) -> str:
        """The reason as the trail keeps it: "Lainnya: musdes menanyakan KK ganda"."""
        words = dict(ALASAN)[self.cleaned_data["alasan"]]
        text = self.cleaned_data["keterangan"]
        return f"{words}: {text}" if text else words


def reveal(
    *, by, secret_list: Sequence[Secret], alasan: str, sekali: uuid.UUID, alamat: str | None = None
) -> list[Shown]:
    """Write one line of the trail per number, then read the numbers, all in one transaction: no line, no value.

    `sekali` is good for one answer: the lines' keys are made of it, so a form sent again (reload, back,
    double press) finds its lines there and shows nothing. Raises NotShown with the sentence to show,
    PermissionDenied without the right. Rows outside the right's wilayah are as if they did not exist.
    """
    if not may_reveal(by):
        raise PermissionDenied(may_reveal.sentence)
    try:
        # durable: the line is committed before the value leaves this function
        with transaction.atomic(durable=True):
            return _reveal(by, secret_list, alasan, sekali, alamat)
    except DatabaseError as error:
        raise NotShown(ONCE if isinstance(error, IntegrityError) and _is_used(error) else NO_LINE) from error


def _reveal(by, secret_list, alasan, sekali, alamat) -> list[Shown]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
    found = [(secret, _row(by, secret)) for secret in secret_list]
    there = [(secret, row) for secret, row in found if row is not None]
    record_lines(
        user=by,
        alamat=alamat,
        lines=[
            Line(
                aksi="buka",
                objek=secret.objek,
                objek_id=secret.pk,
                wilayah_id=wilayah_id,
                alasan=alasan,
                rincian={"bagian": secret.field},
                isi=secret.isi,
                pk=uuid.uuid5(sekali, f"{by.pk} {secret.kunci}"),
            )
            for secret, (wilayah_id, _) in there
        ],
    )
    if volume_today(by, Volume.Jenis.BUKA) > settings.BATAS_BUKA:
        raise NotShown(
            f"Anda sudah membuka {settings.BATAS_BUKA} NIK atau No. KK hari ini, batas untuk sehari. "
            "Lanjutkan besok, atau minta ekspor kepada Dinsos provinsi."
        )
    return [Shown(secret.judul, value) for secret, (_, value) in there]


def _is_used(error: IntegrityError) -> bool:
    """True when a line with this key is there already."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "access_jejak_pkey"


def _row(by, secret: Secret) -> tuple[str | None, str] | None:
    rows = secret.rows.filter(may_reveal.within(by)).filter(pk=secret.pk)
    return rows.values_list("wilayah_id", secret.field).first()
