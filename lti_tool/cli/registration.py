"""Commands for whoever connects an LMS: register it, approve its installations, rotate keys."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import click
from sqlalchemy.orm import Session

from lti_tool.cli.context import workshop
from lti_tool.queries import registration as queries
from lti_tool.services import registration as services
from lti_tool.services.registration import Approval, NewRegistration, RegistrationError
from lti_tool.web.launch import addresses, canvas

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.option("--profile", type=click.Choice(["canvas", "schoology", "moodle"]), required=True)
@click.option("--issuer", required=True, help="iss, as the LMS names itself.")
@click.option("--client-id", required=True)
@click.option("--auth-login-url", required=True)
@click.option("--token-url", required=True)
@click.option("--jwks-url", required=True)
@click.option("--token-audience", help="aud of our assertion, where it is not the token address.")
@click.option("--name", default="", help="What you call this LMS.")
@click.option("--frame-origin", multiple=True, help="Who may frame launches; may be repeated.")
@AS_JSON
def register(*, as_json: bool, **given: Any) -> None:
    """Register an LMS and print the addresses to enter there."""
    parts = workshop()
    new = NewRegistration(
        name=given["name"] or given["issuer"],
        profile=given["profile"],
        issuer=given["issuer"],
        client_id=given["client_id"],
        auth_login_url=given["auth_login_url"],
        token_url=given["token_url"],
        jwks_url=given["jwks_url"],
        token_audience=given["token_audience"],
        frame_origins=tuple(given["frame_origin"]),
    )
    try:
        with parts.database.transaction() as session:
            registration_id = services.register(session, new, now=parts.clock.now())
    except RegistrationError as error:
        _stop(str(error))
    public_url = parts.settings.public_url
    answer = {
        "registration_id": str(registration_id),
        "initiate_login_url": addresses.login_url(public_url, registration_id),
        "redirect_uris": [addresses.launch_url(public_url)],
        "target_link_uri": addresses.launch_url(public_url),
        "deep_linking_url": addresses.launch_url(public_url),
        "jwks_url": addresses.key_set_url(public_url),
        "custom": canvas.CUSTOM_FIELDS if new.profile == "canvas" else {},
        "canvas_json_url": addresses.canvas_url(public_url),
    }
    _say(answer, as_json=as_json)


@click.command()
@AS_JSON
def deployments(*, as_json: bool) -> None:
    """List installations, and which of them wait for approval."""
    parts = workshop()
    with parts.database.reading() as session:
        lines = queries.deployments(session)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2, default=str))
        return
    for line in lines:
        belongs = f"{line.organization}, {line.school}" if line.approved_at else "waits"
        click.echo(f"{line.id}  {line.registration_name}  {line.lti_deployment_id}  {belongs}")
    click.echo(f"{sum(line.approved_at is None for line in lines)} wait for approval.")


@click.command()
@click.option("--deployment", required=True, help="Its id here, or its id in the LMS.")
@click.option(
    "--registration",
    "registration_id",
    type=click.UUID,
    help="Needed for an installation that nobody has opened yet.",
)
@click.option("--organization", required=True, help="Who holds the contract; usually a district.")
@click.option("--school", required=True)
@click.option("--time-zone", required=True, help="IANA name, such as America/New_York.")
@click.option("--coordinator", multiple=True, required=True, help="sub of a person in the LMS.")
@click.option("--it-administrator", multiple=True, help="sub of a person in the LMS.")
@AS_JSON
def approve(*, as_json: bool, **given: Any) -> None:
    """Say to which school an installation belongs, and name the first coordinator."""
    parts = workshop()
    approval = Approval(
        organization=given["organization"],
        school=given["school"],
        time_zone=given["time_zone"],
        coordinators=given["coordinator"],
        it_administrators=given["it_administrator"],
    )
    now = parts.clock.now()
    try:
        with parts.database.transaction() as session:
            deployment_id = _deployment(
                session, given["deployment"], given["registration_id"], now=now
            )
            approved = services.approve(session, deployment_id, approval, now=now)
    except RegistrationError as error:
        _stop(str(error))
    _say(
        {
            "deployment_id": str(approved.deployment_id),
            "organization_id": str(approved.organization_id),
            "school_id": str(approved.school_id),
            "coordinator_ids": [str(each) for each in approved.coordinator_ids],
        },
        as_json=as_json,
    )


@click.group()
def keys() -> None:
    """Look after the keys that the tool signs with."""


@keys.command("list")
@AS_JSON
def list_keys(*, as_json: bool) -> None:
    """List the keys, retired ones too."""
    parts = workshop()
    with parts.database.reading() as session:
        lines = queries.keys(session)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2, default=str))
        return
    for line in lines:
        end = line.retired_at or "no end yet"
        click.echo(f"{line.kid}  signs from {line.signs_from}, published until {end}")


@keys.command()
@click.option("--at-once", is_flag=True, help="A key leaked: drop the others now.")
@AS_JSON
def rotate(*, as_json: bool, at_once: bool) -> None:
    """Publish a new key; it signs after a day, once platforms know it."""
    parts = workshop()
    with parts.database.transaction() as session:
        kid = services.rotate_keys(session, now=parts.clock.now(), at_once=at_once)
    _say({"kid": kid}, as_json=as_json)


COMMANDS: tuple[click.Command, ...] = (register, deployments, approve, keys)


def _deployment(
    session: Session, wanted: str, registration_id: UUID | None, *, now: datetime
) -> UUID:
    """Find a deployment by either of its ids, or note one that nobody has opened yet.

    :raises RegistrationError: if there is none, or several registrations have one of that name
    """
    found = [
        line.id
        for line in queries.deployments(session)
        if wanted in {str(line.id), line.lti_deployment_id}
        and registration_id in {None, line.registration_id}
    ]
    if len(found) > 1:
        raise RegistrationError("several registrations have this deployment: add --registration")
    if found:
        return found[0]
    if registration_id is None or queries.registration(session, registration_id) is None:
        raise RegistrationError("there is no such deployment; see `deployments`")
    return services.seen_deployment(session, registration_id, wanted, now=now).id


def _say(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, indent=2))
        return
    for name, value in answer.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


def _stop(reason: str) -> NoReturn:
    click.echo(f"Nothing was changed: {reason}.", err=True)
    sys.exit(1)
