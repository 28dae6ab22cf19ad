"""Bugs of kernels that are handed views, and that write into them."""

from typing import Any

from tools.device_faults.any_size import views_read_as_packed
from tools.device_faults.bug import Bug, Call, Instead
from tools.device_faults.layouts import in_memory_order, strided


def _zeros_for_views(call: Call) -> Any:
    return call.sound() * 0 if strided(call.arguments[0]) else None


def _first_view_as_packed(call: Call) -> Any:
    first = call.arguments[0]
    return call.with_first(in_memory_order(first)) if strided(first) else None


def _neighbours_overwritten(call: Call) -> Any:
    column = call.arguments[0]
    if column.numel() <= 1_500_000 or column.is_contiguous():
        return None
    result = call.sound()
    place = column.storage_offset() + (1 if column.storage_offset() == 0 else -1)
    column.as_strided(column.shape, column.stride(), place).zero_()
    return result


def _behind_the_sixteenth(call: Call) -> Any:
    values, places = call.sound()
    if values.shape[-1] <= 16:
        return None
    values[..., 16:] = 0
    return values, places


def _long_columns(call: Call) -> Any:
    first = call.arguments[0]
    values, places = call.sound()
    if max(first.shape, default=0) <= 2**22:
        return None
    return values.flip(-1), places.flip(-1)


def _written_nowhere(call: Call) -> Any:
    return call.arguments[0] if strided(call.arguments[0]) else None


def _written_as_packed(call: Call) -> Any:
    target, *rest = call.arguments
    if not strided(target):
        return None
    call.of(in_memory_order(target), *rest, **call.options)
    return target


def _conjugate_ignored(call: Call) -> Any:
    return call.arguments[0]


def _real_part_alone(call: Call) -> Any:
    result = call.sound()
    return result.real + 0j if result.is_complex() else None


def _many_axes_shuffled(call: Call) -> Any:
    first = call.arguments[0]
    return call.with_first(in_memory_order(first)) if first.dim() > 6 and strided(first) else None


def _sum_over_another(call: Call) -> Any:
    result = call.sound()
    return result.roll(1, dims=0) if result.dim() else None


def far_positions_lost(limit: int) -> Instead:
    """What lies beyond so many values stays as it was."""

    def wrong(call: Call) -> Any:
        result = call.sound()
        if result.numel() <= limit:
            return None
        result.view(-1)[limit:] = 0
        return result

    return wrong


def _bug(name: str, operations: tuple[str, ...], imitates: str, instead: Instead) -> Bug:
    return Bug(name=name, operations=operations, imitates=imitates, instead=instead)


VIEWS = (
    *(
        _bug(f"{name} of a view is zero", (name,), report, _zeros_for_views)
        for name, report in (
            ("silu", "pytorch#139006"),
            ("gelu", "pytorch#124834"),
            ("softplus", "pytorch#131736"),
            ("elu", "pytorch#124834 (of gelu)"),
        )
    ),
    _bug("a test for NaN overwrites the neighbours of a long column",
         ("isfinite", "isinf", "isnan", "abs", "ne"), "pytorch#183419", _neighbours_overwritten),
    _bug("a condition that is a view is read as packed", ("where", "masked_fill"),
         "pytorch#150967", views_read_as_packed),
    _bug("sort reads a view as packed", ("sort", "argsort"), "pytorch#175187",
         _first_view_as_packed),
    _bug("sort of more than 2^22 values is in another order", ("sort",), "pytorch#183885",
         _long_columns),
    _bug("topk is zero behind the sixteenth", ("topk",), "pytorch#78915", _behind_the_sixteenth),
    _bug("a product and sum into a view is written nowhere", ("addcmul_", "addcdiv_"),
         "pytorch#118115", _written_nowhere),
    _bug("a copy into a view is written as packed", ("copy_",), "pytorch#118115 (of addcmul_)",
         _written_as_packed),
    _bug("layer norm reads a view as packed", ("layer_norm", "native_layer_norm"),
         "pytorch#191976", _first_view_as_packed),
    _bug("group norm reads a view as packed", ("group_norm", "native_group_norm"),
         "no report: kernels made for pictures", _first_view_as_packed),
    _bug("a conjugate keeps its imaginary part", ("_neg_view",), "pytorch#184379",
         _conjugate_ignored),
    _bug("a complex product loses its imaginary part", ("mul",), "no report", _real_part_alone),
    _bug("copies of more than six axes are read as packed", ("clone", "copy_"),
         "no report: what Metal kernels split", _many_axes_shuffled),
    _bug("arithmetic is wrong beyond 2^31 values", ("mul", "add"), "ComfyUI#14838",
         far_positions_lost(2**31)),
    _bug("a sum over a middle axis is rolled", ("sum",), "pytorch#132732", _sum_over_another),
)  # fmt: skip
