"""What can be said of a machine without importing a framework: cards, memory, disks, programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchBuild:
    """What a torch was built for, from its own version.py; "" for what it was not built with."""

    version: str
    cuda: str = ""
    rocm: str = ""
    xpu: str = ""

    @property
    def title(self) -> str:
        """The build in two words, such as ``CUDA 12.8``; on a Mac every build has MPS."""
        for name, version in (("CUDA", self.cuda), ("ROCm", self.rocm), ("XPU", self.xpu)):
            if version:
                return f"{name} {version}"
        return "no CUDA, no ROCm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python that was found; everything was read from its files, nothing of it was run.

    ``kind`` says by which rule: framegate, active, comfyui, conda, pyenv, uv, pipx, venv or named.
    ``prefix`` is its folder, ``python`` its version, "" where the files do not tell.
    """

    kind: str
    prefix: str
    executable: str
    python: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    torch: TorchBuild | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A graphics card as the system or its driver knows it, whatever torch makes of it.

    ``vendor`` is nvidia, amd, apple, intel or "". Unknown sizes are 0, unknown words empty.
    """

    vendor: str
    name: str
    memory_bytes: int = 0
    free_bytes: int = 0
    capability: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A driver: ``runtime`` is the newest CUDA or ROCm it serves, ``problem`` why it does not."""

    vendor: str
    version: str = ""
    runtime: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Places that share a disk, by what they are for, and what is free there."""

    places: Mapping[str, str]
    free_bytes: int
    total_bytes: int
    filesystem: str = ""
    read_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Main memory; ``limit_bytes`` is the container's, 0 where there is none.

    ``free_bytes`` is what a new process could take, the container's limit included.
    """

    total_bytes: int
    free_bytes: int
    limit_bytes: int = 0
    swap_bytes: int = 0
    swap_free_bytes: int = 0

    @property
    def usable_bytes(self) -> int:
        """What one process could have at most, were nothing else running."""
        return min(self.total_bytes, self.limit_bytes or self.total_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codecs:
    """Video codecs by their common names, and hardware encoders by theirs, as built in.

    ``library`` is what was asked; ``problem`` why nothing is known of it.
    """

    library: str
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    encoders: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """The machine below the interpreters; ``surroundings`` is WSL, a container, Rosetta or ""."""

    cards: tuple[Card, ...] = ()
    drivers: tuple[Driver, ...] = ()
    surroundings: tuple[str, ...] = ()
