"""What differs between the products the platform plays, in one table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The habits of one LMS, as `lti.md` collected them."""

    name: str
    product: str
    version: str
    names_roles_limit: int
    list_limit: int
    login_names_client: bool
    institution_roles: bool
    lower_case_custom: bool
    app_custom_reaches_links: bool
    line_item_per_section: bool
    coupled_items_are_fixed: bool
    stale_score_status: int
    counted_grading: frozenset[str]
    uncounted_score_clears: bool
    comments_pile_up: bool
    frame_permissions: str


CANVAS = Profile(
    name="canvas",
    product="canvas",
    version="cloud",
    names_roles_limit=50,
    list_limit=10,
    login_names_client=True,
    institution_roles=True,
    lower_case_custom=False,
    app_custom_reaches_links=True,
    line_item_per_section=False,
    coupled_items_are_fixed=True,
    stale_score_status=400,
    counted_grading=frozenset({"FullyGraded", "PendingManual"}),
    uncounted_score_clears=True,
    comments_pile_up=True,
    frame_permissions="microphone *",
)

SCHOOLOGY = Profile(
    name="schoology",
    product="schoology",
    version="1",
    names_roles_limit=100,
    list_limit=100,
    login_names_client=False,
    institution_roles=False,
    lower_case_custom=True,
    app_custom_reaches_links=False,
    line_item_per_section=True,
    coupled_items_are_fixed=False,
    stale_score_status=409,
    counted_grading=frozenset({"FullyGraded"}),
    uncounted_score_clears=False,
    comments_pile_up=False,
    frame_permissions="",
)

PROFILES = {profile.name: profile for profile in (CANVAS, SCHOOLOGY)}
ROUTE = "<any(canvas, schoology):profile>"
