"""One platform for all tests of a run: each test brings a registration of its own."""

from collections.abc import Iterator

import pytest

from sandbox.store import Store
from tests.contract.sandbox_lms.world import Registered, World, running_world


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    store = Store()
    with running_world(store) as running:
        yield running
    store.close()


@pytest.fixture
def canvas(world: World) -> Registered:
    return world.register("canvas")


@pytest.fixture
def schoology(world: World) -> Registered:
    return world.register("schoology")


@pytest.fixture(params=["canvas", "schoology"])
def platform(request: pytest.FixtureRequest, world: World) -> Registered:
    return world.register(request.param)


# The plugin's own fixture of this name is of a kind that pytest 9 warns of.
@pytest.fixture(scope="session")
def base_url() -> None:
    return None
