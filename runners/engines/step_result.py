"""Known latents in place of those that a scheduler's step returns."""

from typing import Any

from runners.engines.latent_layout import laid_out


class UnknownLayoutError(Exception):
    """The pipeline keeps its latents in a layout that nobody here knows."""


def sample_of(result: Any) -> Any:
    """The latents that ``scheduler.step`` returned, as a tuple or as an output with a name."""
    return result[0] if isinstance(result, tuple) else result.prev_sample


def with_sample(result: Any, sample: Any) -> Any:
    """What ``scheduler.step`` returned with other latents in it."""
    if isinstance(result, tuple):
        return (sample, *result[1:])
    result.prev_sample = sample
    return result


def laid_out_like(latents: Any, result: Any) -> Any:
    """A clip's latents in the layout of those in ``result``; raises ``UnknownLayoutError``."""
    shape = tuple(sample_of(result).shape)
    known = laid_out(latents, shape)
    if known is None:
        words = "x".join(str(size) for size in shape)
        message = f"latents of the layout {words} are not known"
        raise UnknownLayoutError(message)
    return known
