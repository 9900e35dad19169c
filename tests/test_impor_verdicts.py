"""Every dirt has a code, every code a row that earns it, and the paper says the same."""

from __future__ import annotations

import io
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

from access.scope import use_territory
from kpm.actions import apply_directly
from kpm.models import Anggota, Keluarga
from kpm.uploads import accept_upload
from kpm.verdicts import ROW_VERDICTS, VERDICTS, Kind, document
from tests.berkas import HEADERS, csv_bytes, import_bytes, read_rows, xlsx_bytes
from tests.conftest import everything

FIXTURE = read_rows(Path(__file__).parent / "data" / "verdicts.csv")
WITH_IDS = read_rows(Path(__file__).parent / "data" / "verdicts_id.csv")
ID_HEADERS = list(WITH_IDS[0])[2:]
# These need two tables, or a workbook that came back: tests/test_layouts.py, test_mended_rejects.py.
ELSEWHERE = {"KELUARGA_HILANG", "KELUARGA_GANDA", "BUKAN_BARIS_DITOLAK"}
WITH_DESIL = [*HEADERS, "DESIL"]
# Rows with columns of a questionnaire, in a file of their own.
ANSWERS = read_rows(Path(__file__).parent / "data" / "verdicts_indikator.csv")


def rows_of(berkas: str, fixture=FIXTURE) -> list[dict[str, str]]:
    return [row for row in fixture if row["berkas"] == berkas]


def expected(berkas: str, fixture=FIXTURE) -> dict[str, list[int]]:
    """Code -> numbers of the rows that must earn it; the header is row 1."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows_of(berkas, fixture), start=2):
        for kode in row["vonis"].split():
            found[kode].append(number)
    return dict(found)


def reported(laporan: dict) -> dict[str, list[int]]:
    lines = laporan["vonis_ditolak"] + laporan["vonis_catatan"] + laporan["vonis_dirapikan"]
    assert [line for line in lines if line["baris"] != len(line["contoh"])] == []
    return {line["kode"]: line["contoh"] for line in lines}


@pytest.fixture
def earlier(db, pak_hasan):
    """What the registers hold before the file comes: an older and a newer periode, one keluarga gone."""
    import_bytes(csv_bytes(rows_of("dulu"), WITH_DESIL), pak_hasan, periode="2026-09")
    import_bytes(csv_bytes(rows_of("baru"), WITH_DESIL), pak_hasan, periode="2026-11")
    with everything():
        gone = Keluarga.objects.filter(alamat="JL. KELUAR")
        assert gone.update(status="keluar", keluar_tanggal="2026-09-30", keluar_alasan="pindah") == 1
        dead = Anggota.objects.filter(keluarga__alamat="JL. MATI")
        assert dead.update(status="meninggal", keluar_tanggal="2026-09-30") == 1


def test_every_row_of_the_csv_gets_exactly_its_verdicts(earlier, bu_rina):
    laporan = import_bytes(csv_bytes(rows_of("csv"), WITH_DESIL), bu_rina).job.laporan
    assert reported(laporan) == expected("csv")
    refused = {verdict.kode for verdict in ROW_VERDICTS if verdict.kind == Kind.DITOLAK}
    ditolak = sum(bool(refused & set(row["vonis"].split())) for row in rows_of("csv"))
    assert (laporan["dibaca"], laporan["ditolak"]) == (len(rows_of("csv")), ditolak)
    assert laporan["dibaca"] == laporan["diterapkan"] + laporan["ditolak"]


def test_every_row_with_answers_gets_exactly_its_verdicts(db, bu_rina):
    headers = [name for name in ANSWERS[0] if name not in {"berkas", "vonis", "lebih"}]
    here = [row for row in ANSWERS if row["berkas"] == "csv"]
    newer = [row for row in ANSWERS if row["berkas"] == "baru"]
    import_bytes(csv_bytes(newer, headers), bu_rina, periode="2026-11")
    laporan = import_bytes(csv_bytes(here, headers), bu_rina).job.laporan
    wanted: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(here, start=2):
        for kode in row["vonis"].split():
            wanted[kode].append(number)
    assert reported(laporan) == wanted


def test_numbers_in_cells_are_told_from_text(db, bu_rina):
    laporan = import_bytes(xlsx_bytes(rows_of("xlsx"), WITH_DESIL), bu_rina, nama="dtks.xlsx").job.laporan
    assert reported(laporan) == expected("xlsx")


def test_dates_that_two_orders_allow_are_refused_where_both_occur(db, bu_rina):
    content = csv_bytes(rows_of("campur"), WITH_DESIL)
    with use_territory(bu_rina):
        impor = accept_upload(
            berkas=io.BytesIO(content), nama="dtks.csv", pemilik=bu_rina, jenis="DTKS", periode="2026-10"
        )
        impor.aturan = {"tanggal": {"tanggal_lahir": "campur"}}
        impor.save()
        apply_directly(impor)
    assert reported(impor.job.laporan) == expected("campur")


def test_rows_of_households_with_ids_get_exactly_their_verdicts(db, bu_rina):
    import_bytes(csv_bytes(rows_of("dulu", WITH_IDS), ID_HEADERS), bu_rina, periode="2026-09")
    laporan = import_bytes(csv_bytes(rows_of("csv", WITH_IDS), ID_HEADERS), bu_rina).job.laporan
    assert reported(laporan) == expected("csv", WITH_IDS)


def test_every_code_has_a_row():
    rows = [*FIXTURE, *ANSWERS, *WITH_IDS]
    earned = {kode for row in rows for kode in row["vonis"].split()} | ELSEWHERE
    assert earned == {verdict.kode for verdict in ROW_VERDICTS}


def test_codes_fit_their_bits():
    assert len(VERDICTS) == len(set(VERDICTS))
    assert sum(v.kind == Kind.DITOLAK for v in ROW_VERDICTS) < 63
    assert sum(v.kind != Kind.DITOLAK for v in ROW_VERDICTS) < 63


def test_the_paper_says_what_the_code_says():
    assert (settings.BASE_DIR / "docs" / "verdicts.md").read_text() == document()
