"""What the pages of a preview say of it as a whole: numbers per wilayah, rules, share, out of Impor.tinjauan."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from access.models import User
from jobs.inbox import Line
from kpm.aturan import LABELS, Aturan, fields_of, layout_of
from kpm.keputusan import deciders, to_decide
from kpm.models import Impor, Langkah
from kpm.pratinjau import GOLONGAN, needs_second, share
from kpm.queries_impor import DEPTHS, UNKNOWN
from kpm.queries_rincian import NOWHERE, SAMPING, UNITS, WORDS
from spatial.models import Wilayah

SHOWN = [Impor.Keadaan.DITINJAU, Impor.Keadaan.MENUNGGU_SETUJU]


def review_of(impor: Impor, within: str, apa: str) -> dict[str, Any] | None:
    """All the page of an import shows of its preview; None when there is none, or it is applied already."""
    if impor.keadaan not in SHOWN or "golongan" not in impor.tinjauan:
        return None
    no = impor.tinjauan.get("putusan")
    rows, total = places_of(impor, within, apa)
    return {
        "angka_list": numbers_of(impor),
        "ditahan_list": held_of(impor),
        "ubah_list": changes_of(impor),
        "samping": beside_of(impor),
        "lepas": impor.tinjauan.get("lepas", 0),
        "aturan_list": rules_of(impor),
        "bagian": share_of(impor),
        "perlu_setuju": needs_second(impor.tinjauan),
        "penyetuju_list": deciders(impor) if impor.keadaan == Impor.Keadaan.MENUNGGU_SETUJU else [],
        "putusan": no and {**no, "oleh": User.objects.filter(pk=no["oleh"]).first()},
        "sejak": since_of(impor),
        "tempat_list": rows,
        "jumlah_list": total,
        "perubahan": sum(
            impor.tinjauan["golongan"][what][name] for what in UNITS for name in ("baru", "berubah")
        )
        + impor.tinjauan["keluar"]["keluarga"]
        + impor.tinjauan.get("keluar_sendiri", 0)
        + sum(impor.tinjauan.get("hanya", {}).values()),
    }


def changes_of(impor: Impor) -> list[dict[str, Any]]:
    """Which fields change, in how many keluarga and how many persons, the most frequent first."""
    counts = impor.tinjauan["ubah"]
    lines = [
        {
            "isian": name,
            "label": LABELS.get(name, name),
            "keluarga": counts["keluarga"].get(name, 0),
            "anggota": counts["anggota"].get(name, 0),
        }
        for name in {**counts["keluarga"], **counts["anggota"]}
    ]
    return sorted(lines, key=lambda line: -line["keluarga"] - line["anggota"])


def beside_of(impor: Impor) -> dict[str, Any]:
    """What becomes of the programmes, ranks and answers of this source, and where their rows are; {} for nothing."""
    counts = impor.tinjauan.get("samping", {"keluarga": {}, "anggota": {}})
    if not counts["keluarga"] and not counts["anggota"]:
        return {}
    return {
        "program": impor.tinjauan["program"],
        "orang": counts["anggota"].get("program", 0),
        "peringkat": impor.tinjauan["peringkat"],
        "peringkat_list": [
            {"isian": name, "label": label, "banyak": counts["keluarga"][name]}
            for name, label in SAMPING.items()
            if name != "jawaban" and counts["keluarga"].get(name)
        ],
        "jawaban": {apa: counts[apa].get("jawaban", 0) for apa in UNITS},
    }


def numbers_of(impor: Impor) -> list[dict[str, Any]]:
    """The line of numbers: per golongan the persons and the keluarga, each with the address of its rows."""
    golongan = impor.tinjauan["golongan"]
    return [
        {
            "golongan": name,
            "label": WORDS[name],
            "anggota": golongan["anggota"][name],
            "keluarga": golongan["keluarga"][name] if name != "ditolak" else None,
        }
        for name in GOLONGAN
    ]


def places_of(impor: Impor, within: str, apa: str) -> tuple[list[dict[str, Any]], list[int]]:
    """Numbers per wilayah one level below `within`, and their sums; as queries_impor.wilayah_rows, by golongan."""
    place = 1 if apa == "keluarga" else 2
    inside = [(row[0], row[place]) for row in impor.tinjauan["golongan_desa"] if row[0].startswith(within)]
    depth = next((d for d in DEPTHS if d > len(within)), DEPTHS[-1])
    if not within:
        while depth < DEPTHS[-1] and len({kode[:depth] for kode, _ in inside if kode}) < 2:
            depth = DEPTHS[DEPTHS.index(depth) + 1]
    sums: dict[str, list[int]] = {}
    for kode, counts in inside:
        total = sums.setdefault(kode[:depth], [0] * len(GOLONGAN))
        sums[kode[:depth]] = [a + b for a, b in zip(total, counts, strict=True)]
    names = {w.kode: w.nama_lengkap for w in Wilayah.objects.filter(pk__in=sums)}
    rows = [
        {
            "kode": kode,
            "alamat": kode or NOWHERE,
            "nama": names.get(kode, UNKNOWN),
            "dibuka": bool(kode) and depth < DEPTHS[-1],
            "angka": list(zip(GOLONGAN, counts, strict=True)),
            "kini": dict(zip(GOLONGAN, counts, strict=True)),
        }
        for kode, counts in sorted(sums.items(), key=lambda item: (item[0] == "", item[0]))
        if any(counts)
    ]
    total = [sum(column) for column in zip(*sums.values(), strict=True)] if sums else [0] * len(GOLONGAN)
    return rows, total


def held_of(impor: Impor) -> list[dict[str, Any]]:
    """Fields that an officer's word holds back: which, whose, how many."""
    return [
        {"apa": apa, "isian": name, "label": LABELS[name], "banyak": n}
        for apa in ("keluarga", "anggota")
        for name, n in sorted(impor.tinjauan["ditahan"][apa].items(), key=lambda item: -item[1])
    ]


def rules_of(impor: Impor) -> list[tuple[str, str]]:
    """The rules of an import in words."""
    aturan = Aturan.of(impor)
    there = fields_of(layout_of(impor))
    written = [label for name, label in there.items() if aturan.writes(name)]
    taken = ", ".join(f"{LABELS[name]} diganti" for name in aturan.timpa)
    whole = aturan.isian is None or len(written) == len(there)
    return [
        ("Keluarga yang tidak ada di berkas", "ditandai keluar" if aturan.takes_off else "dibiarkan"),
        (
            "Anggota yang tidak ada, keluarganya ada",
            "ditandai keluar" if aturan.takes_members else "dibiarkan",
        ),
        (
            "Isian yang boleh diganti",
            "semua" if whole else ", ".join(written) or "tidak ada, hanya menambah yang baru",
        ),
        ("Tulisan petugas dan verval", taken or "dipertahankan"),
        (
            "Bila ada baris ditolak",
            "tidak ada yang diterapkan" if aturan.utuh else "baris yang sah tetap diterapkan",
        ),
    ]


def since_of(impor: Impor) -> list[str]:
    """Who changed the rows of an import after its last preview, in words."""
    sejak = impor.tinjauan.get("sejak", [])
    jobs = [one["job"] for one in sejak if one["job"]]
    steps = Langkah.objects.filter(job__in=jobs).select_related(
        "impor__sumber", "impor__pemilik", "job", "oleh"
    )
    step_of = {step.job_id: step for step in steps} if jobs else {}
    people = User.objects.in_bulk([one["oleh"] for one in sejak if one["oleh"]])
    words = []
    for one in sejak:
        step = step_of.get(one["job"])
        person = people.get(one["oleh"])
        by_hand = f"perubahan oleh {person}" if person else "perubahan lain"
        who = _by_step(step) if step else by_hand
        counts = [f"{one[apa]} {UNITS[apa]}" for apa in ("keluarga", "anggota") if one[apa]]
        words.append(f"{who} ({' dan '.join(counts)})")
    return words


def _by_step(step: Langkah) -> str:
    """An import runs with the rights of its importer; who takes it back does that himself."""
    if step.jenis != Langkah.Jenis.URUNG:
        return f"impor {step.impor.sumber.judul} oleh {step.impor.pemilik}"
    verb = "penerapan lagi" if step.job.parameter.get("arah") == "terap" else "pembatalan"
    return f"{verb} impor {step.impor.sumber.judul} oleh {step.oleh}"


def share_of(impor: Impor) -> dict[str, Any]:
    """How much of what is on the list would change or leave, with the counts behind the per cent."""
    tinjauan = impor.tinjauan
    return {
        "persen": share(tinjauan),
        "berubah": tinjauan["golongan"]["keluarga"]["berubah"],
        "keluar": tinjauan["keluar"]["keluarga"],
        "aktif": tinjauan["aktif"]["keluarga"],
    }


def consequences_of(impor: Impor) -> dict[str, Any]:
    """For the question before applying: what happens to how many, and whether a second person is asked."""
    tinjauan = impor.tinjauan
    golongan, keluar = tinjauan["golongan"], tinjauan["keluar"]
    answered = tinjauan.get("samping", {"keluarga": {}, "anggota": {}})
    lines = [
        ("Keluarga baru", golongan["keluarga"]["baru"]),
        ("Keluarga berubah", golongan["keluarga"]["berubah"]),
        ("Keluarga ditandai keluar", keluar["keluarga"]),
        ("Anggota ditandai keluar, keluarganya tetap", tinjauan.get("keluar_sendiri", 0)),
        ("Orang baru", golongan["anggota"]["baru"]),
        ("Orang berubah", golongan["anggota"]["berubah"]),
        ("Program bertambah", tinjauan.get("program", {}).get("bertambah", 0)),
        ("Program berkurang", tinjauan.get("program", {}).get("berkurang", 0)),
        ("Peringkat keluarga baru atau berubah", tinjauan.get("peringkat", 0)),
        ("Keluarga dengan jawaban kuesioner baru atau berubah", answered["keluarga"].get("jawaban", 0)),
        ("Orang dengan jawaban kuesioner baru atau berubah", answered["anggota"].get("jawaban", 0)),
        ("Baris ditolak, tidak diterapkan", tinjauan["ditolak"]),
    ]
    return {
        "akibat_list": [
            {"label": label, "nilai": f"{n:,}".replace(",", "."), "url": ""} for label, n in lines if n
        ],
        "perlu_setuju": needs_second(tinjauan),
        "bagian": share_of(impor),
        "sidik": tinjauan.get("sidik", ""),
    }


def imports_waiting_for(user) -> list[Line]:
    """Lines of the inbox: imports to decide, and one's own that are previewed and not applied."""
    lines = [
        Line(
            judul=f"Putuskan impor yang diminta {impor.pemilik}",
            keterangan=f"{impor.sumber.judul}, {_percent(impor.tinjauan)} persen akan berubah atau keluar",
            jumlah=impor.tinjauan["diterapkan"],
            url=reverse("kpm:impor_putusan", args=[impor.pk]),
        )
        for impor in to_decide(user)
    ]
    mine = (
        Impor.objects.filter(pemilik=user, keadaan=Impor.Keadaan.DITINJAU)
        .select_related("sumber")
        .order_by("-pk")
    )
    lines += [
        Line(
            judul=f"Terapkan atau buang {impor.sumber.judul}",
            keterangan=f"{impor.nama_berkas}, sudah ditinjau",
            jumlah=impor.tinjauan.get("dibaca", 0),
            url=impor.get_absolute_url(),
        )
        for impor in mine
    ]
    return lines


def _percent(tinjauan: dict[str, Any]) -> str:
    return f"{share(tinjauan):g}".replace(".", ",")
