"""Many people who send one request each at the same moment: `python -m bench._crowd PORT FILE`.

The file holds the requests as a JSON list of texts. All connections are open before the first byte is sent. Prints one line of
JSON: how many answers of each status came (0: none), and how many seconds it took from the first byte to the last answer.
"""

import asyncio
import collections
import json
import sys
import time
from pathlib import Path

MOST_SECONDS = 300


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Send one request and return the status of the answer."""
    writer.write(request)
    await writer.drain()
    line = await reader.readline()
    await reader.read()
    writer.close()
    return int(line.split()[1]) if line.startswith(b"HTTP/") else 0


async def crowd(port: int, requests: list[bytes]) -> dict[str, object]:
    """Send all requests at once."""
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in requests]
    began = time.perf_counter()
    tasks = [
        asyncio.wait_for(ask(reader, writer, request), MOST_SECONDS)
        for (reader, writer), request in zip(lines, requests, strict=True)
    ]
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    seconds = time.perf_counter() - began
    statuses = collections.Counter(answer if isinstance(answer, int) else 0 for answer in answers)
    return {"statuses": {str(status): number for status, number in statuses.items()}, "seconds": seconds}


if __name__ == "__main__":
    prepared = [text.encode() for text in json.loads(Path(sys.argv[2]).read_text())]
    print(json.dumps(asyncio.run(crowd(int(sys.argv[1]), prepared))))
