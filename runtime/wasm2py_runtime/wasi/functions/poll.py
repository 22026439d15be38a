"""Waiting: ``poll_oneoff``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple, Optional

from ..descriptors import Use
from ..errno import Errno, WasiError
from ..flags import CLOCK_ABSTIME, EVENT_HANGUP, ClockId, EventType, Rights
from ..nodes import Node, refuse
from ..records import EVENT, SUBSCRIPTION, SUBSCRIPTION_FD
from ..registry import U32, Pointer, wasi_function
from ..waiting import HANGUP, READABLE, WRITABLE, wait_for

if TYPE_CHECKING:
    from ..host import Caller

#: More subscriptions than this make no sense.
_MOST = 4096
#: The host waits at most so long at once, in nanoseconds.
_LONGEST = 3600 * 10**9


class Subscription(NamedTuple):
    userdata: int
    type: int
    clock: int
    timeout: int
    absolute: bool
    fd: int


class Event(NamedTuple):
    """What happened to a subscription."""

    subscription: Subscription
    error: Errno = Errno.SUCCESS
    available: int = 0
    flags: int = 0


@wasi_function
def poll_oneoff(caller: Caller, subscriptions: Pointer, events: Pointer, count: U32, result: Pointer) -> None:
    """Wait until something that was subscribed to happens. Everything that has happened by then is reported."""
    size = caller.layout.subscription.size
    caller.guest.view(subscriptions, count * size)
    caller.guest.view(events, count * EVENT.size)
    caller.guest.view(result, 4)
    if not 0 < count <= _MOST:
        refuse(Errno.EINVAL)
    wanted = [_subscription(caller, subscriptions + number * size) for number in range(count)]
    happened = _wait(caller, wanted)
    for number, event in enumerate(happened):
        asked = event.subscription
        fields = asked.userdata, event.error, asked.type, event.available, event.flags
        caller.guest.pack(EVENT, events + number * EVENT.size, *fields)
    caller.guest.pack_u32(result, len(happened))


def _subscription(caller: Caller, address: int) -> Subscription:
    userdata, type = caller.guest.unpack(SUBSCRIPTION, address)
    clock, timeout, _, flags = caller.guest.unpack(caller.layout.subscription, address)
    (fd,) = caller.guest.unpack(SUBSCRIPTION_FD, address)
    if type > EventType.FD_WRITE or (type == EventType.CLOCK and flags & ~CLOCK_ABSTIME):
        refuse(Errno.EINVAL)
    return Subscription(userdata, type, clock, timeout, bool(flags), fd)


def _wait(caller: Caller, wanted: Sequence[Subscription]) -> list[Event]:
    """Everything that happens first. A subscription to what there is not is over at once, with an error."""
    with ExitStack() as uses:
        events: list[Event] = []
        alarms: list[tuple[int, Subscription]] = []
        nodes: list[tuple[Node, Subscription]] = []
        for subscription in wanted:
            try:
                if subscription.type == EventType.CLOCK:
                    alarms.append((_remaining(caller, subscription), subscription))
                else:
                    nodes.append((uses.enter_context(_used(caller, subscription)).node, subscription))
            except WasiError as error:
                events.append(Event(subscription, error.errno))
        timeout = 0 if events else min([remaining for remaining, _ in alarms], default=None)
        events += _ready(caller, nodes, timeout)
        passed = 0 if events else timeout or 0
        return events + [Event(alarm) for remaining, alarm in alarms if remaining <= passed]


def _remaining(caller: Caller, subscription: Subscription) -> int:
    """How many nanoseconds are left."""
    if subscription.clock not in (ClockId.REALTIME, ClockId.MONOTONIC):
        refuse(Errno.ENOTSUP)
    if not subscription.absolute:
        return subscription.timeout
    return max(0, subscription.timeout - caller.wasi.config.clock(subscription.clock))


def _used(caller: Caller, subscription: Subscription) -> Use[Node]:
    needed = Rights.FD_READ if subscription.type == EventType.FD_READ else Rights.FD_WRITE
    use = caller.descriptors.use(subscription.fd, Node)
    if not use.descriptor.rights & (Rights.POLL_FD_READWRITE | needed):
        use.__exit__(None, None, None)
        refuse(Errno.ENOTCAPABLE)
    return use


def _ready(caller: Caller, nodes: Sequence[tuple[Node, Subscription]], timeout: Optional[int]) -> list[Event]:
    """What can be read or written, if need be after waiting for so many nanoseconds (None: without end)."""
    handles: dict[int, list[tuple[Node, Subscription]]] = {}
    ready: list[Event] = []
    for node, subscription in nodes:
        handle = node.fileno()
        if handle is None:
            ready.append(_event(node, subscription, 0))
        else:
            handles.setdefault(handle, []).append((node, subscription))
    for handle, flags in _waited(caller, handles, 0 if ready else timeout):
        ready += [_event(node, asked, flags) for node, asked in handles[handle] if flags & _awaited(asked)]
    return ready


def _awaited(subscription: Subscription) -> int:
    return (READABLE if subscription.type == EventType.FD_READ else WRITABLE) | HANGUP


def _event(node: Node, subscription: Subscription, flags: int) -> Event:
    available = node.available() if subscription.type == EventType.FD_READ else 0
    return Event(subscription, Errno.SUCCESS, available, EVENT_HANGUP if flags & HANGUP else 0)


def _waited(
    caller: Caller, handles: dict[int, list[tuple[Node, Subscription]]], timeout: Optional[int]
) -> list[tuple[int, int]]:
    """Which handles are ready for what, after waiting for at most so many nanoseconds."""
    wanted = dict.fromkeys(handles, 0)
    for handle, group in handles.items():
        for _, subscription in group:
            wanted[handle] |= _awaited(subscription) & ~HANGUP
    found = wait_for(wanted, 0)
    while not found and timeout != 0:
        portion = _LONGEST if timeout is None else min(timeout, _LONGEST)
        found = _pause(caller, wanted, portion, timeout is None)
        timeout = None if timeout is None else timeout - portion
    return found


def _pause(caller: Caller, wanted: dict[int, int], duration: int, endless: bool) -> list[tuple[int, int]]:
    """Wait for a while. Where sleep is replaced, time is not what the system takes it for: it decides how long."""
    sleep = caller.wasi.config.sleep
    if wanted and (endless or sleep is time.sleep):
        return wait_for(wanted, duration)
    sleep(duration / 1e9)
    return wait_for(wanted, 0)
