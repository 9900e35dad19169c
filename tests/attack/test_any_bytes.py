"""Whatever bytes are uploaded: a sentence, or an import whose rows add up; never an error, never a hang (T8).

SENTRAL_FUZZ=n tries n files of each sort instead of a few.
"""

from __future__ import annotations

import io
import os
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.scope import use_territory
from jobs.actions import JobFailed, claim_here
from jobs.models import Job
from jobs.registry import kind_of
from jobs.staging import StagingError, drop_staging
from kpm.actions import apply_directly
from kpm.models import Impor
from tests.attack.worlds import undone, visitor
from tests.berkas import csv_bytes, person, xlsx_bytes

pytestmark = pytest.mark.django_db

FUZZ = settings(
    max_examples=int(os.environ.get("SENTRAL_FUZZ", "8")),
    deadline=None,
    derandomize="SENTRAL_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
PEOPLE = [person(number) for number in range(1, 6)] + [person(6, NAMA=""), person(7, RT="=1+1", NAMA="ÉLISE")]
CSV, XLSX = csv_bytes(PEOPLE), xlsx_bytes(PEOPLE)
NAMES = [
    "dtks.csv",
    "dtks.xlsx",
    "dtks.xlsm",
    "dtks.txt",
    "dtks.xls",
    "dtks.xlsb",
    "dtks.ods",
    "dtks.zip",
    "dtks",
]
SENTENCE = re.compile(r"[A-Z][^<>{}\n]{15,400}[.?!]")
BITS = [
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"|", b'"', b"\r", b"\n\n", b";" * 40, b"\x1a", b"9" * 30,
    b"=cmd|' /C calc'!A0", b"&lol;", b"<!DOCTYPE x>", b"</row>", b"PK\x03\x04", b"1.9E+15", b"\xf0\x9f\x98\x80",
]  # fmt: skip


@st.composite
def bent(draw, content: bytes) -> bytes:
    """A file with a few pieces replaced, removed or put in, perhaps cut off."""
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(start + draw(st.sampled_from([0, 0, 1, 4, 40, 400])), len(content))
        content = content[:start] + draw(st.sampled_from(BITS) | st.binary(max_size=8)) + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 5)) == 0 else content


@st.composite
def texts(draw) -> bytes:
    """A CSV as some program may write it: other encodings, delimiters and line ends, then bent."""
    content = csv_bytes(PEOPLE, delimiter=draw(st.sampled_from("|;,\t")))
    encoding = draw(
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp437", "utf-32"])
    )
    written = (
        content.decode()
        .replace("\r\n", draw(st.sampled_from(["\r\n", "\n", "\r"])))
        .encode(encoding, "replace")
    )
    return draw(st.just(written) | bent(written))


@st.composite
def workbooks(draw) -> bytes:
    """A workbook whose parts were bent, swapped, lost, doubled or renamed, packed again."""
    with zipfile.ZipFile(io.BytesIO(XLSX)) as archive:
        parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    for _ in range(draw(st.integers(1, 3))):
        one, other = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
        how = draw(st.sampled_from(["bend", "swap", "lose", "double", "rename", "empty"]))
        name, content = parts[one]
        if how == "bend":
            parts[one] = name, draw(bent(content))
        elif how == "swap":
            parts[one], parts[other] = (name, parts[other][1]), (parts[other][0], content)
        elif how == "lose" and len(parts) > 2:
            del parts[one]
        elif how == "double":
            parts.append((name, content))
        elif how == "rename":
            parts[one] = (
                draw(st.sampled_from(["../../x.xml", "/etc/passwd", "xl\\workbook.xml", name.upper()])),
                content,
            )
        elif how == "empty":
            parts[one] = name, b""
    stream = io.BytesIO()
    with zipfile.ZipFile(
        stream, "w", draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    ) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def send(bu_rina, settings, tmp_path):
    """Upload bytes as Bu Rina and carry out what is taken in; nothing stays."""
    settings.DATA_DIR = tmp_path
    client = visitor(bu_rina)

    def upload(content: bytes, name: str) -> None:
        jobs: list[Job] = []
        try:
            with undone():
                file = SimpleUploadedFile(name, content)
                data = {"jenis": "DTKS", "periode": "2026-10", "berkas": file}
                answer = client.post("/impor/baru/", data, HTTP_ACCEPT="application/json")
                assert answer.status_code in {201, 422}
                if answer.status_code == 422:
                    assert SENTENCE.fullmatch(answer.json()["pesan"]), answer.json()
                    return
                assert client.get(answer.json()["url"]).status_code == 200
                jobs += Job.objects.select_related("pemilik")
                for job in jobs:
                    carry_out(job)
                jobs += Job.objects.exclude(pk__in=[job.pk for job in jobs])
        finally:
            for job in jobs:
                drop_staging(job)

    return upload


def carry_out(job: Job) -> None:
    """Every row that was read is applied or rejected; or one sentence refuses the file, or a question is asked."""
    try:
        with use_territory(job.pemilik):
            kind_of(job).run(claim_here(job))
    except (JobFailed, StagingError) as refusal:
        assert SENTENCE.fullmatch(str(refusal)), refusal
        return
    impor = Impor.objects.get(langkah_list__job=job)
    if impor.keadaan == Impor.Keadaan.BERTANYA:
        assert impor.awal["pertanyaan"]
        return
    with use_territory(job.pemilik):
        previewed = impor.laporan
        apply_directly(impor)
    for laporan in (previewed, impor.laporan):
        assert laporan["dibaca"] == laporan["diterapkan"] + laporan["ditolak"] > 0
        assert laporan["dibaca"] == laporan["staging"]["rows"]
        assert laporan["baris_kosong"] == laporan["staging"]["blank"]


def test_any_bytes(send):
    @FUZZ
    @given(st.binary(max_size=3000), st.sampled_from(NAMES))
    def check(content, name):
        send(content, name)

    check()


def test_any_text(send):
    @FUZZ
    @given(texts(), st.sampled_from(NAMES))
    def check(content, name):
        send(content, name)

    check()


def test_any_workbook(send):
    @FUZZ
    @given(workbooks() | bent(XLSX), st.sampled_from(NAMES))
    def check(content, name):
        send(content, name)

    check()


def test_the_untouched_files_are_imported(send, bu_rina, settings, tmp_path):
    """Proof that the tests above reach the import: the same files as they were go all the way."""
    settings.DATA_DIR = tmp_path
    client = visitor(bu_rina)
    for name, content in (("dtks.csv", CSV), ("dtks.xlsx", XLSX)):
        with undone():
            file = SimpleUploadedFile(name, content)
            client.post("/impor/baru/", {"jenis": "DTKS", "periode": "2026-10", "berkas": file})
            job = Job.objects.get()
            carry_out(job)
            laporan = Impor.objects.get().job.laporan
            assert (laporan["dibaca"], laporan["diterapkan"], laporan["ditolak"]) == (7, 6, 1)
            jobs = list(Job.objects.all())
        for job in jobs:
            drop_staging(job)
