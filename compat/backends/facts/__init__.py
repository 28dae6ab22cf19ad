"""Facts about backends, one TOML file per subject, each fact with its versions and its source."""
