"""Sets of files as programs describe them: WanGP's JSON, LTX configs, ComfyUI's folders."""
