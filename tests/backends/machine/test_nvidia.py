"""Cards and drivers as nvidia-smi of several ages and moods tells them."""

from pathlib import Path

import pytest

from compat.backends.machine.nvidia import nvidia
from compat.core.program import Said

MIB = 1 << 20
HEADER = """\
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 570.86.15              Driver Version: 570.86.15      CUDA Version: 12.8     |
|-----------------------------------------+------------------------+----------------------+
"""
TWO = """\
NVIDIA GeForce RTX 4090, 24564, 23012, 570.86.15, 8.9
NVIDIA GeForce RTX 5090, 32607, 32000, 570.86.15, 12.0
"""


def smi(rows, *, header=HEADER, failure=""):
    """Stands in for the program; an old one knows no compute_cap."""

    def ask(command):
        query = next((word for word in command[1:] if str(word).startswith("--query")), None)
        if query is None:
            return Said(text=header, failure=failure)
        if failure:
            return Said(text="", failure=failure)
        if "compute_cap" in query and "old" in rows:
            return Said(
                text="", failure='ended with 2: Field "compute_cap" is not a valid field to query.'
            )
        return Said(text=rows["old"] if "old" in rows else rows["new"])

    return nvidia(Path("nvidia-smi"), ask)


def test_each_card_has_its_memory_and_capability():
    cards, driver = smi({"new": TWO})
    assert [(card.name, card.capability) for card in cards] == [
        ("NVIDIA GeForce RTX 4090", "sm_89"),
        ("NVIDIA GeForce RTX 5090", "sm_120"),
    ]
    assert cards[0].memory_bytes == 24564 * MIB
    assert cards[1].free_bytes == 32000 * MIB
    assert (driver.version, driver.runtime, driver.problem) == ("570.86.15", "12.8", "")


def test_a_driver_before_510_does_not_know_the_capability():
    cards, driver = smi({"old": "Tesla K80, 11441, 11000, 470.82.01\n"}, header="")
    assert [(card.name, card.capability) for card in cards] == [("Tesla K80", "")]
    assert (driver.version, driver.runtime) == ("470.82.01", "")


@pytest.mark.parametrize("word", ["[N/A]", "[Not Supported]", "[Unknown Error]", "N/A"])
def test_a_field_without_a_value_is_unknown(word):
    cards, _ = smi({"new": f"NVIDIA GB10, {word}, {word}, 580.1, 12.1\n"})
    assert (cards[0].memory_bytes, cards[0].free_bytes) == (0, 0)
    assert cards[0].capability == "sm_121"


@pytest.mark.parametrize(
    "failure",
    [
        "nvidia-smi ended with 9: NVIDIA-SMI has failed because it couldn't communicate",
        "nvidia-smi ended with 18: Failed to initialize NVML: Driver/library version mismatch",
        "nvidia-smi gave no answer within 8 s",
    ],
)
def test_a_driver_that_fails_says_why(failure):
    cards, driver = smi({}, failure=failure)
    assert (cards, driver.problem) == ((), failure)


def test_no_card_is_a_problem_too():
    assert smi({"new": "No devices were found\n"})[1].problem == "nvidia-smi lists no card"


def test_a_driver_that_hangs_is_asked_once():
    asked = []

    def ask(command):
        asked.append(command)
        return Said(text="", failure="nvidia-smi gave no answer within 8 s")

    nvidia(Path("nvidia-smi"), ask)
    assert len(asked) == 1
