"""One measured piece of work in a process of its own: `python -m benchmarks.work WHAT FILE`.

WHAT is impor (ours, through the job's own function) and what may follow on it: ulang (the same file again),
tinjau (the preview of a file), urung (take the newest import back), terap_lagi (take that back); lantai (the
bare floor), import_export (the same three tables), datar or datar_cepat (one flat table); or ekspor_xlsx,
ekspor_csv, tukar_xlsx, tukar_csv, titik_gpkg (ours) and sejawat_xlsx, sejawat_csv (django-import-export),
which are given the most rows for the peer instead of a file. The last line is JSON with `detik` and `baris`.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path

import django

django.setup()

import tablib  # noqa: E402  (models need django.setup)
from django.db import connection, transaction  # noqa: E402

from access.actions import save_penugasan  # noqa: E402
from access.models import Penugasan, Peran, User  # noqa: E402
from access.scope import use_territory  # noqa: E402
from benchmarks import database, peers  # noqa: E402
from benchmarks.measure import own_peak_mb  # noqa: E402
from jobs.ekspor.actions import decide_ekspor, request_ekspor  # noqa: E402
from jobs.models import Job  # noqa: E402
from jobs.tasks import run  # noqa: E402
from kpm.ekspor import isi_of  # noqa: E402
from kpm.filters import Filter  # noqa: E402
from kpm.keputusan import discard_import  # noqa: E402
from kpm.langkah import latest  # noqa: E402
from kpm.models import Anggota, Impor, Keluarga, Kepesertaan, Sumber  # noqa: E402
from kpm.uploads import accept_upload  # noqa: E402
from kpm.urung import request_undo  # noqa: E402
from sentral.demo.families import HEADERS  # noqa: E402
from sentral.demo.load import PERIODE, upload  # noqa: E402
from spatial.models import Wilayah  # noqa: E402

SQL = Path(__file__).parent / "sql"
FLOOR = ["lantai_keluarga", "lantai_anggota", "lantai_kepesertaan", "lantai_peringkat", "lantai_tercatat"]
NEXT_PERIODE = "2026-11"
PROGRAMS = {
    "BANSOS BPNT": "SEMBAKO",
    "BANSOS PKH": "PKH",
    "BANSOS BPNT-PPKM": "BPNT_PPKM",
    "PBI JKN": "PBI_JK",
}


def impor(path: Path) -> dict:
    """Ours: from the stored file to the committed registers, by the function the worker calls."""
    return _timed(upload(path, by=database.importer()))


def ulang(path: Path) -> dict:
    """The same file once more: nobody is new, nothing changes, the file is noted."""
    result = _timed(upload(path, by=database.importer(), ulangi=True))
    report = result["laporan"]
    changed = sum(report[who][what] for who in ("keluarga", "anggota") for what in ("baru", "berubah"))
    return result | {"berubah": changed}


def tinjau(path: Path) -> dict:
    """The preview of a file, over the registers as they are."""
    with path.open("rb") as berkas:
        impor = accept_upload(
            berkas=berkas,
            nama=path.name,
            pemilik=database.importer(),
            jenis="DTKS",
            periode=NEXT_PERIODE,
        )
    job = latest(impor).job
    result = _timed(job)
    discard_import(impor_id=impor.pk, by=job.pemilik)
    impor.refresh_from_db()
    return {"detik": result["detik"], "baris": impor.tinjauan["dibaca"]}


def urung(path: Path) -> dict:
    """Take the newest applied import back."""
    return _undo("urung", Impor.Keadaan.DITERAPKAN)


def terap_lagi(path: Path) -> dict:
    """Take that back: the oldest import that was undone is applied again."""
    return _undo("terap", Impor.Keadaan.DIURUNGKAN)


def _undo(arah: str, keadaan: str) -> dict:
    impor = Impor.objects.filter(keadaan=keadaan).order_by("-pk" if arah == "urung" else "pk")[0]
    return _timed(request_undo(impor_id=impor.pk, arah=arah, by=database.importer()))


def _timed(job: Job) -> dict:
    """Run a queued job by the function the worker calls, from its message to the commit."""
    start = time.perf_counter()
    run(job.pk, 1)
    seconds = time.perf_counter() - start
    job.refresh_from_db()
    if job.keadaan != job.Keadaan.SELESAI:
        raise SystemExit(f"{job.jenis} {job.keadaan}: {job.pesan}")
    return {"detik": seconds, "baris": job.laporan.get("dibaca", 0), "laporan": job.laporan}


def lantai(path: Path) -> dict:
    """The floor: COPY as the loader, INSERT ... SELECT as the app role, no check, no history."""
    _village_names()
    columns = ", ".join(f"c{i} text" for i in range(len(HEADERS)))
    job = Job.objects.create(jenis="bench", pemilik=database.importer())  # what an import's rows name, too
    parameters = {"sumber": _sumber().pk, "job": job.pk}
    start = time.perf_counter()
    with database.connect("loader") as loader, loader.cursor() as cursor, path.open() as file:
        cursor.execute(f"CREATE UNLOGGED TABLE staging.bench_baris ({columns})")
        cursor.copy_expert(
            "COPY staging.bench_baris FROM STDIN (FORMAT csv, DELIMITER '|', HEADER, NULL '?', QUOTE E'\\b')",
            file,
        )
        cursor.execute("ANALYZE staging.bench_baris")
        loader.commit()
        with transaction.atomic(), connection.cursor() as app:
            for name in FLOOR:
                app.execute((SQL / f"{name}.sql").read_text(), parameters)
        seconds = time.perf_counter() - start
        cursor.execute("SELECT count(*) FROM staging.bench_baris")
        baris = cursor.fetchone()[0]
        cursor.execute("DROP TABLE staging.bench_baris")
        loader.commit()
    return {"detik": seconds, "baris": baris}


def import_export(path: Path) -> dict:
    """django-import-export into keluarga, anggota and kepesertaan."""
    kode = {
        (w.induk.induk.nama.upper(), w.induk.nama.upper(), w.nama.upper()): w.kode
        for w in Wilayah.objects.villages().select_related("induk__induk")
    }
    sumber = _sumber().pk
    keluarga, anggota, kepesertaan = {}, [], []
    start = time.perf_counter()
    for row in _rows(path):
        desa = kode[row["KABUPATEN/KOTA"], row["KECAMATAN"], row["DESA/KELUARAHAN"]]
        no_kk, id_dtks = row["NOKK"], row["ID DTKS"]
        keluarga.setdefault(no_kk, (no_kk, row["ALAMAT"], row["DUSUN"], row["RT"], row["RW"], desa, sumber))
        anggota.append(
            (
                no_kk, desa, id_dtks, row["NIK"], "valid", row["NAMA"], row["NAMA"], row["TEMPAT LAHIR"],
                row["TANGGAL LAHIR"], row["JENIS KELAMIN"][:1], row["HUB KELUARGA"], row["PEKERJAAN"],
                row["NAMA IBU KANDUNG"], row["KETERANGAN PADAN"], sumber,
            )
        )  # fmt: skip
        kepesertaan += [
            (program, no_kk, id_dtks, desa, sumber)
            for column, program in PROGRAMS.items()
            if row[column] == "YA"
        ]
    columns = {
        peers.KeluargaResource: ["no_kk", "alamat", "dusun", "rt", "rw", "wilayah", "sumber"],
        peers.AnggotaResource: [
            "no_kk", "wilayah", "id_dtks", "nik", "nik_status", "nama", "nama_normal", "tempat_lahir",
            "tanggal_lahir", "jenis_kelamin", "hubungan", "pekerjaan", "nama_ibu", "keterangan_padan",
            "sumber",
        ],
        peers.KepesertaanResource: ["program", "no_kk", "id_dtks", "wilayah", "sumber"],
    }  # fmt: skip
    with transaction.atomic():
        for (resource, headers), rows in zip(
            columns.items(), (keluarga.values(), anggota, kepesertaan), strict=True
        ):
            _import(resource(), tablib.Dataset(*rows, headers=headers))
    seconds = time.perf_counter() - start
    written = [model.objects.count() for model in (Keluarga, Anggota, Kepesertaan)]
    if written != [len(keluarga), len(anggota), len(kepesertaan)]:
        raise SystemExit(f"django-import-export menulis {written}, bukan semua baris.")
    return {"detik": seconds, "baris": len(anggota)}


def datar(path: Path, resource=peers.DatarResource) -> dict:
    """django-import-export into one flat table of text, as the file is."""
    with database.connect("owner") as owner, owner.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_datar")
        columns = ", ".join(f"{c} text NOT NULL" for c in peers.FLAT_COLUMNS)
        cursor.execute(f"CREATE TABLE bench_datar (id bigserial PRIMARY KEY, {columns}, UNIQUE (c0))")
        owner.commit()
        start = time.perf_counter()
        rows = [tuple(row.values()) for row in _rows(path)]
        _import(resource(), tablib.Dataset(*rows, headers=peers.FLAT_COLUMNS))
        seconds = time.perf_counter() - start
        written = peers.Datar.objects.count()
        cursor.execute("DROP TABLE bench_datar")
        owner.commit()
    return {"detik": seconds, "baris": written}


def datar_cepat(path: Path) -> dict:
    """The flat table without comparing each row."""
    return datar(path, peers.DatarCepatResource)


def ekspor_xlsx(limit: Path) -> dict:
    """Ours, as the worker makes it, from the request to the file."""
    return _export("xlsx")


def ekspor_csv(limit: Path) -> dict:
    """The same as CSV in a ZIP."""
    return _export("csv")


def tukar_xlsx(limit: Path) -> dict:
    """Layout A as a workbook, with full numbers."""
    return _export("xlsx", "kpm_tukar_a")


def tukar_csv(limit: Path) -> dict:
    """Layout A as CSV in a ZIP."""
    return _export("csv", "kpm_tukar_a")


def titik_gpkg(limit: Path) -> dict:
    """The houses as GeoPackage; each gets a place first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kpm_keluarga SET titik = ST_SetSRID(ST_MakePoint(106 + random(), -3 + random()), 4326)"
        )
    return _export("gpkg", "kpm_titik")


def _export(bentuk: str, jenis: str = "kpm_anggota") -> dict:
    officer = User.objects.create_user(username=f"bench-{jenis}-{bentuk}", nama="Bench")
    save_penugasan(penugasan=Penugasan(user=officer, peran=Peran.DINSOS_PROV, wilayah_id="19"), by=None)
    with use_territory(officer):
        one = request_ekspor(
            pemilik=officer,
            jenis=jenis,
            bentuk=bentuk,
            isi=isi_of(Filter()),
            wilayah=(),
            saringan="",
            alasan="bench",
        )
    if one.keadaan == one.Keadaan.MENUNGGU_SETUJU:
        one = decide_ekspor(ekspor_id=one.pk, by=database.importer(), setuju=True)
    start = time.perf_counter()
    run(one.job_id, 1)
    seconds = time.perf_counter() - start
    one.refresh_from_db()
    if one.keadaan != one.Keadaan.SIAP:
        raise SystemExit(f"Ekspor {one.keadaan}: {one.job.pesan}")
    return {"detik": seconds, "baris": one.baris, "ukuran": one.ukuran}


def sejawat_xlsx(limit: Path) -> dict:
    """django-import-export to a workbook."""
    return _peer_export("xlsx", int(str(limit)))


def sejawat_csv(limit: Path) -> dict:
    """django-import-export to CSV."""
    return _peer_export("csv", int(str(limit)))


def _peer_export(bentuk: str, limit: int) -> dict:
    people = Anggota.objects.select_related("keluarga", "wilayah__induk__induk", "sumber").order_by(
        "wilayah_id", "keluarga_id", "pk"
    )
    start = time.perf_counter()
    dataset = peers.AnggotaKeluarResource().export(people[:limit])
    content = dataset.export(bentuk)
    seconds = time.perf_counter() - start
    return {"detik": seconds, "baris": len(dataset), "ukuran": len(content)}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


def _import(resource, dataset: tablib.Dataset) -> None:
    result = resource.import_data(dataset, dry_run=False, raise_errors=True)
    if result.has_errors() or result.has_validation_errors():
        raise SystemExit("django-import-export menolak baris.")


def _sumber() -> Sumber:
    return Sumber.objects.get_or_create(jenis=Sumber.Jenis.DTKS, periode=PERIODE)[0]


def _village_names() -> None:
    """The names as the file writes them, for the floor's join: made before the clock starts."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE bench_desa AS
            SELECT upper(b.nama) AS c2, upper(c.nama) AS c3, upper(d.nama) AS c4, d.kode
            FROM   spatial_wilayah d
            JOIN   spatial_wilayah c ON c.kode = d.induk_id
            JOIN   spatial_wilayah b ON b.kode = c.induk_id
            WHERE  d.tingkat = 'desa_kelurahan'
            """
        )


PIECES = (
    impor,
    ulang,
    tinjau,
    urung,
    terap_lagi,
    lantai,
    import_export,
    datar,
    datar_cepat,
    ekspor_xlsx,
    ekspor_csv,
    tukar_xlsx,
    tukar_csv,
    titik_gpkg,
    sejawat_xlsx,
    sejawat_csv,
)
WORK = {f.__name__: f for f in PIECES}


def main(what: str, path: str) -> None:
    with use_territory(database.importer()):
        result = WORK[what](Path(path))
    print(json.dumps(result | {"rss_mb": own_peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
