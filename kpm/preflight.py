"""The first look at an import: what some of its rows say of the file, before all of them are read.

The rows are judged by the steps that judge the whole file, so what is expected is what will be said. Only
counts, codes and names of places are noted. A question whose answer changes what is read is put to the
sender, and nothing goes on until it is answered; nothing is ever guessed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction

from jobs import staging
from jobs.actions import finish, lock_for_apply
from jobs.failpoints import failpoint
from jobs.models import Job
from kpm.langkah import StepRefused, at_work, leave_trail, locked, look_again
from kpm.models import Impor
from kpm.run import Run, judge, read_sample
from kpm.verdicts import CATATAN, DIRAPIKAN, DITOLAK, noted_with, rejected_for

DATE = "tanggal_lahir"
# Only the whole file can tell that a row stands in it twice.
OF_THE_WHOLE = {"BARIS_SAMA", "ID_GANDA", "ORANG_GANDA", "NIK_GANDA"}
ANSWERS = {  # date order found -> the answers a sender may give
    "mdy": ("mdy", "dmy"),
    "campur": ("campur", "dmy", "mdy"),
    "ragu": ("dmy", "mdy"),
}
ELEMENTS = {
    "nama": "nama",
    "tempat_lahir": "tempat lahir",
    "tanggal_lahir": "tanggal lahir",
    "jenis_kelamin": "jenis kelamin",
    "nama_ibu": "nama ibu",
}
FEW = 5  # dates of each sort, before a pattern in them means something


def look_first(job: Job, impor: Impor) -> bool:
    """Note what some rows say of the file. True when a question is open: then the job has ended here.

    Safe to run again: what is noted is replaced.
    """
    awal = preflight(job, impor)
    failpoint("kpm.tinjau.awal")
    with transaction.atomic():
        lock_for_apply(job)
        kept = locked(impor.pk)
        kept.awal = awal
        asks = bool(open_questions(kept)) and kept.keadaan == Impor.Keadaan.DIPERIKSA
        if asks:
            kept.keadaan = Impor.Keadaan.BERTANYA
            finish(job)
        kept.save(update_fields=["awal", "keadaan"])
    if asks:
        transaction.on_commit(partial(staging.drop_staging, job), robust=True)
    return asks


def open_questions(impor: Impor) -> list[dict[str, Any]]:
    """What the sender has still to say before the file can be read."""
    answered = impor.aturan.get("tanggal", {})
    return [ask for ask in impor.awal.get("pertanyaan", []) if ask["kolom"] not in answered]


@transaction.atomic
def answer(*, impor_id: int, by, jawaban: dict[str, str], alamat: str | None = None) -> Impor:
    """Take the answers, column -> order of its dates, and look through the import with them.

    The answer may be changed as long as nothing is applied; a second person's word counted for the old one.
    Raises StepRefused with a sentence.
    """
    impor = locked(impor_id)
    if at_work(impor):
        return impor
    if impor.keadaan not in (Impor.Keadaan.BERTANYA, Impor.Keadaan.DITINJAU):
        raise StepRefused("Impor ini tidak menunggu jawaban lagi. Muat ulang halamannya.")
    asked = {ask["kolom"]: ask for ask in impor.awal.get("pertanyaan", [])}
    if not asked or set(jawaban) != set(asked):
        raise StepRefused("Pilih dahulu bagaimana tanggalnya dibaca.")
    if any(jawaban[kolom] not in ANSWERS[ask["urutan"]] for kolom, ask in asked.items()):
        raise StepRefused("Jawaban itu tidak dikenal. Pilih salah satu yang ada di halaman.")
    impor.aturan = impor.aturan | {"tanggal": impor.aturan.get("tanggal", {}) | jawaban}
    look_again(impor, by)
    leave_trail(impor, by, "tanggal", alamat, tanggal=jawaban)
    return impor


def preflight(job: Job, impor: Impor) -> dict[str, Any]:
    """Stage a sample of the import's file, judge it, and say what it shows. Writes to no register."""
    run, sample = read_sample(job, impor)
    places = judge(run, fase="awal")
    isi, tanggal, groups = _counted(run, sample)
    layout = run.layout
    dates = {"kolom": DATE, "judul": _title(run, DATE), **_date_order(tanggal)}
    huruf, alasan = grade(isi)
    return {
        "jenis": sample.kind,
        "tata_letak": layout.tata_letak,
        "profil": layout.profil.get("nama", ""),
        "lembar": ", ".join(layout.sheets) or layout.sheet,
        "baris_judul": layout.header_row,
        "pemisah": sample.delimiter,
        "pengodean": sample.encoding,
        "tahun_1904": sample.staged.date_1904,
        "contoh": sample.staged.rows,
        "seluruh": sample.total,
        "utuh": sample.whole,
        "kolom_dipakai": len(layout.fields),
        "kolom_diabaikan": len(layout.diabaikan),
        "isi": isi,
        "tanggal": [dates],
        "wilayah": places,
        **_expected(groups, sample.whole),
        "nilai": {"huruf": huruf, "alasan": alasan},
        "pertanyaan": [dates] if dates["urutan"] in ANSWERS else [],
    }


def _title(run: Run, field: str) -> str:
    place = run.layout.kolom.get(field)
    return run.layout.judul[place] if place is not None and place < len(run.layout.judul) else ""


def _counted(run: Run, sample: staging.Sample) -> tuple[dict[str, int], dict[str, int], list[tuple]]:
    """Filled cells, forms of dates, and verdicts of the judged sample, as the loader counts them."""
    run.parameters["sampai"] = sample.first_to
    with staging.loader() as line, line.cursor() as cursor:
        counts = []
        for name in ("61_awal_isi", "62_awal_tanggal"):
            run.execute(cursor, name)
            names = [column[0] for column in cursor.description]
            counts.append(dict(zip(names, cursor.fetchone(), strict=True)))
        run.execute(cursor, "63_awal_vonis")
        return counts[0], counts[1], cursor.fetchall()


def _date_order(count: dict[str, int]) -> dict[str, Any]:
    """Which order the dates of a column prove, and by what.

    urutan: dmy, mdy, campur (both are proved), ragu (dates that can be read both ways, and nothing proves
    one), or how they are written when no order is needed: ymd, serial, nama, kosong.
    """
    if count["dmy"] and count["mdy"]:
        urutan = "campur"
    elif count["dmy"] or count["mdy"]:
        urutan = "dmy" if count["dmy"] else "mdy"
    elif count["ragu"]:
        urutan = "ragu"
        if bool(count["nik_dmy"]) != bool(count["nik_mdy"]):
            urutan = "dmy" if count["nik_dmy"] else "mdy"
    elif count["angka"]:
        urutan = "dmy"  # both orders say the same
    else:
        urutan = max(("serial", "ymd", "nama", "kosong"), key=lambda form: count[form])
    return {"urutan": urutan, "bukti": count, "tertukar": _swapped(count)}


def _swapped(count: dict[str, int]) -> bool:
    """True when Excel with an American calendar seems to have opened a list of days before months.

    It takes 05/03/1980 for May 3 and makes a number of it, and leaves 25/03/1980 a text. So all numbers have a
    day up to 12, and no text has.
    """
    texts, numbers = count["dmy"], count["serial"]
    return min(texts, numbers) >= FEW and not count["ragu"] and count["serial_12"] == numbers


def _expected(groups: list[tuple], whole: bool) -> dict[str, Any]:
    """Verdicts in the sample, and how many rows of a hundred are likely to be refused."""
    left_out = set() if whole else OF_THE_WHOLE
    refused: Counter[str] = Counter()
    noted: Counter[str] = Counter()
    blind, blind_refused = 0, 0
    for tolak, catatan, acak, rows in groups:
        reasons = [verdict.kode for verdict in rejected_for(tolak) if verdict.kode not in left_out]
        if reasons:
            refused[reasons[0]] += rows
        else:
            remarks = [verdict.kode for verdict in noted_with(catatan) if verdict.kode not in left_out]
            noted.update(dict.fromkeys(remarks, rows))
        if acak or whole:
            blind += rows
            blind_refused += rows if reasons else 0
    low, high = _between(blind_refused, blind, whole)
    return {
        "ditolak": refused.total(),
        "ditolak_persen": [low, high],
        "vonis_ditolak": _ordered(refused, [v.kode for v in DITOLAK]),
        "vonis_catatan": _ordered(noted, [v.kode for v in CATATAN]),
        "vonis_dirapikan": _ordered(noted, [v.kode for v in DIRAPIKAN]),
    }


def _ordered(counter: Counter[str], codes: Iterable[str]) -> list[dict[str, Any]]:
    lines = [{"kode": kode, "baris": counter[kode]} for kode in codes if counter[kode]]
    return sorted(lines, key=lambda line: -line["baris"])


def _between(hits: int, rows: int, whole: bool) -> tuple[int, int]:
    """Percent from and to: the share itself of a whole list, else Wilson's interval of 95 %."""
    if rows == 0:
        return 0, 100
    if whole:
        return math.floor(100 * hits / rows), math.ceil(100 * hits / rows)
    z = 1.96
    middle = (hits + z * z / 2) / (rows + z * z)
    width = z / (rows + z * z) * math.sqrt(hits * (rows - hits) / rows + z * z / 4)
    return max(0, math.floor(100 * (middle - width))), min(100, math.ceil(100 * (middle + width)))


def grade(isi: dict[str, int]) -> tuple[str, str]:
    """A to F, how well people in the file can be matched with other registers, and why.

    The scale of a matching service in use (six elements: NIK, name, place and date of birth, sex, mother). A
    NIK counts when its form is right and Excel has not touched it; below 70 % it is as if there were none.
    """
    rows = isi["baris"]
    share = {name: isi[name] / rows if rows else 0.0 for name in (*ELEMENTS, "nik")}
    short = [words for name, words in ELEMENTS.items() if share[name] < 1]
    nik = f"NIK dapat dipercaya pada {_percent(share['nik'])} baris"
    if not share["nama"]:
        return "F", "Tidak ada nama yang terbaca, jadi kolomnya mungkin salah ditunjuk."
    if share["nik"] == 1 and not short:
        return (
            "A",
            "NIK, nama, tempat dan tanggal lahir, jenis kelamin, dan nama ibu lengkap dan dapat dipercaya.",
        )
    born = ("tempat_lahir", "tanggal_lahir", "jenis_kelamin")
    if (
        share["nik"] >= 0.7
        and share["nama"] == 1
        and min(share[n] for n in born) >= 0.7
        and share["nama_ibu"] >= 0.6
    ):
        return "B", f"{nik}; {_lacking(short)}." if short else f"{nik}; isian lain lengkap."
    if share["nik"] < 0.7 and not short:
        return "C", f"{nik}, tetapi nama, lahir, jenis kelamin, dan nama ibu lengkap."
    others = [name for name in (*ELEMENTS, "nik") if name != "nama" and share[name] >= 0.1]
    if len(others) > 1:
        return "D", f"{nik}; {_lacking(short)}."
    return "E", "Hanya nama dan paling banyak satu isian lain yang terisi."


def _lacking(names: list[str]) -> str:
    listed = " dan ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return f"{listed} tidak selalu terisi" if listed else "isian lain lengkap"


def _percent(share: float) -> str:
    """Rounded down, so that 100 % means every row."""
    return f"{math.floor(100 * share)} %"
