"""Send somebody to an address outside, such as a Meet room, after a logged POST.

A tab in the frame has no cookie, so its form is sent by script (``<form data-opens>``), which
opens the address in a new tab. Without the script the answer is an ordinary redirect.
"""

from flask import jsonify, redirect, request
from flask.typing import ResponseReturnValue


def open_elsewhere(url: str) -> ResponseReturnValue:
    """Answer a form marked ``data-opens`` with the address that its new tab goes to."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(open=url)
    return redirect(url, 303)
