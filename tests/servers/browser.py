"""Debian's Chromium for Playwright, with profiles as schools have them."""

import json
import os
import shutil
from pathlib import Path

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Any list of our own undoes Playwright's, which would switch off storage partitioning.
PARTITIONED_STORAGE = (
    "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,"
    "OptimizationHints"
)
FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
BLOCK = 2
ALLOW_THIRD_PARTY = 0


def find_chromium() -> str | None:
    """Return the path of a Chromium, or nothing when none is installed."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in CANDIDATES if (path := shutil.which(name))), None)


def launch_arguments() -> list[str]:
    """Return the flags that every launch needs here."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [*as_root, PARTITIONED_STORAGE]


def profile_blocking(folder: Path, origin: str) -> Path:
    """Make a profile that blocks cookies and storage of one site and leaves the others alone."""
    rule = {f"{origin},*": {"setting": BLOCK}}
    return _profile(folder, {"content_settings": {"exceptions": {"cookies": rule}}})


def profile_allowing_third_parties(folder: Path) -> Path:
    """Make a profile as Chrome has it by default; Debian's build blocks third-party cookies."""
    return _profile(folder, {"cookie_controls_mode": ALLOW_THIRD_PARTY})


def _profile(folder: Path, preferences: dict[str, object]) -> Path:
    default = folder / "Default"
    default.mkdir(parents=True)
    (default / "Preferences").write_text(json.dumps({"profile": preferences}))
    return folder
