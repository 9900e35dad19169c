"""F13: of a list with one bad row in twenty exactly the good ones come in; the others come back, and in once mended."""

from __future__ import annotations

import io

import pytest
from django.db import connection

from access.scope import use_territory
from jobs.actions import claim_here
from kpm.actions import apply_directly
from kpm.keputusan import apply_reviewed
from kpm.langkah import StepRefused
from kpm.models import Anggota, Impor
from kpm.pratinjau import review_import
from kpm.uploads import accept_upload, folder
from kpm.verdicts import VERDICTS
from tests.conftest import everything
from tests.faults.bad_rows import BADNESS, EVERY, badness_of, expected, mended, rejects, row, write_list

pytestmark = pytest.mark.fault("F13", "satu dari dua puluh baris buruk, dua belas macam")
ROWS = 20_000


@pytest.fixture
def imported(swept, bu_rina, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    def carry_out(file, nama: str) -> Impor:
        with use_territory(bu_rina):
            impor = accept_upload(berkas=file, nama=nama, pemilik=bu_rina, jenis="DTKS", periode="2026-10")
            apply_directly(impor)
        with connection.cursor() as cursor:
            # The import's transaction is the test's here, and its limit would count the minutes of mending 50,000 rows.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        return impor

    return carry_out


def test_exactly_the_good_rows_come_in_and_the_mended_ones_after_them(imported, tmp_path, record_property):
    write_list(tmp_path / "buruk.csv", ROWS)
    with (tmp_path / "buruk.csv").open("rb") as file:
        first = imported(file, "buruk.csv")
    laporan, bad = first.laporan, ROWS // EVERY
    record_property(f"{ROWS} baris, detik", laporan["detik"])
    assert (laporan["dibaca"], laporan["diterapkan"], laporan["ditolak"]) == (ROWS, ROWS - bad, bad)
    assert {line["kode"]: line["baris"] for line in laporan["vonis_ditolak"]} == expected(ROWS)
    with everything():
        assert Anggota.objects.count() == ROWS - bad
    content = (folder() / first.tolak_berkas).read_bytes()
    numbers = []
    for one in rejects(content):
        number = int(one["BARIS ASAL"]) - 1
        kode = badness_of(number)
        column = BADNESS[kode][0]
        assert VERDICTS[kode].judul in one["SEBAB"]
        assert one[column] == row(number)[column]
        assert kode == "DESA_KOSONG" or column in one["KOLOM YANG PERLU DIPERBAIKI"]
        numbers.append(number)
    assert numbers == list(range(EVERY, ROWS + 1, EVERY))
    second = imported(io.BytesIO(mended(content, first.tanda)), "ditolak.xlsx")
    assert second.perbaikan_dari == first
    assert (second.laporan["dibaca"], second.laporan["diterapkan"]) == (bad, bad)
    with everything():
        assert Anggota.objects.count() == ROWS
        assert Anggota.objects.values("id_dtks").distinct().count() == ROWS


def test_all_or_none_takes_none(swept, bu_rina, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    write_list(tmp_path / "buruk.csv", 2000)
    with use_territory(bu_rina), (tmp_path / "buruk.csv").open("rb") as file:
        impor = accept_upload(berkas=file, nama="buruk.csv", pemilik=bu_rina, jenis="DTKS", periode="2026-10")
        impor.aturan = {"utuh": True}
        impor.save()
        review_import(claim_here(impor.langkah_list.get().job))
    impor.refresh_from_db()
    assert (impor.tinjauan["dibaca"], impor.tinjauan["ditolak"]) == (2000, 100)
    with pytest.raises(StepRefused, match="semua atau tidak sama sekali"):
        apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])
    with everything():
        assert not Anggota.objects.exists()
    assert len(list(rejects((folder() / impor.tolak_berkas).read_bytes()))) == 100
