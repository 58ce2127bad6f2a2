"""Commands that look after the database, the outbox and the audit log."""

import json
import sys
from uuid import UUID

import click
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from config.keyring import Keyring
from lti_tool.cli.context import workshop
from lti_tool.migrations import FOLDER
from lti_tool.queries import organizations, outbox
from lti_tool.services import audit
from lti_tool.services import outbox as outbox_service


@click.command()
@click.option("--to", "revision", default="head", help="Revision to go to; base undoes all.")
def migrate(revision: str) -> None:
    """Bring the database to the newest (or another) schema."""
    parts = workshop()
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    # The connection is handed over: a URL in the config would trip over percent signs.
    with parts.database.engine.connect() as connection:
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
    click.echo(f"The database is at {revision}.")


@click.command()
def check() -> None:
    """Tell whether settings, database and audit log are well."""
    parts = workshop()
    faults: list[str] = []
    with parts.database.reading() as session:
        session.execute(text("SELECT 1"))
        for organization_id in organizations.all_ids(session):
            faults += audit.verify(
                session,
                parts.settings.keyring,
                organization_id=organization_id,
                now=parts.clock.now(),
            )
        dead = outbox.count_dead(session)
    if dead:
        faults.append(f"{dead} promises need a person; see `career-mentoring outbox`.")
    for fault in faults:
        click.echo(f"  - {fault}")
    click.echo("All is well." if not faults else "Please look at the above.")
    sys.exit(1 if faults else 0)


@click.command("outbox")
@click.option("--retry", "retry_id", type=click.UUID, help="Give this dead letter another chance.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def outbox_command(retry_id: UUID | None, *, as_json: bool) -> None:
    """List promises that wait or need a person, for every organization."""
    parts = workshop()
    if retry_id is not None:
        with parts.database.transaction() as session:
            done = any(
                outbox_service.retry(
                    session,
                    organization_id=organization_id,
                    promise_id=retry_id,
                    now=parts.clock.now(),
                )
                for organization_id in organizations.all_ids(session)
            )
        click.echo("It will be tried again." if done else "There is no such dead letter.")
        sys.exit(0 if done else 1)
    with parts.database.reading() as session:
        rows = [
            row
            for organization_id in organizations.all_ids(session)
            for row in outbox.open_promises(session, organization_id)
        ]
    if as_json:
        click.echo(json.dumps([row.to_dict() for row in rows], indent=2))
        return
    for row in rows:
        click.echo(f"{row.promise_id}  {row.topic:<24} {row.state:<8} {row.error_code or ''}")
    click.echo(f"{len(rows)} promises are open.")


@click.command("new-keyring")
def new_keyring() -> None:
    """Print a new keyring for the settings; keep it outside the database."""
    click.echo(json.dumps(Keyring.generate()))


COMMANDS: tuple[click.Command, ...] = (migrate, check, outbox_command, new_keyring)
