"""``framegate init``: writes a commented plan to start from."""

import argparse
from dataclasses import replace
from pathlib import Path

from compat.cli.command import Command
from compat.core.errors import ExitCode, UsageError


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
    from compat.cli.plan_arguments import absolute
    from compat.core.system import write_atomically
    from compat.plan.model import ModelPlan
    from compat.plan.template import EXAMPLE, template

    path = namespace.path / "plan.toml" if namespace.path.is_dir() else namespace.path
    if path.exists() and not namespace.force:
        raise UsageError(
            f"{path} exists already and was not touched",
            "name another file, or replace it with --force",
        )
    plan = EXAMPLE
    if namespace.model:
        plan = replace(EXAMPLE, model=ModelPlan(path=namespace.model))
        plan = replace(EXAMPLE, model=absolute(plan, Path.cwd()).model)
    try:
        write_atomically(path, template(plan).encode())
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise UsageError(f"{path} cannot be written: {reason}") from exc
    print(f"wrote {path}")
    print(f"  next: framegate plan {path}")
    return ExitCode.OK


COMMAND = Command(
    name="init",
    summary="write a commented plan to start from",
    add_arguments=add_arguments,
    run=run,
)
