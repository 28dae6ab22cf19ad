"""What one part hands to the next is what it had; rounding may differ, and so may the unknown."""

import pytest

from runners.engines.evidence import HandOver
from runners.preflight.hand_over import hand_over_findings


@pytest.mark.parametrize(
    ("handed", "found"),
    [
        (None, []),
        (HandOver(latents=None, frames=None, epsilon=1e-7), []),
        (HandOver(latents=1e-7, frames=0.5, epsilon=1.2e-7), []),
        (HandOver(latents=0.004, frames=0.99, epsilon=2.0**-7), []),
        (HandOver(latents=0.004, frames=0.5, epsilon=1.2e-7), ["latents-changed-before-vae"]),
        (HandOver(latents=1.4, frames=0.5, epsilon=2.0**-7), ["latents-changed-before-vae"]),
        (HandOver(latents=1e-7, frames=120.0, epsilon=1.2e-7), ["saved-frames-differ"]),
        (HandOver(latents=None, frames=float("inf"), epsilon=0.0), ["saved-frames-differ"]),
    ],
)
def test_only_a_change_is_named(handed, found):
    assert [finding.rule for finding in hand_over_findings(handed)] == found
