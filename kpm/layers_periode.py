"""Growth and shrink between two periods on the map: who came, who left, what is left over.

The two sumber stand in the map's address. Only who may see names: what a period alone tells of a village with
few families is a person (decision 0023), so those who only count are not offered these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse

from access.rules import may_see_names
from kpm.banding import BERUBAH, Banding, PeriodeRefused, chosen_pair, sumber_list
from kpm.layers import KeluargaLayer
from kpm.models import Sumber
from kpm.queries import WIDTH
from spatial.layers import Angka, register


class PeriodeForm(forms.Form):
    """Which two periods. Always shown open: without them the number says nothing."""

    dari = forms.ChoiceField(required=False, label="Dulu")
    ke = forms.ChoiceField(required=False, label="Kini")

    def __init__(self, offered: list[Sumber], pair: tuple[Sumber, Sumber] | None):
        super().__init__(initial={"dari": pair[0].pk, "ke": pair[1].pk} if pair else {})
        choices = [("", "Dua periode terbaru"), *((sumber.pk, sumber.judul) for sumber in offered)]
        for field in self.fields.values():
            field.choices = choices  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        return True


class PeriodeLayer(KeluargaLayer):
    """A share of two periods. A village that one of them lacks is left out: it has no file, not no families."""

    bentuk = "periode"
    saringan_nama = "Periode yang dibandingkan"
    satuan = "persen"
    kosong = (
        "Angka muncul setelah dua periode dari jenis yang sama dimuat. Jenis yang berbeda tidak dibandingkan."
    )
    daftar = "Lihat keluarganya"
    perubahan = ""

    def offered(self, user) -> bool:
        return may_see_names(user)

    def rolls_up(self, user) -> bool:
        return True

    def for_query(self, filter: Mapping) -> PeriodeLayer:
        """The same with the periods named, where the address names them."""
        asked = [str(filter.get(name, "")) for name in ("dari", "ke")]
        found = Sumber.objects.in_bulk([int(pk) for pk in asked if pk.isdecimal() and len(pk) < 10])
        pair = sorted(found.values(), key=lambda sumber: sumber.periode)
        if len(pair) != 2:
            return self
        named = type(self)()
        named.keterangan = f"{self.keterangan} {pair[0].judul} dibandingkan dengan {pair[1].judul}."
        return named

    def rows(self, user, tingkat: str, filter: Mapping) -> Mapping[str, Angka]:
        two = self._two(user, filter)
        if two is None:
            return {}
        villages = two.per(WIDTH["desa_kelurahan"])
        whole = {kode: n for kode, n in villages.items() if n["dulu"] and n["kini"]}
        sums: dict[str, tuple[int, int]] = {}
        for kode, n in whole.items():
            part, base = self.share(n)
            before = sums.get(kode[: WIDTH[tingkat]], (0, 0))
            sums[kode[: WIDTH[tingkat]]] = (before[0] + part, before[1] + base)
        return sums

    def share(self, n: Counter[str]) -> tuple[int, int]:
        """Part and whole of the numbers of one village."""
        raise NotImplementedError

    def _two(self, user, filter: Mapping) -> Banding | None:
        if not may_see_names(user):
            return None
        try:
            pair = chosen_pair(sumber_list(user), filter.get("dari", ""), filter.get("ke", ""))
        except PeriodeRefused:
            return None
        return Banding(user, *pair) if pair else None

    def filter_form(self, user, filter: Mapping) -> Any:
        if not may_see_names(user):
            return None
        two = self._two(user, filter)
        return PeriodeForm(sumber_list(user), (two.dari, two.ke) if two else None)

    def filter_query(self, filter: Mapping) -> str:
        return urlencode({name: filter[name] for name in ("dari", "ke") if filter.get(name)})

    def list_url(self, user, kode: str, filter: Mapping) -> str:
        two = self._two(user, filter)
        if two is None or len(kode) < WIDTH["kabupaten_kota"]:
            return ""
        query = two.query | {"wilayah": kode, "perubahan": self.perubahan}
        return f"{reverse('kpm:banding_daftar')}?{urlencode(query)}"


@register
class PeriodeMasuk(PeriodeLayer):
    kode = "periode_masuk"
    nama = "Keluarga yang masuk daftar"
    legenda = "Masuk daftar, persen keluarga kini"
    keterangan = "Persen keluarga yang tercatat di periode kedua dan belum di periode pertama."
    pembilang_nama = "masuk"
    penyebut_nama = "keluarga kini"
    perubahan = "masuk"

    def share(self, n):
        return n["masuk"], n["kini"]


@register
class PeriodeKeluar(PeriodeLayer):
    kode = "periode_keluar"
    nama = "Keluarga yang keluar dari daftar"
    legenda = "Keluar dari daftar, persen keluarga dulu"
    keterangan = "Persen keluarga yang tercatat di periode pertama dan tidak lagi di periode kedua."
    ramp = "soal"
    pembilang_nama = "keluar"
    penyebut_nama = "keluarga dulu"
    perubahan = "keluar"

    def share(self, n):
        return n["keluar"] + n["luar"], n["dulu"]


@register
class PeriodeSelisih(PeriodeLayer):
    kode = "periode_selisih"
    nama = "Bertambah atau berkurangnya keluarga"
    legenda = "Selisih keluarga, persen keluarga dulu"
    keterangan = "Berapa persen keluarga di daftar bertambah atau berkurang, pindah desa ikut dihitung."
    pembilang_nama = "selisih"
    penyebut_nama = "keluarga dulu"
    perubahan = BERUBAH

    def share(self, n):
        return n["kini"] - n["dulu"], n["dulu"]
