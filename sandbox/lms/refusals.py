"""How the platform says no: one exception per kind of conversation, each naming the fault."""


class BrowserRefusalError(Exception):
    """A person's browser brought something wrong; a page says what."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class ServiceRefusalError(Exception):
    """A service call is wrong; JSON and a status say how."""

    def __init__(self, status: int, fault: str) -> None:
        super().__init__(fault)
        self.status = status
        self.fault = fault


class TokenRefusalError(Exception):
    """A token request is wrong; the answer is an OAuth error."""

    def __init__(self, error: str, fault: str) -> None:
        super().__init__(fault)
        self.error = error
        self.fault = fault


class ToolTokenError(Exception):
    """A JWT of the tool does not hold; whoever asked turns this into its own refusal."""
