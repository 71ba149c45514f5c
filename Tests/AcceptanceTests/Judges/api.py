"""Holds the API of `millrace serve` against its own description: prints {"failures": [...], "checked": N} as JSON.

    api.py MILLRACE

Schemathesis makes requests from /openapi.json, valid and faulty ones. None may end in a server error, and each answer
must be one that the document describes.
"""

import collections
import json
import sys
import tempfile
import time
import urllib.request

import hypothesis
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from served import Server, wait

EXAMPLES = 12
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

# It does not end, and is looked at below.
ENDLESS = "/api/v1/events"


class Known:
    """Names that there are, so that not every request ends with 404."""

    def __init__(self, server):
        runs = json.loads(server.get("/api/v1/runs")[2])["runs"]
        backfills = json.loads(server.get("/api/v1/backfills")[2])["backfills"]
        self.values = {
            "dataset": ["deliveries", "couriers_raw", "fragile", "by_day"], "run": [run["run"] for run in runs],
            "trigger": ["nightly", "hook", "by_hand"], "backfill": [backfill["id"] for backfill in backfills],
        }

    def fill(self, case, number):
        """Two of three requests are for something that there is."""
        if number % 3 == 2:
            return
        for name in list(case.path_parameters or {}):
            values = self.values.get(name)
            if values:
                case.path_parameters[name] = values[number % len(values)]


def tell(case, error):
    """What went wrong, in a line or few."""
    text = str(error).strip()
    # A group of failures lists each.
    parts = [str(part).strip() for part in getattr(error, "exceptions", [])] or [text]
    return [f"{case.method} {case.formatted_path} {dict(case.query or {})} {str(case.body)[:120]}: "
            + " ".join(part.split())[:500] for part in parts]


def judge(operation, server, known, failures, statuses):
    count = 0
    end = time.monotonic() + 5

    def attempt(case):
        nonlocal count
        if time.monotonic() > end:
            return
        known.fill(case, count)
        count += 1
        try:
            response = case.call(base_url=server.base, timeout=30)
            statuses[response.status_code] += 1
            if response.status_code == 429:
                time.sleep(1)
                return
            case.validate_response(response, checks=CHECKS)
        # A group of failures is no Exception.
        except (Exception, FailureGroup) as error:  # noqa: BLE001 - whatever is wrong is told
            failures[operation.label].extend(tell(case, error))

    for strategy in [operation.as_strategy(), operation.as_strategy(
            generation_mode=schemathesis.GenerationMode.NEGATIVE)]:
        run = hypothesis.given(case=strategy)(attempt)
        run = hypothesis.settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck))(run)
        try:
            run()
        except hypothesis.errors.Unsatisfiable:
            # There is nothing faulty to send where there is nothing to send.
            pass
    return count


def live(operations, server, failures, statuses):
    """The lives of runs and backfills, whose requests are right only at their time."""
    count = 0

    def ask(label, body=None, **parameters):
        nonlocal count
        count += 1
        fields = {"path_parameters": parameters}
        if body is not None:
            fields |= {"body": body, "media_type": "application/json"}
        case = operations[label].Case(**fields)
        response = case.call(base_url=server.base, timeout=30)
        statuses[label][response.status_code] += 1
        if response.status_code != 202:
            failures[label].append(f"a right request gets {response.status_code}: {response.text[:300]}")
        try:
            case.validate_response(response, checks=CHECKS)
        except (Exception, FailureGroup) as error:  # noqa: BLE001 - whatever is wrong is told
            failures[label].extend(tell(case, error))
        return response.json()

    def phase(run):
        return json.loads(server.get(f"/api/v1/runs/{run}")[2])["phase"]

    runs = "/api/v1/runs"
    run = ask(f"POST {runs}", {"selection": "slow"}).get("run")
    ask(f"POST {runs}/{{run}}/cancel", run=run)
    wait("a run is cancelled", lambda: phase(run) == "cancelled")
    run = ask(f"POST {runs}", {"selection": "fragile"}).get("run")
    wait("a run fails", lambda: phase(run) == "failed")
    ask(f"POST {runs}/{{run}}/retry", run=run)
    backfills = "/api/v1/backfills"
    order = {"dataset": "by_day", "from": "2024-01-01", "to": "2024-01-09", "partitions_per_run": 1}
    ask(f"POST {backfills}", order)
    backfill = json.loads(server.get(backfills)[2])["backfills"][0]["id"]
    for action in ["pause", "resume", "cancel"]:
        ask(f"POST {backfills}/{{backfill}}/{action}", backfill=backfill)
    return count


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-api-") as folder:
        server = Server(sys.argv[1], folder)
        first = server.run("run", "deliveries+", "+deliveries", "--no-color")
        failures = collections.defaultdict(list)
        checked = 0
        if first.returncode != 0:
            failures["millrace run"].append(first.stdout + first.stderr)
        # What is started by chance must not keep the machine busy for hours.
        project = server.folder / "millrace.yaml"
        project.write_text(project.read_text().replace("range(20000000000)", "range(1000)"))
        server.start()
        try:
            schema = schemathesis.openapi.from_url(server.base + "/openapi.json")
            operations = {result.ok().label: result.ok() for result in schema.get_all_operations()}
            statuses = {label: collections.Counter() for label in operations}
            checked += live(operations, server, failures, statuses)
            known = Known(server)
            for label, operation in operations.items():
                if operation.path == ENDLESS:
                    continue
                before = time.monotonic()
                checked += judge(operation, server, known, failures, statuses[label])
                seconds = time.monotonic() - before
                print(f"{label}: {dict(statuses[label])}, {seconds:.1f} s", file=sys.stderr)
                # What is never right says nothing of the answers that people get.
                if not any(200 <= status < 300 for status in statuses[label]):
                    failures[label].append(f"no request was answered as it should be: {dict(statuses[label])}")
            # A stream: its head and its first bytes.
            request = urllib.request.Request(server.base + ENDLESS)
            with urllib.request.urlopen(request, timeout=30) as answer:
                kind = answer.headers.get("Content-Type", "")
                if not kind.startswith("text/event-stream"):
                    failures[ENDLESS].append(f"its content type is {kind}")
            checked += 1
            if checked < 100:
                failures["all"].append(f"only {checked} requests were made")
            # It is still there and well.
            wait("the server answers after all of that", lambda: server.get("/healthz")[0] == 200, seconds=20)
        finally:
            status = server.stop()
        if status != 0:
            failures["SIGTERM"].append(f"the server ends with {status}: {server.log()[-500:]}")
    # Of each operation the first few; the same fault comes many times.
    told = [f"{name}: {text}" for name, texts in failures.items() for text in list(dict.fromkeys(texts))[:4]]
    print(json.dumps({"failures": told, "checked": checked}))


if __name__ == "__main__":
    main()
