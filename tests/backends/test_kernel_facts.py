"""The table read from the wheels answers for versions in it, between them and beyond."""

import pytest

from compat.backends.dtype_facts import Answer, takes
from compat.backends.kernel_facts import Kernel, KernelTable, kernel_table

SMALL = KernelTable(
    torch=("2.4.1", "2.6.0", "2.8.0"),
    ops={"late": "001", "never": "000", "new": "--1"},
    texts={"refused": "110"},
    stores={},
)


@pytest.mark.parametrize(
    ("op", "version", "answer"),
    [
        ("late", "2.6.0", Kernel.NO),
        ("late", "2.6.1", Kernel.NO),
        ("late", "2.8.0", Kernel.YES),
        ("late", "2.7.1", Kernel.UNKNOWN),
        ("late", "2.5.0", Kernel.NO),
        ("late", "2.8.0+cpu", Kernel.YES),
        ("late", "2.99", Kernel.YES),
        ("never", "2.99", Kernel.NO),
        ("never", "2.3", Kernel.UNKNOWN),
        ("new", "2.4.1", Kernel.YES),
        ("in no row", "2.6", Kernel.YES),
        ("late", "nonsense", Kernel.UNKNOWN),
    ],
)
def test_a_version_has_what_those_around_it_have(op, version, answer):
    assert SMALL.runs(op, version) is answer


@pytest.mark.parametrize(
    ("version", "answer"), [("2.4.1", True), ("2.5", True), ("2.7", None), ("2.8", False)]
)
def test_a_text_is_there_not_there_or_not_known(version, answer):
    assert SMALL.has_text("refused", version) is answer


@pytest.mark.parametrize(
    ("op", "first"),
    [("upsample_nearest3d", "2.8"), ("avg_pool3d", "2.9"), ("_int_mm", "2.15"), ("angle", "2.7")],
)
def test_kernels_came_with_the_version_that_the_wheels_show(op, first):
    table = kernel_table()
    signs = {version: table.runs(op, version) for version in table.torch}
    began = next(version for version, answer in signs.items() if answer is Kernel.YES)
    assert began.startswith(f"{first}.")


def test_what_the_device_says_it_stores_is_what_the_dtype_facts_say():
    for version, words in kernel_table().stores.items():
        for word in words:
            known = takes("mps", word, what="store", versions={"torch": version})
            assert known.answer is Answer.YES, (version, word)
        for word in {"F64", "C128", "F8_E4M3", "F8_E5M2"} - {*words}:
            known = takes("mps", word, what="store", versions={"torch": version})
            assert known.answer is Answer.NO, (version, word)


def test_every_row_has_a_sign_for_every_version():
    table = kernel_table()
    rows = [*table.ops.values(), *table.texts.values()]
    assert {len(row) for row in rows} == {len(table.torch)}
    assert {sign for row in rows for sign in row} <= {"0", "1", "-"}
