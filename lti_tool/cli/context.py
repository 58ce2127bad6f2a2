"""What every command starts with: the parts, built from the environment."""

import os
import sys

import click

from config.logs import configure_logging
from config.settings import ConfigurationError, Settings, parse_settings
from lti_tool.bootstrap import Workshop, build_workshop


def settings() -> Settings:
    """Parse the settings, or say what is wrong with them and stop."""
    try:
        parsed = parse_settings(os.environ)
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    configure_logging(parsed.log_format)
    return parsed


def workshop() -> Workshop:
    """Build the parts that the pages and workers use as well."""
    return build_workshop(settings())
