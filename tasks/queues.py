"""Names of the queues: one per service, so that a slow one holds up nobody else."""

DEFAULT = "default"
"""Ticks and sweeps."""
LMS = "lms"
GOOGLE = "google"
MAIL = "mail"

QUEUES = (LMS, GOOGLE, MAIL)
"""The queues that hold promises."""
