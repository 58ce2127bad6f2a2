"""What each program role may do; everything not listed here is refused.

IT administrators see health and connections, never concerns or reflections. Recording clearance
and consent is a permission of its own (decision 4).
"""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may see or do."""

    view_course_home = "view-course-home"
    view_student_home = "view-student-home"
    view_mentor_home = "view-mentor-home"
    view_course_roster = "view-course-roster"
    set_up_program = "set-up-program"
    manage_mentors = "manage-mentors"
    record_clearance = "record-clearance"
    record_training = "record-training"
    record_consent = "record-consent"
    manage_roster = "manage-roster"
    manage_objectives = "manage-objectives"
    manage_pairings = "manage-pairings"
    add_activities = "add-activities"
    do_activities = "do-activities"
    grade_submissions = "grade-submissions"
    open_slots = "open-slots"
    supervise_meetings = "supervise-meetings"
    join_meetings = "join-meetings"
    view_ledger = "view-ledger"
    manage_feedback = "manage-feedback"
    view_feedback = "view-feedback"
    view_operations = "view-operations"
    retry_promises = "retry-promises"
    approve_deployments = "approve-deployments"


class ProgramRole(StrEnum):
    """What somebody is in a program."""

    coordinator = "coordinator"
    it_administrator = "it-administrator"
    teacher = "teacher"
    teaching_assistant = "teaching-assistant"
    student = "student"
    supervisor = "supervisor"
    mentor = "mentor"
    observer = "observer"


PROGRAM_ROLES: Mapping[ProgramRole, frozenset[Permission]] = {
    ProgramRole.coordinator: frozenset(
        {
            Permission.view_course_home,
            Permission.view_course_roster,
            Permission.set_up_program,
            Permission.manage_mentors,
            Permission.record_clearance,
            Permission.record_training,
            Permission.record_consent,
            Permission.manage_roster,
            Permission.manage_objectives,
            Permission.manage_pairings,
            Permission.open_slots,
            Permission.view_ledger,
            Permission.manage_feedback,
            Permission.view_feedback,
            Permission.view_operations,
            Permission.retry_promises,
        }
    ),
    ProgramRole.it_administrator: frozenset(
        {Permission.view_operations, Permission.retry_promises, Permission.approve_deployments}
    ),
    ProgramRole.teacher: frozenset(
        {
            Permission.view_course_home,
            Permission.view_course_roster,
            Permission.set_up_program,
            Permission.manage_objectives,
            Permission.manage_pairings,
            Permission.add_activities,
            Permission.grade_submissions,
            Permission.open_slots,
            Permission.view_ledger,
            Permission.manage_feedback,
            Permission.view_feedback,
        }
    ),
    ProgramRole.teaching_assistant: frozenset(
        {
            Permission.view_course_home,
            Permission.view_course_roster,
            Permission.grade_submissions,
        }
    ),
    ProgramRole.student: frozenset(
        {Permission.view_student_home, Permission.do_activities, Permission.join_meetings}
    ),
    ProgramRole.supervisor: frozenset({Permission.supervise_meetings, Permission.view_ledger}),
    ProgramRole.mentor: frozenset({Permission.view_mentor_home, Permission.join_meetings}),
    ProgramRole.observer: frozenset(),
}

# Someone acting as another person may look and change nothing (decision 5).
READ_ONLY: frozenset[Permission] = frozenset(
    {
        Permission.view_course_home,
        Permission.view_student_home,
        Permission.view_mentor_home,
        Permission.view_course_roster,
        Permission.view_ledger,
        Permission.view_feedback,
        Permission.view_operations,
    }
)


def permissions_of(roles: frozenset[ProgramRole]) -> frozenset[Permission]:
    """Add up what the roles allow; no role takes a permission away."""
    return frozenset().union(*(PROGRAM_ROLES[role] for role in roles))
