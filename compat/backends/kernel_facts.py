"""Answers from the wheels which operations a version of torch can run on MPS."""

import functools
import json
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from compat.core.versions import satisfies


class Kernel(StrEnum):
    """Whether an operation runs there. UNKNOWN: the table does not reach to that version."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelTable:
    """One sign per version and operation, as tools/backend_facts reads it from the wheels.

    ``ops`` holds only operations that some version cannot run: "0" no, "1" yes, "-" not in that
    version. ``texts`` has "1" where the library holds that text, ``stores`` the dtypes that MPS
    says it takes.
    """

    torch: tuple[str, ...]
    ops: dict[str, str]
    texts: dict[str, str]
    stores: dict[str, tuple[str, ...]]

    def runs(self, op: str, version: str) -> Kernel:
        """Whether torch ``version`` runs ``op`` (without "aten::") on MPS.

        A version between two of the table has what both have; one after the last counts as the
        last. UNKNOWN where the two differ, or before the first.
        """
        row = self.ops.get(op)
        signs = {row[at] if row else "1" for at in self.around(version)}
        if signs == {"0"}:
            return Kernel.NO
        return Kernel.YES if signs and signs <= {"1", "-"} else Kernel.UNKNOWN

    def has_text(self, text: str, version: str) -> bool | None:
        """Whether the library of that version holds ``text``; None where that is not known."""
        signs = {self.texts[text][at] for at in self.around(version)}
        return signs == {"1"} if len(signs) == 1 else None

    def around(self, version: str) -> tuple[int, ...]:
        """Columns that bound ``version``: one for a version of the table, none before the first."""
        if satisfies(version, f"<{self.torch[0]}") is not False:
            return ()
        series = _series(version)
        for at, known in enumerate(self.torch):
            if _series(known) == series:
                return (at,)
            if satisfies(version, f"<{known}"):
                return (at - 1, at)
        return (len(self.torch) - 1,)

    def reaches(self, version: str) -> bool:
        """Whether ``version`` is not newer than what was read."""
        last = self.torch[-1]
        return _series(version) == _series(last) or satisfies(version, f"<={last}") is True


def _series(version: str) -> list[str]:
    return version.partition("+")[0].split(".")[:2]


@functools.cache
def kernel_table() -> KernelTable:
    """The shipped table."""
    home = resources.files("compat.backends.facts")
    data: dict[str, Any] = json.loads(home.joinpath("mps_kernels.json").read_text("utf-8"))
    return KernelTable(
        torch=tuple(data["torch"]),
        ops=data["ops"],
        texts=data["texts"],
        stores={version: tuple(words) for version, words in data["stores"].items()},
    )
