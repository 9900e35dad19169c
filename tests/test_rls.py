"""Wall 2: PostgreSQL refuses by itself, whatever a view forgot."""

import ast
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from access.models import Jejak
from access.rls import EXEMPT
from access.scope import (
    NOWHERE,
    TerritorialQuerySet,
    as_matcher,
    as_system,
    set_territory,
    territory_of,
    use_territory,
)
from kpm.models import Anggota, Keluarga, Kepesertaan
from padan.models import Ekstrak, Penduduk
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, everything

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent

# Who may look past every territory, and in which function. A new caller is a decision: add it here
# together with the reason it gives.
AS_SYSTEM_CALLERS = {
    "kpm/ganda.py",
    "kpm/padan.py",
    "kpm/rekap_ulang.py",
    "kpm/run.py",
    "kpm/sumber.py",
    "kpm/suntingan.py",
    "kpm/undo.py",
    "kpm/urung.py",
    "padan/hapus.py",
    "jobs/actions.py",
    "sentral/demo",
    "sentral/management/commands/insiden_laporan.py",
}

# Who may read and write the rows of extracts, and in which file.
AS_MATCHER_CALLERS = {
    "benchmarks/padan_kerja.py",  # calls what padan/actions.py calls
    "padan/actions.py",
    "padan/hapus.py",
    "padan/memuat.py",
}


@pytest.fixture
def families(keluarga_rias, keluarga_serdang, keluarga_lalang):
    return keluarga_rias, keluarga_serdang, keluarga_lalang


def test_unset_session_sees_nothing(families):
    set_territory(NOWHERE)
    assert Keluarga.objects.count() == 0
    assert Anggota.objects.count() == 0
    assert Kepesertaan.objects.count() == 0


def test_session_of_a_psm_sees_her_village_only(families, bu_sri):
    with use_territory(bu_sri):
        assert list(Keluarga.objects.values_list("wilayah_id", flat=True)) == [RIAS]
        assert set(Anggota.objects.values_list("wilayah_id", flat=True)) == {RIAS}
    assert Keluarga.objects.count() == 0


def test_gate_that_lets_everything_through_still_shows_nothing_foreign(families, bu_sri, monkeypatch):
    """The patched gate leaks to a role that bypasses the policies, and to no other."""
    monkeypatch.setattr(TerritorialQuerySet, "visible_to", lambda self, user: self.all())
    with everything():
        assert Keluarga.objects.visible_to(bu_sri).count() == 3
    with use_territory(bu_sri):
        assert Keluarga.objects.visible_to(bu_sri).count() == 1


def test_row_without_wilayah_is_seen_by_the_province_alone(families, bu_rina, pak_hasan):
    with everything():
        Keluarga.objects.filter(pk=families[0].pk).update(wilayah=None)
    with use_territory(bu_rina):
        assert not Keluarga.objects.filter(pk=families[0].pk).exists()
    with use_territory(pak_hasan):
        assert Keluarga.objects.filter(pk=families[0].pk).exists()


def test_foreign_row_can_be_neither_changed_nor_deleted(families, bu_sri):
    with use_territory(bu_sri):
        assert Keluarga.objects.filter(wilayah_id=LALANG_JAYA).update(alamat="X") == 0
        assert Keluarga.objects.filter(wilayah_id=LALANG_JAYA).delete()[0] == 0


def test_row_cannot_be_moved_out_of_the_territory(families, bu_sri):
    with (
        use_territory(bu_sri),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Keluarga.objects.filter(wilayah_id=RIAS).update(wilayah_id=SERDANG)


def test_row_cannot_be_written_into_a_foreign_village(sumber, bu_sri):
    with (
        use_territory(bu_sri),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Keluarga.objects.create(sumber=sumber, wilayah_id=SERDANG, no_kk="1903010101010001")


def test_history_stands_behind_the_same_wall(families, bu_sri, mbak_ayu):
    with use_territory(bu_sri):
        Keluarga.objects.update(alamat="JL. BARU")
        assert Keluarga.pgh_event_model.objects.get().alamat == "JL. MAWAR 1"
    with use_territory(mbak_ayu):
        assert not Keluarga.pgh_event_model.objects.exists()


def test_history_is_added_to_and_never_changed(families):
    with everything():
        Keluarga.objects.update(alamat="JL. BARU")
        for sentence in ("UPDATE kpm_keluargaevent SET alamat = 'X'", "DELETE FROM kpm_keluargaevent"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(sentence)


def test_history_sees_raw_sql_and_delete(families):
    with everything():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kpm_anggota SET pekerjaan = 'NELAYAN' WHERE wilayah_id = %s", [RIAS])
            cursor.execute("UPDATE kpm_anggota SET pekerjaan = 'NELAYAN' WHERE wilayah_id = %s", [RIAS])
        events = Anggota.pgh_event_model.objects
        assert events.filter(pgh_label="update").count() == 3  # equal values the second time: no event
        Keluarga.objects.filter(pk=families[2].pk).delete()
        assert events.filter(pgh_label="delete").count() == 2


def test_jejak_is_added_to_and_never_changed(bu_sri):
    for sentence in ("UPDATE access_jejak SET alasan = 'X'", "DELETE FROM access_jejak"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sentence)


def test_jejak_is_read_by_the_auditor_and_not_by_a_psm(bu_sri, bu_wati):
    with use_territory(bu_sri):
        assert not Jejak.objects.exists()
    with use_territory(bu_wati):
        assert Jejak.objects.filter(aksi="ubah_hak").count() == 2


def test_as_system_sees_all_leaves_a_jejak_and_goes_back(families, bu_sri):
    with use_territory(bu_sri):
        with as_system("uji: hitung semua"):
            assert Keluarga.objects.count() == 3
        assert Keluarga.objects.count() == 1
    with everything():
        assert Jejak.objects.get(aksi="sistem").alasan == "uji: hitung semua"


def test_as_system_goes_back_after_an_error_that_broke_the_transaction(families, bu_sri):
    with use_territory(bu_sri):
        with pytest.raises(IntegrityError), transaction.atomic(), as_system("uji: galat"):
            Keluarga.objects.create(sumber_id=families[0].sumber_id, no_kk=families[0].no_kk, wilayah_id=RIAS)
        assert Keluarga.objects.count() == 1


def test_request_leaves_no_territory_behind(client, families, pak_hasan):
    client.force_login(pak_hasan)
    client.get("/")
    assert Keluarga.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sentral.pengguna', true)")
        assert cursor.fetchone() == ("",)


def callers_of(function: str) -> set[str]:
    callers = set()
    for path in ROOT.glob("*/**/*.py"):
        relative = path.relative_to(ROOT)
        if relative.parts[0] in {"tests", ".venv", "node_modules", "access"}:
            continue
        names = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        if function in names:
            callers.add(relative.as_posix())
    return callers


def test_callers_of_as_system_are_known():
    callers = callers_of("as_system")
    assert {c for c in callers if not any(c.startswith(known) for known in AS_SYSTEM_CALLERS)} == set()


def test_callers_of_as_matcher_are_known():
    callers = callers_of("as_matcher")
    assert {c for c in callers if not any(c.startswith(known) for known in AS_MATCHER_CALLERS)} == set()


@pytest.fixture
def penduduk(db, pak_hasan):
    ekstrak = Ekstrak.objects.create(
        nama_berkas="uji.csv",
        berkas="uji",
        ukuran=1,
        sha256="0" * 64,
        tata_letak="siak",
        nomor_pks="100/PKS/2026",
        tujuan="uji",
        berlaku_sampai="2099-12-31",
        diserahkan_oleh="Bu Endang",
        cakupan_id="19",
        tanggal="2026-11-01",
        pemilik=pak_hasan,
    )
    with as_matcher("uji: isi ekstrak"):
        return Penduduk.objects.create(
            ekstrak=ekstrak,
            baris=1,
            nik_status="valid",
            nama="SUMARNI",
            nama_normal="SUMARNI",
            wilayah_id=RIAS,
        )


def test_rows_of_an_extract_are_seen_by_the_matcher_alone(penduduk, pak_hasan):
    with as_matcher("uji: baca ekstrak"):
        assert Penduduk.objects.count() == 1
    assert Penduduk.objects.count() == 0
    with use_territory(pak_hasan):
        assert Penduduk.objects.count() == 0
    with as_system("uji: semua"):
        assert Penduduk.objects.count() == 0
        assert Jejak.objects.filter(aksi="sistem", alasan="uji: baca ekstrak").exists()


def test_rows_of_an_extract_are_written_by_the_matcher_alone(penduduk, pak_hasan):
    with use_territory(pak_hasan):
        assert Penduduk.objects.update(nama="X") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Penduduk.objects.create(ekstrak=penduduk.ekstrak, baris=2, nik_status="valid")


def test_matcher_sees_no_more_of_the_registers_than_before(families):
    with as_matcher("uji: register"):
        assert Keluarga.objects.count() == 0


def test_results_of_a_match_are_added_to_and_never_changed(db):
    with everything():
        for sentence in (
            "UPDATE padan_hasil SET hasil = 'PADAN'",
            "DELETE FROM padan_hasil",
            "UPDATE padan_putusan SET hasil = 'terima'",
            "DELETE FROM padan_putusan",
            "DELETE FROM padan_ekstrak",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(sentence)


def test_every_table_has_a_policy_or_a_reason(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
            FROM   pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE  n.nspname = 'public' AND c.relkind IN ('r', 'p')
            """
        )
        walled = dict(cursor.fetchall())
    assert {name for name, wall in walled.items() if not wall} == set(EXEMPT)


def test_app_role_owns_nothing_and_cannot_bypass(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        assert cursor.fetchone() == (0,)


def test_territory_is_asked_once_per_user_object(bu_sri, django_assert_num_queries):
    with django_assert_num_queries(2):
        territory_of(bu_sri)
        territory_of(bu_sri)
