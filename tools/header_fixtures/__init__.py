"""Makes tests/identify/headers: tensor names and shapes of real model classes, no weights."""
