"""The steps of an import: queue one, and know which one is at work. What a step does is its verb's business."""

from __future__ import annotations

from typing import Any

from access.jejak import record_jejak
from jobs.actions import LIVE, queue_job
from jobs.models import Job
from kpm.models import Impor, Langkah

KINDS: dict[str, str] = {
    Langkah.Jenis.TINJAU: "impor_tinjau",
    Langkah.Jenis.TERAP: "impor_dtks",
    Langkah.Jenis.URUNG: "impor_urung",
}

# Not applied yet, and not given up.
OPEN = [
    Impor.Keadaan.DIPERIKSA,
    Impor.Keadaan.BERTANYA,
    Impor.Keadaan.DITINJAU,
    Impor.Keadaan.MENUNGGU_SETUJU,
]


class StepRefused(Exception):
    """This cannot be done with the import as it stands; the text is shown to whoever asked."""


def queue_step(
    *, impor: Impor, jenis: str, oleh, pemilik=None, parameter: dict[str, Any] | None = None
) -> Job:
    """Queue a step in the caller's transaction. It runs with the importer's rights, whoever asked for it.

    pemilik: with whose rights instead; an import is taken back with those of whoever does that.
    """
    job = queue_job(jenis=KINDS[jenis], pemilik=pemilik or impor.pemilik, parameter=parameter)
    Langkah.objects.create(impor=impor, jenis=jenis, job=job, oleh=oleh)
    return job


def locked(impor_id: int) -> Impor:
    """The import, its row held until the caller's transaction ends: of two clicks the second waits for the first."""
    rows = Impor.objects.select_for_update(of=("self",)).select_related("pemilik", "sumber")
    return rows.get(pk=impor_id)


def latest(impor: Impor) -> Langkah | None:
    """The step that counts: the one asked for last."""
    return impor.langkah_list.select_related("job", "oleh").order_by("-pk").first()


def at_work(impor: Impor) -> Langkah | None:
    """The step whose job waits or runs; None while the import rests."""
    return impor.langkah_list.select_related("job", "oleh").filter(job__keadaan__in=LIVE).first()


def forget_approval(impor: Impor) -> None:
    """A second person's word counts for one preview only. The caller saves."""
    impor.setuju_oleh, impor.setuju_pada, impor.setuju_alasan = None, None, ""


def look_again(impor: Impor, by) -> None:
    """Preview an import anew, in the caller's transaction: what was approved before counts no more."""
    impor.keadaan = Impor.Keadaan.DIPERIKSA
    forget_approval(impor)
    impor.save()
    queue_step(impor=impor, jenis=Langkah.Jenis.TINJAU, oleh=by)


def leave_trail(impor: Impor, by, langkah: str, alamat: str | None, **rincian) -> None:
    """Note in Jejak what somebody decided about an import; the import's page tells it (queries_cerita)."""
    record_jejak(
        user=by,
        aksi="impor",
        objek="impor",
        objek_id=impor.pk,
        alamat=alamat,
        rincian={"langkah": langkah, **rincian},
    )
