"""One tiny model per family: real diffusers classes, lively random weights, a clip in a second."""
