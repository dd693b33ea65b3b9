"""Compares hunts over Parquet with SQL for DuckDB: each rule on the same file and as many threads, in one run.

    cargo build --release --features dev
    target/release/picket-dev hunt-speed FOLDER --rows 10000000   # generates the events once
    python3 benches/hunt_speed.py FOLDER PATH_TO_PICKET_DEV       # needs duckdb

The SQL is what a hand writes for the queries of the pack: `has` is a test for the text in lower case, which is less
than KQL asks for and so never slower. A rule whose query has another shape than the two the pack is written in is
passed over, and counted.
"""

import json
import re
import subprocess
import sys
import time

import duckdb

END = "TIMESTAMP '2026-11-30 00:00:00'"
TEXTS = re.compile(r'@?"([^"]*)"')


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def has(column, text):
    """A single text is looked for the quickest way that DuckDB has."""
    return f"{column} ILIKE " + quoted("%" + re.sub(r"([%_])", r"\\\1", text) + "%") + " ESCAPE '\\'"


def contains(column, text):
    return f"contains(lower({column}), {quoted(text.lower())})"


def condition(text):
    """The SQL of one comparison of KQL, or None."""
    text = text.strip()
    texts = TEXTS.findall(text)
    words = text.split(None, 2)
    column, operator = words[0], words[1]
    if operator.startswith("has_any"):
        return "(" + " OR ".join(contains(column, it) for it in texts) + ")"
    if operator == "has":
        return has(column, texts[0])
    if operator == "startswith":
        return f"starts_with(lower({column}), {quoted(texts[0].lower())})"
    if operator == "=~":
        return f"lower({column}) = {quoted(texts[0].lower())}"
    if operator in ("!in~", "in~", "in"):
        left = column if operator == "in" else f"lower({column})"
        right = ", ".join(quoted(it if operator == "in" else it.lower()) for it in texts)
        return f"{left} {'NOT ' if operator.startswith('!') else ''}IN ({right})"
    if operator == "matches":
        return f"regexp_matches({column}, {quoted(texts[0])})"
    if text == "TimeGenerated > ago(5d)":
        return f"TimeGenerated > {END} - INTERVAL 5 DAY"
    return None


def where(text):
    parts = re.split(r"\b(or|and)\b(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", text)
    if any("(" in part and ")" not in part for part in parts[::2]):
        return None
    made = [condition(part) if at % 2 == 0 else part for at, part in enumerate(parts)]
    return None if None in made else "(" + " ".join(made) + ")"


def aggregate(text):
    name, _, call = (it.strip() for it in text.partition("="))
    simple = re.fullmatch(r"(min|max|make_set)\((\w+)(?:, (\d+))?\)", call)
    if call == "count()":
        return f"count(*) AS {name}"
    if not simple:
        return None
    function, column, most = simple.groups()
    column = "TimeGenerated" if column == "Ingested" else column
    if function == "make_set":
        return f"list(DISTINCT {column})[1:{most}] AS {name}"
    return f"{function}({column}) AS {name}"


def sql(query, file):
    """The SQL for a query of the pack, or None where it has another shape."""
    query = re.sub(r"//.*", "", query)
    stages = [re.sub(r"\s+", " ", stage).strip() for stage in re.split(r"\n\s*\|", query)]
    if stages[0] != "DeviceNetworkEvents":
        return None
    before, after, order, chosen, late = [], [], "", None, ""
    for stage in stages[1:]:
        if stage.startswith("where ") and chosen is None:
            before.append(where(stage[6:]))
        elif stage == "where FirstIngested > ago(1h)":
            after.append(f"FirstIngested > {END} - INTERVAL 1 HOUR")
        elif stage == "order by FirstSeen asc":
            order = " ORDER BY FirstSeen"
        elif stage == "extend Ingested = ingestion_time()":
            continue
        elif stage.startswith("summarize "):
            body, _, keys = stage[10:].rpartition(" by ")
            last = re.search(r",? ?arg_max\( TimeGenerated, ([\w, ]+?) \)", body)
            columns = re.sub(r",? ?arg_max\([^)]*\)", "", body)
            chosen = [aggregate(it) for it in re.split(r", (?=\w+ = )", columns.strip(" ,"))]
            if last:
                fields = ", ".join(f"{it} := {it}" for it in last[1].split(", "))
                chosen.append(f"arg_max(struct_pack({fields}), TimeGenerated) AS Newest")
        elif stage.startswith("extend HostName = "):
            late += ", split_part(DeviceName, '.', 1) AS HostName"
        elif stage.startswith("extend DnsDomain = "):
            late += ", array_to_string(string_split(DeviceName, '.')[2:], '.') AS DnsDomain"
        else:
            return None
    if chosen is None or None in before + chosen:
        return None
    inner = f"SELECT {keys}, {', '.join(chosen)} FROM read_parquet('{file}')"
    inner += f" WHERE {' AND '.join(before)} GROUP BY {keys}"
    outer = f"SELECT *{late} FROM ({inner})" + (f" WHERE {' AND '.join(after)}" if after else "")
    return outer + order


def main():
    folder, program, *flags = sys.argv[1:]
    command = [program, "hunt-speed", folder, "--threads", "2", *flags]
    ours = [json.loads(line) for line in subprocess.run(command, check=True, capture_output=True).stdout.splitlines()]
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute("SET TimeZone = 'UTC'")
    sums, passed, differ = [0.0, 0.0], 0, []
    worst = []
    for line in ours:
        text = sql(line["query"], f"{folder}/DeviceNetworkEvents.parquet")
        if text is None:
            passed += 1
            continue
        begun = time.perf_counter()
        rows = len(connection.execute(text).fetchall())
        seconds = time.perf_counter() - begun
        if rows != line["rows"]:
            differ.append(f"{line['rule']}: {line['rows']} rows here, {rows} there")
        sums[0] += line["seconds"]
        sums[1] += seconds
        worst.append((line["seconds"] / seconds, line["rule"], line["seconds"], seconds))
    compared = len(ours) - passed
    print(f"{compared} rules, {passed} of another shape passed over, {len(differ)} with other rows")
    for text in differ[:10]:
        print(f"  {text}")
    for ratio, rule, here, there in sorted(worst, reverse=True)[:5]:
        print(f"  {ratio:.2f} times: {rule} ({here:.2f} s, {there:.2f} s)")
    print(f"picket {sums[0]:.1f} s, duckdb {sums[1]:.1f} s: {sums[0] / sums[1]:.2f} times")


if __name__ == "__main__":
    main()
