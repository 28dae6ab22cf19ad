"""The command line of the header fuzzer; see the package's docstring."""

import argparse
import sys

FORMATS = ("gguf", "safetensors")


def main() -> int:
    """Fuzz one format; 1 where a case could not be explained."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz_headers")
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("--runs", type=int, default=200_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--engine", choices=("mutate", "atheris"), default="mutate")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    # Each engine imports the readers itself: atheris has to see them being imported.
    if chosen.engine == "atheris":
        from tools.fuzz_headers import by_coverage

        by_coverage.run(chosen.format, chosen.runs, chosen.first)
    from tools.fuzz_headers import mutate

    tally = mutate.run(chosen.format, chosen.runs, chosen.first, chosen.processes)
    print("\n".join(tally.lines()))
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
