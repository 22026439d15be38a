"""``strftime`` in the C locale (ISO C, 7.27.3.5), for modules that import it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Callable

from .calendar import TM, read_tm
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class _Time:
    """The fields of a ``struct tm``; whatever the guest wrote there, formatting works."""

    def __init__(self, fields: tuple[int, ...], seconds_east: int) -> None:
        self.second, self.minute, self.hour, self.day, self.month = fields[:5]
        self.year = fields[5] + 1900
        self.day_of_week, self.day_of_year = fields[6] % 7, fields[7]
        self.east = seconds_east

    @property
    def half_hour(self) -> int:
        """The hour on a clock face."""
        return self.hour % 12 or 12

    def week(self, first_day: int) -> int:
        """The week of the year: the first ``first_day`` begins week 1."""
        return (self.day_of_year + 7 - (self.day_of_week - first_day) % 7) // 7

    def iso(self) -> tuple[int, int]:
        """The year and week of ISO 8601."""
        thursday = self.day_of_year + 3 - (self.day_of_week - 1) % 7
        year = self.year
        if thursday < 0:
            year -= 1
            thursday += _length(year)
        elif thursday >= _length(year):
            thursday -= _length(year)
            year += 1
        return year, thursday // 7 + 1

    def offset(self) -> str:
        sign, minutes = ("-" if self.east < 0 else "+"), abs(self.east) // 60
        return f"{sign}{minutes // 60:02}{minutes % 60:02}"


def _length(year: int) -> int:
    """The days of a year."""
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


def _name(names: tuple[str, ...], index: int) -> str:
    return names[index] if 0 <= index < len(names) else "?"


#: What stands for others.
COMPOSED: Mapping[str, str] = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "h": "%b",
    "n": "\n",
    "r": "%I:%M:%S %p",
    "R": "%H:%M",
    "t": "\t",
    "T": "%H:%M:%S",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
}
_CONVERSIONS: Mapping[str, Callable[[_Time], str]] = {
    "%": lambda time: "%",
    "a": lambda time: DAYS[time.day_of_week][:3],
    "A": lambda time: DAYS[time.day_of_week],
    "b": lambda time: _name(MONTHS, time.month)[:3],
    "B": lambda time: _name(MONTHS, time.month),
    "C": lambda time: f"{time.year // 100:02}",
    "d": lambda time: f"{time.day:02}",
    "e": lambda time: f"{time.day:2}",
    "g": lambda time: f"{time.iso()[0] % 100:02}",
    "G": lambda time: str(time.iso()[0]),
    "H": lambda time: f"{time.hour:02}",
    "I": lambda time: f"{time.half_hour:02}",
    "j": lambda time: f"{time.day_of_year + 1:03}",
    "m": lambda time: f"{time.month + 1:02}",
    "M": lambda time: f"{time.minute:02}",
    "p": lambda time: "AM" if time.hour < 12 else "PM",
    "s": lambda time: str(_seconds(time)),
    "S": lambda time: f"{time.second:02}",
    "u": lambda time: str(time.day_of_week or 7),
    "U": lambda time: f"{time.week(0):02}",
    "V": lambda time: f"{time.iso()[1]:02}",
    "w": lambda time: str(time.day_of_week),
    "W": lambda time: f"{time.week(1):02}",
    "y": lambda time: f"{time.year % 100:02}",
    "Y": lambda time: str(time.year),
    "z": _Time.offset,
    "Z": lambda time: "UTC" if time.east == 0 else f"UTC{time.offset()}",
}


def _seconds(time: _Time) -> int:
    """Since 1970."""
    years = 400 * ((time.year - 1) // 400)  # Python's years end at 9999
    days = (date(time.year - years, 1, 1) - date(1970, 1, 1)) // timedelta(days=1) + years // 400 * 146097
    return (days + time.day_of_year) * 86400 + time.hour * 3600 + time.minute * 60 + time.second - time.east


def formatted(pattern: str, time: _Time) -> str:
    """Conversions that there are not stay as they are; the modifiers E and O mean nothing in the C locale."""
    parts: list[str] = []
    rest = iter(pattern)
    for character in rest:
        if character != "%":
            parts.append(character)
            continue
        letter = next(rest, "")
        if letter in ("E", "O"):
            letter = next(rest, "")
        parts.append(_converted(letter, time))
    return "".join(parts)


def _converted(letter: str, time: _Time) -> str:
    if letter in COMPOSED:
        return formatted(COMPOSED[letter], time)
    return _CONVERSIONS[letter](time) if letter in _CONVERSIONS else f"%{letter}"


@env("ppppp pppppp", "strftime_l")
def strftime(host: Emscripten, buffer: int, size: int, pattern: int, address: int, locale: int = 0) -> int:
    """The number of bytes written, without the zero at the end; 0 if they do not fit."""
    width = host.guest.pointer_size
    east = host.guest.read_integer(address + -(-TM.size // width) * width, 4)
    time = _Time(read_tm(host, address), east - (1 << 32) if east >> 31 else east)
    text = formatted(host.guest.read_text(pattern), time).encode("utf-8") + b"\0"
    if len(text) > size:
        return 0
    host.guest.view(buffer, len(text))[:] = text
    return len(text) - 1
