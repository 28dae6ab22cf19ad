"""Published layouts are the inverse of diffusers' own conversions, and are known by their names."""

from dataclasses import dataclass, field

import pytest

from compat.identify.identify import identify
from probes.renders.original_layout.packing import halves_swapped, packed, renamed
from probes.renders.original_layout.reading_back import read_back
from probes.renders.original_layout.registry import LAYOUTS
from probes.renders.tiny.model import modules_of

from .conftest import FAMILIES, tiny

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("renders")]

# The positions of a motion module are computed anew; diffusers' conversion drops the table.
COMPUTED = ".pos_embed.pe"


def _every_part():
    for family in FAMILIES:
        layout = LAYOUTS[family]
        for name in layout.networks:
            yield family, name
        if layout.autoencoder is not None:
            yield family, "vae"


EVERY_PART = tuple(_every_part())


def rewrite_of(family, name):
    layout = LAYOUTS[family]
    return layout.autoencoder if name == "vae" else layout.networks[name]


@pytest.fixture(scope="module")
def states():
    """The state of every part that has a layout; one copy of each for all tests."""
    made = {}
    for family in FAMILIES:
        for name, part in modules_of(tiny(family).parts()).items():
            made[family, name] = part
    return made


@pytest.mark.parametrize(("family", "name"), EVERY_PART)
def test_diffusers_own_conversion_undoes_the_layout(states, family, name):
    from diffusers.loaders.single_file_model import SINGLE_FILE_LOADABLE_CLASSES as KNOWN

    from probes.renders.loaders.taken_for_granted import conversion_for

    part = states[family, name]
    kind = type(part).__name__
    if kind not in KNOWN:
        assert family == "cogvideox"
        pytest.skip(f"diffusers has no conversion for {kind}")
    state = part.state_dict()
    prefix = LAYOUTS[family].prefixes.get(name, "")
    original = {prefix + key: t.clone() for key, t in rewrite_of(family, name)(state).items()}
    assert set(original) != set(state)
    with conversion_for(part):
        back = KNOWN[kind]["checkpoint_mapping_fn"](checkpoint=original, config=part.config)
    assert set(back) == {key for key in state if not key.endswith(COMPUTED)}
    assert all(back[key].equal(state[key]) for key in back)


@pytest.mark.parametrize(("family", "name"), EVERY_PART)
def test_no_number_is_lost_and_all_are_found_again(states, family, name):
    state = states[family, name].state_dict()
    rewrite = rewrite_of(family, name)
    back = read_back(rewrite(state), state, rewrite)
    assert all(back[key].equal(state[key]) for key in state)


def test_a_layout_that_loses_a_number_is_told():
    import torch

    def half(state):
        return {"b": state["a"][:2]}

    with pytest.raises(ValueError, match="loses 2 of 4 numbers"):
        read_back({"b": torch.ones(2)}, {"a": torch.ones(4)}, half)


@dataclass
class Published:
    family: str
    kind: str
    id: str
    config: dict = field(default_factory=dict)
    part: str = "transformer"


PUBLISHED = [
    Published("ltx", "LTXVideoTransformer3DModel", "ltx-video-2b"),
    Published("ltx-2", "LTX2VideoTransformer3DModel", "ltx-2-19b"),
    Published("wan-2.1", "WanTransformer3DModel", "wan-t2v-14b"),
    Published("wan-2.1", "AutoencoderKLWan", "wan-2-1-vae", part="vae"),
    Published("hunyuan-video", "HunyuanVideoTransformer3DModel", "hunyuan-video"),
    Published("mochi", "MochiTransformer3DModel", "mochi-1"),
    Published(
        "animatediff",
        "MotionAdapter",
        "animatediff-v2",
        {"use_motion_mid_block": True, "motion_max_seq_length": 32},
        part="motion_adapter",
    ),
]


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda p: p.id)
def test_the_layout_in_the_published_size_is_identified(published, tmp_path, fixtures_on_path):
    import diffusers
    import loader_files
    import torch

    with torch.device("meta"):
        model = getattr(diffusers, published.kind).from_config(published.config)
    prefix = LAYOUTS[published.family].prefixes.get(published.part, "")
    rewritten = rewrite_of(published.family, published.part)(model.state_dict())
    shapes = {prefix + name: list(tensor.shape) for name, tensor in rewritten.items()}
    found = identify(loader_files.write(tmp_path / "x.safetensors", shapes))
    assert found.id == published.id, found.near_misses


def test_two_tensors_are_never_given_one_name():
    with pytest.raises(ValueError, match="two tensors become c"):
        renamed({"a": 1, "b": 2}, [("a", "c"), ("b", "c")])


def test_rows_are_packed_in_order_and_swapped_by_halves():
    import torch

    state = {f"x.{part}.weight": torch.full((2, 1), float(n)) for n, part in enumerate("qkv")}
    rows = packed({**state, "y.weight": torch.zeros(1)}, "qkv.", ("q.", "k.", "v."))
    assert {name: t.flatten().tolist() for name, t in rows.items()} == {
        "x.qkv.weight": [0, 0, 1, 1, 2, 2],
        "y.weight": [0],
    }
    swapped = halves_swapped(rows, r"^x\.")
    assert swapped["x.qkv.weight"].flatten().tolist() == [1, 2, 2, 0, 0, 1]
    assert swapped["y.weight"] is rows["y.weight"]
