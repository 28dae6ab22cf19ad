"""Evidence goes into a file and comes back, and no file can do harm."""

import json
from dataclasses import replace

import pytest

from compat.core.errors import UsageError
from reports.matrix.sharing import (
    MOST_ENVIRONMENTS,
    MOST_FINDINGS,
    MOST_RESULTS,
    evidence_text,
    read_evidence_file,
)

ASKED = ("render-ltx", "render-mochi")


def written(lab, tmp_path, *results, private=None, name="mine.json"):
    path = tmp_path / name
    path.write_text(evidence_text(lab.pool(*results), ASKED, private or {}), "utf-8")
    return path


def test_what_is_written_comes_back_as_it_was(lab, tmp_path):
    results = (lab.a_result(), lab.known(lab.HALF), lab.crashed(lab.GGUF))
    pool = read_evidence_file(written(lab, tmp_path, *results))
    assert pool.source == "mine.json"
    assert pool.environments == (lab.HERE,)
    assert set(map(repr, pool.results)) == set(map(repr, results))


def test_the_matrix_of_a_file_is_that_of_the_store(lab, tmp_path):
    results = (lab.a_result(hour=7), lab.refused(), lab.skipped(lab.GGUF), lab.wrong(lab.HALF))
    mine = lab.build_matrix([lab.pool(*results)], lab.PROBES, ())
    pool = read_evidence_file(written(lab, tmp_path, *results))
    theirs = lab.build_matrix([replace(pool, source="this store")], lab.PROBES, ())
    assert [e.state for e in theirs.entries] == [e.state for e in mine.entries]


def test_only_the_newest_answer_of_a_cell_is_shared_and_in_a_fixed_order(lab, tmp_path):
    results = (lab.a_result(hour=9), lab.refused(hour=7), lab.skipped(hour=10), lab.wrong(lab.HALF))
    one = written(lab, tmp_path, *results)
    two = written(lab, tmp_path, *reversed(results), name="two.json")
    assert one.read_bytes() == two.read_bytes()
    assert [r.outcome for r in read_evidence_file(one).results] == ["fail", "pass"]


def test_results_of_other_probes_and_environments_without_results_stay_here(lab, tmp_path):
    other = replace(lab.a_result(), probe="float64")
    pool = read_evidence_file(written(lab, tmp_path, other, lab.a_result()))
    assert (len(pool.results), len(pool.environments)) == (1, 1)


def test_places_of_this_machine_are_not_shared(lab, tmp_path):
    finding = lab.a_finding(message="/home/ada/models/x.gguf is cut")
    result = lab.a_result(
        lab.Outcome.FAIL, lab.FOLDER, finding, measures={"/home/ada": ["/home/ada/y"]}
    )
    path = written(lab, tmp_path, result, private={"/home/ada": "~"})
    assert "ada" not in path.read_text("utf-8").replace('"/home/ada": ["~/y"]', "")
    assert read_evidence_file(path).results[0].findings[0].message == "~/models/x.gguf is cut"


def test_the_name_of_a_scratch_folder_is_not_shared(lab, tmp_path):
    odd = lab.a_result(reason="/tmp/tmpvjrmkvyo/x is cut, and /tmpfs is not")  # noqa: S108
    (result,) = read_evidence_file(written(lab, tmp_path, odd, private={"/tmp": "TEMP"})).results  # noqa: S108
    assert result.reason == "TEMP/SCRATCH/x is cut, and /tmpfs is not"


def test_numbers_without_end_and_lone_surrogates_are_written_all_the_same(lab, tmp_path):
    odd = lab.a_result(measures={"a": float("nan"), "b": [float("inf")], "c": "\ud800"})
    (result,) = read_evidence_file(written(lab, tmp_path, odd)).results
    assert result.measures["a"] == "nan"
    assert result.measures["b"] == ["inf"]


def test_of_many_environments_the_newest_are_shared(lab, tmp_path):
    many = [
        replace(lab.HERE, fingerprint=f"{number:064x}") for number in range(MOST_ENVIRONMENTS + 9)
    ]
    results = [
        lab.a_result(environment=one.fingerprint, started_at=f"2026-11-26T08:00:{number:02d}+00:00")
        for number, one in enumerate(many)
    ]
    path = tmp_path / "mine.json"
    path.write_text(evidence_text(lab.pool(*results, environments=many), ASKED, {}), "utf-8")
    pool = read_evidence_file(path)
    assert pool.environments == tuple(many[9:])
    assert len(pool.results) == MOST_ENVIRONMENTS


def test_a_long_text_keeps_its_end(lab, tmp_path):
    long = lab.a_result(reason="x" * 100_000 + "the error")
    (result,) = read_evidence_file(written(lab, tmp_path, long)).results
    assert len(result.reason) < 5000
    assert result.reason.endswith("the error")


def broken(lab, change):
    data = json.loads(evidence_text(lab.pool(lab.a_result(), lab.refused(lab.HALF)), ASKED, {}))
    change(data)
    return json.dumps(data).encode()


def _set(*path, value):
    def change(data):
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


HOSTILE = {
    "no JSON": b"{",
    "another file": b"[]",
    "half a UTF-8": b'{"schema": "\xff"}',
    "deep": b'{"schema":' + b"[" * 100_000,
    "other schema": _set("schema", value="framegate/1"),
    "no schema": lambda data: data.pop("schema"),
    "a key nobody knows": _set("extra", value=1),
    "no results": lambda data: data.pop("results"),
    "results that are no list": _set("results", value={}),
    "a result that is a number": _set("results", 0, value=7),
    "a result that is null": _set("results", 0, value=None),
    "a result that is a text": _set("results", 0, value="probe"),
    "a probe that is a list": _set("results", 0, "probe", value=["render-ltx"]),
    "an outcome nobody knows": _set("results", 0, "outcome", value="great"),
    "a field nobody knows": _set("results", 0, "verdict", value="works"),
    "a severity nobody knows": _set("results", 0, "findings", 0, "severity", value="awful"),
    "findings that are no list": _set("results", 0, "findings", value="none"),
    "seconds that are a text": _set("results", 0, "seconds", value="2"),
    "seconds below zero": _set("results", 0, "seconds", value=-1),
    "seconds without end": _set("results", 0, "seconds", value=1e300),
    "no date": _set("results", 0, "started_at", value="tomorrow"),
    "a date with markup": _set("results", 0, "started_at", value="2026-11-26T00:00:00<b>"),
    "an environment that is not described": _set("results", 0, "environment", value="other"),
    "an environment without a system": lambda data: data["environments"][0].pop("os"),
    "packages that are numbers": _set("environments", 0, "packages", value={"torch": 2}),
    "devices that are texts": _set("environments", 0, "devices", value=["cpu"]),
    "an environment twice": lambda data: data["environments"].append(data["environments"][0]),
    "too many findings": lambda data: data["results"][0]["findings"].extend(
        data["results"][0]["findings"] * MOST_FINDINGS
    ),
    "too many environments": lambda data: data["environments"].extend(
        {**data["environments"][0], "fingerprint": str(number)}
        for number in range(MOST_ENVIRONMENTS)
    ),
    "too many results": lambda data: data["results"].extend([data["results"][0]] * MOST_RESULTS),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_not_what_it_says_is_refused_in_one_sentence(lab, tmp_path, name):
    given = HOSTILE[name]
    path = tmp_path / "theirs.json"
    path.write_bytes(given if isinstance(given, bytes) else broken(lab, given))
    with pytest.raises(UsageError, match="is not evidence that can be read: ") as told:
        read_evidence_file(path)
    assert len(str(told.value)) < 500 + len(str(path))
    assert str(told.value).isprintable()


def test_a_file_that_is_too_large_is_not_read(lab, tmp_path):
    path = tmp_path / "theirs.json"
    with path.open("wb") as handle:
        handle.truncate(1 << 40)
    with pytest.raises(UsageError, match="it is larger than"):
        read_evidence_file(path)


def test_a_refusal_quotes_nothing_that_steers_a_terminal(lab, tmp_path):
    path = tmp_path / "theirs.json"
    path.write_bytes(broken(lab, _set("results", 0, "\x1b[31m", value=1)))
    with pytest.raises(UsageError, match="does not know") as told:
        read_evidence_file(path)
    assert "\x1b" not in str(told.value)
