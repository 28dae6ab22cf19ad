"""What a set of files was like when it was last checked, and what has changed since."""
