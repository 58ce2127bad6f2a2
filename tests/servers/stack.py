"""Sandbox and tool together, in one of the two set-ups that the architecture promises."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from config.settings import Environment
from lti_tool.cli.local import Backing, connect_command, local_settings
from tests.servers.postgres import running_postgres
from tests.servers.redis import running_redis
from tests.servers.sandbox import Sandbox, running_sandbox
from tests.servers.tool import Tool, run, running_tool


class SetUp(StrEnum):
    """The two ways to run the tool."""

    single = "single"
    """One machine, no server to install: SQLite and the filesystem broker."""
    district = "district"
    """PostgreSQL and Redis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A running sandbox and a running tool that know each other."""

    sandbox: Sandbox
    tool: Tool

    def connect(self) -> None:
        """Register LMS and Google with the tool, as the demo finds them."""
        run(
            connect_command(lms_url=self.sandbox.lms_url, google_url=self.sandbox.google_url),
            self.tool.settings,
        )


@contextmanager
def running_stack(set_up: SetUp, folder: Path) -> Iterator[Stack]:
    """Run everything with its state in `folder`; nothing of it survives this process."""
    with ExitStack() as resources:
        backing = Backing()
        if set_up is SetUp.district:
            postgres = resources.enter_context(running_postgres())
            redis = resources.enter_context(running_redis())
            backing = Backing(database_url=postgres.create("tool"), broker_url=redis.broker_url())
        sandbox = resources.enter_context(running_sandbox(folder))
        settings = local_settings(
            folder,
            environment=Environment.test,
            tool_url=sandbox.tool_url,
            google_url=sandbox.google_url,
            backing=backing,
        )
        tool = resources.enter_context(
            running_tool(settings, port=sandbox.tool_port, folder=folder)
        )
        yield Stack(sandbox=sandbox, tool=tool)
