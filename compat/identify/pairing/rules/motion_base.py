"""A motion module stands on the image model it was trained on."""

from collections.abc import Iterator

from compat.core.model import Finding
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Part, Rule
from compat.identify.pairing.wording import disagree, mismatch


def check(files: Gathered) -> Iterator[Finding]:
    """AnimateDiff's modules for SD 1.5 have four levels, the SDXL one three: they do not mix."""
    if files.asked.library:
        return
    for module in files.of(Role.MOTION_MODULE):
        ids = [
            id_
            for need in module.found.needs
            if need.role is Role.DIFFUSION_MODEL
            for id_ in need.ids
        ]
        models = files.models
        if ids and models and not any(model.id in ids for model in models):
            yield _wrong(module, models[0], ids)


def _wrong(module: Part, model: Part, ids: list[str]) -> Finding:
    remedy = f"use {' or '.join(ids)}, or the motion module made for {model.id}"
    given, taken = module.dim("text-width"), model.dim("text-width")
    if given is not None and taken is not None and given.value != taken.value:
        return disagree(
            "motion-base", module, model, "text width", given=given, taken=taken, remedy=remedy
        )
    return mismatch(
        "motion-base",
        module,
        model,
        f"{module} was made for {' or '.join(ids)} and stands with {model}",
        remedy=remedy,
        found=model.id,
        expected=ids,
    )


RULE = Rule(id="motion-base", title="the motion module stands on its image model", check=check)
