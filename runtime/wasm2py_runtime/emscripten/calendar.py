"""Calendar time: ``struct tm`` and seconds since 1970, in UTC and in the guest's time zone.

Years are those that Python's dates have, 1 to 9999; a time outside is EOVERFLOW, or -1 where that is what C says.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from struct import Struct
from typing import TYPE_CHECKING, Callable, Optional

from ..wasi.errno import Errno
from .clocks import seconds_now
from .registry import EnvFunction, env, register

if TYPE_CHECKING:
    from .host import Emscripten

#: Seconds, minutes, hours, day of the month, month from 0, year since 1900, day of the week, day of the year, is_dst.
TM = Struct("<9i")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_HOUR = timedelta(hours=1)
#: Names of time zones have at most this many bytes, and a zero (``TZNAME_MAX``).
_LONGEST_NAME = 16


def read_tm(host: Emscripten, address: int) -> tuple[int, ...]:
    """The fields of a ``struct tm`` but for those of the zone."""
    return TM.unpack(host.guest.view(address, TM.size))


def _write_tm(host: Emscripten, address: int, date: datetime) -> None:
    """All fields, the offset from UTC as well; the name of the zone is for the guest to set."""
    day_of_week, day_of_year = date.isoweekday() % 7, date.timetuple().tm_yday - 1
    fields = (date.second, date.minute, date.hour, date.day, date.month - 1, date.year - 1900)
    TM.pack_into(host.guest.view(address, TM.size), 0, *fields, day_of_week, day_of_year, int(bool(date.dst())))
    width = host.guest.pointer_size
    offset = date.utcoffset() or timedelta()
    host.guest.write_integer(address + -(-TM.size // width) * width, width, int(offset.total_seconds()))


def _broken_down(host: Emscripten, time: int, address: int, zone: tzinfo) -> int:
    try:
        date = (_EPOCH + timedelta(seconds=time)).astimezone(zone)
    except OverflowError:
        return Errno.EOVERFLOW.value
    _write_tm(host, address, date)
    return 0


@env("ijp")
def _gmtime_js(host: Emscripten, time: int, address: int) -> int:
    return _broken_down(host, time, address, timezone.utc)


@env("ijp")
def _localtime_js(host: Emscripten, time: int, address: int) -> int:
    return _broken_down(host, time, address, host.timezone)


def _of_pointer(broken_down: Callable[[Emscripten, int, int], int]) -> Callable[[Emscripten, int, int], int]:
    """In modules of before June 2023 the time is in memory."""

    def call(host: Emscripten, time: int, address: int) -> int:
        value = host.guest.read_integer(time, 8)
        return broken_down(host, value - (1 << 64) if value >> 63 else value, address)

    return call


for _now in (_gmtime_js, _localtime_js):
    register(EnvFunction(_of_pointer(_now), "ipp", old=True), _now.__name__)


def _date(fields: tuple[int, ...], zone: tzinfo) -> datetime:
    """The date that fields of any size mean together. OverflowError or ValueError if there is none."""
    second, minute, hour, day, month, year = fields[:6]
    first = datetime(1900 + year + month // 12, month % 12 + 1, 1)
    return (first + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)).replace(tzinfo=zone)


def _disambiguated(date: datetime, is_dst: int) -> datetime:
    """Of an hour that there is twice, the one that is meant; a summer time given in winter is an hour earlier."""
    if is_dst < 0 or bool(date.dst()) == bool(is_dst):
        return date
    other = date.replace(fold=1)
    if bool(other.dst()) == bool(is_dst):
        return other
    return date - _HOUR if is_dst else date + _HOUR


def _seconds(host: Emscripten, address: int, zone: tzinfo) -> int:
    fields = read_tm(host, address)
    try:
        date = _disambiguated(_date(fields, zone), fields[8])
        time = (date - _EPOCH) // timedelta(seconds=1)
        normal = (_EPOCH + timedelta(seconds=time)).astimezone(zone)
    except (OverflowError, ValueError):
        return -1
    _write_tm(host, address, normal)
    return time


@env("jp")
def _mktime_js(host: Emscripten, address: int) -> int:
    return _seconds(host, address, host.timezone)


@env("jp")
def _timegm_js(host: Emscripten, address: int) -> int:
    return _seconds(host, address, timezone.utc)


@env("vpppp vppp")
def _tzset_js(
    host: Emscripten, seconds_west: int, has_summer: int, standard: int, summer: Optional[int] = None
) -> None:
    """The names go to two buffers; in older modules to an array of two pointers, for which memory is allocated."""
    guest = host.guest
    year = (_EPOCH + timedelta(seconds=seconds_now(host))).year
    dates = [datetime(year, month, 1, tzinfo=host.timezone) for month in (1, 7)]
    dates.sort(key=lambda date: date.utcoffset() or timedelta())
    offsets = [date.utcoffset() or timedelta() for date in dates]
    guest.write_pointer(seconds_west, -int(offsets[0].total_seconds()))
    guest.write_integer(has_summer, 4, int(offsets[0] != offsets[1]))
    names = [date.tzname() or "UTC" for date in dates]
    buffers = (standard, summer) if summer is not None else _allocated_names(host, standard)
    for buffer, name in zip(buffers, names):
        guest.write_text(buffer, name, _LONGEST_NAME + 1)


def _allocated_names(host: Emscripten, pointers: int) -> tuple[int, int]:
    """Two buffers, whose addresses are in the array."""
    size = _LONGEST_NAME + 1
    start: int = host.export("malloc", "pp")(2 * size)
    host.guest.write_pointer(pointers, start)
    host.guest.write_pointer(pointers + host.guest.pointer_size, start + size)
    return start, start + size
