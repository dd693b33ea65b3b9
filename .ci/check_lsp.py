"""Holds answers of `picket lsp` against the types of the protocol, as lsprotocol generates them from its model.

    check_lsp.py ANSWERS

An answer must be read as its type, and what was read must be written as the answer was: a property that the type does not
have would be lost on the way.
"""

import json
import sys

from lsprotocol import converters, types

converter = converters.get_converter()


def without_null(value):
    if isinstance(value, dict):
        return {key: without_null(part) for key, part in value.items() if part is not None}
    return [without_null(part) for part in value] if isinstance(value, list) else value


def problem(message, kind):
    """Why `message` is not of the type `kind`."""
    try:
        read = converter.structure(message, kind)
    except Exception as error:  # noqa: BLE001: whatever it is, the answer is not of the type
        return f"{kind.__name__}: {error!r}"
    written = without_null(converter.unstructure(read, kind))
    if written != without_null(message):
        return f"{kind.__name__}: read and written again it is {json.dumps(written)[:300]}"
    return None


def main():
    seen, items_seen, wrong, checked = set(), set(), [], {}

    def hold(name, message, kind):
        key = (name, json.dumps(message, sort_keys=True))
        if key in seen:
            return
        seen.add(key)
        checked[name] = checked.get(name, 0) + 1
        found = problem(message, kind)
        if found:
            wrong.append(f"{name}: {found}\n  {key[1][:300]}")

    for line in open(sys.argv[1], encoding="utf-8"):
        answer = json.loads(line)
        method, result = answer["method"], answer["result"]
        if method == "textDocument/publishDiagnostics":
            hold(method, result, types.PublishDiagnosticsParams)
            continue
        if method == "textDocument/completion" and result:
            # Lists hold the same items again and again, each at the place of its list: an item is held once.
            items = result["items"] if isinstance(result, dict) else result
            for item in items:
                if (item["label"], item.get("kind")) not in items_seen:
                    items_seen.add((item["label"], item.get("kind")))
                    hold("completion item", item, types.CompletionItem)
            result = {**result, "items": items[:1]} if isinstance(result, dict) else items[:1]
        hold(method, {"id": 1, "jsonrpc": "2.0", "result": result}, types.METHOD_TO_TYPES[method][1])
    print("distinct answers held against the protocol:", checked)
    for text in wrong[:20]:
        print(text)
    if wrong:
        sys.exit(f"{len(wrong)} answers are not of their type")


main()
