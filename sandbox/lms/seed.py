"""Harbor Career High School: its people and its two courses. Seeding twice changes nothing."""

import unicodedata
from typing import Final

from sandbox.store import Document, Store

SCHOOL: Final = "Harbor Career High School"
STAFF_MAIL: Final = "harbor.example"
STUDENT_MAIL: Final = "students.example"

_STAFF: Final = (
    ("rivera", "Elena", "Rivera", "Ms. Rivera", "teacher"),
    ("chen", "David", "Chen", "Mr. Chen", "teacher"),
    ("okafor", "Ngozi", "Okafor", "Ms. Okafor", "teacher"),
    ("novak", "Petr", "Novak", "Mr. Novak", "administrator"),
    ("lopez", "Ben", "Lopez", "Mr. Lopez", "assistant"),
    ("torres", "Carmen", "Torres", "Ms. Torres", "observer"),
    ("test-student", "Test", "Student", "Test Student", "test_student"),
)

_NOTES: Final = {
    "rivera": "teaches Section A",
    "chen": "teaches Section B, covers Section A",
    "okafor": "coordinates the program",
    "novak": "looks after the school's systems",
    "lopez": "teaching assistant",
    "torres": "Maya's mother, looks in as an observer",
    "test-student": "the student view of a teacher",
}

_SECTION_A: Final = (
    ("maya", "Maya", "Torres"),
    ("liam", "Liam", "Brooks"),
    ("aisha", "Aisha", "Khan"),
    ("ava", "Ava", "Nguyen"),
    ("noah", "Noah", "Kim"),
    ("zoe", "Zoë", "Martínez"),
    ("ethan", "Ethan", "Cole"),
    ("sofia", "Sofia", "Hernandez"),
    ("lucas", "Lucas", "Kowalski"),
    ("amara", "Amara", "Okeke"),
    ("diego", "Diego", "Ramirez"),
    ("hana", "Hana", "Suzuki"),
    ("isaac", "Isaac", "Cohen"),
    ("jada", "Jada", "Robinson"),
    ("kai", "Kai", "Nakamura"),
    ("leila", "Leila", "Haddad"),
    ("mateo", "Mateo", "Flores"),
    ("nadia", "Nadia", "Petrova"),
    ("omar", "Omar", "Farah"),
    ("paige", "Paige", "O'Sullivan"),
    ("quinn", "Quinn", "Murphy"),
    ("rosa", "Rosa", "Delgado"),
    ("samir", "Samir", "Patel"),
    ("tessa", "Tessa", "Lindgren"),
    ("uma", "Uma", "Krishnan"),
    ("victor", "Victor", "Alvarez"),
    ("willa", "Willa", "Bennett"),
    ("xavier", "Xavier", "Dupont"),
    ("yara", "Yara", "Mansour"),
)

_SECTION_B: Final = (
    ("adam", "Adam", "Fischer"),
    ("bella", "Bella", "Rossi"),
    ("caleb", "Caleb", "Wright"),
    ("dina", "Dina", "Aziz"),
    ("elena", "Elena", "Popov"),
    ("felix", "Felix", "Grant"),
)

_EVERY_COURSE: Final = {
    "okafor": "teacher",
    "novak": "administrator",
    "lopez": "assistant",
    "test-student": "test_student",
}


def plant(store: Store) -> None:
    """Add whoever and whatever is missing; what is there stays as it was changed."""
    number = 7100
    for user, given, family, called, role in _STAFF:
        number += 1
        person = _person(user, given, family, number, role=role, mail=STAFF_MAIL)
        person |= {"called": called, "note": _NOTES[user]}
        if user == "torres":
            person["observes"] = ["maya"]
        store.add("person", user, person)
    for user, given, family in (*_SECTION_A, *_SECTION_B):
        number += 1
        student = _person(user, given, family, number, role="student", mail=STUDENT_MAIL)
        student["email"] = f"{_plain(given)}.{_plain(family)}@{STUDENT_MAIL}"
        store.add("person", user, student)
    for course in (_course_a(), _course_b()):
        store.add("course", course["course"], course)


def _person(user: str, given: str, family: str, number: int, *, role: str, mail: str) -> Document:
    name = f"{given} {family}"
    return {
        "user": user,
        "given": given,
        "family": family,
        "name": name,
        "called": name,
        "note": "",
        "email": f"{user}@{mail}",
        "number": number,
        "role": role,
        "observes": [],
    }


def _plain(name: str) -> str:
    """Return the name as an address spells it: lower case, no accents, no apostrophes."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())


def _members(staff: dict[str, str], students: tuple[str, ...], sections: list[str]) -> Document:
    members: Document = {
        user: {"role": role, "status": "Active", "section": sections[0]}
        for user, role in (staff | _EVERY_COURSE).items()
    }
    for place, user in enumerate(students):
        section = sections[place * len(sections) // len(students)]
        members[user] = {"role": "student", "status": "Active", "section": section}
    return members


def _course_a() -> Document:
    return {
        "course": "pathways-a",
        "title": "Career Pathways, Section A",
        "label": "CP-A",
        "number": 4101,
        "contexts": {"canvas": "4f1c8aab09d24c6e9be1f6dd2f0c41b7", "schoology": "6410004101"},
        "history": {"canvas": ["c0ffee4f1c8aab09d24c6e9be1f6dd2f"], "schoology": ["6400003990"]},
        "sections": [
            {"id": "6410004101", "title": "Period 2"},
            {"id": "6410004102", "title": "Period 5"},
        ],
        "members": _members(
            {"rivera": "teacher", "chen": "teacher", "torres": "observer"},
            tuple(user for user, _, _ in _SECTION_A),
            ["6410004101", "6410004102"],
        ),
    }


def _course_b() -> Document:
    return {
        "course": "pathways-b",
        "title": "Career Pathways, Section B",
        "label": "CP-B",
        "number": 4201,
        "contexts": {"canvas": "9d7e2b5a61f04d0c8a35c2e4b7f81d06", "schoology": "6410004201"},
        "history": {"canvas": [], "schoology": []},
        "sections": [{"id": "6410004201", "title": "Period 7"}],
        "members": _members(
            {"chen": "teacher"},
            (*(user for user, _, _ in _SECTION_B), "liam"),
            ["6410004201"],
        ),
    }
