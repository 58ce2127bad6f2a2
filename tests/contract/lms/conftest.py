"""The run's stand-in LMS, and a key of ours that it can read."""

from collections.abc import Iterator

import pytest

from lti_tool.ports.lms import Platform
from tests.contract.lms.platform import Lms, published_key
from tests.servers.sandbox import Sandbox


@pytest.fixture(scope="session")
def lms(sandbox: Sandbox) -> Iterator[Lms]:
    with published_key() as (address, keys):
        yield Lms(url=sandbox.lms_url, jwks_url=address, keys=keys)


@pytest.fixture
def canvas(lms: Lms) -> Platform:
    return lms.register("canvas")


@pytest.fixture(params=["canvas", "schoology"])
def platform(request: pytest.FixtureRequest, lms: Lms) -> Platform:
    return lms.register(str(request.param))
