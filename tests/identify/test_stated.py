import json

import pytest

from compat.identify.identify import identify_header
from tests.identify.conftest import HEADERS, header_of_entries


def rules(name, metadata):
    found = identify_header(header_of_entries(HEADERS[name].tensors, metadata=metadata))
    assert found.id == name
    return [finding.rule for finding in found.findings]


def config(**transformer):
    return {"config": json.dumps({"transformer": transformer})}


RIGHT = {"num_layers": 28, "num_attention_heads": 32, "attention_head_dim": 64, "in_channels": 128}


def test_a_config_that_fits_is_silent():
    assert rules("ltx-video-2b", config(**RIGHT)) == []


@pytest.mark.parametrize(
    "wrong", [{"num_layers": 48}, {"attention_head_dim": 128}, {"in_channels": 16}]
)
def test_a_config_of_another_model_is_found(wrong):
    assert rules("ltx-video-2b", config(**{**RIGHT, **wrong})) == ["metadata-weights-disagree"]


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", '{"transformer": 3}', '{"transformer": {"num_layers": "x"}}',
             "[" * 5000, "\ud800", '{"transformer": {"num_layers": true}}'],
)  # fmt: skip
def test_a_config_that_says_nothing_is_not_judged(text):
    assert rules("ltx-video-2b", {"config": text}) == []


@pytest.mark.parametrize(
    ("name", "version", "found"),
    [
        ("ltx-2-3-22b", "2.3.0", []),
        ("ltx-2-3-22b", "2.0.1", ["version-weights-disagree"]),
        ("ltx-2-19b", "2.3", ["version-weights-disagree"]),
        ("ltx-2-19b", "next", []),
        ("ltx-video-2b", "0.9.5", []),
        ("ltx-video-2b", "2.3", ["version-weights-disagree"]),
    ],
)
def test_a_version_is_held_against_the_weights(name, version, found):
    assert rules(name, {"model_version": version}) == found
