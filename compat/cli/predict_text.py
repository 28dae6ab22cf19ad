"""A prediction for people: what fails, what may be wrong, what it takes, what nobody can tell."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compat.cli.output import print_findings
from compat.predict.memory import CALLED, ENCODERS

if TYPE_CHECKING:
    from compat.predict.model import Asked, Prediction
    from runners.prediction.ask import Wanted

GIB, MIB = 1 << 30, 1 << 20

SENTENCES = {
    "fails": "fails",
    "silently-wrong": "may give wrong pictures in silence",
    "slow": "slow in part: on the CPU, emulated, or without a kernel made for it",
    "unknown": "nothing was found against it, which is no proof that it works",
    "cut-short": "not known, because a pass did not come to its end",
}


def _verdict(prediction: "Prediction") -> str:
    expected = prediction.expected.value
    return "cut-short" if expected == "unknown" and prediction.cut_short else expected


def print_prediction(subject: str, prediction: "Prediction", wanted: "Wanted") -> None:
    """Print the verdict, every finding, the memory and what could not be told."""
    plan = wanted.plan
    size = f"{plan.video.width}x{plan.video.height}, {plan.window.frames} frames"
    print(f"{subject} at {size} on {_device(wanted.asked)}: {SENTENCES[_verdict(prediction)]}")
    print_findings(prediction.findings)
    for line in _figures(prediction.measures):
        print(f"  {line}")
    for sentence in prediction.unknown:
        print(f"  note: {sentence}")


def _device(asked: "Asked") -> str:
    build = f"+{asked.build}" if asked.build else ""
    parts = [asked.name, "" if asked.kind == "mlx" else f"torch {asked.torch}{build}"]
    if asked.macos:
        parts.append(f"macOS {asked.macos}")
    return ", ".join(filter(None, [*parts, asked.chip]))


def _figures(passes: Mapping[str, object]) -> Iterator[str]:
    for size, measures in passes.items():
        if isinstance(measures, dict) and measures["operations"]:
            yield (
                f"{size} pass: {measures['operations']} operations of {measures['pipeline']} "
                f"in {measures['seconds']:.1f} s{', cut short' if measures['stopped'] else ''}"
            )
            if "peak_bytes" in measures and not measures["stopped"]:
                yield from _memory(measures)


def _memory(measures: Mapping[str, Any]) -> Iterator[str]:
    weights = sum(measures["weight_bytes"].values())
    text = sum(size for name, size in measures["weight_bytes"].items() if name in ENCODERS)
    of_text = f"{size_of(text)} of them text encoders" if text else "without text encoders"
    yield f"weights {size_of(weights)} ({of_text})"
    for phase, peak in measures["peak_bytes"].items():
        offloaded = measures["offloaded_peak_bytes"][phase]
        yield (
            f"{CALLED[phase]} needs at least {size_of(peak)}, "
            f'{size_of(offloaded)} with offload = "model"'
        )
    yield f"largest attention matrix {measures['largest_attention_elements']:.3g} elements"


def size_of(count: float) -> str:
    """Bytes for people: tiny models are megabytes."""
    return f"{count / GIB:.1f} GiB" if count >= GIB / 10 else f"{count / MIB:.1f} MiB"
