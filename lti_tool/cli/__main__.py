"""``python -m lti_tool.cli`` is ``career-mentoring``."""

from lti_tool.cli import main

main(prog_name="career-mentoring")
