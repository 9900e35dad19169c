"""How the columns of a file are known again: what somebody once said of the same headers."""

from __future__ import annotations

from dataclasses import replace

from access.scope import territory_of
from jobs.staging import Peek, PeekSheet
from kpm import mapping
from kpm.imports import BESIDE, REGISTER, Layout, Vocabulary
from kpm.models import Profil
from kpm.verdicts import FileRefused


def layout_by_profil(peek: Peek, words: Vocabulary = REGISTER) -> Layout | None:
    """The layout of a file whose headers somebody once named, with his name; else None.

    Raises FileRefused when several sheets in sight are known so.
    """
    known = mapping.by_profile(peek, dict(Profil.objects.values_list("sidik", "kolom")), words)
    if known is None:
        return None
    one = Profil.objects.select_related("pembuat").get(sidik=mapping.fingerprint(known.judul, words))
    return replace(known, profil={"nama": one.nama, "oleh": str(one.pembuat)})


def columns_of_profil(sheet: PeekSheet, baris: int, words: Vocabulary = REGISTER) -> dict[int, str]:
    """What somebody once said of these headers, field per column place; empty when nobody did."""
    mark = mapping.fingerprint(mapping.titles_of(sheet, baris), words) if baris else ""
    kolom = Profil.objects.filter(sidik=mark).values_list("kolom", flat=True).first()
    return {place: name for name, place in (kolom or {}).items()}


def keep_profil(*, nama: str, layout: Layout, pembuat, words: Vocabulary = REGISTER) -> Layout:
    """Keep a choice of columns, in the caller's transaction, and return the layout that says so.

    In place of an older one for the same headers, which only its maker or one who sees the whole province may
    replace: everybody's files are read by it. A list without headers would never be known again: nothing is kept.
    Of two tables both are kept. Raises FileRefused with a sentence.
    """
    if not mapping.has_headers(layout):
        return layout
    own = {name: place for name, place in layout.indikator.items() if place < BESIDE}
    _keep(nama, layout.judul, layout.kolom | own, pembuat, words)
    beside = layout.pasangan
    if beside and beside["header_row"]:
        answers = {name: place - BESIDE for name, place in layout.indikator.items() if place >= BESIDE}
        _keep(f"{nama[:60]}, tabel keluarga", beside["judul"], beside["kolom"] | answers, pembuat, words)
    return replace(layout, profil={"nama": nama, "oleh": str(pembuat)})


def _keep(nama: str, judul: list[str], kolom: dict[str, int], pembuat, words: Vocabulary) -> None:
    mark = mapping.fingerprint(judul, words)
    if Profil.objects.filter(nama=nama).exclude(sidik=mark).exists():
        raise FileRefused("KOLOM_GANDA", f"Nama “{nama}” sudah dipakai susunan kolom lain. Pilih nama lain.")
    older = (
        Profil.objects.select_for_update(of=("self",)).select_related("pembuat").filter(sidik=mark).first()
    )
    if older and older.pembuat_id != pembuat.pk and not territory_of(pembuat).semua:
        raise FileRefused(
            "KOLOM_GANDA",
            f"Susunan kolom ini sudah disimpan {older.pembuat} sebagai “{older.nama}”, dan hanya dia atau Dinsos"
            " provinsi yang boleh menggantinya. Kosongkan namanya untuk memuat berkas ini tanpa menyimpan.",
        )
    Profil.objects.update_or_create(
        sidik=mark,
        defaults={"nama": nama, "judul": judul, "kolom": kolom, "pembuat": pembuat},
    )
