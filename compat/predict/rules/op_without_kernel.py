"""Operations that the device has no kernel for."""

from collections import defaultdict
from collections.abc import Iterator

from compat.backends.kernel_facts import Kernel, kernel_table
from compat.backends.known_bugs import bug_book
from compat.core.model import Confidence, Finding
from compat.core.versions import satisfies
from compat.predict.model import Asked, Expected, OpSeen, Seen
from compat.predict.rule import found, rule

FALLBACK_SWITCH = (
    "set PYTORCH_ENABLE_MPS_FALLBACK=1, which runs it on the CPU, or take a newer torch"
)


@rule("op-without-kernel")
def op_without_kernel(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """An operation without a kernel is an error on MPS, or a detour over the CPU.

    A few operations take the detour by themselves, with a warning; for all others the user has to
    allow it. Of a torch older than the table nothing is said here: the prediction says so once.
    """
    if asked.kind != "mps" or not kernel_table().around(asked.torch):
        return
    by_name: dict[str, list[OpSeen]] = defaultdict(list)
    for op in seen.ops:
        by_name[op.op.removeprefix("aten::")].append(op)
    for name, ops in sorted(by_name.items()):
        match kernel_table().runs(name, asked.torch):
            case Kernel.NO:
                yield _missing(name, ops, asked)
            case Kernel.UNKNOWN:
                yield _unclear(name, ops, asked)


def _missing(name: str, ops: list[OpSeen], asked: Asked) -> Finding:
    source = falls_back(name, asked)
    if source:
        return found(
            "cpu-fallback",
            Expected.SLOW,
            ops,
            f"{name} has no kernel on MPS in torch {asked.torch} and runs on the CPU by itself",
            remedy="take a newer torch where this is too slow",
            source=source,
        )
    return found(
        "op-without-kernel",
        Expected.FAILS,
        ops,
        f"{name} has no kernel on MPS in torch {asked.torch}",
        remedy=FALLBACK_SWITCH,
        error=f"The operator 'aten::{name}' is not currently implemented for the MPS device.",
        source="native_functions.yaml of the macOS wheel",
    )


def _unclear(name: str, ops: list[OpSeen], asked: Asked) -> Finding:
    return found(
        "op-without-kernel",
        Expected.UNKNOWN,
        ops,
        f"{name} has a kernel on MPS in some versions; for torch {asked.torch} it is not known",
        remedy=f"name a version that is known: {', '.join(kernel_table().torch)}",
        confidence=Confidence.LOW,
    )


def falls_back(name: str, asked: Asked) -> str:
    """The source by which this operation goes over the CPU by itself; "" where it does not."""
    for entry in bug_book().fallbacks:
        fits = not entry.torch or satisfies(asked.torch, entry.torch)
        if entry.device == asked.kind and name in entry.ops and fits:
            return entry.source
    return ""
