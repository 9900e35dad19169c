"""The figures of script/bench: arithmetic only, never a time."""

from benchmarks.measure import ratios, tree


def test_ratios_compare_rows_per_second():
    figures = ratios(baris=100_000, detik_csv=5.0, detik_xlsx=10.0, lantai=4.0, peer=800.0, flat=4_000.0)
    assert figures == {"rasio_csv": 25.0, "rasio_datar_csv": 5.0, "rasio_xlsx": 12.5, "lantai_csv": 1.25}


def test_tree_of_a_process_that_is_gone_is_itself():
    assert tree(2**22 + 1) == [2**22 + 1]
