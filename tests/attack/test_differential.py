"""A family that somebody must not see changes nothing that he can ask for (threat T2).

Each outsider asks the same questions in a world with the family of Desa Rias and in one without: statuses,
headers and bodies must be equal, byte for byte. With one wall taken away the other still holds; with both
away the test finds the family, which shows that it looks.
"""

from __future__ import annotations

import os
import re
from itertools import zip_longest

import pytest

from access.models import User
from tests.attack.pages import Answer, crawl
from tests.attack.worlds import (
    COUNTING,
    OUTSIDERS,
    add_foreign_family,
    add_foreign_village,
    answer_in,
    starting_points,
    undone,
    visitor,
)
from tests.conftest import RIAS
from tests.ekspor import ask as ask_ekspor
from tests.ekspor import make as make_ekspor
from tests.ekspor import sheet_rows

pytestmark = pytest.mark.django_db

# Questions per person; a wall by itself is asked fewer. SENTRAL_FUZZ=n walks n pages further.
FURTHER = int(os.environ.get("SENTRAL_FUZZ", "0"))
MOST, FEWER = 105 + FURTHER, 60 + FURTHER


def both_worlds(request, person: str, add, most: int = MOST) -> tuple[dict, dict]:
    """The answers of one person in the world with the family, and to the same questions without it."""
    user = request.getfixturevalue(person)
    with undone():
        filled = add(request)
        with_it = crawl(starting_points(filled), answer_in(visitor(user)), most)
    with undone():
        answer = answer_in(visitor(user))
        without = {probe: answer(probe) for probe in with_it}
    return with_it, without


def differing(with_it: dict, without: dict) -> dict[str, str]:
    """The questions whose answers differ, and where they begin to."""
    return {
        str(probe): first_difference(said, without[probe])
        for probe, said in with_it.items()
        if without[probe] != said
    }


def first_difference(one: Answer, other: Answer) -> str:
    for left, right in zip_longest((one.status, *one.headers), (other.status, *other.headers)):
        if left != right:
            return f"{left} != {right}"
    place = next(n for n, pair in enumerate(zip_longest(one.body, other.body)) if pair[0] != pair[1])
    around = slice(max(place - 80, 0), place + 80)
    return f"{one.body[around]!r} != {other.body[around]!r}"


@pytest.mark.parametrize("person", OUTSIDERS)
def test_the_family_changes_no_answer(request, common, person):
    with_it, without = both_worlds(request, person, add_foreign_village)
    assert differing(with_it, without) == {}
    assert len(with_it) > 60


def files_of(user) -> dict[str, list[str]]:
    """What the user takes away: every row of his exports, cell by cell; the number of the export is nobody's secret."""
    found = {}
    for jenis in ("kpm_keluarga", "kpm_anggota"):
        rows = sheet_rows(make_ekspor(ask_ekspor(User.objects.get(pk=user.pk), jenis)))
        found[jenis] = [re.sub(r"EKSPOR \d+", "EKSPOR #", repr(row)) for row in rows]
    return found


def files_in_both_worlds(request, person: str) -> tuple[dict, dict]:
    user = request.getfixturevalue(person)
    with undone():
        add_foreign_village(request)
        with_it = files_of(user)
    with undone():
        return with_it, files_of(user)


@pytest.mark.parametrize("person", ["pak_budi", "mbak_ayu"])
def test_the_family_changes_no_file(request, common, person):
    with_it, without = files_in_both_worlds(request, person)
    assert with_it == without
    assert min(map(len, without.values())) > 10


def test_with_both_walls_away_the_family_is_in_the_file(request, common, without_gate, without_policies):
    with_it, without = files_in_both_worlds(request, "pak_budi")
    assert len(with_it["kpm_anggota"]) > len(without["kpm_anggota"])


@pytest.mark.parametrize("person", COUNTING)
def test_a_family_in_a_cell_below_ten_changes_no_number(request, few, person):
    with_it, without = both_worlds(request, person, add_foreign_family)
    assert differing(with_it, without) == {}
    assert len(with_it) > 60


@pytest.mark.parametrize("person", ["pak_budi", "mbak_ayu"])
def test_the_gate_alone_hides_the_family(request, common, without_policies, person):
    with_it, without = both_worlds(request, person, add_foreign_village, FEWER)
    assert differing(with_it, without) == {}


@pytest.mark.parametrize("person", ["pak_budi", "mbak_ayu"])
def test_the_policies_alone_hide_the_family(request, common, without_gate, person):
    with_it, without = both_worlds(request, person, add_foreign_village, FEWER)
    assert differing(with_it, without) == {}


def test_with_both_walls_away_the_family_is_found(request, common, without_gate, without_policies):
    """Proof that the tests above look: list, family, search, numbers and map then differ."""
    with_it, without = both_worlds(request, "pak_budi", add_foreign_village)
    found = differing(with_it, without)
    expected = [
        "GET /", "GET /keluarga/", f"GET /keluarga/?wilayah={RIAS}", "POST /keluarga/ {'cari': '1903010101200001'}",
        "POST /keluarga/ {'cari': 'HENDRA'}", "GET /keluarga/?urut=-desil&per=100",
    ]  # fmt: skip
    assert [question for question in expected if question not in found] == []
