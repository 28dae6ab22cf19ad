"""Trains tiny pipelines of each family until they draw: pixels mean something only then."""
