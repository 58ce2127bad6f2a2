"""Refusals in Google's two shapes: Calendar and Drive have `errors`, Meet and Forms `details`."""

from sandbox.store import Document

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    410: "NOT_FOUND",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}
DOMAINS = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "quotaExceeded": "usageLimits",
    "fullSyncRequired": "calendar",
    "timeRangeEmpty": "calendar",
}
WITH_ERRORS = ("calendar", "drive")


class ApiError(Exception):
    """A refusal, before it is put into the shape of the service that refuses."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        status: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.status = status or STATUS[code]
        self.retry_after = retry_after

    def body(self, service: str) -> Document:
        """Return the JSON body in the shape of the service."""
        error: Document = {"code": self.code, "message": self.message, "status": self.status}
        if service in WITH_ERRORS:
            domain = DOMAINS.get(self.reason, "global")
            error["errors"] = [{"domain": domain, "reason": self.reason, "message": self.message}]
        elif self.reason:
            error["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": self.reason,
                    "domain": "googleapis.com",
                }
            ]
        return {"error": error}

    def headers(self) -> dict[str, str]:
        """Return the headers that come with it."""
        headers = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.code == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/"'
        return headers


def invalid(message: str, reason: str = "invalid") -> ApiError:
    """Return the refusal of a malformed request."""
    return ApiError(400, reason, message)


def not_found(message: str = "Not Found") -> ApiError:
    """Return the refusal for what is not there, or not to be seen."""
    return ApiError(404, "notFound", message)
