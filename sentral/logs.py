"""Log lines without people: numbers of 16 digits are masked, PostgreSQL's row details are cut.

A constraint's error quotes the row it refused, name and NIK included, and every traceback repeats it.
"""

import logging
import re

from access.masking import mask_nik

NUMBER = re.compile(r"(?<!\d)\d{16}(?!\d)")
DETAIL = re.compile(r"^(DETAIL|CONTEXT|RINCIAN):.*$", re.MULTILINE)


class ScrubbingFormatter(logging.Formatter):
    """Formats a record, traceback included, then takes out what could name a citizen."""

    def format(self, record: logging.LogRecord) -> str:
        text = DETAIL.sub(r"\1: (tidak dicatat)", super().format(record))
        return NUMBER.sub(lambda found: mask_nik(found.group()), text)
