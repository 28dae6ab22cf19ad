"""What a device that is not here would do with a model: traces of operations held against facts."""
