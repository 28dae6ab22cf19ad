"""Writes all reports from a store into a folder."""

from pathlib import Path

from compat.core.collect import collect
from compat.core.errors import CompatError, NothingCheckedError
from compat.core.model import Probe
from compat.core.system import write_atomically
from compat.knowledge.load import known_failures, solutions
from compat.knowledge.model import KnownFailure
from compat.store.store import Store
from reports.evidence import Evidence, is_cell, read_evidence
from reports.failed_attempts import render_failed_attempts
from reports.matrix.build import build_matrix
from reports.matrix.model import Pool
from reports.matrix.write import write_matrix
from reports.page import render_page
from reports.working_solutions import render_working_solutions


def write_reports(store: Store, folder: Path) -> tuple[Path, ...]:
    """Write FAILED_ATTEMPTS.md, WORKING_SOLUTIONS.md and index.html; return their paths.

    Where models were rendered, MATRIX.md and matrix.html are among them. The same evidence gives
    the same bytes. ``NothingCheckedError`` where the store is empty, ``CompatError`` where the
    folder cannot be written.
    """
    evidence = read_evidence(store)
    if evidence.is_empty:
        raise NothingCheckedError(
            f"the evidence store {store.path} is empty, so there is nothing to report",
            "run framegate probe, preflight or run first",
        )
    failures, working = known_failures(), solutions()
    texts = {
        "FAILED_ATTEMPTS.md": render_failed_attempts(evidence, failures, working),
        "WORKING_SOLUTIONS.md": render_working_solutions(evidence, working),
        "index.html": render_page(evidence, failures, working),
    }
    try:
        for name, text in texts.items():
            write_atomically(folder / name, text.encode("utf-8"))
    except OSError as error:
        raise CompatError(
            f"the reports cannot be written to {folder}: {error.strerror}",
            "choose a folder that can be written with --output",
        ) from error
    return (*(folder / name for name in texts), *_matrix(evidence, failures, folder))


def _matrix(
    evidence: Evidence, failures: tuple[KnownFailure, ...], folder: Path
) -> tuple[Path, ...]:
    if not any(is_cell(result) for result in evidence.results):
        return ()
    environments = tuple(evidence.environments.values())
    pool = Pool(source="this store", environments=environments, results=evidence.results)
    probes = collect("probes", Probe).values()
    return write_matrix(build_matrix([pool], probes, failures), folder)
