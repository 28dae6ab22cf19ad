"""``python -m tools.parity_table [FAMILY...]``: break the processor and see what parity says.

Each bug of ``tools/device_faults/any_size.py`` is put under a shadowed run of a tiny real pipeline,
in bfloat16 and, where that does not find it, in float16. It counts as located where the first
divergence is the broken operation. Rows of families that are not named stay as they are.
"""

import importlib
import sys
import tempfile
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runners.engines.messages import ClipRequest
from runners.engines.parity_messages import ParityAnswer, ParityRequest
from tools.device_faults.any_size import ANY_SIZE
from tools.device_faults.bug import Bug, broken_backend

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "parity-table.md"
FAMILIES = (
    "ltx", "ltx2", "wan", "hunyuan-video", "animatediff", "cogvideox", "mochi",
)  # fmt: skip
DTYPES = ("bfloat16", "float16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one bug in one family; ``first`` is what the first divergence named."""

    family: str
    bug: str
    outcome: str
    dtype: str = ""
    first: str = ""


def main() -> None:
    """Run everything and write the page."""
    sys.path.insert(0, str(ROOT / "tests" / "fixtures"))
    warnings.simplefilter("ignore")
    families = sys.argv[1:] or FAMILIES
    clean, rows = before(PAGE.read_text("utf-8") if PAGE.exists() else "", families)
    with tempfile.TemporaryDirectory() as scratch:
        for family in families:
            pipelines = Pipelines(Path(scratch), family)
            clean += list(_undisturbed(pipelines))
            rows += list(_with_bugs(pipelines))
            located = sum(row.outcome == "located" for row in rows if row.family == family)
            print(f"{family}: {located} of {sum(r.family == family for r in rows)} located")
            PAGE.write_text(page(clean, rows), "utf-8")


def before(text: str, families: Collection[str]) -> tuple[list[Row], list[Row]]:
    """Rows of the page that are not made again: without a bug, and with one."""
    clean, rows = [], []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        family = cells[0]
        if not line.startswith("|") or family in families or family not in FAMILIES:
            continue
        match cells:
            case [_, dtype, outcome] if dtype in DTYPES:
                clean.append(Row(family=family, bug="", outcome=outcome, dtype=dtype))
            case [_, bug, outcome, dtype, first]:
                rows.append(Row(family=family, bug=bug, outcome=outcome, dtype=dtype, first=first))
    return clean, rows


class Pipelines:
    """One tiny pipeline, loaded once per dtype by the loading code of the renders."""

    def __init__(self, folder: Path, family: str) -> None:
        """Build the pipeline below ``folder``."""
        self.family = family
        self._scratch = folder
        self._folder = _fixture("tiny_pipelines").BUILDERS[family](folder / family)
        self._loaded: dict[str, Any] = {}

    def shadowed(self, dtype: str) -> ParityAnswer:
        """Render two steps in the shadow; raises what the pipeline raises."""
        from runners.engines.parity import shadowed_clip
        from runners.engines.saving import to_frames

        clip = ClipRequest(
            prompt="a cat", width=64, height=64, frames=9, steps=2, guidance=3.0, seed=1,
            latents_path=str(self._scratch / "latents.safetensors"),
            frames_path=str(self._scratch / "frames.npy"),
        )  # fmt: skip
        request = ParityRequest(clip=clip)
        pipeline = self._pipeline(dtype)
        return shadowed_clip(
            pipeline, request, device="cpu", convert=to_frames, emit=lambda _message: None
        )

    def _pipeline(self, dtype: str) -> Any:
        from runners.engines.loading import load_pipeline
        from runners.engines.messages import OpenRequest

        if dtype not in self._loaded:
            request = OpenRequest(folder=str(self._folder), device="cpu", dtype=dtype)
            self._loaded[dtype], _ = load_pipeline(request)
        return self._loaded[dtype]


def _undisturbed(pipelines: Pipelines) -> Iterator[Row]:
    for dtype in DTYPES:
        answer = pipelines.shadowed(dtype)
        outcome = f"{answer.compared} compared, {answer.found} alarms"
        yield Row(family=pipelines.family, bug="", outcome=outcome, dtype=dtype)


def _with_bugs(pipelines: Pipelines) -> Iterator[Row]:
    for bug in ANY_SIZE:
        rows = []
        for dtype in DTYPES:
            rows.append(_broken(pipelines, bug, dtype))
            if rows[-1].outcome == "located":
                break
        met = [row for row in rows if row.outcome != "not met"]
        if met:
            yield met[-1]


def _broken(pipelines: Pipelines, bug: Bug, dtype: str) -> Row:
    mode = broken_backend(bug)
    row = Row(family=pipelines.family, bug=bug.name, outcome="not met", dtype=dtype)
    try:
        with mode:
            answer = pipelines.shadowed(dtype)
    except (RuntimeError, ValueError, IndexError) as exc:
        words = f"the run ended: {type(exc).__name__}"
        return Row(family=row.family, bug=row.bug, outcome=words, dtype=dtype)
    if not mode.hits:
        return row
    if not answer.divergences:
        return Row(family=row.family, bug=row.bug, outcome="missed", dtype=dtype)
    first = answer.divergences[0]
    outcome = "located" if first.operation in bug.operations else "named another"
    where = f"{first.operation} in {first.module or 'the pipeline'}, {first.source}"
    return Row(family=row.family, bug=row.bug, outcome=outcome, dtype=dtype, first=where)


def _fixture(name: str) -> Any:
    """A module of the tests' fixtures, which are no package."""
    return importlib.import_module(name)


def page(clean: list[Row], rows: list[Row]) -> str:
    """The Markdown page."""
    lines = [
        "# What parity finds",
        "",
        "Made by `python -m tools.parity_table` on a processor that is broken on purpose, with",
        "tiny real pipelines (untrained weights, two steps, 64x64). *Located* means that the first",
        "divergence is the broken operation. Nothing of this was run on MPS or CUDA.",
        "",
        "## Without a bug",
        "",
        "| family | dtype | result |",
        "|---|---|---|",
        *(f"| {row.family} | {row.dtype} | {row.outcome} |" for row in clean),
        "",
        "## With a bug",
        "",
        "| family | bugs met | located |",
        "|---|---|---|",
    ]
    for family in dict.fromkeys(row.family for row in rows):
        own = [row for row in rows if row.family == family]
        located = sum(row.outcome == "located" for row in own)
        lines.append(f"| {family} | {len(own)} | {located} |")
    lines += ["", "| family | bug | outcome | dtype | first divergence |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.family} | {row.bug} | {row.outcome} | {row.dtype} | {row.first} |" for row in rows
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
