"""The labelled sets that padan is measured on: what they promise to whoever trains or measures."""

import csv
from collections import Counter

import pytest

from benchmarks.padan_orang import Kebenaran, Sets, make, write


@pytest.fixture(scope="module")
def sets() -> Sets:
    return make(6_000, 9_000, seed=7)


@pytest.fixture(scope="module")
def truth(sets) -> dict[int, Kebenaran]:
    return {row.anggota_id: row for row in sets.kebenaran}


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(sets):
    assert make(6_000, 9_000, seed=7) == sets
    assert {row.nama for row in make(300, 450, seed=8).daftar} != {
        row.nama for row in make(300, 450, seed=9).daftar
    }


def test_files_hold_what_memory_holds(tmp_path, sets):
    write(tmp_path, 6_000, 9_000, seed=7)
    for name, rows in zip(("daftar", "ekstrak", "kebenaran"), sets, strict=True):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *written = csv.reader(file)
        assert header == list(rows[0]._fields)
        assert written == [[str(value) for value in row] for row in rows]


def test_everybody_of_the_lists_has_one_truth_and_rows_are_numbered_through(sets, truth):
    assert len(sets.daftar) == len(sets.kebenaran) == len(truth) == 6_000
    assert 9_000 <= len(sets.ekstrak) < 9_020
    assert [row.baris for row in sets.ekstrak] == list(range(1, len(sets.ekstrak) + 1))


def test_who_is_labelled_with_a_right_nik_carries_the_nik_of_his_row(sets, truth):
    nik = {row.baris: row.nik for row in sets.ekstrak}
    right = [
        row for row in sets.daftar if truth[row.anggota_id].nik == "benar" and truth[row.anggota_id].baris
    ]
    assert len(right) > 4_000
    wrong = [
        row.anggota_id
        for row in right
        if row.nik
        not in {nik[b] for b in (truth[row.anggota_id].baris, truth[row.anggota_id].baris_lain) if b}
    ]
    assert wrong == []


def test_the_absent_are_not_in_the_extract_while_their_relatives_are(sets, truth):
    own = {row.anggota_id: row for row in sets.daftar}
    absent = [row for row in truth.values() if "absen" in row.kasus.split("+")]
    assert len(absent) > 100
    assert [row for row in absent if row.baris] == []
    there = {own[k].keluarga_id for k, row in truth.items() if row.baris}
    # of the others the relative is in the extract alone: a child born since
    assert sum(own[row.anggota_id].keluarga_id in there for row in absent) > 0.9 * len(absent)
    niks = {row.nik for row in sets.ekstrak}
    assert [row for row in absent if row.nik == "benar" and own[row.anggota_id].nik in niks] == []


def test_every_trouble_of_the_field_is_there(truth):
    niks = Counter(row.nik for row in truth.values())
    assert niks.keys() == {"benar", "kosong", "salah", "excel", "kerabat", "orang_lain", "0000", "lama"}
    kasus = {word for row in truth.values() for word in row.kasus.split("+")}
    assert kasus >= {
        "absen", "kembar", "senama", "pindah_kk", "pindah_desa", "ganda", "ganda_daftar", "meninggal",
        "nonaktif", "pindah",
    }  # fmt: skip
    rusak = {word for row in truth.values() for word in row.rusak.split("+")}
    assert rusak >= {
        "nama:ketik", "nama:hilang", "nama:tukar", "nama:ejaan", "nama:singkat", "nama:gelar", "nama:bin",
        "nama:muhammad", "ekstrak_nama:ketik", "tanggal:hari_bulan", "tanggal:satu_angka", "tanggal:satu_januari",
        "tanggal:kosong",
        "ibu:kosong", "kelamin:salah", "no_kk:lama", "no_kk:kosong",
    }  # fmt: skip


def test_no_nik_is_given_to_two_people_but_those_the_registry_has_twice(sets, truth):
    doubled = {b for row in truth.values() for b in (row.baris, row.baris_lain) if row.baris_lain}
    times = Counter(row.nik for row in sets.ekstrak if row.baris not in doubled)
    assert times.most_common(1)[0][1] == 1


def test_an_extract_too_small_for_the_families_is_refused():
    with pytest.raises(ValueError, match="fifth"):
        make(1_000, 1_100, seed=1)
