"""Numbers, dates and small parts as the screens write them."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from defusedxml import ElementTree
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils import timezone

from sentral.templatetags import sentral_tags as tags

ROOT = Path(__file__).resolve().parent.parent


def render(source: str, **values) -> str:
    return Template("{% load sentral_tags %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (18642, 0, "18.642"),
        (1048575, 0, "1.048.575"),
        (0, 0, "0"),
        (8.25, 1, "8,3"),
        (-8.2, 1, "−8,2"),
        (None, 0, ""),
        ("", 0, ""),
        ("tidak ada", 0, "tidak ada"),
    ],
)
def test_numbers_are_written_with_points_and_a_comma(value, decimals, written):
    assert tags.angka(value, decimals) == written


def test_a_percentage_keeps_its_sign_on_the_same_line():
    assert tags.persen(94.2) == "94,2\N{NO-BREAK SPACE}%"
    assert tags.persen(None) == ""


def test_a_share_of_nothing_is_not_written():
    assert tags.persen_dari(11372, 18642) == "61,0\N{NO-BREAK SPACE}%"
    assert tags.persen_dari(0, 0) == ""
    assert tags.persen_dari(None, 10) == ""


def test_dates_and_times_are_those_of_the_office():
    moment = datetime(2026, 8, 31, 18, 5, tzinfo=UTC)  # already 1 September in Jakarta
    assert tags.tanggal(moment) == "1 Sep 2026"
    assert tags.waktu(moment) == "01.05"
    assert tags.tanggal_waktu(moment) == "1 Sep 2026 pukul 01.05"
    assert tags.tanggal(date(2026, 5, 3)) == "3 Mei 2026"
    assert tags.tanggal(None) == ""


def test_a_moment_ago_carries_its_full_date():
    html = tags.sejak(timezone.now() - timedelta(minutes=3))
    assert ">3 menit lalu</time>" in html
    assert 'tabindex="0"' in html
    assert re.search(r'data-penuh="\d+ \w{3} \d{4} pukul \d\d\.\d\d"', html)


@pytest.mark.parametrize(("days", "written"), [(0, "hari ini"), (1, "kemarin"), (6, "6 hari lalu")])
def test_days_are_counted_until_a_month(days, written):
    assert f">{written}</time>" in tags.sejak(timezone.localdate() - timedelta(days=days))


def test_what_is_long_ago_is_a_date():
    assert ">1 Mar 2020</time>" in tags.sejak(date(2020, 3, 1))


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (41, "41 detik"),
        (69, "1 menit 9 detik"),
        (120, "2 menit"),
        (7500, "2 jam 5 menit"),
    ],
)
def test_durations_are_written_in_words(seconds, written):
    assert tags.lama(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (512, "512 byte"),
        (2048, "2,0 kB"),
        (50541363, "48,2 MB"),
        (3 * 1024**3, "3,0 GB"),
    ],
)
def test_file_sizes_are_those_of_the_file_manager(size, written):
    assert tags.ukuran_berkas(size).replace("\N{NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize(
    ("kode", "written"),
    [
        ("19", "19"),
        ("1903", "19.03"),
        ("190301", "19.03.01"),
        ("1903011001", "19.03.01.1001"),
        ("", ""),
    ],
)
def test_a_wilayah_code_is_shown_dotted(kode, written):
    assert tags.kode_titik(kode) == written


def test_every_icon_of_a_template_is_in_the_sprite():
    sprite = ElementTree.parse(ROOT / "static" / "ikon.svg")
    names = {symbol.get("id") for symbol in sprite.iter("{http://www.w3.org/2000/svg}symbol")}
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text())
    }
    assert used <= names


def test_templates_hold_no_inline_style_script_or_handler():
    found = [
        (path.name, hit)
        for path in (ROOT / "templates").rglob("*.html")
        for hit in re.findall(r"<style|<script(?! src)|\sstyle=|\son[a-z]+=", path.read_text())
    ]
    assert found == []


def test_a_tiny_share_of_a_stacked_bar_is_still_seen():
    html = render('{% stacked_bar "hampir semua" baik=999999 buruk=1 awas=0 %}')
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height', html)]
    assert len(widths) == 2
    assert widths[1] > 0.4
    assert sum(widths) == pytest.approx(100, abs=0.01)


def test_a_bar_never_leaves_its_frame():
    assert 'width="100.00"' in render("{% bar 120 100 %}")
    assert 'width="0.00"' in render("{% bar kosong 100 %}", kosong=None)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, [1, 2, 3, None, 415]),
        (7, [1, None, 6, 7, 8, None, 415]),
        (415, [1, None, 414, 415]),
    ],
)
def test_pages_show_first_near_and_last(number, shown):
    assert tags.page_numbers(Paginator(range(6214), 15).page(number)) == shown


def test_page_links_keep_the_filter(rf):
    request = rf.get("/keluarga/", {"desil": "1", "halaman": "2"})
    page = Paginator(range(100), 10).page(2)
    html = Template('{% include "parts/pages.html" with page=page %}').render(
        Context({"request": request, "page": page})
    )
    assert 'href="?desil=1&amp;halaman=3"' in html
    assert "11–20 dari 100" in html


class ContohForm(forms.Form):
    nik = forms.CharField(label="NIK", help_text="16 angka")
    kelamin = forms.ChoiceField(label="Jenis kelamin", choices=[("L", "laki-laki")], widget=forms.RadioSelect)


def test_a_field_with_an_error_says_so_to_everybody():
    html = str(ContohForm({"nik": "", "kelamin": "L"})["nik"].as_field_group())
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_nik_helptext id_nik_error"' in html
    assert 'id="id_nik_error"' in html
    assert "form-control is-invalid" in html


def test_several_errors_are_listed_with_links():
    html = ContohForm({"nik": "", "kelamin": ""}).render()
    assert "Ada 2 isian yang perlu diperbaiki" in html
    assert 'href="#id_nik"' in html
    assert 'href="#id_kelamin_0"' in html


def test_one_error_needs_no_list():
    assert "yang perlu diperbaiki" not in ContohForm({"nik": "", "kelamin": "L"}).render()
