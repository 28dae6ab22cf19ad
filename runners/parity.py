"""Compares each operation of a tiny render with wider precision, and names the guilty one."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from compat.core.codec import from_data, to_data
from compat.core.model import (
    Finding,
    Outcome,
    Place,
    ProbeResult,
    Severity,
    Target,
)
from compat.identify.identify import identify
from runners.engine import OPEN_SECONDS, RENDER_SECONDS
from runners.engines.messages import ClipRequest
from runners.engines.parity_messages import Divergence, ParityAnswer, ParityRequest
from runners.preflight.clip_request import request_of, smallest_size
from runners.process import RemoteError, Worker, WorkerDiedError
from runners.session import Session

PROBE = "parity"
"""Under which id the results stand in the evidence store."""

DTYPES = ("bfloat16", "float16")
"""Both halves: float16 has eight times finer steps and shows errors of 1 %, bfloat16 is what
models are rendered in and takes other kernels."""

STEPS = 2
"""One step cannot show that a step's output can be the next one's input."""

Progress = Callable[[str, int], None]


def parity(
    session: Session, dtypes: Sequence[str], progress: Progress = lambda _dtype, _count: None
) -> Iterator[ProbeResult]:
    """Yield one result per dtype: PASS, FAIL with the divergences in order, or ERROR.

    ``progress`` is told the dtype and how many operations were compared so far. A result that
    compared nothing is an ERROR, never a pass.
    """
    for dtype in dtypes:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield _result(session, dtype, Path(folder), progress)


def _result(session: Session, dtype: str, folder: Path, progress: Progress) -> ProbeResult:
    began = datetime.now(UTC)
    blank = ProbeResult(
        probe=PROBE,
        target=Target(device=session.device, model=str(session.folder), dtype=dtype),
        outcome=Outcome.ERROR,
        started_at=began.isoformat(timespec="milliseconds"),
        environment=session.environment.fingerprint,
    )
    try:
        with Worker("parity", log=folder / "worker.log") as worker:
            answer = _ask(worker, session, dtype, folder, progress)
    except RemoteError as exc:
        return replace(blank, reason=str(exc))
    except WorkerDiedError as exc:
        return replace(blank, reason=str(exc), crash=exc.crash)
    if not answer.compared:
        return replace(blank, reason="no operation could be compared")
    return replace(
        blank,
        outcome=Outcome.FAIL if answer.found else Outcome.PASS,
        findings=tuple(_finding(divergence) for divergence in answer.divergences),
        measures=measures_of(answer),
        seconds=answer.seconds,
    )


def _ask(
    worker: Worker, session: Session, dtype: str, folder: Path, progress: Progress
) -> ParityAnswer:
    opened = replace(session.engine.request, dtype=dtype)
    worker.call("open", to_data(opened), seconds=OPEN_SECONDS)

    def told(message: Mapping[str, object]) -> None:
        count = message.get("compared")
        if isinstance(count, int):
            progress(dtype, count)

    request = ParityRequest(clip=smallest_clip(session, folder))
    data = worker.call("parity", to_data(request), seconds=RENDER_SECONDS, on_progress=told)
    return from_data(ParityAnswer, data)


def smallest_clip(session: Session, folder: Path) -> ClipRequest:
    """The smallest clip that the model's own rules allow, in two steps."""
    size = smallest_size(session.plan, identify(session.folder).traits, STEPS)
    return request_of(session.plan, size, folder, "clip", steps=STEPS)


def measures_of(answer: ParityAnswer) -> dict[str, object]:
    """What the evidence keeps of an answer."""
    return {
        "compared": answer.compared,
        "found": answer.found,
        "worst_eps": dict(answer.worst_eps),
        "not_compared": dict(answer.not_compared),
    }


def _finding(found: Divergence) -> Finding:
    return Finding(
        rule="parity-divergence",
        severity=Severity.HIGH,
        message=sentence(found),
        place=Place(kind="module", path=found.module or "the pipeline", detail=found.source),
        remedy="look for a known failure with framegate explain, update the framework, or run this "
        "part on the processor",
        evidence=to_data(found),
    )


def sentence(found: Divergence) -> str:
    """One line: the operation, what it was given, and how far it is off."""
    given = f" of {', '.join(found.inputs[:3])}" if found.inputs else ""
    if found.problem:
        return f"{found.operation}{given} is wrong: {found.problem}"
    host = (
        "" if found.host_eps is None else f"; the processor itself is off by {found.host_eps:.2g}"
    )
    return (
        f"{found.operation}{given} is off by {found.error_eps:.3g} eps of {found.dtype}, expected "
        f"at most {found.limit_eps:g}{host}"
    )
