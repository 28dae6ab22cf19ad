"""The coverage-guided engine: atheris changes right files wherever that reaches new code."""

import os
import random
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

SEEDS = 400
LONGEST = 4096


def run(kind: str, runs: int, first: int) -> None:
    """Try ``runs`` files, print the tally and end the process: atheris never returns.

    Raises ``RuntimeError`` where the readers were imported before: atheris would then see no
    coverage, try the seeds, go on blindly and look as if it had done its work.
    """
    import atheris

    early = [name for name in sys.modules if name.startswith("compat.formats")]
    if early:
        raise RuntimeError(f"{early[0]} was imported before it could be instrumented")
    with atheris.instrument_imports(include=["compat.formats"]):
        from tools.fuzz_headers.judge import compare
        from tools.fuzz_headers.mutate import MAKERS
        from tools.fuzz_headers.tally import Tally

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

    options = [
        f"-atheris_runs={runs}",
        f"-max_len={LONGEST}",
        f"-seed={first + 1}",
        "-print_final_stats=1",
        # Its own limit reads ru_maxrss, which a child on Linux has from a large parent, and ends
        # the run as "out of memory"; single large requests are still refused.
        "-rss_limit_mb=0",
        "-malloc_limit_mb=2048",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, enable_python_coverage=True)
    atheris.Fuzz()
