"""Throws mutated headers at the safetensors and gguf readers, beside the reference readers.

``python -m tools.fuzz_headers --runs 200000 safetensors`` writes hostile headers made by changing
right ones, and holds three things: no exception, no long wait and little memory; what the reference
reader refuses is never called right; what it opens and we refuse has a rule from a list that says
why. ``--engine atheris`` steers the changes by coverage instead.
"""
