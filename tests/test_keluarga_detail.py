"""The page of one keluarga: what it shows, what it hides, its history, and the Jejak it leaves."""

from datetime import timedelta

import pghistory
import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import Jejak
from access.scope import Territory, set_territory
from jobs.models import Job
from kpm.models import Anggota, Impor, Keluarga, Kepesertaan, Sumber
from tests.conftest import RIAS, everything, make_keluarga

pytestmark = pytest.mark.django_db


def page_of(client, keluarga) -> str:
    response = client.get(f"/keluarga/{keluarga.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def trail(**conditions):
    """Lines of Jejak, which the app role reads only with the right to."""
    set_territory(Territory(jejak=True))
    return list(Jejak.objects.filter(**conditions))


def make_impor(owner, periode: str) -> Impor:
    sumber, _ = Sumber.objects.get_or_create(jenis="DTKS", periode=periode)
    job = Job.objects.create(jenis="impor_dtks", pemilik=owner, keadaan=Job.Keadaan.SELESAI)
    return Impor.objects.create(
        job=job,
        sumber=sumber,
        pemilik=owner,
        nama_berkas="dtks.xlsx",
        berkas=f"x{job.pk}",
        ukuran=1,
        sha256="0" * 64,
    )


def test_page_shows_members_programmes_and_masked_numbers(client, bu_sri, keluarga_rias):
    client.force_login(bu_sri)
    page = page_of(client, keluarga_rias)
    assert "Keluarga Rosidi" in page
    assert "Nurhayati" in page and "Hendra" in page
    assert "Program Keluarga Harapan" in page
    assert "1 dari 3 anggota" in page
    assert "190301**********" in page
    assert keluarga_rias.no_kk not in page
    assert "1903010107800001" not in page


def test_opening_leaves_a_jejak(client, bu_sri, keluarga_rias):
    client.force_login(bu_sri)
    page_of(client, keluarga_rias)
    (line,) = trail(aksi="lihat_orang")
    assert (line.pengguna_id, line.objek, line.objek_id) == (bu_sri.pk, "keluarga", str(keluarga_rias.pk))
    assert (line.wilayah_id, line.alamat) == (RIAS, "127.0.0.1")


def test_foreign_and_absent_are_the_same_404(client, bu_sri, keluarga_lalang):
    client.force_login(bu_sri)
    foreign = client.get(f"/keluarga/{keluarga_lalang.pk}/")
    absent = client.get("/keluarga/987654321/")
    assert foreign.status_code == absent.status_code == 404
    assert client.get("/keluarga/99999999999999999999/").status_code == 404
    assert not trail(aksi="lihat_orang")


def test_history_shows_before_and_after_with_who_and_which_import(client, bu_rina, keluarga_rias):
    impor = make_impor(bu_rina, "2026-11")
    with everything(), pghistory.context(user=bu_rina.pk, job=impor.job_id):
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(alamat="DUSUN AIR GANTUNG", job_ubah=impor.job)
    client.force_login(bu_rina)
    page = page_of(client, keluarga_rias)
    assert "Impor DTKS November 2026" in page
    assert "Rina Marlina" in page
    assert "<del>JL. MAWAR 1</del>" in page and "<ins>DUSUN AIR GANTUNG</ins>" in page
    assert f'href="/impor/{impor.pk}/"' in page


def test_history_masks_numbers(client, bu_rina, keluarga_rias):
    with everything(), pghistory.context(user=bu_rina.pk):
        Anggota.objects.filter(nama="HENDRA").update(nik="1903015507090009")
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(no_kk="1903010101209999")
    client.force_login(bu_rina)
    page = page_of(client, keluarga_rias)
    assert "Hendra, NIK" in page
    assert "<del>190301**********</del>" in page
    assert "1903015507090009" not in page and "1903010101209999" not in page


def test_history_of_two_changes_in_a_row_keeps_their_order(client, bu_rina, keluarga_rias):
    with everything(), pghistory.context(user=bu_rina.pk):
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(rt="04")
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(rt="05")
    client.force_login(bu_rina)
    page = page_of(client, keluarga_rias)
    assert "<del>03</del>" in page and "<ins>04</ins>" in page
    assert "<del>04</del>" in page and "<ins>05</ins>" in page


def test_history_tells_of_programmes_joined_and_left(client, bu_rina, keluarga_rias, sumber):
    impor = make_impor(bu_rina, "2026-12")
    with everything(), pghistory.context(user=bu_rina.pk, job=impor.job_id):
        Kepesertaan.objects.create(
            program_id="SEMBAKO",
            keluarga=keluarga_rias,
            sumber=sumber,
            wilayah_id=RIAS,
            job=impor.job,
            dibuat=timezone.now() + timedelta(seconds=1),
        )
        Kepesertaan.objects.filter(keluarga=keluarga_rias, program_id="PKH").delete()
    client.force_login(bu_rina)
    page = page_of(client, keluarga_rias)
    assert "<ins>Sembako</ins>" in page
    assert "<del>PKH (Rosidi)</del>" in page


def test_last_entry_says_how_the_family_came_on_the_list(client, bu_rina, bu_sri, keluarga_rias):
    impor = make_impor(bu_rina, "2026-10")
    with everything():
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(job=impor.job)
    client.force_login(bu_sri)
    page = page_of(client, keluarga_rias)
    assert "lewat impor DTKS Oktober 2026" in page
    assert "/impor/" not in page


def test_family_without_point_says_so_and_one_with_it_has_a_pin(client, bu_sri, keluarga_rias):
    client.force_login(bu_sri)
    assert "Letak rumah belum diketahui" in page_of(client, keluarga_rias)
    with everything():
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(
            titik=Point(106.4, -2.94, srid=4326), titik_akurasi_m=12
        )
    page = page_of(client, keluarga_rias)
    assert 'data-island="pin-keluarga"' in page
    assert "Ketelitian 12 m" in page


def test_same_number_of_queries_for_few_and_many_members(client, bu_sri, sumber):
    small = make_keluarga(sumber, RIAS, 1, "BAPAK")
    large = make_keluarga(sumber, RIAS, 2, *(f"ORANG {n}" for n in range(12)))
    client.force_login(bu_sri)
    with CaptureQueriesContext(connection) as few:
        page_of(client, small)
    with CaptureQueriesContext(connection) as many:
        page_of(client, large)
    assert len(many) == len(few)


def test_page_says_truly_where_people_points_and_periods_come_from(client, bu_sri, sumber):
    """People are added by hand as well, points come out of files, and files of elsewhere are not seen here."""
    keluarga = make_keluarga(sumber, RIAS, 8)
    client.force_login(bu_sri)
    page = page_of(client, keluarga)
    assert "Tidak ada anggota sekarang" in page and "ditambahkan petugas Dinsos" in page
    assert "lewat impor DTKS berikutnya" not in page
    assert "berkas impor yang memuat koordinatnya" in page and "saat kunjungan" not in page
    assert "Di wilayah Anda belum ada berkas impor" in page and "dicatat tanpa impor" not in page
