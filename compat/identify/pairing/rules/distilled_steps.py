"""Distilled weights are sampled at the steps they were distilled for, and only they are."""

from collections.abc import Iterator

from compat.core.model import Confidence, Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, parse_json
from compat.identify.pairing.model import Asked, Gathered, Part, Rule
from compat.identify.pairing.wording import mismatch

NEARNESS = 1e-3
"""Timesteps are written with four digits (0.9937 for 0.99375), as in LTX-Video's configs."""

KEY = "allowed_inference_steps"
LISTED = 8


def allowed_steps(part: Part) -> tuple[float, ...] | None:
    """The timesteps in the file's own config; None where it has no config to list them in."""
    text = part.file.metadata.get("config", "")
    if not text:
        return None
    try:
        config = parse_json(text.encode("utf-8", "replace"))
    except UnreadableJsonError:
        return None
    listed = config.get(KEY) if isinstance(config, dict) else None
    if not isinstance(listed, list):
        return ()
    return tuple(float(step) for step in listed if type(step) in (int, float))


def check(files: Gathered) -> Iterator[Finding]:
    """LTX-Video refuses a timestep that its distilled weights do not list, and a distilled config
    with dev weights gives a blur of too few steps.
    """
    for model in files.models:
        if model.found.family != "ltx":
            continue
        allowed = allowed_steps(model)
        if allowed:
            yield from _distilled(model, allowed, files.asked)
        elif files.asked.variant == "distilled":
            yield _dev(model, files.asked, certain=allowed is not None)


def _distilled(model: Part, allowed: tuple[float, ...], asked: Asked) -> Iterator[Finding]:
    strange = [step for step in asked.timesteps if not _near(step, allowed)]
    listed = ", ".join(f"{step:g}" for step in allowed[:LISTED])
    if strange:
        yield mismatch(
            "distilled-timestep",
            model,
            model,
            f"timestep {strange[0]:g} is asked for and {model} allows {listed} (its metadata, "
            f"config {KEY})",
            remedy="use the config that was published with these weights",
            found=strange[:LISTED],
            expected=list(allowed[:64]),
        )
    elif asked.variant == "dev" or (asked.steps or 0) > len(allowed):
        many = f"{asked.steps} steps are asked for" if asked.steps else "a dev config is used"
        yield mismatch(
            "distilled-steps",
            model,
            model,
            f"{many} and {model} was distilled for the {len(allowed)} timesteps {listed}: others "
            "are refused",
            remedy="use the distilled config, or the dev weights",
            found=asked.steps,
            expected=len(allowed),
        )


def _near(step: float, allowed: tuple[float, ...]) -> bool:
    return any(abs(step - known) <= NEARNESS for known in allowed)


def _dev(model: Part, asked: Asked, *, certain: bool) -> Finding:
    why = "lists no allowed_inference_steps" if certain else "carries no config that would tell"
    return mismatch(
        "distilled-config-with-dev-weights",
        model,
        model,
        f"the config is for distilled weights and {model} {why}, as dev weights do",
        remedy="use the distilled weights, or the dev config with 30 to 40 steps",
        severity=Severity.HIGH if certain else Severity.LOW,
        confidence=Confidence.MEDIUM if certain else Confidence.LOW,
        steps=asked.steps,
        timesteps=list(asked.timesteps),
    )


RULE = Rule(id="distilled-steps", title="weights and steps are of one variant", check=check)
