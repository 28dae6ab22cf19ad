"""A closer look at a few frames: measures too costly for every frame of a long clip."""
