"""Rendering with the user's own ComfyUI: its detection, its model, its sampling, its decoder."""
