"""What can be wrong with the file of a clip: one file per thing, each with a FileDetector."""
