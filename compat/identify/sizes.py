"""How large the published model would be in the dtypes found, against how large the file is."""

from collections.abc import Iterable

from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.wording import byte_numbers, damage
from compat.identify.model import UNKNOWN, Identification
from compat.identify.view import View

TOLERANCE = 0.9
"""Least share of the expected size; sizes of published files differ by up to 6 % from what their
parameters give (bundled buffers, mixed precision), measured over the models known here."""


def expected_bytes(view: View, published: int, *, uncounted: bool) -> int:
    """Bytes of ``published`` values in the mix of dtypes that ``view`` is stored in.

    0 where nobody counted the published model, and where ``uncounted`` says that the values found
    cannot be counted, or are only part of it on purpose.
    """
    values = view.parameters
    if not published or not values or uncounted:
        return 0
    return stored_bytes(view) * published // values


def stored_bytes(view: View) -> int:
    """Bytes that the tensors take in the file."""
    return sum(max(0, tensor.end - tensor.start) for tensor in view.values())


def size_findings(header: Header, found: Identification) -> Iterable[Finding]:
    """Say where a model that was recognised is much smaller than the published one."""
    if found.id == UNKNOWN or not found.expected_bytes:
        return
    if header.file_size < found.expected_bytes * TOLERANCE:
        yield damage(
            "smaller-than-published",
            header.path,
            f"the file has {header.file_size} bytes, {found.id} in these dtypes has about "
            f"{found.expected_bytes}",
            remedy="compare size and hash with the publisher's; download again if they differ",
            severity=Severity.MEDIUM,
            evidence=byte_numbers(found.expected_bytes, header.file_size),
            parameters=found.parameters,
        )
