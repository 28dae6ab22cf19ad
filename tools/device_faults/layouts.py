"""How a broken kernel sees tensors that are views."""

import math
from typing import Any


def strided(tensor: Any) -> bool:
    """Whether it is a view that does not lie packed in memory."""
    return tensor.dim() > 1 and not tensor.is_contiguous() and tensor.numel() > 1


def in_memory_order(tensor: Any) -> Any:
    """What a kernel sees that takes a view for a packed tensor."""
    shape = tensor.shape
    step, steps = 1, []
    for side in reversed(shape):
        steps.append(step)
        step *= side
    available = tensor.untyped_storage().nbytes() // tensor.element_size()
    if tensor.storage_offset() + math.prod(shape) > available:
        return tensor.contiguous().flip(-1)
    return tensor.as_strided(shape, tuple(reversed(steps)), tensor.storage_offset())


def from_the_start(tensor: Any) -> Any:
    """What a kernel sees that forgets where in its storage a view begins."""
    return tensor.as_strided(tensor.shape, tensor.stride(), 0)


def is_half(tensor: Any) -> bool:
    """Whether it is of float16 or bfloat16."""
    return tensor.is_floating_point() and tensor.element_size() == 2
