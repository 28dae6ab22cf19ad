"""Known failures are strict: through the command, with what real probes really said."""

import json

import pytest

from compat.cli.main import main
from compat.core.collect import collect
from compat.core.errors import ExitCode
from compat.core.model import Device, Environment, Outcome, Probe
from compat.knowledge.load import read_failure
from runners.batch import ask_all, questions

HERE = Environment(
    os="Linux (test)",
    machine="x86_64",
    python="3.11",
    packages={},
    devices=(Device(kind="cpu", name="processor"),),
    fingerprint="f" * 64,
)
NAMES = ("float64", "fp8-to-numpy")

ENTRY = """
id = "{id}"
title = "A failure that the test made up"
{how}
cause = "The test."
remedy = "None."
retry = "never"
sources = ["tests"]
evidence = "measured"
probes = ["{probe}"]
"""


def entry(identifier, probe, word="", expect="fail"):
    how = f'expect = "{expect}"\n'
    if word:
        how += f"patterns = ['{word}']\nexample = \"{word}\"\n"
    name = identifier.replace("-", "_")
    return read_failure(f"{name}.toml", ENTRY.format(id=identifier, how=how, probe=probe))


GONE = entry("gone", "float64")
MAY_BE_GONE = entry("may-be-gone", "float64", expect="maybe")
ONE = entry("one", "fp8-to-numpy", "float8_e4m3fn is refused")
BOTH = entry("both", "fp8-to-numpy", "is refused")
OTHER = entry("other", "fp8-to-numpy", "upside down")


@pytest.fixture(scope="module")
def results():
    """What two real probes say in a real worker: one passes, one fails with two findings."""
    pytest.importorskip("torch")
    probes = collect("probes", Probe)
    asked = questions([probes[name] for name in NAMES], HERE.devices)
    told = tuple(ask_all(asked, HERE))
    assert [result.outcome for result in told] == [Outcome.PASS, Outcome.FAIL]
    assert len(told[1].findings) == 2
    return told


@pytest.fixture
def probing(monkeypatch, tmp_path, results):
    """``framegate probe`` on this machine, with a knowledge base of the test."""
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path))
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)

    def answers(*_asked, **_options):
        yield from results

    monkeypatch.setattr("runners.batch.ask_all", answers)

    def run(*known, form="text"):
        monkeypatch.setattr("compat.knowledge.known_failures", lambda: known)
        return main(["probe", "--device", "cpu", "--format", form])

    return run


@pytest.mark.parametrize(
    ("known", "code", "words", "silent"),
    [
        ([BOTH], ExitCode.OK, ["1 ok, 1 fail as known"], ["STALE", "NEW"]),
        ([GONE, BOTH], ExitCode.FINDINGS, ["STALE", "the known failure gone did"], ["NEW"]),
        ([MAY_BE_GONE, BOTH], ExitCode.OK, ["1 ok"], ["STALE"]),
        ([ONE], ExitCode.FINDINGS, ["NEW", "float8_e5m2 is refused"], ["STALE", "known failure"]),
        ([], ExitCode.FINDINGS, ["NEW", "1 ok, 1 fail in a way that nobody knew"], ["STALE"]),
        # An entry that fits none of the findings is stale beside one that fits them all...
        ([BOTH, OTHER], ExitCode.FINDINGS, ["STALE", "the known failure other did"], ["NEW"]),
        # ...and where a finding is new, that is what is said.
        ([ONE, OTHER], ExitCode.FINDINGS, ["NEW"], ["STALE"]),
    ],
)
def test_what_is_known_must_happen_and_what_happens_must_be_known(
    probing, capsys, known, code, words, silent
):
    assert probing(*known) == code
    written = capsys.readouterr().out
    assert [word for word in words if word not in written] == []
    assert [word for word in silent if word in written] == []


def test_a_stale_entry_says_what_to_do(probing, capsys):
    probing(GONE, BOTH)
    written = capsys.readouterr().out
    assert "A failure that the test made up" in written
    assert "what to do: nothing here, this is good news; update framegate" in written


def test_a_stale_entry_is_named_in_the_machine_format(probing, capsys):
    assert probing(GONE, OTHER, BOTH, form="json") == ExitCode.FINDINGS
    told = {r["subject"]: r for r in json.loads(capsys.readouterr().out)["results"]}
    assert told["float64@cpu"]["verdict"] == "pass"
    assert told["float64@cpu"]["measures"]["meaning"] == "stale"
    assert told["float64@cpu"]["measures"]["stale_entries"] == ["gone"]
    assert told["fp8-to-numpy@cpu"]["measures"]["stale_entries"] == ["other"]
