"""Every blueprint of the tool, and the few views that do without a form token."""

from flask import Blueprint

from lti_tool.web.activities import bp as activities
from lti_tool.web.consent import bp as consent
from lti_tool.web.demo_mail import bp as demo_mail
from lti_tool.web.feedback import bp as feedback
from lti_tool.web.grading import bp as grading
from lti_tool.web.home import bp as home
from lti_tool.web.launch import bp as launch
from lti_tool.web.meetings import bp as meetings
from lti_tool.web.mentor_home import bp as mentor_home
from lti_tool.web.mentors import bp as mentors
from lti_tool.web.operations import bp as operations
from lti_tool.web.pairings import bp as pairings
from lti_tool.web.people import bp as people
from lti_tool.web.program import bp as program
from lti_tool.web.sign_in import bp as sign_in
from lti_tool.web.staff import bp as staff

ALL: tuple[Blueprint, ...] = (
    launch,
    home,
    program,
    people,
    staff,
    mentors,
    consent,
    pairings,
    meetings,
    sign_in,
    demo_mail,
    feedback,
    mentor_home,
    operations,
    activities,
    grading,
)

WITHOUT_FORM_TOKEN = (
    # Platforms post these from their own site; the sealed, single-use state protects them.
    "lti_tool.web.launch.views.login",
    "lti_tool.web.launch.views.launch",
    # Carries a one-time code in its body, and Sec-Fetch-Site is checked.
    "lti_tool.web.launch.views.exchange",
)
