"""Step a: an administrator connects LMS and Google with the tool, on the command line."""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sandbox.scenario import world
from sandbox.scenario.controls import Control, career_mentoring


def connect_lms(
    lms: Control, *, profile: str, privacy: str, frame_origin: str, page_size: int = 10
) -> dict[str, Any]:
    """Register the tool in the LMS and the LMS in the tool; return the LMS's registration.

    Doing it again changes nothing. The page size is small, so that rosters come in several pages.
    """
    theirs = lms.post(
        "registrations",
        client_id=f"career-mentoring-{profile}-{privacy}",
        deployment_id=f"deployment-{profile}-{privacy}",
        profile=profile,
        privacy=privacy,
        name="Career Mentoring",
        page_size=page_size,
    )
    ours = career_mentoring(
        "register",
        "--profile",
        profile,
        "--issuer",
        theirs["issuer"],
        "--client-id",
        theirs["client_id"],
        "--auth-login-url",
        theirs["auth_login_url"],
        "--token-url",
        theirs["token_url"],
        "--jwks-url",
        theirs["jwks_url"],
        "--name",
        _lms_name(profile, privacy),
        "--frame-origin",
        frame_origin,
        "--json",
    )
    lms.patch(
        f"registrations/{theirs['client_id']}",
        initiate_login_url=ours["initiate_login_url"],
        redirect_uris=ours["redirect_uris"],
        jwks_url=ours["jwks_url"],
        target_link_uri=ours["target_link_uri"],
        deep_linking_url=ours["deep_linking_url"],
        custom=ours["custom"],
    )
    return {
        **theirs,
        "tool_registration_id": ours["registration_id"],
        "organization": organization(profile, privacy),
    }


def _lms_name(profile: str, privacy: str) -> str:
    named = "" if privacy == "public" else ", without names"
    return f"Harbor LMS, like {profile.capitalize()}{named}"


def organization(profile: str, privacy: str) -> str:
    """Return whose installation it is: one district each, since their people are not the same."""
    if (profile, privacy) == ("canvas", "public"):
        return world.ORGANIZATION
    return f"{world.ORGANIZATION} ({profile}, {privacy})"


def approve(lms: Control, registration: dict[str, Any], *, course: str) -> dict[str, Any]:
    """Say whose the installation is, and name coordinator and IT administrator."""
    people = lms.get(f"courses/{course}/people", client_id=registration["client_id"])
    rows = people["people"] if isinstance(people, dict) else people
    subs = {row["user"]: row["sub"] for row in rows}
    answer: dict[str, Any] = career_mentoring(
        "approve",
        "--registration",
        registration["tool_registration_id"],
        "--deployment",
        registration["deployment_id"],
        "--organization",
        registration["organization"],
        "--school",
        world.SCHOOL,
        "--time-zone",
        world.TIME_ZONE,
        "--coordinator",
        subs[world.OKAFOR.user],
        "--it-administrator",
        subs[world.IT_ADMINISTRATOR],
        "--json",
    )
    return answer


def connect_google(google: Control, organizations: Iterable[str]) -> None:
    """Hand the tool a service account of the school's domain, for each of the organizations."""
    key = google.post("service-accounts", domain=world.DOMAIN, scopes=list(world.SCOPES))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "service-account.json"
        file.write_text(json.dumps(key))
        for name in organizations:
            career_mentoring(
                "google",
                "connect",
                "--organization",
                name,
                "--domain",
                world.DOMAIN,
                "--key-file",
                str(file),
            )
