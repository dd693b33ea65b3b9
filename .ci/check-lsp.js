// Run by .ci/check-lsp: opens rules through the connection of Microsoft's client, sends every request that the server
// offers at places of each, and holds the answers to rules that are simpler than the server. Writes what was answered to
// a file, for .ci/check_lsp.py to hold it against the types of the protocol.
//
//   node check-lsp.js PICKET PROJECT ANSWERS RULE...
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { pathToFileURL } = require('node:url');
const rpc = require('vscode-jsonrpc/node');

const [picket, project, answersFile, ...rules] = process.argv.slice(2);
const PLACES = 20;
const REQUEST_FAILED = -32803;
const wrong = [];
const counts = {};
const answers = fs.openSync(answersFile, 'w');
const fail = (what, detail) => wrong.push(`${what}: ${JSON.stringify(detail)?.slice(0, 400)}`);
const note = (method, result) => fs.writeSync(answers, JSON.stringify({ method, result }) + '\n');

const server = spawn(picket, ['lsp'], { cwd: project, stdio: ['pipe', 'pipe', 'inherit'] });
const connection = rpc.createMessageConnection(
  new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
const findings = new Map();
connection.onNotification('textDocument/publishDiagnostics', parameters => {
  note('textDocument/publishDiagnostics', parameters);
  findings.set(parameters.uri, parameters);
});
connection.onRequest('client/registerCapability', () => null);
connection.onRequest('workspace/configuration', parameters => parameters.items.map(() => null));
connection.onRequest('window/workDoneProgress/create', () => null);
connection.onRequest('workspace/semanticTokens/refresh', () => null);
connection.onRequest('workspace/inlayHint/refresh', () => null);
connection.onRequest('workspace/diagnostic/refresh', () => null);
connection.onError(problem => fail('connection', String(problem)));
connection.listen();

async function ask(method, parameters, mayRefuse) {
  counts[method] = (counts[method] ?? 0) + 1;
  try {
    const result = await connection.sendRequest(method, parameters);
    note(method, result);
    return result;
  } catch (error) {
    if (!(mayRefuse && error.code === REQUEST_FAILED && error.message)) fail(`${method} failed`, [error.message, parameters]);
    else counts['rename refused'] = (counts['rename refused'] ?? 0) + 1;
    return null;
  }
}

/** The places of a rule, each with what is known of it. */
function placesOf(lines) {
  const known = [], keys = [], values = [], names = [], calls = [], ends = [];
  const first = lines.findIndex(line => /^query:\s*[|>]/.test(line));
  const rest = lines.slice(first + 1).findIndex(line => /^\S/.test(line));
  const last = first < 0 ? -1 : rest < 0 ? lines.length : first + 1 + rest;
  const dataTypes = new Set(lines.map(line => /^\s+- (\w+)\s*$/.exec(line)?.[1]).filter(Boolean));
  let bound = null;
  for (let line = 0; line < lines.length; line++) {
    const text = lines[line];
    if (line <= first || line >= last) {
      const key = /^[\s-]*(\w+):/.exec(text);
      if (key) keys.push({ line, character: text.indexOf(key[1]) + 1 });
      const value = /:\s+(\S)/.exec(text);
      if (value) values.push({ line, character: value.index + value[0].length - 1 });
      continue;
    }
    const plain = text.replace(/\/\/.*$/, '').replace(/"[^"]*"|'[^']*'/g, part => ' '.repeat(part.length));
    const pipe = /^\s*\| /.exec(plain);
    if (pipe && /^\s*\| \w/.test(plain)) known.push({ line, character: pipe[0].length, known: 'pipe' });
    const table = /^\s*(\w+)\s*$/.exec(plain);
    if (table && dataTypes.has(table[1]) && /^\s*\|/.test(lines[line + 1] ?? '')) {
      known.push({ line, character: plain.indexOf(table[1]) + 1, known: 'table', name: table[1] });
    }
    const declared = /^\s*let (\w+)\s*=\s*[^(]/.exec(plain);
    const once = declared && lines.filter(other => new RegExp(`\\blet\\s+${declared[1]}\\b`).test(other)).length === 1;
    if (once && !bound) {
      bound = { name: declared[1], line, character: plain.indexOf(declared[1]) };
    } else if (bound && !bound.used) {
      const use = new RegExp(`(?:>|<|==|in~?) \\(?${bound.name}\\b`).exec(plain);
      if (use) {
        bound.used = true;
        known.push({ line, character: use.index + use[0].length - 1, known: 'let', bound });
      }
    }
    for (const call of plain.matchAll(/\b\w+(?=\()/g)) calls.push({ line, character: call.index + 1 }, { line, character: call.index + call[0].length + 1 });
    for (const name of plain.matchAll(/\b[A-Za-z_]\w*\b(?!\()/g)) names.push({ line, character: name.index + 1 });
    ends.push({ line, character: text.length });
  }
  const pick = (list, count) => Array.from({ length: Math.min(count, list.length) }, (_, at) => list[Math.floor(at * list.length / Math.min(count, list.length))]);
  const sure = [...pick(known.filter(place => place.known === 'pipe'), 2), ...known.filter(place => place.known !== 'pipe')].slice(0, 6);
  const chosen = [...sure, ...pick(keys, 3), ...pick(values, 3), ...pick(calls, 3), ...pick(ends, 2), ...pick(names, PLACES)];
  return chosen.slice(0, PLACES).map((place, number) => ({ ...place, number }));
}

/** Every range within `answer` lies in the document and is the right way round. */
function rangesLie(method, answer, lines) {
  const inside = place => place.line < lines.length && place.character <= lines[place.line].length;
  const visit = value => {
    if (!value || typeof value !== 'object') return;
    if (value.uri && !value.range) return;
    const { start, end } = value;
    if (start && end && start.line !== undefined) {
      if (!inside(start) || !inside(end) || end.line < start.line || (end.line === start.line && end.character < start.character)) {
        fail(`${method} answers with a range outside of the document`, value);
      }
    }
    Object.values(value).forEach(visit);
  };
  visit(answer);
}

/** Tokens come in order, on lines that hold them, none upon another. */
function tokensLie(tokens, lines, legend) {
  let line = 0, character = 0, end = 0;
  for (let at = 0; at < tokens.data.length; at += 5) {
    const [down, right, length, type] = tokens.data.slice(at, at + 5);
    if (down > 0) end = 0;
    line += down;
    character = down > 0 ? right : character + right;
    if (character < end || length === 0 || character + length > (lines[line]?.length ?? -1) || type >= legend.tokenTypes.length) {
      return fail('semantic tokens lie upon each other or outside of the document', [line, character, length, type]);
    }
    end = character + length;
  }
}

const textOf = contents => typeof contents === 'string' ? contents : Array.isArray(contents) ? contents.map(textOf).join('\n') : contents?.value ?? '';
const checked = { pipe: 0, table: 0, let: 0, name: 0 };

async function askAt(place, uri, lines, offers) {
  const textDocument = { uri };
  const position = { line: place.line, character: place.character };
  const at = { textDocument, position };
  const range = { start: position, end: position };
  const jobs = {
    hoverProvider: ['textDocument/hover', at],
    signatureHelpProvider: ['textDocument/signatureHelp', at],
    definitionProvider: ['textDocument/definition', at],
    declarationProvider: ['textDocument/declaration', at],
    typeDefinitionProvider: ['textDocument/typeDefinition', at],
    implementationProvider: ['textDocument/implementation', at],
    referencesProvider: ['textDocument/references', { ...at, context: { includeDeclaration: true } }],
    documentHighlightProvider: ['textDocument/documentHighlight', at],
    codeActionProvider: ['textDocument/codeAction', { textDocument, range, context: { diagnostics: [] } }],
    selectionRangeProvider: ['textDocument/selectionRange', { textDocument, positions: [position] }],
    inlayHintProvider: ['textDocument/inlayHint', { textDocument, range: { start: { line: place.line, character: 0 }, end: { line: place.line + 1, character: 0 } } }],
    linkedEditingRangeProvider: ['textDocument/linkedEditingRange', at],
    documentRangeFormattingProvider: ['textDocument/rangeFormatting', { textDocument, range, options: { tabSize: 2, insertSpaces: true } }],
  };
  // Lists of completions are long, and no two places have the same: a third of the places has to do.
  if (place.known === 'pipe' || place.number % 3 === 0) {
    jobs.completionProvider = ['textDocument/completion', { ...at, context: { triggerKind: 1 } }];
  }
  const asked = {};
  await Promise.all(Object.entries(jobs).filter(([offer]) => offers[offer]).map(async ([offer, [method, parameters]]) => {
    asked[offer] = await ask(method, parameters);
    if (offer !== 'definitionProvider') rangesLie(method, asked[offer], lines);
  }));
  if (offers.semanticTokensProvider?.range) {
    const tokens = await ask('textDocument/semanticTokens/range', { textDocument, range: { start: { line: place.line, character: 0 }, end: { line: place.line + 1, character: 0 } } });
    if (tokens) tokensLie(tokens, lines, offers.semanticTokensProvider.legend);
  }
  if (offers.renameProvider) {
    const prepared = offers.renameProvider.prepareProvider && await ask('textDocument/prepareRename', at, true);
    rangesLie('textDocument/prepareRename', prepared, lines);
    if (prepared) rangesLie('textDocument/rename', await ask('textDocument/rename', { ...at, newName: 'Renamed_by_check' }, true), lines);
  }
  const items = asked.completionProvider?.items ?? asked.completionProvider ?? [];
  if (offers.completionProvider?.resolveProvider && items[0]) await ask('completionItem/resolve', items[0]);

  if (place.known) checked[place.known]++;
  if (place.known === 'pipe' && !items.some(item => item.label === 'where')) fail('`where` is not completed behind a pipe', [uri, position]);
  if (place.known === 'table' && !textOf(asked.hoverProvider?.contents).includes(place.name)) fail('hover does not name the table', [uri, position, asked.hoverProvider]);
  if (place.known === 'let') {
    const found = [asked.definitionProvider].flat()[0];
    const start = (found?.targetSelectionRange ?? found?.range)?.start;
    if (start?.line !== place.bound.line || start?.character !== place.bound.character) fail('the definition of a let is elsewhere', [uri, position, found, place.bound]);
  }
}

async function main() {
  const capabilities = {
    general: { positionEncodings: ['utf-16'] },
    workspace: { workspaceFolders: true, configuration: true, applyEdit: true, workspaceEdit: { documentChanges: true }, symbol: {} },
    textDocument: {
      synchronization: { didSave: true }, publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, versionSupport: true },
      completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'], insertReplaceSupport: true } },
      hover: { contentFormat: ['markdown', 'plaintext'] }, signatureHelp: { signatureInformation: { documentationFormat: ['markdown'], parameterInformation: { labelOffsetSupport: true }, activeParameterSupport: true } },
      definition: { linkSupport: true }, references: {}, documentHighlight: {}, documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } } },
      formatting: {}, rangeFormatting: {}, rename: { prepareSupport: true }, foldingRange: {}, selectionRange: {}, inlayHint: {},
      semanticTokens: { requests: { range: true, full: { delta: true } }, tokenTypes: [], tokenModifiers: [], formats: ['relative'] },
    },
    window: { workDoneProgress: true },
  };
  const root = pathToFileURL(project).href;
  const started = Date.now();
  const { capabilities: offers } = await ask('initialize', { processId: process.pid, rootUri: root, capabilities, workspaceFolders: [{ uri: root, name: 'check' }] });
  await connection.sendNotification('initialized', {});

  for (const file of rules) {
    const text = fs.readFileSync(file, 'utf8');
    const lines = text.split(/\r\n|\n|\r/);
    const uri = pathToFileURL(file).href;
    const textDocument = { uri };
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    for (const place of placesOf(lines)) await askAt(place, uri, lines, offers);
    if (offers.documentSymbolProvider) {
      const symbols = await ask('textDocument/documentSymbol', { textDocument });
      rangesLie('textDocument/documentSymbol', symbols, lines);
      const name = /^name:\s*["']?([\w -]+?)["']?\s*$/m.exec(text)?.[1];
      if (name) {
        checked.name++;
        if (!JSON.stringify(symbols)?.includes(name)) fail('the symbols of a document lack its rule', [uri, name]);
      }
    }
    if (offers.foldingRangeProvider) {
      for (const fold of await ask('textDocument/foldingRange', { textDocument }) ?? []) {
        if (fold.endLine >= lines.length || fold.startLine >= fold.endLine) fail('a fold lies outside of the document', [uri, fold]);
      }
    }
    if (offers.semanticTokensProvider?.full) {
      const tokens = await ask('textDocument/semanticTokens/full', { textDocument });
      if (tokens) tokensLie(tokens, lines, offers.semanticTokensProvider.legend);
    }
    if (offers.codeLensProvider) rangesLie('textDocument/codeLens', await ask('textDocument/codeLens', { textDocument }), lines);
    if (offers.documentFormattingProvider) rangesLie('textDocument/formatting', await ask('textDocument/formatting', { textDocument, options: { tabSize: 2, insertSpaces: true } }), lines);
    if (offers.workspaceSymbolProvider) await ask('workspace/symbol', { query: path.basename(file).slice(0, 6) });
    if (!offers.diagnosticProvider && findings.get(uri) === undefined) {
      await new Promise(done => setTimeout(done, 500));
      if (findings.get(uri) === undefined) fail('no findings were published', uri);
    }
    await connection.sendNotification('textDocument/didClose', { textDocument });
  }

  if (offers.workspaceSymbolProvider) {
    const name = /^name:\s*["']?([\w -]+?)["']?\s*$/m.exec(fs.readFileSync(rules[0], 'utf8'))?.[1];
    let found = [];
    for (let tries = 0; tries < 15 && !found.length; tries++) {
      // All rules are read once nothing is asked for a moment.
      await new Promise(done => setTimeout(done, 1000));
      found = await ask('workspace/symbol', { query: name }) ?? [];
    }
    if (!found.some(symbol => symbol.name === name)) fail('a rule is not found by its name', name);
  }

  const closed = new Promise(done => server.on('exit', done));
  await ask('shutdown', undefined);
  await connection.sendNotification('exit');
  const code = await closed;
  if (code !== 0) fail('the server ends with a code that is not 0', code);

  const total = Object.entries(counts).filter(([method]) => method !== 'rename refused').reduce((sum, [, count]) => sum + count, 0);
  console.log(`${total} requests in ${((Date.now() - started) / 1000).toFixed(1)} s:`, counts);
  console.log('places of which the answer is known:', checked);
  if (rules.length >= 20 && Object.values(checked).some(count => count === 0)) fail('a kind of place is never met', checked);
  if (wrong.length) {
    console.log(wrong.slice(0, 20).join('\n'));
    console.log(`${wrong.length} answers are wrong`);
    process.exit(1);
  }
}

main().catch(problem => {
  console.log(problem);
  process.exit(1);
});
