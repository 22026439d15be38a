"""What the generator knows of the place that it writes at: signatures, locals, labels."""

from __future__ import annotations

from dataclasses import dataclass, field

NUMBERS = ("i32", "i64", "f32", "f64")


@dataclass(frozen=True)
class Signature:
    params: tuple[str, ...]
    results: tuple[str, ...]

    def text(self) -> str:
        return f"{declaration('param', self.params)} {declaration('result', self.results)}"


@dataclass(frozen=True)
class Label:
    """A branch target: the types that a branch carries and, for a loop, the local that counts its rounds down."""

    name: str
    types: tuple[str, ...] = ()
    counter: str | None = None


@dataclass
class Scope:
    """The function being written."""

    name: str
    signature: Signature
    locals: dict[str, str] = field(default_factory=dict)
    #: locals that only loops write (their counters and induction variables), which expressions may read
    readonly: set[str] = field(default_factory=set)
    labels: list[Label] = field(default_factory=list)
    loops: int = 0
    _names: int = 0

    def fresh(self, prefix: str) -> str:
        self._names += 1
        return f"${prefix}{self._names}"

    def local(self, kind: str, prefix: str = "l") -> str:
        """A new local that only the caller writes."""
        name = self.fresh(prefix)
        self.locals[name] = kind
        self.readonly.add(name)
        return name

    def readable(self, kind: str) -> list[str]:
        return [name for name, its in self.locals.items() if its == kind and not name.startswith("$exact")]

    def writable(self, kind: str) -> list[str]:
        return [name for name in self.readable(kind) if name not in self.readonly]


def declaration(keyword: str, types: tuple[str, ...]) -> str:
    return f"({keyword} {' '.join(types)})" if types else ""
