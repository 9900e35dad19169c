"""The story of an import: what happened to it since it was sent, newest first, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from access.models import Jejak
from access.scope import reading_jejak
from jobs.files import written_size
from jobs.models import Job
from kpm.models import Impor, Langkah

RUNNING = {Job.Keadaan.MENUNGGU: "menunggu giliran", Job.Keadaan.BERJALAN: "sedang berjalan"}
ENDED = {
    Job.Keadaan.GAGAL: "gagal",
    Job.Keadaan.KARANTINA: "dihentikan",
    Job.Keadaan.DIBATALKAN: "dibatalkan",
}


def story_of(impor: Impor) -> list[dict[str, Any]]:
    """As parts/timeline.html wants it."""
    steps = list(impor.langkah_list.select_related("job", "oleh"))
    events = [_event(impor.dibuat, "Diunggah", _size(impor), impor.pemilik)]
    events += [_step(impor, step) for step in steps]
    events += _decisions(impor)
    events += [
        _mended(one)
        for one in impor.perbaikan_list.filter(keadaan="diterapkan").select_related("job", "pemilik")
    ]
    return sorted(events, key=lambda event: event["tanggal"], reverse=True)


DECIDED = {
    "aturan": "Aturan diubah",
    "tanggal": "Urutan tanggal dijawab",
    "minta setuju": "Persetujuan orang kedua diminta",
    "tarik": "Permintaan persetujuan ditarik",
    "buang": "Dibuang",
}


def _decisions(impor: Impor) -> list[dict[str, Any]]:
    """What people decided about an import, out of the trail: no step of its own, or forgotten since."""
    mine = Jejak.objects.filter(objek="impor", objek_id=str(impor.pk), aksi__in=["impor", "setuju"])
    with reading_jejak():
        lines = list(mine.select_related("pengguna"))
    events = []
    for line in lines:
        if line.aksi == "setuju":
            what = (
                "Disetujui orang kedua"
                if line.rincian["hasil"] == "setuju"
                else "Tidak disetujui orang kedua"
            )
            further = f": {line.alasan}" if line.alasan else ""
        else:
            what, further = DECIDED.get(line.rincian.get("langkah", ""), ""), ""
        if what:
            events.append(_event(line.waktu, what, further, line.pengguna))
    return events


def profil_of(impor: Impor) -> str:
    """By which Profil the columns of this file were named, and whose it is; "" for none."""
    profil = impor.layout.get("profil")
    return f"“{profil['nama']}” buatan {profil['oleh']}" if profil else ""


def _event(when: datetime, what: str, further: str, who: Any) -> dict[str, Any]:
    clock = f"pukul {timezone.localtime(when):%H.%M}"
    return {"tanggal": when, "apa": what, "lanjut": further, "siapa": f"{who}, {clock}" if who else clock}


def _size(impor: Impor) -> str:
    return f", {written_size(impor.ukuran)}"


def _step(impor: Impor, step: Langkah) -> dict[str, Any]:
    job = step.job
    when = job.berakhir or job.mulai or step.dibuat
    state = RUNNING.get(Job.Keadaan(job.keadaan)) or ENDED.get(Job.Keadaan(job.keadaan))
    if state:
        further = format_html(", {}{}", state, f": {job.pesan}" if job.pesan else "")
        return _event(when, _named(step), further, step.oleh)
    return _event(when, _done(step), _numbers(step), step.oleh)


def _named(step: Langkah) -> str:
    return {
        Langkah.Jenis.TINJAU: "Pratinjau",
        Langkah.Jenis.TERAP: "Penerapan",
        Langkah.Jenis.URUNG: "Penerapan lagi" if step.job.parameter.get("arah") == "terap" else "Pengurungan",
    }[Langkah.Jenis(step.jenis)]


def _done(step: Langkah) -> str:
    return {
        Langkah.Jenis.TINJAU: "Ditinjau",
        Langkah.Jenis.TERAP: "Diterapkan",
        Langkah.Jenis.URUNG: "Diterapkan lagi" if step.job.parameter.get("arah") == "terap" else "Diurungkan",
    }[Langkah.Jenis(step.jenis)]


def _numbers(step: Langkah) -> str:
    laporan = step.job.laporan
    if step.jenis == Langkah.Jenis.TERAP and "diterapkan" in laporan:
        return f", {_written(laporan['diterapkan'])} baris, {_written(laporan['ditolak'])} ditolak"
    return ""


def _mended(one: Impor) -> dict[str, Any]:
    rows = one.job.laporan.get("diterapkan", 0) if one.job else 0
    link = format_html(
        ', <a href="{}">{} baris masuk</a>', reverse("kpm:impor", args=[one.pk]), _written(rows)
    )
    when = (one.job and one.job.berakhir) or one.dibuat
    return _event(when, "Baris ditolak diperbaiki", link, one.pemilik)


def _written(number: int) -> str:
    return f"{number:,}".replace(",", ".")
