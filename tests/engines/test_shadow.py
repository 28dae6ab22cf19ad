"""What counts as a difference, what is left out, and where an operation was called."""

import pytest

torch = pytest.importorskip("torch")

from runners.engines.call_sites import CallSites  # noqa: E402
from runners.engines.shadow import Shadow, difference  # noqa: E402
from runners.engines.shadow_reference import NoReferenceError, host_copy, reference  # noqa: E402
from tools.device_faults.bug import broken_backend  # noqa: E402
from tools.device_faults.every_bug import BUGS  # noqa: E402


class Two(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(4, 4)
        self.second = torch.nn.SiLU()

    def forward(self, values):
        return self.second(self.first(values))


class Pipeline:
    """What the shadow asks of a pipeline: its components."""

    def __init__(self):
        self.components = {"transformer": Two(), "tokenizer": object()}


def followed(action, pipeline=None, most=10):
    with CallSites(pipeline or Pipeline()) as sites:
        shadow = Shadow(sites, most, lambda _count: None)
        with torch.inference_mode(), shadow.mode():
            action()
    return shadow


@pytest.mark.parametrize(
    ("output", "meant", "words"),
    [
        (torch.ones(2, 3), torch.ones(3, 2).double(), "shape (2, 3), expected (3, 2)"),
        (torch.ones(2).half(), torch.ones(2).double(), "expected one that widens to"),
        (torch.tensor([1, 2]), torch.tensor([1, 3]), "1 of 2 values differ"),
        (torch.tensor([1.0, torch.inf]), torch.ones(2).double(), "wrongly finite"),
        (torch.tensor([1.0, 1.0]), torch.tensor([1.0, torch.nan]).double(), "wrongly finite"),
    ],
)
def test_what_is_no_number_is_said_in_words(output, meant, words):
    assert words in difference(output, meant)[0]


def test_an_overflow_that_the_dtype_demands_is_no_fault():
    output = torch.tensor([1.0, torch.inf]).half()
    assert difference(output, torch.tensor([1.0, 1e6]))[0] == ""


def test_the_error_is_in_eps_of_the_dtype_and_relative_to_the_largest_value():
    output = torch.tensor([100.0, 1.0])
    meant = torch.tensor([100.0, 1.0 + 100 * 2.0**-23 * 5], dtype=torch.float64)
    assert difference(output, meant)[1] == pytest.approx(5, rel=0.01)


def test_views_random_numbers_and_empty_memory_are_left_out():
    def action():
        torch.empty(3)
        torch.randn(3)
        torch.nn.functional.dropout(torch.ones(3))
        torch.ones(3, 4).t()[1:]

    shadow = followed(action)
    assert shadow.compared == 2  # the two ones()
    assert not shadow.not_compared


def test_attention_with_dropout_is_counted_as_not_compared():
    tokens = torch.ones(1, 1, 4, 8)
    attend = torch.nn.functional.scaled_dot_product_attention
    shadow = followed(lambda: attend(tokens, tokens, tokens, dropout_p=0.5))
    assert shadow.not_compared == {"scaled_dot_product_attention": 1}


@pytest.mark.parametrize(
    ("causal", "mask"),
    [
        (False, None),
        (True, None),
        (False, torch.ones(5, 7).tril(1).bool()),
        (False, torch.randn(5, 7)),
    ],
)
def test_the_reference_of_attention_is_attention(causal, mask):
    query, keys = torch.randn(2, 3, 5, 8).double(), torch.randn(2, 3, 7, 8).double()
    options = {
        "attn_mask": mask.double() if mask is not None and mask.is_floating_point() else mask
    }
    function = torch.ops.aten.scaled_dot_product_attention.default
    meant = torch.nn.functional.scaled_dot_product_attention(
        query, keys, keys, is_causal=causal, **options
    )
    found = reference(function, (query, keys, keys), {"is_causal": causal, **options})
    assert torch.allclose(found, meant)


def test_an_operation_without_a_reference_is_said():
    with pytest.raises(NoReferenceError):
        reference(torch.ops.aten.linear.default, (torch.ones(2, 3), torch.ones(2, 4)), {})


def test_a_copy_has_the_strides_and_shares_nothing():
    view = torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1)[1:]
    copy = host_copy([view])[0]
    assert (copy.shape, copy.stride()) == (view.shape, view.stride())
    assert torch.equal(copy, view)
    copy.zero_()
    assert view.abs().sum() > 0


def test_the_module_and_the_line_of_a_divergence_are_named():
    pipeline = Pipeline()
    with broken_backend(BUGS["silu gives zeros"]):
        shadow = followed(lambda: pipeline.components["transformer"](torch.ones(2, 4)), pipeline)
    (found,) = shadow.divergences
    assert found.module == "transformer.second"
    assert found.operation == "silu"
    assert "test_shadow.py:" in found.source


def test_what_the_processor_itself_is_off_by_is_forgiven(monkeypatch):
    import runners.engines.shadow as subject

    monkeypatch.setattr(subject, "LIMIT_EPS", {"float32": 0.0})
    shadow = followed(lambda: torch.ones(50, 50).div(3) @ torch.ones(50, 50).div(7))
    assert not shadow.found
