"""What each measure of the score means in words, when it speaks for garbage."""

from collections.abc import Mapping
from math import isnan

WORDS: Mapping[str, str] = {
    "luma_std": "contrast",
    "channel_std": "spread of the strongest channel",
    "entropy": "entropy of grey levels",
    "clipped_share": "share of values cut off at 0 or 255",
    "comb": "grey levels missing between those used",
    "top_levels": "share of the eight commonest grey levels",
    "gradient_energy": "strength of pixel-to-pixel differences",
    "correlation_h": "likeness of neighbours sideways",
    "correlation_v": "likeness of neighbours up and down",
    "asymmetry": "sideways against upright detail",
    "stripes_v": "upright stripes",
    "stripes_h": "level stripes",
    "lattice_8": "a grid of 8 px",
    "lattice_16": "a grid of 16 px",
    "seams_32": "breaks at every 32 px",
    "interleave": "pixels unlike their neighbours but like the next but one",
    "skew": "rows that fit only when shifted",
    "block_variation": "difference between busy and flat 8 px blocks",
    "flat_share": "share of flat blocks",
    "jump_share": "jumps of more than half the range between neighbours",
    "fall_2": "growth of differences from one to two pixels apart",
    "fall_3": "growth of differences from two to four pixels apart",
    "row_jumps": "single rows that stand out",
    "column_jumps": "single columns that stand out",
    "kurtosis_2": "rarity of edges at half size",
    "kurtosis_4": "rarity of edges at quarter size",
    "kurtosis_8": "rarity of edges at 1/8 size",
    "kurtosis_16": "rarity of edges at 1/16 size",
    "coarse_share_8": "contrast left at 1/8 size",
    "coarse_share_32": "contrast left at 1/32 size",
    "middle_share": "share of contrast in shapes of 4 to 32 px",
    "energy_variation_16": "difference between busy and quiet places of 16 px",
    "energy_variation_32": "difference between busy and quiet places of 32 px",
    "coherence": "agreement of edge directions within 32 px",
    "coherence_16": "agreement of edge directions within 16 px",
    "repeats": "the picture three times side by side",
    "clustering": "edges that keep together",
    "persistence": "edges that are there at several scales",
    "octave_2": "detail at half size against full size",
    "octave_4": "detail at quarter against half size",
    "octave_8": "detail at 1/8 against quarter size",
    "octave_16": "detail at 1/16 against 1/8 size",
    "cells_flat": "share of flat sixteenths of the frame",
    "cells_gaussian": "share of noise-like sixteenths of the frame",
    "cells_loose": "share of incoherent sixteenths of the frame",
    "cell_spread": "unlikeness of the sixteenths of the frame",
    "cell_kurtosis_low": "rarity of edges in the most even part of the frame",
    "cell_energy_spread": "difference in detail between parts of the frame",
    "cell_halves": "one half of the frame unlike the other",
    "saturation": "strength of colour",
    "saturation_spread": "variety of colour strength",
    "corner_share": "share of pure saturated colours",
    "channel_agreement": "agreement of the colour channels on edges",
    "chroma_correlation": "likeness of neighbouring colours",
    "chroma_kurtosis": "rarity of colour edges",
    "chroma_share": "colour edges against brightness edges",
    "chroma_on_edges": "colour edges where brightness edges are",
    "chroma_octave": "coarse against fine colour detail",
    "step": "change from frame to frame",
    "two_step": "change over two frames",
    "step_peak": "largest change from frame to frame",
    "frame_correlation": "likeness to the frame before",
    "step_kurtosis": "confinement of motion to some places",
    "step_coarse": "coarseness of what changes",
    "step_on_edges": "motion at edges",
    "step_share": "change against contrast",
    "neighbour_ratio": "distance of neighbouring frames against random ones",
    "nearest_share": "frames whose likest frame is their neighbour",
    "smoothness": "steadiness of motion",
    "loop_score": "repetition of the clip",
    "cut_share": "share of cuts",
    "detour": "way through the frames against the shortest",
    "turning": "steps in time that go on in one direction",
    "restlessness": "change that is gone after one frame",
    **{
        f"{scale}_{name}": f"{words} at {scale} size"
        for scale in ("half", "quarter")
        for name, words in (
            ("irregular", "pixels in no order with their neighbours"),
            ("spots", "single light or dark pixels"),
            ("edges", "pixels on a line"),
            ("evenness", "detail as evenly spread as chance"),
            ("skewness", "light against dark detail"),
            ("links", "agreement of neighbouring detail"),
            ("links_slanted", "agreement of slanted neighbours"),
            ("contrast_variation", "variation of contrast over the frame"),
        )
    },
    "copies": "the same edges again elsewhere in the frame",
    "copies_down": "the same edges again further down",
    "copies_sideways": "the same edges again further along",
    "slant": "edges that all lean to one side",
    "slant_coarse": "edges that all lean to one side at 1/8 size",
    "slip": "rows that fit better when shifted, 8 px apart",
    "lone_jumps": "jumps in one colour channel only",
    "wrapped": "values that go on from the other end of their range",
    "channels_apart": "agreement of the two most unlike channels",
    "channels_alike": "agreement of the two most alike channels",
    "luma_skew": "lopsidedness of brightness",
    "luma_tails": "rarity of extreme brightness",
    "cube_entropy": "variety of colours",
    "hue_entropy": "variety of hues",
    "coloured_share": "share of coloured pixels",
    "white_share": "share of white",
    "black_share": "share of black",
    "bright_detail": "detail in the brighter half",
    "bright_colour": "colour in bright places",
    "bleached_share": "full channels in what is not white",
    "unexplained": "change that no motion explains",
    "explained": "change that motion explains",
    "moving_share": "share of moving blocks",
    "motion_rough": "neighbouring blocks that move differently",
    "motion_far": "blocks that come from far away",
    **{
        f"grid_{period}{way}": f"edges at every {period} px{words}"
        for period in (4, 8, 16, 24, 32)
        for way, words in (("", ", both ways"), ("_one_way", ", one way"))
    },
    "checkers": "squares that alternate like a checkerboard's",
    "split_detail": "a straight border between busy and quiet",
    "split_noise": "a straight border between noise and picture",
    "split_motion": "a straight border between boiling and motion",
    "uneven_detail": "difference in detail between cells",
    "uneven_noise": "difference in evenness between cells",
    "uneven_motion": "difference in unexplained change between cells",
}


STAGES: Mapping[str, tuple[str, ...]] = {
    "layout": (
        "lattice", "seams", "interleave", "skew", "repeats", "row_jumps", "column_jumps",
        "asymmetry", "jump_share", "fall", "stripes", "cell", "copies", "grid", "checkers",
        "slant", "slip",
    ),
    "decode": (
        "chroma", "channel_agreement", "saturation", "corner", "clipped", "comb", "top_levels",
        "step", "frame_correlation", "neighbour", "nearest", "smoothness", "cut_share", "detour",
        "turning", "lone_jumps", "wrapped", "luma", "cube", "hue", "coloured", "white", "black",
        "bright", "channels",
    ),
}  # fmt: skip


def stage_of(measure: str) -> str:
    """Return the stage of rendering a measure points to: layout, decode or latent."""
    for stage, beginnings in STAGES.items():
        if measure.startswith(beginnings):
            return stage
    return "latent"


def sentence(measure: str, value: float) -> str:
    """Return ``rarity of edges at 1/8 size 0.52`` for a measure and its middle value."""
    shown = "not measurable" if isnan(value) else f"{value:.3g}"
    return f"{WORDS.get(measure, measure)} {shown}"
