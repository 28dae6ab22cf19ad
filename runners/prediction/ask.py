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
from runners.prediction.published import published_clip
from runners.prediction.recipe import CORES, Found, find_recipe
from runners.process import RemoteError, Worker, WorkerDiedError
from runners.second_opinion import QUIET

IMPORT_SECONDS = 300.0
"""Importing torch and diffusers from a cold disk."""

SIZES = ("tiny", "real")
SIZE_KEYS = ("video.width", "video.height", "window.frames")
"""Keys of a plan that say how much is rendered at once."""

DTYPES = {"bfloat16": "BF16", "float16": "F16", "float32": "F32"}
TORCH_KINDS = {"rocm": "cuda", "mlx": "mps"}
"""What torch calls an AMD card; a port to MLX is taken for what runs on the same Mac."""

FLOATS = ("", "F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2")
"""Dtypes of storage whose weights a pass makes itself; all others are packed or quantised."""

READERS = {
    (True, "safetensors"): "mlx-safetensors", (True, "gguf"): "mlx-gguf",
    (False, "safetensors"): "safetensors-torch", (False, "gguf"): "diffusers-gguf",
}  # fmt: skip
"""Who reads the files, by (on MLX, container)."""

FIRST_BF16 = 8.0
"""Compute capability from which a card has bfloat16 arithmetic (Ampere)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked: ``storage`` overrides the dtype the weights are kept in, "" for as they are.

    ``unsaid`` are the keys of the plan that nobody gave (of :data:`SIZE_KEYS`): there a published
    model is asked about at its publisher's. ``seconds`` is the time limit of each pass, ``python``
    the interpreter that has diffusers.
    """

    plan: RenderPlan
    asked: Asked
    storage: str = ""
    unsaid: frozenset[str] = frozenset()
    seconds: float = 300.0
    python: Path | None = None


def ask(wanted: Wanted) -> tuple[Prediction, Wanted]:
    """The prediction, and what was asked with the version of torch and the size that were assumed.

    ``NothingCheckedError`` where no pass could be run, ``UsageError`` where the model or the
    interpreter is not there.
    """
    found = find_recipe(wanted.plan.model.path)
    wanted = _sized(wanted, found)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        passes, installed = _passes(wanted, found, Path(folder) / "worker.log")
    if not any(seen.calls for seen in passes):
        reasons = "; ".join(dict.fromkeys(seen.stopped for seen in passes))
        late = "no answer within" in reasons
        raise NothingCheckedError(
            f"no pass could be run: {reasons[:600]}",
            "give it more time: --timeout SECONDS"
            if late
            else "take a diffusers that has this pipeline: --python PATH names its interpreter",
        )
    if not wanted.asked.torch:
        wanted = replace(wanted, asked=replace(wanted.asked, torch=installed))
    return predict(passes, wanted.asked), wanted


def _sized(wanted: Wanted, found: Found) -> Wanted:
    """The same at the publisher's size where nobody gave one."""
    clip = published_clip(found.published)
    if clip is None:
        return wanted
    plan = wanted.plan
    said = (plan.video.width, plan.video.height, plan.window.frames)
    width, height, frames = (
        theirs if key in wanted.unsaid else ours
        for key, ours, theirs in zip(SIZE_KEYS, said, clip, strict=True)
    )
    video = replace(plan.video, width=width, height=height)
    window = replace(plan.window, frames=frames)
    return replace(wanted, plan=replace(plan, video=video, window=window))


def _as_stored(seen: Seen, wanted: Wanted, found: Found) -> Seen:
    """What was seen with what the files hold: packed weights stay packed on the device."""
    packed = found.storage not in FLOATS and not wanted.storage
    weights = dict(seen.weights)
    core = next((name for name in CORES if name in weights), "")
    notes = list(seen.notes)
    if packed and core and found.stored:
        weights[core] = min(weights[core], sum(found.stored.values()))
        notes.append(f"weights kept as {found.storage} are counted as they are, and how they are "
                     "unpacked for each layer is not run")  # fmt: skip
    return replace(
        seen,
        weights=weights,
        notes=tuple(notes),
        stored=tuple(sorted(found.stored)),
        reader=READERS.get((wanted.asked.kind == "mlx", found.container), ""),
    )


def _passes(wanted: Wanted, found: Found, log: Path) -> tuple[list[Seen], str]:
    with _Bench(wanted.python, log) as bench:
        versions = bench.versions()
        seen = [bench.run(_request(wanted, found, size), wanted.seconds) for size in SIZES]
    diffusers = f"what runs is diffusers {versions['diffusers']}"
    first = replace(seen[0], notes=(*found.notes, diffusers, *seen[0].notes))
    return [_as_stored(one, wanted, found) for one in (first, *seen[1:])], str(versions["torch"])


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
        kind=TORCH_KINDS.get(asked.kind, asked.kind),
        size=size,
        dtype=compute_dtype(plan.model.dtype, asked),
        # Other storage dtypes are what the loader converts from, and never reach the device.
        storage=storage if storage.startswith("F8") else "",
        capability=asked.capability,
        arch=asked.arch,
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
