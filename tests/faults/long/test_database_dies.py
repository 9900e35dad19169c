"""F4: every PostgreSQL process is killed while clients write. What was answered is there afterwards."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD
from tests.faults.harness import Crowd, Visitor
from tests.test_backup import backups, filled, make_key, run

CLIENTS, ITEMS, DEATH_AT = 8, 100, 400
pytestmark = pytest.mark.fault("F4", "PostgreSQL mati di tengah penulisan")


@pytest.fixture
def site(postgres, web, django_db_setup, django_db_blocker, tmp_path):
    """A web server whose database is a PostgreSQL with fsync that the test may kill."""
    key = make_key(tmp_path, "kunci")
    with filled(django_db_blocker, tmp_path / "asal", key, "mati") as place:
        assert run("backup", **place).returncode == 0
        here = place | postgres.environment() | {"SENTRAL_DATA": tmp_path / "data"}
        done = run("restore", backups(place)[0], "--identity", key[0], **here)
        assert done.returncode == 0, done.stderr
    web.environment |= postgres.environment()
    web.start()
    return web


def test_what_was_answered_outlives_the_database(site, postgres, ledger, record_property):
    visitors = [Visitor(site.port) for _ in range(CLIENTS)]
    assert {v.post("/akun/login/", login="rina", password=PASSWORD).status for v in visitors} == {302}
    ((owner,),) = postgres.query("SELECT id FROM access_user WHERE username = 'rina'")
    columns = (
        "jenis, keadaan, parameter, laporan, pemilik_id, percobaan, batas_percobaan, batal_diminta, dibuat"
    )
    made = postgres.query(
        f"INSERT INTO jobs_job ({columns}, fase, pesan, selesai_n) SELECT 'uji', 'karantina', '{{}}', '{{}}',"
        f" {owner}, 3, 3, false, now(), '', '', 0 FROM generate_series(1, {CLIENTS * ITEMS}) RETURNING id"
    )
    ids = [str(pk) for (pk,) in made]

    def send(client: int, item: str) -> tuple[str, int]:
        return "-", visitors[client].post(f"/pekerjaan/{item}/ulangi/").status

    with Crowd(ledger, send, [ids[n::CLIENTS] for n in range(CLIENTS)]) as crowd:
        crowd.wait_for(DEATH_AT)
        postgres.kill()
        before = set(ledger.acked)
        postgres.start()
        there = postgres.query("SELECT id::text FROM jobs_job WHERE keadaan = 'menunggu'")
        assert before <= {pk for (pk,) in there}
    record_property("jawaban", dict(ledger.statuses()))
    record_property("dijawab sebelum mati, semuanya tersimpan", len(before))
    assert len(before) >= DEATH_AT
    count = "SELECT count(*) FROM jobs_job WHERE keadaan = 'menunggu' AND batas_percobaan = 6"
    assert postgres.query(count) == [(CLIENTS * ITEMS,)]
    assert visitors[0].get("/pekerjaan/").status == 200  # the web server came back by itself
