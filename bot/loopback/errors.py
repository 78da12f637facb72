"""What the Bot API says when it refuses."""


class ApiError(Exception):
    """A refusal in Telegram's words; ``retry_after`` are seconds to wait, which go with a 429."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad_request(what: str) -> ApiError:
    """Return the refusal of what can never work as it was asked."""
    return ApiError(400, f"Bad Request: {what}")
