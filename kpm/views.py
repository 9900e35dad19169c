"""Pages of keluarga: the list with its search, and one keluarga.

A search by name, NIK or No. KK is a POST. Its words go into the session under a random token, at most
MOST_SEARCHES at a time (the oldest makes room), and the browser is sent to ?cari=<token>. They vanish
with the session: at logout, or when it expires after twelve hours. A token that is gone shows the list
without it and says so. The words stand in no URL, no log line and no Jejak.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from access.jejak import address_of, record_jejak
from access.rules import may_edit, may_export, may_import, may_reveal, may_see_names, may_see_trail, requires
from access.scope import territory_of
from kpm import queries
from kpm.asal import asal_of
from kpm.filters import NAMES, Filter, FilterForm, rank_sumber, words_of
from kpm.history import timeline_of
from kpm.models import Anggota, Keluarga, Kepesertaan, Peringkat
from kpm.opening import find_keluarga, pin_of, record_opening
from kpm.panels import note_opened, panels_of
from kpm.queries import SORTS, KeluargaRows, Row
from kpm.queries_jawaban import offered, sheets_of
from kpm.sumber import membership_of

MOST_SEARCHES = 20
SIZES = (15, 50, 100)


@login_required
@requires(may_see_names)
@require_http_methods(["GET", "HEAD", "POST"])
def keluarga_list(request: HttpRequest) -> HttpResponse:
    """The list. A POST is a filter form or a search and becomes an address without a word of it."""
    if request.method == "POST":
        return _search(request)
    token = request.GET.get("cari", "")
    kata = request.session.get("cari", {}).get(token, "")
    asked = Filter.read(request.GET, kata)
    ranks = rank_sumber(request.user)
    urut = request.GET.get("urut", "kepala")
    if urut.lstrip("-") not in SORTS.keys() - ({"desil", "persentil"} - ranks.keys()):
        urut = "kepala"
    per = _one_of(request.GET.get("per", ""), SIZES)
    rows = KeluargaRows(request.user, asked, urut, ranks)
    paginator: Paginator = Paginator(rows, per)  # type: ignore[arg-type]
    page = paginator.get_page(request.GET.get("halaman", "1"))
    row_list = list(page.object_list)
    keep = {
        "cari": token if kata else "",
        "urut": "" if urut == "kepala" else urut,
        "per": "" if per == SIZES[0] else str(per),
    }
    program_list = queries.program_list()
    tree = queries.tree_of(request.user, rows.per_village)
    marks = _marks(asked, keep, program_list, {row[0]: row for row in tree})
    larger = SIZES[(SIZES.index(per) + 1) % len(SIZES)]
    here = reverse("kpm:keluarga_list")
    if row_list:
        record_jejak(
            user=request.user, alamat=address_of(request), **_list_line(request, asked, page, row_list)
        )
    context = {
        "page": page,
        "row_list": row_list,
        "anggota": rows.count_anggota() if page.paginator.count else 0,
        "form": FilterForm(asked, ranks, offered(request.user), program_list),
        "filter": asked,
        "kata": kata,
        "kata_hilang": bool(token and not kata),
        "pohon": tree,
        "pilihan": ",".join(asked.wilayah),
        "tanda_list": marks,
        "hapus_semua": here if len(marks) > 1 else "",
        "urut": _order_words(urut),
        "kepala_list": _heads(asked, keep, urut, ranks),
        "skala": "desil" if "desil" in ranks else ("persentil" if ranks else ""),
        "ukuran_lain": larger,
        "ukuran_url": asked.url(here, keep | {"per": "" if larger == SIZES[0] else str(larger)}),
        "peta_url": _map_url(asked),
        "unduh_url": _export_url(asked, keep) if may_export(request.user) else "",
        "simpan": {name: value for name, value in keep.items() if value and name != "cari"},
        "sumber": queries.sumber_judul(request.user),
        "boleh_impor": may_import(request.user),
        "boleh_ubah": may_edit(request.user),
        "semua": len(tree) and tree[0][3] if len(territory_of(request.user).kode) == 1 else None,
    }
    return render(request, "kpm/keluarga_list.html", context)


def _list_line(request: HttpRequest, asked: Filter, page, row_list: list[Row]) -> dict:
    """What the trail keeps of one page of the list: the keluarga on it, and the anggota it names."""
    named = [pk for row in row_list for pk in (row.kepala and row.kepala.pk, row.cocok_pk) if pk]
    places = asked.wilayah or territory_of(request.user).kode
    rincian = {"halaman": page.number}
    if asked.kata:
        rincian["cari"] = _searched_by(asked.kata)
    if asked.indikator:
        rincian["indikator"] = asked.indikator
    return {
        "aksi": "lihat_daftar",
        "objek": "keluarga",
        "wilayah_id": places[0] if len(places) == 1 else None,
        "rincian": rincian | {"banyak": len(row_list)},
        "isi": {"keluarga": [row.keluarga.pk for row in row_list], "anggota": named},
    }


def _searched_by(kata: str) -> str:
    return "nomor" if any(letter.isdigit() for letter in kata) else "nama"


def _order_words(urut: str) -> str:
    label, down_first = SORTS[urut.lstrip("-")]
    return f"Urut menurut {label}" + (", terbalik" if urut.startswith("-") != down_first else "")


def _one_of(value: str, offered: tuple[int, ...]) -> int:
    return int(value) if value.isdigit() and int(value) in offered else offered[0]


def _search(request: HttpRequest) -> HttpResponse:
    asked = Filter.read(request.POST, request.POST.get("cari", ""))
    extra = {
        name: request.POST.get(name, "")
        for name in ("urut", "per")
        if request.POST.get(name, "").lstrip("-").isalnum()
    }
    if asked.kata:
        kept = request.session.get("cari", {})
        token = secrets.token_urlsafe(9)
        kept[token] = asked.kata
        request.session["cari"] = dict(list(kept.items())[-MOST_SEARCHES:])
        extra = {"cari": token} | extra
        record_jejak(
            user=request.user,
            aksi="cari",
            objek="keluarga",
            alamat=address_of(request),
            rincian={"menurut": _searched_by(asked.kata)},
        )
    return redirect(asked.url(reverse("kpm:keluarga_list"), extra))


def _marks(asked: Filter, keep: dict[str, str], program_list, tree: dict[str, list]) -> list[dict[str, str]]:
    """What is set, each with the address without it. The words of a search are shown to their owner only."""
    here = reverse("kpm:keluarga_list")
    marks = []
    if asked.kata:
        marks.append({"label": f"“{asked.kata}”", "url": asked.url(here, keep | {"cari": ""})})
    for kode in asked.wilayah:
        name = _place(tree[kode]) if kode in tree else "wilayah di luar penugasan Anda"
        others = tuple(k for k in asked.wilayah if k != kode)
        marks.append({"label": name, "url": asked.url(here, keep, wilayah=others)})
    if soal := asked.soal:
        url = asked.without_soal.url(here, keep)
        marks.append({"label": soal.words(asked.jawaban), "url": url})
    for name in NAMES:
        value = getattr(asked, name)
        if value:
            label = words_of(name, value, program_list)
            marks.append({"label": label, "url": asked.url(here, keep, **{name: ""})})
    return marks


def _place(row: list) -> str:
    short = {"kecamatan": "Kec. ", "kabupaten": "Kab. ", "kota": "Kota "}
    return short.get(row[2], "") + row[1]


def _heads(asked: Filter, keep: dict[str, str], urut: str, ranks) -> list[dict[str, str]]:
    """Heads of the columns: where a press leads, and what aria-sort says."""
    scale = "desil" if "desil" in ranks else "persentil"
    columns = [
        ("Kepala keluarga", "kepala", ""),
        ("NIK", "", ""),
        ("Desa, kecamatan", "wilayah", ""),
        ("Anggota", "anggota", "angka"),
        *([(scale.capitalize(), scale, "angka")] if ranks else []),
        ("Program", "", ""),
        ("Diubah", "diubah", ""),
        ("Status NIK", "", ""),
    ]
    here = reverse("kpm:keluarga_list")
    heads = []
    for label, name, kelas in columns:
        head = {"label": label, "kelas": kelas, "arah": "", "url": ""}
        if name:
            first = f"-{name}" if SORTS[name][1] else name
            other = name if SORTS[name][1] else f"-{name}"
            if urut.lstrip("-") == name:
                head["arah"] = "descending" if urut.startswith("-") else "ascending"
            goal = other if urut == first else first
            head["url"] = asked.url(here, keep | {"urut": "" if goal == "kepala" else goal})
        heads.append(head)
    return heads


def _export_url(asked: Filter, keep: dict[str, str]) -> str:
    """The question before an export of exactly this list; words of a search go by their token."""
    return asked.url(reverse("kpm:unduh"), {"cari": keep["cari"]})


def _map_url(asked: Filter) -> str:
    """The map with the same filter. Words stay here: the map's address would have to name them."""
    pairs = asked.query(wilayah=asked.wilayah if len(asked.wilayah) == 1 else ())
    return f"{reverse('spatial:peta')}?{urlencode(pairs)}" if pairs else reverse("spatial:peta")


@login_required
@requires(may_see_names)
@require_safe
def keluarga_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One keluarga. Opening it leaves a Jejak."""
    keluarga, anggota_list = find_keluarga(request.user, pk)
    record_opening(request, keluarga, anggota_list)
    note_opened(request, keluarga)
    ranks = list(
        Peringkat.objects.visible_to(request.user)
        .filter(keluarga=keluarga)
        .select_related("sumber")
        .order_by("-sumber__periode")
    )
    aktif = [anggota for anggota in anggota_list if anggota.status == Anggota.Status.AKTIF]
    context = {
        "keluarga": keluarga,
        "kepala": anggota_list[0] if anggota_list else None,
        "anggota_list": aktif,
        "tidak_lagi_list": anggota_list[len(aktif) :],
        "umur_list": _ages(aktif),
        "peringkat": ranks[0] if ranks else None,
        "peringkat_lama": next((r for r in ranks[1:] if r.sumber.jenis == ranks[0].sumber.jenis), None),
        "nik_benar": sum(a.nik_status == Anggota.NikStatus.VALID for a in aktif),
        "program_list": _programmes(request.user, keluarga, aktif),
        "kuesioner_list": sheets_of(request.user, keluarga, aktif),
        "asal_list": asal_of(keluarga, anggota_list),
        "panel_list": panels_of(request.user, keluarga),
        "periode_list": membership_of(keluarga, request.user),
        "riwayat": timeline_of(keluarga, anggota_list, request.user),
        "pin": pin_of(keluarga) if keluarga.titik else None,
        "boleh_ubah": may_edit.covers(request.user, keluarga.wilayah_id),
        "boleh_buka": may_reveal.covers(request.user, keluarga.wilayah_id),
        "boleh_jejak": may_see_trail(request.user),
    }
    return render(request, "kpm/keluarga_detail.html", context)


def _ages(anggota_list: list[Anggota]) -> str:
    """The line beside the heading: 4 orang, 1 balita, 1 lansia."""
    ages = [a.umur for a in anggota_list if a.umur is not None]
    groups = [
        ("balita", sum(age < 5 for age in ages)),
        ("anak 5–17 tahun", sum(5 <= age < 18 for age in ages)),
        ("lansia", sum(age >= 60 for age in ages)),
    ]
    return ", ".join([f"{len(anggota_list)} orang", *(f"{n} {label}" for label, n in groups if n)])


def _programmes(user, keluarga: Keluarga, anggota_list: list[Anggota]) -> list[dict]:
    """The programmes of the keluarga in its own list, with how many of its anggota of today take part.

    One of somebody who is no longer a member stays on the page as the past, said so, and counts nowhere.
    """
    members = {anggota.pk for anggota in anggota_list}
    taking = (
        Kepesertaan.objects.visible_to(user)
        .filter(keluarga=keluarga, sumber=keluarga.sumber_id)
        .select_related("program")
        .order_by("program__urutan", "program_id")
    )
    found: dict[str, dict] = {}
    for one in taking:
        entry = found.setdefault(
            one.program_id, {"program": one.program, "sejak": one.dibuat, "anggota": 0, "utuh": False}
        )
        entry["anggota"] += one.anggota_id in members
        entry["utuh"] |= one.anggota_id is None
        entry["sejak"] = min(entry["sejak"], one.dibuat)
    for entry in found.values():
        entry["dari"] = len(anggota_list)
    return list(found.values())
