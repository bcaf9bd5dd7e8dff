"""Ways to tell another process of lines just committed to PostgreSQL: latency and CPU of each.

``python -m benchmarks.fan_out postgresql://USER:PASSWORD@HOST:PORT/DATABASE`` (an empty database; a
throw-away one: ``python -m tests.postgres python -m benchmarks.fan_out``).  A writer commits groups
of 1, 10 and 100 lines, durably; a second process that follows them stamps each line when it has it:

- ``payload``: one ``NOTIFY`` a line with its text, in the committing transaction;
- ``number``: one ``NOTIFY`` a group, upon which the follower reads the table;
- ``poll``: no ``NOTIFY``; the follower reads the table every 5 ms.

PostgreSQL takes one lock for the whole server while a transaction that notified commits, so such
commits cannot share a flush: ``two writers`` shows what that costs.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

import psycopg

WAYS = ("none", "payload", "number", "poll")
GROUPS = (1, 10, 100)
COMMITS = 60
RUNS = 5
PAUSE_S = 0.004
POLL_S = 0.005
TEXT = "子どもが息をしていません。住所は見本町一丁目です。"


def commit(connection: psycopg.Connection, way: str, first: int, group: int, writer: int) -> None:
    """Store a group of lines in one transaction, and notify of it."""
    rows = [(writer, first + each, TEXT) for each in range(group)]
    with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
        cursor.executemany("INSERT INTO fan_out (writer, seq, text) VALUES (%s, %s, %s)", rows)
        if way == "payload":
            cursor.executemany(
                "SELECT pg_notify('fan_out', %s)", [(f"{seq} {TEXT}",) for _, seq, _ in rows]
            )
        elif way == "number":
            cursor.execute("SELECT pg_notify('fan_out', %s)", (str(first + group - 1),))


def follow(url: str, way: str, total: int, pipe: Connection) -> None:
    """Take lines until all are there; sends when each came, and the CPU seconds that it took."""
    came: dict[int, float] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        if way != "poll":
            connection.execute("LISTEN fan_out")
        pipe.send("ready")
        began = time.process_time()
        last = 0
        while len(came) < total:
            if way == "poll":
                time.sleep(POLL_S)
            else:
                for notify in connection.notifies(timeout=30, stop_after=1):
                    if way == "payload":
                        came[int(notify.payload.split(" ", 1)[0])] = time.perf_counter()
                if way == "payload":
                    continue
            found = connection.execute(
                "SELECT seq, text FROM fan_out WHERE seq > %s ORDER BY seq", (last,)
            ).fetchall()
            now = time.perf_counter()
            came |= {seq: now for seq, _ in found}
            last = max(came, default=0)
        pipe.send((came, time.process_time() - began))


def one(url: str, way: str, group: int) -> tuple[float, float, float, float]:
    """Commit ms, latency p50 and p99 ms (from before the commit), the follower's CPU us a line."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE fan_out")
        ours, theirs = multiprocessing.Pipe()
        total = COMMITS * group
        process = None
        if way != "none":
            process = multiprocessing.Process(target=follow, args=(url, way, total, theirs))
            process.start()
            ours.recv()
        sent: dict[int, float] = {}
        took = []
        for number in range(COMMITS):
            first = number * group + 1
            began = time.perf_counter()
            commit(connection, way, first, group, 0)
            took.append(time.perf_counter() - began)
            sent |= {first + each: began for each in range(group)}
            time.sleep(PAUSE_S)
        if process is None:
            return statistics.median(took) * 1e3, 0.0, 0.0, 0.0
        came, cpu = ours.recv()
        process.join()
    late = sorted(came[seq] - sent[seq] for seq in sent)
    p99 = late[int(len(late) * 0.99) - 1]
    return (
        statistics.median(took) * 1e3,
        statistics.median(late) * 1e3,
        p99 * 1e3,
        cpu / total * 1e6,
    )


def write_on(url: str, way: str, writer: int, pipe: Connection) -> None:
    """One of several writers, as fast as it can; sends how long its commits took."""
    with psycopg.connect(url, autocommit=True) as connection:
        pipe.send("ready")
        pipe.recv()
        began = time.perf_counter()
        for number in range(5 * COMMITS):
            commit(connection, way, writer * 10**6 + number * 10, 10, writer)
        pipe.send(time.perf_counter() - began)


def writers(url: str, way: str, count: int) -> float:
    """Commits of 10 lines a second of all writers together."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE fan_out")
    pipes = []
    for writer in range(count):
        ours, theirs = multiprocessing.Pipe()
        multiprocessing.Process(target=write_on, args=(url, way, writer, theirs)).start()
        pipes.append(ours)
    for pipe in pipes:
        pipe.recv()
    for pipe in pipes:
        pipe.send("go")
    return count * 5 * COMMITS / max(float(pipe.recv()) for pipe in pipes)


def main(arguments: Sequence[str]) -> int:
    """Print both tables."""
    given = arguments[0] if arguments else os.environ.get("NET119_DATABASE__URL", "")
    url = given.replace("{operator}", "aoba")
    if not url:
        print(__doc__, file=sys.stderr)
        return 2
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE fan_out (writer int, seq int, text text, PRIMARY KEY (seq, writer))"
        )
    print("| lines a commit | way | commit | latency p50 | p99 | follower's CPU a line |")
    print("| --- | --- | --- | --- | --- | --- |")
    for group in GROUPS:
        runs: dict[str, list[tuple[float, float, float, float]]] = {way: [] for way in WAYS}
        for _ in range(RUNS):
            for way in WAYS:
                runs[way].append(one(url, way, group))
        for way in WAYS:
            ms, p50, p99, cpu = (statistics.median(each) for each in zip(*runs[way], strict=True))
            more = f"{p50:.1f} ms | {p99:.1f} ms | {cpu:.0f} us" if way != "none" else "| |"
            print(f"| {group} | {way} | {ms:.1f} ms | {more} |", flush=True)
    print("\n| writers | way | commits of 10 lines a second |\n| --- | --- | --- |")
    for count in (1, 2, 4):
        rates: dict[str, list[float]] = {way: [] for way in WAYS[:3]}
        for _ in range(RUNS):
            for way in rates:
                rates[way].append(writers(url, way, count))
        for way, found in rates.items():
            print(f"| {count} | {way} | {statistics.median(found):.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
