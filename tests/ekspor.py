"""Exports of the test world: asked for, made as the worker makes them, read back."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
from django.conf import settings
from django.db import transaction

from access.scope import use_territory
from jobs.actions import claim_here
from jobs.ekspor.actions import folder, make_ekspor, request_ekspor
from jobs.models import Ekspor, Job
from kpm import ekspor as kpm_ekspor
from kpm.filters import Filter

WHY = "bahan musdes bulan ini"


def ask(owner, jenis: str = "kpm_anggota", bentuk: str = "xlsx", asked: Filter | None = None) -> Ekspor:
    """Ask for an export as the page does."""
    asked = asked or Filter()
    with use_territory(owner):
        return request_ekspor(
            pemilik=owner,
            jenis=jenis,
            bentuk=bentuk,
            isi=kpm_ekspor.isi_of(asked),
            wilayah=asked.wilayah,
            saringan=kpm_ekspor.words(asked),
            alasan=WHY,
        )


def make(ekspor: Ekspor) -> Ekspor:
    """Carry out its job in one transaction, with a user read anew, as a worker does."""
    job = Job.objects.select_related("pemilik").get(pk=ekspor.job_id)
    with transaction.atomic(), use_territory(job.pemilik):
        make_ekspor(claim_here(job))
    ekspor.refresh_from_db()
    return ekspor


def sheet_rows(ekspor: Ekspor) -> list[dict[str, str]]:
    """Rows of the first sheet of data, by the titles of their columns."""
    book = openpyxl.load_workbook(folder() / ekspor.berkas)
    head, *rows = book["Data"].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def csv_rows(ekspor: Ekspor) -> list[dict[str, str]]:
    """The same of a CSV in its ZIP."""
    with zipfile.ZipFile(folder() / ekspor.berkas) as archive:
        text = archive.read("data.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def names_in_folder() -> list[str]:
    path = settings.DATA_DIR / "ekspor"
    return sorted(p.name for p in path.iterdir()) if path.exists() else []
