"""Kills long renders at random moments and compares what comes out after the resume."""
