"""The screen of ``framegate doctor``: what is here, what that allows, what is lacking."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from compat.backends.abilities import ABILITIES, Able
from compat.backends.machine.model import Card, Codecs, Interpreter, TorchBuild
from compat.cli.doctor_findings import gib
from compat.core.model import Device
from compat.identify.room import FORMS, Weights
from runners.checkup import Checkup

_WIDTH = 100
_LABEL = 11
_COMMANDS = 29
# A space at which no line is broken.
_JOINT = "\u00a0"
# What changes a render most; the others are shown with --verbose.
_CHIEF = ("diffusers", "transformers", "accelerate", "mlx", "xformers", "sageattention",
          "flash-attn", "triton", "torchao", "optimum-quanto", "gguf", "bitsandbytes")  # fmt: skip
_MOST_OTHERS = 6
_SHORT = {"unknown": "?", "depends": "card?", "wrong": "WRONG"}


def screen(
    checkup: Checkup,
    able: Mapping[str, Mapping[str, Able]],
    weights: Mapping[str, Sequence[Weights]],
    works: Mapping[str, str],
    *,
    verbose: bool = False,
) -> Iterator[str]:
    """The lines of the screen; ``able`` and ``weights`` by device, ``works`` by commands."""
    yield from _machine(checkup, verbose=verbose)
    yield from _software(checkup, verbose=verbose)
    yield ""
    yield from _devices(checkup.asked.environment.devices)
    yield from _abilities(able, verbose=verbose)
    yield from _weights(weights)
    yield from _others(checkup.others, verbose=verbose)
    yield ""
    yield "framegate here"
    for what, answer in works.items():
        yield from _row(f"  {what}", answer, label_width=_COMMANDS)


def _machine(checkup: Checkup, *, verbose: bool) -> Iterator[str]:
    asked, memory = checkup.asked, checkup.memory
    environment, around = asked.environment, ", ".join(checkup.hardware.surroundings)
    system = ", ".join(filter(None, [environment.os, environment.machine, around]))
    yield from _row("system", system)
    yield from _row("python", f"{environment.python} in {asked.prefix}")
    if verbose:
        yield from _row("", f"fingerprint {environment.fingerprint}")
    limit = f", the container may have {gib(memory.limit_bytes)}" if memory.limit_bytes else ""
    swap = f"{gib(memory.swap_free_bytes)} of swap free" if memory.swap_bytes else "no swap"
    said = f"{gib(memory.free_bytes)} free of {gib(memory.total_bytes)}{limit}, {swap}"
    yield from _row("memory", said)
    for number, disk in enumerate(checkup.disks):
        places = ", ".join(f"{what} {path}" for what, path in disk.places.items())
        kind = " of memory (tmpfs)" if disk.filesystem == "tmpfs" else ""
        room = f"{gib(disk.free_bytes)} free{kind}: {places}"
        yield from _row("" if number else "disk", room)
    for number, card in enumerate(checkup.hardware.cards):
        yield from _row("" if number else "cards", _card(card))
    for driver in checkup.hardware.drivers:
        serves = {"nvidia": "CUDA", "amd": "ROCm"}.get(driver.vendor, "")
        serves = f"serves up to {serves} {driver.runtime}" if driver.runtime else ""
        words = filter(None, [driver.vendor, driver.version, serves, driver.problem])
        yield from _row("driver", ", ".join(words))


def _card(card: Card) -> str:
    name = card.name or f"a card of {card.vendor} without a driver"
    size = gib(card.memory_bytes) if card.memory_bytes else ""
    free = f"{gib(card.free_bytes)} free" if card.free_bytes else ""
    return ", ".join(filter(None, [name, card.capability, size, free]))


def _software(checkup: Checkup, *, verbose: bool) -> Iterator[str]:
    asked = checkup.asked
    packages = asked.environment.packages
    yield from _row("torch", _torch(asked.torch, packages.get("torch", ""), asked.chips))
    names = [name for name in packages if name != "torch"] if verbose else _CHIEF
    shown = ", ".join(f"{name}{_JOINT}{packages[name]}" for name in names if name in packages)
    yield from _row("packages", shown or "none of those that render")
    if settings := asked.environment.settings:
        yield from _row("variables", ", ".join(f"{k}={v}" for k, v in settings.items()))
    yield from _codecs("video", asked.codecs, verbose=verbose)
    yield from _codecs("", checkup.ffmpeg, verbose=verbose)


def _torch(build: TorchBuild | None, version: str, chips: Sequence[str]) -> str:
    if build is None:
        return version or "not installed"
    has = f", code for {' '.join(chips)}" if chips else ""
    return f"{build.version}, built for {build.title}{has}"


def _codecs(label: str, codecs: Codecs, *, verbose: bool) -> Iterator[str]:
    if codecs.problem:
        yield from _row(label, f"{codecs.library}: {codecs.problem}")
        return
    unread = [name for name in codecs.writes if codecs.reads and name not in codecs.reads]
    line = f"{codecs.library} writes {' '.join(codecs.writes)}"
    line += f", cannot read {' '.join(unread)}" if unread else ""
    kinds = dict.fromkeys(name.rpartition("_")[2] for name in codecs.hardware)
    hardware = codecs.hardware if verbose else tuple(kinds)
    line += f"; hardware, built in and not tried: {' '.join(hardware)}" if hardware else ""
    yield from _row(label, line)


def _devices(devices: Iterable[Device]) -> Iterator[str]:
    yield "devices"
    for device in devices:
        number = f":{device.index}" if device.index else ""
        yield from _row(f"  {device.kind}{number}", _device(device))


def _device(device: Device) -> str:
    if device.unavailable:
        return f"not here: {device.unavailable}"
    memory = gib(device.memory_bytes) if device.memory_bytes else ""
    return ", ".join(filter(None, [device.name, device.capability, memory])) or "here"


def _abilities(able: Mapping[str, Mapping[str, Able]], *, verbose: bool) -> Iterator[str]:
    if not able:
        return
    yield "dtypes     " + " ".join(f"{ability.name:<7}" for ability in ABILITIES).rstrip()
    for device, answers in able.items():
        words = (_answer(answers[ability.name]) for ability in ABILITIES)
        yield f"  {device:<8} " + " ".join(f"{word:<7}" for word in words).rstrip()
    probed = any(a.basis == "probed" for answers in able.values() for a in answers.values())
    how = "* probed here, the others by recorded facts" if probed else "by recorded facts"
    ask = "" if probed else "; framegate probe asks the device itself"
    yield from _row("", f"{how}, ? nobody recorded it{ask}")
    if verbose:
        for device, answers in able.items():
            for name, answer in answers.items():
                if answer.source:
                    yield from _row("", f"{device} {name}: {answer.source}")


def _answer(able: Able) -> str:
    return _SHORT.get(able.answer, able.answer) + ("*" if able.basis == "probed" else "")


def _weights(weights: Mapping[str, Sequence[Weights]]) -> Iterator[str]:
    """Which denoisers' weights fit, by form; one block for devices with the same answer."""
    if weights:
        yield "weights    of the denoiser alone; text encoder, VAE and activations come on top"
    for device, models in weights.items():
        first = True
        for form in (*FORMS, ""):
            names = [_model(model, form) for model in models if model.form == form]
            if names:
                what = form or "too large"
                yield from _row(f"  {device}" if first else "", f"{what:<9} {', '.join(names)}")
                first = False


def _model(model: Weights, form: str) -> str:
    # What does not fit even in the smallest form is told with that size.
    size = model.size_bytes(form or list(FORMS)[-1]) / 1e9
    return f"{model.model} ({size:.1f} GB)".replace(" ", _JOINT)


def _others(others: Sequence[Interpreter], *, verbose: bool) -> Iterator[str]:
    rendering = [one for one in others if one.torch or one.packages.keys() & {"torch", "mlx"}]
    shown = list(others) if verbose else rendering[:_MOST_OTHERS]
    left = len(others) - len(shown)
    if not others:
        return
    yield ""
    yield "other interpreters, read from their files and not run; --python PATH asks one"
    for one in shown:
        built = f"torch {one.torch.version} ({one.torch.title})" if one.torch else ""
        also = [f"{n} {one.packages[n]}" for n in ("diffusers", "mlx") if n in one.packages]
        words = ", ".join(filter(None, [f"Python {one.python or '?'}", built, *also]))
        yield from _row(f"  {one.kind}", f"{one.executable}: {words}")
    if left:
        without = len(others) - len(rendering)
        more = f"{left} more" if left > without else f"{left} more without torch or mlx"
        yield from _row("", f"{more} (--verbose)")


def _row(label: str, text: str, *, label_width: int = _LABEL) -> Iterator[str]:
    """One labelled line, or several where the text is longer than the screen is wide."""
    lines = textwrap.wrap(
        # Names of folders may hold anything, codes that move the cursor included.
        "".join(sign if sign.isprintable() or sign == _JOINT else "?" for sign in text),
        _WIDTH,
        initial_indent=f"{label:<{label_width - 1}} ",
        subsequent_indent=" " * label_width,
        break_long_words=False,
        break_on_hyphens=False,
    )
    # What must not be torn apart was joined by spaces that do not break.
    yield from (line.replace(_JOINT, " ") for line in lines)
