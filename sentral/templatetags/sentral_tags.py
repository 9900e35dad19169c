"""How numbers, dates and the small parts of a page are written, in one place for all rooms.

Templates anywhere load it; a template is not an import. Nothing here asks the database.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobs.files import written_size

register = template.Library()

MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "Mei",
    "Jun",
    "Jul",
    "Agu",
    "Sep",
    "Okt",
    "Nov",
    "Des",
)
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
CODE_WIDTHS = (2, 2, 2, 4)  # provinsi, kabupaten, kecamatan, desa


@register.simple_tag
def icon(name: str, kelas: str = "") -> SafeString:
    """`{% icon "map" %}`: a picture from static/ikon.svg. Always beside a word, so hidden from readers."""
    return format_html(
        '<svg class="ikon{}" width="16" height="16" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {kelas}" if kelas else "",
        static("ikon.svg"),
        name,
    )


def _written(value, decimals: int) -> str:
    """A number the Indonesian way: 1.234,5 with a real minus; "" for nothing."""
    if value is None or value == "":
        return ""
    try:
        number = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return str(value)
    text = f"{abs(number):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if number < 0 else text


@register.filter
def angka(value, decimals: int = 0) -> str:
    """`{{ 18642|angka }}` is 18.642, `{{ 8.25|angka:1 }}` is 8,3."""
    return _written(value, int(decimals))


@register.filter
def persen(value, decimals: int = 1) -> str:
    """A value that is a percentage already: `{{ 94.2|persen }}` is 94,2 %."""
    text = _written(value, int(decimals))
    return f"{text}{NBSP}%" if text else ""


@register.filter
def persen_dari(part, whole) -> str:
    """`{{ 11372|persen_dari:18642 }}` is 61,0 %; "" where there is no whole."""
    if part is None or not whole:
        return ""
    return persen(Decimal(str(part)) * 100 / Decimal(str(whole)))


def _local(value):
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def tanggal(value: date | datetime | None) -> str:
    """12 Nov 2026."""
    if not value:
        return ""
    value = _local(value)
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


@register.filter
def waktu(value: datetime | None) -> str:
    """09.41, in the office's time zone."""
    return f"{_local(value):%H.%M}" if value else ""


@register.filter
def tanggal_waktu(value: datetime | None) -> str:
    """3 Nov 2026 pukul 09.12."""
    return f"{tanggal(value)} pukul {waktu(value)}" if value else ""


@register.filter
def sejak(value: datetime | date | None) -> str | SafeString:
    """ "3 menit lalu", with the full date on hover and on focus."""
    if not value:
        return ""
    if isinstance(value, datetime):
        machine, full, words = (
            _local(value).isoformat(timespec="minutes"),
            tanggal_waktu(value),
            _moment_ago(value),
        )
    else:
        machine, full, words = value.isoformat(), tanggal(value), _day_ago(value)
    return format_html(
        '<time class="sejak" tabindex="0" datetime="{}" data-penuh="{}">{}</time>', machine, full, words
    )


def _moment_ago(value: datetime) -> str:
    seconds = int((timezone.now() - value).total_seconds())
    if seconds < 60:
        return "baru saja"
    if seconds < 3600:
        return f"{seconds // 60} menit lalu"
    day = timezone.localtime(value).date()
    if day == timezone.localdate():
        return f"{seconds // 3600} jam lalu"
    if day == timezone.localdate() - timedelta(days=1):
        return f"kemarin pukul {waktu(value)}"
    return _day_ago(day)


def _day_ago(value: date) -> str:
    days = (timezone.localdate() - value).days
    if days == 0:
        return "hari ini"
    if days == 1:
        return "kemarin"
    if 1 < days < 30:
        return f"{days} hari lalu"
    return tanggal(value)


@register.filter
def lama(value: timedelta | float | None) -> str:
    """A duration in words: 41 detik, 1 menit 9 detik, 2 jam 5 menit."""
    if value is None:
        return ""
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else value)
    if seconds < 60:
        return f"{seconds} detik"
    if seconds < 3600:
        minutes, rest = divmod(seconds, 60)
        return f"{minutes} menit {rest} detik" if rest else f"{minutes} menit"
    hours, rest = divmod(seconds // 60, 60)
    return f"{hours} jam {rest} menit" if rest else f"{hours} jam"


@register.filter
def ukuran_berkas(value: int | None) -> str:
    """48,2 MB; "" for nothing."""
    return "" if value is None else written_size(value)


@register.filter
def kode_titik(value: str | None) -> str:
    """A wilayah code with its dots: 19.03.01.1001."""
    rest, parts = str(value or ""), []
    for width in CODE_WIDTHS:
        if rest:
            parts.append(rest[:width])
            rest = rest[width:]
    return ".".join(parts)


def _control_class(widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's input in our look, its own classes kept.

    A placeholder is left out: it is gone as soon as somebody types. A hint stands above the field.
    """
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    invalid = "is-invalid" if field.errors else ""
    classes = " ".join(filter(None, (_control_class(widget), own, invalid)))
    return field.as_widget(attrs={"class": classes, "placeholder": False})


@register.filter
def is_check(field: BoundField) -> bool:
    """True for a single tick box, whose label stands beside it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def banner_kind(level_tag: str) -> str:
    """Which banner a message of Django's levels becomes."""
    return {"success": "baik", "warning": "awas", "error": "buruk"}.get(level_tag, "kabar")


@register.simple_tag
def error_list(form) -> list[dict[str, str]]:
    """Every error of a form with the input it belongs to; errors of the whole form have none."""
    found = [{"pesan": text, "id": ""} for text in form.non_field_errors()]
    for field in form:
        target = field.id_for_label or f"{field.auto_id}_0"  # a group of radio buttons: its first
        found += [{"pesan": text, "id": target, "label": field.label} for text in field.errors]
    return found


@register.inclusion_tag("parts/bar.html")
def bar(value, maximum, kelas: str = "") -> dict:
    """`{% bar 34 100 %}`: a grey bar beside a number, out of `maximum`. Empty where there is no number."""
    share = 0.0
    if value and maximum:
        share = min(100.0, max(0.0, float(value) * 100 / float(maximum)))
    return {"lebar": f"{share:.2f}", "kelas": kelas}


@register.inclusion_tag("parts/stacked_bar.html")
def stacked_bar(keterangan: str, **parts) -> dict:
    """`{% stacked_bar "99 persen diterapkan" baik=277431 awas=21271 buruk=1638 %}`: shares of one whole.

    A share that exists is drawn at least half a percent wide.
    """
    counts = {kind: float(count or 0) for kind, count in parts.items()}
    whole = sum(counts.values())
    pieces, x = [], 0.0
    floors = {k: max(c * 100 / whole, 0.5) for k, c in counts.items() if c} if whole else {}
    scale = 100 / sum(floors.values()) if floors else 1
    for kind, width in floors.items():
        pieces.append({"kelas": kind, "x": f"{x * scale:.3f}", "lebar": f"{width * scale:.3f}"})
        x += width
    return {"potongan": pieces, "keterangan": keterangan}


@register.simple_tag(takes_context=True)
def page_url(context, name: str, number: int) -> str:
    """This page's address with another page number; its other parameters stay."""
    params = context["request"].GET.copy()
    params[name] = str(number)
    return f"?{params.urlencode()}"


@register.simple_tag
def page_numbers(page) -> list[int | None]:
    """First, near, last; None where numbers are left out."""
    wanted = sorted(
        {1, page.paginator.num_pages, page.number}
        | {
            n
            for n in (page.number - 1, page.number + 1, 2, 3)
            if 1 <= n <= page.paginator.num_pages and abs(n - page.number) <= 2
        }
    )
    shown: list[int | None] = []
    for before, number in zip([0, *wanted], wanted, strict=False):
        if number - before > 1:
            shown.append(None)
        shown.append(number)
    return shown
