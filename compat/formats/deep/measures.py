"""The few numbers of a census that a report keeps."""

from collections.abc import Mapping

from compat.formats.deep.census import Census
from compat.formats.deep.sight import Sight
from compat.formats.model import TensorInfo
from compat.formats.wording import quoted

MOST_TENSORS = 16


def value_measures(census: Census) -> Mapping[str, object]:
    """Counts over the file, and the tensors with the most bad, then the largest values."""
    ranked = sorted(census.seen(), key=_badness, reverse=True)[:MOST_TENSORS]
    measures: dict[str, object] = {
        "tensors_examined": census.examined,
        "tensors_not_examined": census.not_examined,
        "deep_complete": census.complete,
        "worst_tensors": {quoted(tensor.name): _summary(tensor, sight) for tensor, sight in ranked},
    }
    if census.sha256:
        measures["sha256"] = census.sha256
    return measures


def _badness(seen: tuple[TensorInfo, Sight]) -> tuple[int, int, float]:
    _, sight = seen
    return sight.not_finite + sight.foreign_bytes, sight.zero_bytes, sight.amax


def _summary(tensor: TensorInfo, sight: Sight) -> dict[str, object]:
    return {
        "dtype": tensor.dtype,
        "values": sight.values,
        "not_finite": sight.not_finite,
        "amax": sight.amax,
        "zero_page_share": round(sight.zero_bytes / max(1, tensor.end - tensor.start), 4),
    }
