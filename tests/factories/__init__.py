"""Data for tests, written as the tool itself would have left it."""
