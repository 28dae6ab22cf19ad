"""The render plan and the LTX arithmetic, and nothing else: pure functions over numbers."""
