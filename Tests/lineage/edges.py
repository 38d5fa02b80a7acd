"""Who read what, and whose it was: a plain walk over what the views tell of inputs and outputs, sharing no code with the tool.

Prints a line an edge: reader, address, writer. An attempt reads when it begins and writes when it ends; what it was given and
gives back it only passes on; who wrote what is read is the last one before.
"""
import json
import sqlite3
import sys


def address(uri):
    scheme, colon, rest = uri.partition("://")
    if not colon:
        return uri[:-1] if uri.endswith("/") and len(uri) > 1 else uri
    scheme = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}.get(scheme.lower(), scheme.lower())
    if rest.endswith("/"):
        rest = rest[:-1]
    return f"{scheme}://{rest}"


def addresses(value):
    if isinstance(value, dict):
        if isinstance(value.get("uri"), str):
            yield address(value["uri"])
        else:
            for inner in value.values():
                yield from addresses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from addresses(inner)


archive = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
times = {}
for project, domain, execution, node, attempt, created, started, ended in archive.execute(
    "SELECT project, domain, execution, node_id, attempt, created_at, started_at, ended_at FROM v_task_execution"
):
    times[project, domain, execution, node, attempt] = (max(created, started or created), ended)

given, told = {}, {}
for project, domain, execution, node, attempt, direction, value in archive.execute(
    "SELECT project, domain, execution, node_id, attempt, direction, value_json FROM v_literal"
    " WHERE attempt IS NOT NULL AND uri IS NOT NULL"
):
    place = (project, domain, execution, node, attempt)
    found = (given if direction == "input" else told).setdefault(place, set())
    found.update(addresses(json.loads(value)))

writes = {}
for place, found in told.items():
    for uri in found - given.get(place, set()):
        writes.setdefault(uri, []).append((times[place][1], place[:3]))

edges = set()
for place, found in given.items():
    for uri in found:
        before = [write for write in writes.get(uri, []) if write[0] <= times[place][0]]
        if before:
            last = max(before)[0]
            for time, writer in before:
                if time == last and writer != place[:3]:
                    edges.add(("/".join(place[:3]), uri, "/".join(writer)))
for edge in sorted(edges):
    print("|".join(edge))
