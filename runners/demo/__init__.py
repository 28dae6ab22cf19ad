"""The main job on the embedded model, whole or broken on purpose."""
