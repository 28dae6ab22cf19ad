"""``python -m tools.predict_figures [ID...]``: the table of costs in docs/predict.md, as Markdown.

Each pass runs in a worker of its own, so that its memory is its own; processor time includes the
import of diffusers' classes, not of torch.
"""

import sys
import tempfile
from pathlib import Path

from compat.core.codec import from_data, to_data
from compat.predict.model import Asked, Seen
from compat.predict.predict import predict
from runners.engines.pretend.messages import PassRequest
from runners.prediction.published import published_recipe
from runners.process import Worker
from runners.second_opinion import QUIET

SHOWN = {
    "ltx-video-2b": (704, 512, 121), "ltx-video-13b": (1216, 704, 121),
    "ltx-2-19b": (768, 512, 121), "wan-t2v-1-3b": (832, 480, 81), "wan-t2v-14b": (1280, 720, 81),
    "wan-2-2-t2v-a14b": (1280, 720, 81), "wan-i2v-14b": (832, 480, 81),
    "wan-2-2-ti2v-5b": (1280, 704, 121),
    "hunyuan-video": (960, 544, 61), "animatediff-v2": (512, 512, 16),
    "cogvideox-2b": (720, 480, 49), "cogvideox-5b": (720, 480, 49),
    "cogvideox-1-5-5b": (1360, 768, 81), "mochi-1": (848, 480, 85),
}  # fmt: skip
"""Models and the sizes in pixels and frames that their publishers name."""

MAC = Asked(kind="mps", torch="2.13.0", macos="15.2", chip="M3")
GIB, MIB = 1 << 30, 1 << 20


def main() -> None:
    """Print the table, a row as soon as it is known."""
    print("| model | size | tiny: s, MiB | real: s, MiB | weights GiB | denoise GiB | decode GiB |"
          " attention | found |\n|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    for identifier in sys.argv[1:] or SHOWN:
        width, height, frames = SHOWN[identifier]
        passes = [_pass(identifier, size, width, height, frames) for size in ("tiny", "real")]
        print(_row(identifier, f"{width}x{height}x{frames}", *passes), flush=True)


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
        f"{sum(real.weights.values()) / GIB:.1f}",
        *(f"{measures['peak_bytes'][phase] / GIB:.1f}" for phase in ("denoise", "decode")),
        f"{measures['largest_attention_elements']:.2g}", ", ".join(rules) or "-",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |" + (f" stopped: {real.stopped}" if real.stopped else "")


if __name__ == "__main__":
    main()
