"""Reading a course as a teacher would: its links, its columns, its grades."""

from sandbox.lms import grades, people, scores
from sandbox.lms.platform import Lms
from sandbox.store import Document


def links(lms: Lms, course: Document, client_id: str | None) -> list[Document]:
    """Return the course's resource links, of one tool or of all, oldest first."""
    return [
        link
        for link in lms.store.all("link").values()
        if link["course"] == course["course"] and client_id in {None, link["client_id"]}
    ]


def columns(lms: Lms, course: Document, registration: Document) -> list[Document]:
    """Return the tool's columns, each with its address and its section's name."""
    titles = {section["id"]: section["title"] for section in course["sections"]}
    profile = registration["profile"]
    return [
        {
            **item,
            "url": grades.address(lms, item, course, profile),
            "section_title": titles.get(item["section"]),
        }
        for item in grades.own_items(lms, registration, course)
    ]


def rows(lms: Lms, course: Document, registration: Document) -> list[Document]:
    """Return one row per active student: what stands in each column, and how it came about."""
    posts = _accepted_posts(lms, registration)
    items = [item["id"] for item in grades.own_items(lms, registration, course)]
    return [
        {
            "user": user,
            "sub": people.subject(registration["profile"], who),
            "name": who["name"],
            "section": course["members"][user]["section"],
            "scores": {
                item: _cell(result, posts.get((item, user), 0))
                for item in items
                if (result := scores.stored(lms, item, user))
            },
        }
        for user in people.students(course)
        if (who := people.person(lms, user))
    ]


def _cell(result: Document, posts: int) -> Document:
    comments = result["comments"]
    return {
        "score": result["score"],
        "maximum": result["maximum"],
        "comment": comments[-1] if comments else None,
        "comments": comments,
        "activityProgress": result["activityProgress"],
        "gradingProgress": result["gradingProgress"],
        "timestamp": result["timestamp"],
        "submission": result["submission"],
        "posts": posts,
    }


def _accepted_posts(lms: Lms, registration: Document) -> dict[tuple[str, str], int]:
    posts: dict[tuple[str, str], int] = {}
    for record in scores.history(lms):
        if record["client_id"] == registration["client_id"] and record["fault"] is None:
            key = (record["line_item"], record["user"])
            posts[key] = posts.get(key, 0) + 1
    return posts
