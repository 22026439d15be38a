"""What ``gc.wat`` does, written by hand in Python."""

from __future__ import annotations

from typing import Optional


class Node:
    __slots__ = ("next", "value")

    def __init__(self, value: int, next: Optional[Node]) -> None:
        self.value = value
        self.next = next


class Tree:
    __slots__ = ("left", "right")

    def __init__(self, left: Optional[Tree] = None, right: Optional[Tree] = None) -> None:
        self.left = left
        self.right = right


class Shape:
    __slots__ = ("area",)

    def __init__(self, area: int) -> None:
        self.area = area


class Circle(Shape):
    __slots__ = ()


class Square(Shape):
    __slots__ = ()


class Cube(Square):
    __slots__ = ()


def linked_list(count: int) -> int:
    """Make a list of so many nodes, then add up what they hold."""
    head = None
    for value in range(count, 0, -1):
        head = Node(value, head)
    total = 0
    while head is not None:
        total += head.value
        head = head.next
    return total & 0xFFFFFFFF


def tree(depth: int) -> int:
    """Make a binary tree, then count its nodes."""
    return _count(_grow(depth))


def _grow(depth: int) -> Tree:
    return Tree(_grow(depth - 1), _grow(depth - 1)) if depth else Tree()


def _count(node: Optional[Tree]) -> int:
    return 0 if node is None else 1 + _count(node.left) + _count(node.right)


def casts(count: int) -> int:
    """Look at three shapes in turn, each time for which of two types it is."""
    a: Shape = Circle(1)
    b: Shape = Cube(2)
    c: Shape = Shape(3)
    total = 0
    for _ in range(count):
        if isinstance(a, Circle):
            total += a.area
        elif isinstance(a, Square):
            total += 2 * a.area
        else:
            total += 3 * a.area
        a, b, c = b, c, a
    return total & 0xFFFFFFFF


def sieve(limit: int) -> int:
    """Count the primes below a limit."""
    prime = [1] * limit
    count = 0
    for number in range(2, limit):
        if prime[number]:
            count += 1
            for multiple in range(2 * number, limit, number):
                prime[multiple] = 0
    return count
