"""Runs the SQL of each line of `cargo dev kql-duckdb` with DuckDB and compares its rows with picket's."""

import json
import math
import sys

import duckdb


def cell(value):
    """A value of DuckDB as the line writes it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN"
    return value.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def near(ours, theirs):
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
    return ours == theirs


def order(row):
    return [(value is None, type(value).__name__ in ("int", "float"), str(value)) for value in row]


def same(ours, theirs, ordered):
    if len(ours) != len(theirs):
        return False
    if not ordered:
        ours, theirs = sorted(ours, key=order), sorted(theirs, key=order)
    return all(len(a) == len(b) and all(map(near, a, b)) for a, b in zip(ours, theirs))


def main():
    database = duckdb.connect()
    cases = differing = 0
    for line in sys.stdin:
        case = json.loads(line)
        cases += 1
        theirs = [[cell(value) for value in row] for row in database.sql(case["sql"]).fetchall()]
        answer = case["answer"]
        if "error" not in answer and same(answer["rows"], theirs, case["ordered"]):
            continue
        differing += 1
        if differing <= 5:
            print(f"case {case['id']} differs\n{case['kql']}\n{case['sql']}\n  picket  {answer}\n  DuckDB  {theirs}\n")
    print(f"{cases} cases, {differing} differ")
    return 1 if differing or not cases else 0


sys.exit(main())
