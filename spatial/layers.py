"""What the map can show. A room above registers its measures here, in its own layers.py.

A layer carries `rows(user)` and `reach(user)`, so that this room asks for numbers without knowing the
register, the gate or the peran behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

Satuan = Literal["persen", "jumlah", "per_1000", "rata"]
Angka = tuple[float | None, int | None]


class Layer:
    """One measure. Subclass it, fill the texts, answer `rows` and `reach`, and decorate with @register.

    kode         stands in the map's URL: "penerima_pkh"
    nama         title of the map: "Keluarga penerima PKH"
    legenda      title of the legend with its unit: "Penerima PKH, persen keluarga"
    keterangan   one sentence below the title: what of what, which source and period
    satuan       "persen", "per_1000" and "rata" (a mean) divide pembilang by penyebut, "jumlah" shows
                 pembilang; a mean whose parts must stay hidden has no penyebut and its value as pembilang
    ramp         "peta" (how many) or "soal" (share of something bad)
    pembilang_nama, penyebut_nama   words for the counts: "penerima PKH" of "keluarga"
    kosong       what to do where nobody has a number yet
    daftar       words on the button that opens the rows behind a number, when list_url() answers
    bentuk       which form filter_form() gives: choosing a measure with another one loads the page anew
    saringan_nama   words above that form
    """

    kode: str
    nama: str
    legenda: str = ""
    keterangan: str = ""
    satuan: Satuan = "jumlah"
    ramp: Literal["peta", "soal"] = "peta"
    pembilang_nama: str = ""
    penyebut_nama: str = ""
    kosong: str = "Angka muncul setelah DTKS dimuat."
    daftar: str = "Lihat daftarnya"
    bentuk: str = ""
    saringan_nama: str = "Keluarga yang dihitung"

    @property
    def kolom(self) -> str:
        """Head of the column that holds the value."""
        heads = {"persen": "persen", "per_1000": "per 1.000", "rata": "rata-rata"}
        return heads.get(self.satuan, self.pembilang_nama or "jumlah")

    def rows(self, user, tingkat: str, filter: Mapping) -> Mapping[str, Angka]:
        """Return {kode: (pembilang, penyebut or None)} per wilayah of `tingkat`, through the gate.

        `filter` is the request's query (a QueryDict); the layer reads what it knows. A wilayah left out
        has no data; (None, None) is a cell too small to show.
        """
        raise NotImplementedError

    def reach(self, user) -> Iterable[str]:
        """Return the codes of the wilayah in which this user may count: ("19",) is the whole province.

        A wilayah that no reach covers wholly is drawn as "di luar wilayah Anda", whatever rows() says.
        """
        raise NotImplementedError

    def offered(self, user) -> bool:
        """Say whether this user is offered the measure."""
        return True

    def for_query(self, filter: Mapping) -> Layer:
        """Return the layer with its words as this query means them, where a choice in the query is the measure."""
        return self

    def rolls_up(self, user) -> bool:
        """Say whether the villages' counts add up to those of every level above, so that one question to
        the register answers for all levels. Not so where cells are hidden or a base is known above only.
        """
        return False

    def filter_form(self, user, filter: Mapping):
        """Return the form that narrows what is counted, or None."""
        return None

    def filter_query(self, filter: Mapping) -> str:
        """Return the part of the query that rows() reads, encoded, for links that keep it."""
        return ""

    def list_url(self, user, kode: str, filter: Mapping) -> str:
        """Return the address of the rows behind the number of wilayah `kode`, or ""."""
        return ""


_registry: dict[str, Layer] = {}


def register(layer: type[Layer]) -> type[Layer]:
    """Class decorator: put a layer on the map, in order of registration."""
    if layer.kode in _registry:
        raise ValueError(f"two layers are called {layer.kode}")
    _registry[layer.kode] = layer()
    return layer


def unregister(kode: str) -> None:
    """Take a layer off the map (a test that registered one cleans up with this)."""
    del _registry[kode]


def layer_list() -> list[Layer]:
    """All layers, in order of registration."""
    return list(_registry.values())


def get_layer(kode: str | None) -> Layer | None:
    """The layer of that code; the first one when no code is given; None when there is no such layer."""
    if kode:
        return _registry.get(kode)
    return next(iter(_registry.values()), None)
