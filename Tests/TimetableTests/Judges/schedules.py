"""Holds the times of schedules against what walking every minute of a year finds, and against croniter.

The file has a line ZONE|YEAR|EXPRESSION|MINUTES for each schedule: the minutes since 1970 at which it is due, separated
by blanks. Prints how many schedules and times agree; the first differences, and exit status 1, if some do not.

What is due is found without any cron library: every minute of the year is asked for its local time, and what clocks
leave out is seen in passing. croniter fires fixed times once more when clocks are put back; apart from that it agrees.
"""

import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from croniter import croniter

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()


def year_of(zone, year):
    """Local minute -> moments that show it; and local minute left out -> the moment of the change. In minutes."""
    info = ZoneInfo(zone)
    shown, left_out = {}, {}
    moment = datetime(year, 1, 1, tzinfo=timezone.utc) - timedelta(days=2)
    end = datetime(year + 1, 1, 1, tzinfo=timezone.utc) + timedelta(days=2)
    minute = int(moment.timestamp()) // 60
    before = None
    while moment < end:
        local = moment.astimezone(info).replace(tzinfo=None)
        if before is not None and local - before > timedelta(minutes=1):
            skipped = before + timedelta(minutes=1)
            while skipped < local:
                left_out[skipped] = minute
                skipped += timedelta(minutes=1)
        shown.setdefault(local, []).append(minute)
        before = local
        moment += timedelta(minutes=1)
        minute += 1
    return shown, left_out


def values(text, low, high, names):
    """The values of a field; none of its items is special."""
    found = set()
    for item in text.split(","):
        base, _, step = item.partition("/")
        first, _, last = base.partition("-")
        number = lambda word: names.index(word) + low if word in names else int(word)
        if base in ("*", "?"):
            start, stop = low, high
        else:
            start = number(first)
            stop = number(last) if last else (high if step else start)
        found.update(range(start, stop + 1, int(step or 1)))
    return found


def day_matches(text, day, weekday_text):
    """Whether a day fulfils the fields for the day of the month and of the week."""
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    by_month = any(
        day.day == last.day if item == "L" else day.day in values(item, 1, 31, []) for item in text.split(",")
    )
    weekday = day.isoweekday() % 7

    def named(item):
        if "#" in item:
            name, _, number = item.partition("#")
            return weekday in {v % 7 for v in values(name, 0, 7, WEEKDAYS)} and (day.day + 6) // 7 == int(number)
        if item.endswith("L"):
            return weekday in {v % 7 for v in values(item[:-1], 0, 7, WEEKDAYS)} and day.day + 7 > last.day
        return weekday in {v % 7 for v in values(item, 0, 7 if "7" in item else 6, WEEKDAYS)}

    by_week = any(named(item) for item in weekday_text.split(","))
    month_free, week_free = text in ("*", "?"), weekday_text in ("*", "?")
    if not month_free and not week_free:
        return by_month or by_week
    return by_month and by_week


def walk(expression, shown, left_out):
    minute_text, hour_text, day_text, month_text, weekday_text = expression.split()
    minutes = values(minute_text, 0, 59, [])
    hours = values(hour_text, 0, 23, [])
    months = values(month_text, 1, 12, MONTHS)
    every_hour = hours == set(range(24))
    days = {}
    due = set()
    for local, moments in shown.items():
        if local.minute in minutes and local.hour in hours and local.month in months:
            day = local.date()
            if day not in days:
                days[day] = day_matches(day_text, day, weekday_text)
            if days[day]:
                due.update(moments if every_hour else moments[:1])
    if not every_hour:
        for local, moment in left_out.items():
            if local.minute in minutes and local.hour in hours and local.month in months:
                if day_matches(day_text, local.date(), weekday_text):
                    due.add(moment)
    return due, every_hour


def by_croniter(expression, zone, low, high):
    """croniter's times, each with whether clocks show it for the second time."""
    fields = expression.split()
    # It writes FRIL as L5.
    number = lambda word: str(WEEKDAYS.index(word)) if word in WEEKDAYS else word
    fields[4] = ",".join("L" + number(item[:-1]) if item.endswith("L") else item for item in fields[4].split(","))
    info = ZoneInfo(zone)
    start = datetime.fromtimestamp(low * 60 - 1, info)
    times = croniter(" ".join(fields), start)
    found = {}
    while True:
        time = times.get_next(datetime)
        minute = int(time.timestamp()) // 60
        if minute >= high:
            return found
        found[minute] = time.fold == 1


def main():
    years = {}
    schedules = times = compared = 0
    differences = []
    for line in open(sys.argv[1]):
        zone, year, expression, text = line.rstrip("\n").split("|")
        if (zone, year) not in years:
            years[zone, year] = year_of(zone, int(year))
        shown, left_out = years[zone, year]
        low = int(datetime(int(year), 1, 1, tzinfo=timezone.utc).timestamp()) // 60
        high = int(datetime(int(year) + 1, 1, 1, tzinfo=timezone.utc).timestamp()) // 60
        found = {int(minute) for minute in text.split()}
        due, every_hour = walk(expression, shown, left_out)
        due = {minute for minute in due if low <= minute < high}
        schedules += 1
        times += len(due)

        def differ(judge, wanted):
            for minute in sorted(found ^ wanted)[:3]:
                local = datetime.fromtimestamp(minute * 60, ZoneInfo(zone))
                differences.append(f"{zone} '{expression}' {local}: {'too much' if minute in found else 'missing'} ({judge})")

        if found != due:
            differ("walking", due)
        if len(due) <= 9000:
            theirs = by_croniter(expression, zone, low, high)
            wanted = {minute for minute, is_second in theirs.items() if every_hour or not is_second}
            compared += 1
            if found != wanted:
                differ("croniter", wanted)
    print(f"{schedules} schedules, {times} times, {compared} by croniter")
    if differences:
        print("\n".join(differences[:40]))
        sys.exit(1)


main()
