"""The verbs of an export: ask, approve, refuse, withdraw, make, fetch, tidy away.

A file is written under the name of its attempt, and the transaction that makes the export ready also
records which rows are in it. So a file that no row names belongs to an attempt at work or to nobody.
"""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.jejak import record_jejak
from access.scope import penugasan_of, use_territory
from jobs.actions import LIVE, JobFailed, finish, lock_for_apply, progress, queue_job
from jobs.ekspor import EksporKind, Size, Wish, kind_of, queries
from jobs.ekspor.files import Cover
from jobs.failpoints import failpoint
from jobs.files import private_folder
from jobs.models import Ekspor, EksporIsi, EksporSaringan, Job
from spatial.models import Wilayah

KIND = "ekspor"
APPROVAL_DAYS = 3
GROWTH = 1.05  # more people than this beside what was approved: ask again
IDS = 10_000  # in one row of EksporIsi
GONE = "Penugasan yang memberi Anda hak mengunduh sudah berakhir. Tidak ada yang dibuat."
FORGOTTEN = "Permintaan ini sudah selesai atau saringannya sudah dihapus. Minta lagi dari daftarnya."
GREW = "Orangnya lebih banyak daripada yang disetujui. Persetujuan diminta lagi, berkas belum dibuat."
TOO_LONG = "Barisnya lebih banyak daripada yang muat di lembar Excel. Pilih CSV, atau persempit wilayahnya."
LAW = (
    "Berisi data pribadi warga. Dilarang disebarkan, diunggah ke tempat lain atau dipakai selain untuk tujuan"
    " di atas (UU 27/2022 tentang Pelindungan Data Pribadi). Hapus berkas ini setelah tidak diperlukan."
)


class EksporRefused(Exception):
    """It cannot be done; the text is shown to whoever asked."""


# --- asking and deciding -------------------------------------------------------------------------


@transaction.atomic
def request_ekspor(
    *,
    pemilik,
    jenis: str,
    bentuk: str,
    isi: dict[str, Any],
    wilayah: tuple[str, ...],
    saringan: str,
    alasan: str,
) -> Ekspor:
    """Write down what is wanted, and start it or let it wait for a second person.

    isi: the room's filter, kept where the owner alone can read it.  wilayah: codes asked for, () for all.
    saringan: the same in words, without what was searched for.  Raises EksporRefused, PermissionDenied.
    """
    kind = kind_of(jenis)
    reach = kind.aturan.kode(pemilik)
    if not reach:
        raise PermissionDenied(kind.aturan.sentence)
    if bentuk not in kind.files:
        raise EksporRefused("Bentuk berkas ini tidak ada untuk isi yang dipilih. Pilih bentuk lain.")
    cakupan = queries.overlap(wilayah, reach)
    if not cakupan:
        raise EksporRefused("Wilayah ini di luar penugasan Anda. Pilih wilayah lain.")
    size = kind.count(pemilik, Wish(isi, queries.limits(cakupan)))
    if not size.baris:
        raise EksporRefused("Tidak ada baris yang cocok dengan saringan ini. Ubah saringannya.")
    if _does_not_fit(kind, bentuk, size):
        raise EksporRefused(TOO_LONG)
    with connection.cursor() as cursor:  # two requests at once must not both pass as small
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ekspor {pemilik.pk}"])
    if same := _already_asked(pemilik, jenis, bentuk, isi, cakupan):
        return same  # a double click, or the same wish while the first is still at work
    second = kind.selalu_setuju or queries.needs_second(pemilik, size.orang)
    ekspor = Ekspor.objects.create(
        jenis=jenis,
        bentuk=bentuk,
        keadaan=Ekspor.Keadaan.MENUNGGU_SETUJU if second else Ekspor.Keadaan.DIBUAT,
        pemilik=pemilik,
        cakupan=list(cakupan),
        saringan=saringan[:500],
        alasan=alasan,
        baris=size.baris,
        orang=size.orang,
        perlu_setuju=second,
        batas_setuju=_deadline() if second else None,
    )
    EksporSaringan.objects.create(ekspor=ekspor, pemilik=pemilik, isi=isi)
    if not second:
        _start(ekspor)
    return ekspor


def _already_asked(pemilik, jenis: str, bentuk: str, isi: dict, cakupan: tuple[str, ...]) -> Ekspor | None:
    """An export of exactly this that waits or is being made."""
    wishes = EksporSaringan.objects.filter(
        Q(ekspor__keadaan=Ekspor.Keadaan.MENUNGGU_SETUJU, ekspor__batas_setuju__gt=timezone.now())
        | Q(ekspor__keadaan=Ekspor.Keadaan.DIBUAT, ekspor__job__keadaan__in=LIVE),
        pemilik=pemilik,
        isi=isi,
        ekspor__jenis=jenis,
        ekspor__bentuk=bentuk,
        ekspor__cakupan=list(cakupan),
    )
    wish = wishes.select_related("ekspor__job").first()
    return wish.ekspor if wish else None


def _does_not_fit(kind: EksporKind, bentuk: str, size: Size) -> bool:
    """True when a table has more rows than the file can hold; the longest has a row for each person."""
    most = kind.files[bentuk].most
    return most is not None and max(size.baris, size.orang) > most


def _deadline():
    return timezone.now() + timedelta(days=APPROVAL_DAYS)


def _start(ekspor: Ekspor) -> None:
    where = Wilayah.objects.filter(pk=_only(ekspor)).first()
    parameter = {"ekspor": ekspor.pk}
    ekspor.job = queue_job(jenis=KIND, pemilik=ekspor.pemilik, wilayah=where, parameter=parameter)
    ekspor.save(update_fields=["job"])


@transaction.atomic
def decide_ekspor(*, ekspor_id: int, by, setuju: bool, alasan: str = "", alamat: str | None = None) -> Ekspor:
    """The second person's yes or no. Of two at once the first counts, the other hears of it.

    Raises PermissionDenied for who may not, EksporRefused when there is nothing to decide any more.
    """
    ekspor = Ekspor.objects.select_for_update(of=("self",)).select_related("pemilik").get(pk=ekspor_id)
    if not queries.may_decide(by, ekspor):
        raise PermissionDenied("Ekspor diputuskan orang lain yang wilayahnya mencakup seluruh isinya.")
    if ekspor.keadaan != Ekspor.Keadaan.MENUNGGU_SETUJU:
        raise EksporRefused(_already(ekspor))
    if ekspor.batas_setuju is None or ekspor.batas_setuju <= timezone.now():
        raise EksporRefused("Permintaan ini sudah lewat waktunya. Pemiliknya harus meminta lagi.")
    ekspor.penyetuju, ekspor.diputuskan, ekspor.alasan_putusan = by, timezone.now(), alasan
    ekspor.orang_disetujui = ekspor.orang if setuju else None
    ekspor.keadaan = Ekspor.Keadaan.DIBUAT if setuju else Ekspor.Keadaan.DITOLAK
    ekspor.save()
    record_jejak(
        user=by,
        aksi="setuju",
        objek="ekspor",
        objek_id=ekspor.pk,
        wilayah_id=_only(ekspor),
        alasan=alasan or ekspor.alasan,
        alamat=alamat,
        rincian={"hasil": "setuju" if setuju else "tolak", "orang": ekspor.orang, "baris": ekspor.baris},
    )
    if setuju:
        _start(ekspor)
    else:
        _forget(ekspor)
    return ekspor


def _already(ekspor: Ekspor) -> str:
    if ekspor.penyetuju is None:
        return f"Permintaan ini {ekspor.get_keadaan_display()}, tidak ada lagi yang diputuskan."
    verdict = "ditolak" if ekspor.keadaan == Ekspor.Keadaan.DITOLAK else "disetujui"
    return f"Permintaan ini sudah {verdict} {ekspor.penyetuju}."


def _only(ekspor: Ekspor) -> str | None:
    return ekspor.cakupan[0] if len(ekspor.cakupan) == 1 else None


def _forget(ekspor: Ekspor) -> None:
    """Delete what was asked for. Only its owner's session can: the wish stands behind his policy."""
    with use_territory(ekspor.pemilik):
        EksporSaringan.objects.filter(ekspor=ekspor).delete()


@transaction.atomic
def withdraw_ekspor(*, ekspor_id: int, by) -> Ekspor:
    """The owner does not want it any more, before anybody has decided."""
    ekspor = Ekspor.objects.select_for_update(of=("self",)).get(pk=ekspor_id, pemilik=by)
    if ekspor.keadaan == Ekspor.Keadaan.MENUNGGU_SETUJU:
        ekspor.keadaan = Ekspor.Keadaan.DITARIK
        ekspor.save(update_fields=["keadaan"])
        _forget(ekspor)
    return ekspor


# --- making --------------------------------------------------------------------------------------


def folder() -> Path:
    """The private folder of the files."""
    return private_folder("ekspor")


def make_ekspor(job: Job) -> None:
    """Write the file of an export and make it ready, with the owner's rights as they are now.

    Safe to run again: an attempt that died left a file of its own name, which goes first, and nothing else.
    """
    ekspor = Ekspor.objects.select_related("penyetuju").filter(job=job, keadaan=Ekspor.Keadaan.DIBUAT).first()
    wish_of = EksporSaringan.objects.filter(ekspor__job=job).first()
    if ekspor is None or wish_of is None:
        raise JobFailed(FORGOTTEN)
    owner, kind = job.pemilik, kind_of(ekspor.jenis)
    cakupan = queries.overlap(ekspor.cakupan, kind.aturan.kode(owner))
    if not cakupan:
        raise JobFailed(GONE)
    ekspor.cakupan = list(cakupan)
    wish = Wish(wish_of.isi, queries.limits(cakupan))
    _remove_attempts(job)
    path = folder() / f"{job.pk}-{job.percobaan}.{kind.files[ekspor.bentuk].suffix}"
    ids: dict[str, array] = {}
    try:
        with _snapshot():
            progress(job, fase="hitung")
            size = kind.count(owner, wish)
            failpoint("jobs.ekspor.counted")
            asks_again = _outgrown(ekspor, kind, size)
            if _does_not_fit(kind, ekspor.bentuk, size):
                raise JobFailed(TOO_LONG)
            if not asks_again:
                progress(job, fase="tulis", total=size.baris)
                _write(ekspor, kind, wish, size, path, ids, job)
        failpoint("jobs.ekspor.written")
        with transaction.atomic():
            lock_for_apply(job)
            if asks_again:
                _ask_again(ekspor, size, job)
            else:
                _hand_over(ekspor, size, path, ids, job)
            failpoint("jobs.ekspor.before_commit")
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the registers for count and rows; inside a caller's transaction it is the caller's."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _outgrown(ekspor: Ekspor, kind: EksporKind, size: Size) -> bool:
    """True when more people came up than somebody said yes to, or than need no yes."""
    if ekspor.perlu_setuju:
        return size.orang > (ekspor.orang_disetujui or 0) * GROWTH
    return kind.selalu_setuju or size.orang > settings.EKSPOR_TANPA_SETUJU


def _write(
    ekspor: Ekspor, kind: EksporKind, wish: Wish, size: Size, path: Path, ids: dict[str, array], job: Job
) -> None:
    owner = job.pemilik
    scratch = path.with_suffix(".tmp")  # sheets grow here, so that nothing of them lies in /tmp
    scratch.mkdir(mode=0o700)
    try:
        cover = _cover(ekspor, kind, size, owner)
        file = kind.files[ekspor.bentuk](path, scratch, kind.tables(owner, wish), cover)
        done = 0
        for batch in kind.batches(owner, wish):
            file.write(batch)
            for objek, numbers in batch.ids.items():
                ids.setdefault(objek, array("q")).extend(numbers)
            done += len(batch.rows)
            progress(job, done=done)
            failpoint("jobs.ekspor.batch")
        if done != size.baris:
            raise RuntimeError(f"ekspor {ekspor.pk}: {size.baris} rows counted, {done} written")
        progress(job, fase="simpan")
        file.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _cover(ekspor: Ekspor, kind: EksporKind, size: Size, owner) -> Cover:
    now = timezone.localtime()
    posts = sorted({str(p) for p in penugasan_of(owner) if p.peran in kind.aturan.peran})
    lines = [
        ("Nomor", f"Ekspor {ekspor.pk}"),
        ("Isi", f"{kind.label}, {kind.keterangan}"),
        ("Untuk", f"{owner} ({owner.username})"),
        ("Penugasan", "; ".join(posts)),
        ("Dibuat", f"{now:%d-%m-%Y pukul %H.%M} WIB"),
        ("Tujuan", ekspor.alasan),
        ("Disetujui", _approval(ekspor)),
        ("Wilayah", queries.places(ekspor.cakupan)),
        ("Saringan", ekspor.saringan),
        ("Jumlah baris", _number(size.baris)),
        ("Jumlah orang", _number(size.orang)),
        ("NIK dan No. KK", kind.nomor[:1].upper() + kind.nomor[1:]),
        ("Perhatian", LAW),
    ]
    mark = f"EKSPOR {ekspor.pk} · {owner.username} · {now:%d-%m-%Y}"
    return Cover(f"SENTRAL: {kind.label}", mark, lines)


def _approval(ekspor: Ekspor) -> str:
    if ekspor.penyetuju is None or ekspor.diputuskan is None:
        return f"Tidak perlu, sampai {_number(settings.EKSPOR_TANPA_SETUJU)} orang"
    return (
        f"{ekspor.penyetuju} ({ekspor.penyetuju.username}), {timezone.localtime(ekspor.diputuskan):%d-%m-%Y}"
    )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _change(ekspor: Ekspor, job: Job, **fields) -> None:
    """Write how its making ended; JobFailed when tidy closed it while the job was tried again."""
    making = Ekspor.objects.filter(pk=ekspor.pk, job=job, keadaan=Ekspor.Keadaan.DIBUAT)
    if not making.update(**fields):
        raise JobFailed(FORGOTTEN)


def _ask_again(ekspor: Ekspor, size: Size, job: Job) -> None:
    _change(
        ekspor,
        job,
        keadaan=Ekspor.Keadaan.MENUNGGU_SETUJU,
        perlu_setuju=True,
        baris=size.baris,
        orang=size.orang,
        penyetuju=None,
        diputuskan=None,
        alasan_putusan="",
        orang_disetujui=None,
        batas_setuju=_deadline(),
    )
    finish(job, {"baris": 0, "orang": size.orang}, pesan=GREW)


def _hand_over(ekspor: Ekspor, size: Size, path: Path, ids: dict[str, array], job: Job) -> None:
    """Ready: the row names the file, the trail says who got it and which rows are in it."""
    bytes_written = path.stat().st_size
    _change(
        ekspor,
        job,
        keadaan=Ekspor.Keadaan.SIAP,
        cakupan=ekspor.cakupan,
        baris=size.baris,
        orang=size.orang,
        berkas=path.name,
        ukuran=bytes_written,
        kedaluwarsa=timezone.now() + timedelta(days=settings.EKSPOR_HARI),
    )
    for objek, numbers in ids.items():
        for start in range(0, len(numbers), IDS):
            EksporIsi.objects.create(ekspor=ekspor, objek=objek, ids=numbers[start : start + IDS].tolist())
    EksporSaringan.objects.filter(ekspor=ekspor).delete()
    record_jejak(
        user=job.pemilik,
        aksi="unduh",
        objek="ekspor",
        objek_id=ekspor.pk,
        wilayah_id=_only(ekspor),
        alasan=ekspor.alasan,
        rincian=_numbers(ekspor, size) | {"tahap": "dibuat"},
    )
    finish(job, {"baris": size.baris, "orang": size.orang, "ukuran": bytes_written})


def _numbers(ekspor: Ekspor, size: Size) -> dict[str, Any]:
    return {"jenis": ekspor.jenis, "bentuk": ekspor.bentuk, "baris": size.baris, "orang": size.orang}


# --- fetching ------------------------------------------------------------------------------------


@transaction.atomic
def open_ekspor(*, ekspor: Ekspor, by, alamat: str | None = None) -> IO[bytes] | None:
    """The file for its owner, with a Jejak; None when it is past its time or not there any more."""
    if ekspor.keadaan != Ekspor.Keadaan.SIAP or ekspor.kedaluwarsa is None:
        return None
    if ekspor.kedaluwarsa <= timezone.now():
        return None
    try:
        file = (folder() / ekspor.berkas).open("rb")
    except FileNotFoundError:
        Ekspor.objects.filter(pk=ekspor.pk).update(keadaan=Ekspor.Keadaan.HILANG, berkas="")
        return None
    record_jejak(
        user=by,
        aksi="unduh",
        objek="ekspor",
        objek_id=ekspor.pk,
        wilayah_id=_only(ekspor),
        alasan=ekspor.alasan,
        alamat=alamat,
        rincian=_numbers(ekspor, Size(ekspor.baris, ekspor.orang)) | {"tahap": "diunduh"},
    )
    return file


# --- afterwards ----------------------------------------------------------------------------------


def tidy() -> None:
    """Let requests lapse, delete files past their time and files of nobody. Safe at any time, and twice."""
    now = timezone.now()
    waiting = Ekspor.objects.filter(keadaan=Ekspor.Keadaan.MENUNGGU_SETUJU, batas_setuju__lte=now)
    for ekspor in waiting.select_related("pemilik"):
        _end(ekspor, Ekspor.Keadaan.LEWAT)
    _give_up(now)
    for ekspor in Ekspor.objects.filter(keadaan=Ekspor.Keadaan.SIAP):
        path = folder() / ekspor.berkas
        if ekspor.kedaluwarsa and ekspor.kedaluwarsa <= now:
            path.unlink(missing_ok=True)
            Ekspor.objects.filter(pk=ekspor.pk).update(keadaan=Ekspor.Keadaan.KEDALUWARSA, berkas="")
        elif not path.exists():
            Ekspor.objects.filter(pk=ekspor.pk).update(keadaan=Ekspor.Keadaan.HILANG, berkas="")
    _remove_orphans()


def _give_up(now) -> None:
    """Exports whose job was cancelled, or failed and was not tried again for three days."""
    making = Ekspor.objects.filter(keadaan=Ekspor.Keadaan.DIBUAT).select_related("pemilik", "job")
    for ekspor in making.filter(job__keadaan=Job.Keadaan.DIBATALKAN):
        _end(ekspor, Ekspor.Keadaan.DITARIK)
    failed = [Job.Keadaan.GAGAL, Job.Keadaan.KARANTINA]
    limit = now - timedelta(days=APPROVAL_DAYS)
    for ekspor in making.filter(job__keadaan__in=failed, job__berakhir__lt=limit):
        _end(ekspor, Ekspor.Keadaan.GAGAL)


@transaction.atomic
def _end(ekspor: Ekspor, keadaan: str) -> None:
    """Close it unless somebody was faster, and forget what was asked for."""
    if Ekspor.objects.filter(pk=ekspor.pk, keadaan=ekspor.keadaan, job=ekspor.job_id).update(keadaan=keadaan):
        _forget(ekspor)


def _remove_attempts(job: Job) -> None:
    """What earlier attempts left. One that is merely asleep writes on into nothing and commits nothing."""
    for path in folder().glob(f"{job.pk}-*"):
        _remove(path)


def _remove_orphans() -> None:
    # The folder first: what appears after that is younger than the rows read below.
    paths = list(folder().iterdir())
    running = Job.objects.filter(jenis=KIND, keadaan=Job.Keadaan.BERJALAN)
    at_work = {f"{pk}-{attempt}" for pk, attempt in running.values_list("pk", "percobaan")}
    named = set(Ekspor.objects.exclude(berkas="").values_list("berkas", flat=True))
    for path in paths:
        if path.name not in named and path.stem not in at_work:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
