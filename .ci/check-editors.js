// Run by .ci/check-editors: what the grammars make of KQL, and of KQL in a rule.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const textmate = require('vscode-textmate');
const oniguruma = require('vscode-oniguruma');

const folder = 'editors/vscode/syntaxes';
const files = { 'source.kql': 'kql.tmLanguage.json', 'source.yaml.kql': 'kql-in-yaml.tmLanguage.json' };
// Of YAML only as much as the injection needs.
const yaml = JSON.stringify({ scopeName: 'source.yaml', patterns: [{ match: '^\\s*[\\w-]+:', name: 'entity.name.tag.yaml' }, { match: '#.*$', name: 'comment.line.yaml' }] });

const registry = new textmate.Registry({
  onigLib: oniguruma.loadWASM(fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer).then(() => ({
    createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
    createOnigString: text => new oniguruma.OnigString(text),
  })),
  loadGrammar: async scope => textmate.parseRawGrammar(scope === 'source.yaml' ? yaml : fs.readFileSync(path.join(folder, files[scope]), 'utf8'), 'a.json'),
  getInjections: scope => (scope === 'source.yaml' ? ['source.yaml.kql'] : undefined),
});

/** The scopes of each piece of `text`: pairs of the piece and its innermost scope, or all its scopes. */
function pieces(grammar, text) {
  let state = textmate.INITIAL;
  return text.split('\n').flatMap(line => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.map(token => ({ text: line.slice(token.startIndex, token.endIndex), scopes: token.scopes }));
  });
}

const wrong = [];
function expect(found, text, scope) {
  const piece = found.find(candidate => candidate.text.trim() === text);
  const has = piece?.scopes.some(name => name.startsWith(scope));
  if (!has) wrong.push(`${JSON.stringify(text)} should be ${scope}: ${JSON.stringify(piece ?? found.map(({ text }) => text))}`);
}

async function main() {
  const kql = await registry.loadGrammar('source.kql');
  const query = pieces(kql, [
    '// all of it', 'let limit = 10;', 'let f = (a: long) { a + 1 };', 'SigninLogs',
    '| where TimeGenerated > ago(1.5h) and Name !has_cs @"a\\" or Path matches regex "b\\"|c"', '| project-away Other // why',
    '| summarize arg_max(TimeGenerated, *), Count = count() by bin(TimeGenerated, 1d), Name', '| mv-expand x to typeof(string)',
    '| join kind=leftouter (T | extend y = f(datetime(2026-01-01))) on $left.a == $right.b', '| evaluate bag_unpack(d)', '| extend z = true',
  ].join('\n'));
  for (const [text, scope] of [
    ['// all of it', 'comment.'], ['let', 'keyword.declaration'], ['limit', 'variable.other.constant'], ['10', 'constant.numeric'],
    ['f', 'entity.name.function'], ['long', 'storage.type'], ['|', 'keyword.operator.pipe'], ['where', 'keyword.control'],
    ['ago', 'support.function.kql'], ['1.5h', 'constant.numeric.timespan'], ['and', 'keyword.operator.word'], ['!has_cs', 'keyword.operator.word'],
    ['a\\', 'string.quoted.other.verbatim'], ['matches regex', 'keyword.operator.word'], ['\\"', 'constant.character.escape'], ['|c', 'string.quoted.double'],
    ['project-away', 'keyword.control'], ['// why', 'comment.'], ['arg_max', 'support.function.aggregate'], ['by', 'keyword.other'], ['bin', 'support.function'],
    ['mv-expand', 'keyword.control'], ['typeof', 'keyword.other'], ['string', 'storage.type'], ['kind', 'variable.parameter'], ['2026-01-01', 'constant.other'],
    ['$left', 'variable.language'], ['bag_unpack', 'support.function.plugin'], ['true', 'constant.language'],
  ]) expect(query, text, scope);

  const grammar = await registry.loadGrammar('source.yaml');
  const rule = pieces(grammar, 'name: a where b\nquery: |\n  T\n  | where a == "b"\n\n  | take 5\nseverity: High\n- query: |-\n    U | distinct x\n  name: where it is');
  expect(rule, 'where', 'keyword.control');
  expect(rule, 'take', 'keyword.control');
  expect(rule, 'distinct', 'keyword.control');
  expect(rule, 'severity:', 'entity.name.tag');
  for (const text of ['High', 'where it is', 'a where b']) {
    const piece = rule.find(candidate => candidate.text.trim() === text);
    if (!piece || piece.scopes.includes('meta.embedded.block.kql')) wrong.push(`${text} is taken for KQL`);
  }

  // Whole rules: behind a query the file is YAML again.
  let lines = 0;
  const files = fs.readdirSync('rules', { recursive: true }).filter(file => file.endsWith('.yaml')).filter((_, at) => at % 20 === 0);
  for (const file of files) {
    const text = fs.readFileSync(path.join('rules', file), 'utf8');
    const found = pieces(grammar, text);
    lines += text.split('\n').length;
    for (const piece of found) {
      if (/^\w+:$/.test(piece.text) && piece.scopes.includes('meta.embedded.block.kql')) wrong.push(`${file}: ${piece.text} is taken for KQL`);
    }
    if (/^query: \|/m.test(text) && !found.some(piece => piece.scopes.includes('meta.embedded.block.kql'))) wrong.push(`${file}: its query is not coloured`);
  }
  console.log(`grammars: ${files.length} rules of ${lines} lines`);
  if (wrong.length) {
    console.log(wrong.slice(0, 20).join('\n'));
    process.exit(1);
  }
}

main();
