"""A light load generator: one process, keep-alive sockets, one event loop. Run as a program it prints one line of JSON.

It does no more than send prepared bytes and count what comes back, so that the server under test is the one that is busy.
"""

import json
import re
import selectors
import socket
import statistics
import sys
import time

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Connection:
    """One keep-alive connection with one request under way."""

    def __init__(self, port: int, request: bytes) -> None:
        self.request = request
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send()

    def send(self) -> None:
        self.head, self.missing, self.sent = b"", -1, time.perf_counter()
        self.socket.sendall(self.request)

    def receive(self) -> bool:
        """Take what has come; True when the response is whole."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        if self.missing < 0:
            self.head += part
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            if not self.head.startswith(b"HTTP/1.1 200 "):
                raise ConnectionError(f"not a 200: {self.head[:60]!r}")
            length = LENGTH.search(self.head, 0, end + 2)
            if not length:
                raise ConnectionError("a response without Content-Length")
            self.missing = int(length[1]) - (len(self.head) - end - 4)
        else:
            self.missing -= len(part)
        return self.missing == 0


def load(port: int, path: str, connections: int, seconds: float) -> dict[str, float]:
    """Ask for one page for some seconds: requests per second, median milliseconds, the share of a core that we used."""
    headers = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\nAccept-Encoding: gzip, br\r\n\r\n"
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = Connection(port, headers.encode())
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    times: list[float] = []
    began, processor = time.perf_counter(), time.process_time()
    now = began
    while now < began + seconds:
        for key, _ in selector.select(timeout=5):
            connection = key.data
            if connection.receive():
                now = time.perf_counter()
                times.append(now - connection.sent)
                connection.send()
        now = time.perf_counter()
    return {
        "requests": len(times),
        "rps": len(times) / (now - began),
        "p50_ms": statistics.median(times) * 1000,
        "own_share": (time.process_time() - processor) / (now - began),
    }


if __name__ == "__main__":
    print(json.dumps(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
