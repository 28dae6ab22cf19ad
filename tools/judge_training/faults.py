"""Every fault in pixels, memory layout and time, by family and name."""

from collections.abc import Callable, Mapping

from tools.judge_training import layout_faults as layout
from tools.judge_training import pixel_faults as pixels
from tools.judge_training import time_faults as times
from tools.judge_training.pictures import Clip, Rng

Fault = Callable[[Clip, Rng], Clip]


def _named(*faults: Fault) -> Mapping[str, Fault]:
    return {fault.__name__: fault for fault in faults}


PIXEL_FAULTS: Mapping[str, Mapping[str, Fault]] = {
    "flat": _named(
        pixels.faint_noise,
        pixels.faint_cells,
        pixels.dark_rest,
        pixels.blurred_away,
        pixels.edges_only,
    ),
    "noise_px": _named(
        pixels.uniform_noise,
        pixels.gaussian_noise,
        pixels.pink_noise,
        pixels.noise_cells,
        pixels.buried,
        pixels.salt_and_pepper,
        pixels.sampled_again,
    ),
    "layout": _named(
        layout.wrong_stride,
        layout.sides_exchanged,
        layout.width_misread,
        layout.planar_read_interleaved,
        layout.interleaved_read_planar,
        layout.time_read_as_space,
        layout.tiles_shuffled,
        layout.tiles_turned,
        layout.rows_interlaced,
        layout.rows_shuffled,
        layout.columns_rolled,
        layout.folded,
        layout.channels_apart,
        layout.copies,
        layout.blended_copies,
        layout.tiles_uneven,
    ),
    "values": _named(
        pixels.wrapped,
        pixels.signed_read_unsigned,
        pixels.blown_up,
        pixels.low_bits,
        pixels.float_bytes,
        pixels.few_levels,
        pixels.washed_out,
        pixels.solarised,
        pixels.one_channel_wrapped,
        pixels.blown_blobs,
    ),
    "pattern": _named(
        pixels.stripes,
        pixels.line_noise,
        pixels.checkers,
        pixels.rings,
        pixels.repeated_patch,
        pixels.lattice_bumps,
    ),
    "temporal": _named(
        times.shuffled,
        times.brightness_jumps,
        times.black_between,
        times.noise_between,
        times.mirrored_between,
        times.jumping,
        times.groups_shuffled,
        times.frames_mixed,
    ),
    "partial": _named(
        times.then_noise,
        times.decaying,
        times.region_lost,
        times.blocks_lost,
        times.cells_boiling,
        times.band_lost,
        layout.smeared,
    ),
}
"""Families and names as in the taxonomy of docs/judge.md."""
