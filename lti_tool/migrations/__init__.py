"""Alembic migrations, both directions; run by ``career-mentoring migrate``."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
