import random

import pytest

PAGE = 4096


def holed(data, start, end):
    return data[:start] + bytes(end - start) + data[end:]


MATRIX = (300, 1000)
"""Rows of 2000 bytes in bf16: they begin on no page."""


@pytest.mark.parametrize("dtype", ["BF16", "F16", "F32", "F8_E4M3", "F8_E5M2"])
@pytest.mark.parametrize("pages", [1, 5, 40])
def test_a_hole_of_whole_pages_is_found_with_its_first_and_last_byte(
    found, dtype, pages, normal, loud
):
    data = normal(dtype, MATRIX)
    start, end = 7 * PAGE, (7 + pages) * PAGE
    findings = found({"a.weight": (dtype, MATRIX, holed(data, start, end))})
    assert loud(findings) == ["weights-zero-region"]
    (region,) = findings["weights-zero-region"].evidence["regions"]
    assert region["from"] == 4096 + start - len(data[:start]) + len(data[:start].rstrip(b"\0"))
    assert region["to"] == 4096 + end + len(data[end:]) - len(data[end:].lstrip(b"\0"))


@pytest.mark.parametrize("offset", [8, 1000, 4095])
def test_a_hole_in_a_tensor_that_begins_on_no_page_is_found(found, offset, normal, loud):
    data = holed(normal("BF16", MATRIX), 100_000 - offset, 150_000 - offset)
    findings = found({"a.weight": ("BF16", MATRIX, data)}, start=4096 + offset)
    assert loud(findings) == ["weights-zero-region"]
    assert findings["weights-zero-region"].evidence["zero_bytes"] == pytest.approx(50_000, abs=4)


def test_a_hole_over_several_tensors_is_one_hole(found, normal, loud):
    names = [f"blocks.{n}.weight" for n in range(6)]
    data = holed(b"".join(normal("BF16", MATRIX, seed=n) for n in range(6)), 171 * PAGE, 610 * PAGE)
    size = len(data) // 6
    parts = {n: ("BF16", MATRIX, data[k * size : (k + 1) * size]) for k, n in enumerate(names)}
    findings = found(parts)
    assert loud(findings) == ["weights-zero-region"]
    (region,) = findings["weights-zero-region"].evidence["regions"]
    assert region["bytes"] == pytest.approx(439 * PAGE, abs=4)
    assert findings["weights-zero-region"].evidence["tensors"][0] == "'blocks.1.weight'"


def test_a_hole_that_happens_to_end_with_rows_is_still_one_where_it_crosses_tensors(
    found, normal, loud
):
    data = holed(b"".join(normal("BF16", MATRIX, seed=n) for n in range(2)), 500_000, 700_000)
    tensors = {f"{n}.weight": ("BF16", MATRIX, data[n * 600_000 :][:600_000]) for n in range(2)}
    assert loud(found(tensors)) == ["weights-zero-region"]


def test_a_hole_from_the_first_bytes_of_a_tensor_to_its_end_is_found(found, normal, loud):
    tensors = {"a.weight": ("F8_E4M3", (2048, 512), normal("F8_E4M3", (2048, 512)))}
    last = normal("F8_E4M3", (512, 2048), seed=1)
    tensors["b.weight"] = ("F8_E4M3", (512, 2048), last[:435] + bytes(len(last) - 435))
    assert loud(found(tensors)) == ["weights-zero-region"]


def test_many_small_holes_are_one_finding(found, normal, loud):
    data = normal("BF16", (2000, 1000))
    for spot in random.Random(0).sample(range(2, 900, 3), 40):
        data = holed(data, spot * PAGE, (spot + 1) * PAGE)
    findings = found({"a.weight": ("BF16", (2000, 1000), data)})
    assert loud(findings) == ["weights-zero-region"]
    assert findings["weights-zero-region"].evidence["zero_bytes"] >= 40 * PAGE


def test_a_hole_in_quantised_blocks_is_found(found, loud):
    rng = random.Random(0)
    data = b"".join(
        b"\x00\x20\x00\x18" + rng.randbytes(140)
        for _ in range(4000)  # Q4_K with sane scales
    )
    findings = found({"a.weight": ("Q4_K", (500, 2048), holed(data, 9 * PAGE, 30 * PAGE))})
    assert loud(findings) == ["weights-zero-region"]


QUIET = {
    "unused rows at the end of a vocabulary": lambda d: holed(d, 280 * 2000, 300 * 2000),
    "a padding row at the beginning": lambda d: holed(d, 0, 5 * 2000),
    "rows in the middle that were pruned": lambda d: holed(d, 100 * 2000, 110 * 2000),
    "scattered zeros, as after pruning": lambda d: bytes(
        0 if i // 2 % 5 else b for i, b in enumerate(d)
    ),
    "nothing": lambda d: d,
}


@pytest.mark.parametrize("what", QUIET)
def test_zeros_that_may_be_meant_do_not_alarm(found, what, normal, loud):
    data = QUIET[what](normal("BF16", MATRIX))
    assert loud(found({"a.weight": ("BF16", MATRIX, data)})) == []


def test_zero_rows_are_mentioned(found, normal):
    data = holed(normal("BF16", MATRIX), 280 * 2000, 300 * 2000)
    assert "weights-zero-rows" in found({"embed.weight": ("BF16", MATRIX, data)})


def test_a_table_that_is_mostly_zero_does_not_alarm(found, loud):
    import numpy as np

    mel = np.zeros((200, 5000), "f4")
    for row in range(200):
        mel[row, row * 20 : row * 20 + 40] = np.hanning(42)[1:-1]
    tables = {"mel": mel, "eye": np.eye(2000, dtype="f4"), "tri": np.tri(1500, dtype="f4")}
    for name, table in tables.items():
        assert loud(found({name: ("F32", table.shape, table.tobytes())})) == []


def test_an_fp8_matrix_of_tiny_weights_that_rounded_to_zero_does_not_alarm(found, normal, loud):
    data = normal("F8_E4M3", (1000, 1000), spread=4e-4).replace(b"\x80", b"\0")
    assert data.count(0) > 900_000
    assert loud(found({"a.weight": ("F8_E4M3", (1000, 1000), data)})) == []


def test_indices_are_no_weights(found, loud):
    index = b"\x01" * 4096 + bytes(8 * 2000 * 64 - 4096)
    assert loud(found({"relative_position_index": ("I64", (2000, 64), index)})) == []


@pytest.mark.parametrize("rank", [4, 16, 64])
def test_unused_rows_of_a_narrow_matrix_are_no_hole_and_pages_of_it_are(found, normal, loud, rank):
    shape = (15_360, rank)
    data, row = normal("BF16", shape), 2 * rank
    key = holed(data, 5121 * row, 10_241 * row)  # query, key and value in one: key untrained
    assert loud(found({"qkv.lora_up.weight": ("BF16", shape, key)}, start=5000)) == []
    page = -5000 % PAGE
    hole = holed(data, page + 2 * PAGE, page + 9 * PAGE)
    assert loud(found({"qkv.lora_up.weight": ("BF16", shape, hole)}, start=5000)) == [
        "weights-zero-region"
    ]


def test_unused_rows_of_a_file_made_of_pages_are_no_hole(found, normal, loud):
    shape = (300, 2048)
    data = holed(normal("BF16", shape), 200 * PAGE, 300 * PAGE)
    assert loud(found({"embed.weight": ("BF16", shape, data)})) == []
