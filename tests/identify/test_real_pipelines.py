"""Folders that diffusers itself wrote are whole, fit together, and are named by their family."""

import pytest

from compat.formats.verify import verify
from compat.identify.identify import identify
from compat.identify.pipelines import KNOWN_SIZES, PIPELINES, size_of

FAMILIES = ("ltx", "ltx2", "wan", "hunyuan-video", "animatediff", "cogvideox", "mochi")


@pytest.mark.torch
@pytest.mark.parametrize("family", FAMILIES)
def test_a_saved_pipeline_is_whole_and_known(tiny, family):
    folder = tiny(family)
    assert verify(folder, deep=True).findings == ()
    found = identify(folder)
    assert (found.family, found.findings) == (family, ())
    assert found.traits.picture is None


@pytest.mark.torch
def test_the_frame_limit_of_a_saved_motion_adapter_is_read(tiny):
    assert identify(tiny("animatediff")).traits.max_frames == 32


@pytest.mark.torch
def test_default_configs_of_diffusers_are_the_published_sizes():
    diffusers = pytest.importorskip("diffusers")
    import inspect

    assert all(hasattr(diffusers, name) for name in PIPELINES)
    named = set()
    for kind in sorted({known.kind for known in KNOWN_SIZES} - {"UNetMotionModel"}):
        parameters = inspect.signature(getattr(diffusers, kind).__init__).parameters
        defaults = {name: parameter.default for name, parameter in parameters.items()}
        known = size_of(kind, defaults)
        assert known is not None, kind
        named.add(known.id)
    assert {"ltx-video-2b", "ltx-2-19b", "wan-t2v-14b", "mochi-1"} <= named
