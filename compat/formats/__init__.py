"""One verifier per kind of model file: bytes in, findings out, nothing executed."""
