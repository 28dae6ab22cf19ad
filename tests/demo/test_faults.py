"""Every fault of the demo keeps the gate shut for the true reason; benign changes pass."""

import pytest

from compat.core.job import GateState
from compat.core.model import Device, Environment, Outcome
from compat.store.store import Store
from runners.demo.faults import VARIATIONS, variation_named
from runners.demo.job import demo_session
from runners.preflight.start import Options, start_preflight

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]

STOPPED_BY = {
    "truncated-file": ("files", "386"),
    "zero-filled-tail": ("files", "are zero"),
    "nan-weight": ("files", "NaN or infinite"),
    "ignored-fp8-scale": ("files", "scales"),
    "sign-flip": ("picture", ""),
    "zeroed-text-encoder": ("files", "zero"),
    "wrong-vae-scale": ("vae", "the scale that the VAE's config names"),
    "bad-frame-count": ("plan", "expected 8n+1 frames, nearest 25 or 33"),
    "bf16-save-path": ("save-path", "Got unsupported ScalarType BFloat16"),
    "stuck-scheduler": ("smoke", "away from what the scheduler's formula gives"),
    "reversed-sigmas": ("denoise", "the schedule's noise goes from 0 to"),
    "latents-axis-swap": ("smoke", "the VAE was handed latents"),
    "constant-text": ("text", "all 128 tokens of the text at text_encoder are the same"),
    "wrong-kernel": ("cpu-reference", "transformer in float32 on cpu lies"),
    "worker-segfault": ("smoke", "the render worker died"),
}
IN_PROCESS = [item.id for item in VARIATIONS if item.id != "worker-segfault"]
HERE = Environment(
    os="x", machine="x", python="3", packages={}, devices=(Device(kind="cpu"),), fingerprint="here"
)


@pytest.fixture
def check(tmp_path, monkeypatch, fixtures_on_path):
    """Run the preflight of one variation; the device's own probes have tests of their own."""
    import local_engine

    from runners.preflight import device_check

    monkeypatch.setattr(device_check, "answers", lambda _context, _asked: [])

    def run(name, *, in_process=True, **options):
        if in_process:
            monkeypatch.setattr("runners.session.Engine", local_engine.like_engine)
        session = demo_session(tmp_path, HERE, 4.0, variation_named(name) if name else None)
        with Store.open(tmp_path / "evidence.sqlite3") as store, session.engine:
            return start_preflight(session, store, Options(scratch=tmp_path / "s", **options))

    return run


def test_the_table_names_every_fault():
    assert set(STOPPED_BY) == {item.id for item in VARIATIONS if not item.benign}


@pytest.mark.parametrize("name", IN_PROCESS)
def test_each_variation_ends_as_it_should(check, name):
    _, decision = check(name)
    if variation_named(name).benign:
        assert decision.state is GateState.OPEN, decision.blocking
        return
    stopper, words = STOPPED_BY[name]
    assert decision.state is GateState.SHUT
    assert decision.blocking[0].startswith(f"{stopper}: ")
    assert words in decision.blocking[0]


def test_a_crashing_worker_keeps_the_gate_shut(check):
    _, decision = check("worker-segfault", in_process=False)
    assert decision.blocking[0].startswith("smoke: the render worker died: ")


def test_the_demo_itself_opens_and_estimates(check):
    preflight, decision = check(None)
    assert decision.state is GateState.OPEN, decision.blocking
    assert preflight.estimate.seconds > 0


# The header tells before anything is loaded; these say what would tell without it.
@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("ignored-fp8-scale", "picture"),
        ("zeroed-text-encoder", "smoke"),
        ("zeroed-text-encoder", "text"),
        ("latents-axis-swap", "decode-path"),
        ("stuck-scheduler", "denoise"),
        ("wrong-vae-scale", "picture"),
    ],
)
def test_a_fault_that_a_header_shows_is_seen_in_the_render_too(check, name, also):
    preflight, _ = check(name, keep_going=True)
    outcomes = {check.id: check.outcome for check in preflight.checks}
    assert outcomes[also] is Outcome.FAIL
