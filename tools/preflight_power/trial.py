"""Runs one case: the preflight as shipped, and how far the fault moved the final frames."""

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from compat.core.job import GateState
from compat.core.model import Environment, Severity
from compat.store.store import Store
from runners.engines.messages import ClipRequest, OpenRequest
from runners.preflight.start import Options, start_preflight
from runners.session import Session
from tools.preflight_power.cases import Case, plan_of, tweak_of
from tools.preflight_power.edited_engine import EditedEngine
from tools.preflight_power.faults.fault import Target
from tools.preflight_power.faults.table import fault_named

Record = dict[str, Any]

MEASURES = (
    "verdict", "latent_std", "repeat_distance", "seed_distance", "prompt_distance",
    "round_trip_correlation", "scale_ratio", "probability", "psnr_db", "limit_db", "handed_units",
    "handed_psnr_db",
)  # fmt: skip
"""What is kept of the preflight's measures wherever it stands, beside what a check adds."""


TILES_CHANGE_SIZE = ("AutoencoderKLCogVideoX",)
"""With tiles this tiny one decodes 64x64 to 68x70 (diffusers 0.42.1): the preflight rightly stops
it (clip-shape), so it is no healthy model."""


class Trials:
    """Runs cases one after the other and keeps the healthy frames of the last few plans."""

    def __init__(
        self, scratch: Path, environment: Environment, store: Store, only: tuple[str, ...] = ()
    ) -> None:
        """Work below ``scratch``; ``store`` takes the evidence as of any preflight.

        ``only`` names the checks to run; all of them where it is empty.
        """
        self._scratch = scratch
        self._only = only
        self._environment = environment
        self._store = store
        self._healthy: dict[tuple[str, int, str], tuple[Any, Any]] = {}

    def run(self, case: Case, folder: Path) -> Record:
        """The record of one case; never raises for what the preflight meets."""
        started = time.perf_counter()
        with ExitStack() as undo, quiet_device(), only_checks(self._only):
            engine = self._engine(case, folder, undo)
            session = self._session(case, folder, engine)
            options = Options(scratch=self._scratch / "preflight", keep_going=True)
            found, decision = start_preflight(session, self._store, options)
        record: Record = {
            "key": case.key,
            "split": case.split,
            "source": case.source,
            "family": case.family,
            "model": case.model,
            "dtype": case.dtype,
            "fault": case.fault,
            "tweak": tweak_of(case),
            "shut": decision.state is GateState.SHUT,
            "blocking": list(decision.blocking),
            "checks": [check_data(check) for check in found.checks],
        }
        if case.fault:
            record["change"] = self._change(case, folder, engine)
        return record | {"seconds": round(time.perf_counter() - started, 3)}

    def _engine(self, case: Case, folder: Path, undo: ExitStack) -> EditedEngine:
        def edit(pipeline: Any) -> None:
            tweak(pipeline, tweak_of(case), undo)
            if case.fault:
                seed = [case.build, case.plan, sum(case.fault.encode())]
                family = "ltx" if case.source == "embedded" else case.family
                target = Target(pipeline, family, np.random.default_rng(seed), undo)
                fault_named(case.fault).inject(target)

        return EditedEngine(self._request(case, folder), edit)

    @staticmethod
    def _request(case: Case, folder: Path) -> OpenRequest:
        return OpenRequest(folder=str(folder), device="cpu", dtype=case.dtype)

    def _session(self, case: Case, folder: Path, engine: EditedEngine) -> Session:
        plan = plan_of(case, str(folder))
        return Session(
            plan=plan,
            folder=folder,
            output=self._scratch / "out.mp4",
            environment=self._environment,
            engine=engine,
        )

    def _change(self, case: Case, folder: Path, engine: EditedEngine) -> float | None:
        """How far the fault moved the frames, in units of what another seed moves them.

        None where the faulty pipeline gave no frames: it ended in an error.
        """
        if not engine.shown:
            return None
        request, faulty = engine.shown[-1]
        healthy, other = self._controls(case, folder, request)
        return relative_change(healthy, faulty, other)

    def _controls(self, case: Case, folder: Path, request: ClipRequest) -> tuple[Any, Any]:
        place = (case.model, case.plan, case.dtype)
        if place not in self._healthy:
            engine = EditedEngine(self._request(case, folder))
            engine.open()
            scratch = self._scratch / "control"
            scratch.mkdir(parents=True, exist_ok=True)
            for seed in (request.seed, request.seed + 1):
                engine.clip(
                    replace(
                        request,
                        seed=seed,
                        frames_path=str(scratch / "frames.npy"),
                        latents_path=str(scratch / "latents.safetensors"),
                    )
                )
            self._healthy = dict(list(self._healthy.items())[-4:])
            self._healthy[place] = (engine.shown[0][1], engine.shown[1][1])
        return self._healthy[place]


def relative_change(healthy: Any, faulty: Any, other: Any) -> float:
    """|faulty - healthy| / |other - healthy| over all pixels; 99 where the shapes differ."""
    if healthy.shape != faulty.shape:
        return 99.0
    reference = float(np.linalg.norm(other.astype(np.float64) - healthy))
    moved = float(np.linalg.norm(faulty.astype(np.float64) - healthy))
    return moved / reference if reference else (99.0 if moved else 0.0)


def check_data(check: Any) -> Record:
    """What the report needs of one check."""
    return {
        "id": check.id,
        "outcome": check.outcome.value,
        "reason": check.reason[:300],
        "rules": sorted(
            {
                finding.rule: finding.severity.value
                for finding in check.findings
                if finding.severity.rank >= Severity.MEDIUM.rank
            }.items()
        ),
        "measures": {
            name: _plain(value) for name, value in check.measures.items() if name in MEASURES
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else str(value)
    return value


def tweak(pipeline: Any, name: str, undo: ExitStack) -> None:
    """Switch on what a user may: slices, tiles, another attention back end."""
    if name == "slicing" and hasattr(pipeline.vae, "enable_slicing"):
        pipeline.vae.enable_slicing()
    elif name == "tiling" and type(pipeline.vae).__name__ not in TILES_CHANGE_SIZE:
        pipeline.vae.enable_tiling()
    elif name == "math-attention":
        from torch.nn.attention import SDPBackend, sdpa_kernel

        undo.enter_context(sdpa_kernel(SDPBackend.MATH))


@contextmanager
def quiet_device() -> Iterator[None]:
    """The device's own probes are left out: they ask the machine and not the model."""
    from runners.preflight import device_check

    original = device_check.answers
    device_check.answers = lambda context, asked: iter(())  # noqa: ARG005
    try:
        yield
    finally:
        device_check.answers = original


NEEDED = ("identity", "load")
"""Without the model's traits no clip has a size, and without a pipeline there is none."""


@contextmanager
def only_checks(names: tuple[str, ...]) -> Iterator[None]:
    """The preflight's checks are those called ``names`` and what they need; all where empty."""
    from runners.preflight import ladder

    whole = ladder.STEPS
    if names:
        ladder.STEPS = tuple(step for step in whole if step.id in {*names, *NEEDED})
    try:
        yield
    finally:
        ladder.STEPS = whole
