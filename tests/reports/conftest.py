"""A store for the report tests, and the made-up history to fill it with."""

import importlib.util
from pathlib import Path

import pytest

from compat.store.store import Store


@pytest.fixture(scope="session")
def story():
    """The module story.py; importlib mode puts no test folder on the path."""
    spec = importlib.util.spec_from_file_location("story", Path(__file__).with_name("story.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def store():
    with Store.open() as opened:
        yield opened


@pytest.fixture
def full_store(store, story, tmp_path):
    """A store with one of everything."""
    picture = tmp_path / "sheet.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    store.record_environment(story.MAC)
    for hour, dtype in ((8, "float32"), (9, "float32"), (9, "float16")):
        result = story.a_result(story.Outcome.FAIL, hour=hour, dtype=dtype, reason=story.FLOAT64)
        store.record_result(result)
    store.record_result(story.a_result(probe="bf16-save-path"))
    checks = [
        story.a_check(),
        story.a_check("picture", story.Outcome.SKIP, "not reached: files did not pass"),
    ]
    store.record_preflight(story.a_preflight(*checks), environment="mac")
    blocking = "save-path: TypeError: Got unsupported ScalarType BFloat16"
    store.record_decision(story.a_decision(blocking))
    store.record_decision(
        story.a_decision(fingerprint="print-2", waived=[("picture", "a <test> card")])
    )
    story.add_run(
        store,
        "run-1",
        story.started(),
        *story.window(0),
        *story.window(1, "suspect", ["colour drifts"]),
        (
            "run-finished",
            {"output": "/renders/harbour.mp4", "frames": 297, "seconds": 4110.0}
            | {"verdict": "good", "sheet": str(picture), "timeline": str(tmp_path / "gone.png")},
        ),
    )
    story.add_run(
        store,
        "run-2",
        story.started("C:\\renders\\night.mp4"),
        story.window(0)[0],
        ("window-retried", {"window": 0, "why": "noise"}),
        ("run-stopped", {"window": 0, "reason": "window 0 is garbage", "sentences": ["noise"]}),
    )
    return store
