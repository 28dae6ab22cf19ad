"""The two nouns of a safetensors header as it is read: an entry, and the table of all of them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from compat.core.model import Finding

Size = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""No file has 2**63 bytes; the reference reader takes numbers up to 2**64 and refuses
them later."""

MOST_DIMENSIONS = 100
"""torch and numpy stop at 64; a thousand-sided shape only makes the product of its sides costly."""

Shape = Annotated[tuple[Size, ...], msgspec.Meta(max_length=MOST_DIMENSIONS)]


class Entry(msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """One entry as the format describes it; offsets count from the end of the header."""

    dtype: str
    shape: Shape
    data_offsets: tuple[Size, Size]


@dataclass(slots=True)
class Table:
    """Every entry in the order of the header, repeated names included.

    ``plain`` says that the text holds nothing out of the ordinary: no escape, no repeated key, no
    slash. ``complete`` is False where an entry could not be read, so that gaps between the others
    say nothing; ``readable`` is False where reading stopped.
    """

    entries: Collection[tuple[str, Entry]] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    plain: bool = False
    complete: bool = True
    readable: bool = True
