"""What the pages of an undo show: what it would do, what it did, and the keluarga it left as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.urls import reverse

from jobs.models import Job
from kpm.models import Anggota, Impor, Keluarga, SisaUrung
from kpm.undo import Judged
from kpm.urung import steps, why_not_his

PAGE = 50
OUTSIDE = "luar"
# What is done to the rows of a register. Ranks, answers and what the file named go along without a line.
DONE = (
    ("hapus", "keluarga", "keluarga dihapus"),
    ("hapus", "anggota", "anggota dihapus"),
    ("hapus", "kepesertaan", "kepesertaan program dihapus"),
    ("kembali", "keluarga", "keluarga kembali ke isi sebelumnya"),
    ("kembali", "anggota", "anggota kembali ke isi sebelumnya"),
    ("masuk", "keluarga", "keluarga masuk lagi"),
    ("masuk", "anggota", "anggota masuk lagi"),
    ("masuk", "kepesertaan", "kepesertaan program masuk lagi"),
)
STAYS = dict(SisaUrung.Sebab.choices) | {OUTSIDE: "kini di luar wilayah Anda"}


@dataclass(frozen=True)
class Urungan:
    """The last undo of an import, as its page tells it."""

    job: Job
    arah: str
    done: list[str]
    stays: int
    reasons: list[str]
    sisa_url: str


def undo_of(impor: Impor, user) -> dict[str, Any]:
    """For the page of an import: its last undo, and whether this user may undo it or apply it again."""
    applied = impor.keadaan == Impor.Keadaan.DITERAPKAN
    undone = impor.keadaan == Impor.Keadaan.DIURUNGKAN
    his = (applied or undone) and not why_not_his(impor, user)
    urungan = last_undo(impor) if applied or undone else None
    return {
        "urungan": urungan,
        "bisa_urung": his and applied,
        "bisa_lagi": his and undone,
        "bisa_sisa": his and undone and urungan is not None and urungan.stays > 0,
    }


def last_undo(impor: Impor) -> Urungan | None:
    """What was done last: the import taken back, or applied again."""
    job = steps(impor).select_related("pemilik").order_by("-pk").first()
    if job is None:
        return None
    report = job.laporan
    stays = [line for line in report["sisa"] if line["keluarga"]]
    listed = [line for line in stays if line["sebab"] != OUTSIDE]
    return Urungan(
        job=job,
        arah=job.parameter["arah"],
        done=[
            f"{_written(report[what][register])} {words}"
            for what, register, words in DONE
            if report[what].get(register)
        ],
        stays=sum(line["keluarga"] for line in stays),
        reasons=_reasons(stays),
        sisa_url=reverse("kpm:impor_sisa", args=[impor.pk, job.pk]) if listed else "",
    )


def _reasons(stays: list[dict[str, Any]]) -> list[str]:
    """Why, with how many each when there are several reasons."""
    if len(stays) == 1:
        return [STAYS[stays[0]["sebab"]]]
    return [f"{_written(line['keluarga'])} {STAYS[line['sebab']]}" for line in stays]


def consequence_lines(judged: Judged | None) -> list[dict[str, Any]]:
    """What an undo would do, for the question before it; None was too much to count meanwhile."""
    if judged is None:
        return [{"label": "Data yang berubah", "nilai": "jumlahnya dihitung saat dijalankan"}]
    lines = [
        {"label": words[0].upper() + words[1:], "nilai": _written(rows)}
        for what, register, words in DONE
        if (rows := judged.of(what).get(register, 0))
    ]
    lines += [
        {"label": f"Keluarga yang tetap: {STAYS[reason]}", "nilai": _written(families)}
        for reason, (families, _) in judged.families.items()
    ]
    return lines or [{"label": "Data yang berubah", "nilai": "tidak ada"}]


def stays_page(job: Job, user, number: str) -> Page:
    """The keluarga that an undo left as they are, in sight of this user, with head, who touched them and when."""
    rows = SisaUrung.objects.visible_to(user).filter(job=job).select_related("wilayah", "oleh")
    page = Paginator(rows.order_by("pk"), PAGE).get_page(number)
    lines: list[SisaUrung] = list(page.object_list)
    heads = Anggota.objects.visible_to(user).filter(kepala=True)
    known = (
        Keluarga.objects.visible_to(user)
        .filter(pk__in=[line.keluarga_id for line in lines])
        .prefetch_related(Prefetch("anggota_list", heads, to_attr="kepala_list"))
    )
    found = {keluarga.pk: keluarga for keluarga in known}
    impor = {
        one.job_id: one
        for one in Impor.objects.filter(job__in=[line.oleh_job_id for line in lines]).select_related("sumber")
    }
    page.object_list = [
        {
            "sisa": line,
            "keluarga": found.get(line.keluarga_id),
            "kepala": next(iter(getattr(found.get(line.keluarga_id), "kepala_list", [])), None),
            "impor": impor.get(line.oleh_job_id),
        }
        for line in lines
    ]
    return page


def _written(number: int) -> str:
    return f"{number:,}".replace(",", ".")
