"""Attention back ends and products of 8-bit floats: right here, red where they are broken."""

import pytest

from compat.core.model import Outcome

torch = pytest.importorskip("torch")

KERNELS = (
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_attention_math",
    "scaled_dot_product_attention",
    "bmm",
)


def test_the_back_ends_of_the_processor_agree(ask):
    asked = ask("sdpa-backends")
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["MATH float32"] == "offered"
    assert "RuntimeError" in asked.measures["CUDNN_ATTENTION float32"]


@pytest.mark.parametrize("damage", [torch.zeros_like, lambda t: t * 1.05, lambda t: t * torch.nan])
def test_a_wrong_back_end_is_seen(ask, broken, damage):
    with broken(*KERNELS, damage=damage) as fault:
        asked = ask("sdpa-backends")
    assert fault.hits
    assert asked.rules == {"attention-backend-wrong"}


def test_a_device_without_any_back_end_is_seen(ask, monkeypatch):
    def refuse(*tokens):
        raise RuntimeError("No viable backend")

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", refuse)
    assert ask("sdpa-backends").rules == {"no-attention-backend"}


def test_products_of_8_bit_floats_are_right_on_the_processor(ask):
    asked = ask("fp8-scaled-matmul")
    assert asked.outcome is Outcome.PASS, asked.text


@pytest.mark.parametrize("damage", [torch.zeros_like, lambda t: t * 1.05, lambda t: t * torch.nan])
def test_wrong_products_of_8_bit_floats_are_seen(ask, broken, damage):
    with broken("_scaled_mm", damage=damage) as fault:
        asked = ask("fp8-scaled-matmul")
    assert fault.hits
    assert asked.rules == {"fp8-matmul-wrong"}


def test_a_card_without_products_of_8_bit_floats_is_told_what_to_do(ask, monkeypatch):
    def refuse(*_arguments, **_options):
        raise RuntimeError("torch._scaled_mm is only supported on CUDA devices with ... 8.9")

    monkeypatch.setattr(torch, "_scaled_mm", refuse)
    asked = ask("fp8-scaled-matmul")
    assert asked.rules == {"fp8-matmul-refused"}
    assert asked.findings[0].remedy


def test_8_bit_floats_do_not_reach_numpy_and_the_ways_around_do(ask):
    asked = ask("fp8-to-numpy")
    assert asked.rules == {"fp8-numpy-refused"}
    assert len(asked.findings) == 2


def test_a_numpy_that_takes_8_bit_floats_passes(ask, monkeypatch):
    real = torch.Tensor.numpy

    def takes_all(tensor):
        return object() if "float8" in str(tensor.dtype) else real(tensor)

    monkeypatch.setattr(torch.Tensor, "numpy", takes_all)
    assert ask("fp8-to-numpy").outcome is Outcome.PASS


def test_a_way_around_that_gives_other_numbers_is_seen(ask, monkeypatch):
    real = torch.Tensor.numpy
    monkeypatch.setattr(torch.Tensor, "numpy", lambda tensor: real(tensor) * 2)
    assert ask("fp8-to-numpy").rules == {"fp8-numpy-refused", "fp8-cure-wrong"}


def test_a_way_around_that_is_closed_is_seen(ask, monkeypatch):
    def refuse(_tensor):
        raise TypeError("closed")

    monkeypatch.setattr(torch.Tensor, "numpy", refuse)
    assert ask("fp8-to-numpy").rules == {"fp8-numpy-refused", "fp8-cure-refused"}
