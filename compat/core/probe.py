"""The decorator that turns a documented generator into a probe."""

import inspect
from collections.abc import Callable

from compat.core.model import Check, Needs, Probe


class SkipProbeError(Exception):
    """Raised by ``Session.skip`` to end a probe without an answer; carries the reason."""


def probe(identifier: str, *, family: str, needs: Needs | None = None) -> Callable[[Check], Probe]:
    """Declare the decorated generator as the probe ``identifier``.

    The decorator returns a value and registers nothing; :func:`compat.core.collect.collect` finds
    it. The docstring is the manual page, its first line the title: a claim that can be true or
    false. Raises ``ValueError`` where there is no docstring.
    """

    def declare(check: Check) -> Probe:
        doc = inspect.getdoc(check)
        if not doc:
            raise ValueError(f"probe {identifier} has no docstring; it is the user's manual page")
        return Probe(
            id=identifier,
            family=family,
            title=doc.splitlines()[0],
            doc=doc,
            needs=needs or Needs(),
            check=check,
        )

    return declare
