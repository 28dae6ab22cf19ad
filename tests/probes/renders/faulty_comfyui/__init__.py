"""Files that went wrong, for a real ComfyUI in a worker of its own."""
