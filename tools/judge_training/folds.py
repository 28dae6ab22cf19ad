"""Who may not stand on both sides: sources of pictures, and kinds of garbage with their kin."""

import zlib
from collections.abc import Mapping

KIN: Mapping[str, tuple[str, ...]] = {
    "noise": (
        "uniform_noise",
        "gaussian_noise",
        "fixed_pattern",
        "sampled_again",
        "salt_and_pepper",
        "pink_noise",
        "buried",
    ),
    "cells": ("few_colour_noise", "noise_cells", "posterize_mush", "few_levels"),
    "solid": ("black", "white", "solid", "grey_mid", "green_yuv0"),
    "faint": ("bluish_noise", "faint_noise", "faint_cells"),
    "constant latents": ("lat_const", "lat_zero", "lat_nan", "lat_nothing"),
    "collapse": (
        "blurry_grey",
        "lat_blur_collapse",
        "blurred_away",
        "lat_averaged_away",
        "lat_mean_of_samples",
    ),
    "residual": ("dark_residual", "dark_rest", "edges_only"),
    "small latents": ("lat_wrongscale", "lat_far_too_small"),
    "sides": (
        "hw_swap",
        "sides_exchanged",
        "width_misread",
        "lat_sides_exchanged",
        "lat_tokens_column_by_column",
    ),
    "planes": (
        "planar_interleave",
        "planar_read_interleaved",
        "interleaved_read_planar",
        "channels_apart",
    ),
    "tiles": (
        "tile_shuffle",
        "tiles_shuffled",
        "tiles_turned",
        "tiles_uneven",
        "folded",
        "repeated_patch",
    ),
    "rows": (
        "wrong_stride",
        "columns_rolled",
        "rows_shuffled",
        "rows_interlaced",
        "time_read_as_space",
    ),
    "tokens": (
        "lat_patch_shuffle",
        "lat_tokens_shuffled",
        "lat_tokens_astray",
        "lat_tokens_repeated",
    ),
    "reshaped latents": (
        "lat_reshape",
        "lat_space_read_as_channels",
        "copies",
        "blended_copies",
        "lat_time_read_as_channels",
        "lat_time_read_as_rows",
    ),
    "latent rows": ("lat_stripes", "lat_wrong_stride", "lat_striped", "lat_rows_out_of_order"),
    "patches": ("lat_unpatchify", "lat_patches_misread", "lat_patch_channels_misordered"),
    "half denoised": (
        "lat_noised_30",
        "lat_noised_50",
        "lat_noised_70",
        "lat_noised_90",
        "lat_noised_hold",
        "lat_half_denoised",
        "lat_diffusion_stopped",
        "lat_noise_added_each_step",
    ),
    "latent noise": (
        "lat_rand_unit",
        "lat_rand_static",
        "lat_rand_smooth",
        "lat_pure_noise",
        "lat_smooth_noise",
        "lat_noise_of_wrong_spread",
        "lat_still_noise",
    ),
    "overscale": (
        "lat_rand_overscale",
        "lat_double_unnorm",
        "lat_far_too_large",
        "lat_hot_spots",
        "lat_rounded",
        "lat_overflow_clamped",
        "lat_scales_misplaced",
    ),
    "stripes": ("hstripes", "vstripes", "stripes", "line_noise"),
    "moire": ("moire", "rings"),
    "checkers": ("lat_checker", "checkers", "lattice_bumps"),
    "blank flicker": ("flicker_black", "black_between"),
    "noise flicker": ("flicker_noise", "noise_between"),
    "disorder": (
        "frame_shuffle_cuts",
        "lat_shuffle",
        "shuffled",
        "lat_order_lost",
        "jumping",
        "mirrored_between",
        "groups_shuffled",
        "frames_mixed",
        "lat_every_second_turned",
    ),
    "gain": ("brightness_jumps",),
    "frozen": ("frozen", "frozen_tail", "lat_frozen"),
    "first frame": ("lat_i2v_drop", "lat_later_noise"),
    "region": (
        "lat_region_noise",
        "region_lost",
        "blocks_lost",
        "cells_boiling",
        "band_lost",
        "smeared",
    ),
    "tail": ("tail_noise", "tail_solid", "then_noise", "decaying"),
    "overflow": ("bright_overflow", "blown_up", "washed_out", "blown_blobs"),
    "wrap": (
        "uint8_wrap",
        "wrapped",
        "signed_read_unsigned",
        "low_bits",
        "float_bytes",
        "solarised",
        "one_channel_wrapped",
    ),
    "undecoded": ("lat_undecoded_small", "undecoded"),
    "wrong vae": (
        "lat_wrong_vae_16",
        "lat_wrong_vae_sd_sdxl",
        "lat_cog_real_wrong_vae",
        "lat_channels_shuffled",
        "lat_channels_mixed",
        "lat_channels_rolled",
        "lat_channels_reversed",
        "lat_channels_interleaved",
        "lat_of_another",
    ),
    "sign": ("lat_sign", "lat_negated", "lat_sign_lost"),
    "shift": ("lat_shift", "lat_moved"),
    "lost channels": (
        "lat_half_chan_noise",
        "lat_channels_lost",
        "lat_one_channel_everywhere",
        "lat_channels_dropped",
    ),
    "wrong steps": (
        "lat_velocity_shown",
        "lat_steps_backwards",
        "lat_wrong_target",
    ),
    "guidance": (
        "lat_guidance_blown",
        "lat_guidance_burnt",
    ),
    "windows": (
        "lat_windows_apart",
        "lat_windows_reordered",
    ),
    "drift": ("lat_drifting_gain",),
    "quarters": ("lat_quarters_exchanged",),
    "lost patches": (
        "lat_not_a_number_to_zero",
        "lat_patches_overflowed",
        "lat_lines_overflowed",
    ),
    "latent bits": (
        "lat_wrapped_integers",
        "lat_unsigned_integers",
        "lat_bfloat_read_as_half",
        "lat_half_read_as_bfloat",
        "lat_bytes_swapped",
        "lat_nibbles_exchanged",
    ),
    "statistics": (
        "lat_statistics_skipped",
        "lat_statistics_twice",
        "lat_statistics_inverted",
        "lat_statistics_of_others",
    ),
    "decoded tiles": (
        "lat_tiles_with_wrong_stride",
        "lat_tiles_out_of_place",
    ),
    "decoder weights": (
        "lat_weights_missing",
        "lat_one_layer_missing",
        "lat_one_layer_zero",
        "lat_one_layer_transposed",
        "lat_one_layer_overscaled",
        "lat_weights_rounded",
        "lat_weights_noisy",
    ),
}
"""Kinds of the corpus and of our generators that are one idea, so that training on one says
nothing new about the other. A kind that is not listed is its own kin."""

_OF = {kind: kin for kin, kinds in KIN.items() for kind in kinds}


def kin_of(kind: str) -> str:
    """Return the kin a kind of garbage belongs to."""
    return _OF.get(kind, kind)


def fold_of(group: str, folds: int) -> int:
    """Return the fold of a group: by a checksum of its name, the same in every run."""
    return zlib.crc32(group.encode()) % folds
