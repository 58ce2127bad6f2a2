"""What the demo finds ready: both platforms connected with the tool, Google as well.

Run by the demo as ``python -m sandbox.scenario.prepare``; doing it again changes nothing.
"""

import argparse
import sys

from sandbox.scenario.connect import approve, connect_google, connect_lms
from sandbox.scenario.controls import Control
from sandbox.scenario.stage import COURSE
from sandbox.scenario.visitor import StoryError

INSTALLATIONS = (("canvas", "public"), ("schoology", "public"), ("canvas", "anonymous"))


def prepare(lms_url: str, google_url: str) -> None:
    """Connect every installation and name its coordinator.

    :raises StoryError: if the tool or a stand-in refuses
    """
    lms = Control(url=lms_url)
    organizations = []
    for profile, privacy in INSTALLATIONS:
        registration = connect_lms(lms, profile=profile, privacy=privacy, frame_origin=lms_url)
        approve(lms, registration, course=COURSE)
        organizations.append(registration["organization"])
    connect_google(Control(url=google_url), organizations)


def main() -> int:
    """Read the addresses and prepare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lms-url", required=True)
    parser.add_argument("--google-url", required=True)
    arguments = parser.parse_args()
    try:
        prepare(arguments.lms_url, arguments.google_url)
    except StoryError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
