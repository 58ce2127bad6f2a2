"""The rules, restated."""
