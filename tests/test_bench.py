"""The figures of script/bench: arithmetic and counts, never a time."""

from datetime import date

from benchmarks.febrl import person, read
from benchmarks.halaman import summary
from benchmarks.measure import cost_percent, percentile, ratios, tree
from benchmarks.pages import APP, BYPASS, kueri


def test_ratios_compare_rows_per_second():
    figures = ratios(baris=100_000, detik_csv=5.0, detik_xlsx=10.0, lantai=4.0, peer=800.0, flat=4_000.0)
    assert figures == {"rasio_csv": 25.0, "rasio_datar_csv": 5.0, "rasio_xlsx": 12.5, "lantai_csv": 1.25}


def test_tree_of_a_process_that_is_gone_is_itself():
    assert tree(2**22 + 1) == [2**22 + 1]


def test_percentile_is_a_value_that_was_measured():
    assert percentile([30.0, 10.0, 20.0], 0.95) == 30.0
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0


def test_cost_is_the_median_of_the_pairs():
    assert cost_percent([(110.0, 100.0), (105.0, 100.0), (900.0, 100.0)]) == 10.0
    assert cost_percent([(90.0, 100.0)]) == -10.0


def test_summary_names_the_slowest_page_and_compares_whole_rounds():
    pages = [
        {
            "nama": "beranda",
            "peran": "PSM",
            "detik": {APP: [0.01, 0.01], BYPASS: [0.01, 0.01], "dingin": [0.3, 0.3]},
        },
        {
            "nama": "daftar",
            "peran": "provinsi",
            "detik": {APP: [0.10, 0.21], BYPASS: [0.09, 0.19], "dingin": [0.2, 0.2]},
        },
    ]
    assert summary(pages) == {
        "p95_ms": 210.0,
        "p95_halaman": "daftar (provinsi)",
        "dingin_ms": 300.0,
        "dingin_halaman": "beranda (PSM)",
        "rls_biaya_persen": 10.0,  # 0.11 against 0.10, and 0.22 against 0.20
    }


def test_no_page_asks_more_for_200_rows_than_for_2(committed_db):
    """The bench's own count, over every page of every peran."""
    assert kueri() == {"tetap": True, "tumbuh": []}


def test_febrl_goes_in_as_people_without_its_own_key():
    """rec_id says which two are one; nothing of it may reach the matcher."""
    originals, copies = read("dataset4a"), read("dataset4b")
    assert len(originals) == len(copies) == 5_000
    first = person(0, originals[0])
    assert first == (
        0, "1901010005304218", "valid", "", "MICHAELA NEUMANN", "WINSTON HILLS", date(1915, 11, 11), "L",
        "STANLEY STREET", "4223",
    )  # fmt: skip
    assert person(0, originals[0] | {"soc_sec_id": "", "date_of_birth": "19151399"})[1:7] == (
        "", "kosong", "", "MICHAELA NEUMANN", "WINSTON HILLS", None,
    )  # fmt: skip
