"""The decorator that turns a documented generator into a probe."""

import inspect
from collections.abc import Callable

from compat.core.model import Cell, Check, Needs, Probe


class SkipProbeError(Exception):
    """Raised by ``Session.skip`` to end a probe without an answer; carries the reason."""


def probe(
    identifier: str,
    *,
    family: str,
    needs: Needs | None = None,
    model: str = "",
    cells: tuple[Cell, ...] = (),
) -> Callable[[Check], Probe]:
    """Declare the decorated generator as the probe ``identifier``.

    The decorator returns a value and registers nothing; :func:`compat.core.collect.collect` finds
    it. The docstring is the manual page, its first line the title: a claim that can be true or
    false. With ``cells`` it is asked once for each, about ``model``. Raises ``ValueError`` where
    there is no docstring.
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
            model=model,
            cells=cells,
        )

    return declare
