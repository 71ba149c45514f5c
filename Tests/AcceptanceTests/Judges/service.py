"""How `millrace serve` starts, ends and meets hostile requests: prints {"failures": [...], "checked": N} as JSON.

    service.py MILLRACE

Needs nothing but Python itself.
"""

import json
import re
import socket
import sys
import tempfile
import time
import urllib.parse

from served import Server

# Requests as no browser sends them; each with the statuses that are right.
HOSTILE = {
    "a path that climbs": ("GET /../../etc/passwd HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "a path that climbs below assets": ("GET /assets/../../millrace.yaml HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "an encoded path that climbs": ("GET /assets/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "encoded slashes": ("GET /datasets/..%2f..%2fmillrace.yaml HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "an encoded zero": ("GET /datasets/deliveries%00.csv HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "broken encoding": ("GET /datasets/%zz HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "SQL as a name": ("GET /datasets/x%27%20OR%201=1--/preview HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "a run's name that climbs": (
        "GET /api/v1/runs/..%2f..%2fstate.sqlite/log HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 404}),
    "a wrong method": ("DELETE /api/v1/runs HTTP/1.1\r\nHost: HOST\r\n\r\n", {405}),
    "a method that nobody knows": ("FROB / HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 405, 501}),
    "no host": ("GET / HTTP/1.1\r\n\r\n", {400}),
    "somebody else's host": ("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", {400, 403, 421}),
    "no HTTP": ("\x16\x03\x01\x02\x00\x01\r\n\r\n", {400, None}),
    "a long address": ("GET /" + "a" * 8000 + " HTTP/1.1\r\nHost: HOST\r\n\r\n", {400, 414}),
    "a long head": ("GET / HTTP/1.1\r\nHost: HOST\r\nX-Much: " + "a" * 200_000 + "\r\n\r\n", {400, 413, 431, None}),
    "a body that says to be large": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
        "Content-Length: 100000000\r\n\r\n{}", {413}),
    "a body that is large, in chunks": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
        + ("10000\r\n" + " " * 65536 + "\r\n") * 40 + "0\r\n\r\n", {400, 413}),
    "two lengths": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        "Content-Length: 3\r\n\r\n{} ", {400}),
    "a length and chunks": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400, 422}),
    "JSON that is none": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{]}",
        {400, 422}),
    "JSON that is deep": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n"
        + "[" * 20000, {400, 413, 422}),
    "a body of another type": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
        {400, 415, 422}),
    "an option as a selection": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n"
        '{"selection": "--project=/"}', {400, 422}),
    "another server's page": (
        "POST /api/v1/runs HTTP/1.1\r\nHost: HOST\r\nOrigin: http://example.org\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n{}", {403}),
}


def status_of(base, text):
    """The status of the answer to these bytes; None when the connection was closed without one."""
    address = urllib.parse.urlsplit(base)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        try:
            connection.sendall(text.replace("HOST", address.netloc).encode("latin-1"))
        except OSError:
            # It has said what it thinks before it had everything; the answer may still be there.
            pass
        answer = b""
        try:
            while b"\r\n" not in answer:
                part = connection.recv(4096)
                if not part:
                    break
                answer += part
        except ConnectionError:
            pass
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found.group(1)) if found else None


def main():
    failures = []
    checked = 0

    def check(is_right, what):
        nonlocal checked
        checked += 1
        if not is_right:
            failures.append(what)

    with tempfile.TemporaryDirectory(prefix="millrace-service-") as folder:
        server = Server(sys.argv[1], folder)
        before = time.monotonic()
        server.start()
        seconds = time.monotonic() - before
        try:
            check(seconds < 20, f"the first page answers only after {seconds:.1f} s")
            second = server.run("serve", "--port", "0", "--no-color")
            check(second.returncode != 0, "a second server for the project was not refused")
            check(str(server.process.pid) in second.stderr,
                  f"the refusal does not name process {server.process.pid}: {second.stderr}")
            for what, (text, right) in HOSTILE.items():
                status = None
                try:
                    status = status_of(server.base, text)
                    check(status in right, f"{what} gets {status}")
                except OSError as error:
                    check(False, f"{what}: {error}")
                check(server.process.poll() is None, f"the server ends after {what}: {server.log()[-500:]}")
            # Somebody who connects and says nothing keeps nobody waiting.
            address = urllib.parse.urlsplit(server.base)
            silent = [socket.create_connection((address.hostname, address.port)) for _ in range(50)]
            check(server.get("/")[0] == 200, "the page does not answer while others say nothing")
            for connection in silent:
                connection.close()
            started = json.loads(server.get("/api/v1/runs")[2])["runs"]
            check(started == [], f"hostile requests have started runs: {started}")
        finally:
            before = time.monotonic()
            status = server.stop()
        seconds = time.monotonic() - before
        check(status == 0, f"after SIGTERM it ends with {status}: {server.log()[-500:]}")
        check(seconds < 15, f"after SIGTERM it takes {seconds:.1f} s to end")
        # The project is free again, what is written into its files counts, and what goes on is ended with the server.
        server.start()
        project = server.folder / "millrace.yaml"
        text = project.read_text()

        def eventually(is_so, what):
            end = time.monotonic() + 30
            while not is_so():
                if time.monotonic() > end:
                    return check(False, f"never: {what}: {server.log()[-500:]}")
                time.sleep(0.05)
            return check(True, what)

        def triggers():
            return [trigger["name"] for trigger in json.loads(server.get("/api/v1/triggers")[2])["triggers"]]

        project.write_text(text.replace("\ntriggers:\n", "\ntriggers:\n  hourly: { cron: '@hurly' }\n", 1))
        eventually(lambda: "is no cron expression" in server.log() or "@hurly" in server.log(), "a mistake is told")
        check("as it was" in server.log(), f"nobody says what a mistake means: {server.log()[-500:]}")
        check("nightly" in triggers(), "a mistake takes away triggers")
        project.write_text(text.replace("\ntriggers:\n", "\ntriggers:\n  hourly: { cron: '@hourly' }\n", 1))
        eventually(lambda: "hourly" in triggers(), "a new trigger counts")
        project.write_text(text)
        eventually(lambda: "hourly" not in triggers(), "a trigger that was taken out is gone")
        run = server.request(
            "POST", "/api/v1/runs", '{"selection": "endless"}', {"Content-Type": "application/json"})
        check(run[0] in (200, 201, 202), f"a run gets {run[0]}: {run[2][:200]}")
        time.sleep(1)
        before = time.monotonic()
        status = server.stop()
        seconds = time.monotonic() - before
        check(status == 0, f"after SIGTERM with a run it ends with {status}: {server.log()[-500:]}")
        check(seconds < 25, f"after SIGTERM with a run it takes {seconds:.1f} s to end")
    print(json.dumps({"failures": failures, "checked": checked}))


if __name__ == "__main__":
    main()
