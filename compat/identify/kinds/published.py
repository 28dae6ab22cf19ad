"""One signature from the layouts that a model is published in."""

from compat.identify.model import Layout, Role, Signature


def published(
    *layouts: Layout,
    id: str,
    family: str,
    variant: str,
    parameters: int,
    source: str,
    role: Role = Role.VAE,
    generation: str = "",
) -> Signature:
    """A signature whose first layout is the publisher's."""
    own, *others = layouts
    return Signature(
        id=id,
        family=family,
        variant=variant,
        role=role,
        generation=generation,
        marks=own.marks,
        form=own.form,
        source=source,
        parameters=parameters,
        dims=own.dims,
        placement=own.placement,
        layout=own.name,
        layouts=tuple(others),
    )
