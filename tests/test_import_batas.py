"""Official boundaries: from a file to a version that is looked at, put to use, taken back."""

from __future__ import annotations

import gzip
import io
import json
import os
import threading
import tracemalloc
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from access.models import Jejak
from jobs.actions import JobFailed, claim_here
from jobs.models import Job
from sentral.batas import actions as verbs
from spatial import actions_batas
from spatial.actions_batas import Keterangan, VersiBerubah, load_batas, read_batas, use_versi
from spatial.batas_files import BatasDitolak, Masukan
from spatial.batas_report import as_text
from spatial.models import Batas, VersiBatas, Wilayah
from spatial.queries import active_versi, batas_geojson, villages_without_batas
from spatial.queries_batas import beda_list
from tests.batas_berkas import drawn, feature, geojson, geopackage, shape_zip, square
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, TOBOALI, everything, make_user

DESA, KECAMATAN = "desa_kelurahan", "kecamatan"
LITTLE = 0.0003  # degrees, 33 m: every label point stays inside


@pytest.fixture
def indikatif(db):
    return VersiBatas.objects.get(aktif=True)


@pytest.fixture
def load(db, tmp_path):
    """Load files given as bytes; the version."""

    def load(*contents: bytes, tingkat: str = "", kolom: str = "", nama: str = "Batas uji") -> VersiBatas:
        masukan_list = []
        for number, content in enumerate(contents):
            path = tmp_path / f"berkas-{number}"
            path.write_bytes(content)
            masukan_list.append(Masukan(path, path.name, tingkat, kolom))
        with read_batas(masukan_list) as bacaan_list:
            return load_batas(bacaan_list=bacaan_list, keterangan=Keterangan(nama, "Kantor uji"))[0]

    return load


def found(versi: VersiBatas, kode: str) -> dict:
    """One check of a report, by its name."""
    return next(t for t in versi.laporan["temuan"] if t["kode"] == kode)


def hit(kode: list[str], one: dict) -> str:
    """The words of a check beside these wilayah."""
    return next(entry["ket"] for entry in one["daftar"] if entry["kode"] == kode)


def worth_looking_at(versi: VersiBatas) -> list[str]:
    return [t["kode"] for t in versi.laporan["temuan"] if t["berat"] in {"awas", "buruk"}]


def one_row(sql: str, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


# --- a whole province ----------------------------------------------------------------------------


def test_a_province_of_villages_becomes_a_version_that_is_not_in_use(indikatif, load):
    versi = load(geojson(*drawn("19", shift=LITTLE)))
    assert not versi.aktif
    assert not versi.indikatif
    assert active_versi() == indikatif
    ada = {
        level["tingkat"]: (level["ada"], level["seluruh"], level["asal"])
        for level in versi.laporan["tingkat"]
    }
    assert ada == {
        "desa_kelurahan": (391, 393, "berkas"),
        "kecamatan": (47, 47, "gabungan"),
        "kabupaten_kota": (7, 7, "gabungan"),
        "provinsi": (1, 1, "gabungan"),
    }
    assert versi.laporan["tingkat"][0]["tanpa"] == ["1905011008", "1905011009"]
    assert worth_looking_at(versi) == []
    [berkas] = versi.berkas
    assert (berkas["tingkat"], berkas["kolom"], berkas["sistem"]) == (DESA, "kode", "Kemendagri")
    assert len(berkas["sha256"]) == 64


def test_levels_nest_and_the_file_for_the_browser_is_light(load):
    versi = load(geojson(*drawn("19", shift=LITTLE)))
    (worst,) = one_row(
        "SELECT max(ST_Area(ST_Difference(b.geom, atas.geom)) / ST_Area(b.geom)) FROM spatial_batas b "
        "JOIN spatial_wilayah w ON w.kode = b.wilayah_id "
        "JOIN spatial_batas atas ON atas.versi_id = b.versi_id AND atas.wilayah_id = w.induk_id "
        "WHERE b.versi_id = %s",
        versi.pk,
    )
    assert worst < 1e-6
    packed = gzip.compress(batas_geojson(versi.pk, DESA).encode())
    assert 5_000 < len(packed) < 1_000_000


def test_the_same_file_again_is_the_same_version(load):
    content, other = geojson(*drawn(TOBOALI, shift=LITTLE)), geojson(*drawn("190302", shift=LITTLE))
    first = load(content, other)
    assert load(other, content) == first
    assert load(content) != first
    assert VersiBatas.objects.filter(indikatif=False).count() == 2


@pytest.mark.parametrize("kind", ["shapefile", "geopackage"])
def test_the_other_formats_give_the_same_boundaries(load, tmp_path, kind):
    parts = [feature(RIAS, square(106.4, -3.0)), feature(SERDANG, square(106.5, -3.0))]
    content = (
        shape_zip(*parts) if kind == "shapefile" else geopackage(tmp_path / "a.gpkg", *parts).read_bytes()
    )
    versi, same = load(content), load(geojson(*parts))
    equal = (
        "SELECT count(*), bool_and(ST_Equals(a.geom, b.geom)) FROM spatial_batas a "
        "JOIN spatial_batas b USING (wilayah_id) WHERE a.versi_id = %s AND b.versi_id = %s"
    )
    assert one_row(equal, versi.pk, same.pk) == (
        5,
        True,
    )  # two villages, their kecamatan, kabupaten, province


# --- which column, which level -------------------------------------------------------------------


def test_the_code_is_found_by_content_dotted_among_codes_of_other_levels(load):
    villages = drawn(TOBOALI)
    for one in villages:
        kode = one["properties"].pop("kode")
        one["properties"] |= {
            "KDPPUM": kode[:2],
            "KDPKAB": f"{kode[:2]}.{kode[2:4]}",
            "KDCPUM": f"{kode[:2]}.{kode[2:4]}.{kode[4:6]}",
            "KDEPUM": f"{kode[:2]}.{kode[2:4]}.{kode[4:6]}.{kode[6:]}",
        }
    [berkas] = load(geojson(*villages)).berkas
    assert (berkas["kolom"], berkas["tingkat"], berkas["sistem"]) == ("KDEPUM", DESA, "Kemendagri")


def test_bps_codes_are_told_from_kemendagri_codes(load):
    bps = dict(Wilayah.objects.villages().values_list("kode", "kode_bps"))
    villages = [one for one in drawn("1903") if bps[one["properties"]["kode"]]]
    for one in villages:
        one["properties"]["iddesa"] = int(bps[one["properties"].pop("kode")])
    versi = load(geojson(*villages))
    assert versi.berkas[0]["sistem"] == "BPS"
    drawn_here = set(versi.batas_list.filter(wilayah__tingkat=DESA).values_list("wilayah_id", flat=True))
    assert len(drawn_here) == len(villages)
    assert one_row(
        "SELECT bool_and(ST_Equals(ST_SnapToGrid(a.geom, 1e-9), ST_SnapToGrid(b.geom, 1e-9))) "
        "FROM spatial_batas a JOIN spatial_batas b USING (wilayah_id) JOIN spatial_versibatas v ON v.id = b.versi_id "
        "WHERE a.versi_id = %s AND v.indikatif AND length(wilayah_id) = 10",
        versi.pk,
    ) == (True,)


def test_a_column_chosen_by_hand_is_used_or_named_as_absent(load):
    villages = drawn(TOBOALI)
    for number, one in enumerate(villages):
        one["properties"]["lama"] = villages[number - 1]["properties"]["kode"]
    assert load(geojson(*villages), kolom="LAMA").berkas[0]["kolom"] == "lama"
    with pytest.raises(
        BatasDitolak, match=r"kolom kd_desa tidak ada. Kolom yang terbaca: kode, NAMOBJ, lama"
    ):
        load(geojson(*villages), kolom="kd_desa")


def test_names_alone_are_a_suggestion_and_never_loaded(load):
    villages = drawn(TOBOALI)
    rias = next(one for one in villages if one["properties"]["kode"] == RIAS)
    rias["properties"] = {"WADMKK": "Bangka Selatan", "WADMKC": "Toboali", "WADMKD": "RIAS"}
    versi = load(geojson(*villages))
    assert not versi.batas_list.filter(wilayah=RIAS).exists()
    unknown = found(versi, "tanpa_kode")
    assert unknown["jumlah"] == 1
    assert f"mungkin {RIAS}" in unknown["daftar"][0]["ket"]
    with pytest.raises(BatasDitolak, match="1 dari 1 poligon dikenali, tetapi nama saja tidak cukup"):
        load(geojson(rias))


def test_of_features_with_unknown_codes_little_is_kept_in_memory(load, tmp_path):
    """The reader is confined; what the worker keeps of a wide table must not grow with its attributes."""
    wide = {f"k{number}": f"isi nomor {number} yang agak panjang, {number:030}" for number in range(75)}
    names = {"WADMKK": "Bangka Selatan", "WADMKC": "Toboali", "WADMKD": "RIAS"}
    nameless = [feature(f"x{number}", **wide, **names) for number in range(3_000)]
    for content, outcome in (
        (geojson(*nameless), pytest.raises(BatasDitolak, match="3000 dari 3000 poligon dikenali")),
        (geojson(*nameless, *drawn(TOBOALI)), nullcontext()),
    ):
        path = tmp_path / "lebar"
        path.write_bytes(content)
        with read_batas([Masukan(path, path.name)]) as bacaan_list:
            held = bacaan_list[0].baris.stat().st_size
            tracemalloc.start()
            with outcome:
                versi, _ = load_batas(bacaan_list=bacaan_list, keterangan=Keterangan("Lebar", "uji"))
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < held / 3
    assert found(versi, "tanpa_kode")["jumlah"] == 3_000
    assert f"mungkin {RIAS}" in found(versi, "tanpa_kode")["daftar"][0]["ket"]


def test_a_chosen_column_is_seen_beyond_the_first_twenty(load):
    village = drawn(TOBOALI)[0]
    village["properties"] = {f"k{number}": "x" for number in range(30)}
    with pytest.raises(BatasDitolak, match="tidak ada satu kode pun"):
        load(geojson(village), kolom="K29")


def test_a_file_of_another_province_is_refused_and_its_villages_are_passed_over_beside_ours(load):
    other = feature("3204012001", square(107.5, -7.0))
    with pytest.raises(BatasDitolak, match="Mungkin berkas provinsi lain"):
        load(geojson(other))
    versi = load(geojson(*drawn(TOBOALI), other))
    assert found(versi, "provinsi_lain")["jumlah"] == 1
    assert found(versi, "tanpa_kode")["berat"] == "baik"


def test_right_codes_in_the_wrong_place_are_refused(load):
    far = drawn(TOBOALI, shift=20.0)
    with pytest.raises(BatasDitolak, match="terletak di luar provinsi"):
        load(geojson(*far))
    assert not VersiBatas.objects.filter(indikatif=False).exists()
    versi = load(geojson(*drawn(TOBOALI)[1:], far[0]))
    assert found(versi, "kotak")["daftar"][0]["kode"] == [far[0]["properties"]["kode"]]


# --- the checks ----------------------------------------------------------------------------------


def test_a_polygon_that_crosses_itself_is_repaired_and_said_so(load):
    bow = [[[106.4, -3.0], [106.5, -2.9], [106.5, -3.0], [106.4, -2.9], [106.4, -3.0]]]
    versi = load(geojson(feature(RIAS, bow), feature(SERDANG, square(106.6, -3.0))))
    said = found(versi, "tak_sah")
    assert (said["berat"], said["jumlah"]) == ("awas", 1)
    assert "memotong dirinya sendiri; sesudah diperbaiki 61," in hit([RIAS], said)
    assert one_row("SELECT bool_and(ST_IsValid(geom)) FROM spatial_batas WHERE versi_id = %s", versi.pk) == (
        True,
    )


def test_a_polygon_without_area_is_named_and_not_loaded(load):
    flat = [[[106.4, -3.0], [106.5, -3.0], [106.4, -3.0], [106.4, -3.0]]]
    versi = load(geojson(feature(RIAS, flat), feature(SERDANG, square(106.6, -3.0))))
    assert found(versi, "tanpa_luas")["daftar"][0]["kode"] == [RIAS]
    assert not versi.batas_list.filter(wilayah=RIAS).exists()


def test_features_of_one_code_become_one_boundary(load):
    versi = load(
        geojson(
            feature(RIAS, square(106.4, -3.0)),
            feature(RIAS, square(106.45, -3.0)),
            feature(SERDANG, square(106.8, -3)),
        )
    )
    said = found(versi, "ganda")
    assert said["jumlah"] == 1
    assert hit([RIAS], said).startswith("2 poligon digabung, 61,")
    assert one_row(
        "SELECT ST_NumGeometries(geom) FROM spatial_batas WHERE versi_id = %s AND wilayah_id = %s",
        versi.pk,
        RIAS,
    ) == (1,)


def test_overlaps_and_gaps_are_measured_with_the_neighbours_named(load):
    around = [
        feature(SERDANG, [*square(106.4, -3.0, 0.3), square(106.5, -2.9)[0]]),
        feature(RIAS, square(106.5, -2.9, 0.09)),
        feature("1903012005", square(106.65, -3.0, 0.3)),
    ]
    versi = load(geojson(*around))
    overlap = found(versi, f"tumpang.{DESA}")
    assert overlap["jumlah"] == 1
    assert hit([SERDANG, "1903012005"], overlap).endswith("km²")
    gap = found(versi, f"celah.{DESA}")
    assert gap["jumlah"] == 1
    assert gap["daftar"][0]["kode"] == [SERDANG, RIAS]


def test_own_files_of_two_levels_are_measured_against_each_other(load):
    villages = drawn(TOBOALI)
    moved = drawn("1903", shift=0.05, tingkat=KECAMATAN)
    versi = load(geojson(*villages), geojson(*moved))
    asal = {level["tingkat"]: level["asal"] for level in versi.laporan["tingkat"]}
    assert (asal[DESA], asal[KECAMATAN], asal["kabupaten_kota"]) == ("berkas", "berkas", "gabungan")
    outside = found(versi, f"sarang.{DESA}")
    assert outside["berat"] == "awas"
    assert outside["jumlah"] > 0
    bare = found(versi, f"tertutup.{DESA}")
    assert "0,0 % tertutup" in hit(["190302"], bare)
    nested = load(geojson(*villages), geojson(*drawn(TOBOALI, tingkat=KECAMATAN)))
    assert found(nested, f"sarang.{DESA}")["berat"] == "baik"
    assert found(nested, f"tertutup.{DESA}")["berat"] == "baik"


def test_villages_with_exchanged_codes_are_noticed(load):
    villages = drawn(TOBOALI)
    by_kode = {one["properties"]["kode"]: one for one in villages}
    by_kode[RIAS]["properties"]["kode"], by_kode[SERDANG]["properties"]["kode"] = SERDANG, RIAS
    versi = load(geojson(*villages))
    astray = found(versi, f"titik.{DESA}")
    assert {entry["kode"][0] for entry in astray["daftar"]} == {RIAS, SERDANG}


def test_a_village_many_times_as_large_as_now_is_remarked(load):
    villages = drawn(TOBOALI)
    rias = next(one for one in villages if one["properties"]["kode"] == RIAS)
    rias["geometry"] = {"type": "Polygon", "coordinates": square(106.0, -3.2, 0.8)}
    versi = load(geojson(*villages))
    assert [entry["kode"] for entry in found(versi, f"lima_kali.{DESA}")["daftar"]] == [[RIAS]]
    assert [entry["kode"] for entry in found(versi, f"berubah.{DESA}")["daftar"]] == [[RIAS]]


def test_a_million_vertices_in_one_village_are_loaded_and_drawn_light(load, monkeypatch):
    n = 100_000  # tests/test_batas_files.py reads a million; the database's share grows no faster
    half = [[106.4 + k * 0.1 / n, -2.9 + (k % 2) * 0.00004] for k in range(n + 1)]
    ring = [[106.4, -3.0], [106.5, -3.0], *reversed(half), [106.4, -3.0]]
    versi = load(geojson(feature(RIAS, [ring]), feature(SERDANG, square(106.5, -3.0))))
    assert one_row(
        "SELECT ST_NPoints(geom) > 90000, ST_NPoints(tampil) < 60000 FROM spatial_batas "
        "WHERE versi_id = %s AND wilayah_id = %s",
        versi.pk,
        RIAS,
    ) == (True, True)


def test_shapes_that_take_too_long_are_refused_in_words(load, monkeypatch):
    monkeypatch.setattr(actions_batas, "STATEMENT_SECONDS", 0.001)
    with pytest.raises(BatasDitolak, match="Pemeriksaan batas terlalu lama"):
        load(geojson(*drawn("19")))
    assert not VersiBatas.objects.filter(indikatif=False).exists()


# --- lines for the browser -----------------------------------------------------------------------


def test_simplified_borders_stay_shared(load, monkeypatch):
    monkeypatch.setattr(actions_batas, "SHOWN_VERTICES", 1500)
    versi = load(geojson(*drawn("19", shift=LITTLE)))
    assert versi.laporan["tampil"][DESA] > 0
    fewer, overlaps, area_kept = one_row(
        "WITH t AS (SELECT tampil, geom FROM spatial_batas WHERE versi_id = %s AND length(wilayah_id) = 10) "
        "SELECT (SELECT sum(ST_NPoints(tampil)) < sum(ST_NPoints(geom)) FROM t), "
        "(SELECT count(*) FROM t a JOIN t b ON a.tampil < b.tampil AND a.tampil && b.tampil "
        " AND ST_Relate(a.tampil, b.tampil, 'T********')), "
        "(SELECT ST_Area(ST_Union(tampil)) / sum(ST_Area(tampil)) FROM t)",
        versi.pk,
    )
    assert (fewer, overlaps) == (True, 0)
    assert area_kept == pytest.approx(1, abs=1e-9)


# --- switching, deleting -------------------------------------------------------------------------


@pytest.fixture
def resmi(load):
    return load(geojson(*drawn("19", shift=LITTLE)), nama="Batas resmi uji")


WORD = "Batas indikatif, bukan batas resmi"


def test_the_map_speaks_of_indicative_boundaries_until_official_ones_are_used(
    client, pak_hasan, indikatif, resmi, keluarga_rias
):
    with everything():
        type(keluarga_rias).objects.filter(pk=keluarga_rias.pk).update(titik="SRID=4326;POINT(106.46 -3.0)")
    client.force_login(pak_hasan)
    pages = ["/peta/", "/peta/data/", "/", f"/keluarga/{keluarga_rias.pk}/"]
    assert [WORD in client.get(page).content.decode() for page in pages] == [True] * 4
    answer = client.post(f"/peta/versi/{resmi.pk}/pakai/", {"menggantikan": indikatif.pk}, follow=True)
    assert "sekarang dipakai di semua peta" in answer.content.decode()
    assert [WORD in client.get(page).content.decode() for page in pages] == [False] * 4
    assert f"/peta/batas/{resmi.pk}/desa_kelurahan.json" in client.get("/peta/").content.decode()
    client.post(f"/peta/versi/{indikatif.pk}/pakai/", {"menggantikan": resmi.pk})
    assert active_versi() == indikatif
    assert [WORD in client.get(page).content.decode() for page in pages] == [True] * 4
    with everything():
        jejak = Jejak.objects.filter(objek="versi_batas").order_by("waktu")
        assert [(j.aksi, j.objek_id, j.alasan, j.rincian) for j in jejak] == [
            ("impor", str(resmi.pk), "dipakai", {"menggantikan": indikatif.pk}),
            ("impor", str(indikatif.pk), "dipakai", {"menggantikan": resmi.pk}),
        ]


def test_the_question_before_the_switch_names_what_follows(client, pak_hasan, resmi):
    client.force_login(pak_hasan)
    text = client.get(f"/peta/versi/{resmi.pk}/pakai/").content.decode()
    assert "391 dari 393" in text
    assert "tidak ditulis lagi" in text
    assert VersiBatas.objects.get(aktif=True).indikatif


def test_villages_without_boundary_stay_in_the_table(client, pak_hasan, indikatif, load):
    versi = load(geojson(*[one for one in drawn("19", shift=LITTLE) if one["properties"]["kode"] != RIAS]))
    verbs.use(versi=versi, instead_of=indikatif.pk, by=pak_hasan)
    assert {w.kode for w in villages_without_batas(versi)} == {RIAS, "1905011008", "1905011009"}
    client.force_login(pak_hasan)
    text = client.get("/peta/?tingkat=desa_kelurahan&semua=1").content.decode()
    assert f'data-kode="{RIAS}"' in text
    assert "3 desa tanpa batas: Rias" in text


def test_a_switch_by_somebody_who_saw_an_older_state_changes_nothing(
    client, pak_hasan, indikatif, resmi, load
):
    other = load(geojson(*drawn(TOBOALI)), nama="Versi ketiga")
    verbs.use(versi=other, instead_of=indikatif.pk, by=None)
    client.force_login(pak_hasan)
    answer = client.post(f"/peta/versi/{resmi.pk}/pakai/", {"menggantikan": indikatif.pk}, follow=True)
    assert "Sementara itu versi lain sudah dipakai" in answer.content.decode()
    assert active_versi() == other
    for odd in ("", "x", "²", "9" * 30):
        client.post(f"/peta/versi/{resmi.pk}/pakai/", {"menggantikan": odd})
    assert active_versi() == other


def test_two_admins_at_once_leave_one_version_in_use(committed_db):
    now = VersiBatas.objects.get(aktif=True)
    versions = [VersiBatas.objects.create(nama=f"Versi {n}", sumber="uji") for n in range(2)]
    barrier, outcomes = threading.Barrier(2), []

    def switch(versi):
        barrier.wait()
        try:
            use_versi(versi=versi, instead_of=now.pk)
            outcomes.append("dipakai")
        except VersiBerubah:
            outcomes.append("kalah")
        connection.close()

    workers = [threading.Thread(target=switch, args=[versi]) for versi in versions]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["dipakai", "kalah"]
    assert VersiBatas.objects.filter(aktif=True).count() == 1
    assert VersiBatas.objects.get(aktif=True) in versions


def test_a_version_is_deleted_with_its_boundaries_but_never_the_one_in_use(
    client, pak_hasan, indikatif, resmi
):
    client.force_login(pak_hasan)
    assert "447" not in client.get(f"/peta/versi/{resmi.pk}/hapus/").content.decode()
    assert "446" in client.get(f"/peta/versi/{resmi.pk}/hapus/").content.decode()
    client.post(f"/peta/versi/{resmi.pk}/hapus/")
    assert not Batas.objects.filter(versi_id=resmi.pk).exists()
    answer = client.post(f"/peta/versi/{indikatif.pk}/hapus/", follow=True)
    assert "sedang dipakai" in answer.content.decode()
    assert VersiBatas.objects.get() == indikatif
    assert Batas.objects.filter(versi=indikatif).count() == 446
    with everything():
        assert [j.alasan for j in Jejak.objects.filter(objek="versi_batas")] == ["dihapus"]


# --- pages ---------------------------------------------------------------------------------------


def upload(client, content: bytes, name: str = "batas.geojson", **fields):
    return client.post(
        "/peta/versi/baru/",
        {"nama": "Batas dari halaman", "sumber": "Kantor uji", "berkas": SimpleUploadedFile(name, content)}
        | fields,
        headers={"accept": "application/json"},
    )


def run(job: Job) -> Job:
    job = claim_here(job)
    verbs.import_batas(job)
    job.refresh_from_db()
    return job


def kept_files(job: Job) -> list[str]:
    """The uploads of a job that still lie in the private folder."""
    return [one["nama"] for one in job.parameter["berkas"] if (verbs.folder() / one["berkas"]).exists()]


def test_from_upload_to_report(client, pak_hasan, indikatif):
    client.force_login(pak_hasan)
    answer = upload(client, geojson(*drawn(TOBOALI, shift=LITTLE)), lisensi="bebas", tanggal="2026-05-01")
    job = Job.objects.get()
    assert (answer.status_code, answer.json()["url"]) == (201, f"/pekerjaan/{job.pk}/")
    job = run(job)
    assert job.keadaan == "selesai"
    versi = VersiBatas.objects.get(pk=job.laporan["versi"])
    assert (versi.nama, versi.lisensi, str(versi.tanggal), versi.oleh) == (
        "Batas dari halaman",
        "bebas",
        "2026-05-01",
        str(pak_hasan),
    )
    assert kept_files(job) == []
    text = client.get(f"/peta/versi/{versi.pk}/").content.decode()
    assert "11 dari 393" in text
    assert "Versi ini belum dipakai." in text
    assert versi.berkas[0]["sha256"] in text
    assert "Batas dari halaman" in client.get("/peta/versi/").content.decode()


def test_the_same_upload_again_says_so(client, pak_hasan):
    client.force_login(pak_hasan)
    content = geojson(*drawn(TOBOALI))
    for _ in range(2):
        upload(client, content)
    first, second = (run(job) for job in Job.objects.order_by("pk"))
    assert first.laporan["versi"] == second.laporan["versi"]
    assert (first.laporan["baru"], second.laporan["baru"]) == (True, False)
    assert second.pesan == "Berkas ini sudah pernah dimuat. Tidak ada yang diubah."


def test_a_refused_file_ends_its_job_with_the_sentence_and_is_deleted(client, pak_hasan):
    client.force_login(pak_hasan)
    upload(client, geojson(*drawn(TOBOALI), crs={"type": "name"}))
    job = claim_here(Job.objects.get())
    assert kept_files(job) == ["batas.geojson"]
    with pytest.raises(JobFailed, match=r"batas\.geojson: Berkas ini memuat keterangan sistem koordinat"):
        verbs.import_batas(job)
    assert kept_files(job) == []
    assert not VersiBatas.objects.filter(indikatif=False).exists()


def test_uploads_of_ended_loads_are_deleted_and_those_that_may_run_are_kept(
    client, pak_hasan, settings, tmp_path
):
    settings.DATA_DIR = tmp_path  # a folder without the files of other tests
    client.force_login(pak_hasan)
    now = timezone.now()
    states = {
        "menunggu": None,
        "berjalan": None,
        "karantina": now,
        "dibatalkan": now,
        "gagal": now,
        "selesai": now,
    }
    for keadaan, berakhir in states.items():
        upload(client, geojson(feature(RIAS)))
        Job.objects.filter(pk=Job.objects.latest("pk").pk).update(keadaan=keadaan, berakhir=berakhir)
    for name, hours in (("baru", 1), ("yatim", 4)):
        (verbs.folder() / name).write_bytes(b"x")
        then = (now - timedelta(hours=hours)).timestamp()
        os.utime(verbs.folder() / name, (then, then))
    assert verbs.delete_expired() == 4
    kept = [job.keadaan for job in Job.objects.order_by("pk") if kept_files(job)]
    assert kept == ["menunggu", "berjalan", "karantina"]
    assert (verbs.folder() / "baru").exists() and not (verbs.folder() / "yatim").exists()
    Job.objects.filter(keadaan="karantina").update(berakhir=now - timedelta(days=8))
    assert [verbs.delete_expired(), verbs.delete_expired()] == [1, 0]


def test_an_upload_without_file_name_or_source_is_refused_in_words(client, pak_hasan):
    client.force_login(pak_hasan)
    assert upload(client, b"").json() == {"pesan": "Berkas ini kosong. Pilih berkas lain."}
    plain = client.post("/peta/versi/baru/", {"nama": "x"})
    assert plain.status_code == 422
    assert "Pilih berkas yang akan diunggah." in plain.content.decode()
    assert not Job.objects.exists()


def test_several_files_go_into_one_version(client, pak_hasan):
    client.force_login(pak_hasan)
    files = [SimpleUploadedFile(f"{k}.geojson", geojson(*drawn(k))) for k in ("190301", "190302")]
    client.post("/peta/versi/baru/", {"nama": "Dua", "sumber": "uji", "berkas": files})
    versi = VersiBatas.objects.get(pk=run(Job.objects.get()).laporan["versi"])
    assert [berkas["nama"] for berkas in versi.berkas] == ["190301.geojson", "190302.geojson"]
    assert versi.batas_list.filter(wilayah__tingkat=KECAMATAN).count() == 2


def test_two_versions_beside_each_other(client, pak_hasan, indikatif, load):
    villages = [one for one in drawn("1903", shift=LITTLE) if one["properties"]["kode"] != SERDANG]
    rias = next(one for one in villages if one["properties"]["kode"] == RIAS)
    rias["geometry"] = {"type": "Polygon", "coordinates": square(106.0, -3.2, 0.8)}
    versi = load(geojson(*villages))
    kinds = {b.kode: b.jenis for b in beda_list(versi.pk, indikatif.pk, DESA)}
    assert (kinds[SERDANG], kinds[RIAS], kinds[LALANG_JAYA]) == ("hilang", "geser", "hilang")
    assert kinds["1903012005"] == "sama"
    client.force_login(pak_hasan)
    text = client.get(f"/peta/versi/{versi.pk}/bandingkan/?semua=1").content.decode()
    config = json.loads(text.split('id="banding-config" type="application/json">')[1].split("</script>")[0])
    assert config["kiri"] == f"/peta/batas/{indikatif.pk}/desa_kelurahan.json"
    assert config["kanan"] == f"/peta/batas/{versi.pk}/desa_kelurahan.json"
    assert config["beda"][SERDANG][0] == "hilang"
    assert f'data-tuju="{RIAS}"' in text
    assert 'data-tuju="1903012005"' not in text
    assert client.get(f"/peta/versi/{versi.pk}/bandingkan/?tingkat=kecamatan").status_code == 200
    assert client.get(f"/peta/versi/{versi.pk}/bandingkan/?tingkat=provinsi").status_code == 404


def test_only_those_who_manage_boundaries_see_the_link(client, pak_hasan, bu_rina):
    client.force_login(bu_rina)
    assert "/peta/versi/" not in client.get("/peta/").content.decode()
    client.force_login(pak_hasan)
    assert "/peta/versi/" in client.get("/peta/").content.decode()


# --- command -------------------------------------------------------------------------------------


@pytest.fixture
def berkas(tmp_path, db) -> Path:
    path = tmp_path / "desa.geojson"
    path.write_bytes(geojson(*drawn("19", shift=LITTLE)))
    return path


def command(*arguments) -> str:
    out = io.StringIO()
    call_command(
        "import_batas", *map(str, arguments), "--nama", "Batas uji", "--sumber", "Kantor uji", stdout=out
    )
    return out.getvalue()


def test_the_command_prints_the_report_and_leaves_the_map_alone(berkas, indikatif):
    said = command(berkas, "--tingkat", "desa")
    assert (
        "desa/kelurahan: 391 dari 393 (dari berkas); tanpa batas: 1905011008 Keranggan, 1905011009 Menjelang"
        in said
    )
    assert "Versi ini belum dipakai." in said
    assert said.startswith(f"Versi {VersiBatas.objects.get(aktif=False).pk}: Batas uji")
    assert active_versi() == indikatif


def test_the_command_puts_to_use_when_told(berkas, indikatif):
    said = command(berkas, "--aktifkan")
    versi = VersiBatas.objects.get(indikatif=False)
    assert versi.aktif
    assert f"Versi {versi.pk} sekarang dipakai di peta." in said
    again = command(berkas, "--aktifkan")
    assert f"sudah dimuat sebagai versi {versi.pk}" in again
    assert VersiBatas.objects.count() == 2
    with everything():
        assert [j.alasan for j in Jejak.objects.filter(objek="versi_batas").order_by("waktu")] == [
            "dimuat",
            "dipakai",
        ]


def test_the_command_refuses_in_one_sentence(tmp_path, berkas, indikatif):
    berkas.write_bytes(geojson(*drawn(TOBOALI), crs={"type": "name"}))
    with pytest.raises(CommandError, match=r"desa\.geojson: Berkas ini memuat keterangan sistem koordinat"):
        command(berkas, "--aktifkan")
    with pytest.raises(CommandError, match="tidak ada"):
        command(tmp_path / "tak-ada.geojson")
    assert VersiBatas.objects.get() == indikatif


def test_the_report_names_what_was_found(load):
    villages = [one for one in drawn(TOBOALI) if one["properties"]["kode"] != SERDANG]
    rias = next(one for one in villages if one["properties"]["kode"] == RIAS)
    rias["geometry"] = {"type": "Polygon", "coordinates": square(106.0, -3.2, 0.8)}
    said = as_text(load(geojson(*villages)))
    assert f"    {RIAS} Rias: " in said
    assert "lima kali lebih luas" in said


def test_the_job_belongs_to_who_uploaded(client, pak_hasan):
    other = make_user("dewi", "Dewi", ("dinsos_prov", "19"))
    client.force_login(pak_hasan)
    upload(client, geojson(*drawn(TOBOALI)))
    client.force_login(other)
    assert client.get(f"/pekerjaan/{Job.objects.get().pk}/").status_code == 404
