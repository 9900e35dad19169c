"""Words and links of the trail's lines."""

from django import template
from django.urls import reverse

from access.models import Jejak
from sentral.trail import ANGGOTA, KELUARGA, details_of

register = template.Library()


@register.filter
def rincian_jejak(jejak: Jejak) -> str:
    """15 keluarga, halaman 2, hasil pencarian menurut nama."""
    return details_of(jejak)


@register.filter
def jejak_url(jejak: Jejak) -> str:
    """The trail of the row a line names; "" where there is none."""
    if jejak.objek in {KELUARGA, ANGGOTA} and jejak.objek_id.isdigit():
        return reverse(f"jejak_{jejak.objek}", args=[int(jejak.objek_id)])
    return ""
