"""The blueprint that the pages of meetings share."""

from flask import Blueprint

bp = Blueprint("meetings", __name__, template_folder="templates")
