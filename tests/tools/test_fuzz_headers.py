import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from compat.formats.header import try_header
from tools.fuzz_headers.judge import Comparison, compare
from tools.fuzz_headers.mutate import MAKERS
from tools.fuzz_headers.tally import Tally

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_few_hundred_cases_are_all_explained(tmp_path, kind):
    tally, path = Tally(kind), tmp_path / f"x.{kind}"
    for number in range(10**6, 10**6 + 400):
        data = MAKERS[kind](random.Random(number))
        tally.add(compare(path, kind, data), str(number))
    assert tally.bad == []
    assert tally.outcomes["both open"] > 20
    assert tally.outcomes["both refuse"] > 20


@pytest.mark.parametrize("kind", MAKERS)
def test_a_case_can_be_made_again_from_its_number(kind):
    assert MAKERS[kind](random.Random(7)) == MAKERS[kind](random.Random(7))


def compared(refused_by=(), reference=""):
    return Comparison(refused_by=refused_by, unread=False, reference=reference, seconds=0.1)


def test_what_the_reference_refuses_and_we_open_is_a_mistake():
    tally = Tally("safetensors")
    tally.add(compared(reference="header too large"), "case 1")
    assert "header too large" in tally.bad[0][0]
    assert "NOT EXPLAINED" in tally.lines()[-1]


def test_what_we_refuse_alone_needs_a_rule_of_the_list():
    tally = Tally("safetensors")
    tally.add(compared(refused_by=("safetensors-duplicate-name",)), "case 1")
    assert tally.bad == []
    tally.add(compared(refused_by=("safetensors-hole",)), "case 2")
    assert tally.bad[0][1] == "case 2"


def test_counts_of_two_processes_are_added():
    one, two = Tally("gguf"), Tally("gguf")
    one.add(compared(), "1")
    two.add(compared(refused_by=("gguf-hole",)), "2")
    one.merge(two)
    assert (one.runs, one.refused_alone["gguf-hole"]) == (2, 1)


def test_a_right_case_is_read_by_our_reader(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(MAKERS["safetensors"](random.Random(0)))
    assert try_header(path) is not None


def test_the_coverage_engine_refuses_to_run_blind():
    pytest.importorskip("atheris")
    from tools.fuzz_headers import by_coverage

    with pytest.raises(RuntimeError, match="before it could be instrumented"):
        by_coverage.run("safetensors", 1, 0)  # this module has imported the readers


def test_the_coverage_engine_reaches_more_code_than_its_seeds():
    pytest.importorskip("atheris")
    command = [sys.executable, "-m", "tools.fuzz_headers", "--engine", "atheris", "--runs", "1500"]
    done = subprocess.run(
        [*command, "safetensors"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "no interesting inputs" not in done.stderr
    covered = [int(found) for found in re.findall(r"cov: (\d+)", done.stderr)]
    assert covered[-1] > covered[0] > 100
