"""What a pickle would build and import, as symbols: names, calls, dictionaries, references."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Global:
    """A name that unpickling would import; ``position`` is the byte of its first opcode."""

    module: str
    name: str
    position: int

    def __str__(self) -> str:
        """Write it as Python does."""
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Pairs:
    """A dictionary as the pairs that were put in, in order; keys need not be hashable."""

    items: list[tuple[Any, Any]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Call:
    """What calling ``function`` with ``arguments`` would give, and what was done to it then."""

    function: Any
    arguments: Any
    pairs: Pairs = field(default_factory=Pairs)
    state: Any = None


@dataclass(frozen=True, slots=True)
class Persistent:
    """A reference to data outside the pickle: in torch's files a storage."""

    key: Any


@dataclass(frozen=True, slots=True)
class Nested:
    """A byte string inside the pickle that itself begins like one.

    It lies in the file from ``start`` to ``end``; ``data`` is its content where the pickle holds it
    in another encoding.
    """

    start: int
    end: int
    data: bytes | None = None


@dataclass(slots=True)
class Trace:
    """What one pickle would do. ``broken`` and ``limit`` say why it was not read to its end.

    ``cut`` tells that it is broken because its bytes end. ``refused`` is the first opcode that
    torch.load does not take by default, and its position.
    """

    result: Any = None
    globals: dict[tuple[str, str], Global] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    extensions: list[tuple[int, int]] = field(default_factory=list)
    persistent: list[Persistent] = field(default_factory=list)
    nested: list[Nested] = field(default_factory=list)
    start: int = 0
    end: int = 0
    opcodes: int = 0
    broken: str = ""
    limit: str = ""
    cut: bool = False
    refused: tuple[str, int] | None = None

    @property
    def whole(self) -> bool:
        """Whether the pickle was read to its STOP."""
        return not self.broken and not self.limit


MARK = object()
"""What the MARK opcode leaves on the stack."""

UNKNOWN = object()
"""Something that is not looked into, such as a buffer outside the pickle."""
