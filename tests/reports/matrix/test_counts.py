"""The numbers that sum a matrix up, against numbers counted by hand."""

from reports.matrix.counts import Share, differences, share_of, states_of
from reports.matrix.model import State


def test_the_states_are_counted(lab):
    built = lab.matrix(
        lab.a_result(), lab.refused(lab.HALF), lab.wrong(lab.GGUF), lab.known(family="mochi")
    )
    (cpu, *_) = built.machines[0].tables
    assert states_of(cpu.entries) == {
        State.WORKS: 1, State.FAILS: 1, State.SILENT: 1, State.KNOWN: 1, State.UNKNOWN: 1,
    }  # fmt: skip


def test_the_share_is_what_ran_to_an_answer_over_everything_a_usable_device_is_asked(lab):
    built = lab.matrix(lab.a_result(), lab.refused(lab.HALF), lab.crashed(lab.GGUF))
    # Five cells on the processor: two answered; one broke, one lacks a folder, one was never run.
    # The cells of the absent cards do not count.
    share = share_of(built.machines[0].tables)
    assert (share.executed, share.runnable) == (2, 5)
    assert str(share) == "2 of 5 cells (40 %)"


def test_a_share_is_rounded_down_so_that_all_means_all():
    assert str(Share(executed=199, runnable=200)) == "199 of 200 cells (99 %)"
    assert str(Share(executed=200, runnable=200)) == "200 of 200 cells (100 %)"


def test_without_a_usable_device_there_is_no_share(lab):
    tables = [t for t in lab.matrix(lab.a_result()).machines[0].tables if t.device.unavailable]
    assert share_of(tables).percent is None
    assert str(share_of(tables)) == "no cell can be run"


def test_machines_differ_where_both_answered_differently(lab):
    mac = lab.MAC.fingerprint
    built = lab.matrix(
        lab.a_result(),
        lab.a_result(cell=lab.HALF),
        lab.a_result(family="mochi"),
        lab.refused(environment=mac),
        lab.a_result(cell=lab.HALF, environment=mac),
    )
    (one,) = differences(built.machines)
    assert [entry.state for entry in one.entries] == [State.WORKS, State.FAILS]
    assert one.device == "cpu"
