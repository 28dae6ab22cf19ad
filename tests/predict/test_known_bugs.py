"""Every recorded fault has a trace in which it fires and ones in which it stays silent."""

from dataclasses import replace

import pytest

from compat.backends.known_bugs import bug_book
from compat.predict.model import Asked
from compat.predict.rules.known_bug import known_bug, not_told
from compat.predict.sizes import SIZES
from tests.predict.traces import MAC, attention, op, seen, tensor

CARD = Asked(kind="cuda", torch="2.13", capability=8.9)
AMD = Asked(kind="rocm", torch="2.13", arch="gfx1201")
MLX = Asked(kind="mlx")
OLD_MAC = replace(MAC, torch="2.8", macos="15.2", chip="M1")


def conv3d(out_channels=8, dtype="BF16", sides=(4, 8, 8), *, transposed=False):
    return op(
        "convolution", [tensor(dtype, 1, 4, *sides), tensor(dtype, out_channels, 4, 3, 3, 3)],
        [tensor(dtype, 1, out_channels, *sides)], transposed=transposed,
    )  # fmt: skip


def pad(side, times=(2, 0), sides=5):
    shape = (1, 4, 3, side, side)[-sides:]
    return op(
        "constant_pad_nd", [tensor("BF16", *shape)], [tensor("BF16", *shape)],
        pad=[1, 1, 1, 1, *times],
    )  # fmt: skip


def product(name, inner, rows=4, batch=(), columns=4, dtype="BF16"):
    shapes = [(*batch, rows, inner), (*batch, inner, columns)]
    return op(name, [tensor(dtype, *shape) for shape in shapes],
              [tensor(dtype, *batch, rows, columns)])  # fmt: skip


def linear(tokens, *, bias=True, axes=3):
    shapes = [(1, tokens, 8)[-axes:], (8, 8), *([(8,)] if bias else [])]
    return op(
        "linear", [tensor("BF16", *shape) for shape in shapes], [tensor("BF16", 1, tokens, 8)]
    )


def add(*shape):
    return op("add.Tensor", [tensor("BF16", *shape)] * 2, [tensor("BF16", *shape)])


CASES = {
    "mps-attention-scores-over-4g": (
        replace(MAC, torch="2.12"), attention(32760), attention(4096),
    ),
    "mps-attention-half-precision": (
        replace(MAC, torch="2.12"), attention(3069), attention(3069, dtype="F32"),
    ),
    "mps-matmul-over-4g": (
        MAC, product("bmm", 8, 1 << 16, (2,), 1 << 16), product("bmm", 8, 1 << 8, (2,)),
    ),
    "mps-matmul-long-k": (OLD_MAC, product("addmm", 32767), product("addmm", 32766)),
    "mps-bmm-long-k": (OLD_MAC, product("bmm", 32767, batch=(2,)), product("bmm", 8, batch=(2,))),
    "mps-linear-long-batch": (MAC, linear(65537), linear(65537, bias=False)),
    "mps-pad-temporal-large-plane": (MAC, pad(256), pad(255)),
    "mps-conv-channels": (replace(MAC, torch="2.4.1"), conv3d(65537), conv3d(65536)),
    "mps-conv-channels-refused": (MAC, conv3d(65537), conv3d(65536)),
    "mps-matmul-dimensions-refused": (
        MAC, product("mm", 8, 1 << 17, (), 1 << 16), product("mm", 8, 1 << 10),
    ),
    "mps-conv3d-macos-26": (replace(MAC, macos="26.2"), conv3d(), add(4)),
    "mps-conv3d-needs-macos-13-2": (
        replace(MAC, torch="2.6", macos="13.1"), conv3d(), conv3d(transposed=True),
    ),
    "mps-conv-transpose3d-refused": (
        replace(MAC, torch="2.7"), conv3d(transposed=True), conv3d(),
    ),
    "mps-conv-transpose3d-half-refused": (
        MAC, conv3d(transposed=True), conv3d(dtype="F32", transposed=True),
    ),
    "mps-bfloat16-needs-macos-14": (
        replace(MAC, torch="2.6", macos="13.6"), add(4),
        op("add.Tensor", [tensor("F16", 4)] * 2, [tensor("F16", 4)]),
    ),
    "mps-argsort-long-columns": (
        MAC, op("sort", [tensor("F32", 3, (1 << 22) + 1)]), op("sort", [tensor("F32", 3, 4)]),
    ),
    "mps-tensor-over-2g": (
        MAC, add(1 << 16, 1 << 16),
        op("expand", [tensor("F32", 4)], [tensor("F32", 1 << 16, 1 << 16)]),
    ),
    "cuda-conv3d-half-large": (
        replace(CARD, torch="2.8"), conv3d(512, sides=(40, 512, 512)),
        conv3d(512, "F16", (40, 512, 512)),
    ),
    "cuda-conv3d-half-memory": (replace(CARD, torch="2.9.1"), conv3d(), conv3d(dtype="F32")),
    "cuda-attention-whole-matrix": (
        replace(CARD, capability=7.5), attention(8192), attention(8192, dtype="F16"),
    ),
    "rocm-attention-whole-matrix": (
        replace(AMD, arch="gfx1030"), attention(8192), attention(512),
    ),
    "rocm-attention-experimental": (
        replace(AMD, arch="gfx1151"), attention(8192), attention(512),
    ),
    "rocm-bfloat16-slow": (
        replace(AMD, arch="gfx1030"), linear(4), op("linear", [tensor("F16", 4, 4)] * 2),
    ),
    "rocm-convolution-search": (AMD, conv3d(), linear(4)),
    "rocm-float32-matmul-long": (
        AMD, product("mm", 8, 524289, dtype="F32"), product("mm", 8, 524289),
    ),
    "mlx-convolution-over-2g": (
        MLX, conv3d(512, sides=(40, 512, 512)), conv3d(512, sides=(4, 512, 512)),
    ),
    "mlx-conv3d-unfolded-over-4g": (
        MLX, conv3d(sides=(160, 512, 1024)), conv3d(sides=(4, 512, 512)),
    ),
    "mlx-matmul-over-2g": (MLX, product("mm", 1 << 17, 1 << 15), product("mm", 1 << 17, 4)),
    "mlx-array-over-2g": (MLX, add(1 << 16, 1 << 16), add(1 << 8, 1 << 8)),
    "cuda-outer-product-32-bit": (
        CARD, product("bmm", 1, 1 << 16, (1,), 1 << 16), product("bmm", 2, 1 << 16, (1,), 1 << 16),
    ),
    "cuda-bfloat16-emulated": (
        replace(CARD, capability=7.5), linear(4), op("linear", [tensor("F16", 4, 4)] * 2),
    ),
}  # fmt: skip


def rules_found(one, asked):
    return {finding.rule for finding in known_bug.check(seen(one), asked)}


@pytest.mark.parametrize("bug", CASES)
def test_it_fires_at_its_shape_and_not_beside_it(bug):
    asked, fires, silent = CASES[bug]
    assert bug in rules_found(fires, asked)
    assert bug not in rules_found(silent, asked)


def test_every_recorded_fault_is_tried_and_can_be_measured():
    assert set(CASES) == {bug.id for bug in bug_book().bugs}
    assert {bug.measure for bug in bug_book().bugs} <= set(SIZES)


@pytest.mark.parametrize(
    ("bug", "changed"),
    [
        ("mps-attention-scores-over-4g", {"torch": "2.13"}),
        ("mps-attention-half-precision", {"torch": "2.13"}),
        ("mps-matmul-long-k", {"chip": "M3"}),
        ("mps-matmul-long-k", {"torch": "2.14"}),
        ("mps-pad-temporal-large-plane", {"torch": "2.12"}),
        ("mps-pad-temporal-large-plane", {"torch": "2.15"}),
        ("mps-conv3d-macos-26", {"macos": "26.7"}),
        ("mps-conv3d-macos-26", {"macos": "15.2"}),
        ("mps-bfloat16-needs-macos-14", {"macos": "14.0"}),
        ("cuda-bfloat16-emulated", {"capability": 8.0}),
    ],
)
def test_another_version_chip_or_card_does_not_have_it(bug, changed):
    asked, fires, _ = CASES[bug]
    assert bug not in rules_found(fires, replace(asked, **changed))


def test_fused_attention_helps_only_at_widths_it_has_kernels_for():
    assert "mps-attention-half-precision" in rules_found(attention(6240, width=384), MAC)
    assert rules_found(attention(6240, width=128), MAC) == set()


def test_few_queries_need_no_score_matrix_in_any_version():
    query, keys = tensor("F16", 1, 8, 8, 64), tensor("F16", 1, 8, 5000, 64)
    few = op("scaled_dot_product_attention", [query, keys, keys], [query])
    assert rules_found(few, replace(MAC, torch="2.8")) == set()


def test_padding_in_space_is_not_the_fault_of_padding_in_time():
    assert rules_found(pad(512, times=(0, 0)), MAC) == set()


def test_what_was_not_named_is_asked_for_and_not_guessed():
    asked = Asked(kind="mps", torch="2.13.0")
    assert rules_found(conv3d(), asked) == set()
    [sentence] = not_told(seen(conv3d()), asked)
    assert "macOS" in sentence
    assert list(not_told(seen(conv3d()), replace(asked, macos="26.2"))) == []


def test_every_fault_says_where_it_comes_from_and_what_to_do():
    for bug in bug_book().bugs:
        assert bug.source, bug.id
        assert bug.remedy, bug.id
        assert bug.checked in ("run", "read", "reported"), bug.id
        assert bug.ends in ("silent", "fails", "slow", "unknown"), bug.id
        assert (bug.ends != "fails") or bug.error, bug.id
