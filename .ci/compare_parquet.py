"""Has DuckDB and Arrow write Parquet, picket read it, and both read what picket writes: compare_parquet.py PICKET WORK."""

import datetime as dt
import decimal
import json
import pathlib
import subprocess
import sys
import uuid

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

picket, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
faults = []
UTC = dt.timezone.utc
TIME = dt.datetime(2026, 11, 29, 1, 2, 3, 456789, tzinfo=UTC)
PLAIN = TIME.replace(tzinfo=None)
OLD = dt.datetime(1969, 12, 31, 23, 59, 59)
ID = uuid.UUID("0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f")

# A column of Arrow: its type in KQL, two values and nothing between them, and what is expected of the two.
ARROW = {
    "I8": ("int", pa.int8(), [1, -3], [1, -3]),
    "U8": ("int", pa.uint8(), [1, 255], [1, 255]),
    "U32": ("long", pa.uint32(), [1, 4294967295], [1, 4294967295]),
    "I64": ("long", pa.int64(), [1, -(2**63)], [1, -(2**63)]),
    "F16": ("real", pa.float16(), [1.5, -2.0], [1.5, -2.0]),
    "F32": ("real", pa.float32(), [1.5, -2.0], [1.5, -2.0]),
    "F64": ("real", pa.float64(), [1.5, -1e300], [1.5, -1e300]),
    "Bool": ("bool", pa.bool_(), [True, False], [True, False]),
    "Text": ("string", pa.string(), ["a", "\u00fc"], ["a", "\u00fc"]),
    "Large": ("string", pa.large_string(), ["a", "c"], ["a", "c"]),
    "Bytes": ("string", pa.binary(), [b"abc", b"d"], ["abc", "d"]),
    "Decimal": ("decimal", pa.decimal128(10, 2), [decimal.Decimal("1.23"), decimal.Decimal("-99999999.99")],
                ["1.23", "-99999999.99"]),
    "Date": ("datetime", pa.date32(), [dt.date(2026, 11, 29), dt.date(1960, 1, 1)],
             ["2026-11-29T00:00:00.0000000Z", "1960-01-01T00:00:00.0000000Z"]),
    "Millis": ("datetime", pa.timestamp("ms"), [PLAIN.replace(microsecond=456000), OLD],
               ["2026-11-29T01:02:03.4560000Z", "1969-12-31T23:59:59.0000000Z"]),
    "Micros": ("datetime", pa.timestamp("us", tz="UTC"), [TIME, OLD],
               ["2026-11-29T01:02:03.4567890Z", "1969-12-31T23:59:59.0000000Z"]),
    "Nanos": ("datetime", pa.timestamp("ns"), [PLAIN, OLD],
              ["2026-11-29T01:02:03.4567890Z", "1969-12-31T23:59:59.0000000Z"]),
    "Day": ("timespan", pa.time64("us"), [dt.time(1, 2, 3), dt.time(23, 59, 59)], ["01:02:03", "23:59:59"]),
    "List": ("dynamic", pa.list_(pa.int64()), [[1, 2], []], [[1, 2], []]),
    "Lists": ("dynamic", pa.list_(pa.list_(pa.int32())), [[[1], [2, 3]], [[]]], [[[1], [2, 3]], [[]]]),
    "Struct": ("dynamic", pa.struct([("a", pa.int64()), ("b", pa.string())]),
               [{"a": 1, "b": "x"}, {"a": None, "b": "y"}], [{"a": 1, "b": "x"}, {"a": None, "b": "y"}]),
    "Map": ("dynamic", pa.map_(pa.string(), pa.string()), [[("k", "v")], [("l", "w")]], [{"k": "v"}, {"l": "w"}]),
    "Structs": ("dynamic", pa.list_(pa.struct([("a", pa.int64())])), [[{"a": 1}], [{"a": None}]],
                [[{"a": 1}], [{"a": None}]]),
}
# A column of DuckDB: its type in KQL, its value, and what is expected.
DUCK = {
    "TimeGenerated": ("datetime", "timestamptz '2026-11-29 01:02:03.456789+00'", "2026-11-29T01:02:03.4567890Z"),
    "Tiny": ("int", "-3::tinyint", -3),
    "Unsigned": ("long", "4294967295::uinteger", 4294967295),
    "Huge": ("real", "3::hugeint", 3.0),
    "Decimal": ("decimal", "1.23::decimal(30,3)", "1.23"),
    "Id": ("guid", f"'{ID}'::uuid", str(ID)),
    "Text": ("string", f"'{ID}'::uuid", str(ID)),
    "Span": ("timespan", "interval '2 days 1 hour'", "2.01:00:00"),
    "List": ("dynamic", "[1, 2]", [1, 2]),
    "Struct": ("dynamic", "{'x': 1, 'y': ['q']}", {"x": 1, "y": ["q"]}),
    "Map": ("dynamic", "map {'k': 1}", {"k": 1}),
    "Json": ("dynamic", "'{\"a\":[1]}'::json", {"a": [1]}),
    "Enum": ("string", "'e1'::enum('e1', 'e2')", "e1"),
    "Nanos": ("datetime", "timestamp_ns '2026-11-29 01:02:03.123456789'", "2026-11-29T01:02:03.1234567Z"),
    "Seconds": ("datetime", "timestamp_s '2026-11-29 01:02:03'", "2026-11-29T01:02:03.0000000Z"),
    "Day": ("timespan", "time '01:02:03'", "01:02:03"),
    "Float": ("real", "1.5::float", 1.5),
}


def run(query, *flags):
    command = [picket, "kql", "run", "-", "--declarations", work / "tables.yaml", *flags]
    done = subprocess.run(command, input=query, capture_output=True, text=True)
    if done.returncode:
        faults.append(f"{query}: {done.stderr}")
    return done.stdout


def expect(name, ours, theirs):
    if ours != theirs:
        faults.append(f"{name}:\n  picket   {ours}\n  expected {theirs}")


def main():
    tables = {"Arrow_CL": {name: it[0] for name, it in ARROW.items()}, "Duck_CL": {name: it[0] for name, it in DUCK.items()}}
    declared = [{"name": name, "columns": columns} for name, columns in tables.items()]
    (work / "tables.yaml").write_text(json.dumps({"tables": declared}))
    arrow = pa.table({name: pa.array([it[2][0], None, it[2][1]], it[1]) for name, it in ARROW.items()})
    variants = {codec: {"compression": codec} for codec in ("snappy", "gzip", "lz4", "zstd", "none")}
    variants["pages of version 2"] = {"data_page_version": "2.0", "version": "2.6"}
    variants["old times"] = {"use_deprecated_int96_timestamps": True}
    variants["small pages"] = {"data_page_size": 1}
    variants["small row groups"] = {"row_group_size": 1}
    variants["other encodings"] = {"use_dictionary": False, "column_encoding": {
        "I64": "DELTA_BINARY_PACKED", "Text": "DELTA_BYTE_ARRAY", "Large": "DELTA_LENGTH_BYTE_ARRAY",
        "F64": "BYTE_STREAM_SPLIT"}}
    nothing = ["" if it[0] == "string" else None for it in ARROW.values()]
    rows = [[it[3][0] for it in ARROW.values()], nothing, [it[3][1] for it in ARROW.values()]]
    for name, options in variants.items():
        folder = work / name / "Arrow_CL"
        folder.mkdir(parents=True)
        pq.write_table(arrow, folder / "a.parquet", **options)
        expect(f"Arrow, {name}", json.loads(run("Arrow_CL", "--data", folder.parent, "--format", "json"))["rows"], rows)

    folder = work / "duck" / "Duck_CL"
    folder.mkdir(parents=True)
    columns = ", ".join(f'{it[1]} AS "{name}"' for name, it in DUCK.items())
    duckdb.sql(f"COPY (SELECT {columns} FROM range(2)) TO '{folder}/a.parquet' (FORMAT parquet)")
    row = [it[2] for it in DUCK.values()]
    expect("DuckDB", json.loads(run("Duck_CL", "--data", folder.parent, "--format", "json"))["rows"], [row, row])

    query = ("print B = true, I = int(1), L = long(-2), R = 1.5, M = decimal(1.25), T = datetime(2026-11-29 01:02:03.1234567),"
             f" S = 'x', N = int(null), D = dynamic({{'a': [1]}}), G = guid({ID})")
    run(query, "--format", "parquet", "--output", work / "made.parquet")
    duck = list(duckdb.sql(f"SELECT * FROM '{work / 'made.parquet'}'").fetchall()[0])
    made = pq.read_table(work / "made.parquet")
    ticks = made.column("T").cast(pa.int64())[0].as_py()
    expect("Arrow reads a time", ticks % 1_000_000_000, 123_456_700)
    at = made.column_names.index("T")
    made = made.set_column(at, "T", made.column("T").cast(pa.timestamp("us", tz="UTC"), safe=False))
    arrows = list(made.to_pylist()[0].values())
    for reader, values in (("DuckDB", duck), ("Arrow", arrows)):
        expect(f"{reader} reads", values[:5] + values[6:8], [True, 1, -2, 1.5, "1.25", "x", None])
        time = [values[5].year, values[5].hour, values[5].microsecond, values[5].utcoffset().total_seconds()]
        expect(f"{reader} reads", [time, values[9]], [[2026, 1, 123456, 0], ID])
        expect(f"{reader} reads", json.loads(values[8]), {"a": [1]})
    print("\n".join(faults) or f"Parquet: {len(variants)} files of Arrow and one of DuckDB are read, both read picket's")
    return 1 if faults else 0


sys.exit(main())
