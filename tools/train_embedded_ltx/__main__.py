"""Makes the embedded model: `python -m tools.train_embedded_ltx STAGE`, or `all` in one go."""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

import argparse
from pathlib import Path
from typing import Final

import torch

from tools.train_embedded_ltx import figures, stages
from tools.train_embedded_ltx.decoder import tune_decoder
from tools.train_embedded_ltx.export import export
from tools.train_embedded_ltx.transformer import train_transformer

STAGES: Final = ("vae", "text", "shards", "decoder", "transformer", "export", "figures", "tables")


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tools.train_embedded_ltx", description=__doc__)
    parser.add_argument("stage", choices=["all", *STAGES])
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--shards", type=int, default=5, help="how many mixed shards to draw")
    parser.add_argument("--wide-shards", type=int, default=1, help="how many of larger pictures")
    parser.add_argument("--decoder-steps", type=int, default=2800)
    parser.add_argument("--steps", type=int, default=8600, help="steps of the transformer")
    parser.add_argument("--decay-from", type=int, default=5800, help="step where the rate falls")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--model", type=Path, default=None, help="export to, and measure, this")
    parser.add_argument("--part", action="append", default=[], help="measure this part alone")
    return parser.parse_args()


def main() -> None:
    """Runs the stages that were asked for; finished ones are kept."""
    options = parse()
    torch.set_num_threads(options.threads)
    work = options.work
    if options.stage in ("all", "vae") and not (work / "vae_start.pt").exists():
        stages.start_vae(work, options.seed)
    if options.stage in ("all", "text") and not (work / "text.pt").exists():
        stages.start_text(work, options.seed)
    if options.stage in ("all", "shards"):
        for number in range(options.shards):
            stages.make_shard(work, number, wide=False)
        for number in range(options.wide_shards):
            stages.make_shard(work, number, wide=True)
    if options.stage in ("all", "decoder"):
        torch.manual_seed(options.seed)
        tune_decoder(work, options.decoder_steps, torch.device(options.device))
    if options.stage in ("all", "transformer"):
        train_transformer(
            work,
            steps=options.steps,
            decay_from=options.decay_from,
            seed=options.seed,
            device=torch.device(options.device),
        )
    model = options.model or work / "ltx"
    if options.stage in ("all", "export"):
        print(f"{model}: {export(work, model)} bytes", flush=True)
    if options.stage in ("all", "figures"):
        figures.measure(model, work / "figures", options.part)
    if options.stage in ("all", "tables"):
        print(figures.as_tables(work / "figures"))


if __name__ == "__main__":
    main()
