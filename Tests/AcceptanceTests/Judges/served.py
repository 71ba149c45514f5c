"""A project with something of everything on its pages, and the server for it."""

import http.client
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.parse

MORE_DATASETS = """
  slow:
    description: Takes some seconds.
    sql: SELECT count(*) AS n, sum(sin(i) * cos(i)) AS total FROM range(120000000) AS t(i)
  endless:
    description: Takes so long that somebody cancels it.
    sql: SELECT count(*) AS n, sum(sin(i) * cos(i)) AS total FROM range(20000000000) AS t(i)
  fragile:
    description: Fails until there is a second file.
    ingest: { files: "landing/fragile*.csv", format: csv }
    checks:
      - rows: { min: 4 }
  by_day:
    description: One partition a day.
    sql: SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS n FROM range(10) AS t(i)
    partitions: { by: day, column: day, start: 2024-01-01 }

triggers:
  nightly: { cron: "0 2 * * *", timezone: Europe/Berlin, select: couriers_raw }
  hook: { webhook: true, select: couriers_raw }
  by_hand: { manual: true, select: couriers_raw }
"""


class Server:
    """`millrace serve` in a project of its own."""

    def __init__(self, millrace, folder):
        self.millrace = millrace
        self.folder = pathlib.Path(folder) / "deliveries"
        self.process = None
        self.base = ""
        subprocess.run([millrace, "init", str(self.folder), "--template", "csv"], check=True, capture_output=True)
        project = self.folder / "millrace.yaml"
        text = project.read_text()
        if "\nfeeds:" not in text:
            raise SystemExit("the template 'csv' has no feeds any more: mend served.py")
        project.write_text(text.replace("\nfeeds:", MORE_DATASETS + "\nfeeds:", 1))
        self.write("landing/fragile_1.csv", "id,name\n1,a\n2,b\n")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run(self, *arguments):
        return subprocess.run([self.millrace, *arguments], cwd=self.folder, capture_output=True, text=True)

    def start(self, **environment):
        with open(self.folder / "serve.log", "w") as output:
            self.process = subprocess.Popen(
                [self.millrace, "serve", "--port", "0", "--no-color"], cwd=self.folder, stdout=output,
                stderr=subprocess.STDOUT, env=os.environ | environment)
        self.base = wait("the server says its address", self.address)
        wait("the first page answers", lambda: self.get("/")[0] < 400)

    def address(self):
        if self.process.poll() is not None:
            raise SystemExit("the server ended: " + self.log())
        found = re.search(r"http://[0-9.]+:[0-9]+", self.log())
        return found.group() if found else None

    def log(self):
        return (self.folder / "serve.log").read_text()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                return self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode if self.process else None

    def request(self, method, path, body=None, headers=None):
        """Status, head and text of an answer; redirects are not followed."""
        address = urllib.parse.urlsplit(self.base)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def get(self, path):
        return self.request("GET", path)

    def visit(self, path):
        """The cookie of a visit and the token that its forms carry."""
        _, head, text = self.get(path)
        cookie = (head.get("Set-Cookie") or "").split(";")[0]
        token = re.search(r'name="csrf" value="([^"]+)"', text)
        return cookie, token.group(1) if token else ""

    def submit(self, page, action, **fields):
        """Sends a form of a page as a browser without a script does."""
        cookie, token = self.visit(page)
        body = urllib.parse.urlencode({"csrf": token, **fields})
        return self.request(
            "POST", action, body,
            {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Origin": self.base})


def wait(what, answer, seconds=60, pause=0.1):
    """Asks again until the answer is something; what was expected is in the error."""
    end = time.monotonic() + seconds
    last = None
    while time.monotonic() < end:
        try:
            found = answer()
            if found:
                return found
        except OSError as error:
            last = error
        time.sleep(pause)
    raise TimeoutError(f"not within {seconds} s: {what}" + (f" ({last})" if last else ""))
