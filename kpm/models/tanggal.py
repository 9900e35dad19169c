"""Dates as sentences made here write them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]


def written_date(moment: datetime | None) -> str:
    """3 Nov 2026, in the office's time zone: as sentral_tags writes it on pages, for sentences made here."""
    if moment is None:
        return ""
    return written_day(timezone.localtime(moment).date())


def written_day(day: date) -> str:
    """3 Nov 2026."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"
