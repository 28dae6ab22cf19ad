"""Which number types a device can store, compute with and hand on."""
