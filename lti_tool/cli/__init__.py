"""The command line, ``career-mentoring``: starts and looks after everything."""

import click

from lti_tool import __version__
from lti_tool.cli import demo, google, maintenance, registration


@click.group()
@click.version_option(__version__, message="%(version)s")
def main() -> None:
    """Look after Career Mentoring: set it up, start it, see whether it is well."""


for _command in (*demo.COMMANDS, *maintenance.COMMANDS, *registration.COMMANDS, *google.COMMANDS):
    main.add_command(_command)
