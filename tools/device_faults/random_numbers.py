"""Bugs of the generators of noise."""

from typing import Any

from tools.device_faults.bug import Bug, Call, Instead

_NORMAL = ("randn", "normal_", "randn_like")


def _always_the_same(call: Call) -> Any:
    import torch

    result = call.sound()
    values = torch.randn(result.shape, generator=torch.Generator().manual_seed(7))
    return result.copy_(values)


def _seed_ignored(call: Call) -> Any:
    import torch

    result = call.sound()
    values = torch.randn(result.shape, generator=torch.Generator().manual_seed(call.number))
    return result.copy_(values)


def _repeated_in_five_axes(call: Call) -> Any:
    result = call.sound()
    return result.copy_(result[:1].clone()) if result.dim() > 4 else None


def _sometimes_nan(call: Call) -> Any:
    result = call.sound()
    if result.numel() < 2**16:
        return None
    result.view(-1)[2**16 - 1] = float("nan")
    return result


def _too_narrow(call: Call) -> Any:
    return call.sound().clamp_(-2, 2)


def _bug(name: str, imitates: str, instead: Instead) -> Bug:
    return Bug(name=name, operations=_NORMAL, imitates=imitates, instead=instead)


RANDOM_NUMBERS = (
    _bug("noise is the same at every call", "pytorch#78009", _always_the_same),
    _bug("noise does not follow its seed", "pytorch#84288", _seed_ignored),
    _bug("noise of five axes repeats along the first", "pytorch#147624", _repeated_in_five_axes),
    _bug("noise holds a NaN now and then", "pytorch#89283", _sometimes_nan),
    _bug("noise has no tails", "no report: a bad transformation", _too_narrow),
)
