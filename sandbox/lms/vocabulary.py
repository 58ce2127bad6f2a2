"""Names fixed by the LTI standards: claims, scopes, roles and content types."""

from typing import Final

LTI: Final = "https://purl.imsglobal.org/spec/lti/claim"
DEEP_LINKING: Final = "https://purl.imsglobal.org/spec/lti-dl/claim"
AGS_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

SCOPE_LINE_ITEM: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEM_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULT: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_MEMBERS: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GRADE_SCOPES: Final = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT, SCOPE_SCORE)
ALL_SCOPES: Final = (*GRADE_SCOPES, SCOPE_MEMBERS)

MEMBERS_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEM_TYPE: Final = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE: Final = "application/vnd.ims.lis.v2.resultcontainer+json"

MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION: Final = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM: Final = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
TEST_USER: Final = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
COURSE_SECTION: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"

CONTEXT_ROLES: Final = {
    "teacher": (f"{MEMBERSHIP}#Instructor",),
    "assistant": (
        f"{MEMBERSHIP}/Instructor#TeachingAssistant",
        f"{MEMBERSHIP}#Instructor",
    ),
    "student": (f"{MEMBERSHIP}#Learner",),
    "observer": (f"{MEMBERSHIP}#Mentor",),
    "administrator": (f"{MEMBERSHIP}#Administrator",),
    "test_student": (f"{MEMBERSHIP}#Learner", TEST_USER),
}
"""The roles a launch carries for each kind of enrollment."""

INSTITUTION_ROLES: Final = {
    "teacher": (f"{INSTITUTION}#Instructor",),
    "assistant": (f"{INSTITUTION}#Instructor",),
    "student": (f"{INSTITUTION}#Student",),
    "observer": (f"{INSTITUTION}#Observer",),
    "administrator": (f"{INSTITUTION}#Administrator",),
    "test_student": (f"{INSTITUTION}#Student",),
}
"""What Canvas adds whatever the course: it says nothing about this course."""

OFF_ROSTER: Final = frozenset({"administrator", "test_student"})
"""Enrollments that open the course but are no members of it for the roster service."""
