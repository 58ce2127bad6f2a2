"""Commands for whoever connects Google Workspace: store the service account, check it."""

import sys
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import click

from lti_tool.bootstrap import Workshop
from lti_tool.cli.context import workshop
from lti_tool.ports.errors import GatewayError
from lti_tool.ports.google import Account
from lti_tool.queries import organizations
from lti_tool.services import google as services
from lti_tool.services.google import KeyFileError

ORGANIZATION = click.option("--organization", required=True, help="Its name or id.")


@click.group()
def google() -> None:
    """Connect Google Workspace to an organization, and check the connection."""


@google.command()
@ORGANIZATION
@click.option("--domain", required=True, help="The school's Workspace domain.")
@click.option(
    "--key-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Key of the service account, as downloaded; it is stored encrypted.",
)
def connect(*, organization: str, domain: str, key_file: Path) -> None:
    """Store the service account with which the tool acts for the organization's staff."""
    parts = workshop()
    organization_id = _organization(parts, organization)
    try:
        with parts.database.transaction() as session:
            services.connect(
                session,
                organization_id=organization_id,
                domain=domain,
                key_text=key_file.read_text(encoding="utf-8"),
                actor_id=None,
                now=parts.clock.now(),
            )
    except KeyFileError as error:
        _stop(str(error))
    click.echo("Google is connected. You may delete the key file now.")


@google.command()
@ORGANIZATION
def check(*, organization: str) -> None:
    """Tell whether the tool can act for every staff member on the roster, and no further."""
    parts = workshop()
    organization_id = _organization(parts, organization)
    with parts.database.reading() as session:
        domain = services.domain_of(session, organization_id)
        accounts = services.staff_accounts(session, organization_id)
    if domain is None:
        _stop("Google is not connected: `career-mentoring google connect`.")
    faults = [fault for account in accounts for fault in _faults(parts, account, domain=domain)]
    for fault in faults:
        click.echo(f"  - {fault}")
    if not accounts:
        click.echo("Nobody on the staff roster has a Google address yet; nothing to check.")
    click.echo("Please look at the above." if faults else f"Google is connected for {domain}.")
    sys.exit(1 if faults else 0)


def _faults(parts: Workshop, account: Account, *, domain: str) -> list[str]:
    if not account.owner.endswith(f"@{domain}"):
        return [f"{account.owner}: the address is not of {domain}."]
    connections = parts.ports.connections
    try:
        connections.try_needed(account)
        if connections.is_too_powerful(account):
            fault = f"{account.owner}: more is granted than the tool needs; keep the four scopes."
            return [fault]
    except GatewayError as error:
        return [f"{account.owner}: {error.remedy}"]
    return []


def _organization(parts: Workshop, name_or_id: str) -> UUID:
    with parts.database.reading() as session:
        found = organizations.find(session, name_or_id)
    if found is None:
        _stop(f"There is no organization (or more than one) called {name_or_id}.")
    return found


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


COMMANDS: tuple[click.Command, ...] = (google,)
