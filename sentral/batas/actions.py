"""Verbs on versions of boundaries that know who asks: they leave a Jejak with what spatial does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from jobs import actions as jobs
from jobs.files import UploadTooLarge, private_folder, store_upload
from jobs.models import Job
from spatial import actions_batas
from spatial.actions_batas import BatasDitolak, Kabar, Keterangan, Masukan
from spatial.batas_files import Bacaan
from spatial.models import VersiBatas

KIND = "import_batas"
KEPT = timedelta(days=7)  # so long a quarantined load may be tried again
ORPHAN_AGE = timedelta(hours=3)  # longer than any request that stores files
MAX_FILES = 20


def folder() -> Path:
    """The private folder of uploaded boundary files."""
    return private_folder("batas")


def accept_upload(
    *,
    berkas_list: list[IO[bytes]],
    nama: str,
    sumber: str,
    lisensi: str,
    tanggal: date | None,
    tingkat: str,
    kolom: str,
    pemilik,
    alamat: str | None,
) -> Job:
    """Store the files under random names and queue their load. Raises BatasDitolak; then nothing is kept."""
    kept: list[dict[str, Any]] = []
    try:
        if len(berkas_list) > MAX_FILES:
            raise BatasDitolak(f"Paling banyak {MAX_FILES} berkas sekali unggah.")
        for berkas in berkas_list:
            stored = store_upload(berkas, folder())
            kept.append({"berkas": stored.path.name, "nama": Path(berkas.name or "").name[:120]})
            if not stored.size:
                raise BatasDitolak("Berkas ini kosong. Pilih berkas lain.")
        with transaction.atomic():
            job = jobs.queue_job(
                jenis=KIND,
                pemilik=pemilik,
                parameter={
                    "berkas": kept,
                    "nama": nama,
                    "sumber": sumber,
                    "lisensi": lisensi,
                    "tanggal": tanggal.isoformat() if tanggal else "",
                    "tingkat": tingkat,
                    "kolom": kolom,
                },
            )
            record_jejak(
                user=pemilik,
                aksi="impor",
                objek="versi_batas",
                objek_id="",
                alamat=alamat,
                alasan="diunggah",
                rincian={"job": job.pk, "berkas": len(kept)},
            )
    except UploadTooLarge as refusal:
        _forget(kept)
        raise BatasDitolak(str(refusal)) from refusal
    except BaseException:
        _forget(kept)
        raise
    return job


def _forget(kept: list[dict[str, Any]]) -> None:
    for one in kept:
        (folder() / one["berkas"]).unlink(missing_ok=True)


def delete_expired() -> int:
    """Delete uploads whose load has ended, cancelled and timed-out ones too, and files of nobody.

    A load that still may run keeps its files, a quarantined one for a week. Safe to run twice.
    """
    paths = [path for path in folder().iterdir() if path.is_file()]  # first: what comes later is younger
    now = timezone.now()
    known: set[str] = set()
    needed: set[str] = set()
    for job in Job.objects.filter(jenis=KIND):
        tokens = {one["berkas"] for one in job.parameter["berkas"]}
        known |= tokens
        if job.keadaan in jobs.LIVE or (
            job.keadaan == Job.Keadaan.KARANTINA and job.berakhir and job.berakhir > now - KEPT
        ):
            needed |= tokens
    gone = [p for p in paths if p.name not in needed and (p.name in known or _is_old(p, now))]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _is_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - ORPHAN_AGE).timestamp()
    except FileNotFoundError:  # another round took it
        return False


def import_batas(job: Job) -> None:
    """Carry out a load. May run twice: the same files give the version they gave before.

    The files are deleted with the end of the job, refused ones too: a corrected file is another one.
    Those of a cancelled or timed-out job go within the hour, by delete_expired.
    """
    told = job.parameter
    masukan_list = [
        Masukan(folder() / one["berkas"], one["nama"], told["tingkat"], told["kolom"])
        for one in told["berkas"]
    ]
    if not all(masukan.path.exists() for masukan in masukan_list):
        raise jobs.JobFailed("Berkas unggahan ini sudah dihapus. Unggah lagi.")
    keterangan = Keterangan(
        nama=told["nama"],
        sumber=told["sumber"],
        lisensi=told["lisensi"],
        tanggal=date.fromisoformat(told["tanggal"]) if told["tanggal"] else None,
        oleh=str(job.pemilik),
    )
    jobs.progress(job, fase="baca")

    def started(process) -> None:
        if job.pulse is not None:
            job.pulse.interruptible(process.kill)

    try:
        with actions_batas.read_batas(masukan_list, started) as bacaan_list, transaction.atomic():
            jobs.lock_for_apply(job)
            versi, new = load(
                bacaan_list=bacaan_list,
                keterangan=keterangan,
                by=job.pemilik,
                kabar=lambda fase: jobs.progress(job, fase=fase),
            )
            jobs.finish(job, {"versi": versi.pk, "baru": new}, pesan="" if new else KNOWN)
    except BatasDitolak as refusal:
        if job.pulse is not None:
            job.pulse.check()  # a cancelled job kills the reader, which then seems to have crashed
        _forget(told["berkas"])
        raise jobs.JobFailed(str(refusal)) from None
    _forget(told["berkas"])


KNOWN = "Berkas ini sudah pernah dimuat. Tidak ada yang diubah."


@transaction.atomic
def load(
    *, bacaan_list: list[Bacaan], keterangan: Keterangan, by, kabar: Kabar = lambda fase: None
) -> tuple[VersiBatas, bool]:
    """Store what was read as a version that is not in use; (version, whether it is new). Leaves a Jejak."""
    versi, new = actions_batas.load_batas(bacaan_list=bacaan_list, keterangan=keterangan, kabar=kabar)
    if new:
        _note(versi, by, "dimuat", {"berkas": len(versi.berkas), "wilayah": versi.batas_list.count()})
    return versi, new


@transaction.atomic
def use(*, versi: VersiBatas, instead_of: int | None, by, alamat: str | None = None) -> VersiBatas:
    """Put a version to use, and leave a Jejak. Raises VersiBerubah, see spatial."""
    versi = actions_batas.use_versi(versi=versi, instead_of=instead_of)
    _note(versi, by, "dipakai", {"menggantikan": instead_of}, alamat)
    return versi


@transaction.atomic
def delete(*, versi: VersiBatas, by, alamat: str | None = None) -> None:
    """Delete a version that is not in use, and leave a Jejak. Raises VersiBerubah."""
    _note(versi, by, "dihapus", {"wilayah": versi.batas_list.count()}, alamat)
    actions_batas.delete_versi(versi=versi)


def _note(versi: VersiBatas, by, alasan: str, rincian: dict[str, Any], alamat: str | None = None) -> None:
    record_jejak(
        user=by,
        aksi="impor",
        objek="versi_batas",
        objek_id=versi.pk,
        alasan=alasan,
        alamat=alamat,
        rincian=rincian,
    )
