"""The machine format is one JSON document that any parser takes."""

import json

from compat.cli.output import Result, print_json


def test_numbers_that_json_lacks_are_null(capsys):
    measures = {"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": -float("inf")}}
    print_json("x", [Result(subject="s", verdict="ok", measures=measures)])
    text = capsys.readouterr().out
    assert "NaN" not in text
    assert "Infinity" not in text
    result = json.loads(text)["results"][0]
    assert result["measures"] == {"a": None, "b": [None, 1.5], "c": {"d": None}}


def test_the_document_has_the_documented_shape(capsys):
    print_json("x", [Result(subject="s", verdict="ok")])
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "framegate/1"
    assert document["command"] == "x"
    assert document["results"] == [
        {"subject": "s", "verdict": "ok", "findings": [], "measures": {}}
    ]
