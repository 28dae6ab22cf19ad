"""``framegate init``: writes a commented plan to start from."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.core.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from compat.identify.model import Traits
    from compat.plan.model import RenderPlan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PATH, --force and --model."""
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        default=Path("plan.toml"),
        metavar="PATH",
        help="file to write, or a folder for its plan.toml (default: plan.toml)",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--model", metavar="PATH", help='diffusers folder, or "embedded" (the default)'
    )


def run(namespace: argparse.Namespace) -> ExitCode:
    """Write the template in one piece; a file that is there stays, unless --force."""
    from compat.core.system import write_atomically
    from compat.plan.template import EXAMPLE, template

    path = namespace.path / "plan.toml" if namespace.path.is_dir() else namespace.path
    if path.exists() and not namespace.force:
        raise UsageError(
            f"{path} exists already and was not touched",
            "name another file, or replace it with --force",
        )
    plan = _plan_for(namespace.model) if namespace.model else EXAMPLE
    try:
        write_atomically(path, template(plan).encode())
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise UsageError(f"{path} cannot be written: {reason}") from exc
    print(f"wrote {path}")
    print(f"  next: framegate plan {path}")
    return ExitCode.OK


def _plan_for(model: str) -> "RenderPlan":
    """The example for this model; sizes and sampling from its signature where it is known."""
    from compat.cli.plan_arguments import absolute
    from compat.identify.identify import identify
    from compat.plan.model import EMBEDDED, ModelPlan
    from compat.plan.template import EXAMPLE

    plan = absolute(replace(EXAMPLE, model=ModelPlan(path=model)), Path.cwd())
    plan = replace(plan, output=EXAMPLE.output)
    folder = Path(plan.model.path)
    if model == EMBEDDED or not folder.exists():
        return plan
    found = identify(folder)
    # The loop renders LTX; the numbers of another family would make no legal windows.
    return suited(plan, found.traits) if found.traits and found.family == "ltx" else plan


def suited(plan: "RenderPlan", traits: "Traits") -> "RenderPlan":
    """Return ``plan`` with the size, windows and sampling at which the model is known to work."""
    from compat.plan.geometry import nearest_frames

    video = replace(plan.video, fps=traits.fps)
    sampling = replace(plan.sampling, steps=traits.steps, guidance=traits.guidance)
    known = traits.picture
    if known is None:
        return replace(plan, video=video, sampling=sampling)
    frames = max(17, nearest_frames(known.frames)[0])
    # A quarter of the window is enough to go on from, and at least two latents.
    overlap = max(9, nearest_frames(frames // 4)[-1])
    return replace(
        plan,
        video=replace(video, width=known.width, height=known.height),
        window=replace(plan.window, frames=frames, overlap=overlap),
        sampling=replace(sampling, steps=known.steps, guidance=known.guidance),
    )


COMMAND = Command(
    name="init",
    summary="write a commented plan to start from",
    add_arguments=add_arguments,
    run=run,
)
