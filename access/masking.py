"""How a NIK or No. KK may be shown: the region of issue stays, birth date and serial are hidden."""

HIDDEN = "*"
VISIBLE_DIGITS = 6
LENGTH = 16


def mask_nik(value: str | None) -> str:
    """`1903014507710002` -> `190301**********`; what is not 16 digits is hidden whole.

    Empty stays empty: whether that reads "tanpa NIK" or "tanpa KK" is the page's word.
    """
    value = (value or "").strip()
    if len(value) == LENGTH and value.isdigit():
        return value[:VISIBLE_DIGITS] + HIDDEN * (LENGTH - VISIBLE_DIGITS)
    return HIDDEN * len(value)
