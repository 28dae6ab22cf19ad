"""Parts of tensors whose bytes are no weights at all."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.formats.deep.census import Census
from compat.formats.wording import damage, quoted

WHAT = {
    "noise": "evenly spread bytes, as of compressed, encrypted or shifted data",
    "text": "printable text",
    "filler": "one byte over and over, as a program fills what it has not got",
    "values": "values above 8.6e9, as of bytes of another type",
}
MOST_NAMES = 16


def foreign_bytes(path: Path, census: Census) -> Iterator[Finding]:
    """Bytes of something else in place of weights: a mixed-up or overwritten download."""
    foreign = [(t, s) for t, s in census.seen() if s.foreign_bytes]
    if not foreign:
        return
    tensor, sight = max(foreign, key=lambda seen: seen[1].foreign_bytes)
    total = sum(seen.foreign_bytes for _, seen in foreign)
    what = WHAT.get(sight.foreign_kind, "bytes of another kind")
    yield damage(
        "weights-implausible",
        path,
        f"{total} bytes in {len(foreign)} tensor(s) are no weights; most in {quoted(tensor.name)}, "
        f"from byte {sight.foreign_from} to {sight.foreign_to}: {what}",
        remedy="download again and compare the hash; parts of the file belong to something else, "
        "or the tensor's type is not what the header says",
        detail=f"byte {sight.foreign_from}",
        foreign_bytes=total,
        not_finite=sum(seen.not_finite for _, seen in foreign),
        above_2_to_33=sum(seen.beyond for _, seen in foreign),
        tensors={
            quoted(t.name): {
                "kind": s.foreign_kind,
                "from": s.foreign_from,
                "to": s.foreign_to,
                "bytes": s.foreign_bytes,
            }
            for t, s in foreign[:MOST_NAMES]
        },
    )
