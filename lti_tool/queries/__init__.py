"""Reads: select into frozen read models, always scoped to the tenant; never rows, never writes."""
