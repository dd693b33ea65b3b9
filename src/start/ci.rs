//! Pipelines: those of a new repository, those that this repository offers, and its own, all from one text each.

use super::NewFile;

/// Where a pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ci {
    /// GitHub Actions.
    GitHub,
    /// Azure Pipelines.
    AzureDevOps,
    /// GitLab.
    GitLab,
}

const PULL_REQUEST: &str = include_str!("ci/github-pull-request.yml");
const DEPLOY: &str = include_str!("ci/github-deploy.yml");
const AZURE: &str = include_str!("ci/azure-pipelines.yml");
const GITLAB: &str = include_str!("ci/gitlab.yml");
const ACTION: &str = include_str!("ci/action.yml");
const INSTALL: &str = include_str!("ci/install.sh");
const POST: &str = include_str!("ci/comment.sh");

/// Where Azure's template stands, in this repository and in a new one.
const AZURE_TEMPLATE: &str = "ci/azure-pipelines-template.yml";

/// How a workflow of GitHub gets picket.
struct Source {
    about: &'static str,
    install: &'static str,
    picket: &'static str,
}

/// From an archive, or as the runner has it.
const INSTALLED: Source = Source {
    about: "#\n# picket is on the PATH of the runner, or comes from the archive that the repository variable PICKET_DOWNLOAD names, which\n\
            # PICKET_SHA256 vouches for.\n",
    install: "      - name: Install picket\n        env:\n          PICKET_DOWNLOAD: ${{ vars.PICKET_DOWNLOAD }}\n          \
              PICKET_SHA256: ${{ vars.PICKET_SHA256 }}\n        run: |\n{script:10}\n          \
              dirname \"$(command -v picket)\" >> \"$GITHUB_PATH\"",
    picket: "picket",
};

/// From the repository itself.
const BUILT: Source = Source {
    about: "",
    install: "      - name: Install Rust\n        \
              run: rustup toolchain install stable --profile minimal && rustup default stable\n      \
              - name: Build picket\n        run: cargo build --release --locked",
    picket: "target/release/picket",
};

/// What a repository of rules gets for `ci`.
pub fn files(ci: Ci) -> Vec<NewFile> {
    match ci {
        Ci::GitHub => vec![
            NewFile { path: ".github/workflows/rules.yml", text: workflow(PULL_REQUEST, &INSTALLED) },
            NewFile { path: ".github/workflows/deploy.yml", text: workflow(DEPLOY, &INSTALLED) },
        ],
        Ci::AzureDevOps => vec![
            NewFile { path: "azure-pipelines.yml", text: AZURE_ENTRY.to_owned() },
            NewFile { path: AZURE_TEMPLATE, text: filled(AZURE) },
        ],
        Ci::GitLab => vec![NewFile { path: ".gitlab-ci.yml", text: filled(GITLAB) }],
    }
}

/// What this repository holds: its own workflows, and what others may use.
pub fn of_this_repository() -> Vec<NewFile> {
    vec![
        NewFile { path: ".github/workflows/pull-request.yml", text: workflow(PULL_REQUEST, &BUILT) },
        NewFile { path: ".github/workflows/deploy.yml", text: workflow(DEPLOY, &BUILT) },
        NewFile { path: "action.yml", text: filled(ACTION) },
        NewFile { path: AZURE_TEMPLATE, text: filled(AZURE) },
        NewFile { path: "ci/gitlab-template.yml", text: filled(GITLAB) },
    ]
}

const AZURE_ENTRY: &str = "\
# Checks rules on pull requests, and deploys them from main. The parameters are explained in the template.
trigger:
  branches:
    include: [main]

pr:
  branches:
    include: [main]

extends:
  template: ci/azure-pipelines-template.yml
  parameters:
    workspace: prod
    # serviceConnection: sentinel
";

/// A workflow of GitHub that has picket from `source`.
fn workflow(text: &str, source: &Source) -> String {
    let text = text.replace("{about}", source.about).replace("{install}", source.install);
    filled(&text.replace("{picket}", source.picket))
}

/// `text` with the scripts in it that several pipelines share: `{script:N}` stands for one, indented by N.
fn filled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let script = [("{script:", INSTALL), ("{post:", POST)].into_iter().find_map(|(name, script)| {
            let indent = line.strip_prefix(name)?.strip_suffix('}')?.parse().ok()?;
            Some((script, indent))
        });
        match script {
            Some((script, indent)) => {
                for line in script.lines() {
                    out.push_str(&" ".repeat(indent));
                    out.push_str(line);
                    out.push('\n');
                }
            }
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_fill_in() {
        let all = [Ci::GitHub, Ci::AzureDevOps, Ci::GitLab].into_iter().flat_map(files);
        let mut count = 0;
        for file in all.chain(of_this_repository()) {
            for mark in ["{script", "{post", "{about", "{install", "{picket"] {
                assert!(!file.text.contains(mark), "{}: {mark}", file.path);
            }
            count += 1;
        }
        assert_eq!(count, 10);
    }
}
