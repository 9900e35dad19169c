"""Undoing one change made by hand, and undoing that again: an edit of its own, carried out by undo.py (decision 0025).

All or nothing: an edit is small, and half of a birth is none. When anything has touched one of its rows since, it is
refused with who and when.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg2 import sql

from access.models import User
from access.rules import may_edit
from kpm.isian import Refused, Why
from kpm.models import Impor, Keluarga, Suntingan, written_date
from kpm.suntingan import Edit, editing
from kpm.undo import ChangedMeanwhile, Undo, registers

Jenis = Suntingan.Jenis
BOTH_SIDES = "Keluarga ini pindah melewati batas wilayah Anda. Perubahan ini dibatalkan Dinsos provinsi."
ONE_OUTSIDE = (
    "Salah satu keluarganya tercatat di luar wilayah Anda. Perubahan ini dibatalkan Dinsos provinsi."
)
NOTHING = "Tidak ada lagi yang dapat dibatalkan: datanya sudah seperti sebelum perubahan ini."
BECAUSE = {
    "kembar": "Nomornya yang dulu sekarang dipakai orang atau keluarga lain.",
    "induk": "Keluarga asalnya sudah tidak ada.",
}
ELSE = "Sesudahnya ada data lain yang bergantung pada perubahan ini. Batalkan dulu perubahan yang lebih baru."


def undo_suntingan(*, by, why: Why, suntingan: Suntingan) -> Suntingan:
    """Take one change back, or take back its undo. Raises Refused when something touched its rows since."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        found = reached(by, suntingan)
        _refuse_undone(by, found)
        families = Keluarga.objects.visible_to(by).filter(pk__in=[found.keluarga_id, found.keluarga_lain_id])
        edit.keluarga(*sorted(families, key=lambda one: one.pk != found.keluarga_id))  # as the form saw it
        undo = Undo([f"suntingan:{found.pk}"], user=by, later=_later(found), made=found.baru)
        judged = undo.judge()
        if judged.stays:
            raise Refused(_because(edit, found))
        if not any(judged.of(what) for what in ("hapus", "kembali", "masuk")):
            raise Refused(NOTHING)
        line = _write_line(edit, found)
        try:
            with undo.history(suntingan=line.pk, user=by.pk):
                undo.apply(judged)
        except ChangedMeanwhile as error:
            raise Refused("Datanya baru saja berubah. Coba lagi.") from error
        return edit.finish(line, wilayah=line.desa_list)


def reached(by, suntingan: Suntingan) -> Suntingan:
    """The edit itself, in the reach of `by`; of a move the line of its new village. Raises Refused, DoesNotExist."""
    found = Suntingan.objects.visible_to(by).get(pk=suntingan.pk)
    if found.pasangan_id:
        other = Suntingan.objects.visible_to(by).filter(pk=found.pasangan_id).first()
        if other is None:
            raise Refused(_beyond(found))
        found = other
    if not all(may_edit.covers(by, kode) for kode in found.desa_list):
        raise Refused(_beyond(found))
    return found


def _beyond(suntingan: Suntingan) -> str:
    """Why it is for the province: a keluarga that moved, or one of two that lies elsewhere."""
    return ONE_OUTSIDE if suntingan.keluarga_lain_id else BOTH_SIDES


def _refuse_undone(by, suntingan: Suntingan) -> None:
    later = Suntingan.objects.visible_to(by).filter(batal_dari=suntingan).select_related("oleh").first()
    if later is not None:
        raise Refused(f"Perubahan ini sudah dibatalkan {later.oleh.nama}, {written_date(later.dibuat)}.")


def _later(suntingan: Suntingan) -> list[int]:
    """Imports after this edit: what it made stays when their files name it. What it only changed they left alone."""
    if not suntingan.baru:
        return []
    applied = Impor.objects.filter(keadaan=Impor.Keadaan.DITERAPKAN, job__berakhir__gt=suntingan.dibuat)
    return [pk for pk in applied.values_list("job_id", flat=True) if pk]


def _because(edit: Edit, undone: Suntingan) -> str:
    """Why a row would stay: the first reason in words, with who and when where a person or an import did it."""
    with connection.cursor() as cursor:
        each = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT sebab, oleh, oleh_job, pada FROM {} WHERE sebab IS NOT NULL").format(
                r.temporary("rencana")
            )
            for r in registers()
        )
        cursor.execute(
            sql.SQL(
                "SELECT sebab, oleh, oleh_job, pada FROM ({}) AS r ORDER BY sebab <> 'orang', pada DESC NULLS LAST"
            )
            .format(each)
            .as_string(connection.connection)
        )
        sebab, oleh, job, pada = cursor.fetchone()
    if sebab == "orang":
        who = User.objects.filter(pk=oleh).values_list("nama", flat=True).first() or "orang lain"
        return f"Sesudahnya data ini diubah {who}, {written_date(pada)}. Batalkan dulu perubahan itu."
    if sebab in {"impor", "berkas"}:
        impor = Impor.objects.filter(job=job).select_related("sumber").first()
        name = f"impor {impor.sumber.judul}" if impor else "sebuah impor"
        return f"Sesudahnya data ini dimuat {name}. Perbaiki lewat perubahan baru."
    return _beyond(undone) if sebab == "luar" else BECAUSE.get(sebab, ELSE)


def _write_line(edit: Edit, undone: Suntingan) -> Suntingan:
    """The line of the undo; when a move or a merge over two villages is undone the other one keeps one as well."""
    dari, ke = undone.rincian.get("ke"), undone.rincian.get("dari")
    moved: dict[str, Any] = {"dari": dari, "ke": ke} if dari and ke else {}
    merged = undone.rincian.get("desa")
    line = edit.start(
        Jenis.BATAL,
        undone.keluarga_id,
        ke if moved else undone.wilayah_id,
        anggota=undone.anggota_ids,
        keluarga_lain_id=undone.keluarga_lain_id,
        rincian={"desa": merged} if merged else moved,
        batal_dari=undone,
    )
    if moved:
        edit.other_line(line, dari, jenis=Jenis.PINDAH_KELUAR)
    if merged:
        edit.other_line(line, merged[1], keluarga_id=line.keluarga_lain_id, keluarga_lain_id=line.keluarga_id)
    return line
