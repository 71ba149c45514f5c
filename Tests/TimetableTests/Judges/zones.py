"""Holds the offsets of time zones against Python's zoneinfo.

The file has a line ZONE|START|END|OFFSET for each stretch, in seconds. Prints how many zones and stretches there are;
the first differences, and exit status 1, if some offset is another one.
"""

import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
zones, stretches, differences = set(), 0, []
for line in open(sys.argv[1]):
    name, start, end, offset = line.rstrip("\n").split("|")
    start, end, offset = int(start), int(end), int(offset)
    zones.add(name)
    stretches += 1
    for moment in (start, start + 1, (start + end) // 2, end - 1):
        theirs = (EPOCH + timedelta(seconds=moment)).astimezone(ZoneInfo(name)).utcoffset().total_seconds()
        if theirs != offset:
            differences.append(f"{name} at {moment}: {offset}, not {theirs}")
print(f"{len(zones)} zones, {stretches} stretches")
if differences:
    print("\n".join(differences[:40]))
    sys.exit(1)
