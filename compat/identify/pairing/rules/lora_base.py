"""A LoRA was trained on this model: its targets are as wide, of the family and generation."""

from collections.abc import Iterator

from compat.core.model import Finding, Severity
from compat.identify.model import UNKNOWN, Role
from compat.identify.pairing.model import Gathered, Part, Rule
from compat.identify.pairing.wording import disagree, mismatch


def check(files: Gathered) -> Iterator[Finding]:
    """Loaders skip what a LoRA of another base does not match, so it just does nothing."""
    if files.asked.library:
        return
    for lora in files.of(Role.LORA):
        bases = _candidates(files, lora)
        if bases and lora.known and not any(_fits(lora, base) for base in bases):
            yield _wrong(lora, _nearest(lora, bases))


def _candidates(files: Gathered, lora: Part) -> tuple[Part, ...]:
    """What the LoRA may be for: AnimateDiff's motion LoRAs change a motion module."""
    roles = {need.role for need in lora.found.needs} or {Role.DIFFUSION_MODEL}
    return tuple(part for role in roles for part in files.of(role) if part.known)


def _fits(lora: Part, base: Part) -> bool:
    if any(base.id in need.ids for need in lora.found.needs):
        return True
    differ = (_family_differs, _width_differs, _generation_differs)
    return not any(differs(lora, base) for differs in differ)


def _width_differs(lora: Part, model: Part) -> bool:
    here, there = lora.dim("width"), model.dim("width")
    return here is not None and there is not None and here.value != there.value


def _family_differs(lora: Part, model: Part) -> bool:
    families = lora.found.family, model.found.family
    return "" not in families and UNKNOWN not in families and families[0] != families[1]


def _generation_differs(lora: Part, model: Part) -> bool:
    generations = lora.found.generation, model.found.generation
    return "" not in generations and generations[0] != generations[1]


def _nearest(lora: Part, models: tuple[Part, ...]) -> Part:
    return min(models, key=lambda m: (_family_differs(lora, m), _width_differs(lora, m)))


def _wrong(lora: Part, model: Part) -> Finding:
    remedy = f"use a LoRA that was trained on {model.id}"
    if _family_differs(lora, model):
        return mismatch(
            "lora-family",
            lora,
            model,
            f"{lora} was trained on the family {lora.found.family}, {model} is of "
            f"{model.found.family}",
            remedy=remedy,
            found=lora.found.family,
            expected=model.found.family,
        )
    given, taken = lora.dim("width"), model.dim("width")
    # LTX-2's LoRAs change layers of two widths: where the generation tells, it tells better.
    by_width = _width_differs(lora, model) and not _generation_differs(lora, model)
    if by_width and given is not None and taken is not None:
        return disagree(
            "lora-width", lora, model, "layers of width", given=given, taken=taken, remedy=remedy
        )
    bases = [id_ for need in lora.found.needs for id_ in need.ids] or [lora.found.generation]
    return mismatch(
        "lora-generation",
        lora,
        model,
        f"{lora} was trained on {' or '.join(bases)}, not on {model}: it loads and shifts the "
        "picture in ways nobody meant",
        remedy=remedy,
        severity=Severity.MEDIUM,
        found=bases,
        expected=model.found.generation or model.id,
    )


RULE = Rule(id="lora-base", title="each LoRA was trained on this model", check=check)
