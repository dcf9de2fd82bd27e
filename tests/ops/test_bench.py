"""The load generator and the closing line of the benchmarks."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench._crowd import crowd
from bench._load import load
from bench._server import PROJECT, report


class Page(BaseHTTPRequestHandler):
    """A page in two pieces, kept alive; /broken answers 500."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_GET(self) -> None:
        Page.asked += 1
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", "300000")
        self.end_headers()
        for _ in range(2):
            self.wfile.write(b"x" * 150_000)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """A server that takes a visitor's sudden departure for granted."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port():
    server = QuietServer(("127.0.0.1", 0), Page)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_the_generator_counts_whole_responses(port: int) -> None:
    Page.asked = 0
    figures = load(port, "/", connections=2, seconds=0.3)
    assert 0 < figures["requests"] <= Page.asked
    assert figures["rps"] == pytest.approx(figures["requests"] / 0.3, rel=0.5)
    assert figures["p50_ms"] > 0


def test_the_generator_fails_on_anything_but_200(port: int) -> None:
    with pytest.raises(ConnectionError, match="not a 200"):
        load(port, "/broken", connections=1, seconds=0.2)


def test_a_benchmark_ends_in_one_line(capsys) -> None:
    report("home", ratio=0.61234, rps=1234.56, entries=36)
    assert capsys.readouterr().out == "bench home: ratio=0.612 rps=1234.6 entries=36\n"


def test_the_crowd_counts_every_answer_by_its_status(port: int) -> None:
    request = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    requests = [request.format(path).encode() for path in ["/"] * 30 + ["/broken"] * 2]
    answer = asyncio.run(crowd(port, requests))
    assert answer["statuses"] == {"200": 30, "500": 2}
    assert float(str(answer["seconds"])) > 0


def test_whatever_bin_bench_runs_without_a_name_is_a_benchmark() -> None:
    files = list((PROJECT / "bench").glob("[a-z]*.py"))
    assert "strategy" in {file.stem for file in files}
    for file in files:
        assert f'report("{file.stem}"' in file.read_text(), file
