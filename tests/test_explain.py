"""Plans as the app role sees them: no Seq Scan on a register in the main queries, policies included.

An operator that is not leakproof loses its index under row-level security, without a word. This is
where it would show.
"""

from contextlib import closing

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Peran
from access.scope import use_territory
from kpm import queries
from kpm.filters import Filter, starts
from kpm.models import Anggota, JawabanAnggota, JawabanKeluarga, Keluarga, Program, Sumber
from kpm.queries import KeluargaRows
from tests import databases
from tests.conftest import RIAS, TOBOALI, everything, make_user

FAMILIES = """
INSERT INTO kpm_keluarga (no_kk, tanpa_kk, alamat, dusun, rt, rw, wilayah_id, titik_asal, status, keluar_alasan,
                          asal, dibuat, diubah, sumber_id)
SELECT w.kode || lpad(n::text, 6, '0'), false, 'JL. MAWAR', '', '01', '01', w.kode, '', 'aktif', '',
       '{}', now(), now(), %(sumber)s
FROM   spatial_wilayah AS w, generate_series(1, 60) AS n
WHERE  w.tingkat = 'desa_kelurahan'
"""
PEOPLE = """
INSERT INTO kpm_anggota (keluarga_id, wilayah_id, id_dtks, nik, nik_status, nama, nama_normal, tempat_lahir,
                         jenis_kelamin, hubungan, kepala, pekerjaan, nama_ibu, keterangan_padan, padan_hasil,
                         asal, dibuat, diubah, sumber_id)
SELECT k.id, k.wilayah_id, 'D' || k.id || n, k.wilayah_id || lpad((k.id * 3 + n)::text, 6, '0'), 'valid',
       'ORANG ' || md5((k.id * 3 + n)::text), 'ORANG ' || md5((k.id * 3 + n)::text), '', 'L', '', n = 1, '', '', '',
       CASE (k.id * 3 + n) %% 40 WHEN 0 THEN 'TIDAK_DITEMUKAN' WHEN 1 THEN 'CALON' WHEN 2 THEN '' ELSE 'PADAN' END,
       '{}', now(), now(), k.sumber_id
FROM   kpm_keluarga AS k, generate_series(1, 3) AS n
"""
TAKING = """
INSERT INTO kpm_kepesertaan (program_id, keluarga_id, anggota_id, sumber_id, wilayah_id, dibuat)
SELECT 'PKH', keluarga_id, id, sumber_id, wilayah_id, now() FROM kpm_anggota WHERE kepala AND keluarga_id %% 3 = 0
"""
ANSWERS = """
INSERT INTO kpm_jawabankeluarga (keluarga_id, sumber_id, instrumen, wilayah_id, isi)
SELECT id, sumber_id, 'BDT2015', wilayah_id,
       jsonb_build_object('lantai', CASE WHEN id %% 100 = 0 THEN '09' ELSE '02' END, 'daya', '1', 'fasbab', '1',
                          'luas_lantai', (18 + id %% 120)::text)
FROM kpm_keluarga
"""
ANSWERS_OF_PEOPLE = """
INSERT INTO kpm_jawabananggota (anggota_id, sumber_id, instrumen, wilayah_id, isi)
SELECT id, sumber_id, 'BDT2015', wilayah_id,
       jsonb_build_object('jenis_cacat', CASE WHEN id %% 200 = 0 THEN '02' ELSE '00' END)
FROM kpm_anggota
"""
RANKS = """
INSERT INTO kpm_peringkat (keluarga_id, sumber_id, desil, wilayah_id)
SELECT id, sumber_id, 1 + id %% 4, wilayah_id FROM kpm_keluarga
"""


REGISTERS = (
    *("kpm_keluarga", "kpm_anggota", "kpm_kepesertaan", "kpm_peringkat"),
    *("kpm_jawabankeluarga", "kpm_jawabananggota"),
)


@pytest.fixture
def province(committed_db):
    """23,580 families in 393 villages, with statistics."""
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    with everything(), connection.cursor() as cursor:
        for statement in (FAMILIES, PEOPLE, TAKING, RANKS, ANSWERS, ANSWERS_OF_PEOPLE):
            cursor.execute(statement, {"sumber": sumber.pk})
    with closing(databases.connect("DATABASE_OWNER_URL", connection.settings_dict["NAME"])) as owner:
        with owner.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(REGISTERS)}")
    return sumber


def plans(captured) -> list[tuple[str, str]]:
    """(query, plan) of every query that reads a register."""
    found = []
    with connection.cursor() as cursor:
        for query in captured:
            if "kpm_" in query["sql"] and query["sql"].lstrip().startswith(("SELECT", "WITH")):
                cursor.execute("EXPLAIN " + query["sql"])
                found.append((query["sql"], "\n".join(line for (line,) in cursor.fetchall())))
    return found


def assert_no_seq_scan(user, work) -> None:
    with use_territory(user):
        with CaptureQueriesContext(connection) as captured:
            work()
        checked = plans(captured.captured_queries)
    assert checked
    scanned = [
        f"{sql}\n{plan}" for sql, plan in checked if any(f"Seq Scan on {r}" in plan for r in REGISTERS)
    ]
    assert not scanned, "\n\n".join(scanned)


FILTERS = {
    "semua": Filter(),
    "desa": Filter(wilayah=(RIAS,)),
    "nama": Filter(kata="orang abc"),
    "nik": Filter(kata="1903012008000004"),
    "program": Filter(program="PKH"),
    "desil": Filter(desil="1-2"),
    "belum padan": Filter(padan="perlu"),
    "semua padan": Filter(padan="cocok"),
    "satu hasil padan": Filter(padan="CALON"),
    "belum dicocokkan": Filter(padan="tanpa"),
    "sudah keluar": Filter(status="keluar"),
    "dengan yang keluar": Filter(status="semua"),
    "nik_buruk": Filter(nik="buruk"),
    "jawaban": Filter(indikator="BDT2015.lantai", jawaban=("09",)),
    "ukuran": Filter(indikator="lantai_tanah", jawaban=("ya",)),
    "kelas": Filter(indikator="BDT2015.luas_lantai", jawaban=("20-39",)),
    "jawaban orang": Filter(indikator="BDT2015.jenis_cacat", jawaban=("02",)),
}


def open_page(rows: KeluargaRows) -> None:
    """What the list asks the database for."""
    rows.count(), rows.count_anggota(), rows[0:15]


def test_main_queries_use_indexes(province):
    assert Program.objects.filter(pk="PKH").exists()
    tono = make_user("tono", "Tono", (Peran.TKSK, TOBOALI))
    for filter_ in FILTERS.values():
        assert_no_seq_scan(tono, lambda filter_=filter_: open_page(KeluargaRows(tono, filter_)))
    assert_no_seq_scan(tono, lambda: list(KeluargaRows(tono, Filter(), "wilayah")[0:15]))
    assert_no_seq_scan(tono, lambda: queries.angka_per(tono, [TOBOALI], "desa_kelurahan"))
    assert_no_seq_scan(tono, lambda: list(Keluarga.objects.visible_to(tono).filter(pk=5)))
    assert_no_seq_scan(tono, lambda: list(Anggota.objects.visible_to(tono).filter(nik="1903012008000004")))


@pytest.mark.parametrize("urut", ["kepala", "anggota", "desil", "diubah"])
def test_orders_keep_their_index_when_families_left(province, urut):
    with everything(), connection.cursor() as cursor:
        cursor.execute("UPDATE kpm_keluarga SET status = 'keluar', keluar_tanggal = now() WHERE id % 50 = 0")
    for kode in (TOBOALI, "1903"):
        tono = make_user(f"tono{kode}", "Tono", (Peran.TKSK if kode == TOBOALI else Peran.DINSOS_KAB, kode))
        assert_no_seq_scan(tono, lambda tono=tono: list(KeluargaRows(tono, Filter(), urut)[0:15]))


def test_number_of_queries_is_the_same_for_few_and_many(province):
    tono = make_user("tono", "Tono", (Peran.TKSK, TOBOALI))
    with use_territory(tono):
        counts = []
        for stop in (2, 200):
            rows = KeluargaRows(tono, Filter(), ranks={})
            with CaptureQueriesContext(connection) as captured:
                assert len(rows[0:stop]) == stop
            counts.append(len(captured))
    assert counts[0] == counts[1]


def test_name_in_a_whole_province_is_found_by_its_words(province):
    hasan = make_user("hasan", "Hasan", (Peran.DINSOS_PROV, "19"))
    assert_no_seq_scan(
        hasan, lambda: list(Anggota.objects.visible_to(hasan).filter(starts("ABC"), starts("ORANG")))
    )


def test_policy_looks_into_a_hash_of_villages(province):
    """As an array the villages would be walked through for each row, and their number misjudged."""
    rina = make_user("rina", "Rina", (Peran.DINSOS_KAB, "1903"))
    with use_territory(rina):
        with CaptureQueriesContext(connection) as captured:
            assert Keluarga.objects.visible_to(rina).count() == 53 * 60
        ((_, plan),) = plans(captured.captured_queries)
    assert "hashed SubPlan" in plan


def test_answer_in_a_whole_province_is_found_by_its_index(province):
    """@> is leakproof by set-up, so the GIN index works under the policies (decision 0024)."""
    rina = make_user("rina", "Rina", (Peran.DINSOS_KAB, "1903"))
    hasan = make_user("hasan", "Hasan", (Peran.DINSOS_PROV, "19"))
    for user in (rina, hasan):
        for model, isi in ((JawabanKeluarga, {"lantai": "09"}), (JawabanAnggota, {"jenis_cacat": "02"})):
            with use_territory(user):
                with CaptureQueriesContext(connection) as captured:
                    rows = model.objects.visible_to(user).filter(instrumen="BDT2015", isi__contains=isi)
                    assert rows.exists()
                    list(rows)
                *_, (_, plan) = plans(captured.captured_queries)
            assert "_isi" in plan, plan
