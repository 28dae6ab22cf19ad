"""What starts work: worker processes, the preflight, the gate and the LTX loop."""
