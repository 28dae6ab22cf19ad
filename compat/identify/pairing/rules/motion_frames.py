"""A motion module's table of positions is as long as the clip."""

from collections.abc import Iterator

from compat.core.model import Finding
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Rule
from compat.identify.pairing.wording import mismatch


def check(files: Gathered) -> Iterator[Finding]:
    """v1 has 24 positions, v2 and v3 have 32: one frame more raises, it is never cut."""
    asked = files.asked.frames
    for module in files.of(Role.MOTION_MODULE):
        table = module.dim("frames")
        if asked is not None and table is not None and asked > table.value:
            yield mismatch(
                "motion-frames",
                module,
                module,
                f"{asked} frames are asked for and {module} has positions for {table.value} "
                f"({table.source})",
                remedy=f"ask for {table.value} frames, or use a sliding context (diffusers "
                "enable_free_noise, AnimateDiff-Evolved context options)",
                found=asked,
                expected=table.value,
            )


RULE = Rule(id="motion-frames", title="the motion module has a place for every frame", check=check)
