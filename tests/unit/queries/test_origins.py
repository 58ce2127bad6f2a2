import pytest

from lti_tool.queries.registration import origin


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://lms.example/courses/1", "https://lms.example"),
        ("https://LMS.example:443/", "https://lms.example"),
        ("http://127.0.0.1:9100/x", "http://127.0.0.1:9100"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_origin_is_scheme_host_and_port(address: str, found: str) -> None:
    assert origin(address) == found


@pytest.mark.parametrize(
    "address",
    [
        "https://*/",
        "https://*.example/",
        "https://lms.example;script-src https://evil.example/",
        "https://lms.example https://evil.example/",
        "https://me@lms.example/",
        "ftp://lms.example/",
    ],
)
def test_what_would_mean_more_in_a_header_is_no_origin(address: str) -> None:
    assert origin(address) is None
