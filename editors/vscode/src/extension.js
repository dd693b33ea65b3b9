// Starts `picket lsp` and hands it the KQL and YAML documents of the workspace.
'use strict';
const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

/** @type {LanguageClient | undefined} */
let client;

/** Starts the server, unless it runs; says what to do when the program is not there. */
async function start() {
  const settings = vscode.workspace.getConfiguration('picket');
  const command = settings.get('path', 'picket');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const run = { command, args: ['lsp'], transport: TransportKind.stdio, options: { cwd: folder } };
  const yaml = settings.get('documents', ['**/*.yaml', '**/*.yml']);
  client = new LanguageClient('picket', 'picket', { run, debug: run }, {
    documentSelector: [
      { language: 'kql' },
      ...yaml.map(pattern => ({ scheme: 'file', language: 'yaml', pattern })),
    ],
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const choice = await vscode.window.showErrorMessage(
      `picket did not start: ${error instanceof Error ? error.message : error}. The setting picket.path names the program.`,
      'Open settings',
    );
    if (choice) await vscode.commands.executeCommand('workbench.action.openSettings', 'picket.path');
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** Called by the editor. */
async function activate(context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('picket.restart', restart),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration('picket.path') || change.affectsConfiguration('picket.documents')) return restart();
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
