"""script/backup and script/restore: what they refuse, each with one sentence, and what never lies in clear."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kpm.models import Sumber
from script.lib.cadangan.database import dsn, libpq
from script.lib.cadangan.files import files_below, unless_gone
from tests import databases
from tests.conftest import BANGKA_SELATAN, RIAS, make_keluarga, make_user
from tests.databases import ROOT


def run(script: str, *arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
    """One of the scripts, with `environment` on top of the suite's."""
    return subprocess.run(
        [f"script/{script}", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {key: str(value) for key, value in environment.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def make_key(folder: Path, name: str) -> tuple[Path, str]:
    """An age identity: its file and its public key."""
    path = folder / name
    subprocess.run(["age-keygen", "-o", str(path)], check=True, capture_output=True)
    done = subprocess.run(["age-keygen", "-y", str(path)], check=True, capture_output=True, text=True)
    return path, done.stdout.strip()


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return make_key(tmp_path_factory.mktemp("kunci"), "kunci")


@contextmanager
def filled(django_db_blocker, folder: Path, key, label: str) -> Iterator[dict[str, object]]:
    """The environment of a backup: a database with one family, a folder with one upload."""
    with django_db_blocker.unblock(), databases.clone(label) as name:
        with databases.using(name):
            sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
            make_keluarga(sumber, RIAS, 1, "ROSIDI", "NURHAYATI")
            make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))
        data = folder / "data"
        (data / "impor").mkdir(parents=True)
        (data / "impor" / "a1").write_text("1903010107800001;ROSIDI\n")
        (data / "jadwal").write_text("scratch")
        app = databases.url_of("DATABASE_URL", name)
        yield {
            "SENTRAL_DATA": data,
            "SENTRAL_BACKUP_DIR": folder / "cadangan",
            "SENTRAL_BACKUP_RECIPIENT": key[1],
            "SENTRAL_BACKUP_KEEP": 2,
            "DATABASE_URL": app,
            "DATABASE_BACKUP_URL": app.replace("sentral_app@", "sentral_backup@"),
            "DATABASE_SUPER_URL": databases.url_of("DATABASE_URL", "postgres").replace(
                "sentral_app@", "postgres@"
            ),
        }


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker, tmp_path_factory, key):
    """One database and one backup of it for all tests that are refused and so change nothing."""
    with filled(django_db_blocker, tmp_path_factory.mktemp("tetap"), key, "cadang") as place:
        assert run("backup", **place).returncode == 0
        yield place


@pytest.fixture
def place(django_db_setup, django_db_blocker, tmp_path, key):
    """A database and a folder that a test may change."""
    with filled(django_db_blocker, tmp_path, key, "pulih") as place:
        yield place


@contextmanager
def looking(place, role: str = "postgres"):
    """A cursor on the place's database, looking past every territory unless as the app role."""
    with closing(databases.psycopg2.connect(**dsn(str(place["DATABASE_URL"])) | {"user": role})) as line:
        line.autocommit = True
        yield line.cursor()


def backups(place) -> list[Path]:
    return sorted(Path(place["SENTRAL_BACKUP_DIR"]).glob("sentral-*"))


def members(path: Path, identity: Path) -> dict[str, bytes]:
    clear = subprocess.run(
        ["age", "-d", "-i", str(identity), str(path)], check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(clear)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a refusal says; anything more, or success, is a failure of the test."""
    assert done.returncode == 1, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_a_backup_holds_all_rows_and_files_and_none_in_clear(kept, key):
    (path,) = backups(kept)
    assert b"ROSIDI" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    found = members(path, key[0])
    manifest = json.loads(found["manifest.json"])
    assert manifest["tabel"]["public.kpm_keluarga"][0] == 1
    assert manifest["tabel"]["public.kpm_anggota"][0] == 2
    assert list(manifest["berkas"]) == ["impor/a1"]
    assert b"ROSIDI" in found["berkas/impor/a1"]


def test_the_health_page_learns_of_it(place):
    run("backup", **place)
    (path,) = backups(place)
    news = json.loads((Path(place["SENTRAL_DATA"]) / "keadaan" / "cadangan.json").read_text())
    assert (news["berkas"], news["ukuran"]) == (path.name, path.stat().st_size)
    run("backup", **place | {"SENTRAL_BACKUP_RECIPIENT": "age1bukan"})
    after = json.loads((Path(place["SENTRAL_DATA"]) / "keadaan" / "cadangan.json").read_text())
    assert after["berkas"] == path.name
    assert "kunci umum" in after["gagal"]["sebab"]


def test_the_newest_are_kept_and_strangers_left_alone(place):
    folder = Path(place["SENTRAL_BACKUP_DIR"])
    folder.mkdir()
    for name in ("sentral-20250101T000000Z.tar.age", "sentral-20250102T000000Z.tar.age", "catatan.txt"):
        (folder / name).write_text("x")
    (folder / "sentral-20250103T000000Z.tar.age.sebagian").write_text("x")  # of a run that was killed
    assert run("backup", **place).returncode == 0
    assert sorted(path.name for path in folder.iterdir())[:3] == [
        ".kunci",
        "catatan.txt",
        "sentral-20250102T000000Z.tar.age",
    ]
    assert len(backups(place)) == 2


@pytest.mark.parametrize("role", ["sentral_owner", "sentral_app"])
def test_a_role_that_the_policies_hold_is_refused(kept, tmp_path, role):
    """It would write a backup without a single citizen, and call it good."""
    url = str(kept["DATABASE_BACKUP_URL"]).replace("sentral_backup", role)
    place = kept | {"DATABASE_BACKUP_URL": url, "SENTRAL_BACKUP_DIR": tmp_path, "SENTRAL_DATA": tmp_path}
    said = one_sentence(run("backup", **place))
    assert f"Peran basis data {role} tidak melihat semua baris" in said
    assert backups(place) == []


def test_the_backup_role_can_write_nothing(kept):
    with looking(kept, "sentral_backup") as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        cursor.execute("SELECT count(*) FROM kpm_anggota")
        assert cursor.fetchone() == (2,)
        with pytest.raises(databases.psycopg2.errors.InsufficientPrivilege):
            cursor.execute("DELETE FROM kpm_anggota")


@pytest.mark.parametrize(
    ("recipient", "sentence"),
    [
        ("", "SENTRAL_BACKUP_RECIPIENT belum diisi"),
        ("AGE-SECRET-KEY-1QQQ", "berisi kunci rahasia"),
        ("age1bukan", "bukan kunci umum age"),
    ],
)
def test_a_missing_or_wrong_public_key_is_one_sentence(kept, tmp_path, recipient, sentence):
    place = kept | {"SENTRAL_BACKUP_DIR": tmp_path, "SENTRAL_DATA": tmp_path}
    assert sentence in one_sentence(run("backup", **place | {"SENTRAL_BACKUP_RECIPIENT": recipient}))
    assert backups(place) == []


def test_an_absent_database_is_one_sentence(kept, tmp_path):
    url = str(kept["DATABASE_BACKUP_URL"]).split("?")[0] + "?host=/tidak/ada"
    place = kept | {"DATABASE_BACKUP_URL": url, "SENTRAL_DATA": tmp_path}
    assert "tidak menjawab" in one_sentence(run("backup", **place))


def restore(place, path: Path, identity: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return run("restore", path, "--identity", identity, *more, **place)


def test_a_filled_database_is_not_overwritten(kept, key):
    said = one_sentence(restore(kept, backups(kept)[0], key[0]))
    assert "sudah berisi. Tidak ada yang diubah" in said


def test_a_database_in_use_is_left_alone(kept, key):
    with looking(kept, "sentral_app"):
        assert "sedang dipakai" in one_sentence(restore(kept, backups(kept)[0], key[0], "--ganti"))


def test_a_wrong_key_touches_nothing(kept, tmp_path):
    other = make_key(tmp_path, "lain")[0]
    assert "Kunci ini tidak cocok" in one_sentence(restore(kept, backups(kept)[0], other, "--ganti"))


def test_what_is_no_key_or_no_backup_is_said(kept, key, tmp_path):
    no_key, picture = tmp_path / "bukan-kunci", tmp_path / "foto.jpg"
    no_key.write_text("halo")
    picture.write_bytes(b"\xff\xd8" * 100)
    assert "tidak dapat dibaca sebagai kunci" in one_sentence(restore(kept, backups(kept)[0], no_key))
    assert "rusak atau terpotong" in one_sentence(restore(kept, picture, key[0]))
    assert "tidak ada." in one_sentence(restore(kept, tmp_path / "lenyap", key[0]))


@pytest.mark.parametrize("harm", ["flip", "cut"])
def test_a_damaged_backup_replaces_nothing(kept, key, tmp_path, harm):
    content = bytearray(backups(kept)[0].read_bytes())
    content[-1000] ^= 1
    path = tmp_path / "rusak.age"
    path.write_bytes(content if harm == "flip" else content[:-100_000])
    assert "rusak atau terpotong" in one_sentence(restore(kept, path, key[0], "--ganti"))
    assert others(kept) == []


def others(place) -> list[str]:
    """Databases whose names begin with the place's and go on."""
    with looking(place) as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE current_database() || '_%'")
        return [name for (name,) in cursor.fetchall()]


def test_names_in_a_backup_are_not_trusted(kept, key, tmp_path):
    """Anybody with the public key can make one."""
    found = members(backups(kept)[0], key[0])
    forged = io.BytesIO()
    with tarfile.open(fileobj=forged, mode="w") as tar:
        for name in ["kepala.json", "berkas/../../jahat"]:
            member = tarfile.TarInfo(name)
            content = found.get(name, b"x")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    path = tmp_path / "palsu.age"
    subprocess.run(["age", "-r", key[1], "-o", str(path)], input=forged.getvalue(), check=True)
    assert "tempat yang tidak semestinya" in one_sentence(restore(kept, path, key[0], "--ganti"))
    assert not (Path(kept["SENTRAL_DATA"]).parent / "jahat").exists()


def test_restoring_over_puts_the_old_aside(place, key):
    assert run("backup", **place).returncode == 0
    upload = Path(place["SENTRAL_DATA"]) / "impor" / "a1"
    with looking(place) as cursor:
        cursor.execute("UPDATE kpm_keluarga SET alamat = 'SESUDAH CADANGAN'")
    upload.write_text("berubah")
    done = restore(place, backups(place)[0], key[0], "--ganti")
    assert done.returncode == 0, done.stderr
    with looking(place) as cursor:
        cursor.execute("SELECT alamat FROM kpm_keluarga")
        assert cursor.fetchall() == [("JL. MAWAR 1",)]
    with looking(place, "sentral_app") as cursor:
        cursor.execute("SELECT count(*) FROM kpm_keluarga")
        assert cursor.fetchone() == (0,)  # no territory, no row
    assert upload.read_text() == "1903010107800001;ROSIDI\n"
    (kept,) = upload.parents[1].glob(".sebelum-*")
    assert (kept / "impor" / "a1").read_text() == "berubah"
    (aside,) = others(place)
    with looking(place) as cursor:
        cursor.execute(f"DROP DATABASE {aside}")


# --- Links, scratch, and what happens when the files cannot follow the database -----------------------


def test_scratch_is_left_out_at_any_depth_and_a_linked_folder_is_followed(place, key, tmp_path):
    data, disk = Path(place["SENTRAL_DATA"]), tmp_path / "disk-besar"
    for folder in (data / "batas-x1", data / "ekspor" / "7-1.tmp", data / "ekspor" / "baca-y", disk):
        folder.mkdir(parents=True)
        (folder / "isi").write_text("x")
    (data / "ekspor" / "8.tmp").write_text("x")
    (data / "slip").symlink_to(disk)
    done = run("backup", **place)
    assert done.returncode == 0, done.stderr
    manifest = json.loads(members(backups(place)[0], key[0])["manifest.json"])
    assert sorted(manifest["berkas"]) == ["impor/a1", "slip/isi"]


@pytest.mark.parametrize(
    ("link", "target", "sentence"),
    [("slip", "/tidak/ada", "menunjuk ke tempat yang tidak ada"), ("impor/b", "a1", "sebuah tautan")],
)
def test_what_cannot_be_followed_is_refused_and_not_left_out(place, link, target, sentence):
    (Path(place["SENTRAL_DATA"]) / link).symlink_to(target)
    assert sentence in one_sentence(run("backup", **place))
    assert backups(place) == []


def test_a_folder_that_goes_away_during_the_walk_is_no_failure(tmp_path):
    for name in ("a/1", "a/2", "a/2/3"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "isi").write_text("x")
    walk = files_below(tmp_path)
    assert next(walk) == tmp_path / "a" / "1" / "isi"
    shutil.rmtree(tmp_path / "a" / "2")
    assert list(walk) == []


def test_a_folder_that_may_not_be_read_is_a_failure():
    with pytest.raises(PermissionError):
        unless_gone(PermissionError(13, "Permission denied"))


def test_everything_but_scratch_is_put_aside(place, key, tmp_path):
    """A folder of scratch alone and a linked folder too: what stays would be mixed with what was restored."""
    assert run("backup", **place).returncode == 0
    data, disk = Path(place["SENTRAL_DATA"]), tmp_path / "disk-besar"
    shutil.move(data / "impor", disk)
    (data / "impor").symlink_to(disk)
    (data / "ekspor" / "7-1.tmp").mkdir(parents=True)
    (data / "kosong").mkdir()
    done = restore(place, backups(place)[0], key[0], "--ganti")
    assert done.returncode == 0, done.stderr
    assert (data / "impor").is_symlink() is False
    assert (data / "impor" / "a1").read_text() == "1903010107800001;ROSIDI\n"
    (kept,) = data.glob(".sebelum-*")
    assert sorted(path.name for path in kept.iterdir()) == ["ekspor", "impor"]
    assert (kept / "impor").readlink() == disk
    assert (kept / "ekspor" / "7-1.tmp").is_dir()
    assert sorted(path.name for path in data.iterdir()) == [kept.name, "impor", "jadwal", "keadaan"]
    drop_others(place)


def test_files_that_cannot_follow_the_database_are_kept_and_said(place, key, tmp_path):
    """The old folder cannot be put aside, as when it is a mount point; signals do not stop it half-way either."""
    assert run("backup", **place).returncode == 0
    data = Path(place["SENTRAL_DATA"])
    blocked = subprocess.run(
        [".venv/bin/python", "-c", BLOCKED, "restore", backups(place)[0], "--identity", key[0], "--ganti"],
        cwd=ROOT, env=os.environ | {k: str(v) for k, v in place.items()}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    said = one_sentence(blocked)
    (aside,) = others(place)
    assert f"sudah diganti (yang lama disimpan sebagai {aside}), tetapi berkas belum semua: Is busy" in said
    (waiting,) = data.glob(".pulih-*")
    assert f"yang belum di tempatnya ada di {waiting}" in said
    assert (waiting / "impor" / "a1").read_text() == "1903010107800001;ROSIDI\n"
    done = restore(place, backups(place)[0], key[0], "--ganti")  # a second restore leaves them alone
    assert done.returncode == 0, done.stderr
    assert waiting.is_dir()
    drop_others(place)


# The script itself, on a disk whose folder `impor` is busy (EBUSY, as a mount point is), and with every
# signal that stops it sent at that moment.
BLOCKED = """
import os, pathlib, runpy, signal, sys
rename = pathlib.Path.rename
def busy(self, target):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(os.getpid(), number)
    if self.name == "impor":
        raise OSError(16, "Is busy", str(self))
    return rename(self, target)
pathlib.Path.rename = busy
runpy.run_module("script.lib.cadangan", run_name="__main__", alter_sys=True)
"""


def drop_others(place) -> None:
    for aside in others(place):
        with looking(place) as cursor:
            cursor.execute(f"DROP DATABASE {aside}")


# --- Where to --------------------------------------------------------------------------------------------


def test_options_of_a_url_reach_the_driver_and_the_programs():
    url = (
        "postgis://sentral_app:a%40b@db.example/sentral?sslmode=verify-full&conn_max_age=60&connect_timeout=3"
    )
    expected = {"dbname": "sentral", "user": "sentral_app", "password": "a@b", "host": "db.example",
                "sslmode": "verify-full", "connect_timeout": "3"}  # fmt: skip
    assert dsn(url) == expected
    given = libpq(url)
    assert (given["PGSSLMODE"], given["PGCONNECT_TIMEOUT"]) == ("verify-full", "3")
    assert (given["PGDATABASE"], given["PGPASSWORD"]) == ("sentral", "a@b")


@pytest.mark.parametrize("script", ["backup", "restore"])
def test_a_server_without_its_url_gets_no_private_database(script, kept, key):
    words = [backups(kept)[0], "--identity", key[0]] if script == "restore" else []
    said = one_sentence(run(script, *words, **kept | {"DATABASE_URL": "", "SENTRAL_ENV": "production"}))
    assert said.startswith("DATABASE_URL belum diisi: di server")
