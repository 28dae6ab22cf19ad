"""What a probe changes in its process is seen; what it puts back is not."""

import gc
import os
import sys
from pathlib import Path

import pytest

from runners.child.state import current_state, left_behind, settle

torch = pytest.importorskip("torch")


def test_nothing_done_is_nothing_left_behind():
    before = current_state()
    torch.zeros(8).sum()
    assert left_behind(before, current_state()) == ()


def _default_dtype():
    torch.set_default_dtype(torch.float64)
    return lambda: torch.set_default_dtype(torch.float32)


def _default_device():
    torch.set_default_device("meta")
    return lambda: torch.set_default_device(None)


def _grad_mode():
    torch.set_grad_enabled(False)
    return lambda: torch.set_grad_enabled(True)


def _inference_mode():
    mode = torch.inference_mode()
    mode.__enter__()
    return lambda: mode.__exit__(None, None, None)


def _deterministic():
    torch.use_deterministic_algorithms(True)
    return lambda: torch.use_deterministic_algorithms(False)


def _precision():
    torch.set_float32_matmul_precision("medium")
    return lambda: torch.set_float32_matmul_precision("highest")


def _dispatch_mode():
    from torch.utils._python_dispatch import TorchDispatchMode

    mode = TorchDispatchMode()
    mode.__enter__()
    return lambda: mode.__exit__(None, None, None)


def _folder():
    before = Path.cwd()
    os.chdir("/")
    return lambda: os.chdir(before)


def _path():
    sys.path.append("/nowhere")
    return lambda: sys.path.remove("/nowhere")


def _variable():
    os.environ["FRAMEGATE_LEFT"] = "1"
    return lambda: os.environ.pop("FRAMEGATE_LEFT")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_default_dtype, "default dtype at torch.float64"),
        (_default_device, "default device at meta"),
        (_grad_mode, "grad mode at False"),
        (_inference_mode, "inference mode at True"),
        (_deterministic, "deterministic mode at True"),
        (_precision, "matmul precision at medium"),
        (_dispatch_mode, "dispatch modes at"),
        (_folder, "current folder at"),
        (_path, "it changed sys.path"),
        (_variable, "environment variables: FRAMEGATE_LEFT"),
    ],
)
def test_a_change_that_stays_is_named(change, words):
    before = current_state()
    restore = change()
    try:
        after = current_state()
    finally:
        restore()
    assert words in "; ".join(left_behind(before, after))


def test_memory_counts_only_from_a_limit_on():
    assert left_behind({"memory": 100}, {"memory": 1100}) == ()
    assert left_behind({"memory": 100}, {"memory": 1200}) == ("it kept 1100 MiB of memory",)
    assert left_behind({}, {"device memory": 65}) == ("it kept 65 MiB of device memory",)


@pytest.mark.parametrize(("card", "collections"), [(False, 0), (True, 1)])
def test_rubbish_is_collected_only_where_a_card_could_be_full_of_it(monkeypatch, card, collections):
    done = []
    monkeypatch.setattr("gc.collect", lambda: done.append(1))
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: card)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 70 << 20)
    assert current_state()["device memory"] == (70 if card else 0)
    assert len(done) == collections


def test_what_was_imported_is_not_looked_through_again():
    frozen = gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > frozen + 1000
    finally:
        gc.unfreeze()
