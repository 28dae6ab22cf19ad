"""The probes of number types tell support from its lack, and right from wrong."""

import math

import pytest

from compat.core.model import Outcome

torch = pytest.importorskip("torch")

E4M3 = "Trying to convert Float8_e4m3fn to the MPS backend but it does not have support"


def refuse_dtype(monkeypatch, dtype, text):
    """Make ``tensor.to`` refuse a dtype, as MPS does."""
    original = torch.Tensor.to

    def to(self, *arguments, **options):
        if dtype in (self.dtype, *arguments):
            raise TypeError(text)
        return original(self, *arguments, **options)

    monkeypatch.setattr(torch.Tensor, "to", to)


@pytest.mark.parametrize("name", ["fp8-storage", "float64", "complex128", "bf16-save-path"])
def test_the_processor_passes(ask, name):
    asked = ask(name)
    assert asked.outcome is Outcome.PASS, asked.text


def test_the_definition_of_8_bit_floats_has_the_published_extremes():
    from probes.dtypes.fp8_storage import definition

    e4m3, e5m2 = definition("float8_e4m3fn"), definition("float8_e5m2")
    assert max(v for v in e4m3 if not math.isnan(v)) == 448
    assert (e4m3[0x01], e5m2[0x01]) == (2**-9, 2**-16)
    assert sum(map(math.isnan, e4m3)) == 2
    assert (max(v for v in e5m2 if math.isfinite(v)), e5m2[0x7C]) == (57344, math.inf)


def test_a_missing_8_bit_float_is_a_fail_in_the_words_of_torch(ask, monkeypatch):
    refuse_dtype(monkeypatch, torch.float8_e4m3fn, E4M3)
    asked = ask("fp8-storage")
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"fp8-refused"}
    assert E4M3 in asked.text
    assert "e5m2" not in asked.text


def test_8_bit_codes_that_read_back_wrong_are_counted(ask, broken):
    with broken("_to_copy", damage=lambda t: t * 2 if t.element_size() > 1 else t):
        asked = ask("fp8-storage")
    assert "fp8-wrong" in asked.rules
    assert "of 256 codes" in asked.text


def test_8_bit_floats_that_are_cut_instead_of_rounded_are_seen(ask, monkeypatch):
    original = torch.Tensor.to

    def cut(self, target, **options):
        if target is torch.float8_e4m3fn and self.dtype is not torch.float8_e4m3fn:
            self = self - self.sign() * 2.0**-9
        return original(self, target, **options)

    monkeypatch.setattr(torch.Tensor, "to", cut)
    asked = ask("fp8-storage")
    assert asked.outcome is Outcome.FAIL
    assert "do not round to the nearest float8_e4m3fn" in asked.text


@pytest.mark.parametrize(
    ("name", "dtype", "rule"),
    [
        ("float64", torch.float64, "float64-refused"),
        ("complex128", torch.complex128, "complex128-refused"),
    ],
)
def test_a_missing_double_precision_is_a_fail_in_the_words_of_torch(
    ask, monkeypatch, name, dtype, rule
):
    text = "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support it"
    refuse_dtype(monkeypatch, dtype, text)
    asked = ask(name)
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {rule}
    assert text in asked.text


def test_double_precision_that_is_really_single_is_seen(ask, monkeypatch):
    original = torch.Tensor.to

    def narrow(self, *arguments, **options):
        result = original(self, *arguments, **options)
        if result.dtype is torch.float64:
            return result.float().double()
        return result.type(torch.complex64).type(torch.complex128)

    monkeypatch.setattr(torch.Tensor, "to", narrow)
    assert ask("float64").rules == {"float64-wrong"}
    assert ask("complex128").rules == {"complex128-wrong"}


def test_the_naive_way_to_numpy_fails_as_known(ask):
    asked = ask("bf16-to-numpy")
    assert asked.outcome is Outcome.FAIL
    assert "Got unsupported ScalarType BFloat16" in asked.text


def test_a_torch_that_hands_bfloat16_to_numpy_passes(ask, monkeypatch):
    monkeypatch.setattr(torch.Tensor, "numpy", lambda _tensor: "an array")
    assert ask("bf16-to-numpy").outcome is Outcome.PASS


def test_a_save_path_that_shifts_the_picture_is_seen(ask, broken):
    with broken("_to_copy", damage=lambda t: t.roll(3, dims=1) if t.dim() == 4 else t):
        asked = ask("bf16-save-path")
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"save-path-wrong"}


def test_a_save_path_that_raises_is_a_fail(ask, monkeypatch):
    def refuse(_tensor):
        raise TypeError("Got unsupported ScalarType BFloat16")

    monkeypatch.setattr(torch.Tensor, "numpy", refuse)
    asked = ask("bf16-save-path")
    assert asked.rules == {"save-path-refused"}


def test_mixed_dtypes_in_a_convolution_fail_as_known_and_the_cast_works(ask):
    asked = ask("mixed-dtype-convolution")
    assert asked.rules == {"mixed-dtypes-refused"}
    assert "Input type (float) and bias type (c10::BFloat16) should be the same" in asked.text


@pytest.mark.parametrize("damage", [lambda t: t * 1.5, lambda t: t * float("nan")])
def test_a_cast_that_does_not_help_is_another_fail(ask, broken, damage):
    with broken("convolution", damage=damage):
        asked = ask("mixed-dtype-convolution")
    assert asked.rules == {"mixed-dtypes-refused", "cast-convolution-wrong"}
