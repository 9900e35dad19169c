"""Changes made by hand in a user's territory, newest first, also those of keluarga that moved away or are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from access.rules import may_edit
from kpm.history import said_of, undone_of
from kpm.models import Anggota, Keluarga, Suntingan
from kpm.templatetags.kpm_tags import nama_orang
from spatial.models import Wilayah

DEEPEST = 20  # undos of undos: nobody goes on for ever


@dataclass
class EditRow:
    """One line of the list. kepala: who the keluarga is called after; None when it is not in sight."""

    suntingan: Suntingan
    apa: str
    kepala: Anggota | None = None
    terlihat: bool = False
    tujuan: str = ""
    dibatalkan: bool = False
    boleh_batal: bool = False

    @property
    def nama(self) -> str:
        if self.kepala is not None:
            return f"Keluarga {nama_orang(self.kepala.nama)}"
        return "Keluarga tanpa anggota" if self.terlihat else "tidak terlihat lagi di sini"


def edits(user):
    """The lines, as a paginator wants them."""
    rows = Suntingan.objects.visible_to(user).select_related("oleh", "wilayah__induk", "batal_dari")
    return rows.order_by("-pk")


def rows_of(user, page: Iterable[Suntingan]) -> list[EditRow]:
    """What a page shows of its lines: five questions, however many lines."""
    found = list(page)
    ids = {edit.keluarga_id for edit in found}
    here = set(Keluarga.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    heads: dict[int, Anggota] = {}
    people = Anggota.objects.visible_to(user).filter(keluarga_id__in=here)
    for one in people.order_by("keluarga_id", "status", "-kepala", "pk").only(
        "keluarga_id", "nama", "status"
    ):
        heads.setdefault(one.keluarga_id, one)
    codes = {edit.rincian.get("ke") for edit in found} - {None}
    places = {w.kode: w for w in Wilayah.objects.filter(pk__in=codes).select_related("induk__induk")}
    chain = _with_undos(user, found)
    undone = undone_of(chain.values())
    undos = {edit.batal_dari_id for edit in chain.values()}
    return [
        EditRow(
            edit,
            apa=said_of(edit, chain),
            kepala=heads.get(edit.keluarga_id),
            terlihat=edit.keluarga_id in here,
            tujuan=_far(places.get(edit.rincian.get("ke") or "")),
            dibatalkan=edit.pk in undone,
            boleh_batal=edit.pk not in undos and _may_undo(user, edit),
        )
        for edit in found
    ]


def _with_undos(user, found: list[Suntingan]) -> dict[int, Suntingan]:
    """The lines by number, with whatever took them back."""
    chain = {edit.pk: edit for edit in found}
    chain |= {edit.batal_dari.pk: edit.batal_dari for edit in found if edit.batal_dari is not None}
    asked = set(chain)
    for _ in range(DEEPEST):
        more = {e.pk: e for e in Suntingan.objects.visible_to(user).filter(batal_dari__in=asked)}
        asked = more.keys() - chain.keys()
        chain |= more
        if not asked:
            break
    return chain


def _may_undo(user, edit: Suntingan) -> bool:
    if edit.pasangan_id:
        return False  # its other side says how
    return all(may_edit.covers(user, place) for place in edit.desa_list)


def _far(wilayah: Wilayah | None) -> str:
    """ "Desa Lalang Jaya, Kec. Manggar, Kab. Belitung Timur"."""
    if wilayah is None:
        return ""
    above = [wilayah, wilayah.induk, wilayah.induk.induk if wilayah.induk else None]
    return ", ".join(place.nama_lengkap for place in above if place)
