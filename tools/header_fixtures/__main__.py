"""``python -m tools.header_fixtures``: write tests/identify/headers from real model classes."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tools.header_fixtures import comfyui_models, diffusers_models, inferred_models, ltx_models
from tools.header_fixtures.fixture import Fixture, write_fixture


def main() -> None:
    """Build every fixture whose sources are at hand."""
    for fixture in _fixtures(_arguments()):
        path = write_fixture(fixture)
        billions, size = fixture.parameters / 1e9, path.stat().st_size
        print(f"{path.name:<44} {len(fixture.tensors):>6} {billions:8.3f} B {size:>7}")


def _fixtures(arguments: argparse.Namespace) -> Iterator[Fixture]:
    if arguments.ltx is not None:
        yield from ltx_models.fixtures(arguments.ltx, arguments.only)
    if arguments.comfyui is not None:
        yield from comfyui_models.fixtures(arguments.comfyui, arguments.only)
    if not arguments.no_diffusers:
        yield from diffusers_models.fixtures(arguments.only)
    yield from inferred_models.fixtures(arguments.only)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names that contain this word")
    parser.add_argument("--comfyui", type=Path, help="a ComfyUI checkout")
    parser.add_argument("--ltx", type=Path, help="a checkout of Lightricks/LTX-2")
    parser.add_argument("--no-diffusers", action="store_true", help="leave out diffusers' classes")
    return parser.parse_args()


main()
