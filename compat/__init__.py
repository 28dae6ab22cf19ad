"""Framegate's facts and judgements: files, models, plans, pictures, devices, evidence."""

__version__ = "0.1.0"
