"""One renderer per report format, over what the evidence store holds."""
