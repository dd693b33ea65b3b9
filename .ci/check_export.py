"""Compares what `picket export` writes with what other people's tools read: see check-export."""

import glob, json, os, random, re, shutil, subprocess, sys, unicodedata, uuid

import tree_sitter, tree_sitter_bicep

picket, work = sys.argv[1:]
FORMS = {"arm": "json", "bicep": "bicep", "terraform": "tf", "json": "json"}
BITS = ["'", '"', "\\", "${x}", "$${x}", "$$${", "%{ if x }", "%%{", "%%%{", "'''", "''", "''''", "[concat('a')]", "]", "$", "%", "{", "}",
        "\n", "\n\n", "\r\n", "\t", "\u2028", "\u202e", "\ufeff", "\x7f", "é", "😀", "EOT", "\nEOT\n", "\n  EOT", "// ", "/*", "# ",
        "\\n", "\\u{41}", "\\u0041", "a", " ", "  ", "<<EOT", "~", "{{x}}", "$'''", "\\(", "`"]


def hostile(chance, lines, slashes):
    """A text of bits that mean something to one of the languages; with ends of lines and with what begins a comment, or not."""
    bits = [bit for bit in BITS if (lines or "\n" not in bit) and (slashes or "/" not in bit)]
    return "x" + "".join(chance.choice(bits) for _ in range(chance.randint(1, 12))) + chance.choice(["", "x", "'"])


def rule(chance, at):
    text = lambda lines=False: hostile(chance, lines, at % 4 == 0)
    made = {
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)), "name": text(True), "kind": ["Scheduled", "NRT", "Hunting"][at % 3],
        "description": text(True), "severity": "High", "tactics": ["CommandAndControl"], "relevantTechniques": ["T1219.002", text()],
        "query": text(True) + chance.choice(["", "\n", "\n\n", "\n'"]),
        "entityMappings": [{"entityType": text(), "fieldMappings": [{"identifier": text(), "columnName": text()}]}],
        "customDetails": {text(): text(), "for": "in", "a b": "c"}, "tags": {text(): text(), "null": "for"}, "sentinelEntitiesMappings": [{"columnName": text(True)}],
        "incidentConfiguration": {"createIncident": True, "groupingConfiguration": {"enabled": True, "matchingMethod": "Selected", "groupByCustomDetails": [text(True), text()]}},
        "alertDetailsOverride": {"alertDisplayNameFormat": text(), "alertDynamicProperties": [{"alertProperty": "AlertLink", "value": text()}]},
    }
    if made["kind"] == "Scheduled":
        made |= {"queryFrequency": "1h", "queryPeriod": "1d", "triggerOperator": "gt", "triggerThreshold": at}
    return made


def content(chance, folder):
    """Content beside rules: a watchlist, functions of which one names the other, an automation rule; hostile in each text."""
    text = lambda lines=False: hostile(chance, lines, False)
    quoted = lambda value: '"' + value.replace('"', '""') + '"'
    name = lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4))
    items = [["Host", "Note"], *[[f"srv{at}", text()] for at in range(20)]]
    write(f"{folder}/list.yaml", {"alias": "Assets", "name": text(), "description": text(True), "searchKey": "Host", "items": "list.csv"})
    with open(f"{folder}/list.csv", "w", newline="") as file:
        file.write("".join(",".join(map(quoted, row)) + "\n" for row in items))
    literal = json.dumps(text(True).replace("\x7f", ""), ensure_ascii=True).replace("/", "")
    write(f"{folder}/inner.yaml", {"name": "Inner", "displayName": text(), "category": text(), "body": f"print Note = {literal}\n| where Note in ((_GetWatchlist('Assets') | project Host))\n"})
    write(f"{folder}/outer.yaml", {"name": "Outer", "displayName": text(), "body": "Inner\n| take 1\n"})
    write(f"{folder}/close.yaml", {
        "id": name(), "name": text(), "order": 1, "triggeringLogic": {"triggersOn": "Incidents", "triggersWhen": "Created",
        "conditions": [{"conditionType": "Property", "conditionProperties": {"propertyName": "IncidentTitle", "operator": "Contains", "propertyValues": [text(True)]}}]},
        "actions": [{"actionType": "AddIncidentTask", "actionConfiguration": {"title": text(), "description": text(True)}}],
    })


def write(path, value):
    # JSON's pairs of surrogates are no escapes of YAML.
    text = json.dumps(value, ensure_ascii=False)
    with open(path, "w") as file:
        file.write("".join(f"\\u{ord(c):04x}" if 0x7E < ord(c) < 0x10000 else c for c in text))


# What each resource depends on, by form and name.
DEPENDS = {"arm": {}, "bicep": {}, "terraform": {}}


def export(folder, *paths):
    texts = {}
    for form in FORMS:
        run = subprocess.run([picket, "export", form, *paths], cwd=folder, capture_output=True)
        if run.returncode:
            sys.exit(f"picket export {form}: {run.returncode}\n{run.stderr.decode()[:2000]}")
        texts[form] = run.stdout.decode()
    return texts


def without_etag(body):
    return {key: value for key, value in body.items() if key not in ("type", "apiVersion", "name", "etag", "dependsOn")}


def of_json(text):
    return {entry["name"]: (f"{entry['type']}@{entry['apiVersion']}", without_etag(entry)) for entry in json.loads(text)}


def literal(value):
    """A value of a template, of which every text is to be one and no expression."""
    if isinstance(value, dict):
        return {key: literal(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [literal(entry) for entry in value]
    if isinstance(value, str) and value.startswith("["):
        if not value.startswith("[["):
            sys.exit(f"an expression: {value}")
        return value[1:]
    return value


def of_arm(text):
    """By Microsoft's rules for templates."""
    found = {}
    for entry in json.loads(text)["resources"]:
        name = re.fullmatch(r"\[concat\(parameters\('workspace'\), '/(Microsoft.SecurityInsights/)?([\w.-]+)'\)\]", entry["name"])
        of = "Microsoft.SecurityInsights/" + entry["type"].rsplit("/", 1)[1] if name[1] else entry["type"]
        if "dependsOn" in entry:
            DEPENDS["arm"][name[2]] = sorted(re.search(r"'([\w.-]+)'\)\]$", it)[1] for it in entry["dependsOn"])
        found[name[2]] = (f"{of}@{entry['apiVersion']}", literal(without_etag(entry)))
    return found


ESCAPE = re.compile(r"\\(u\{([0-9a-fA-F]+)\}|.)", re.S)
LETTERS = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "$": "$"}


def of_bicep(text, least):
    """By tree-sitter's grammar, the escapes by the language's page on strings. The grammar takes what begins a comment for one in
    some strings, too, and stumbles over `$\\${`: such blocks are left out, and `least` is the part that it has to read."""
    blocks = re.split(r"(?m)^(?=// .*\nresource )", text)
    found = {}
    for block in blocks:
        if least == 1 or not re.search("/[/*]", block.split("\n", 1)[1]):
            found |= of_bicep_block(block.encode()) or {}
    if len(found) < least * (len(blocks) - 1):
        sys.exit(f"bicep: tree-sitter reads {len(found)} of {len(blocks) - 1}")
    return found


def of_bicep_block(source):
    root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language())).parse(source).root_node
    if root.has_error:
        return None
    raw = lambda node: source[node.start_byte:node.end_byte].decode()

    def string(node):
        if any(child.type == "interpolation" for child in node.children):
            sys.exit(f"bicep: an interpolation in {raw(node)}")
        inner = raw(node)
        if inner.startswith("'''"):
            return re.sub(r"\A\r?\n", "", inner[3:-3])
        return ESCAPE.sub(lambda it: chr(int(it[2], 16)) if it[2] else LETTERS[it[1]], inner[1:-1])

    def value(node):
        if node.type == "string":
            return string(node)
        if node.type == "object":
            return {key(entry): value(entry.named_children[-1]) for entry in node.named_children if entry.type == "object_property"}
        if node.type == "array":
            return [value(child) for child in node.named_children]
        if node.type == "identifier":
            return ("symbol", raw(node))
        return json.loads(raw(node))

    def key(entry):
        name = entry.named_children[0]
        return string(name) if name.type == "string" else raw(name)

    found = {}
    for node in root.children:
        if node.type != "resource_declaration" or "existing" in [child.type for child in node.children]:
            continue
        of = next(string(child) for child in node.children if child.type == "string")
        body = value(next(child for child in node.children if child.type == "object"))
        place = "scope" if of.startswith("Microsoft.SecurityInsights/") else "parent"
        if body.pop(place) != ("symbol", "sentinel"):
            sys.exit(f"bicep: {body['name']} is not in the workspace")
        if "dependsOn" in body:
            DEPENDS["bicep"][body["name"]] = sorted(symbol.split("_", 1)[1] for _, symbol in body["dependsOn"])
        found[body["name"]] = (of, without_etag(body))
    return found


def of_bicep_itself(text):
    path = f"{work}/main.bicep"
    with open(path, "w", newline="") as file:
        file.write(text)
    built = json.loads(subprocess.run(["bicep", "build", path, "--stdout"], check=True, capture_output=True).stdout)["resources"]
    found = {}
    for entry in built.values() if isinstance(built, dict) else built:
        if entry.get("existing"):
            continue
        name = re.search(r"[\w.-]+(?='\)\]$)|[\w.-]+$", entry["name"])[0]
        body = {key: entry[key] for key in ("kind", "properties") if key in entry}
        found[name] = (f"{entry['type']}@{entry['apiVersion']}", literal(body))
    return found


def of_terraform(text):
    """By HashiCorp's parser. What it leaves as an expression is a call of `chomp`, which only Terraform itself carries out."""
    script = "require('@cdktf/hcl2json').parse('rules.tf', require('fs').readFileSync(0, 'utf8')).then(it => console.log(JSON.stringify(it)))"
    parsed = json.loads(subprocess.run(["node", "-e", script], input=text.encode(), check=True, capture_output=True).stdout)
    found = {}
    for name, blocks in parsed["resource"]["azapi_resource"].items():
        (block,) = blocks
        if block["parent_id"] != "${var.workspace_id}":
            sys.exit(f"terraform: {name} is not in the workspace")
        if "depends_on" in block:
            DEPENDS["terraform"][block["name"]] = sorted(it.strip("${}").split("_", 2)[2] for it in block["depends_on"])
        found[block["name"]] = (block["type"], unescaped(block["body"]))
    return found


def unescaped(value):
    """Texts of Terraform's JSON are templates as well."""
    if isinstance(value, dict):
        return {unescaped(key): unescaped(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [unescaped(entry) for entry in value]
    if isinstance(value, str) and not value.startswith("${chomp("):
        return re.sub(r"([$%])\1\{", r"\1{", value)
    return value


def of_terraform_itself(text):
    """Each rule's block as one of the type that Terraform brings along, whose values a plan shows."""
    folder = f"{work}/terraform"
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    with open(f"{folder}/rules.tf", "w", newline="") as file:
        file.write(text)
    run = lambda *words: subprocess.run(["terraform", *words], cwd=folder, check=True, capture_output=True, env=os.environ | {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": "/dev/null"})
    run("fmt", "-check", "-diff", "rules.tf")
    head = 'resource "azapi_resource" "'
    text = re.sub(r"(?ms)^terraform \{\n.*?^\}\n", "", text, count=1)
    text = re.sub(
        r'(?m)^resource "azapi_resource" ("\w+") \{\n  type      = (".*")\n  parent_id = (.*)\n  name      = (".*")\n  body = ',
        r'resource "terraform_data" \1 {\n  triggers_replace = [\2, \3, \4]\n  input = ', text)
    text = re.sub(r"(?m)^    azapi_resource\.(\w+),$", r"    terraform_data.\1,", text)
    text = text.replace('\n  replace_triggers_refs = ["properties"]\n', "\n")
    if head in text.replace("\\", ""):
        sys.exit("terraform: a block that is not as all are")
    with open(f"{folder}/rules.tf", "w", newline="") as file:
        file.write(text)
    run("init")
    run("validate")
    run("plan", "-var", "workspace_id=here", "-out", "plan")
    planned = json.loads(run("show", "-json", "plan").stdout)["planned_values"]["root_module"]["resources"]
    found = {}
    for entry in planned:
        of, place, name = entry["values"]["triggers_replace"]
        if place != "here":
            sys.exit(f"terraform: {name} is not in the workspace")
        found[name] = (of, entry["values"]["input"])
    return found


def normal(value):
    """Terraform brings all texts into this form, keys included."""
    return json.loads(unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False)))


def without_chomp(wanted, found):
    """`wanted` with `found` where that is a call of `chomp`."""
    if isinstance(found, str) and found.startswith("${chomp(") and isinstance(wanted, str) and "\n" in wanted:
        return found
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {key: without_chomp(value, found.get(key)) for key, value in wanted.items()}
    if isinstance(wanted, (list, tuple)) and isinstance(found, (list, tuple)) and len(wanted) == len(found):
        return [without_chomp(*both) for both in zip(wanted, found)]
    return wanted


def difference(a, b, path=""):
    """The first place where two values differ."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        pairs = [(key, a[key], b[key]) for key in a]
    elif isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b):
        pairs = [(at, *both) for at, both in enumerate(zip(a, b))]
    else:
        return f"{path}: {ascii(a)} and {ascii(b)}"
    return next((difference(x, y, f"{path}/{key}") for key, x, y in pairs if x != y), path)


def compare(what, wanted, found):
    as_lists = lambda rules: {name: list(it) for name, it in rules.items()}
    wanted, found = as_lists(wanted), as_lists(found)
    if list(wanted) == list(found) == []:
        sys.exit(f"{what}: nothing to compare")
    for name in wanted.keys() | found.keys():
        if wanted.get(name) != found.get(name):
            sys.exit(f"{what}: {name} differs at {difference(wanted.get(name), found.get(name))}")
    print(f"{what}: {len(found)} resources are the same")


def check(name, texts, least):
    wanted = of_json(texts["json"])
    compare(f"{name}, arm", wanted, of_arm(texts["arm"]))
    found = of_bicep(texts["bicep"], least)
    compare(f"{name}, bicep by tree-sitter", {key: value for key, value in wanted.items() if key in found}, found)
    found = of_terraform(texts["terraform"])
    compare(f"{name}, terraform by hcl2json", {key: without_chomp(value, found.get(key)) for key, value in normal(wanted).items()}, found)
    if shutil.which("bicep"):
        compare(f"{name}, bicep by bicep build", wanted, of_bicep_itself(texts["bicep"]))
    else:
        print("skipped: `bicep` is absent")
    if shutil.which("terraform"):
        compare(f"{name}, terraform by terraform plan", normal(wanted), of_terraform_itself(texts["terraform"]))
    else:
        print("skipped: `terraform` is absent")


folder = f"{work}/hostile"
os.makedirs(f"{folder}/rules")
with open(f"{folder}/picket.toml", "w") as file:
    file.write('rules = ["rules"]\n')
chance = random.Random(7)
for at in range(300):
    write(f"{folder}/rules/{at}.yaml", rule(chance, at))
os.makedirs(f"{folder}/content")
content(chance, f"{folder}/content")
write(f"{folder}/rules/reads.yaml", rule(chance, 2) | {"query": "Outer\n| take 1\n"})
check("hostile texts", export(folder), 0.5)
of_functions = {form: {name: after for name, after in found.items() if name in ("Inner", "Outer")} for form, found in DEPENDS.items()}
if any(found != {"Inner": ["Assets"], "Outer": ["Assets", "Inner"]} for found in of_functions.values()) or len(DEPENDS["arm"]) != 3:
    sys.exit(f"what names what differs: {DEPENDS}")
print("each form says the same of what names what")
# A template takes no more than 800 of them.
pack = sorted(glob.glob("rules/remote-access/**/*.yaml", recursive=True))
check("the pack", export(".", *pack[:: len(pack) // 250]), 1)
