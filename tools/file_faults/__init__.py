"""Measures what the file detectors find: faults made from good clips, and false alarms on them."""
