"""The list of commands; a module is imported only when its command is asked for."""

import importlib

from compat.cli.command import Command

# Name and one-line summary stand here so that ``framegate --help`` imports no command module;
# tests/catalogue checks that each line is what the module itself declares.
SUMMARIES: dict[str, str] = {
    "demo": "run the whole job on the embedded model, or break it on purpose",
    "init": "write a commented plan to start from",
    "plan": "check a plan and show its windows and arithmetic",
    "verify": "check model files for damage, offline, without loading them",
    "identify": "say which model a file or folder holds and what it needs",
    "fit": "say whether files fit each other, a loader and a device",
    "probe": "ask this machine what it can compute, and what it gets wrong",
    "parity": "find the operation of a model that a device computes wrongly",
    "predict": "say what a device that is not at hand would do with a plan",
    "judge": "look at a rendered clip and say whether it is video or garbage",
    "preflight": "check everything a long render needs, and decide the gate",
    "render": "run the long windowed render, if the gate is open for it",
    "run": "preflight, gate and render in one go with one warm worker",
    "runs": "list the runs in the evidence store",
    "explain": "say what a known error text means and what to do",
    "report": "write the failed-attempts and working-solutions reports",
    "doctor": "show what this machine has, what that allows, and what is lacking",
}


def command_summaries() -> list[tuple[str, str]]:
    """Name and summary of every command, in the order of a working day."""
    return list(SUMMARIES.items())


def command_named(name: str) -> Command | None:
    """Import and return the command called ``name``; None where there is none."""
    if name not in SUMMARIES:
        return None
    module = importlib.import_module(f"compat.cli.{name}_command")
    command = module.COMMAND
    if not isinstance(command, Command):
        raise TypeError(f"compat.cli.{name}_command.COMMAND is not a Command")
    return command
