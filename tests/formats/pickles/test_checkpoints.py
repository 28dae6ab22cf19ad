"""Checkpoints that torch wrote: the table without unpickling equals what torch loads."""

import collections

import numpy as np
import pytest

from compat.formats.header import read_header
from compat.formats.verify import verify

torch = pytest.importorskip("torch")


def report(path, **options):
    (one,) = verify(path, **options).reports
    return one


def loud(path):
    """Rules of everything at LOW or above, with every value looked at."""
    return [f.rule for f in verify(path, deep=True).findings if f.severity != "info"]


def contents(made):
    weights = made.state()
    matrix = torch.arange(48.0).reshape(6, 8)
    lightning = {"epoch": 3, "global_step": 7, "state_dict": weights, "lr": [0.1, {"x": (1, 2)}]}
    return {
        "plain": weights,
        "ordered": collections.OrderedDict(weights),
        "bf16": made.state(torch.bfloat16),
        "fp8": {"w": torch.ones(4, 4).to(torch.float8_e4m3fn)},
        "unsigned": {"w": torch.ones(5, dtype=torch.uint16)},
        "integers": {"i": torch.arange(5), "b": torch.tensor([True]), "s": torch.tensor(2.0)},
        "lightning": lightning,
        "parameters": {"w": torch.nn.Parameter(matrix)},
        "views": {"all": matrix, "rows": matrix[2:4], "turned": matrix.t()},
        "nothing in it": {"w": torch.zeros(0, 4), "v": torch.ones(2)},
        "module state": torch.nn.Sequential(torch.nn.Linear(3, 4)).state_dict(),
        "numpy numbers": {"state_dict": weights, "loss": np.float64(0.5)},
    }  # fmt: skip


FORMS = {"torch-zip": "saved", "torch-legacy": "legacy"}
CASES = [
    "plain", "ordered", "bf16", "fp8", "unsigned", "integers", "lightning", "parameters", "views",
    "nothing in it", "module state", "numpy numbers",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_the_table_is_what_torch_loads(put, made, form, case):
    content = contents(made)[case]
    path = put("x.ckpt", getattr(made, FORMS[form])(content))
    header = read_header(path)
    loaded = content.get("state_dict", content)
    assert header.format == form
    assert list(header.tensors) == list(loaded)
    data = path.read_bytes()
    for name, tensor in loaded.items():
        info = header.tensors[name]
        assert info.shape == tuple(tensor.shape)
        if tensor.is_contiguous() and tensor.numel():
            stored = bytes(tensor.detach().flatten().view(torch.uint8).numpy())
            assert data[info.start : info.end] == stored


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_a_right_checkpoint_is_ok_and_only_told_to_be_a_pickle(put, made, form, case):
    path = put("x.pth", getattr(made, FORMS[form])(contents(made)[case]))
    assert (report(path).verdict, loud(path)) == ("ok", [])
    assert "pickle-format" in [finding.rule for finding in report(path).findings]


def test_the_nesting_is_remembered_and_training_state_is_told(put, made):
    weights = made.state()
    optimizer = {"state": {0: {"exp_avg": torch.zeros(8, 16)}}}
    path = put("x.ckpt", made.saved({"state_dict": weights, "optimizer_states": [optimizer]}))
    header = read_header(path)
    assert header.metadata["nested_under"] == "state_dict"
    assert list(header.tensors) == list(weights)
    finding = next(f for f in report(path).findings if f.rule == "checkpoint-training-state")
    assert finding.evidence["bytes"] == 8 * 16 * 4


@pytest.mark.parametrize("key", ["module", "model", "params_ema", "anything"])
def test_a_single_nest_of_any_name_is_looked_into(put, made, key):
    path = put("x.pt", made.saved({key: made.state(), "epoch": 1}))
    assert list(read_header(path).tensors) == list(made.state())


def test_a_whole_module_is_read_and_not_trusted(put, made):
    path = put("x.pt", made.saved(torch.nn.Sequential(torch.nn.Linear(3, 4))))
    assert set(read_header(path).tensors) == {"0.weight", "0.bias"}
    assert report(path).verdict == "unknown"
    named = {f.evidence["name"] for f in report(path).findings if f.rule == "pickle-unknown-global"}
    assert "'torch.nn.modules.linear.Linear'" in named


def test_a_checkpoint_without_checksums_is_fine(put, made):
    torch.serialization.set_crc32_options(False)
    try:
        path = put("x.pt", made.saved(made.state()))
    finally:
        torch.serialization.set_crc32_options(True)
    assert loud(path) == []


def test_a_program_is_named_and_never_ok(tmp_path):
    path = tmp_path / "x.pt"
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(path))
    assert [f.rule for f in report(path).findings] == ["torchscript-archive"]
    assert report(path).verdict == "unknown"


def test_values_inside_a_checkpoint_are_looked_at(put, made):
    weights = made.state() | {"bad": torch.tensor([1.0, float("nan")])}
    for form in FORMS.values():
        assert "weights-not-finite" in loud(put("x.ckpt", getattr(made, form)(weights)))


def test_identify_reads_checkpoints_too(put, made):
    from compat.identify.identify import identify

    pe = "down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0"
    key = f"{pe}.attention_blocks.0.pos_encoder.pe"
    path = put("mm.ckpt", made.saved({"state_dict": {key: torch.randn(1, 24, 320)}}))
    assert "animatediff" in str(identify(path))
