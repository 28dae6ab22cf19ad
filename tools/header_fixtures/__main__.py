"""``python -m tools.header_fixtures``: write tests/identify/headers from real model classes."""

import argparse
from pathlib import Path

from tools.header_fixtures import diffusers_models
from tools.header_fixtures.fixture import write_fixture


def main() -> None:
    """Build every fixture whose sources are at hand."""
    arguments = _arguments()
    for fixture in diffusers_models.fixtures(arguments.only):
        path = write_fixture(fixture)
        size = path.stat().st_size
        print(
            f"{path.name:<40} {len(fixture.tensors):>6} {fixture.parameters / 1e9:8.3f} B {size:>7}"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names that contain this word")
    parser.add_argument("--comfyui", type=Path, help="a ComfyUI checkout")
    parser.add_argument("--ltx", type=Path, help="a checkout of Lightricks/LTX-2")
    return parser.parse_args()


main()
