"""What a description of a set comes to: files that were found, and what was asked of them."""

from dataclasses import dataclass
from pathlib import Path

from compat.core.model import Finding
from compat.identify.pairing.model import Asked

NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of a set that is there, and the key or folder that names it.

    ``component`` marks the weights of a diffusers component: the folder as a whole says what they
    are, and a shard of them alone would be unknown.
    """

    path: Path
    slot: str = ""
    component: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSet:
    """The files that ``source`` stands for.

    ``kind`` is file, folder, diffusers-folder, wangp, ltx-config, comfyui-models, plan.
    ``loader`` is what loads the set, where its kind says so. ``findings`` are about names that lead
    nowhere. ``configured`` are files whose config states their quantisation.
    """

    source: Path
    kind: str
    members: tuple[Member, ...] = ()
    asked: Asked = NOTHING_ASKED
    loader: str = ""
    device: str = ""
    findings: tuple[Finding, ...] = ()
    configured: frozenset[Path] = frozenset()
