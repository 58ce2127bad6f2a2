"""A fresh tool beside the run's stand-in LMS, as the launch tests have it."""

from tests.functional.launch.conftest import canvas, new_world, platform, world

__all__ = ["canvas", "new_world", "platform", "world"]
