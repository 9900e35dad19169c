"""Template filters of the walls."""

from django import template

from access.masking import mask_nik

register = template.Library()


@register.filter
def masked(value: str | None) -> str:
    """A NIK or No. KK with birth date and serial hidden."""
    return mask_nik(value)
