"""The whole preflight of each family: all passes, and only the picture's size is not known."""

from dataclasses import replace

import pytest

from compat.core.model import Device, Environment, Outcome
from compat.plan.model import ModelPlan, OutputPlan, PicturePlan, PromptAt, RenderPlan, VideoPlan
from compat.store.store import Store
from runners.preflight.start import Options, start_preflight
from runners.session import open_session

# Mochi's transformer asks for float32 autocast, which the CPU has not and does not need.
AUTOCAST = pytest.mark.filterwarnings("ignore:In CPU autocast:UserWarning")

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines"), AUTOCAST]

FAMILIES = (
    "ltx", "ltx2", "wan", "wan21", "hunyuan-video", "animatediff", "cogvideox", "mochi",
    "wan-image",
)  # fmt: skip
HERE = Environment(
    os="x", machine="x", python="3", packages={}, devices=(Device(kind="cpu"),), fingerprint="here"
)


@pytest.fixture
def check(tmp_path, monkeypatch, tiny):
    """Run the preflight of one family; the device's own probes have tests of their own."""
    import local_engine

    from runners.preflight import device_check

    monkeypatch.setattr(device_check, "answers", lambda _context, _asked: [])
    monkeypatch.setattr("runners.session.Engine", local_engine.like_engine)

    def run(family, **changes):
        plan = RenderPlan(
            model=ModelPlan(path=str(tiny(family)), device="cpu"),
            video=VideoPlan(seconds=4.0),
            prompts=(PromptAt(at=0.0, text="a cat"),),
            output=OutputPlan(path="out.mp4"),
        )
        session = open_session(replace(plan, **changes), HERE, base=tmp_path)
        with Store.open(tmp_path / "evidence.sqlite3") as store, session.engine:
            found, _ = start_preflight(session, store, Options(scratch=tmp_path / "scratch"))
        return {check.id: check for check in found.checks}

    return run


@pytest.mark.parametrize("family", FAMILIES)
def test_all_passes_but_the_picture_whose_size_nobody_knows(check, family):
    checks = check(family)
    outcomes = {name: one.outcome for name, one in checks.items() if name != "device"}
    assert outcomes.pop("picture") is Outcome.SKIP
    assert outcomes.pop("own-picture") is Outcome.SKIP, "there is none"
    assert outcomes.pop("vae") is Outcome.SKIP, "its weights are random"
    assert set(outcomes.values()) == {Outcome.PASS}, [
        (one.id, one.reason) for one in checks.values() if one.outcome is not Outcome.PASS
    ]
    assert "set [picture]" in checks["picture"].reason


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_of_the_planned_size_is_rendered(check, family):
    frames = 16 if family == "animatediff" else 25
    picture = check(family, picture=PicturePlan(width=64, height=64, frames=frames, steps=2))
    shown = picture["picture"]
    assert shown.measures["size"] == f"64x64x{frames}"
    assert shown.pictures
    assert shown.outcome in (Outcome.PASS, Outcome.FAIL)
