"""Log lines without people: numbers of 16 digits are masked, what PostgreSQL quotes is cut.

A constraint's error quotes the row it refused, name and NIK included, and every traceback repeats it. So does
the error of a broken statement, whose text holds the words of a search, and that of a value it cannot read.
"""

import logging
import re

from access.masking import mask_nik

NUMBER = re.compile(r"(?<!\d)\d{16}(?!\d)")
DETAIL = re.compile(r"^(DETAIL|CONTEXT|RINCIAN|QUERY|STATEMENT|LINE \d+):.*$", re.MULTILINE)
VALUE = re.compile(r"(invalid input (?:syntax|value) for [\w ]+|out of range): \"[^\n]*\"")


class ScrubbingFormatter(logging.Formatter):
    """Formats a record, traceback included, then takes out what could name a citizen."""

    def format(self, record: logging.LogRecord) -> str:
        text = DETAIL.sub(r"\1: (tidak dicatat)", super().format(record))
        text = VALUE.sub(r"\1: (tidak dicatat)", text)
        return NUMBER.sub(lambda found: mask_nik(found.group()), text)
