"""``framegate matrix``: which model runs with which loader on which device, from evidence."""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.did_you_mean import did_you_mean
from compat.cli.shared_arguments import (
    add_comfyui,
    add_format,
    add_store,
    comfyui_from,
)
from compat.core.errors import ExitCode, NothingCheckedError, UsageError
from compat.core.model import Probe

if TYPE_CHECKING:
    from reports.matrix.model import Matrix, Pool, Wanted

DEVICES = ("cpu", "cuda", "mps", "mlx")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", action="append", choices=DEVICES, help="show this device; repeatable"
    )
    for name, text in (
        ("family", "model family, such as ltx or wan-2.1"),
        ("loader", "loader, such as gguf or diffusers-folder"),
        ("dtype", "dtype or quantisation, such as bfloat16 or Q8_0"),
    ):
        parser.add_argument(
            f"--{name}", action="append", metavar="NAME", help=f"show this {text}; repeatable"
        )
    parser.add_argument(
        "--environment", default="", metavar="START", help="show this one, by its fingerprint"
    )
    _add_running(parser)
    _add_files(parser)
    add_store(parser)
    add_format(parser)


def _add_running(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("running")
    group.add_argument(
        "--run", action="store_true", help="first run what has no answer here yet; go on later"
    )
    group.add_argument("--again", action="store_true", help="with --run: run all, answered or not")
    group.add_argument(
        "--python", type=Path, metavar="PATH",
        help="with --run: interpreter that will render; with --comfyui: the one of the ComfyUI",
    )  # fmt: skip
    add_comfyui(
        group,
        "with --run: the folder of a ComfyUI (with its main.py); its code is run for its cells, "
        "in the interpreter it holds unless --python names another",
    )


def _add_files(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("files")
    group.add_argument(
        "--from", dest="sources", action="append", type=Path, metavar="FILE",
        help="show evidence that was exported, instead of the store; repeatable: side by side",
    )  # fmt: skip
    group.add_argument(
        "--export", type=Path, metavar="FILE", help="write the evidence behind the matrix to FILE"
    )
    group.add_argument(
        "--output", type=Path, metavar="DIR", help="write MATRIX.md and matrix.html into DIR"
    )


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.core.collect import collect
    from compat.knowledge.load import known_failures
    from reports.matrix.build import build_matrix

    probes = list(collect("probes", Probe).values())
    wanted = _wanted(arguments, probes)
    if arguments.run:
        _run_missing(arguments, probes, wanted)
    elif arguments.again:
        raise UsageError("--again says which cells to run, and nothing is run", "add --run")
    pools = _pools(arguments)
    matrix = build_matrix(pools, probes, known_failures(), wanted, arguments.environment)
    if not matrix.machines:
        raise NothingCheckedError(
            "there is no evidence for any cell of the matrix",
            "run framegate matrix --run, which takes minutes and can be interrupted",
        )
    _write(arguments, matrix, pools, probes)
    _print(arguments, matrix)
    return exit_code(matrix)


def exit_code(matrix: "Matrix") -> ExitCode:
    """FINDINGS for a failure that nobody knew or a broken cell, OK where anything is answered."""
    from reports.matrix.model import State

    if any(e.state in (State.FAILS, State.SILENT) or e.broke for e in matrix.entries):
        return ExitCode.FINDINGS
    answered = any(entry.state is not State.UNKNOWN for entry in matrix.entries)
    return ExitCode.OK if answered else ExitCode.NOTHING_CHECKED


def _wanted(arguments: argparse.Namespace, probes: Iterable[Probe]) -> "Wanted":
    from reports.matrix.declared import declared
    from reports.matrix.model import Wanted

    ways = [question.way for question in declared(probes).renders]
    there = {
        "family": {way.family for way in ways},
        "loader": {way.loader for way in ways},
        "dtype": {name for way in ways for name in (way.dtype, way.quantisation) if name},
    }
    for name, known in there.items():
        for given in getattr(arguments, name) or ():
            _check(name, given, known)
    return Wanted(
        devices=tuple(arguments.device or ()),
        families=tuple(arguments.family or ()),
        loaders=tuple(arguments.loader or ()),
        dtypes=tuple(arguments.dtype or ()),
    )


def _check(name: str, given: str, known: set[str]) -> None:
    if given in known:
        return
    listed = ", ".join(sorted(known)) or "none"
    hint = did_you_mean(given, known, f"there are: {listed}")
    raise UsageError(f"the matrix has no {name} {given!r}", hint)


def _run_missing(arguments: argparse.Namespace, probes: Sequence[Probe], wanted: "Wanted") -> None:
    from compat.cli.matrix_run import run_missing
    from compat.cli.probe_command import interpreter_of
    from compat.store.store import Store

    if arguments.sources:
        raise UsageError("--run fills the store, and --from shows files", "give one of the two")
    comfyui, python = comfyui_from(arguments), interpreter_of(arguments)
    with Store.open(arguments.store) as store:
        run_missing(probes, store, wanted, comfyui, python, again=arguments.again)


def _pools(arguments: argparse.Namespace) -> list["Pool"]:
    from reports.matrix.sharing import read_evidence_file

    pools = [read_evidence_file(path) for path in arguments.sources or ()]
    if not arguments.sources or arguments.store:
        pools.append(_of_the_store(arguments.store))
    return pools


def _of_the_store(given: Path | None) -> "Pool":
    from compat.store.store import Store, default_path
    from reports.matrix.model import Pool

    path = given or default_path()
    if not path.exists():
        raise NothingCheckedError(
            f"there is no evidence store at {path}, so there is no matrix",
            "run framegate matrix --run first, or name a file with --from",
        )
    with Store.open(path) as store:
        environments = tuple(store.environments().values())
        return Pool(source="this store", environments=environments, results=store.results())


def _write(
    arguments: argparse.Namespace,
    matrix: "Matrix",
    pools: Sequence["Pool"],
    probes: Iterable[Probe],
) -> None:
    from compat.core.system import write_atomically
    from reports.matrix.declared import declared
    from reports.matrix.model import Pool
    from reports.matrix.sharing import evidence_text
    from reports.matrix.write import write_matrix

    if arguments.export:
        environments = {e.fingerprint: e for pool in pools for e in pool.environments}
        joined = Pool(
            source="",
            environments=tuple(environments.values()),
            results=tuple(result for pool in pools for result in pool.results),
        )
        asked = {question.way.probe for question in declared(probes).all}
        text = evidence_text(joined, asked, _private(arguments))
        write_atomically(arguments.export, text.encode("utf-8"))
    if arguments.output:
        write_matrix(matrix, arguments.output)


def _private(arguments: argparse.Namespace) -> dict[str, str]:
    """Places of this machine that are nobody's business, longest first."""
    comfyui = comfyui_from(arguments)
    places = {
        str(comfyui.absolute()) if comfyui else "": "COMFYUI",
        str(Path.cwd()): ".",
        str(Path.home()): "~",
        sys.prefix: "PYTHON",
        tempfile.gettempdir(): "TEMP",
    }
    named = {place: instead for place, instead in places.items() if len(place) > 1}
    return dict(sorted(named.items(), key=lambda pair: len(pair[0]), reverse=True))


def _print(arguments: argparse.Namespace, matrix: "Matrix") -> None:
    if arguments.format == "json":
        from compat.cli.matrix_json import print_matrix_json

        print_matrix_json(matrix)
    else:
        from compat.cli.matrix_text import print_matrix

        print_matrix(matrix)


COMMAND = Command(
    name="matrix",
    summary="show which model runs with which loader on which device",
    add_arguments=_add_arguments,
    run=_run,
)
