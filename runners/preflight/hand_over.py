"""Nothing changes where one part hands over to the next: last step to VAE, VAE to saved frames."""

from collections.abc import Iterator

from compat.core.model import Finding, Place, Severity
from runners.engines.evidence import HandOver

ROUNDINGS = 16.0
"""Rounding units that scaling the latents for the VAE may cost. Measured over ten pipelines: below
one unit in float32 and in bfloat16."""

FRAME_LEVELS = 3.0
"""Levels of 255 between the VAE's frames and the saved ones: half a level of rounding, one more
where the frames are bfloat16 (measured 0.99), doubled for another dtype's rounding."""


def hand_over_findings(handed: HandOver | None) -> Iterator[Finding]:
    """What was changed on the way; silent where it is unknown."""
    if handed is None:
        return
    limit = ROUNDINGS * handed.epsilon
    if handed.latents is not None and handed.latents > limit:
        yield Finding(
            rule="latents-changed-before-vae",
            severity=Severity.HIGH,
            message=f"the VAE was handed latents {handed.latents:.2g} away from those of the last "
            f"step (relative, in the scale of its config), expected at most {limit:.1e}",
            place=Place(kind="node", path="decode"),
            remedy="the pipeline scales, mirrors or exchanges the latents: its class does not fit "
            "this VAE, or reads another scale than its config's",
            evidence={"distance": handed.latents, "limit": limit},
        )
    if handed.frames is not None and handed.frames > FRAME_LEVELS:
        yield Finding(
            rule="saved-frames-differ",
            severity=Severity.HIGH,
            message="as many frames were not saved as the VAE gave"
            if handed.frames == float("inf")
            else f"the saved frames lie up to {handed.frames:.0f} of 255 levels from those the VAE "
            f"gave, expected at most {FRAME_LEVELS:g}",
            place=Place(kind="node", path="save"),
            remedy="the range, the layout or the order of the frames is changed after decoding",
        )
