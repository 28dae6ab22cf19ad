"""What each loader reads is asked dtype by dtype, and what it does not read is told."""

from importlib import import_module

import pytest

from compat.core.model import Outcome, Severity
from compat.knowledge import match
from probes.loaders.safetensors_dtypes import BITS

pytest.importorskip("torch")

LOADERS = {
    "safetensors-torch-dtypes": ("safetensors.torch", "load_file"),
    "safetensors-numpy-dtypes": ("safetensors.numpy", "load_file"),
    "mlx-safetensors-dtypes": ("mlx.core", "load"),
}


@pytest.mark.parametrize("name", LOADERS)
def test_a_loader_that_leaves_tensors_out_is_seen(ask, monkeypatch, name):
    module = pytest.importorskip(LOADERS[name][0])
    monkeypatch.setattr(module, LOADERS[name][1], lambda _path: {})
    asked = ask(name)
    assert len([f for f in asked.findings if f.rule == "dtype-not-read"]) == len(BITS)
    assert "left out silently" in asked.text


@pytest.mark.parametrize("name", LOADERS)
def test_a_dtype_that_a_loader_used_to_read_is_no_known_gap(ask, monkeypatch, name):
    module = pytest.importorskip(LOADERS[name][0])
    real = getattr(module, LOADERS[name][1])

    def older(path):
        if "BF16" in str(path) or "U16" in str(path):
            raise ValueError("unknown dtype")
        return real(path)

    monkeypatch.setattr(module, LOADERS[name][1], older)
    severe = [f for f in ask(name).findings if f.severity is Severity.HIGH]
    assert {f.evidence["dtype"] for f in severe} >= {"U16"}


def test_torch_reads_all_but_the_floats_of_6_bits(ask):
    pytest.importorskip("safetensors.torch")
    asked = ask("safetensors-torch-dtypes")
    assert {f.evidence["dtype"] for f in asked.findings} == {"F6_E2M3", "F6_E3M2"}


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("safetensors-numpy-dtypes", "safetensors-numpy-dtype"),
        ("mlx-safetensors-dtypes", "mlx-float8-unsupported"),
    ],
)
def test_what_a_loader_never_read_is_known(ask, name, entry):
    pytest.importorskip(LOADERS[name][0])
    asked = ask(name)
    assert asked.findings
    assert {f.severity for f in asked.findings} == {Severity.MEDIUM}
    for finding in asked.findings:
        six = "Dtype not understood" in finding.message
        assert [known.id for known in match(finding.message)] == [
            "safetensors-float6" if six else entry
        ]


def test_gguf_reads_the_types_of_published_checkpoints(ask):
    pytest.importorskip("gguf")
    assert ask("gguf-dequantises").outcome is Outcome.PASS


@pytest.mark.parametrize("broken", ["refuses", "halves"])
def test_a_quantisation_that_is_not_read_is_seen(ask, monkeypatch, broken):
    quants = pytest.importorskip("gguf").quants
    real = quants.dequantize

    def worse(packed, kind):
        if kind.name != "Q4_K":
            return real(packed, kind)
        if broken == "refuses":
            raise NotImplementedError("Q4_K")
        return real(packed, kind)[:, ::2]

    monkeypatch.setattr(quants, "dequantize", worse)
    asked = ask("gguf-dequantises")
    assert asked.rules == {"gguf-type-not-read"}
    assert "Q4_K" in asked.text


DAMAGE = {
    "torch-load-refuses-damage": ("torch", "load", "torch-load-no-checksum"),
    "mlx-safetensors-refuses-damage": ("mlx.core", "load", "mlx-safetensors-unchecked"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_what_these_loaders_open_is_known(ask, name):
    pytest.importorskip(DAMAGE[name][0])
    asked = ask(name)
    assert len(asked.findings) == 2
    for finding in asked.findings:
        assert [known.id for known in match(finding.message)] == [DAMAGE[name][2]]


@pytest.mark.parametrize("name", DAMAGE)
def test_a_loader_that_opens_everything_or_nothing_is_seen(ask, monkeypatch, name):
    module = pytest.importorskip(DAMAGE[name][0])
    monkeypatch.setattr(module, DAMAGE[name][1], lambda *_path, **_options: {})
    assert len(ask(name).findings) >= 8

    def refuse(*_path, **_options):
        raise ValueError("broken")

    monkeypatch.setattr(module, DAMAGE[name][1], refuse)
    assert ask(name).rules == {"sound-file-refused"}


FROM_DISK = {
    "diffusers-folder-refuses-damage": "from_pretrained",
    "diffusers-single-file-refuses-damage": "from_single_file",
}


def test_diffusers_fills_in_a_missing_tensor_and_that_is_known(ask):
    pytest.importorskip("diffusers")
    asked = ask("diffusers-folder-refuses-damage")
    assert len(asked.findings) == 1
    assert [known.id for known in match(asked.text)] == ["diffusers-tensor-missing"]


def test_single_files_are_refused_where_they_are_damaged(ask):
    pytest.importorskip("diffusers")
    asked = ask("diffusers-single-file-refuses-damage")
    assert asked.outcome is Outcome.PASS, asked.text


@pytest.mark.proves("diffusers-folder-refuses-damage", "diffusers-single-file-refuses-damage")
@pytest.mark.parametrize("name", FROM_DISK)
def test_a_diffusers_loader_that_opens_everything_or_nothing_is_seen(ask, monkeypatch, name):
    pytest.importorskip("diffusers")
    model = import_module("diffusers").LTXVideoTransformer3DModel
    monkeypatch.setattr(model, FROM_DISK[name], lambda *_path, **_options: None)
    assert len(ask(name).findings) == 8

    def refuse(*_path, **_options):
        raise OSError("broken")

    monkeypatch.setattr(model, FROM_DISK[name], refuse)
    assert ask(name).rules == {"sound-file-refused"}
