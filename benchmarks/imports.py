"""Imports for pages to show, made by the verbs that people's clicks call, each by its owner and in his land.

Of each owner: one applied, one taken back of which something stayed, one that waits for a second person, and one
whose preview is ready. Needs models, so django.setup() comes first.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from pathlib import Path

from access.history import acting
from access.scope import use_territory
from jobs.models import Job
from jobs.tasks import run
from kpm.keputusan import apply_reviewed
from kpm.langkah import latest
from kpm.models import Impor, Keluarga, Tercatat
from kpm.uploads import accept_upload
from kpm.urung import URUNG, request_undo
from sentral.demo.families import HEADERS, Families
from sentral.demo.files import write_file
from sentral.demo.load import PERIODE, upload
from sentral.demo.province import read_villages
from spatial.models import Wilayah

SEED = 1  # that of `manage.py demo`: the same people
KABUPATEN, ALAMAT, KK = (HEADERS.index(name) for name in ("KABUPATEN/KOTA", "ALAMAT", "NOKK"))


def make_imports(user, *, provinsi: int, kecil: int, besar: int | None = None) -> None:
    """The four imports of one owner, out of the invented list of `provinsi` families.

    kecil: how many families the applied and the undone one have.  besar: how many the previewed ones have; as
    many as his land has when it is left out.
    """
    with tempfile.TemporaryDirectory(prefix="sentral-bench-") as folder:
        files = _Files(user, provinsi, Path(folder))
        _carry_out(upload(files.write(kecil, "DITERAPKAN", every=2), by=user, ulangi=True))
        undone = _carry_out(upload(files.write(kecil, "DIURUNGKAN", every=1), by=user, ulangi=True))
        _touch(user, undone, max(kecil // 2, 1))
        with use_territory(user):
            job = request_undo(impor_id=undone.langkah.impor_id, arah=URUNG, by=user)
        _carry_out(job)
        asked = _previewed(user, files.write(besar, "DIMINTA", every=1))
        with use_territory(user):
            apply_reviewed(impor_id=asked.pk, by=user, sidik=asked.tinjauan["sidik"])
        _previewed(user, files.write(besar, "DITINJAU", every=2))


def addresses_of(user) -> dict[str, int]:
    """The newest of each as words of an address; 0 where there is none."""
    mine = Impor.objects.filter(pemilik=user, job__isnull=False).exclude(layout={})
    undone = mine.filter(keadaan=Impor.Keadaan.DIURUNGKAN).order_by("-pk").first()
    waiting = Impor.objects.filter(keadaan=Impor.Keadaan.MENUNGGU_SETUJU).exclude(pemilik=user)
    found: dict[str, Callable[[], int]] = {
        "terap": lambda: _newest(mine.filter(keadaan=Impor.Keadaan.DITERAPKAN)),
        "urung": lambda: undone.pk if undone else 0,
        "urung_job": lambda: step.job_id if undone and (step := latest(undone)) else 0,
        "tinjau": lambda: _newest(Impor.objects.filter(pemilik=user, keadaan=Impor.Keadaan.DITINJAU)),
        "putusan": lambda: _newest(waiting),
    }
    return {word: ask() for word, ask in found.items()}


def _newest(rows) -> int:
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


class _Files:
    """Files of layout A with the families of one land, as the demo has them, with another address here and there."""

    def __init__(self, user, provinsi: int, folder: Path):
        post = user.penugasan_list.select_related("wilayah").earliest("wilayah_id").wilayah
        whole = post.tingkat == Wilayah.Tingkat.PROVINSI
        self.kabupaten = "" if whole else post.nama.upper()
        self.provinsi, self.folder = provinsi, folder

    def write(self, families: int | None, alamat: str, *, every: int) -> Path:
        """The first families, every so many of them with that address."""
        path = self.folder / f"{alamat}.csv".lower()
        write_file(path, self._rows(families, alamat, every))
        return path

    def _rows(self, families: int | None, alamat: str, every: int) -> Iterator[list[str]]:
        rows = Families(read_villages(SEED), SEED).rows(self.provinsi)
        mine = (row for row in rows if not self.kabupaten or row[KABUPATEN] == self.kabupaten)
        for number, (_, family) in enumerate(islice(groupby(mine, lambda row: row[KK]), families)):
            for row in family:
                yield row if number % every else [*row[:ALAMAT], alamat, *row[ALAMAT + 1 :]]


def _previewed(user, path: Path) -> Impor:
    with use_territory(user), path.open("rb") as berkas:
        impor = accept_upload(
            berkas=berkas, nama=path.name, pemilik=user, jenis="DTKS", periode=PERIODE, ulangi=True
        )
    step = latest(impor)
    assert step is not None
    _carry_out(step.job)
    impor.refresh_from_db()
    return impor


def _carry_out(job: Job) -> Job:
    """By the function the worker calls."""
    run(job.pk, 1)
    job.refresh_from_db()
    if job.keadaan != Job.Keadaan.SELESAI:
        raise SystemExit(f"{job.jenis} {job.keadaan}: {job.pesan}")
    return job


def _touch(user, job: Job, banyak: int) -> None:
    """An officer works on some of the families of an import: its undo leaves them."""
    with use_territory(user), acting(user=user.pk):
        named = Tercatat.objects.filter(job=job).order_by("pk").values_list("keluarga_id", flat=True)[:banyak]
        Keluarga.objects.filter(pk__in=list(named)).update(rt="099")
