"""Writes: load, decide by a rule, store, promise, write the audit line. Never commit."""
