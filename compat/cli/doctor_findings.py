"""What keeps framegate, or the interpreter that was asked, from its work on this machine."""

import re
from collections.abc import Iterator

from compat.backends.abilities import compute_capability
from compat.backends.machine.model import Card
from compat.backends.pyav import NEEDED
from compat.core.model import Device, Finding, Place, Severity
from runners.checkup import Checkup

_GIB = 1 << 30
# A minute of 720p costs about 0.3 GiB of lossless segments and latents; below this a render of a
# few minutes may stop for want of space.
LOW_DISK_BYTES = 5 * _GIB
# Importing torch and diffusers alone takes about 1 GiB.
LOW_MEMORY_BYTES = 2 * _GIB
_GET_TORCH = "https://pytorch.org/get-started/locally names the build for your system"
_TITLES = {"nvidia": "NVIDIA", "amd": "AMD", "apple": "Apple", "intel": "Intel"}


def lacks(checkup: Checkup) -> Iterator[Finding]:
    """Every lack, the worst causes first; a machine without a graphics card is no fault."""
    yield from _interpreter(checkup)
    yield from _packages(checkup)
    yield from _codecs(checkup)
    yield from _drivers(checkup)
    yield from _cards(checkup)
    yield from _room(checkup)


def _interpreter(checkup: Checkup) -> Iterator[Finding]:
    asked = checkup.asked
    if asked.problem:
        yield _finding(
            "interpreter-not-asked",
            Severity.HIGH,
            f"the interpreter could not be asked: {asked.problem}",
            "package",
            asked.executable,
            "what is shown was read from its files; it has to be Python 3.11 or later, and import "
            "torch in it by hand shows a crash",
        )
    elif asked.torch_problem:
        yield _finding(
            "torch-does-not-load",
            Severity.HIGH,
            asked.torch_problem,
            "package",
            "torch",
            f"reinstall it: {_GET_TORCH}",
        )
    if "Rosetta" in checkup.hardware.surroundings:
        yield _finding(
            "python-under-rosetta",
            Severity.HIGH,
            "this is an Intel Python on an Apple chip: it has no MPS and no MLX",
            "package",
            "python",
            "take an arm64 Python (python.org or Homebrew in /opt/homebrew) and install there",
        )


def _packages(checkup: Checkup) -> Iterator[Finding]:
    wanted = ("torch",) if checkup.named else ("torch", "diffusers")
    for name in wanted:
        if name not in checkup.asked.environment.packages and not checkup.asked.problem:
            text = f"{name} is not installed, so nothing can be rendered in this environment"
            remedy = 'pip install "framegate[diffusers]", or use the environment that has it'
            yield _finding("package-missing", Severity.LOW, text, "package", name, remedy)


def _codecs(checkup: Checkup) -> Iterator[Finding]:
    codecs = checkup.asked.codecs
    # Another interpreter renders with its own means of writing a video.
    if checkup.named or checkup.asked.problem:
        return
    if codecs.problem:
        text = f"no video can be written or read: {codecs.problem}"
        yield _finding("pyav-missing", Severity.HIGH, text, "package", "av", "pip install av")
        return
    for name in NEEDED:
        if name not in codecs.encoders:
            text = f"this PyAV has no encoder {name}, which every render is written with"
            remedy = "reinstall av from PyPI, whose wheels bring it"
            yield _finding("encoder-missing", Severity.HIGH, text, "package", "av", remedy)


def _drivers(checkup: Checkup) -> Iterator[Finding]:
    for driver in checkup.hardware.drivers:
        if driver.problem:
            yield _finding(
                "driver-fails",
                Severity.MEDIUM,
                driver.problem,
                "device",
                driver.vendor,
                _ACCESS if driver.vendor == "amd" else "install the driver again, then restart",
            )
        torch = checkup.asked.torch
        if driver.vendor == "nvidia" and torch and _older(driver.runtime, torch.cuda):
            # Within one major version a newer runtime works on an older driver (CUDA
            # compatibility guide, minor version compatibility).
            yield _finding(
                "driver-older-than-torch",
                Severity.HIGH,
                f"torch is built for CUDA {torch.cuda}, the driver {driver.version} serves up to "
                f"CUDA {driver.runtime}",
                "device",
                "nvidia",
                "update the NVIDIA driver, or install a torch for the older CUDA",
            )


_ACCESS = (
    "add yourself to the groups render and video and log in again; a container needs "
    "--device=/dev/kfd --device=/dev/dri"
)


def _older(driver: str, built: str) -> bool:
    first = [re.match(r"\d+", version) for version in (driver, built)]
    return first[0] is not None and first[1] is not None and int(first[0][0]) < int(first[1][0])


def _cards(checkup: Checkup) -> Iterator[Finding]:
    environment = checkup.asked.environment
    usable = {device.kind for device in environment.devices if not device.unavailable}
    # A second card of another vendor, such as the one inside the processor, is often not meant.
    if not usable & {"cuda", "rocm", "mps"} and "torch" in environment.packages:
        cards = {card.vendor: card for card in reversed(checkup.hardware.cards)}
        vendors = ("nvidia", "apple" if environment.os.startswith("macOS") else "amd")
        first = next((cards[vendor] for vendor in vendors if vendor in cards), None)
        if first is not None:
            yield from _unused(first, checkup)
    for device in environment.devices:
        if not _has_code(device, checkup.asked.chips):
            chips = ", ".join(checkup.asked.chips)
            text = f"this torch has no code for {device.capability}, only for {chips}"
            remedy = f"install a torch that has it: {_GET_TORCH}"
            yield _finding("chip-not-in-torch", Severity.HIGH, text, "device", device.kind, remedy)


def _unused(card: Card, checkup: Checkup) -> Iterator[Finding]:
    """A card is there and torch does not use it; why is the driver's, the build's or unknown."""
    asked = checkup.asked
    if asked.problem or asked.torch_problem or "Rosetta" in checkup.hardware.surroundings:
        return
    if any(d.problem for d in checkup.hardware.drivers if d.vendor == card.vendor):
        return
    name = " ".join(filter(None, [_TITLES[card.vendor], card.name.removeprefix("NVIDIA ")]))
    built = asked.torch and {
        "nvidia": asked.torch.cuda, "amd": asked.torch.rocm, "apple": "MPS",
    }[card.vendor]  # fmt: skip
    driven = card.vendor != "nvidia" or any(
        driver.vendor == "nvidia" for driver in checkup.hardware.drivers
    )
    if not driven:
        text = f"a card of {name} is on the bus and no driver tells of it"
        inside = _CONTAINERS.intersection(checkup.hardware.surroundings)
        remedy = _GIVE_CARDS if inside else "install the driver of the card, then restart"
        severity = Severity.LOW if inside else Severity.MEDIUM
        yield _finding("driver-missing", severity, text, "device", card.vendor, remedy)
    elif not built:
        text = f"the card {name} is here, and torch {asked.torch and asked.torch.version} is built "
        text += "without support for it"
        remedy = f"install the right build: {_GET_TORCH}"
        if card.vendor == "amd" and checkup.asked.environment.os.startswith("Windows"):
            remedy = "AMD's ROCm builds for Windows come from AMD, see rocm.docs.amd.com"
        # Whether ROCm takes an AMD chip is another question; CUDA takes every card in use.
        severity = Severity.MEDIUM if card.vendor == "nvidia" else Severity.LOW
        yield _finding("torch-ignores-card", severity, text, "device", card.vendor, remedy)
    else:
        kind = {"nvidia": "cuda", "amd": "cuda", "apple": "mps"}[card.vendor]
        devices = asked.environment.devices
        why = next((d.unavailable for d in devices if d.kind == kind and d.unavailable), "")
        text = f"the card {name} is here and cannot be used: {why or 'torch does not say why'}"
        remedy = "restart after a driver update; check CUDA_VISIBLE_DEVICES and who may use it"
        yield _finding("card-unusable", Severity.MEDIUM, text, "device", card.vendor, remedy)


_CONTAINERS = {"Docker", "Podman", "Kubernetes"}
_GIVE_CARDS = "start the container with its cards: docker run --gpus all (NVIDIA container toolkit)"


def _has_code(device: Device, chips: tuple[str, ...]) -> bool:
    """Whether torch's machine code runs on the device, or can be translated for it.

    Code for sm_86 runs on 8.6 and later of major 8; ``compute_`` is a text that the driver
    translates for any later card (CUDA programming guide, binary and PTX compatibility).
    """
    if device.unavailable or not chips:
        return True
    if device.kind == "rocm":
        # Without the features that follow, as in gfx90a:sramecc+:xnack-.
        plain = {chip.partition(":")[0] for chip in chips}
        return device.capability.partition(":")[0] in plain or _overridden(chips)
    own = compute_capability(device)
    if own is None:
        return True
    return any(_runs(chip, own) for chip in chips)


def _overridden(chips: tuple[str, ...]) -> bool:
    # Families such as gfx11-generic cover chips that are not named one by one.
    return any("generic" in chip for chip in chips)


def _runs(chip: str, own: float) -> bool:
    kind, _, number = chip.partition("_")
    # sm_90a and sm_100f have code for that very generation alone.
    exact = not number.isdigit()
    digits = number.rstrip("abcdef")
    if not digits.isdigit() or len(digits) < 2:
        return True
    code = int(digits[:-1]) + int(digits[-1]) / 10
    if exact:
        return code == own
    return code <= own and (kind == "compute" or int(code) == int(own))


def _room(checkup: Checkup) -> Iterator[Finding]:
    for disk in checkup.disks:
        names = ", ".join(disk.places)
        for place in disk.read_only:
            text = f"nothing can be written to {disk.places[place]} ({place})"
            remedy = "name another folder, or mend who may write there"
            yield _finding("folder-read-only", Severity.MEDIUM, text, "device", "disk", remedy)
        if disk.free_bytes < LOW_DISK_BYTES:
            text = (
                f"{gib(disk.free_bytes)} of disk are free for {names}, at least "
                f"{gib(LOW_DISK_BYTES)} are expected"
            )
            yield _finding("disk-low", Severity.MEDIUM, text, "device", "disk", "make room")
    free = checkup.memory.free_bytes
    if free < LOW_MEMORY_BYTES:
        text = f"{gib(free)} of memory are free, at least {gib(LOW_MEMORY_BYTES)} are expected"
        yield _finding("memory-low", Severity.MEDIUM, text, "device", "memory", "make room")


def _finding(
    rule: str, severity: Severity, message: str, kind: str, path: str, remedy: str
) -> Finding:
    place = Place(kind=kind, path=path)
    return Finding(rule=rule, severity=severity, message=message, place=place, remedy=remedy)


def gib(size: int) -> str:
    """A size for people, such as 1.5 GiB."""
    return f"{size / _GIB:.1f} GiB"
