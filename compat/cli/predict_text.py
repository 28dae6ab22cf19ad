"""A prediction for people: what fails, what may be wrong, what it takes, what nobody can tell."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compat.cli.output import print_findings

if TYPE_CHECKING:
    from compat.predict.model import Asked, Prediction

GIB = 1 << 30

SENTENCES = {
    "fails": "fails",
    "silently-wrong": "may give wrong pictures in silence",
    "slow": "runs in part on the CPU, which is slow",
    "unknown": "nothing was found against it, which is no proof that it works",
}


def print_prediction(subject: str, prediction: "Prediction", asked: "Asked") -> None:
    """Print the verdict, every finding, the memory and what could not be told."""
    print(f"{subject} on {_device(asked)}: {SENTENCES[prediction.expected.value]}")
    print_findings(prediction.findings)
    for line in _figures(prediction.measures):
        print(f"  {line}")
    for sentence in prediction.unknown:
        print(f"  note: {sentence}")


def _device(asked: "Asked") -> str:
    parts = [asked.name, f"torch {asked.torch}"]
    if asked.macos:
        parts.append(f"macOS {asked.macos}")
    return ", ".join(filter(None, [*parts, asked.chip]))


def _figures(passes: Mapping[str, object]) -> Iterator[str]:
    for size, measures in passes.items():
        if isinstance(measures, dict) and measures["operations"]:
            yield (
                f"{size} pass: {measures['operations']} operations of {measures['pipeline']} "
                f"in {measures['seconds']:.1f} s"
            )
            if "peak_bytes" in measures:
                yield from _memory(measures)


def _memory(measures: Mapping[str, Any]) -> Iterator[str]:
    weights = sum(measures["weight_bytes"].values())
    yield f"weights {weights / GIB:.1f} GiB (without text encoders)"
    for phase, peak in measures["peak_bytes"].items():
        offloaded = measures["offloaded_peak_bytes"][phase]
        yield (
            f"{phase} needs at least {peak / GIB:.1f} GiB, "
            f'{offloaded / GIB:.1f} GiB with offload = "model"'
        )
    yield f"largest attention matrix {measures['largest_attention_elements']:.3g} elements"
