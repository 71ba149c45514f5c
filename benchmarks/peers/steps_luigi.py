"""Luigi with one worker and its local scheduler: `steps_luigi.py SHAPE WIDTH`. It records nothing; what is done is told
by targets, here in memory."""

import json
import sys
import time

import luigi
from luigi.mock import MockTarget
from steps_shapes import inputs

INPUTS = inputs(sys.argv[1], int(sys.argv[2]))


class Step(luigi.Task):
    number = luigi.IntParameter()

    def requires(self):
        return [Step(number) for number in INPUTS[self.number]]

    def output(self):
        return MockTarget(f"step_{self.number}")

    def run(self):
        with self.output().open("w") as target:
            target.write("")


sys.setrecursionlimit(10_000)
start = time.perf_counter()
done = luigi.build([Step(len(INPUTS) - 1)], workers=1, local_scheduler=True, log_level="WARNING")
seconds = time.perf_counter() - start
if not done:
    sys.exit("luigi failed")
print(json.dumps({"steps": len(INPUTS), "seconds": seconds}))
