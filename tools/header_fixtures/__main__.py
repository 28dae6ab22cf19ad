"""``python -m tools.header_fixtures``: write tests/identify/headers from real model classes."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tools.header_fixtures import (
    comfyui_models,
    diffusers_components,
    diffusers_models,
    inferred_components,
    inferred_models,
    loras,
    ltx_models,
    publishers_components,
    text_models,
    wan_encoders,
)
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
    yield from _components(arguments)


def _components(arguments: argparse.Namespace) -> Iterator[Fixture]:
    """All that is no denoiser; the last two are made from the fixtures before them."""
    only = arguments.only
    if not arguments.no_diffusers:
        yield from diffusers_components.fixtures(only)
        yield from text_models.fixtures(only)
    if arguments.comfyui is not None:
        yield from publishers_components.from_comfyui(arguments.comfyui, only)
    if arguments.ltx is not None:
        yield from publishers_components.from_ltx_core(arguments.ltx, arguments.wan2gp, only)
    if arguments.wan2gp is not None:
        yield from wan_encoders.from_wan2gp(arguments.wan2gp, only)
    yield from inferred_components.fixtures(only)
    yield from loras.fixtures(only)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names that contain this word")
    parser.add_argument("--comfyui", type=Path, help="a ComfyUI checkout")
    parser.add_argument("--ltx", type=Path, help="a checkout of Lightricks/LTX-2")
    parser.add_argument("--wan2gp", type=Path, help="a checkout of deepbeepmeep/Wan2GP")
    parser.add_argument("--no-diffusers", action="store_true", help="leave out diffusers' classes")
    return parser.parse_args()


main()
