"""Verbs of the file of an extract: take it in, have its columns named, give it up, delete it.

Loading it is memuat.py's, ending it hapus.py's.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.jejak import record_jejak
from jobs import staging
from jobs.actions import LIVE, JobFailed, queue_job
from jobs.files import UploadTooLarge, private_folder, store_upload
from jobs.staging import Peek
from kpm import mapping
from kpm.imports import Layout, with_sheets_left
from kpm.models import written_date
from kpm.profil import keep_profil
from kpm.uploads import NAMEABLE, PEEK_ROWS
from kpm.verdicts import FileRefused
from padan.models import Ekstrak
from padan.tata_letak import EKSTRAK, layout_of
from spatial.models import Wilayah

KIND = "padan_ekstrak"
NAMELESS_DAYS = 1  # so long a file waits for its columns to be named
STOPPED_DAYS = 1  # so long one whose loading stopped may be started again
STOPPED = "Pemuatannya terhenti dan tidak dilanjutkan."
UNNAMED = "Kolomnya tidak ditunjukkan dalam sehari."
HEADERS_ONLY = (
    "Ekstrak ini hanya berisi judul kolom, tanpa satu baris pun. Minta berkas yang berisi penduduknya."
)


def folder() -> Path:
    """The private folder of extracts on their way in."""
    return private_folder("ekstrak")


@dataclass(frozen=True)
class Dasar:
    """What an extract is delivered under: the agreement, what for, until when, who gave it, of where and when."""

    nomor_pks: str
    tujuan: str
    berlaku_sampai: date
    diserahkan_oleh: str
    cakupan: Wilayah
    tanggal: date


def accept_ekstrak(*, berkas: IO[bytes], nama: str, dasar: Dasar, by, alamat: str | None = None) -> Ekstrak:
    """Store a delivered file under a random name, look at it, and queue its loading.

    Raises FileRefused or staging.StagingError with a sentence for the sender; then nothing is kept. A file whose
    columns are not known comes back in the state "kolom" and waits until they are named.
    """
    try:
        stored = store_upload(berkas, folder())
    except UploadTooLarge as refusal:
        raise FileRefused("BERKAS_BESAR", str(refusal)) from refusal
    ekstrak = Ekstrak(
        nama_berkas=Path(nama).name[:255],
        berkas=stored.path.name,
        ukuran=stored.size,
        sha256=stored.sha256,
        pemilik=by,
        **{name: getattr(dasar, name) for name in dasar.__dataclass_fields__},
    )
    try:
        _take_in(ekstrak, staging.peek(stored.path, rows=PEEK_ROWS), alamat)
    except BaseException:
        stored.path.unlink(missing_ok=True)
        raise
    return ekstrak


def _take_in(ekstrak: Ekstrak, peek: Peek, alamat: str | None) -> None:
    layout: Layout | None = None
    try:
        layout = with_sheets_left(layout_of(peek), peek)
        _refuse_headers_only(layout, peek)
    except FileRefused as refusal:
        if layout or refusal.verdict.kode not in NAMEABLE or not mapping.could_be_a_list(peek):
            raise
        ekstrak.keadaan = Ekstrak.Keadaan.KOLOM
        ekstrak.sebab = str(refusal).partition(" Beri judul")[0]  # here it is named, not typed anew
    with transaction.atomic():
        _refuse_twin(ekstrak.sha256)
        if layout:
            _queue(ekstrak, layout)
        ekstrak.save()
        record_jejak(
            user=ekstrak.pemilik,
            aksi="ekstrak",
            objek="ekstrak",
            objek_id=ekstrak.pk,
            wilayah_id=ekstrak.cakupan_id,
            alasan=f"diserahkan, PKS {ekstrak.nomor_pks}",
            alamat=alamat,
            rincian={"ukuran": ekstrak.ukuran},
        )


def _queue(ekstrak: Ekstrak, layout: Layout) -> None:
    """Queue the loading, in the caller's transaction; the caller saves."""
    ekstrak.tata_letak = layout.tata_letak
    ekstrak.layout = asdict(layout)
    ekstrak.keadaan, ekstrak.sebab = Ekstrak.Keadaan.MEMUAT, ""
    ekstrak.job = queue_job(jenis=KIND, pemilik=ekstrak.pemilik)


def _refuse_headers_only(layout: Layout, peek: Peek) -> None:
    sheet = next(one for one in peek.sheets if (one.file, one.name) == (layout.berkas, layout.sheet))
    if not any(cell.strip() for row in sheet.rows[layout.header_row :] for cell in row):
        raise FileRefused("KOLOM_HILANG", HEADERS_ONLY)


def look_again(ekstrak: Ekstrak) -> Peek:
    """The first rows of a waiting file. Raises JobFailed when the file is gone."""
    path = folder() / ekstrak.berkas
    if not path.exists():
        raise JobFailed("Berkasnya sudah dihapus. Serahkan lagi.")
    return staging.peek(path, rows=PEEK_ROWS)


def name_columns(
    *, ekstrak: Ekstrak, peek: Peek, lembar: int, baris: int, kolom: dict[int, str], nama: str
) -> Ekstrak:
    """Queue the loading of a waiting file with the columns as its sender named them.

    With a `nama` the choice is kept as a Profil. Raises FileRefused with a sentence, then the file goes on waiting;
    Ekstrak.DoesNotExist for the second of two calls.
    """
    layout = with_sheets_left(mapping.by_hand(peek, lembar, baris, kolom, EKSTRAK), peek)
    _refuse_headers_only(layout, peek)
    with transaction.atomic():
        waiting = Ekstrak.objects.select_for_update().get(pk=ekstrak.pk, keadaan=Ekstrak.Keadaan.KOLOM)
        if nama:
            layout = keep_profil(nama=nama, layout=layout, pembuat=waiting.pemilik, words=EKSTRAK)
        _queue(waiting, layout)
        waiting.save()
    return waiting


@transaction.atomic
def give_up(ekstrak: Ekstrak) -> None:
    """Its sender does not want to name its columns: the file goes, the delivery stays noted."""
    waiting = Ekstrak.objects.filter(pk=ekstrak.pk, keadaan=Ekstrak.Keadaan.KOLOM)
    if waiting.update(keadaan=Ekstrak.Keadaan.DITOLAK, sebab="Dibuang pengunggahnya."):
        transaction.on_commit(lambda: delete_file(ekstrak))


def _refuse_twin(digest: str) -> None:
    """The same bytes are taken in once, as long as their rows are here. One at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
    _give_up_stopped(Ekstrak.objects.filter(sha256=digest))
    kept = [Ekstrak.Keadaan.KOLOM, Ekstrak.Keadaan.MEMUAT, Ekstrak.Keadaan.SIAP]
    twin = Ekstrak.objects.filter(sha256=digest, keadaan__in=kept).select_related("pemilik").first()
    if twin:
        raise FileRefused(
            "BERKAS_KEMBAR",
            f"Ekstrak ini sudah diserahkan pada {written_date(twin.dibuat)} oleh {twin.pemilik}, PKS"
            f" {twin.nomor_pks}. Tidak ada yang dimuat lagi.",
        )


def _give_up_stopped(rows) -> int:
    """Those whose loading came to no end, and is not going to."""
    return (
        rows.filter(keadaan=Ekstrak.Keadaan.MEMUAT)
        .exclude(job__keadaan__in=LIVE)
        .update(keadaan=Ekstrak.Keadaan.DITOLAK, sebab=STOPPED)
    )


def delete_file(ekstrak: Ekstrak) -> None:
    (folder() / ekstrak.berkas).unlink(missing_ok=True)


def tidy() -> int:
    """Give up what waited too long, and delete the files nobody needs. Returns how many files. Safe to run twice."""
    now = timezone.now()
    Ekstrak.objects.filter(
        keadaan=Ekstrak.Keadaan.KOLOM, dibuat__lt=now - timedelta(days=NAMELESS_DAYS)
    ).update(keadaan=Ekstrak.Keadaan.DITOLAK, sebab=UNNAMED)
    _give_up_stopped(Ekstrak.objects.filter(job__berakhir__lt=now - timedelta(days=STOPPED_DAYS)))
    waits: Any = Q(keadaan__in=[Ekstrak.Keadaan.KOLOM, Ekstrak.Keadaan.MEMUAT])
    kept = set(Ekstrak.objects.filter(waits).values_list("berkas", flat=True))
    deleted = 0
    for path in folder().iterdir():
        fresh = path.stat().st_mtime > (now - timedelta(hours=1)).timestamp()
        if path.name not in kept and not fresh:
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted
