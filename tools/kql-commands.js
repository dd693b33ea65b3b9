#!/usr/bin/env node
// Prints schemas/facts/kql_commands.tsv: the management commands of KQL with their syntax and their result columns.
//
//   node tools/kql-commands.js FOLDER > schemas/facts/kql_commands.tsv
//
// FOLDER is where npm put @kusto/language-service-next. Results are asked of the library. It does not give out the syntax,
// only parsers, so the function that builds these is run with builders of our own, which note what they are asked for.
'use strict';
const fs = require('fs'), path = require('path'), vm = require('vm');

const folder = process.argv[2];
if (!folder) {
  process.stderr.write('usage: kql-commands.js FOLDER\n');
  process.exit(2);
}
const read = file => fs.readFileSync(path.join(folder, file), 'utf8');
const version = JSON.parse(read('package.json')).version;
for (const file of ['bridge.js', 'Kusto.Language.Bridge.js']) vm.runInThisContext(read(file), { filename: file });
const commands = Kusto.Language.EngineCommands.All;

// What stands in angle brackets, by the library's name for it.
const PARTS = {
  AnyGuidLiteralOrString: 'guid', BracketedInputText: 'bracketed_text', BracketedStringLiteral: 'bracketed_string',
  ColumnNameReference: 'column', DatabaseMaterializedViewNameReference: 'database_materialized_view',
  DatabaseNameReference: 'database', DatabaseTableColumnNameReference: 'database_table_column',
  DatabaseTableNameReference: 'database_table', EntityGroupNameReference: 'entity_group',
  ExternalTableNameReference: 'external_table', FunctionBody: 'function_body',
  FunctionDeclaration: 'function_declaration', FunctionNameReference: 'function',
  GraphModelNameReference: 'graph_model', GraphModelSnapshotNameReference: 'graph_model_snapshot', InputText: 'text',
  MaterializedViewNameReference: 'materialized_view', NameDeclaration: 'name', QualifiedNameDeclaration: 'qualified_name',
  QualifiedWildcardedNameDeclaration: 'qualified_wildcarded_name', QueryInput: 'query', ScriptInput: 'script',
  StringLiteral: 'string', TableColumnNameReference: 'table_column', TableNameReference: 'table', Type: 'type',
  Value: 'value', WildcardedNameDeclaration: 'wildcarded_name',
};

/** The syntax of every command, as a tree of notes. */
function syntaxOfAll() {
  const isNote = note => note && note.kind;
  const sequence = (...given) => {
    const parts = (Array.isArray(given[0]) ? given[0] : given).filter(isNote);
    return parts.length === 1 ? parts[0] : { kind: 'sequence', parts };
  };
  const token = (...words) => ({ kind: 'token', words: words.flat().filter(word => typeof word === 'string') });
  const list = (some, commas) => (item, ...rest) =>
    ({ kind: 'list', some, item, separator: commas ? token(',') : rest.find(isNote) });
  const named = builders => new Proxy({}, {
    get(_, name) {
      const known = name.replace(/\$.*$/, '');
      if (!builders[known]) throw new Error(`the library builds commands with ${name}, which is not known here`);
      return builders[known];
    },
  });
  const grammar = named({
    CD: () => null,
    Command: (name, syntax) => ({ name, syntax }),
    CommandParserInfo: function (name, parser) { Object.assign(this, { name, syntax: parser.syntax }); },
    CreateMissingToken: () => () => 0,
    Custom: sequence,
    OneOrMoreCommaList: list(true, true), OneOrMoreList: list(true, false),
    ZeroOrMoreCommaList: list(false, true), ZeroOrMoreList: list(false, false),
    Token: token,
  });
  const parsers = named({
    And: parts => parts[0],
    Best: (type, options) => ({ kind: 'choice', options: options || type }),
    If: (_, condition, part) => ({ kind: 'unless', words: condition.words, part }),
    Not: part => part,
    Optional: (_, part) => ({ kind: 'optional', part }),
  });
  const anything = new Proxy({}, { get: () => 0 });
  const rules = new Proxy({}, {
    get: (_, name) => (name.startsWith('Missing') ? () => 0 : { kind: 'part', name }),
  });
  const language = {
    Language: {
      Parsing: {
        CommandGrammar: grammar, Parsers$1: () => parsers, Parser$1: () => 0, LexicalToken: 0, SyntaxParsers: anything,
      },
      Syntax: anything,
      Editor: new Proxy({}, { get: () => new Proxy({}, { get: () => null }) }),
    },
  };
  for (const name of ['Hide', 'Hide$1', 'Hide$2'])
    Object.defineProperty(Object.prototype, name, { configurable: true, value() { return this; } });
  // Of the functions of this name, the one for the engine's commands is the longest.
  const source = read('Kusto.Language.Bridge.js'), head = 'CreateCommandParsers: function (rules) {', end = 'return commandParsers;';
  const bodies = source.split(head).slice(1).map(text => text.slice(0, text.indexOf(end) + end.length));
  const body = bodies.find(text => text.includes('"ShowDatabaseDetails"'));
  if (!body) throw new Error('the library has no grammar of commands where it had one');
  const build = new Function('Kusto', 'System', 'rules', 'Bridge', body);
  return build(language, { Array: { init: items => items } }, rules, new Proxy({}, { get: () => value => value }));
}

const word = text => (/^[A-Za-z0-9_-]+$/.test(text) ? text : `'${text}'`);

/** A note as text; `around` is 0 on its own, 1 within a choice, 2 within a sequence. */
function written(note, around = 0) {
  const wrapped = (text, from) => (around < from ? text : `(${text})`);
  const part = name => {
    if (!PARTS[name]) throw new Error(`commands hold ${name}, which is not known here`);
    return PARTS[name];
  };
  switch (note.kind) {
    case 'token': {
      const words = note.words.map(word);
      return words.length === 1 ? words[0] : wrapped(words.join('|'), 1);
    }
    case 'part': return `<${part(note.name)}>`;
    case 'unless': return `<${part(note.part.name)}${note.words.map(text => ` !${text}`).join('')}>`;
    case 'sequence': return wrapped(note.parts.map(inner => written(inner, 2)).join(' '), 2);
    case 'choice': return wrapped(note.options.map(inner => written(inner, 1)).join('|'), 1);
    case 'optional': return `[${written(note.part)}]`;
    case 'list': {
      const separator = note.separator ? ` / ${word(note.separator.words[0])}` : '';
      return `{${written(note.item)}${separator}}${note.some ? '+' : ''}`;
    }
    default: throw new Error(`no such note: ${note.kind}`);
  }
}

/** The result columns of every command, by name: `(name:type,…)`, `(...)` where only the running of it tells. */
function resultsOfAll() {
  const results = new Map();
  for (let i = 0; i < commands.length; i++) {
    const table = commands[i].ResultType, columns = [];
    for (let at = 0; table && at < table.Columns.Count; at++) {
      const column = System.Array.getItem(table.Columns, at, Kusto.Language.Symbols.ColumnSymbol);
      columns.push(`${column.Name}:${column.Type.Name}`);
    }
    results.set(commands[i].Name, table && table.IsOpen ? '(...)' : `(${columns.join(',')})`);
  }
  return results;
}

const results = resultsOfAll(), firstWith = new Map(), lines = [];
for (const { name, syntax } of syntaxOfAll()) {
  let cell = results.get(name);
  const first = firstWith.get(cell);
  if (first === undefined) firstWith.set(cell, name);
  else if (cell.length > first.length + 1) cell = `=${first}`;
  lines.push([name, cell, written(syntax)].join('\t'));
}
process.stdout.write(
  `# source: Kusto.Language ${version}, by reflection\n# version: ${version}\n# terms: MIT\n# columns: name result syntax\n`
  + lines.join('\n') + '\n');
