#!/usr/bin/env python3
"""Recomputes team figures and the health of changes from the event log alone.

It shares nothing with the program but what docs/changes.md says, so that a fault in either shows:

    hivedeck events --json --last 1000000 > events.jsonl
    hivedeck figures --json > figures.json
    python3 docs/tools/recompute.py events.jsonl figures.json

It prints each figure with both values, and each change whose health differs. Ends with 1 where the
two do not agree. Events must reach back to the beginning: `retention.events` drops them after 30 days.
Needs Python 3.9, and nothing else.
"""
import json
import math
import re
import sys
from datetime import datetime, timedelta, timezone

REWORK = timedelta(days=14)
SITTING = timedelta(minutes=5)
ALONE = timedelta(minutes=1)
AUDITED = 10_000  # entries that the audit keeps
TERMINAL = ("merged", "closed")
# What only who has the repository and the configuration can see.
LOOKED_AT = ("tests", "dependencies", "owners", "contract", "migration", "hot", "flaky", "cost",
             "pull")


def moment(text):
    if text is None:
        return None
    whole, _, fraction = text.rstrip("Z").partition(".")
    at = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return at + timedelta(microseconds=int((fraction + "000000")[:6]))


class World:
    """What the events lead to: the last view of each thing, and who had each change when."""

    def __init__(self, events):
        self.changes, self.tasks, self.attempts = {}, {}, {}
        self.forecasts, self.decisions, self.audit = {}, {}, {}
        self.waits = []
        open_waits = {}
        views = {
            "change": self.changes,
            "task": self.tasks,
            "attempt": self.attempts,
            "forecast": self.forecasts,
            "decision": self.decisions,
            "audit": self.audit,
        }
        for event in sorted(events, key=lambda e: e["seq"]):
            things = views.get(event["topic"])
            if things is None:
                continue
            if event.get("data") is None:
                things.pop(event["id"], None)
                continue
            view = event["data"]
            things[event["id"]] = view
            if event["topic"] == "change":
                self._holder(event, view, open_waits)

    def _holder(self, event, change, open_waits):
        at = moment(event["at"])
        verdict = change.get("verdict") or {}
        now = (verdict.get("holder", "nobody"), change["review"])
        held = open_waits.get(change["id"])
        if held is not None and held[0] == now:
            return
        if held is not None:
            given = now[0] != "nobody" and now[1] in ("approved", "returned")
            if given and held[0] == ("you", "wanted"):
                self.waits.append((change["id"], held[1], at))
            del open_waits[change["id"]]
        if now[0] != "nobody":
            open_waits[change["id"]] = (now, at)

    def merged(self):
        return [c for c in self.changes.values() if c["state"] == "merged"]

    def of(self, change):
        return [a for a in self.attempts.values() if a["task"] == change["task"]]

    def reverts(self):
        found = {}
        for change in sorted(self.merged(), key=lambda c: moment(c["mergedAt"])):
            task = self.tasks.get(change["task"], {})
            named = re.match(r"Revert #(\d+) ", change["title"])
            if task.get("kind") == "revert" and named:
                found.setdefault("C-" + named.group(1), moment(change["mergedAt"]))
        return found


def nearest_rank(values, share):
    if not values:
        return None
    return sorted(values)[math.ceil(share * len(values)) - 1]


def kinds(change):
    return {o["kind"] for o in (change.get("verdict") or {}).get("obstacles", [])}


def figures(world, since, until, now):
    """All figures of the time after since, and until that moment, by their names; as of now."""

    def within(at):
        return at is not None and since < at <= until

    merged = [c for c in world.merged() if within(moment(c["mergedAt"]))]
    n = len(merged)
    reverts = world.reverts()

    def share(test):
        return sum(1 for c in merged if test(c)) / n if n else None

    settled = [c for c in merged if moment(c["mergedAt"]) + REWORK <= now]

    def reworked(c):
        back = reverts.get(c["id"])
        return back is not None and back <= moment(c["mergedAt"]) + REWORK

    def tries(c):
        return sum(1 for a in world.of(c) if a["state"] in ("succeeded", "failed", "lost"))

    def opened(c):
        return moment(c["openedAt"])

    def begun(c):
        return min((moment(a["startedAt"]) for a in world.of(c)), default=opened(c))

    def compliant(c):
        lost = any("test" in o["text"] and o["kind"] == "tests" and "assert" not in o["text"]
                   for o in (c.get("verdict") or {}).get("obstacles", []))
        return (
            "size" not in kinds(c)
            and c["gates"]
            and not lost
            and c["review"] == "approved"
            and moment(c["mergedAt"]) - opened(c) <= timedelta(days=1)
        )

    def seconds(spans):
        return [s.total_seconds() for s in spans]

    def is_revert(c):
        return world.tasks.get(c["task"], {}).get("kind") == "revert"

    waits = seconds(end - begin for _, begin, end in world.waits if within(end))
    recovered = seconds(
        reverts[c["id"]] - moment(c["mergedAt"])
        for c in world.merged()
        if c["id"] in reverts and within(reverts[c["id"]])
    )
    prices = []
    for c in merged:
        attempts = world.of(c)
        costs = [a.get("cost") for a in attempts + c.get("agentReviews", [])]
        if None not in costs and (attempts or is_revert(c)):
            prices.append(sum(costs))

    sent, last, attention, commands = [], None, timedelta(0), 0
    entries = {int(e["id"][2:]): e for e in world.audit.values()}
    gone = max(entries, default=0) - AUDITED
    kept = min((n for n in entries if n > gone), default=0)  # events of the one after may be gone
    heard = max(since, moment(entries[kept]["at"])) if gone > 0 else since
    for entry in sorted(entries.values(), key=lambda e: (moment(e["at"]), int(e["id"][2:]))):
        if (int(entry["id"][2:]) > gone and entry["who"] == "you" and entry.get("error") is None
                and not entry["command"].startswith("notice.")
                and entry["command"] != "change.read"):
            sent.append(moment(entry["at"]))
    for at in sent:
        took = at - last if last is not None and at - last <= SITTING else ALONE
        last = at
        if within(at):
            commands += 1
            attention += took

    worked, reached = timedelta(0), heard
    for a in sorted(world.attempts.values(), key=lambda a: moment(a["startedAt"])):
        begin = max(moment(a["startedAt"]), reached)
        end = min(moment(a["endedAt"]) or until, until)
        if end > begin:
            worked += end - begin
            reached = end
    days = (until - since) / timedelta(days=1)
    at_hand = sum(1 for c in merged if moment(c["mergedAt"]) > heard)
    return {
        "without-rework": (sum(1 for c in settled if not reworked(c)) / len(settled)
                           if settled else None),
        "first-try": share(lambda c: tries(c) <= 1),
        "small": share(lambda c: "size" not in kinds(c)),
        "xp": share(compliant),
        "velocity": n / (days / 7),
        "lead-time": nearest_rank(seconds(moment(c["mergedAt"]) - begun(c) for c in merged), 0.5),
        "review-wait": nearest_rank(waits, 0.5),
        "change-lead-time": nearest_rank(
            seconds(moment(c["mergedAt"]) - opened(c) for c in merged), 0.5),
        "deployment-frequency": n / days,
        "change-fail-rate": share(lambda c: c["id"] in reverts),
        "recovery-time": nearest_rank(recovered, 0.5),
        "rework-rate": share(is_revert),
        "autonomy": worked / timedelta(hours=1) / commands if commands and worked else None,
        "attention": attention / timedelta(minutes=1) / at_hand if at_hand else None,
        "cost": sum(prices) / len(prices) if prices else None,
    }


def health(world, change):
    """The score, from what the change, its forecast, its task and its questions are."""
    over = change["state"] in TERMINAL
    points, blocks = 0, False

    obstacles = (change.get("verdict") or {}).get("obstacles", [])
    let_be = {o["code"] for o in obstacles if o.get("cleared")}

    def costs(code, some, blocking=False):
        nonlocal points, blocks
        if code in let_be:
            return
        points += some
        blocks = blocks or blocking

    for gate in change["gates"]:
        if gate["outcome"] == "failed":
            costs("gate:" + gate["gate"], 25, not over)
        elif gate["outcome"] == "warned":
            costs("gate:" + gate["gate"], 10)
    if not change["gates"] and change["state"] != "merged":
        costs("unchecked", 10)
    wanted = next((o for o in obstacles if o["kind"] == "size"), None)
    if wanted:  # its limits are in the configuration: the event names only the one it went beyond
        costs("size", wanted["points"], wanted["blocks"])
    met = [] if over else world.forecasts.get(change["id"], {}).get("encounters", [])
    conflicts = [m["with"] for m in met if m["meeting"] == "conflict"]
    if change["state"] == "conflicted" or "main" in conflicts:
        costs("conflict:main", 15, not over)
    others = [w for w in conflicts if w != "main" and "conflict:" + w not in let_be]
    costs("conflict", min(16, 8 * len(others)))
    behind = 0 if over else world.forecasts.get(change["id"], {}).get("behind", 0)
    if behind >= 10:
        costs("behind", min(5, behind // 10))
    if change["risks"]:
        costs("approval", 10)
    if change["review"] == "returned" and not over:
        costs("returned", 15, True)
    asked = [d for d in world.decisions.values()
             if d["task"] == change["task"] and d["state"] == "open"]
    if asked and not over:
        ids = sorted((d["id"] for d in asked), key=lambda i: int(i[2:]))
        costs("question:" + ",".join(ids), 0, True)
    # What its diff shows is not told otherwise: taken as it is.
    for obstacle in obstacles:
        if obstacle["kind"] in LOOKED_AT:
            costs(obstacle["code"], obstacle["points"], obstacle["blocks"])
    unresolved = [c for c in change["comments"] if c.get("file") is not None
                  and c.get("replyTo") is None and c.get("resolvedBy") is None
                  and not c.get("outside")]
    if unresolved and not over:
        costs("comments", 5)
    rounds = 0 if over else len(world.of(change)) - 2
    if rounds > 0:
        costs("attempts", min(6, 2 * rounds))
    score = 100 - points
    return max(0, min(score, 40) if blocks else score)


def agree(a, b):
    if a is None or b is None:
        return a is None and b is None
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=2e-3)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__)
        return 2
    with open(arguments[0], encoding="utf-8") as lines:
        world = World(json.loads(line) for line in lines if line.strip())
    with open(arguments[1], encoding="utf-8") as file:
        told = json.load(file)
    wrong = 0
    until = moment(told["until"])
    mine = figures(world, moment(told["from"]), until, until)
    for figure in told["figures"]:
        same = agree(figure.get("value"), mine.get(figure["name"]))
        wrong += not same
        print(f"{'ok ' if same else 'NOT'} {figure['name']}: {figure.get('value')}"
              f" and {mine.get(figure['name'])}")
    for change in world.changes.values():
        score = health(world, change)
        if score != change["health"]:
            wrong += 1
            print(f"NOT health of {change['id']}: {change['health']} and {score}")
    print(f"{len(told['figures'])} figures, {len(world.changes)} changes, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
