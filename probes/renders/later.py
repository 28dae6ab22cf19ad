"""What one float32 step in time does to a render: the least that another implementation may differ.

Times of up to 1000 are multiplied by frequencies and made into waves. Two implementations that
round their frequencies differently differ in the fastest wave as much as one that is asked about
the next float32 in time. Rounding weights and operations does not show that, because both renders
of :mod:`probes.renders.expected` share one implementation.
"""

from typing import Any


def ask_later(network: Any) -> None:
    """From now on hand every time to ``network`` as the next float32 after it."""
    network.register_forward_pre_hook(_later, with_kwargs=True)


def _later(
    _network: Any, given: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    import torch

    return given, {
        name: torch.nextafter(value.float(), value.float() + 1)
        if name.endswith("timestep") and isinstance(value, torch.Tensor)
        else value
        for name, value in named.items()
    }
