"""A mail server that takes everything and counts, in a process of its own: `python -m bench._sink PORT`.

Each line on its input is answered with a line of JSON: how many messages came, and how many different ones by Message-ID.
"""

import asyncio
import collections
import json
import re
import sys

from aiosmtpd.smtp import SMTP

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Counter:
    """An SMTP handler that keeps nothing but how often each Message-ID came."""

    def __init__(self) -> None:
        self.seen: collections.Counter[bytes] = collections.Counter()

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        found = _MESSAGE_ID.search(envelope.content)  # type: ignore[attr-defined]
        if found is None:
            return "554 no Message-ID"
        self.seen[found[1]] += 1
        return "250 accepted"


async def main(port: int) -> None:
    """Serve until the input ends."""
    counter = Counter()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(counter, hostname="sink.bench"), "127.0.0.1", port)
    print("ready", flush=True)
    async with server:
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps({"came": counter.seen.total(), "different": len(counter.seen)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
