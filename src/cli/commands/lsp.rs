//! `picket lsp`

use std::collections::BTreeMap;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_server::{Connection, Message};

use crate::catalog::Catalog;
use crate::cli::load::{self, Opened};
use crate::cli::queries::{Declared, declared};
use crate::cli::{CliError, Exit, Shell, attack, codes, levels};
use crate::diag::Diagnostic;
use crate::lint::{self, Facts, Scope};
use crate::lsp::{self, Host, OpenFiles, Survey};
use crate::project::{CONFIG_FILE, FileSystem, PathKind, RealFiles, Walk, Wanted, root_above};
use crate::rule;
use crate::text::SourceMap;

/// Serve an editor: findings while one types, completion, help, formatting.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LspArgs {
    /// Speak over standard input and output, which is what happens anyway; some editors add it.
    #[arg(long, hide = true)]
    stdio: bool,
}

const EXAMPLES: &str = "\
Examples:
  picket lsp  started by an editor, speaks the Language Server Protocol over standard input and output

Rules, content and files of KQL are checked as `picket check` does it, with the settings, declarations and
content of the picket.toml above the file. Texts in the editor count before those on the disk.

Neovim 0.11, in init.lua:

  vim.lsp.config('picket', {
    cmd = { 'picket', 'lsp' },
    filetypes = { 'yaml', 'kusto' },
    root_markers = { 'picket.toml' },
    workspace_required = true,
  })
  vim.lsp.enable('picket')

Helix, in .helix/languages.toml of the project:

  [language-server.picket]
  command = 'picket'
  args = ['lsp']

  [[language]]
  name = 'yaml'
  language-servers = ['picket']

VS Code, with any extension that starts a language server by its command, such as Generic LSP Client:
the command `picket lsp` for the languages `yaml` and `kusto`.

The initialization option `lintPages` is the web address of a copy of docs/lints, to which findings then link.";

impl LspArgs {
    /// Runs the command.
    pub(crate) fn run(self, _shell: &mut Shell) -> Result<Exit, CliError> {
        let (client, server) = Connection::memory();
        let Connection { sender, receiver } = client;
        let failed = |error| CliError::new("cannot start worker threads").cause(error);
        // It ends when the client closes its side, or with the process.
        let reader = std::thread::Builder::new().name("reader".to_owned());
        reader
            .spawn(move || read(&mut BufReader::new(io::stdin()), |message| sender.send(message).is_ok()))
            .map_err(failed)?;
        let writer = std::thread::Builder::new().name("writer".to_owned());
        let writer = writer
            .spawn(move || {
                for message in receiver {
                    if message.write(&mut io::stdout().lock()).is_err() {
                        break;
                    }
                }
            })
            .map_err(failed)?;
        let in_order = lsp::serve(&server, &mut Files);
        drop(server);
        // What was said last is to get out before the process ends.
        let _ = writer.join();
        Ok(if in_order { Exit::Clean } else { Exit::Findings })
    }
}

/// What answers a message that is none.
const MALFORMED: &str = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"the message is not JSON of the protocol"}}"#;

/// Passes messages on until there are no more.
fn read(input: &mut impl io::BufRead, pass: impl Fn(Message) -> bool) {
    loop {
        match Message::read(input) {
            Ok(Some(message)) => {
                let is_exit = matches!(&message, Message::Notification(it) if it.method == "exit");
                if !pass(message) || is_exit {
                    return;
                }
            }
            Ok(None) => return,
            // The text of the message was read, so that the next one is at hand.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let mut out = io::stdout().lock();
                let written = write!(out, "Content-Length: {}\r\n\r\n{MALFORMED}", MALFORMED.len());
                if written.and_then(|()| out.flush()).is_err() {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

/// The files of the machine.
struct Files;

impl Host for Files {
    fn root(&self, path: &Path) -> PathBuf {
        let folder = path.parent().unwrap_or(path);
        root_above(&RealFiles, folder).unwrap_or(folder).to_path_buf()
    }

    fn load(&mut self, root: &Path, open: &OpenFiles) -> lsp::Project {
        let (mut opened, _) = opened(root, open);
        let mut sources = opened.sources.clone();
        let before = sources.iter().count();
        let Declared { catalog: kql, .. } = declared(&opened, &[], &mut sources);
        let read = sources.iter().skip(before);
        let declared = read
            .flat_map(|(_, source)| lsp::Declared::of_file(&root.join(&*source.name), &source.text))
            .collect();
        let at = |paths: Vec<&Path>| paths.into_iter().map(|path| root.join(path)).collect();
        let declarations = match &opened.project.config.declarations {
            Some(paths) => paths.iter().map(|path| path.value.as_path()).collect(),
            None => vec![Path::new("kql")],
        };
        let config = opened.project.has_config.then(|| root.join(CONFIG_FILE));
        let text = |path: &PathBuf| {
            opened.sources.get(opened.project.config.source).map(|it| (path.clone(), Arc::clone(&it.text)))
        };
        lsp::Project {
            root: root.to_path_buf(),
            config: config.as_ref().and_then(text),
            settings: std::mem::take(&mut opened.settings),
            // Without settings, nothing says where rules are: what looks like one is taken for one.
            rules: match opened.project.has_config {
                true => at(opened.project.config.rules.iter().map(|item| item.value.as_path()).collect()),
                false => Vec::new(),
            },
            content: at(opened.project.content_folders()),
            declarations: at(declarations),
            declared,
            format_queries: opened.project.config.format.queries,
            kql: Arc::new(kql),
            codes: codes::all(),
            catalog: opened.catalog,
        }
    }

    fn survey(&mut self, project: &lsp::Project, open: &OpenFiles) -> Survey {
        let (opened, mut findings) = opened(&project.root, open);
        let mut sources = opened.sources.clone();
        let declared = declared(&opened, &[], &mut sources);
        findings.extend(declared.findings);
        let Ok(inputs) = load::read(&opened, &[], Wanted::Rules) else { return Survey::default() };
        findings.extend(inputs.findings);
        let (mut rules, mut scope) = (Vec::new(), Scope { is_whole: true, ..Scope::default() });
        for input in &inputs.files {
            let id = sources.add(input.name.as_str(), input.text.as_str());
            rules.extend(rule::read(id, &input.text).0);
            scope.paths.insert(id, input.name.clone());
        }
        let facts = Facts { kql: &project.kql, catalog: &project.catalog, before: &[] };
        let mut settings = project.settings.clone();
        settings.set_scope(scope);
        findings.extend(lint::check_across(&sources, &rules, facts, &settings));
        let paths: BTreeMap<_, _> =
            sources.iter().map(|(id, source)| (id, project.root.join(&*source.name))).collect();
        Survey { sources, paths, findings, rules }
    }
}

/// The project in the folder `root`, and what is wrong with its settings: those that can be read count.
fn opened(root: &Path, open: &OpenFiles) -> (Opened, Vec<Diagnostic>) {
    let files = Overlay(open.clone());
    let mut sources = SourceMap::new();
    let (project, mut faults) = crate::project::Project::find(&files, root, &mut sources);
    let settings = levels::settings(&project.config, false, &mut faults);
    let catalog = attack::configured(&project, &mut faults).unwrap_or_else(|_| Catalog::default());
    (Opened::new(root.to_path_buf(), project, sources, settings, catalog, Arc::new(files)), faults)
}

/// The files of the machine, with the texts of open documents in the place of those on the disk.
#[derive(Debug)]
struct Overlay(OpenFiles);

impl FileSystem for Overlay {
    fn kind(&self, path: &Path) -> io::Result<PathKind> {
        if self.0.contains_key(path) { Ok(PathKind::File) } else { RealFiles.kind(path) }
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        match self.0.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => RealFiles.read(path, limit),
        }
    }

    fn files_below(&self, folder: &Path, wanted: Wanted) -> Walk {
        RealFiles.files_below(folder, wanted)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        RealFiles.write(path, bytes)
    }
}
