"""The model's files fit each other, their loader and the planned device, from headers alone."""

from collections.abc import Iterator, Mapping

from compat.backends.dtype_facts import Answer as Takes
from compat.backends.dtype_facts import takes
from compat.core.model import Finding, Place, Severity
from compat.formats.header import read_header
from compat.formats.quantisation import quantisation_of
from compat.identify.pairing.model import Asked, Identified
from compat.identify.pairing.pair import pair
from compat.identify.pairing.read import identified
from compat.identify.quantisation.device import device_findings
from compat.identify.quantisation.lint import quantisation_lint
from compat.identify.quantisation.target import Where, device_named
from compat.identify.sets.gather import diffusers_set
from compat.identify.sets.model import FileSet
from runners.preflight.context import Answer, Context, Step

LOADER = "diffusers"
"""The preflight's engine loads folders with from_pretrained."""

WORDS: Mapping[str, str] = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}


def check_fit(context: Context) -> Answer:
    """No file is stored in a way that diffusers drops or the device refuses; the parts belong."""
    job = context.job
    where = device_named(job.device, job.environment.packages)
    found = diffusers_set(job.folder)
    asked = Asked(frames=job.plan.window.frames, steps=job.plan.sampling.steps)
    findings = [
        *_of_files(found, where),
        *_of_dtype(context, where),
        *pair([_folder(context)], asked),
    ]
    weights = sum(member.component for member in found.members)
    return Answer(findings=tuple(findings), measures={"files": weights, "device": str(where)})


def _folder(context: Context) -> Identified:
    known = context.notes.identification  # of the identity check, which has read every header
    folder = context.job.folder
    return identified(folder) if known is None else Identified(path=folder, identification=known)


def _of_files(found: FileSet, where: Where) -> Iterator[Finding]:
    for member in found.members:
        if not member.component:
            continue
        header = read_header(member.path)
        if member.path in found.configured:  # the weights stay as they are stored
            yield from device_findings(header, quantisation_of(header), where, loader="")
        else:
            yield from quantisation_lint(header, loader=LOADER, where=where)


def _of_dtype(context: Context, where: Where) -> Iterator[Finding]:
    word = WORDS.get(context.job.dtype)
    known = takes(where.kind, word, what="store", versions=where.versions) if word else None
    if known is not None and known.answer is Takes.NO:
        yield Finding(
            rule="dtype-not-on-device",
            severity=Severity.HIGH,
            message=f"the plan asks for {context.job.dtype}, which {where} does not take: "
            f"{known.error}",
            place=Place(kind="device", path=context.job.device),
            remedy="set model.dtype to float32 or float16",
            evidence={"dtype": word, "source": known.source},
        )


STEP = Step(
    id="fit", title="files, loader and device fit", run=check_fit, needs=("files", "identity")
)
