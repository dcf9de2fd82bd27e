"""A circuit breaker: after a failure, do not ask again for a while."""

import time


class Breaker:
    """Remember, in this process, that a service failed, so that the next callers do not each wait for its time-out.

    Args:
        seconds: how long to leave the service alone after a failure.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def failed(self) -> None:
        """Stop asking for `seconds`."""
        self._open_until = time.monotonic() + self.seconds

    def reset(self) -> None:
        """Ask again at once."""
        self._open_until = 0.0
