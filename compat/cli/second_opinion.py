"""``framegate identify --second-opinion``: what the loaders themselves say of a file."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat.cli.shared_arguments import add_comfyui, comfyui_from
from compat.core.errors import UsageError
from compat.core.model import Outcome

if TYPE_CHECKING:
    from compat.identify.model import Identification
    from runners.second_opinion import Opinion

    Answers = Sequence[tuple[Path, Identification]]

MEASURE = "second_opinion"
"""Under which key the opinions stand in an identification's measures."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that ask the loaders too."""
    group = parser.add_argument_group("second opinion, from headers alone")
    group.add_argument(
        "--second-opinion",
        action="store_true",
        help="ask diffusers and transformers, where they are installed, what they take it for",
    )
    add_comfyui(
        group, "ask this ComfyUI too (the folder with its main.py); its code is run for that"
    )
    group.add_argument(
        "--dry-load",
        action="store_true",
        help="hold names and shapes against the class that will load them",
    )
    group.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="interpreter that has the loader: ComfyUI's with --comfyui, else that of diffusers",
    )


def with_opinions(answers: "Answers", arguments: argparse.Namespace) -> "Answers":
    """The same answers with what the loaders found; unchanged where nobody asked for them."""
    if not (arguments.second_opinion or arguments.dry_load or arguments.comfyui):
        if arguments.python is not None:
            raise UsageError("--python is for --second-opinion, --dry-load or --comfyui")
        return answers
    _require(arguments)
    from runners.second_opinion import Wanted, opinions

    wanted = Wanted(
        opinion=arguments.second_opinion,
        dry_load=arguments.dry_load,
        comfyui=arguments.comfyui,
        python=arguments.python,
    )
    told = list(opinions(answers, wanted))
    return [
        (path, _joined(answer, [opinion for opinion in told if opinion.about == number]))
        for number, (path, answer) in enumerate(answers)
    ]


def _require(arguments: argparse.Namespace) -> None:
    comfyui_from(arguments)
    if arguments.python is not None and not arguments.python.is_file():
        raise UsageError(f"there is no interpreter {arguments.python}", "name a python executable")


def _joined(answer: "Identification", told: "Sequence[Opinion]") -> "Identification":
    findings = [finding for opinion in told for finding in opinion.findings]
    return replace(
        answer,
        findings=(*answer.findings, *findings),
        measures={**answer.measures, MEASURE: [_data(opinion) for opinion in told]},
    )


def _data(opinion: "Opinion") -> dict[str, object]:
    return {
        "part": opinion.part,
        "probe": opinion.probe,
        "outcome": opinion.outcome.value,
        "reason": opinion.reason,
        "last_words": opinion.last_words,
        "seconds": round(opinion.seconds, 3),
        **opinion.measures,
    }


def print_opinions(answer: "Identification") -> None:
    """Print one line for each loader that was asked."""
    told = answer.measures.get(MEASURE, [])
    for opinion in told if isinstance(told, list) else []:
        part = f"{opinion['part']}: " if opinion["part"] else ""
        print(f"  {part}{_line(opinion)}")


def _line(opinion: Mapping[str, Any]) -> str:
    if opinion["outcome"] in (Outcome.SKIP, Outcome.ERROR):
        words = "; ".join(filter(None, [opinion["reason"], opinion["last_words"]]))
        verb = "check" if "dry-load" in opinion["probe"] else "tell"
        return f"could not {verb} ({opinion['probe'] or 'no loader'}): {words}"
    if "class" in opinion:
        return _dry_load(opinion)
    if "agrees" not in opinion:
        return f"{opinion['probe']} stopped at this file"
    if not opinion["said"]:
        either = " either" if opinion["agrees"] else ""
        return f"{opinion['loader']} {opinion['version']} does not know it{either}"
    agrees = {True: "as framegate does", False: "framegate disagrees", None: "not comparable"}
    verdict = agrees[opinion["agrees"]]
    return f"{opinion['loader']} {opinion['version']} calls it {opinion['said']}: {verdict}"


def _dry_load(opinion: Mapping[str, Any]) -> str:
    counts = ", ".join(
        f"{opinion[key] or 'none'} {key}" for key in ("missing", "unexpected", "mismatched")
    )
    return (
        f"dry load: {opinion['class']} of {opinion['loader']} {opinion['version']} needs "
        f"{opinion['needed']} tensors: {counts} ({opinion['seconds']:.1f} s, no weights read)"
    )
