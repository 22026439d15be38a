"""Views of a segment whose bounds lie in the segment: a growth by any process moves them in all, at once.

An overlapping view (see views.py) asks ``shape[0]`` how many elements it has, and the shape is found through a pointer
in the view object. Here that pointer leads into the segment. An access then costs what it costs in any memory, and
there is nothing to be told to the other processes, nor to be looked up when an access fails.

Each combination of width, offset and step has one bound, made by the first process that needs it. Plain views are
Python objects: they keep the bound that they know, and look at the segment before they refuse an access.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Optional

from .. import views
from ..errors import MemoryOutOfBounds
from .segment import BOUND_COUNT, BOUNDS, SIZE_IN_BYTES, Segment

#: So many bounds are kept for the views that begin at 0: one of each width.
_KEPT = 4


def bound(size: int, width: int, offset: int, step: int) -> int:
    """How many elements of a view lie in a memory of ``size`` bytes."""
    return max(0, (size + step - width - offset) // step)


def move(segment: Segment, size: int) -> None:
    """Set the bound of every view, then the size: all of it can be accessed. The mutex of growth is held."""
    table = segment.bounds
    for index in range(segment.words[BOUND_COUNT]):
        table[index * 4] = bound(size, *table[index * 4 + 1 : index * 4 + 4])
    segment.words[SIZE_IN_BYTES] = size


def typed_view(segment: Segment, code: str, offset: int = 0, step: int = 1) -> tuple[Any, views.Resize]:
    """A view of the memory in the segment, and what to do when this process makes it grow: nothing."""
    if views.chosen() is views.plain:
        return _plain_view(segment, code, offset, step)
    view, _ = views.chosen()(segment.region, code, 0, offset, step)
    place = _place(segment, view.itemsize, offset, step)
    if place is None:
        base, _ = typed_view(segment, code)
        return views.SteppedView(base, offset, step), _nothing
    from .._overlap import share_bound

    share_bound(view, segment.bound_address + place * 32)
    return view, _nothing


def _nothing(size: int) -> None:
    pass


def _place(segment: Segment, width: int, offset: int, step: int) -> Optional[int]:
    """Which of the bounds belongs to such views. None if there is none and no room for another one."""
    wanted = width, offset, step
    with segment.growing():
        table, count = segment.bounds, int(segment.words[BOUND_COUNT])
        for index in range(len(segment.places), count):
            segment.places[tuple(table[index * 4 + 1 : index * 4 + 4])] = index
        # The last ones are kept for the views without an offset, without which no others can be made.
        if wanted in segment.places or count >= BOUNDS - (_KEPT if offset or step != 1 else 0):
            return segment.places.get(wanted)
        for at, word in enumerate((bound(segment.words[SIZE_IN_BYTES], *wanted), *wanted)):
            table[count * 4 + at] = word
        segment.words[BOUND_COUNT] = count + 1
        segment.places[wanted] = count
        return count


def _plain_view(segment: Segment, code: str, offset: int, step: int) -> tuple[Any, views.Resize]:
    view = _shared_class(code)(segment.region, segment.words[SIZE_IN_BYTES])
    view.segment = segment
    stepped = offset or step != 1
    return (views.SteppedView(view, offset, step) if stepped else view), _nothing


@cache
def _shared_class(code: str) -> Any:
    """The class of plain views of a format that look for the size in the segment."""
    base: Any = views.plain_class(code)

    class SharedView(base):  # type: ignore[misc]
        __slots__ = ("segment",)

        def beyond(self, address: int) -> None:
            self.resize(self.segment.words[SIZE_IN_BYTES])
            if address > self._last:
                raise MemoryOutOfBounds

        def __len__(self) -> int:
            self.resize(self.segment.words[SIZE_IN_BYTES])
            return int(base.__len__(self))

    return SharedView
