"""The coverage-guided engine: atheris changes right files wherever that reaches new code."""

import os
import random
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

from tools.fuzz_headers.mutate import MAKERS
from tools.fuzz_headers.tally import Tally

SEEDS = 400
LONGEST = 4096


def run(kind: str, runs: int, first: int) -> Tally:
    """Try ``runs`` files, print the tally and end the process: atheris never returns."""
    import atheris

    with atheris.instrument_imports(include=["compat.formats"]):
        from tools.fuzz_headers.judge import compare

    tally = Tally(kind)
    folder = Path(tempfile.mkdtemp())
    corpus = folder / "corpus"
    corpus.mkdir()
    for number in range(first, first + SEEDS):
        (corpus / str(number)).write_bytes(MAKERS[kind](random.Random(number)))
    path = folder / f"x.{kind}"

    def one(data: bytes) -> None:
        try:
            tally.add(compare(path, kind, data), f"bytes {data.hex()}")
        except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
            tally.fail(traceback.format_exc(limit=-3), f"bytes {data.hex()}")
        if tally.runs == runs:
            sys.stdout.write("\n".join(tally.lines()) + "\n")
            sys.stdout.flush()
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(1 if tally.bad else 0)  # atheris would end the process with its own code

    options = [f"-atheris_runs={runs}", f"-max_len={LONGEST}", f"-seed={first + 1}", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, enable_python_coverage=True)
    atheris.Fuzz()
    return tally
