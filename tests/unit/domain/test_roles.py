"""Only context roles decide what somebody is in a course."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.permissions import (
    PROGRAM_ROLES,
    READ_ONLY,
    Permission,
    ProgramRole,
    permissions_of,
)
from lti_tool.domain.roles import CourseRole, StaffRole, course_role, is_test_user

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
ASSISTANT = f"{CONTEXT}/Instructor#TeachingAssistant"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


class TestCourseRole:
    @pytest.mark.parametrize(
        ("uris", "role"),
        [
            ([f"{CONTEXT}#Instructor"], CourseRole.teacher),
            ([f"{CONTEXT}#Learner"], CourseRole.student),
            ([f"{CONTEXT}#Mentor"], CourseRole.observer),
            ([f"{CONTEXT}#TeachingAssistant"], CourseRole.teaching_assistant),
            ([ASSISTANT], CourseRole.teaching_assistant),
            ([f"{CONTEXT}#Instructor", ASSISTANT], CourseRole.teaching_assistant),
            ([ASSISTANT, f"{CONTEXT}#Instructor"], CourseRole.teaching_assistant),
            ([f"{CONTEXT}/Instructor#Grader"], CourseRole.teacher),
            ([f"{CONTEXT}/Learner#GuestLearner"], CourseRole.student),
            ([f"{CONTEXT}/Mentor#Reviewer"], CourseRole.observer),
            (["Instructor"], CourseRole.teacher),
            (["Learner"], CourseRole.student),
            (["TeachingAssistant"], CourseRole.teaching_assistant),
            ([f"{CONTEXT}#Instructor", f"{CONTEXT}#Learner"], CourseRole.teacher),
            ([f"{CONTEXT}#Learner", f"{CONTEXT}#Mentor"], CourseRole.student),
            ([f"{INSTITUTION}#Instructor"], CourseRole.other),
            ([f"{INSTITUTION}#Instructor", f"{CONTEXT}#Learner"], CourseRole.student),
            ([f"{SYSTEM}#Administrator"], CourseRole.other),
            ([f"{CONTEXT}#Administrator"], CourseRole.other),
            ([f"{CONTEXT}#ContentDeveloper"], CourseRole.other),
            (["urn:lti:role:ims/lis/Instructor"], CourseRole.other),
            (["https://example.edu/roles#Instructor"], CourseRole.other),
            (["#Instructor"], CourseRole.other),
            (["x:Instructor"], CourseRole.other),
            (["/Instructor"], CourseRole.other),
            ([f"{CONTEXT}ship#Instructor"], CourseRole.other),
            ([CONTEXT], CourseRole.other),
            (["instructor"], CourseRole.other),
            ([""], CourseRole.other),
            ([], CourseRole.other),
        ],
    )
    def test_comes_from_the_context_roles(self, uris: list[str], role: CourseRole) -> None:
        assert course_role(uris) is role

    @given(st.lists(st.text(max_size=20)))
    def test_is_the_least_for_whatever_is_unknown(self, words: list[str]) -> None:
        unknown = [f"https://example.edu/{word}" for word in words]
        assert course_role(unknown) is CourseRole.other

    def test_knows_the_pretend_student(self) -> None:
        assert is_test_user([f"{CONTEXT}#Learner", TEST_USER])
        assert not is_test_user([f"{CONTEXT}#Learner"])
        assert course_role([f"{CONTEXT}#Learner", TEST_USER]) is CourseRole.student


class TestStaffRole:
    def test_counts_for_instructional_staff_administrators_and_counselors(self) -> None:
        assert [role for role in StaffRole if role.counts] == [
            StaffRole.instructional_staff,
            StaffRole.administrator,
            StaffRole.counselor,
        ]


class TestPermissions:
    def test_are_written_down_for_each_role(self) -> None:
        assert set(PROGRAM_ROLES) == set(ProgramRole)

    def test_are_each_given_to_somebody(self) -> None:
        assert frozenset().union(*PROGRAM_ROLES.values()) == frozenset(Permission)

    def test_are_none_without_a_role(self) -> None:
        assert permissions_of(frozenset()) == frozenset()

    def test_add_up(self) -> None:
        both = permissions_of(frozenset({ProgramRole.student, ProgramRole.supervisor}))
        assert both == {
            Permission.view_student_home,
            Permission.do_activities,
            Permission.join_meetings,
            Permission.supervise_meetings,
            Permission.view_ledger,
        }

    @given(st.sets(st.sampled_from(ProgramRole)), st.sampled_from(ProgramRole))
    def test_are_never_taken_away_by_a_role(
        self, roles: set[ProgramRole], more: ProgramRole
    ) -> None:
        assert permissions_of(frozenset(roles)) <= permissions_of(frozenset(roles | {more}))

    def test_are_held_by_these_roles_and_no_others(self) -> None:
        held = """
            view-course-home: coordinator teacher teaching-assistant
            view-student-home: student
            view-mentor-home: mentor
            view-course-roster: coordinator teacher teaching-assistant
            set-up-program: coordinator teacher
            manage-mentors: coordinator
            record-clearance: coordinator
            record-training: coordinator
            record-consent: coordinator
            manage-roster: coordinator
            manage-objectives: coordinator teacher
            manage-pairings: coordinator teacher
            add-activities: teacher
            do-activities: student
            grade-submissions: teacher teaching-assistant
            open-slots: coordinator teacher
            supervise-meetings: supervisor
            join-meetings: student mentor
            view-ledger: coordinator teacher supervisor
            manage-feedback: coordinator teacher
            view-feedback: coordinator teacher
            view-operations: coordinator it-administrator
            retry-promises: coordinator it-administrator
            approve-deployments: it-administrator
        """
        lines = (line.split(":") for line in held.strip().splitlines())
        assert {name.strip(): set(roles.split()) for name, roles in lines} == {
            permission: {role for role in ProgramRole if permission in PROGRAM_ROLES[role]}
            for permission in Permission
        }

    def test_of_it_administrators_show_nothing_of_students(self) -> None:
        assert PROGRAM_ROLES[ProgramRole.it_administrator] == {
            Permission.view_operations,
            Permission.retry_promises,
            Permission.approve_deployments,
        }

    def test_of_an_observer_are_none(self) -> None:
        assert PROGRAM_ROLES[ProgramRole.observer] == frozenset()

    def test_to_look_only_change_nothing(self) -> None:
        assert all(permission.startswith("view-") for permission in READ_ONLY)
        assert {p for p in Permission if p.startswith("view-")} == READ_ONLY
