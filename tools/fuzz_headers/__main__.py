"""The command line of the header fuzzer; see the package's docstring."""

import argparse
import sys

from tools.fuzz_headers import by_coverage, mutate


def main() -> int:
    """Fuzz one format; 1 where a case could not be explained."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz_headers")
    parser.add_argument("format", choices=sorted(mutate.MAKERS))
    parser.add_argument("--runs", type=int, default=200_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--engine", choices=("mutate", "atheris"), default="mutate")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    if chosen.engine == "atheris":
        tally = by_coverage.run(chosen.format, chosen.runs, chosen.first)
    else:
        tally = mutate.run(chosen.format, chosen.runs, chosen.first, chosen.processes)
        print("\n".join(tally.lines()))
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
