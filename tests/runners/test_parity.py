"""Parity in a worker: the embedded model on this processor, and what ends it."""

from types import SimpleNamespace

import pytest

from compat.core.model import Environment, Outcome
from compat.plan.model import PromptAt, RenderPlan
from runners.child.parity import ParityRole
from runners.embedded import embedded_model
from runners.engines.messages import OpenRequest
from runners.parity import parity
from runners.process import RemoteError

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]

HERE = Environment(os="x", machine="x", python="3", packages={}, devices=(), fingerprint="here")


def session(folder, device="cpu"):
    request = OpenRequest(folder=str(folder), device=device, dtype="float32")
    return SimpleNamespace(
        plan=RenderPlan(prompts=(PromptAt(at=0.0, text="a red square"),)),
        folder=folder,
        device=device,
        environment=HERE,
        engine=SimpleNamespace(request=request),
    )


class Here:
    """Stands for a worker: its role in this process, what is raised as a worker would send it."""

    def __init__(self, _role, *, log):
        self.role = ParityRole()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        pass

    def call(self, operation, arguments, **_limits):
        try:
            return getattr(self.role, operation)(arguments, print)
        except Exception as exc:
            raise RemoteError(type(exc).__name__, str(exc), "") from exc


def test_the_embedded_model_is_sound_on_this_processor():
    pytest.importorskip("diffusers")
    told = []
    (result,) = parity(session(embedded_model()), ["bfloat16"], lambda *what: told.append(what))
    assert result.outcome is Outcome.PASS, result.reason
    assert result.measures["compared"] > 500
    assert told[0] == ("bfloat16", 200)
    assert (result.probe, result.target.dtype) == ("parity", "bfloat16")


def test_a_model_that_cannot_be_loaded_is_an_error_with_its_reason(tmp_path, monkeypatch):
    pytest.importorskip("diffusers")
    monkeypatch.setattr("runners.parity.Worker", Here)
    (result,) = parity(session(tmp_path), ["float16"])
    assert result.outcome is Outcome.ERROR
    assert result.reason


def test_a_device_that_is_not_there_is_an_error(monkeypatch):
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA card")
    monkeypatch.setattr("runners.parity.Worker", Here)
    (result,) = parity(session(embedded_model(), "cuda:0"), ["bfloat16"])
    assert result.outcome is Outcome.ERROR
    assert not result.findings
