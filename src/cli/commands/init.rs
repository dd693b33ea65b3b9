//! `picket init`

use std::path::{Path, PathBuf};

use crate::cli::revision::quiet;
use crate::cli::{CliError, Exit, Shell, load, rule_schema};
use crate::project::{FileSystem, RealFiles, Wanted};
use crate::start::ci::Ci;
use crate::start::repository::{self, IGNORED, RULES, Wishes};

/// Set a repository up: settings, a first rule with its tests, a pipeline, and schemas for the editor.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArgs {
    /// The folder; the current one without. It is made where it is not there.
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// The name of the project, by which picket knows its own rules in a workspace; that of the folder without.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where the pipeline runs; without, what the files and the git remote suggest, or else GitHub.
    #[arg(long, value_enum, value_name = "SERVICE")]
    ci: Option<CiChoice>,
    /// Write settings for pre-commit as well.
    #[arg(long)]
    pre_commit: bool,
    /// Write nothing, and say what would be written.
    #[arg(long, short = 'n')]
    dry_run: bool,
}

/// Where a pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum CiChoice {
    /// GitHub Actions.
    Github,
    /// Azure Pipelines.
    AzureDevops,
    /// GitLab.
    Gitlab,
    /// There is none.
    None,
}

impl CiChoice {
    fn ci(self) -> Option<Ci> {
        match self {
            Self::Github => Some(Ci::GitHub),
            Self::AzureDevops => Some(Ci::AzureDevOps),
            Self::Gitlab => Some(Ci::GitLab),
            Self::None => None,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  picket init                        the current folder
  picket init detections --name soc  a new folder, with another name for the project
  picket init --ci azure-devops      with a pipeline of Azure DevOps
  picket init --pre-commit           checks before each commit, too
  picket init --dry-run              what would be written

A file that is there is kept, whatever is in it.

Exit codes: 0 done, 2 a file cannot be written.";

impl InitArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let current = load::current_folder()?;
        let root = self.dir.as_ref().map_or_else(|| current.clone(), |dir| current.join(dir));
        let name = match &self.name {
            Some(name) => name.trim().to_owned(),
            None => folder_name(&root)?,
        };
        if name.is_empty() {
            return Err(CliError::new("a project needs a name").help("say it with `--name`"));
        }
        let ci = self.ci.unwrap_or_else(|| suggested(&root));
        let has_rules = !RealFiles.files_below(&root.join(RULES), Wanted::Rules).files.is_empty();
        let wishes = Wishes {
            name: &name,
            ci: ci.ci(),
            pre_commit: self.pre_commit,
            schemas: [rule_schema::text(), rule_schema::test_text(), rule_schema::content_text()],
        };
        let (wrote, kept) = if self.dry_run { ("would write", "would keep") } else { ("wrote", "kept") };
        let mut was_ignored = true;
        for file in repository::files(wishes) {
            let path = root.join(file.path);
            // What a link leads to may be gone; the link is there all the same.
            if std::fs::symlink_metadata(&path).is_ok() {
                writeln!(shell.out(), "{kept} {}", file.path)?;
                if file.path == ".gitignore" {
                    was_ignored =
                        load::read_file(&path).is_ok_and(|text| repository::ignores_workspace(&text));
                }
                continue;
            }
            if has_rules && file.path.starts_with(RULES) {
                continue;
            }
            if !self.dry_run {
                load::write(&path, file.text.as_bytes())?;
            }
            writeln!(shell.out(), "{wrote} {}", file.path)?;
        }
        if has_rules {
            writeln!(shell.out(), "{RULES}/ has rules; none was added")?;
        }
        if !self.dry_run {
            let next = self.next(&root, ci, was_ignored);
            shell.out().write_all(next.as_bytes())?;
        }
        Ok(Exit::Clean)
    }

    /// What to do after.
    fn next(&self, root: &Path, ci: CiChoice, was_ignored: bool) -> String {
        let mut steps: Vec<(String, &str)> = Vec::new();
        if let Some(dir) = &self.dir {
            steps.push((format!("cd {}", dir.display()), ""));
        }
        if quiet(root, &["rev-parse", "--git-dir"]).is_none() {
            steps.push(("git init".to_owned(), "plans tell by commits who changed what"));
        }
        if !was_ignored {
            steps.push((format!("echo '{IGNORED}' >> .gitignore"), "the local workspace is none of git's"));
        }
        if self.pre_commit {
            steps.push(("pre-commit install".to_owned(), "checks before each commit"));
        }
        steps.push(("picket check".to_owned(), "what is wrong with the rules"));
        steps.push(("picket test".to_owned(), "the tests of the rules"));
        steps.push(("picket new".to_owned(), "the next rule"));
        steps.push(("picket apply".to_owned(), "to the local workspace; needs no account"));
        let width = steps.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
        let mut text = "\nNext:\n".to_owned();
        for (command, why) in steps {
            text.push_str(format!("  {command:<width$}  {why}").trim_end());
            text.push('\n');
        }
        match ci {
            CiChoice::None => {}
            CiChoice::Github => text.push_str(
                "\nThe workflows need the repository variable PICKET_DOWNLOAD, the address of an archive (.tar.gz) with picket,\n\
                 and for plans and deployments those that they name in their first lines.\n",
            ),
            CiChoice::AzureDevops | CiChoice::Gitlab => text.push_str(
                "\nThe pipeline needs the variable PICKET_DOWNLOAD, the address of an archive (.tar.gz) with picket, and for plans\n\
                 and deployments what its first lines name.\n",
            ),
        }
        text
    }
}

/// The last part of a path, resolved where the folder is there.
fn folder_name(root: &Path) -> Result<String, CliError> {
    let resolved = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    resolved.file_name().map(|name| name.to_string_lossy().into_owned()).ok_or_else(|| {
        CliError::new(format!("the folder {} has no name", root.display()))
            .help("name the project with `--name`")
    })
}

/// The service that the files of a repository or its remote speak of.
fn suggested(root: &Path) -> CiChoice {
    let is_there = |path: &str| RealFiles.kind(&root.join(path)).is_ok();
    let by_file = [
        (".github", CiChoice::Github),
        (".gitlab-ci.yml", CiChoice::Gitlab),
        ("azure-pipelines.yml", CiChoice::AzureDevops),
    ];
    if let Some((_, ci)) = by_file.into_iter().find(|(path, _)| is_there(path)) {
        return ci;
    }
    let remote = quiet(root, &["remote", "get-url", "origin"]).unwrap_or_default();
    let remote = String::from_utf8_lossy(&remote).to_lowercase();
    match remote {
        remote if remote.contains("gitlab") => CiChoice::Gitlab,
        remote if remote.contains("dev.azure.com") || remote.contains("visualstudio.com") => {
            CiChoice::AzureDevops
        }
        _ => CiChoice::Github,
    }
}
