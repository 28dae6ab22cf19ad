"""Holds the files of one set against each other with every rule."""

from collections.abc import Mapping, Sequence
from functools import cache

from compat.core.collect import collect
from compat.core.model import Finding
from compat.identify.pairing.model import Asked, Identified, Rule, gather


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by id."""
    return collect("compat.identify.pairing.rules", Rule)


def pair(files: Sequence[Identified], asked: Asked | None = None) -> tuple[Finding, ...]:
    """Every finding on how ``files`` fit each other, worst first.

    Looks at nothing but what is in ``files``. What is unknown takes part in no rule: who asks must
    say so, an empty answer about unknown files is no pass.
    """
    gathered = gather(files, asked or Asked())
    found = [finding for rule in rules().values() for finding in rule.check(gathered)]
    return tuple(sorted(found, key=lambda finding: -finding.severity.rank))
