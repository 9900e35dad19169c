"""Text that would like to be a script, stored wherever text is stored, shown as text (threat T15)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from access.models import Jejak
from jobs.models import Job
from kpm.models import Anggota, Impor, Keluarga, Langkah, Program, Sumber
from tests.attack.pages import read_page
from tests.conftest import PROVINSI, RIAS, everything, make_keluarga, make_user

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "{{7*7}}{% debug %}",
    "javascript:alert(1)",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "</textarea><body onload=alert(1)>",
    "]]><!--",
    "&lt;b&gt;&#x3c;script&#x3e;",
]
MOST = 45


@pytest.fixture
def poisoned(committed_db):
    """An admin who sees all, and rows whose every text is a script."""
    admin = make_user("yusuf", f"Yusuf {EVIL[1]}", ("dinsos_prov", PROVINSI), ("auditor", PROVINSI))
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    for number, text in enumerate(EVIL):
        keluarga = make_keluarga(sumber, RIAS, number, text[:60], f"ANAK {text[:50]}", program="PKH")
        with everything():
            Keluarga.objects.filter(pk=keluarga.pk).update(alamat=text[:60], dusun=text[:40])
            Anggota.objects.filter(keluarga=keluarga).update(
                nik=text[:40], nik_status="panjang", tempat_lahir=text[:60], hubungan=text[:40],
                pekerjaan=text[:60], nama_ibu=text[:60], keterangan_padan=text[:60],
            )  # fmt: skip
            Keluarga.objects.filter(pk=keluarga.pk).update(alamat="JL. BARU")
            Jejak.objects.bulk_create([Jejak(pengguna=admin, aksi="unduh", objek="keluarga", alasan=text)])
        job = Job.objects.create(
            jenis="impor_dtks" if number % 2 else text[:40], pemilik=admin, keadaan="gagal", pesan=text,
            fase=text[:60],
        )  # fmt: skip
        impor = Impor.objects.create(
            sumber=sumber,
            pemilik=admin,
            nama_berkas=text,
            berkas="x",
            ukuran=1,
            sha256=str(number) * 64,
        )
        Langkah.objects.create(impor=impor, jenis="terap", job=job, oleh=admin)
    Program.objects.filter(pk="PKH").update(singkatan=EVIL[1][:20], nama=EVIL[0])
    return admin


def test_stored_scripts_are_text(site, browser, poisoned):
    context = browser.new_context(locale="id-ID")
    client = Client()
    client.force_login(poisoned)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page = context.new_page()
    noticed: list[str] = []
    page.on("dialog", lambda dialog: (noticed.append(f"dialog {page.url}"), dialog.dismiss()))
    page.on("pageerror", lambda error: noticed.append(f"{error} {page.url}"))
    page.on(
        "console", lambda said: noticed.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => console.log('Content Security Policy ' + e.blockedURI + ' ' + location))"
    )
    first = Keluarga.pgh_event_model  # the newest families stand first in nobody's list: walk them by id
    with everything():
        ids = list(first.objects.values_list("pgh_obj_id", flat=True).distinct().order_by("pgh_obj_id"))
    waiting = [
        "/", "/keluarga/", "/pekerjaan/", "/impor/", "/jejak/", "/peta/", "/ekspor/", "/akun/", f"/wilayah/{RIAS}/",
        "/keluarga/unduh/", *(f"/keluarga/{pk}/" for pk in ids), *(f"/keluarga/{pk}/tampilkan/" for pk in ids[:2]),
        *(f"/jejak/keluarga/{pk}/" for pk in ids[:2]),
    ]  # fmt: skip
    seen: set[str] = set()
    shown = ""
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/akun/logout", "/static/", "/admin/")):
            continue
        seen.add(path)
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status < 500, path
        if "html" not in answer.headers.get("content-type", ""):
            continue
        shown += page.locator("body").inner_text()
        kinds = {re.sub(r"\d+", "#", one.split("?")[0]) for one in seen}
        for link in read_page(path, page.content()).links:
            new = re.sub(r"\d+", "#", link.split("?")[0]) not in kinds
            if new and link.startswith("/") and not re.search(r"unduh|\.(pdf|xlsx|csv)", link):
                waiting.append(link)
    assert noticed == []
    for text in (EVIL[0], EVIL[1][:20], "{{7*7}}"):
        assert text.lower() in shown.lower(), text
    context.close()
