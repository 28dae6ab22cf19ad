"""Has a worker run the passes and holds what it saw against the facts."""

import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from compat.core.codec import from_data, to_data
from compat.core.errors import NothingCheckedError, UsageError
from compat.plan.model import RenderPlan
from compat.predict.model import Asked, Prediction, Seen
from compat.predict.predict import predict
from runners.engines.pretend.messages import PassRequest
from runners.prediction.recipe import Found, find_recipe
from runners.process import RemoteError, Worker, WorkerDiedError
from runners.second_opinion import QUIET

IMPORT_SECONDS = 300.0
"""Importing torch and diffusers from a cold disk."""

SIZES = ("tiny", "real")

NOT_RUN = "text encoders are not run, and their memory is not counted"

DTYPES = {"bfloat16": "BF16", "float16": "F16", "float32": "F32"}
FIRST_BF16 = 8.0
"""Compute capability from which a card has bfloat16 arithmetic (Ampere)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked: ``storage`` overrides the dtype the weights are kept in, "" for as they are.

    ``seconds`` is the time limit of each pass, ``python`` the interpreter that has diffusers.
    """

    plan: RenderPlan
    asked: Asked
    storage: str = ""
    seconds: float = 300.0
    python: Path | None = None


def ask(wanted: Wanted) -> tuple[Prediction, Asked]:
    """The prediction, and the device with the version of torch that was assumed.

    ``NothingCheckedError`` where no pass could be run, ``UsageError`` where the model or the
    interpreter is not there.
    """
    found = find_recipe(wanted.plan.model.path)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        passes, installed = _passes(wanted, found, Path(folder) / "worker.log")
    if not any(seen.calls for seen in passes):
        reasons = "; ".join(dict.fromkeys(seen.stopped for seen in passes))
        raise NothingCheckedError(
            f"no pass could be run: {reasons[:600]}",
            "take a diffusers that has this pipeline: --python PATH names its interpreter",
        )
    asked = wanted.asked if wanted.asked.torch else replace(wanted.asked, torch=installed)
    return predict(passes, asked), asked


def _passes(wanted: Wanted, found: Found, log: Path) -> tuple[list[Seen], str]:
    with _Bench(wanted.python, log) as bench:
        versions = bench.versions()
        seen = [bench.run(_request(wanted, found, size), wanted.seconds) for size in SIZES]
    diffusers = f"what runs is diffusers {versions['diffusers']}"
    first = replace(seen[0], notes=(*found.notes, diffusers, NOT_RUN, *seen[0].notes))
    return [first, *seen[1:]], str(versions["torch"])


class _Bench(AbstractContextManager["_Bench"]):
    """One warm worker, exchanged for a fresh one when a pass has killed it."""

    def __init__(self, python: Path | None, log: Path) -> None:
        self._python = python
        self._log = log
        self._worker: Worker | None = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._worker is not None:
            self._worker.close()

    def versions(self) -> dict[str, object]:
        """Versions of torch and diffusers; ``NothingCheckedError`` where one is not there."""
        try:
            versions = self._living().call("versions", {}, seconds=IMPORT_SECONDS)
        except (RemoteError, WorkerDiedError) as error:
            raise NothingCheckedError(f"the worker cannot import torch: {error}") from error
        if versions["missing"]:
            raise NothingCheckedError(
                f"nothing can be run: {versions['missing']}",
                "install framegate[diffusers], or name an interpreter that has it: --python PATH",
            )
        return versions

    def run(self, request: PassRequest, seconds: float) -> Seen:
        """One pass; how it ended where it gave no answer."""
        try:
            answer = self._living().call("pass", dict(to_data(request)), seconds=seconds)
        except (RemoteError, WorkerDiedError) as error:
            return Seen(size=request.size, stopped=" ".join(str(error).split()))
        return from_data(Seen, answer)

    def _living(self) -> Worker:
        if self._worker is None or not self._worker.alive:
            if self._worker is not None:
                self._worker.close()
            self._worker = self._started()
        return self._worker

    def _started(self) -> Worker:
        try:
            return Worker("predicting", log=self._log, python=self._python, environment=QUIET)
        except OSError as error:
            raise UsageError(f"{self._python} does not start: {error.strerror}") from error


def _request(wanted: Wanted, found: Found, size: str) -> PassRequest:
    plan, asked = wanted.plan, wanted.asked
    storage = wanted.storage or found.storage
    return PassRequest(
        recipe=found.recipe,
        kind=asked.kind,
        size=size,
        dtype=compute_dtype(plan.model.dtype, asked),
        # Other storage dtypes are what the loader converts from, and never reach the device.
        storage=storage if storage.startswith("F8") else "",
        capability=asked.capability,
        width=plan.video.width,
        height=plan.video.height,
        frames=plan.window.frames,
        guided=plan.sampling.guidance > 1,
    )


def compute_dtype(wanted: str, asked: Asked) -> str:
    """The plan's dtype as a safetensors word; "auto" is what a render would take there."""
    if wanted != "auto":
        return DTYPES[wanted]
    old = asked.capability is not None and asked.capability < FIRST_BF16
    return "F16" if old else "BF16"
