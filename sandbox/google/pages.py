"""The pages that a newcomer watches in the demo: calendars, meetings and forms."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)
