"""The device computes what this render will ask of it: the probes that matter here."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compat.core.collect import collect
from compat.core.model import Device, Finding, Outcome, Place, Probe, ProbeResult, Severity
from compat.knowledge.load import known_failures
from compat.knowledge.match import explaining
from runners.batch import Question, ask_all, questions
from runners.preflight.context import Answer, Context, Step, UndecidedError
from runners.preflight.weights import stored_tensors
from runners.session import find_device

ALWAYS = (
    "bf16-save-path",
    "torch-conv3d-channels-last",
    "torch-conv3d-contiguous",
    "torch-group-norm-video",
    "torch-linear-noncontiguous",
    "torch-pad-temporal",
    "torch-sdpa-permuted",
)
"""What every video transformer and its VAE compute, and the way out to numpy."""

FOR_FP8 = ("fp8-storage",)
"""Asked where the model's files hold 8-bit floats."""


def check_device(context: Context) -> Answer:
    """Every operation that matters is right on this device, now or on record for this machine."""
    wanted = wanted_probes(context)
    asked = questions(wanted.values(), [device_of(context)])
    if not asked:
        raise UndecidedError(f"no probe is for {context.job.device}")
    results = list(answers(context, asked))
    findings = [finding for result in results for finding in findings_of(result)]
    unanswered = [r for r in results if r.outcome in (Outcome.SKIP, Outcome.ERROR)]
    if unanswered and not findings:
        raise UndecidedError(f"{unanswered[0].probe} gave no answer: {unanswered[0].reason}")
    measures = {result.probe: result.outcome.value for result in results}
    return Answer(findings=tuple(findings), measures=measures)


def wanted_probes(context: Context) -> dict[str, Probe]:
    """The probes that matter for this plan and these files."""
    names = set(ALWAYS)
    if any(dtype.startswith("F8") for dtype in stored_dtypes(context)):
        names.update(FOR_FP8)
    found = collect("probes", Probe)
    return {name: found[name] for name in sorted(names)}


def stored_dtypes(context: Context) -> set[str]:
    """The dtypes that stand in the headers of the model's files."""
    return {tensor.dtype for tensor in stored_tensors(context.job.folder)}


def device_of(context: Context) -> Device:
    """The planned device as the environment lists it."""
    found = find_device(context.job.device, context.job.environment.devices)
    if found is None:
        raise UndecidedError(f"{context.job.device} is not among the devices of this machine")
    return found


def answers(context: Context, asked: Iterable[Question]) -> Iterator[ProbeResult]:
    """Results on record for exactly this environment first, then those that must be asked."""
    known = recorded(context)
    fresh = []
    for question in asked:
        if (question.probe.id, question.target) in known:
            yield known[question.probe.id, question.target]
        else:
            fresh.append(question)
    if not fresh:
        return
    for result in ask_all(fresh, context.job.environment):
        context.store.record_result(result)
        yield result


def recorded(context: Context) -> dict[tuple[str, object], ProbeResult]:
    """Past answers of this very environment; one that gave no answer is asked again."""
    here = context.job.environment.fingerprint
    return {
        (result.probe, result.target): result
        for result in context.store.results()
        if result.environment == here and result.outcome in (Outcome.PASS, Outcome.FAIL)
    }


def findings_of(result: ProbeResult) -> Iterator[Finding]:
    """What a failed probe found, with the remedy of the known failure behind it.

    A probe that killed its worker failed too: the render asks the same of the device. A time limit
    or a lack of memory says nothing of the kind and stays undecided.
    """
    crashed = result.crash is not None and result.crash.kind == "signal"
    if result.outcome is not Outcome.FAIL and not crashed:
        return
    known = explaining(result, known_failures())
    for finding in result.findings or (_bare(result),):
        remedy = finding.remedy or (known[0].remedy if known else "")
        yield replace(finding, severity=Severity.HIGH, remedy=remedy)


def _bare(result: ProbeResult) -> Finding:
    return Finding(
        rule=f"{result.probe}-failed",
        severity=Severity.HIGH,
        message=f"{result.probe} failed: {result.reason}",
        place=Place(kind="device", path=result.target.device),
    )


STEP = Step(id="device", title="device computes right", run=check_device, needs=("files",))
