"""A LoRA was trained on this model: its targets are as wide, of the family and generation."""

from collections.abc import Iterator

from compat.core.model import Finding, Severity
from compat.identify.model import UNKNOWN, Role
from compat.identify.pairing.model import Gathered, Part, Rule
from compat.identify.pairing.wording import disagree, mismatch


def check(files: Gathered) -> Iterator[Finding]:
    """Loaders skip what a LoRA of another base does not match, so it just does nothing."""
    models = files.models
    for lora in files.of(Role.LORA):
        if models and lora.known and not any(_fits(lora, model) for model in models):
            yield _wrong(lora, _nearest(lora, models))


def _fits(lora: Part, model: Part) -> bool:
    return not (_width_differs(lora, model) or _family_differs(lora, model)) and not (
        _generation_differs(lora, model)
    )


def _width_differs(lora: Part, model: Part) -> bool:
    here, there = lora.dim("width"), model.dim("width")
    return here is not None and there is not None and here.value != there.value


def _family_differs(lora: Part, model: Part) -> bool:
    families = lora.found.family, model.found.family
    return "" not in families and UNKNOWN not in families and families[0] != families[1]


def _generation_differs(lora: Part, model: Part) -> bool:
    named = [need for need in lora.found.needs if need.role is Role.DIFFUSION_MODEL]
    if named:
        return not any(model.id in need.ids for need in named)
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
    if given is not None and taken is not None and given.value != taken.value:
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
