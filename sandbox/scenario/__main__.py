"""``python -m sandbox.scenario``: play the whole story against a running tool and its stand-ins."""

import argparse
import json
import os
import sys
from pathlib import Path
from secrets import token_hex

from sandbox.clock import OFFSET_FILE_VARIABLE
from sandbox.scenario import connect, play
from sandbox.scenario.controls import Control
from sandbox.scenario.stage import COURSE, Stage
from sandbox.scenario.visitor import StoryError

PROFILES = ("canvas", "schoology")
PRIVACIES = ("public", "anonymous")


def main() -> int:
    """Connect, then play once for each profile; the environment is the tool's own."""
    arguments = _arguments()
    lms, google = Control(url=arguments.lms_url), Control(url=arguments.google_url)
    try:
        registrations = {}
        for profile in arguments.profile or PROFILES:
            registration = connect.connect_lms(
                lms,
                profile=profile,
                privacy=arguments.privacy,
                frame_origin=arguments.lms_url,
            )
            connect.approve(lms, registration, course=COURSE)
            registrations[profile] = registration
        connect.connect_google(
            google, [registration["organization"] for registration in registrations.values()]
        )
        for profile, registration in registrations.items():
            stage = Stage(
                tool_url=arguments.tool_url,
                lms=lms,
                google=google,
                profile=profile,
                privacy=arguments.privacy,
                clock_file=Path(os.environ[OFFSET_FILE_VARIABLE]),
                registration=registration,
                run=token_hex(3),
            )
            print(f"The story as {profile}, privacy {arguments.privacy}:", flush=True)
            play.play(stage)
            if arguments.report:
                arguments.report.write_text(json.dumps(stage.report, indent=2))
    except StoryError as error:
        print(f"The story fell short: {error}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.scenario", description=__doc__)
    parser.add_argument("--profile", action="append", choices=PROFILES)
    parser.add_argument("--privacy", choices=PRIVACIES, default="public")
    parser.add_argument("--tool-url", required=True)
    parser.add_argument("--lms-url", required=True)
    parser.add_argument("--google-url", required=True)
    parser.add_argument("--report", type=Path, help="file for the figures of the story")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
