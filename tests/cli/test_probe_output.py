"""What a round of probes says of itself at its end."""

from compat.cli import probe_output as subject
from compat.core.model import Outcome, ProbeResult, Target


def took(probe, seconds):
    return ProbeResult(probe=probe, target=Target(), outcome=Outcome.PASS, seconds=seconds)


def test_the_slowest_questions_are_named_with_the_time_of_the_whole_round():
    results = [took("a", 0.02), took("b", 1.5), took("c", 0.001), took("d", 0.3), took("e", 0.2)]
    assert subject.times(results, 6.04) == (
        "5 questions in 6.0 s, 2.0 s of it in the probes; "
        "slowest: b on cpu 1.50 s, d on cpu 0.30 s, e on cpu 0.20 s"
    )


def test_questions_that_took_no_time_are_not_called_slow():
    assert subject.times([took("a", 0.0)], 1.0) == "1 questions in 1.0 s, 0.0 s of it in the probes"
