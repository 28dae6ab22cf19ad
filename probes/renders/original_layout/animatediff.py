"""AnimateDiff's motion module as guoyww publishes it; the image network comes in a file of its own.

Names: guoyww/AnimateDiff, animatediff/models/motion_module.py. Its table of positions stands there
once for each of a block's two attentions.
"""

import re
from collections.abc import Mapping
from typing import Any

from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State, renamed

_TABLE = re.compile(r"\.pos_embed\.pe$")
_NAMES = (
    (r"\.motion_modules\.(\d+)\.", r".motion_modules.\1.temporal_transformer."),
    (r"\.norm1\.", ".norms.0."),
    (r"\.norm2\.", ".norms.1."),
    (r"\.norm3\.", ".ff_norm."),
    (r"\.attn1\.", ".attention_blocks.0."),
    (r"\.attn2\.", ".attention_blocks.1."),
)


def motion(state: Mapping[str, Any]) -> State:
    """``MotionAdapter`` in guoyww's names."""
    made: State = {}
    for name, tensor in renamed(state, _NAMES).items():
        if _TABLE.search(name):
            for attention in range(2):
                place = _TABLE.sub(f".attention_blocks.{attention}.pos_encoder.pe", name)
                made[place] = tensor.clone()
        else:
            made[name] = tensor
    return made


LAYOUT = Layout(networks={"motion_adapter": motion})
