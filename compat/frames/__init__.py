"""Looks at rendered frames and files, and says whether they are video or garbage."""
