"""What one frame says on its own: some sixty numbers, NaN where the frame is too small for one."""

from compat.frames.scales import Frame, Scales
from compat.frames.spatial.cells import cell_measures
from compat.frames.spatial.colour import colour_measures
from compat.frames.spatial.edges import edge_measures
from compat.frames.spatial.levels import level_measures
from compat.frames.spatial.limits import MIN_SIDE
from compat.frames.spatial.lines import line_measures

__all__ = ["MIN_SIDE", "measure_frame"]


def measure_frame(frame: Frame, scales: Scales) -> dict[str, float]:
    """Return every per-frame measure of one RGB frame; the same keys for every size."""
    return {
        **level_measures(frame, scales),
        **line_measures(scales),
        **edge_measures(scales),
        **cell_measures(scales),
        **colour_measures(scales),
    }
