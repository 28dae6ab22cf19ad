"""Holds what was seen against every rule and says what is expected of the device."""

import functools
from collections.abc import Iterable, Iterator, Mapping

from compat.backends.build_facts import builds_of
from compat.backends.kernel_facts import kernel_table
from compat.core.collect import collect
from compat.core.model import Finding
from compat.predict.memory import memory_of
from compat.predict.model import Asked, Expected, Prediction, Seen
from compat.predict.rule import Rule
from compat.predict.rules.known_bug import not_told

ORDER = (Expected.FAILS, Expected.SILENT, Expected.SLOW, Expected.UNKNOWN)
"""From the worst to what says least."""


def predict(passes: Iterable[Seen], asked: Asked) -> Prediction:
    """What is expected of the device, with every reason and all that could not be told.

    UNKNOWN where nothing was found: that no rule fires proves nothing.
    """
    seen = tuple(passes)
    findings = tuple(_merged(_findings(seen, asked)))
    expected = {Expected(str(finding.evidence["expected"])) for finding in findings}
    return Prediction(
        expected=next((word for word in ORDER if word in expected), Expected.UNKNOWN),
        findings=findings,
        unknown=tuple(dict.fromkeys(_unknown(seen, asked))),
        measures={one.size: _measures(one, asked) for one in seen},
        cut_short=any(one.stopped for one in seen),
    )


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id."""
    return collect("compat.predict.rules", Rule)


def _findings(seen: tuple[Seen, ...], asked: Asked) -> Iterator[Finding]:
    for one in seen:
        for rule in rules().values():
            yield from rule.check(one, asked)


def _merged(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each fact once: both passes meet the same lines, the real-size one with its true shapes."""
    last: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.rule, _subject(finding))
        known = last.get(key)
        if known is None or finding.severity.rank >= known.severity.rank:
            last[key] = finding
    ranks = {word.value: rank for rank, word in enumerate(ORDER)}
    yield from sorted(
        last.values(), key=lambda one: (ranks[str(one.evidence["expected"])], -one.severity.rank)
    )


def _subject(finding: Finding) -> str:
    """What the finding is about: a recorded fault is one thing wherever it is met."""
    evidence = finding.evidence
    if "measure" in evidence:
        return ""
    about = [evidence.get("dtype"), evidence.get("phase")]
    return f"{finding.place.path} {about if any(about) else evidence.get('ops')}"


ABOUT: Mapping[str, str] = {
    "cuda": "operations of CUDA: no table of kernels is on record; looked at are dtypes, sizes at "
    "which a fault is known, memory, and which cards the wheels are made for",
    "rocm": "operations of ROCm: no table of kernels is on record; looked at are dtypes, sizes at "
    "which a fault is known, memory, and which cards the wheels are made for",
    "mlx": "operations of MLX: diffusers does not run there. Looked at are the loaders, sizes at "
    "which its kernels go wrong, and memory, all for a port that computes what diffusers computes",
}
"""What is not looked at on devices whose kernels are not on record."""


def _unknown(seen: tuple[Seen, ...], asked: Asked) -> Iterator[str]:
    if asked.kind == "mps":
        yield from _about_versions(asked)
    elif asked.kind in ABOUT:
        yield ABOUT[asked.kind]
        yield from _about_card(asked)
    for one in seen:
        if one.stopped and not one.refused:
            where = f" at {one.stopped_at}" if one.stopped_at else ""
            yield f"the {one.size} pass ended before its end: {one.stopped[:300]}{where}"
        yield from one.notes
        yield from not_told(one, asked)


def _about_versions(asked: Asked) -> Iterator[str]:
    table = kernel_table()
    if not table.around(asked.torch):
        yield f"operations of torch {asked.torch}: facts reach from {table.torch[0]} on"
    elif not table.reaches(asked.torch):
        yield f"operations of torch {asked.torch}: facts end at {table.torch[-1]}, which is assumed"


def _about_card(asked: Asked) -> Iterator[str]:
    if asked.kind == "mlx":
        return
    example = {"cuda": "cuda:sm_89", "rocm": "rocm:gfx1100"}[asked.kind]
    if asked.capability is None and not asked.arch:
        yield f"the card was not named (as in --device {example}), so nothing is said about it"
    elif not builds_of(asked.kind, asked.torch):
        yield f"cards that the wheels of torch {asked.torch} are made for: none are on record"


def _measures(one: Seen, asked: Asked) -> dict[str, object]:
    memory = memory_of(one, asked)
    measures: dict[str, object] = {
        "pipeline": one.pipeline, "classes": dict(one.classes), "operations": one.calls,
        "different_operations": len(one.ops), "seconds": round(one.seconds, 2),
        "cpu_seconds": round(one.cpu_seconds, 2), "rss_bytes": one.rss_bytes,
        "stopped": one.stopped,
    }  # fmt: skip
    if one.size == "real":
        measures |= {
            "weight_bytes": dict(memory.weights),
            "activation_bytes": dict(memory.activations),
            "materialised_score_bytes": dict(memory.scores),
            "peak_bytes": dict(memory.peaks),
            "offloaded_peak_bytes": dict(memory.offloaded),
            "largest_attention_elements": memory.largest_scores,
        }
    return measures
