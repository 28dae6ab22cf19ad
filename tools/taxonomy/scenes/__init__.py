"""Good clips made from nothing: seeded scenes of any size and length, without a corpus."""

from collections.abc import Mapping

from tools.judge_training.drawings import Draw
from tools.taxonomy.scenes.cartoon import cartoon
from tools.taxonomy.scenes.city import city
from tools.taxonomy.scenes.credits_roll import credits_roll
from tools.taxonomy.scenes.dashboard import dashboard
from tools.taxonomy.scenes.fire import fire
from tools.taxonomy.scenes.flag import flag
from tools.taxonomy.scenes.landscape import landscape
from tools.taxonomy.scenes.ripples import ripples
from tools.taxonomy.scenes.road import road
from tools.taxonomy.scenes.spheres import spheres
from tools.taxonomy.scenes.terminal import terminal
from tools.taxonomy.scenes.walker import walker

NATURAL: Mapping[str, Draw] = {
    f.__name__: f for f in (landscape, spheres, walker, ripples, fire, city, flag, road)
}
GRAPHIC: Mapping[str, Draw] = {f.__name__: f for f in (cartoon, dashboard, terminal, credits_roll)}
SCENES: Mapping[str, Draw] = {**NATURAL, **GRAPHIC}
"""Each takes frames, height, width and a generator of random numbers: uint8 [T, H, W, 3]."""
