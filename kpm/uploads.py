"""Verbs of the file of an import: take it in, have its columns named, hand out its rejects, delete it.

Carrying the import out is actions.py's.
"""

from __future__ import annotations

import secrets
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.jejak import record_jejak
from jobs import staging
from jobs.actions import LIVE, JobFailed
from jobs.files import UploadTooLarge, private_folder, store_upload
from jobs.staging import Peek
from kpm import mapping
from kpm.imports import Layout, with_sheets_left
from kpm.langkah import queue_step
from kpm.linked import layout_of, pair_up
from kpm.models import Impor, Langkah, Sumber, Unggahan, written_date
from kpm.profil import keep_profil, layout_by_profil
from kpm.rejects import is_mended, mark_of, mended_layout
from kpm.verdicts import FileRefused

KEPT_DAYS = 7
NAMELESS_DAYS = 1  # so long a file waits for its columns to be named
# What a person can put right by naming columns.
NAMEABLE = {"KOLOM_HILANG", "KOLOM_GANDA", "LEMBAR_BANYAK", "ZIP_TAK_TERKAIT"}
PEEK_ROWS = 36  # a header in row 15, and twenty rows below it


def folder() -> Path:
    """The private folder of uploads and reject workbooks."""
    return private_folder("impor")


def as_one(files: Sequence[UploadedFile]) -> tuple[IO[bytes], str]:
    """The file to take in and its name: several chosen together become one ZIP, the same one in any order.

    Raises FileRefused when they are too large together.
    """
    if len(files) == 1:
        return files[0], str(files[0].name)
    if sum(file.size or 0 for file in files) > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // 1024**2
        raise FileRefused("BERKAS_BESAR", f"Berkas-berkas ini bersama lebih besar dari {limit} MB.")
    together = cast(IO[bytes], tempfile.TemporaryFile(dir=folder()))  # noqa: SIM115  (handed on, still open)
    ordered = sorted(files, key=lambda file: (str(file.name), file.size))
    with zipfile.ZipFile(together, "w", zipfile.ZIP_STORED) as archive:
        for number, file in enumerate(ordered, 1):
            name = f"{number} {Path(str(file.name)).name}"
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as inside:
                for chunk in file.chunks():
                    inside.write(chunk)
    together.seek(0)
    return together, " + ".join(Path(str(file.name)).name for file in ordered)


def accept_upload(
    *,
    berkas: IO[bytes],
    nama: str,
    pemilik,
    jenis: str,
    periode: str,
    ulangi: bool = False,
    alamat: str | None = None,
) -> Impor:
    """Store an uploaded file under a random name, look at it, and queue its preview.

    Raises FileRefused or staging.StagingError with a sentence for the sender; then nothing is kept.
    Raises ColumnsUnknown when a person can tell what the columns are; then the file waits for that.
    The same bytes again are refused, unless `ulangi`; while they are being imported also then.
    """
    try:
        stored = store_upload(berkas, folder())
    except UploadTooLarge as refusal:
        raise FileRefused("BERKAS_BESAR", str(refusal)) from refusal
    unggahan = Unggahan(
        pemilik=pemilik,
        jenis=jenis,
        periode=periode,
        nama_berkas=Path(nama).name[:255],
        berkas=stored.path.name,
        ukuran=stored.size,
        sha256=stored.sha256,
        ulangi=ulangi,
    )
    try:
        return _take_in(unggahan, stored.path, alamat)
    except ColumnsUnknown:
        raise
    except BaseException:
        stored.path.unlink(missing_ok=True)
        raise


class ColumnsUnknown(FileRefused):
    """The file is kept as `unggahan` until its sender says which column holds what."""

    def __init__(self, refusal: FileRefused, unggahan: Unggahan):
        super().__init__(refusal.verdict.kode, str(refusal))
        self.unggahan = unggahan


def _take_in(unggahan: Unggahan, path: Path, alamat: str | None) -> Impor:
    peek = staging.peek(path, rows=PEEK_ROWS)
    origin = _origin_of(peek, unggahan)
    try:
        layout = _layout_of(peek, origin)
        if origin and not is_mended(layout):
            origin = None  # its rows do not say any more which ones they were
    except FileRefused as refusal:
        if refusal.verdict.kode not in NAMEABLE or not mapping.could_be_a_list(peek):
            raise
        unggahan.sebab = str(refusal).partition(" Beri judul")[0]  # here it is named, not typed anew
        unggahan.save()
        raise ColumnsUnknown(refusal, unggahan) from refusal
    return _queue_import(unggahan, layout if origin else with_sheets_left(layout, peek), alamat, origin)


def _layout_of(peek: Peek, origin: Impor | None) -> Layout:
    """That of the first import, of a mended workbook; by the headers; or as somebody once named them."""
    if origin and (mended := mended_layout(peek, Layout(**origin.layout))):
        return mended
    try:
        return layout_of(peek)
    except FileRefused as refusal:
        if refusal.verdict.kode == "LEMBAR_BANYAK":
            raise
        if (known := layout_by_profil(peek)) is None:
            raise
        return known


def _origin_of(peek: Peek, unggahan: Unggahan) -> Impor | None:
    """The import whose reject workbook this is, mended; None for any other file."""
    mark = mark_of(peek)
    origins = Impor.objects.filter(tanda=mark, pemilik=unggahan.pemilik).select_related("sumber")
    origin = origins.first() if mark else None
    if origin and (origin.sumber.jenis, origin.sumber.periode) != (unggahan.jenis, unggahan.periode):
        raise FileRefused(
            "BERKAS_KEMBAR",
            f"Berkas ini perbaikan dari {origin.sumber.judul}. Pilih sumber dan periode itu, lalu unggah lagi.",
        )
    return origin


def _queue_import(
    unggahan: Unggahan, layout: Layout, alamat: str | None, origin: Impor | None = None
) -> Impor:
    with transaction.atomic():
        _refuse_twin(unggahan.sha256, ulangi=unggahan.ulangi)
        sumber, _ = Sumber.objects.get_or_create(jenis=unggahan.jenis, periode=unggahan.periode)
        impor = Impor.objects.create(
            sumber=sumber,
            pemilik=unggahan.pemilik,
            nama_berkas=unggahan.nama_berkas,
            berkas=unggahan.berkas,
            ukuran=unggahan.ukuran,
            sha256=unggahan.sha256,
            ulangi=unggahan.ulangi,
            tata_letak=layout.tata_letak,
            layout=asdict(layout),
            tanda=secrets.token_hex(16),
            perbaikan_dari=origin,
            aturan=_inherited(origin),
        )
        queue_step(impor=impor, jenis=Langkah.Jenis.TINJAU, oleh=unggahan.pemilik)
        record_jejak(
            user=unggahan.pemilik,
            aksi="impor",
            objek="impor",
            objek_id=impor.pk,
            alamat=alamat,
            rincian={"ukuran": impor.ukuran, "sumber": sumber.pk, "ulangi": impor.ulangi},
        )
        if unggahan.pk is not None:
            unggahan.delete()
    return impor


def brings_back(impor: Impor, layout: Layout) -> bool:
    """True for the reject workbook of an earlier import that came back mended: a part of its file, not a list."""
    return impor.perbaikan_dari_id is not None and is_mended(layout)


def _inherited(origin: Impor | None) -> dict[str, Any]:
    """What a mended workbook is read by: its dates stand as they stood in the first file.

    The order may have been answered, or proved by the rows of that file. The few of the workbook prove less.
    """
    if origin is None:
        return {}
    proved = {
        column["kolom"]: column["urutan"]
        for column in origin.awal.get("tanggal", [])
        if column["urutan"] == "dmy"  # any other order of two numbers is asked for
    }
    tanggal = proved | origin.aturan.get("tanggal", {})
    return {"tanggal": tanggal} if tanggal else {}


def look_again(unggahan: Unggahan) -> Peek:
    """The first rows of a waiting file. Raises JobFailed when the file is gone."""
    path = folder() / unggahan.berkas
    if not path.exists():
        raise JobFailed("Berkasnya sudah dihapus. Unggah lagi.")
    return staging.peek(path, rows=PEEK_ROWS)


def accept_columns(
    *,
    unggahan: Unggahan,
    peek: Peek,
    lembar: int,
    baris: int,
    kolom: dict[int, str],
    nama: str,
    alamat: str | None,
    gabung: bool = False,
    rumah: tuple[int, int, dict[int, str]] | None = None,
) -> Impor:
    """Queue the preview of a waiting file with the columns as its sender named them.

    With a `nama` the choice is kept as a Profil (profil.keep_profil). gabung: all sheets with these columns are one
    list. rumah: sheet, header row and columns of the table of households, when it is another one.
    Raises FileRefused with a sentence; then the file goes on waiting. Of two calls for one file the
    second finds nothing and raises Unggahan.DoesNotExist.
    """
    if rumah is not None:
        persons, households = mapping.named(peek, lembar, baris, kolom), mapping.named(peek, *rumah)
        layout = mapping.complete(pair_up(persons, households))
    else:
        layout = mapping.by_hand(peek, lembar, baris, kolom)
        if gabung:
            layout = mapping.together(layout, peek, lembar, baris)
    layout = with_sheets_left(layout, peek)
    with transaction.atomic():
        waiting = Unggahan.objects.select_for_update().get(pk=unggahan.pk)
        if nama:
            layout = keep_profil(nama=nama, layout=layout, pembuat=waiting.pemilik)
        return _queue_import(waiting, layout, alamat)


def discard(unggahan: Unggahan) -> None:
    """Its sender does not want it any more: the file goes with the row."""
    path = folder() / unggahan.berkas
    deleted, _ = Unggahan.objects.filter(pk=unggahan.pk).delete()
    if deleted:  # else it has become an import in the meantime, which needs the file
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


WAITING = [Impor.Keadaan.BERTANYA, Impor.Keadaan.DITINJAU, Impor.Keadaan.MENUNGGU_SETUJU]


def _refuse_twin(digest: str, *, ulangi: bool) -> None:
    """One upload of the same bytes at a time, and only once unless asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
    twins = Impor.objects.filter(sha256=digest).select_related("job", "pemilik").order_by("-pk")
    if running := twins.filter(langkah_list__job__keadaan__in=LIVE).first():
        raise FileRefused(
            "BERKAS_KEMBAR", f"Berkas ini sedang dimuat oleh {running.pemilik}. Tidak ada yang diubah."
        )
    if waiting := twins.filter(keadaan__in=WAITING).first():
        raise FileRefused(
            "BERKAS_KEMBAR",
            f"Berkas ini sedang ditinjau oleh {waiting.pemilik}. Terapkan atau buang dahulu impor itu.",
        )
    if not ulangi and (done := twins.filter(keadaan=Impor.Keadaan.DITERAPKAN).first()):
        raise FileRefused(
            "BERKAS_KEMBAR",
            f"Berkas ini sudah dimuat pada {written_date(done.job.berakhir if done.job else None)} oleh {done.pemilik}."
            " Tidak ada yang diubah.",
        )


def open_rejects(*, impor: Impor, by, alamat: str | None = None) -> IO[bytes] | None:
    """The reject workbook for its importer, with a Jejak; None when it is not there any more."""
    path = folder() / impor.tolak_berkas
    if not impor.rejects_available or not path.exists():
        return None
    record_jejak(
        user=by,
        aksi="unduh",
        objek="impor",
        objek_id=impor.pk,
        alasan="baris ditolak",
        alamat=alamat,
        rincian={"baris": impor.laporan.get("ditolak", 0)},
    )
    return path.open("rb")


def delete_expired() -> int:
    """Delete uploads and reject workbooks a week after the last step of their import, and files nobody refers to.

    What was not applied by then is given up. A step that may still run keeps its file.
    """
    now = timezone.now()
    Unggahan.objects.filter(dibuat__lt=now - timedelta(days=NAMELESS_DAYS)).delete()
    kept = set(Unggahan.objects.values_list("berkas", flat=True))
    recent = Q(job__keadaan__in=LIVE) | Q(job__berakhir__gt=now - timedelta(days=KEPT_DAYS))
    alive = Langkah.objects.filter(recent).values("impor")
    Impor.objects.exclude(pk__in=alive).filter(keadaan__in=[Impor.Keadaan.DIPERIKSA, *WAITING]).update(
        keadaan=Impor.Keadaan.DIBUANG
    )
    needed = Impor.objects.filter(pk__in=alive).exclude(keadaan=Impor.Keadaan.DIBUANG)
    for names in needed.values_list("berkas", "tolak_berkas"):
        kept |= set(names)
    deleted = 0
    for path in folder().iterdir():
        fresh = path.stat().st_mtime > (now - timedelta(days=1)).timestamp()
        if path.name not in kept and not fresh:
            path.unlink(missing_ok=True)
            deleted += 1
    Impor.objects.filter(tolak_kedaluwarsa__lt=now).exclude(tolak_berkas="").update(tolak_berkas="")
    return deleted
