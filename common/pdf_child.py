"""The program that `common.pdf_apart` starts: reads what to render, answers with the files or with what went wrong."""

import base64
import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any

from common.pdf import Asset, AssetRefused, Attached, Filler, RenderFailed, Source, TooManyPages, render_variants

_PR_SET_PDEATHSIG = 1
_LARGEST_FILE = 64 * 1024 * 1024  # the cache of fonts is written, nothing else


def _bound(limits: dict[str, int], parent: int) -> None:
    """Take from ourselves what we may not use, before anything is read that others wrote."""
    memory = limits["megabytes"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    if parent and sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)


def _source(given: dict[str, Any]) -> Source:
    return Source(
        html=given["html"],
        assets={name: Asset(base64.b64decode(content), mime) for name, (mime, content) in given["assets"].items()},
        stylesheets=tuple(given["stylesheets"]),
        attached=tuple(
            Attached(name, base64.b64decode(content), relationship, description, datetime.fromisoformat(at))
            for name, content, relationship, description, at in given["attached"]
        ),
        filler=Filler(**given["filler"]) if given["filler"] else None,
    )


def _answer(asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    files: list[bytes] = []
    try:
        for given in asked["work"]:
            files += render_variants(_source(given), variants=given["variants"], most_pages=asked["limits"]["pages"])
    except TooManyPages:
        return {"kind": "pages"}, []
    except MemoryError:
        return {"kind": "memory"}, []
    except AssetRefused as error:
        return {"kind": "refused", "message": str(error)}, []
    except RenderFailed as error:
        if isinstance(error.__cause__, MemoryError):
            return {"kind": "memory"}, []
        return {"kind": "failed", "message": str(error)}, []
    return {"kind": "done", "sizes": [len(file) for file in files], "peak_megabytes": _peak_megabytes()}, files


def _peak_megabytes() -> float:
    """The most memory that this program held; `getrusage` would count what the starting process held as it split."""
    with suppress(OSError), open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read one line of JSON from standard input, write one and the files to standard output."""
    asked = json.loads(sys.stdin.buffer.read())
    _bound(asked["limits"], asked["parent"])
    head, files = _answer(asked)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
