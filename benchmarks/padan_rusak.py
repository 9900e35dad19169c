"""How names, dates and numbers get damaged between the paper and the file. Each way is a function of its own.

A way that does not fit its value (no second word, no sound of the old spelling) answers None.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from random import Random

KEYBOARD = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
VOWELS = "AIUEO"
OLD = (("U", "OE"), ("J", "DJ"), ("C", "TJ"), ("NY", "NJ"), ("SY", "SJ"), ("KH", "CH"), ("Y", "J"))
SOUNDS = (
    ("F", "P"), ("P", "F"), ("V", "F"), ("F", "V"), ("Z", "J"), ("Z", "S"), ("Q", "K"), ("K", "Q"), ("DH", "D"),
    ("TH", "T"), ("KH", "H"), ("SY", "S"), ("S", "SY"), ("IY", "I"), ("I", "Y"), ("Y", "I"), ("AI", "AE"), ("O", "U"),
    ("U", "O"), ("E", "I"), ("I", "E"), ("KS", "X"), ("CK", "K"), ("C", "K"),
)  # fmt: skip
MUHAMMAD = ("M.", "M.", "M", "MUH.", "MUH", "MOH.", "MOH", "MOHD.", "MUHD", "MHD", "MOCH.", "MUHAMAD", "MOHAMAD",
            "MOHAMMAD", "MUCH.")  # fmt: skip


def _neighbours() -> dict[str, str]:
    near: dict[str, str] = {}
    for row in KEYBOARD:
        for at, letter in enumerate(row):
            near[letter] = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for upper, lower in pairwise(KEYBOARD):
        for a, b in zip(upper, lower, strict=False):
            near[a] += b
            near[b] += a
    return near


NEAR = _neighbours()


class Damage:
    """Draws damages; the same `rng` gives the same."""

    def __init__(self, rng: Random) -> None:
        self._random = rng.random
        self.names: dict[str, Callable[[str], str | None]] = {
            "ketik": self.slip,
            "hilang": self.missing_word,
            "tukar": self.swapped_words,
            "ejaan": self.old_spelling,
            "bunyi": self.other_sound,
            "rangkap": self.double_letter,
            "singkat": self.initials,
            "sambung": self.joined,
            "petik": self.apostrophe,
        }

    def one_of(self, values):
        return values[int(self._random() * len(values))]

    # names

    def slip(self, name: str) -> str:
        """One slip of a finger: a neighbouring key, a letter left out, typed twice or two letters swapped."""
        at = int(self._random() * len(name))
        letter, draw = name[at], self._random()
        if draw < 0.35 and letter in NEAR:
            return name[:at] + self.one_of(NEAR[letter]) + name[at + 1 :]
        if draw < 0.6 and len(name) > 3:
            return name[:at] + name[at + 1 :]
        if draw < 0.8 and at + 1 < len(name) and letter != name[at + 1]:
            return name[:at] + name[at + 1] + letter + name[at + 2 :]
        if draw < 0.9 and letter in NEAR:
            return name[:at] + letter + self.one_of(NEAR[letter]) + name[at + 1 :]
        return name[: at + 1] + letter + name[at + 1 :]

    def missing_word(self, name: str) -> str | None:
        words = name.split()
        if len(words) < 2:
            return None
        gone = len(words) - 1 if self._random() < 0.7 else int(self._random() * len(words))
        left = [w for at, w in enumerate(words) if at != gone]
        # one or two letters alone are no name
        return " ".join(left) if max(map(len, left)) > 2 else None

    def swapped_words(self, name: str) -> str | None:
        words = name.split()
        if len(words) < 2:
            return None
        return " ".join([*words[1:], words[0]]) if self._random() < 0.7 else " ".join(reversed(words))

    def old_spelling(self, name: str) -> str | None:
        fit = [pair for pair in OLD if pair[0] in name]
        if not fit:
            return None
        for new, old in fit if self._random() < 0.5 else [self.one_of(fit)]:
            if (new == "Y" and "NJ" in name) or (new == "J" and "DJ" in name):
                continue
            name = name.replace(new, old)
        return name

    def other_sound(self, name: str) -> str | None:
        fit = [pair for pair in SOUNDS if pair[0] in name]
        if not fit:
            return None
        said, written = self.one_of(fit)
        return name.replace(said, written, 1)

    def double_letter(self, name: str) -> str | None:
        for at in range(1, len(name)):
            if name[at] == name[at - 1] and name[at] != " ":
                return name[:at] + name[at + 1 :]
        fit = [at for at, letter in enumerate(name) if letter in "LNMTSDRFK" and at]
        if not fit:
            return None
        at = self.one_of(fit)
        return name[:at] + name[at] + name[at:]

    def initials(self, name: str) -> str | None:
        words = name.split()
        if len(words) < 2:
            return None
        at = len(words) - 1 if self._random() < 0.75 else 0
        if len(words[1 - at] if len(words) == 2 else words[0] + words[1]) < 4:
            return None
        words[at] = words[at][0] + ("." if self._random() < 0.6 else "")
        return " ".join(words)

    def joined(self, name: str) -> str | None:
        words = name.split()
        if len(words) > 1:
            return words[0] + " ".join(words[1:])
        if len(name) < 8:
            return None
        at = 3 + int(self._random() * (len(name) - 6))
        return f"{name[:at]} {name[at:]}"

    def apostrophe(self, name: str) -> str | None:
        fit = [at for at in range(1, len(name)) if name[at] in VOWELS and name[at - 1] in "AIUEMNR"]
        if not fit:
            return None
        at = self.one_of(fit)
        return name[:at] + self.one_of("''`’") + name[at:]

    def muhammad(self) -> str:
        return self.one_of(MUHAMMAD)

    # dates

    def day_and_month(self, day: date) -> date | None:
        if day.day > 12 or day.day == day.month:
            return None
        return date(day.year, day.day, day.month)

    def one_digit(self, day: date) -> date | None:
        digits = list(f"{day:%d%m%Y}")
        at = self.one_of((0, 1, 1, 2, 3, 3, 6, 7, 7))
        digits[at] = str((int(digits[at]) + 1 + int(self._random() * 9)) % 10)
        text = "".join(digits)
        try:
            return date(int(text[4:]), int(text[2:4]), int(text[:2]))
        except ValueError:
            return None

    def year_beside(self, day: date) -> date:
        return day.replace(year=day.year + self.one_of((-2, -1, -1, 1, 1, 2)), day=min(day.day, 28))

    def day_beside(self, day: date) -> date:
        return day + timedelta(days=self.one_of((-2, -1, -1, 1, 1, 10)))

    def first_of_january(self, day: date) -> date:
        return date(day.year, 1, 1)

    # numbers

    def wrong_digit(self, number: str) -> str:
        at = int(self._random() * len(number))
        return number[:at] + str((int(number[at]) + 1 + int(self._random() * 9)) % 10) + number[at + 1 :]

    def swapped_digits(self, number: str) -> str:
        fit = [at for at in range(len(number) - 1) if number[at] != number[at + 1]]
        at = self.one_of(fit)
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    def digit_lost(self, number: str) -> str:
        at = int(self._random() * len(number))
        return number[:at] + number[at + 1 :]

    def digit_doubled(self, number: str) -> str:
        at = int(self._random() * len(number))
        return number[: at + 1] + number[at:]

    def slip_of_number(self, number: str) -> str:
        draw = self._random()
        if draw < 0.5:
            return self.wrong_digit(number)
        if draw < 0.75:
            return self.swapped_digits(number)
        return self.digit_lost(number) if draw < 0.9 else self.digit_doubled(number)

    def through_excel(self, number: str) -> str:
        """As a spreadsheet leaves a number: in scientific notation, or the sixteenth digit lost to a zero."""
        draw = self._random()
        if draw < 0.4:
            return f"{number[0]}.{number[1:6].rstrip('0') or '0'}E+15"
        if draw < 0.5:
            return f"{number[0]},{number[1:6].rstrip('0') or '0'}E+15"
        return number[:15] + "0" if number[15] != "0" else f"{number[0]}.{number[1:3]}E+15"
