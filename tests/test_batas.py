"""Indicative boundaries: complete, disjoint, nested, computed once."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from spatial.actions import compute_batas
from spatial.coast import COAST
from spatial.models import Batas, VersiBatas, Wilayah
from spatial.queries import batas_geojson, villages_without_batas


@pytest.fixture
def versi(db):
    return VersiBatas.objects.get(aktif=True)


def one(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (row,) = cursor.fetchall()
        return row


def test_every_village_with_a_point_has_a_cell(versi):
    count, valid, empty = one(
        "SELECT count(*), bool_and(ST_IsValid(geom)), bool_or(ST_IsEmpty(geom) OR ST_Area(geom) = 0) "
        "FROM spatial_batas JOIN spatial_wilayah ON kode = wilayah_id "
        "WHERE versi_id = %s AND tingkat = 'desa_kelurahan'",
        versi.pk,
    )
    assert (count, valid, empty) == (391, True, False)


def test_cells_are_disjoint(versi):
    (overlaps,) = one(
        "SELECT count(*) FROM spatial_batas a JOIN spatial_batas b ON a.wilayah_id < b.wilayah_id "
        "AND a.geom && b.geom AND ST_Relate(a.geom, b.geom, 'T********') "
        "WHERE a.versi_id = %s AND b.versi_id = a.versi_id "
        "AND length(a.wilayah_id) = 10 AND length(b.wilayah_id) = 10",
        versi.pk,
    )
    assert overlaps == 0


def test_cells_hold_their_own_label_point(versi):
    (strays,) = one(
        "SELECT count(*) FROM spatial_batas JOIN spatial_wilayah ON kode = wilayah_id "
        "WHERE versi_id = %s AND tingkat = 'desa_kelurahan' AND NOT ST_DWithin(geom, titik, 0.00002)",
        versi.pk,
    )
    assert strays == 0


@pytest.mark.parametrize(("tingkat", "count"), [("kecamatan", 47), ("kabupaten_kota", 7), ("provinsi", 1)])
def test_levels_nest(versi, tingkat, count):
    areas, valid, worst = one(
        "SELECT count(*), bool_and(ST_IsValid(atas.geom)), max(abs(ST_Area(atas.geom) - bawah.luas)) "
        "FROM spatial_batas atas JOIN spatial_wilayah w ON w.kode = atas.wilayah_id "
        "JOIN LATERAL (SELECT sum(ST_Area(b.geom)) AS luas FROM spatial_batas b "
        "              JOIN spatial_wilayah anak ON anak.kode = b.wilayah_id "
        "              WHERE b.versi_id = atas.versi_id AND anak.induk_id = w.kode) AS bawah ON true "
        "WHERE atas.versi_id = %s AND w.tingkat = %s",
        versi.pk,
        tingkat,
    )
    assert (areas, valid) == (count, True)
    assert worst < 1e-9


def test_villages_without_a_point_are_named(versi):
    names = set(villages_without_batas(versi).values_list("nama", flat=True))
    assert names == {"Keranggan", "Menjelang"}


def test_a_point_off_the_land_gets_a_disc(versi):
    """1 km around means 3.14 km² at most, less where discs or land meet; no village is a speck."""
    (smallest,) = one(
        "SELECT min(ST_Area(geom::geography)) / 1e6 FROM spatial_batas WHERE versi_id = %s", versi.pk
    )
    assert smallest > 0.1


def test_the_second_run_does_nothing(versi):
    assert compute_batas(COAST) == (versi, False)


def test_a_moved_label_point_makes_a_new_version_in_place_of_the_old(versi):
    rias = Wilayah.objects.get(kode="1903012008")
    rias.titik.x += 0.01
    rias.save()
    new, computed = compute_batas(COAST)
    assert computed
    assert VersiBatas.objects.get() == new
    assert new.aktif
    assert Batas.objects.filter(versi=new).count() == 391 + 47 + 7 + 1


def test_official_boundaries_stay_in_use(versi):
    VersiBatas.objects.update(indikatif=False, sidik=None)
    new, computed = compute_batas(COAST)
    assert computed
    assert not new.aktif
    assert VersiBatas.objects.get(aktif=True) == versi


def test_two_villages_on_one_point_are_refused(versi):
    rias, serdang = Wilayah.objects.filter(kode__in=["1903012008", "1903012004"])
    rias.titik = serdang.titik
    rias.save()
    with pytest.raises(CommandError, match="titik labelnya sama"):
        call_command("hitung_batas")


def test_an_absent_coast_is_named(db, tmp_path):
    Wilayah.objects.filter(kode="1903012008").update(titik=None)
    with pytest.raises(CommandError, match="tidak ada"):
        call_command("hitung_batas", pantai=tmp_path / "land.json")


@pytest.mark.parametrize("tingkat", ["kabupaten_kota", "kecamatan", "desa_kelurahan"])
def test_boundaries_for_the_browser_are_light(versi, tingkat):
    assert 1_000 < len(batas_geojson(versi.pk, tingkat)) < 400_000
