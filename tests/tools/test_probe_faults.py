"""Injected faults act where they say, and what a probe makes of them is told apart."""

import pytest

from compat.core.model import Finding, Needs, Outcome, Place, Severity
from compat.core.probe import probe
from tools.device_faults.every_bug import BUGS, GROUPS

torch = pytest.importorskip("torch")

from probes.numerics import agrees, sample  # noqa: E402
from tools.device_faults.bug import Bug, broken_backend, operations_of  # noqa: E402
from tools.probe_faults.asking import Seen, ask, under  # noqa: E402
from tools.probe_faults.every_fault import FAULTS  # noqa: E402
from tools.probe_faults.fault import of_device  # noqa: E402
from tools.probe_faults.table import made  # noqa: E402


def test_every_name_stands_once_and_every_bug_says_what_it_imitates():
    assert len(BUGS) == sum(map(len, GROUPS.values()))
    for bug in BUGS.values():
        assert bug.imitates
        assert bug.operations
        assert (bug.damage is None) != (bug.instead is None)


@pytest.mark.parametrize(("whole", "copied"), [(True, 1.0), (False, 0.0)])
def test_a_bug_of_a_copy_acts_in_a_reshape_only_where_that_is_taken_apart(whole, copied):
    view = torch.ones(3, 4).t()
    with torch.inference_mode(), broken_backend(BUGS["clone of a view is zero"], whole=whole):
        packed = view.reshape(12)
    assert packed.unique().tolist() == [copied]


def test_a_bug_with_a_size_leaves_smaller_calls_alone():
    bug = BUGS["linear overwrites rows beyond 65536"]
    bias = torch.ones(2)
    for rows, hits in ((65536, 0), (65540, 1)):
        tokens = torch.arange(rows * 2.0).reshape(rows, 1, 2)
        with torch.inference_mode(), broken_backend(bug, whole=False) as mode:
            result = torch.nn.functional.linear(tokens, torch.eye(2), bias)
        assert mode.hits == hits
        assert torch.equal(result[-4:], (tokens[-4:] if not hits else tokens[:4]) + 1)


def test_operations_are_named_with_their_parts():
    with torch.inference_mode():
        names = operations_of(lambda: torch.ones(2, 3).t().reshape(6) @ torch.ones(6))
    assert names >= {"reshape", "clone", "matmul", "dot"}


def stub(check, name="stub"):
    check.__doc__ = "It is asked."
    return probe(name, family="stub", needs=Needs())(check)


def compares(session):
    yield from agrees(session, "a product", [sample(3, 5, seed=1)], lambda a: a * a)


def says_nothing(session):
    (torch.ones(2) * 2).sum()
    yield from ()


def always_says(session):
    place = Place(kind="device", path="cpu")
    yield Finding(rule="same", severity=Severity.HIGH, message="as ever", place=place)
    torch.ones(2) * 2


def breaks(instead):
    return of_device("test", Bug(name="b", operations=("mul",), imitates="a", instead=instead))


def raises(_call):
    raise RuntimeError("MPS backend out of memory")


def leaves(call):
    torch.set_default_dtype(torch.float64)
    return call.sound()


@pytest.mark.parametrize(
    ("check", "instead", "seen"),
    [
        (compares, lambda call: call.sound() + 1, Seen.RED),
        (compares, lambda call: None, Seen.IDLE),
        # Far below the rounding of a half, and within a few eps of float32.
        (compares, lambda call: call.sound() * (1 + 2.0**-23), Seen.MISSED),
        (compares, raises, Seen.ERROR),
        (compares, leaves, Seen.LEFT),
        (says_nothing, lambda call: call.sound() + 1, Seen.MISSED),
        (always_says, lambda call: call.sound() + 1, Seen.MISSED),
    ],
)
def test_what_became_of_a_fault_is_told_apart(check, instead, seen):
    asked = stub(check)
    assert under(asked, breaks(instead), ask(asked)) is seen
    assert torch.get_default_dtype() is torch.float32


def test_a_fault_that_spares_no_dtype_does_not_bend_the_reference():
    # Were the reference computed in the mode, both sides would be off by one and agree.
    asked = stub(compares)
    everything = Bug(
        name="all", operations=("mul",), imitates="a", instead=lambda call: call.sound() + 1
    )
    with torch.inference_mode(), broken_backend(everything) as mode:
        answer = ask(asked)
    assert answer.outcome is Outcome.FAIL
    assert mode.hits == 3


def test_what_was_said_before_is_no_answer_to_a_fault():
    asked = stub(always_says)
    assert ask(asked).outcome is Outcome.FAIL
    table = made({"stub": asked}, [breaks(lambda call: call.sound() * 2)])
    assert table.red("b") == ()
    assert table.missed("b") == ("stub",)
    # A failure on a sound device that no entry knows is an alarm.
    assert table.alarms == ("stub",)


def test_a_table_counts_both_ways():
    probes = {"one": stub(compares, "one"), "two": stub(says_nothing, "two")}
    table = made(probes, [breaks(lambda call: call.sound() + 1)])
    assert table.red("b") == ("one",)
    assert table.missed("b") == ("two",)
    assert (table.reasons("one"), table.reasons("two"), table.alarms) == (("b",), (), ())


def test_a_library_s_function_is_put_back():
    from safetensors.torch import load_file

    fault = FAULTS["safetensors.torch opens everything"]
    with fault.inject() as acting:
        import safetensors.torch

        assert safetensors.torch.load_file("nowhere") == {}
    assert acting.hits == 1
    assert safetensors.torch.load_file is load_file
