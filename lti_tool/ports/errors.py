"""What can go wrong outside, and whether trying again later can help."""

from datetime import timedelta


class GatewayError(Exception):
    """Something outside failed. `code` is stable; `remedy` tells an administrator what to do."""

    retryable = False
    code = "outside-failed"

    def __init__(self, remedy: str, *, retry_after: timedelta | None = None) -> None:
        """Keep the remedy, and the wait the other side asked for."""
        self.remedy = remedy
        self.retry_after = retry_after
        super().__init__(f"{self.code}: {remedy}")


class UnavailableError(GatewayError):
    """The other side did not answer, or is out of order for now; the outcome is unknown."""

    retryable = True
    code = "unavailable"


class QuotaExceededError(GatewayError):
    """Too many requests; try again after a while."""

    retryable = True
    code = "quota-exceeded"


class NotAuthorizedError(GatewayError):
    """The credential or a permission is missing; trying again helps once it was mended."""

    retryable = True
    code = "not-authorized"


class StumbledError(GatewayError):
    """The tool itself stumbled over the promise; the log says why."""

    retryable = True
    code = "stumbled"


class NotFoundError(GatewayError):
    """The other side does not know the thing."""

    code = "not-found"


class ConflictError(GatewayError):
    """The thing exists already, or was changed by somebody else."""

    code = "conflict"


class GoneError(GatewayError):
    """The thing was there and is deleted, or a sync token has expired."""

    code = "gone"


class RefusedError(GatewayError):
    """The other side understood and refused; only a person can mend it."""

    code = "refused"
