"""The people that are there from the start; running it again changes nothing."""

from sandbox.google.people import add_user, find_user
from sandbox.google.world import World

DOMAIN = "harbor.example"
STAFF = (
    ("rivera@harbor.example", "Elena Rivera"),
    ("chen@harbor.example", "David Chen"),
    ("okafor@harbor.example", "Ngozi Okafor"),
)
OUTSIDE = (
    ("jordan.ellis@brightworks.example", "Jordan Ellis"),
    ("sam.patel@northside.example", "Sam Patel"),
    ("maya@students.harborcareer.example", "Maya Torres"),
    ("liam@students.harborcareer.example", "Liam Johnson"),
    ("ava@students.harborcareer.example", "Ava Nguyen"),
    ("noah@students.harborcareer.example", "Noah Williams"),
)


def seed(world: World) -> None:
    """Create the school's domain, its staff, and people with accounts elsewhere."""
    world.store.add("domain", DOMAIN, {})
    for email, name in (*STAFF, *OUTSIDE):
        if find_user(world, email) is None:
            add_user(world, email=email, name=name)
