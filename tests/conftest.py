"""Every test has its own evidence store and no terminal colours; tiny pipelines are built once."""

import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="session")
def fixtures_on_path():
    pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    sys.path.insert(0, str(FIXTURES))
    yield
    sys.path.remove(str(FIXTURES))


@pytest.fixture(scope="session")
def tiny(fixtures_on_path, tmp_path_factory):
    """A function that gives the folder of a tiny random pipeline by family name."""
    import tiny_pipelines

    root = tmp_path_factory.mktemp("tiny")
    built = {}

    def folder_of(family):
        if family not in built:
            built[family] = tiny_pipelines.BUILDERS[family](root / family)
        return built[family]

    return folder_of


@pytest.fixture(scope="session")
def local_engine(fixtures_on_path):
    """The engine without a process."""
    import local_engine as module

    return module.LocalEngine
