"""``python -m tools.predict_figures [ID...]``: the table of costs in docs/predict.md, as Markdown.

Each pass runs in a worker of its own, so that its memory is its own; processor time includes the
import of diffusers' classes, not of torch.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from compat.core.codec import from_data, to_data
from compat.predict.memory import ENCODERS, PHASES
from compat.predict.model import Asked, Seen
from compat.predict.predict import predict
from runners.engines.pretend.messages import PassRequest
from runners.prediction.published import published_clip, published_recipe
from runners.process import Worker
from runners.second_opinion import QUIET

SHOWN = (
    "ltx-video-2b", "ltx-video-13b", "ltx-2-19b", "wan-t2v-1-3b", "wan-t2v-14b", "wan-i2v-14b",
    "wan-2-2-t2v-a14b", "wan-2-2-ti2v-5b", "hunyuan-video", "animatediff-v2", "cogvideox-5b",
    "cogvideox-1-5-5b", "mochi-1",
)  # fmt: skip
"""Models, each at the size in pixels and frames that its publisher names."""

MAC = Asked(kind="mps", torch="2.13.0", macos="15.2", chip="M3")
GIB, MIB = 1 << 30, 1 << 20

COLUMNS = (
    "model", "size", "tiny: s, MiB", "real: s, MiB", "weights GiB (text)", "encode GiB",
    "denoise GiB", "decode GiB", "attention", "found",
)  # fmt: skip


def main() -> None:
    """Print the table, a row as soon as it is known."""
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|", flush=True)
    for identifier in sys.argv[1:] or SHOWN:
        clip = published_clip(identifier)
        if clip is None:
            raise LookupError(identifier)
        passes = [_pass(identifier, size, *clip) for size in ("tiny", "real")]
        print(_row(identifier, "x".join(map(str, clip)), *passes), flush=True)


def _pass(identifier: str, size: str, width: int, height: int, frames: int) -> Seen:
    recipe = published_recipe(identifier)
    if recipe is None:
        raise LookupError(identifier)
    request = PassRequest(
        recipe=recipe, kind="mps", size=size, dtype="BF16", width=width, height=height,
        frames=frames,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "worker.log"
        with Worker("predicting", log=log, environment=QUIET) as worker:
            worker.call("versions", {})
            return from_data(Seen, worker.call("pass", to_data(request)))


def _row(identifier: str, size: str, tiny: Seen, real: Seen) -> str:
    prediction = predict([tiny, real], MAC)
    measures = prediction.measures["real"]
    if not isinstance(measures, dict):
        raise TypeError(identifier)
    rules = sorted({finding.rule for finding in prediction.findings})
    cells = [
        identifier, size,
        *(f"{one.cpu_seconds:.1f}, {one.rss_bytes // MIB}" for one in (tiny, real)),
        f"{sum(real.weights.values()) / GIB:.1f} ({_text_bytes(real) / GIB:.1f})",
        *(_peak(measures, phase) for phase in PHASES),
        f"{measures['largest_attention_elements']:.2g}", ", ".join(rules) or "-",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |" + (f" stopped: {real.stopped}" if real.stopped else "")


def _text_bytes(seen: Seen) -> int:
    return sum(size for name, size in seen.weights.items() if name in ENCODERS)


def _peak(measures: dict[str, Any], phase: str) -> str:
    """GiB with everything on the device, and with one component at a time."""
    both = [measures[key].get(phase) for key in ("peak_bytes", "offloaded_peak_bytes")]
    return " / ".join("-" if one is None else f"{one / GIB:.1f}" for one in both)


if __name__ == "__main__":
    main()
