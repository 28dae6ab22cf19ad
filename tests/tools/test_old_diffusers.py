"""An old diffusers is asked in an environment of its own; what it says is read from findings."""

import pytest

from compat.core.model import Finding, Place, Severity
from compat.predict.model import Expected, Prediction
from tools.old_diffusers import __main__ as subject


def prediction(*dtypes, rule="dtype-not-stored"):
    found = [
        Finding(rule=rule, severity=Severity.HIGH, message="m", place=Place(kind="file", path="x"),
                evidence={"dtype": dtype, "places": [f"wan.py:{number}"]})
        for number, dtype in enumerate(dtypes)
    ]  # fmt: skip
    return Prediction(expected=Expected.FAILS, findings=tuple(found), unknown=(), measures={})


@pytest.mark.parametrize(
    ("old", "current", "code"),
    [
        (prediction("C128", "F64"), prediction(), 0),
        (prediction("F64"), prediction(), 1),
        (prediction(), prediction(), 1),
        (prediction("C128", "F64"), prediction("F64"), 1),
        (prediction("C128", "F64", rule="other"), prediction(), 1),
    ],
)
def test_only_the_old_one_may_be_flagged_and_for_both_dtypes(
    monkeypatch, tmp_path, capsys, old, current, code
):
    monkeypatch.setattr("sys.argv", ["old_diffusers", "--into", str(tmp_path)])
    monkeypatch.setattr(subject, "environment", lambda home: home / "python")
    monkeypatch.setattr(subject, "predicted", lambda python: old if python else current)
    assert subject.main() == code
    assert "diffusers 0.33.1:" in capsys.readouterr().out
