"""Reads the parts of a gguf header one after the other and keeps where each of them begins."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from compat.formats.dtypes import GGML_TYPES
from compat.formats.gguf_cursor import Cursor, NonsenseError, Value
from compat.formats.wording import quoted

DEFAULT_ALIGNMENT = 32  # GGUF_DEFAULT_ALIGNMENT
MOST_DIMENSIONS = 8
"""More than ggml's four: ComfyUI-GGUF writes five (its fix_5d_tensors.py); above is nonsense."""

LONGEST_TENSOR_NAME = 1024
SMALLEST_ENTRY = 8 + 0 + 4 + 0 + 4 + 8  # name length, name, dimension count, type, offset
SMALLEST_PAIR = 8 + 1 + 4 + 1  # key length, key, type, one byte of value
MOST_TENSORS = 65_536
"""Bounds memory on hostile files; experts are stacked in gguf, so published files have 5,000."""

MOST_PAIRS = 65_536
"""Bounds time on hostile files; published files have fewer than 2,000."""

MOST_KEY_LETTERS = 8 << 20
"""Bounds memory on hostile files, for all keys together."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One metadata entry; ``at`` is the byte where it begins."""

    key: str
    value: Value
    at: int
    good_key: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor as the header declares it; ``offset`` counts from the begin of the data.

    ``sides`` has the fastest dimension first, as the file has. ``at`` is the byte where it begins.
    """

    name: str
    sides: tuple[int, ...]
    kind: int
    offset: int
    at: int
    good_name: bool = True

    @property
    def elements(self) -> int:
        """Number of values, 1 for a scalar; may be beyond 64 bits."""
        product = 1
        for side in self.sides:
            product *= side
        return product

    @property
    def nbytes(self) -> int | None:
        """Bytes the values take, None for a type that ggml does not have."""
        known = GGML_TYPES.get(self.kind)
        if known is None:
            return None
        _, per_block, block_bytes = known
        return self.elements // per_block * block_bytes

    @property
    def dtype(self) -> str:
        """Name of the ggml type, TYPE_99 for one that ggml does not have."""
        known = GGML_TYPES.get(self.kind)
        return known[0] if known else f"TYPE_{self.kind}"


@dataclass(slots=True)
class Parts:
    """What was read of a header, and where it ended; sizes in bytes."""

    tensors: int
    pairs: int
    metadata: list[Pair] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    end: int = 0

    @property
    def alignment(self) -> int | None:
        """What data and tensors are aligned to; None where the file says what no reader takes."""
        named = [pair for pair in self.metadata if pair.key == "general.alignment"]
        if not named:
            return DEFAULT_ALIGNMENT
        value = named[0].value
        number = int(value.text) if value.kind == "uint32" else 0
        return number if number > 0 and number & (number - 1) == 0 else None

    @property
    def data_start(self) -> int:
        """The byte where the data begins; only where the alignment is right."""
        alignment = self.alignment or DEFAULT_ALIGNMENT
        return -(-self.end // alignment) * alignment


def read_pairs(cursor: Cursor, count: int) -> Iterator[Pair]:
    """Read ``count`` metadata entries."""
    letters = 0
    for _ in range(count):
        at = cursor.position
        raw = cursor.name()
        letters += len(raw)
        if letters > MOST_KEY_LETTERS:
            message = f"the keys of the metadata have more than {MOST_KEY_LETTERS} letters"
            raise NonsenseError("gguf-header-bomb", f"{message}: no model's have", at)
        if not raw:
            raise NonsenseError("gguf-bad-name", "a metadata entry has an empty name", at)
        key, good = _decoded(raw)
        yield Pair(key, cursor.value(cursor.number(4)), at, good)


def read_entries(cursor: Cursor, count: int) -> Iterator[Entry]:
    """Read ``count`` tensor entries."""
    for _ in range(count):
        at = cursor.position
        name, good = _decoded(cursor.name(LONGEST_TENSOR_NAME))
        dimensions = cursor.number(4)
        if dimensions > MOST_DIMENSIONS:
            message = f"tensor {quoted(name)} has {dimensions} dimensions, ggml takes at most 4"
            raise NonsenseError("gguf-bad-dimensions", message, at)
        sides = cursor.numbers(dimensions)
        yield Entry(name, sides, cursor.number(4), cursor.number(8), at, good)


def _decoded(raw: bytes) -> tuple[str, bool]:
    try:
        return raw.decode("utf-8"), True
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), False
