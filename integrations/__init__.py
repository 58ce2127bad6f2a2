"""Adapters: they know ports and domain, one vendor each; no database, no Flask."""
