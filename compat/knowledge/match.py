"""Recognises known failures: in a text, and behind the result of a probe."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from compat.core.model import Environment, Finding, Outcome, ProbeResult, Severity, Target, Verdict
from compat.core.versions import satisfies
from compat.knowledge.load import known_failures
from compat.knowledge.model import Expect, KnownFailure, When

MAX_TEXT = 2**20
"""Characters of a text that are looked at; of a longer one the end, where errors stand."""

MAX_LINE = 4096
"""Characters of one line that are looked at; bounds the work on a hostile line."""


def match(text: str, environment: Environment | None = None) -> tuple[KnownFailure, ...]:
    """Return the known failures whose pattern matches ``text``, sorted by id.

    With an environment, those that do not apply to it are left out; without one, none is.
    """
    return matching(text, known_failures(), environment)


def matching(
    text: str, failures: Iterable[KnownFailure], environment: Environment | None = None
) -> tuple[KnownFailure, ...]:
    """Return those of ``failures`` whose pattern matches ``text`` and that may apply."""
    capped = _capped(text)
    return tuple(
        failure
        for failure in failures
        if any(pattern.search(capped) for pattern in failure.patterns)
        and applies(failure.when, None, environment) is not False
    )


def by_rule(findings: Iterable[Finding], failures: Iterable[KnownFailure]) -> list[KnownFailure]:
    """Return those of ``failures`` that one of the findings reports by its rule id."""
    rules = {finding.rule for finding in findings}
    return [failure for failure in failures if rules.intersection(failure.rules)]


def verdict(
    result: ProbeResult,
    failures: Sequence[KnownFailure],
    environment: Environment | None = None,
) -> Verdict:
    """Say what a probe's result means in the light of the known failures.

    Strict: where a known failure applies for certain and its probe passes, the entry is STALE and
    somebody has to look; and a failure is KNOWN only where each of its findings is, so that a
    known one does not hide a new one beside it. Without an environment no condition on packages or
    the operating system is certain. An error is KNOWN only where an entry expects one, else it is
    UNDECIDED.
    """
    listed = [
        failure
        for failure in failures
        if result.probe in failure.probes
        and applies(failure.when, result.target, environment) is True
    ]
    if result.outcome is Outcome.SKIP:
        return Verdict.UNDECIDED
    if result.outcome is Outcome.PASS:
        surprising = [failure for failure in listed if failure.expect is not Expect.MAYBE]
        return Verdict.STALE if surprising else Verdict.OK
    if result.outcome is Outcome.ERROR:
        known = explaining(result, failures, environment)
        return Verdict.KNOWN if known else Verdict.UNDECIDED
    explained = all(explaining(part, failures, environment) for part in _one_by_one(result))
    return Verdict.KNOWN if explained else Verdict.NEW


def _one_by_one(result: ProbeResult) -> Iterator[ProbeResult]:
    """The result once per finding that made it fail; once as it is where it names none."""
    counting = [f for f in result.findings if f.severity.rank >= Severity.LOW.rank]
    if not counting:
        yield result
    for finding in counting:
        yield replace(result, findings=(finding,))


def explaining(
    result: ProbeResult,
    failures: Iterable[KnownFailure],
    environment: Environment | None = None,
) -> tuple[KnownFailure, ...]:
    """Return the known failures behind a result that failed or broke; empty where it did not.

    An entry without patterns is recognised by its probe alone; one with patterns needs its words
    or its rule, so that a second, different failure of the same probe stays visible.
    """
    if result.outcome not in (Outcome.FAIL, Outcome.ERROR):
        return ()
    text = _capped(words_of(result))
    return tuple(
        failure
        for failure in failures
        if _expected(failure, result)
        and applies(failure.when, result.target, environment) is not False
        and _recognised(failure, result, text, environment)
    )


def words_of(result: ProbeResult) -> str:
    """Everything a result says, one thing per line."""
    crash = [result.crash.detail, result.crash.log_tail] if result.crash else []
    return "\n".join([result.reason, *(f.message for f in result.findings), *crash])


def _expected(failure: KnownFailure, result: ProbeResult) -> bool:
    return result.outcome is Outcome.FAIL or failure.expect in (Expect.ERROR, Expect.MAYBE)


def _recognised(
    failure: KnownFailure, result: ProbeResult, text: str, environment: Environment | None
) -> bool:
    if any(pattern.search(text) for pattern in failure.patterns):
        return True
    if by_rule(result.findings, [failure]):
        return True
    certain = applies(failure.when, result.target, environment) is True
    return certain and not failure.patterns and result.probe in failure.probes


def applies(when: When, target: Target | None, environment: Environment | None) -> bool | None:
    """Whether the conditions hold: True, False, or None where something needed is not known."""
    answers = [
        _device_matches(when, target),
        _one_of(when.dtypes, target.dtype if target else ""),
        _one_of(when.models, target.model if target else ""),
        _one_of(when.loaders, target.loader if target else ""),
        _one_of(when.quantisations, _quantisation(target) if target else ""),
        _os_matches(when, environment),
        *(_package_matches(name, wanted, environment) for name, wanted in when.packages.items()),
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _device_matches(when: When, target: Target | None) -> bool | None:
    if not when.devices:
        return True
    return target.device.partition(":")[0] in when.devices if target else None


def _quantisation(target: Target) -> str:
    # A cell that names none keeps its weights as they are, which is an answer.
    return target.quantisation or ("none" if target.loader else "")


def _one_of(wanted: Sequence[str], found: str) -> bool | None:
    if not wanted:
        return True
    return found in wanted if found else None


def _os_matches(when: When, environment: Environment | None) -> bool | None:
    if not when.os:
        return True
    if environment is None:
        return None
    answers = [_one_os_matches(wanted, environment.os) for wanted in when.os]
    return True if True in answers else None if None in answers else False


def _one_os_matches(wanted: str, found: str) -> bool | None:
    name, _, versions = wanted.partition(" ")
    if not found.casefold().startswith(name.casefold()):
        return False
    if not versions.strip():
        return True
    number = re.search(r"\d+(\.\d+)*", found)
    return satisfies(number.group(), versions) if number else None


def _package_matches(name: str, wanted: str, environment: Environment | None) -> bool | None:
    if environment is None:
        return None
    version = environment.packages.get(name)
    return satisfies(version, wanted) if version else False


def _capped(text: str) -> str:
    return "\n".join(line[:MAX_LINE] for line in text[-MAX_TEXT:].splitlines())
