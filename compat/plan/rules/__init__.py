"""The rules of a plan, grouped by the table of the plan they are about."""
