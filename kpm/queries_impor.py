"""Numbers for the report of an import, out of the Job's laporan."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from jobs.inbox import Line
from jobs.models import Job
from kpm.aturan import layout_of
from kpm.langkah import OPEN, latest
from kpm.linked import row_name
from kpm.mapping import Places
from kpm.models import Impor, Langkah, written_date
from kpm.verdicts import VERDICTS
from spatial.models import Wilayah

DEPTHS = (2, 4, 6, 10)  # digits of a code: provinsi, kabupaten, kecamatan, desa
UNKNOWN = "Desa tidak dikenal"


def report_of(impor: Impor) -> dict[str, Any]:
    """The laporan with each verdict's words beside its count."""
    laporan = impor.laporan
    sheets = layout_of(impor).sheets
    share = f"{laporan['ditolak'] / max(laporan['dibaca'], 1):.1%}".replace("%", " persen").replace(".", ",")
    return laporan | {
        "keterangan": f"{share} dari baris yang dibaca ditolak",
        "bersih": laporan["diterapkan"] - laporan["bercatatan"],
        "ditolak_list": _lines(laporan["vonis_ditolak"], laporan["desa_tak_dikenal"], sheets),
        "catatan_list": _lines(laporan["vonis_catatan"], [], sheets),
        "dirapikan_list": _lines(laporan["vonis_dirapikan"], [], sheets),
        "jawaban": _answers(laporan.get("jawaban"), sheets),
        "lama": impor.job.lama if impor.job else None,
        "perbaikan": _mended(impor),
    }


FAILED = {
    Langkah.Jenis.TINJAU: "Berkas ini tidak selesai diperiksa. Tidak ada yang diubah.",
    Langkah.Jenis.TERAP: "Berkas ini tidak selesai diterapkan. Tidak ada yang diubah.",
    Langkah.Jenis.URUNG: "Impor ini tidak selesai diurungkan. Tidak ada yang diubah.",
}


STOPPED = "Pekerjaan ini dibatalkan. Tidak ada yang diubah."


def standing_of(impor: Impor, user) -> dict[str, Any]:
    """Where an import stands: its latest step, whether that failed, and which buttons this user has."""
    step = latest(impor)
    job = step.job if step else None
    own, rests = impor.pemilik_id == user.pk, job is None or not job.is_live
    failed = step is not None and rests and step.job.keadaan != Job.Keadaan.SELESAI
    open_ = impor.keadaan in OPEN
    stopped = job is not None and job.keadaan == Job.Keadaan.DIBATALKAN
    return {
        "langkah": step,
        "job": job,
        "milik": own,
        "gagal": (STOPPED if stopped else FAILED[Langkah.Jenis(step.jenis)]) if step and failed else "",
        "bisa_batal": (
            step.job.pemilik_id == user.pk and not rests and not step.job.batal_diminta if step else False
        ),
        "bisa_buang": own and open_ and (rests or step is None or step.jenis == Langkah.Jenis.TINJAU),
        "bisa_tinjau": own and open_ and rests,
        "bisa_terap": own
        and rests
        and impor.keadaan == Impor.Keadaan.DITINJAU
        and bool(impor.tinjauan.get("diterapkan"))
        and not impor.tinjauan.get("putusan"),
    }


def _mended(impor: Impor) -> dict[str, Any] | None:
    """What came back of the refused rows: imports of the mended workbook, and how many rows they brought in."""
    done = list(
        impor.perbaikan_list.filter(keadaan=Impor.Keadaan.DITERAPKAN).select_related("job").order_by("pk")
    )
    if not done:
        return None
    return {"daftar": done, "baris": impor.ditolak_list.filter(perbaikan__in=done).count()}


def _answers(told: dict[str, Any] | None, sheets: list[str]) -> dict[str, Any] | None:
    """What the report says of the answers, with row numbers as people read them."""
    if told is None:
        return None
    outside = [
        one | {"contoh": [row_name(number, sheets) for number in one["contoh"]]} for one in told["luar"]
    ]
    return told | {"luar": outside}


def _lines(
    tallies: list[dict[str, Any]], places: list[dict[str, Any]], sheets: list[str]
) -> list[dict[str, Any]]:
    lines = []
    for tally in tallies:
        verdict = VERDICTS[tally["kode"]]
        rows = ", ".join(row_name(number, sheets) for number in tally["contoh"])
        line = {
            "kode": verdict.kode,
            "judul": verdict.judul,
            "akibat": verdict.akibat,
            "tindakan": verdict.tindakan,
            "baris": tally["baris"],
            "contoh": f"baris {rows}",
        }
        if verdict.kode == "DESA_TAK_DIKENAL" and places:
            line["contoh"] = places[0]["tulisan"]
            if places[0]["usulan"]:
                line["tindakan"] += f" Usulan: {places[0]['usulan']}."
        lines.append(line)
    return lines


def wilayah_rows(impor: Impor, within: str) -> list[dict[str, Any]]:
    """Rows applied and refused per wilayah, one level below `within` (a code; "" is the top).

    At the top the first level that tells places apart: kabupaten, or kecamatan for one kabupaten.
    """
    per_desa = impor.laporan["per_desa"]
    inside = [row for row in per_desa if row[0].startswith(within)]
    depth = next((d for d in DEPTHS if d > len(within)), DEPTHS[-1])
    if not within:
        while depth < DEPTHS[-1] and len({row[0][:depth] for row in inside if row[0]}) < 2:
            depth = DEPTHS[DEPTHS.index(depth) + 1]
    sums: dict[str, list[int]] = {}
    for kode, applied, refused in inside:
        total = sums.setdefault(kode[:depth], [0, 0])
        total[0] += applied
        total[1] += refused
    names = {w.kode: w.nama_lengkap for w in Wilayah.objects.filter(pk__in=sums)}
    return [
        {
            "kode": kode,
            "nama": names.get(kode, UNKNOWN),
            "diterapkan": applied,
            "ditolak": refused,
            "dibuka": bool(kode) and depth < DEPTHS[-1],
        }
        for kode, (applied, refused) in sorted(sums.items(), key=lambda item: (item[0] == "", item[0]))
    ]


def rejects_waiting_for(user) -> list[Line]:
    """Rejected rows the user can still fetch and repair, one line per import; a line of the inbox."""
    waiting = Impor.objects.filter(
        pemilik=user, tolak_kedaluwarsa__gt=timezone.now(), keadaan=Impor.Keadaan.DITERAPKAN
    ).exclude(tolak_berkas="")
    return [
        Line(
            judul=f"Baris ditolak dari {impor.sumber.judul}",
            keterangan=f"perbaiki dan unggah lagi, dihapus {written_date(impor.tolak_kedaluwarsa)}",
            jumlah=impor.laporan.get("ditolak", 0),
            url=reverse("kpm:impor", args=[impor.pk]),
        )
        for impor in waiting.select_related("sumber", "job").order_by("-pk")
        if impor.tolak_kedaluwarsa
    ]


def places() -> Places:
    """Names and codes of the land, to know a column of villages by what is in it."""
    names: dict[str, set[str]] = {}
    codes = set()
    for kode, kode_bps, nama, tingkat in Wilayah.objects.values_list("kode", "kode_bps", "nama", "tingkat"):
        names.setdefault(tingkat, set()).add(nama.upper())
        if tingkat == Wilayah.Tingkat.DESA_KELURAHAN:
            codes |= {kode, kode_bps or kode}
    return Places(
        kabupaten=frozenset(names.get(Wilayah.Tingkat.KABUPATEN_KOTA, set())),
        kecamatan=frozenset(names.get(Wilayah.Tingkat.KECAMATAN, set())),
        desa=frozenset(names.get(Wilayah.Tingkat.DESA_KELURAHAN, set())),
        kode=frozenset(codes),
    )
