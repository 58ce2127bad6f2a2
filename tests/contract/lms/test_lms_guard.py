"""Which addresses are never connected to, and what does not come back."""

import socket
import threading

import pytest

from integrations.lms.guard import Guard
from integrations.lms.http import LmsHttp
from lti_tool.ports.errors import RefusedError, UnavailableError

STRICT = Guard()
PRIVATE = ["10.0.0.5", "127.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "fd00::1", "0.0.0.0"]  # noqa: S104 - an address to be refused


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_a_network_is_refused(address: str) -> None:
    with pytest.raises(RefusedError):
        STRICT.resolve(address, 443)


@pytest.mark.parametrize(
    "address", ["::ffff:10.0.0.5", "224.0.0.1", "64:ff9b::a00:5", "2002:a00:5::1"]
)
def test_a_private_address_in_disguise_is_refused(address: str) -> None:
    with pytest.raises(RefusedError):
        STRICT.resolve(address, 443)


def test_a_public_address_is_let_through() -> None:
    assert STRICT.resolve("93.184.215.14", 443) == "93.184.215.14"


def test_the_operators_own_lms_is_let_through() -> None:
    guard = Guard(allowed_private_hosts=frozenset({"127.0.0.1"}))
    assert guard.resolve("127.0.0.1", 443) == "127.0.0.1"
    guard.check_url("http://127.0.0.1/x")


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/jwks",
        "ftp://lms.example/",
        "https://user@lms.example/",
        "https://lms.example:port/",
        "javascript:alert(1)",
        "https://[broken/",
        "",
    ],
)
def test_an_address_that_is_no_secure_web_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        LmsHttp(STRICT).get(url, headers={})


def test_nothing_connects_to_loopback_in_production() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        with pytest.raises(RefusedError, match="private network"):
            LmsHttp(STRICT).get(f"https://localhost:{port}/", headers={})
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_server_that_says_nothing_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        http = LmsHttp(Guard(allows_private=True), read=0.05)
        with pytest.raises(UnavailableError):
            http.get(address, headers={})


def test_a_name_that_does_not_exist_is_unavailable() -> None:
    with pytest.raises(UnavailableError):
        STRICT.resolve("nowhere.invalid", 443)


def test_the_host_header_keeps_the_name_although_the_address_is_pinned() -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                heard.append(line.recv(4096))
                line.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        http = LmsHttp(Guard(allows_private=True))
        assert http.get(f"http://localhost:{port}/", headers={}).status == 204
        thread.join()
    assert f"Host: localhost:{port}".encode() in heard[0]
