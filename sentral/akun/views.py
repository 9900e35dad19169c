"""Pages of accounts: who has access to what, lists to take in, one person, slips."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from access import actions as access
from access.jejak import address_of, record_jejak
from access.models import Penugasan, Peran, User
from access.rules import akun_area, may_give, may_manage_akun, may_reset_sandi, may_see_akun, requires
from jobs.models import Job
from jobs.staging import StagingError
from sentral.akun import actions, queries, xlsx
from sentral.akun.daftar import MAX_BYTES, ListRefused
from sentral.akun.forms import AccountForm, FilterForm, ListForm, RenewForm
from sentral.akun.models import DaftarAkun, Slip
from sentral.akun.periksa import WRITTEN, Hasil, judge
from sentral.akun.slip import open_slip
from sentral.templatetags.sentral_tags import angka, tanggal
from spatial.models import Wilayah
from spatial.queries import path_of

ACCEPTED = ".xlsx,.xlsm,.csv,.txt"
PAGE = 50
SHORTEST_SEARCH = 2
KODE = re.compile(r"[0-9]{2,10}")  # of a wilayah, without dots
WRITTEN_WORDS = {Hasil.BARU: "Akun dibuat", Hasil.TAMBAH: "Penugasan ditambahkan"}


def _me(request: HttpRequest) -> User:
    """Who asks; login_required has seen to it that somebody does."""
    return cast(User, request.user)


# --- who has access --------------------------------------------------------------------------------


@login_required
@requires(may_see_akun)
@require_http_methods(["GET", "HEAD", "POST"])
def daftar(request: HttpRequest) -> HttpResponse:
    """Who has access to what, per wilayah; by POST the people with a name, which stands in no address."""
    wilayah = _chosen_wilayah(request)
    form = FilterForm(request.GET)
    peran = form.cleaned_data["peran"] if form.is_valid() else ""
    gap = request.GET.get("celah", "")
    context: dict[str, Any] = {
        "form": form,
        "wilayah": wilayah,
        "boleh_buat": may_manage_akun(request.user),
        "jalur": _path(request, wilayah),
        "simpan": {"wilayah": wilayah.kode} if wilayah else {},
    }
    # a name typed here stands in no address and in no session
    text = _typed(request.POST.get("cari", ""))
    if request.method == "POST":
        asked = FilterForm(request.POST)
        peran = asked.cleaned_data["peran"] if asked.is_valid() else ""
        if text:
            return render(
                request, "akun/cari.html", context | {"form": asked} | _searched(request, text, peran)
            )
        kept = {"wilayah": wilayah.kode if wilayah else "", "peran": peran}
        return redirect(f"{reverse('akun:daftar')}?{urlencode({k: v for k, v in kept.items() if v})}")
    found = queries.directory(request.user, wilayah)
    here = f"{reverse('akun:daftar')}?{urlencode({'wilayah': wilayah.kode}) + '&' if wilayah else ''}"
    context |= {"isi": found, "angka_list": found.numbers(here)}
    if gap in queries.GAPS or peran:
        rows = found.gap(gap) if gap in queries.GAPS else found.holders
        if peran and gap not in queries.OF_PLACES | {"tanpa_penugasan"}:
            rows = [h for h in rows if h.penugasan.peran == peran]
        marks = []
        if gap in queries.GAPS:
            marks.append(
                {"label": queries.GAPS[gap], "url": f"{here}{urlencode({'peran': peran} if peran else {})}"}
            )
        if peran:
            label = f"Peran: {Peran(peran).label}"
            marks.append({"label": label, "url": f"{here}{urlencode({'celah': gap} if gap else {})}"})
        context |= {
            "celah": gap,
            "judul_celah": queries.GAPS.get(gap, ""),
            "page": Paginator(rows, PAGE).get_page(request.GET.get("halaman")),
            "tanda_list": marks,
            "unduh_url": _book_url(wilayah, peran),
        }
        return render(request, "akun/saringan.html", context)
    return render(request, "akun/daftar.html", context | {"unduh_url": _book_url(wilayah, "")})


def _typed(text: str) -> str:
    """What was typed, on one line; what no key types (PostgreSQL takes no NUL) is a blank."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _searched(request: HttpRequest, text: str, peran: str) -> dict:
    """What a search shows. A word too short would show everybody."""
    if len(text) < SHORTEST_SEARCH:
        return {"kata": text, "terlalu_pendek": True}
    holders, loose = queries.search(request.user, text, peran)
    found = len(holders) + len(loose)
    return {
        "kata": text,
        "found": found,
        "jumlah": found,
        "urut": f"{PAGE} pertama, ketik lebih banyak huruf" if found > PAGE else "",
        "pemegang_list": holders[:PAGE],
        "lepas_list": loose[:PAGE],
    }


def _chosen_wilayah(request: HttpRequest) -> Wilayah | None:
    """The wilayah in the address, or the user's own; None for somebody with several. 404 outside his area."""
    area = akun_area(request.user)
    kode = request.GET.get("wilayah") or request.POST.get("wilayah") or (area[0] if len(area) == 1 else "")
    if not kode:
        return None
    if not KODE.fullmatch(kode) or not kode.startswith(area):
        raise Http404
    return get_object_or_404(Wilayah.objects.select_related("induk__induk__induk"), pk=kode)


def _path(request: HttpRequest, wilayah: Wilayah | None) -> list[Wilayah]:
    if wilayah is None:
        return []
    area = akun_area(request.user)
    return [above for above in reversed(path_of(wilayah)) if above.kode.startswith(area)]


def _book_url(wilayah: Wilayah | None, peran: str) -> str:
    asked = {"wilayah": wilayah.kode if wilayah else "", "peran": peran}
    return f"{reverse('akun:unduh')}?{urlencode({k: v for k, v in asked.items() if v})}"


@login_required
@requires(may_see_akun)
@require_GET
def unduh(request: HttpRequest) -> HttpResponse:
    """Everybody with a penugasan in a wilayah, as a workbook. Each download leaves a Jejak."""
    wilayah = _chosen_wilayah(request)
    holders = queries.holders_seen_by(request.user, wilayah.kode if wilayah else "")
    peran = request.GET.get("peran", "")
    if peran:
        holders = [h for h in holders if h.penugasan.peran == peran]
    record_jejak(
        user=request.user,
        aksi="unduh",
        objek="akun",
        wilayah_id=wilayah.kode if wilayah else None,
        alamat=address_of(request),
        rincian={"jumlah": len(holders)},
    )
    content = xlsx.table_book("Akun", queries.HEAD, queries.rows_for_book(holders), queries.WIDTHS)
    return _book(content, f"akun-{wilayah.kode if wilayah else 'wilayah'}.xlsx")


def _book(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=xlsx.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


# --- a list ----------------------------------------------------------------------------------------


@login_required
@requires(may_manage_akun)
@require_GET
def contoh(request: HttpRequest) -> HttpResponse:
    """The empty list to fill in."""
    return _book(xlsx.template_book(), "daftar-akun.xlsx")


@login_required
@requires(may_manage_akun)
@require_http_methods(["GET", "POST"])
def unggah(request: HttpRequest) -> HttpResponse:
    """Take in a list. The script of the page asks for JSON, a form without script gets pages."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if form.is_valid():
            berkas = form.cleaned_data["berkas"]
            try:
                taken = actions.accept_list(
                    path=berkas.temporary_file_path(),
                    nama=berkas.name,
                    pemilik=_me(request),
                    alamat=address_of(request),
                )
            except (ListRefused, StagingError) as refusal:
                form.add_error("berkas", str(refusal))
            else:
                url = reverse("akun:unggahan", args=[taken.pk])
                return JsonResponse({"url": url}, status=201) if _wants_json(request) else redirect(url)
        if _wants_json(request):
            return JsonResponse({"pesan": str(next(iter(form.errors.values()))[0])}, status=422)
    context = {
        "form": form,
        "terima": ACCEPTED,
        "batas": MAX_BYTES,
        "terakhir": DaftarAkun.objects.filter(pemilik=_me(request))
        .select_related("job", "slip")
        .order_by("-pk")[:5],
    }
    return render(request, "akun/unggah.html", context, status=422 if form.errors else 200)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _own_list(request: HttpRequest, pk: int) -> DaftarAkun:
    return get_object_or_404(DaftarAkun.objects.select_related("job", "slip"), pk=pk, pemilik=_me(request))


@login_required
@requires(may_manage_akun)
@require_http_methods(["GET", "POST"])
def unggahan(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of a list; once applied, what became of it. Nothing is written before the button."""
    one = _own_list(request, pk)
    job = one.job
    if job is not None and job.keadaan not in {Job.Keadaan.SELESAI, Job.Keadaan.DIBATALKAN}:
        return redirect(job)
    done = job is not None and job.keadaan == Job.Keadaan.SELESAI
    if request.method == "POST" and not done:
        return redirect(actions.queue_list(daftar=one, by=_me(request), situs=_site(request)))
    verdicts = judge(actions.rows_of(one), _me(request))
    counts = Counter(verdict.hasil for verdict in verdicts)
    shown = request.GET.get("hasil", "")
    if shown not in Hasil.values:
        shown = next((hasil for hasil in Hasil.values if counts[hasil]), Hasil.DITOLAK)
    rows = [verdict for verdict in verdicts if verdict.hasil == shown]
    context = {
        "unggahan": one,
        "job": job,
        "selesai": done,
        "laporan": job.laporan if job is not None and done else {},
        "jumlah": len(verdicts),
        "hitungan": counts,
        "tulis": sum(counts[hasil] for hasil in WRITTEN),
        "tombol": _button(counts),
        "hasil": shown,
        "judul_hasil": Hasil(shown).label,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("halaman")),
        "angka_list": _numbers_of(counts, job.laporan if job is not None and done else None),
        "hari_sandi": settings.FIRST_PASSWORD_DAYS,
        "hari_slip": settings.SLIP_DAYS,
    }
    return render(request, "akun/unggahan.html", context)


def _numbers_of(counts: Counter, laporan: dict | None) -> list[dict[str, str]]:
    """The verdicts as numbers, each a link to its rows; once applied, what was written instead of what would be."""
    numbers = []
    for hasil in Hasil:
        n = counts[hasil]
        if laporan is not None and hasil in WRITTEN:
            numbers.append({"label": WRITTEN_WORDS[hasil], "nilai": angka(laporan[hasil])})
            continue
        if laporan is not None and hasil == Hasil.TETAP:
            n -= sum(laporan[done] for done in WRITTEN)
        url = f"?hasil={hasil.value}" if n > 0 else ""
        numbers.append(
            {
                "label": hasil.label,
                "nilai": angka(max(n, 0)),
                "ket": "lihat barisnya" if url else "",
                "url": url,
            }
        )
    return numbers


def _button(counts: Counter) -> str:
    """The verb and its size: "Buat 12 akun dan tambah 3 penugasan"."""
    parts = []
    if counts[Hasil.BARU]:
        parts.append(f"buat {angka(counts[Hasil.BARU])} akun")
    if counts[Hasil.TAMBAH]:
        parts.append(f"tambah {angka(counts[Hasil.TAMBAH])} penugasan")
    return " dan ".join(parts).capitalize()


@login_required
@requires(may_manage_akun)
@require_GET
def ditolak(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected rows with their reasons, to mend and upload again."""
    one = _own_list(request, pk)
    rejected = [v for v in judge(actions.rows_of(one), _me(request)) if v.hasil == Hasil.DITOLAK]
    return _book(xlsx.rejects_book(rejected), f"ditolak-{one.pk}.xlsx")


def _site(request: HttpRequest) -> str:
    """The address printed on slips."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


# --- one person ------------------------------------------------------------------------------------


@login_required
@requires(may_manage_akun)
@require_http_methods(["GET", "POST"])
def baru(request: HttpRequest) -> HttpResponse:
    """Make one account, or give somebody who has one a further penugasan."""
    initial = {name: request.GET[name] for name in ("peran", "wilayah") if name in request.GET}
    form = AccountForm(request.POST or None, by=_me(request), initial=initial)
    if request.method == "POST" and form.is_valid() and form.verdict is not None:
        verdict = form.verdict
        try:
            handed = actions.create_one(
                verdict=verdict, by=_me(request), situs=_site(request), alamat=address_of(request)
            )
        except access.Refused as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:  # the admin site writes beside the lock
            form.add_error(None, error.messages)
        else:
            if handed is None and verdict.user is not None:
                messages.success(request, f"{verdict.nama} mendapat penugasan baru: {verdict.wilayah}.")
                return redirect("akun:orang", verdict.user.pk)
            return _shown_once(request, handed, "Akun baru untuk")
    return render(request, "akun/baru.html", {"form": form}, status=422 if form.errors else 200)


def _seen_person(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(queries.people_seen_by(request.user), pk=pk)


@login_required
@requires(may_see_akun)
@require_GET
def orang(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its penugasan here, its last log-in, and what may be done."""
    person = _seen_person(request, pk)
    slip = Slip.objects.of(request.user).filter(untuk=person).order_by("-pk").first()
    context = {
        "orang": queries.person_of(request.user, person),
        "slip": slip if slip and person.harus_ganti_sandi and slip.is_there else None,
        "boleh_buat": may_manage_akun(request.user),
    }
    return render(request, "akun/orang.html", context)


@login_required
@requires(may_reset_sandi)
@require_http_methods(["GET", "POST"])
def sandi(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then make a new first password and show it this once."""
    person = _seen_person(request, pk)
    if not queries.person_of(request.user, person).boleh_sandi:
        raise PermissionDenied("Kata sandi orang ini dibuat oleh Dinsos yang membawahi semua penugasannya.")
    if request.method == "POST":
        asked = RenewForm(request.POST)
        shown = asked.cleaned_data["terakhir"] if asked.is_valid() else -1
        try:
            handed = actions.renew_password(
                user=person, by=_me(request), situs=_site(request), shown=shown, alamat=address_of(request)
            )
        except access.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("akun:orang", person.pk)
        return _shown_once(request, handed, "Kata sandi baru untuk")
    consequences = [
        {"label": "Kata sandi lama", "nilai": "tidak berlaku lagi"},
        {"label": "Ponsel dan komputer yang sedang masuk", "nilai": "keluar sekarang juga"},
        {"label": "Kunci setelah 5 kali keliru", "nilai": "dibuka"},
        {
            "label": "Kata sandi baru berlaku",
            "nilai": f"{settings.FIRST_PASSWORD_DAYS} hari, lalu harus diganti",
        },
        {"label": "Penugasan dan data", "nilai": "tetap"},
    ]
    context = {"orang": person, "akibat_list": consequences, "terakhir": actions.last_slip_of(person)}
    return render(request, "akun/sandi.html", context)


def _shown_once(request: HttpRequest, handed, judul: str) -> HttpResponse:
    """The page with a password: in no cache, in no session, not shown again."""
    response = render(request, "akun/sekali.html", {"baru": handed, "judul": judul, "situs": _site(request)})
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@requires(may_manage_akun)
@require_http_methods(["GET", "POST"])
def akhiri(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then end a penugasan at once."""
    rows = Penugasan.objects.seen_by(request.user).select_related("user", "wilayah__induk")
    penugasan = get_object_or_404(rows, pk=pk)
    if penugasan.user_id == request.user.pk or not may_give(
        request.user, penugasan.peran, penugasan.wilayah_id
    ):
        raise PermissionDenied("Penugasan ini diakhiri oleh Dinsos yang membawahi wilayahnya.")
    if request.method == "POST":
        if access.end_penugasan(penugasan=penugasan, by=_me(request), alamat=address_of(request)):
            messages.success(
                request, f"Penugasan {penugasan.user.nama} di {penugasan.wilayah} sudah diakhiri."
            )
        return redirect("akun:orang", penugasan.user_id)
    others = penugasan.user.penugasan_list.not_over().exclude(pk=pk).count()
    consequences = [
        {
            "label": "Berlaku",
            "nilai": f"{tanggal(penugasan.mulai)} – {tanggal(penugasan.selesai) or 'belum ditentukan'}",
        },
        {"label": "Aksesnya ke wilayah ini", "nilai": "berhenti sekarang juga"},
        {"label": "Ponsel dan komputer yang sedang masuk", "nilai": "keluar sekarang juga"},
        {"label": "Penugasan lain", "nilai": f"{others}, tetap berlaku" if others else "tidak ada"},
        {"label": "Yang sudah dikerjakan", "nilai": "tetap tersimpan"},
    ]
    return render(request, "akun/akhiri.html", {"penugasan": penugasan, "akibat_list": consequences})


@login_required
@requires(may_reset_sandi)
@require_GET
def slip(request: HttpRequest, pk: int) -> FileResponse:
    """First passwords on paper, for the one who had them made. Each download leaves a Jejak."""
    one = get_object_or_404(Slip.objects.of(request.user), pk=pk)
    file = open_slip(slip=one, by=_me(request), alamat=address_of(request))
    if file is None:
        raise Http404
    response = FileResponse(
        file, as_attachment=True, filename=f"slip-{one.pk}.pdf", content_type="application/pdf"
    )
    response["Cache-Control"] = "private, no-store"
    return response
