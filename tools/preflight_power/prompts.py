"""Prompts that people write: short, long, in other scripts, with markup, nearly empty."""

VARIED = (
    "a cat",
    "a red balloon drifts over a quiet harbour at dawn",
    "Ein Hund läuft über eine nasse Straße, Zeitlupe",
    "夜の東京、雨に濡れた道路とネオン",
    "кот спит на подоконнике",
    "صحراء تحت ضوء القمر",
    (
        "cinematic, 35mm, shallow depth of field, a woman in a yellow raincoat walks towards the "
        "camera through heavy rain, umbrellas pass by, reflections on the pavement, slow dolly in, "
        "muted colours, film grain, volumetric light from a shop window on the left, 24 fps"
    ),
    "x",
    "(masterpiece:1.2), (best quality), 1girl, <lora:style:0.8>, waving hair",
    'a clock 12:45 -- "time flies" & 100% sharp',
    "🐬 jumps 🌊",
    "fog",
    "two robots play chess in a park. one of them wins. the other one shrugs.",
    "macro shot of a bee landing on lavender",
    "A man, a plan, a canal: Panama!",
    "slow aerial shot of terraced rice fields, morning mist, birds crossing the frame",
)

NEGATIVE = ("", "", "", "blurry", "worst quality, inconsistent motion, jittery, distorted")
"""Most plans leave it empty."""
