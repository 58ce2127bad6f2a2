"""Every blueprint of the tool, and the few views that do without a form token."""

from flask import Blueprint

from lti_tool.web.launch import bp as launch

ALL: tuple[Blueprint, ...] = (launch,)

WITHOUT_FORM_TOKEN = (
    # Platforms post these from their own site; the sealed, single-use state protects them.
    "lti_tool.web.launch.views.login",
    "lti_tool.web.launch.views.launch",
    # Carries a one-time code in its body, and Sec-Fetch-Site is checked.
    "lti_tool.web.launch.views.exchange",
)
