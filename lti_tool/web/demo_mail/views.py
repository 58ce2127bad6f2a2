"""A page that lets people of the demo read their mail; in production it does not exist."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from lti_tool.web.auth import public
from lti_tool.web.context import tool

bp = Blueprint("demo_mail", __name__, template_folder="templates")

SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMail:
    """A mail as its reader sees it."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]
    written_at: datetime


@bp.get("/demo/mail")
@public
def index() -> ResponseReturnValue:
    """Show the mails of the demo, the newest first."""
    settings = tool().settings
    if settings.is_production or settings.mail.folder is None:
        abort(404)
    return render_template("demo_mail/index.html", mails=_mails(settings.mail.folder))


def _mails(folder: Path) -> tuple[DemoMail, ...]:
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return tuple(_mail(file) for file in files[:SHOWN])


def _mail(file: Path) -> DemoMail:
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = read.get_body(("plain",))
    return DemoMail(
        to=str(read["To"]),
        subject=str(read["Subject"]),
        paragraphs=tuple((body.get_content() if body else "").strip().split("\n\n")),
        written_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
    )
