"""``strptime`` in the C locale (POSIX), for modules that import it: Emscripten has it from JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Optional

from .calendar import TM, read_tm
from .formatting import COMPOSED, DAYS, MONTHS
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten


def _names(names: tuple[str, ...]) -> str:
    return "|".join(f"{name}|{name[:3]}" for name in names)


_SPACE, _NUMBER = r"\s*", r"\s*[+]?(\d{{1,{0}}})"
#: What each conversion matches.
_PATTERNS: Mapping[str, str] = {
    "%": "%",
    "a": f"({_names(DAYS)})",
    "A": f"({_names(DAYS)})",
    "b": f"({_names(MONTHS)})",
    "B": f"({_names(MONTHS)})",
    "n": _SPACE,
    "t": _SPACE,
    "p": r"([AaPp])\.?[Mm]\.?",
    "z": r"([+-]\d\d:?(?:\d\d)?|Z)",
    "Z": r"[A-Za-z]*",
    **dict.fromkeys("CdegHIkmMSUVWy", _NUMBER.format(2)),
    "j": _NUMBER.format(3),
    **dict.fromkeys("GY", _NUMBER.format(4)),
    **dict.fromkeys("uw", _NUMBER.format(1)),
}


def pieces_of(format: str) -> Optional[list[tuple[str, str]]]:
    """Conversions, each with its regular expression, and texts without one; None for an unknown conversion.

    Each piece is matched by itself, and what it took it keeps, as in C: a format that is a riddle takes no longer.
    """
    pieces: list[tuple[str, str]] = []
    rest = iter(format)
    for character in rest:
        if character != "%":
            pieces.append(("", _SPACE if character.isspace() else re.escape(character)))
            continue
        letter = next(rest, "")
        letter = next(rest, "") if letter in ("E", "O") else letter
        if letter in _PATTERNS:
            pieces.append((letter, _PATTERNS[letter]))
        elif letter in COMPOSED:
            pieces += pieces_of(COMPOSED[letter]) or []
        else:
            return None
    return pieces


def _parsed(given: str, format: str, fields: tuple[int, ...]) -> tuple[Optional[_Parsed], int]:
    """What a text says, and how much of it was read; None if it does not fit."""
    parsed, at = _Parsed(fields), 0
    pieces = pieces_of(format)
    for letter, pattern in pieces or ():
        match = re.compile(pattern, re.IGNORECASE).match(given, at)
        if match is None:
            return None, 0
        if match.groups():
            parsed.take(letter, match[1])
        at = match.end()
    return (parsed, at) if pieces is not None and parsed.finish() else (None, 0)


class _Parsed:
    """The fields of a ``struct tm``: those that nothing was said of stay as they are."""

    def __init__(self, fields: tuple[int, ...]) -> None:
        self.fields = list(fields)
        self._century: Optional[int] = None
        self._year: Optional[int] = None
        self._afternoon: Optional[bool] = None
        self.east: Optional[int] = None
        self._has_date = False

    def take(self, letter: str, text: str) -> None:
        """The text of one conversion."""
        if letter in "aA":
            self.fields[6] = [name[:3].lower() for name in DAYS].index(text[:3].lower())
        elif letter in "bB":
            self._set(4, [name[:3].lower() for name in MONTHS].index(text[:3].lower()))
        elif letter == "p":
            self._afternoon = text.lower() == "p"
        elif letter == "z":
            self.east = _offset(text)
        else:
            self._take_number(letter, int(text))

    def _take_number(self, letter: str, number: int) -> None:
        if letter in "dem":
            self._set(3 if letter in "de" else 4, number - (letter == "m"))
        elif letter in "HkIMS":
            self.fields[{"H": 2, "k": 2, "I": 2, "M": 1, "S": 0}[letter]] = number
        elif letter in "uwj":
            self.fields[7 if letter == "j" else 6] = number - 1 if letter == "j" else number % 7
        elif letter == "Y":
            self._set(5, number - 1900)
        elif letter == "y":
            self._year = number
        elif letter == "C":
            self._century = number

    def _set(self, place: int, value: int) -> None:
        self.fields[place] = value
        self._has_date = True

    def finish(self) -> bool:
        """Whether the fields mean something; those that follow from others are set."""
        if self._afternoon is not None:
            self.fields[2] = self.fields[2] % 12 + 12 * self._afternoon
        if self._year is not None or self._century is not None:
            year = self._year or 0
            century = self._century if self._century is not None else 19 + (year < 69)
            self._set(5, century * 100 + year - 1900)
        second, minute, hour, day, month = self.fields[:5]
        if not (0 <= second <= 60 and 0 <= minute <= 59 and 0 <= hour <= 23):
            return False
        if not self._has_date or self.fields[5] <= -1900 or not day:
            return 0 <= month <= 11 and 0 <= day <= 31
        try:
            found = date(self.fields[5] + 1900, month + 1, day)
        except ValueError:
            return False
        self.fields[6:8] = found.isoweekday() % 7, found.timetuple().tm_yday - 1
        return True


def _offset(text: str) -> int:
    """Seconds east of UTC."""
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if text[0] == "-" else seconds


@env("pppp ppppp", "strptime_l")
def strptime(host: Emscripten, text: int, format: int, address: int, locale: int = 0) -> int:
    """The address after what was read; 0 if the text does not fit."""
    guest = host.guest
    parsed, length = _parsed(guest.read_bytes(text).decode("latin-1"), guest.read_text(format), read_tm(host, address))
    if parsed is None:
        return 0
    TM.pack_into(guest.view(address, TM.size), 0, *parsed.fields)
    if parsed.east is not None:
        width = guest.pointer_size
        guest.write_integer(address + -(-TM.size // width) * width, width, parsed.east)
    return text + length
