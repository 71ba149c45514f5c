"""Prefect as its users run it, with its server and the exported file that serves its deployments, in a project's folder
with `dags/`: a run of the deployment nightly is asked for once, and what waits for it has to follow by itself."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

AWAITED = {"shop_nightly", "shop_after_orders", "shop_report"}
HOME = pathlib.Path(os.environ["PREFECT_HOME"])
SERVE = [sys.executable, "dags/shop_prefect.py"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORT = free_port()
lonely = subprocess.Popen(SERVE, stderr=subprocess.PIPE, text=True)
os.environ |= {"PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api", "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
HOME.mkdir(exist_ok=True)
log = HOME / "processes.log"
output = log.open("w")


def start(*words: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *words], stdout=output, stderr=output, start_new_session=True)


def until(what, processes: list[subprocess.Popen]):
    """Asks until there is an answer."""
    for _ in range(1500):
        if answer := what():
            return answer
        if any(process.poll() is not None for process in processes):
            sys.exit("ended by itself: " + log.read_text(errors="replace")[-5000:])
        time.sleep(0.2)
    sys.exit("no answer in time: " + log.read_text(errors="replace")[-5000:])


def is_up() -> bool:
    try:
        with urllib.request.urlopen(os.environ["PREFECT_API_URL"] + "/health"):
            return True
    except OSError:
        return False


processes = [start("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(PORT))]
try:
    until(is_up, processes)
    processes.append(start(*SERVE[1:]))

    from prefect import get_client
    from prefect.deployments import run_deployment
    from prefect.exceptions import ObjectNotFound

    def nightly():
        try:
            return run_deployment("shop_nightly/nightly", timeout=0)
        except ObjectNotFound:
            return None

    until(nightly, processes)
    with get_client(sync_client=True) as client:

        def ended() -> set[str]:
            names = {run.flow_id: "" for run in client.read_flow_runs() if run.state and run.state.is_completed()}
            found = {client.read_flow(flow).name for flow in names}
            return found if found >= AWAITED else set()

        until(ended, processes)
        print([(limit.name, limit.limit) for limit in client.read_global_concurrency_limits()])
finally:
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
complaint = lonely.communicate()[1]
if lonely.returncode != 1 or "prefect server start" not in complaint:
    sys.exit(f"without a server: {lonely.returncode} {complaint}")
