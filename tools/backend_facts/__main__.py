"""``python -m tools.backend_facts WHEEL...``: reads macOS wheels of torch into the shipped facts.

Get a wheel with (Python 3.12, any machine)::

    pip download torch==2.14.1 --no-deps --only-binary=:all: --python-version 312 \\
        --platform macosx_14_0_arm64 --platform macosx_11_0_arm64
"""

import argparse
import json
from pathlib import Path

from tools.backend_facts.table import table
from tools.backend_facts.wheel import read_wheel

TARGET = Path("compat/backends/facts/mps_kernels.json")


def main() -> None:
    """Read the wheels and write the table; versions in it that were not read again stay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheels", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, default=TARGET)
    arguments = parser.parse_args()
    before = json.loads(arguments.into.read_text("utf-8")) if arguments.into.exists() else {}
    data = table(map(read_wheel, arguments.wheels), before)
    lines = (f'"{key}": {_block(value)}' for key, value in data.items())
    arguments.into.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{arguments.into}: {len(data['torch'])} versions, {len(data['ops'])} operations")


def _block(value: object) -> str:
    """One line per entry, so that a difference between two files can be read."""
    if not isinstance(value, dict):
        return json.dumps(value)
    return "{\n" + ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "}"


if __name__ == "__main__":
    main()
