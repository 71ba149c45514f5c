"""Prefect with a server on the loopback interface: `steps_prefect.py SHAPE WIDTH`. The server's start is not counted."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from steps_shapes import inputs

INPUTS = inputs(sys.argv[1], int(sys.argv[2]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


port = free_port()
home = tempfile.mkdtemp(prefix="prefect-")
os.environ.update(
    PREFECT_HOME=home, PREFECT_API_URL=f"http://127.0.0.1:{port}/api", PREFECT_LOGGING_LEVEL="ERROR",
    PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1")


def wait_for_server() -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server does not start")


def main() -> None:
    from prefect import flow, task

    @task
    def nothing() -> None:
        pass

    @flow
    def steps() -> None:
        futures: list = []
        for needed in INPUTS:
            futures.append(nothing.submit(wait_for=[futures[number] for number in needed]))
        for future in futures:
            future.wait()

    start = time.perf_counter()
    steps()
    seconds = time.perf_counter() - start
    print(json.dumps({"steps": len(INPUTS), "seconds": seconds}))


server = subprocess.Popen(
    [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
try:
    wait_for_server()
    main()
finally:
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()
