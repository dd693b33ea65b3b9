//! Damaged files: whatever they hold is read, and what is found lies in them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::damage::Damage;
use super::{Tried, text_of};
use crate::catalog::kql::Overlay;
use crate::cli::{CliError, load};
use crate::diag::{Diagnostic, apply_edits};
use crate::import::rmm::CatalogFile;
use crate::import::rmm::indicators::{CatalogFolder, from_indicators};
use crate::import::{Record, arm, files, rmm};
use crate::lint::{self, Facts, Settings};
use crate::project;
use crate::text::{SourceId, SourceMap};
use crate::{content, rule, testing};

/// What takes milliseconds may take seconds without optimisation and on a busy machine; what never ends takes longer.
const LONGEST: Duration = Duration::from_secs(60);
/// How many files of a folder are taken.
const TAKEN: usize = 400;

/// Where texts to damage are: folders of this repository, and of the material beside it.
pub(super) struct Corpus {
    folders: &'static [&'static str],
    endings: &'static [&'static str],
}

pub(super) const RULES: Corpus = Corpus { folders: &["rules", "../shared/rules"], endings: &["yaml", "yml"] };
pub(super) const CONTENT: Corpus = Corpus {
    folders: &["content", "rules", "tests/exec", "../shared/rules"],
    endings: &["yaml", "json", "kql", "csv"],
};
pub(super) const CATALOGS: Corpus = Corpus {
    folders: &[
        "../shared/catalogs",
        "tests/import_layouts",
        "tests/import_sigma",
        "../shared/rules",
        "rules",
    ],
    endings: &["yaml", "yml", "json", "kql", "csv", "txt"],
};

/// The texts of a corpus, of each folder some from all of it.
///
/// # Errors
/// When there is none.
pub(super) fn corpus(from: &Corpus) -> Result<Vec<String>, CliError> {
    let folder = load::current_folder()?;
    let mut texts = Vec::new();
    for name in from.folders {
        let mut paths = Vec::new();
        walk(&folder.join(name), from.endings, &mut paths);
        paths.sort();
        let step = paths.len().div_ceil(TAKEN).max(1);
        texts.extend(paths.iter().step_by(step).filter_map(|path| text_of(path).ok()));
    }
    texts.retain(|text| text.len() < 100_000);
    if texts.is_empty() {
        let help = "run it in the folder of the repository";
        return Err(CliError::new(format!("nothing to damage in {}", from.folders.join(", "))).help(help));
    }
    Ok(texts)
}

fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, endings, found);
        } else if path.extension().and_then(|ending| ending.to_str()).is_some_and(|it| endings.contains(&it))
        {
            found.push(path);
        }
    }
}

/// Configurations: that of this repository, and one with everything.
///
/// # Errors
/// When the repository's cannot be read.
pub(super) fn config_corpus() -> Result<Vec<String>, CliError> {
    let folder = load::current_folder()?;
    let read = |name: &str| {
        text_of(&folder.join(name)).map_err(|why| CliError::new(format!("cannot read {name}")).cause(why))
    };
    let readme = read("README.md")?;
    let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    Ok(blocks.map(str::to_owned).chain([read("picket.toml")?]).collect())
}

/// That findings lie in `text`, at the bounds of characters.
pub(super) fn inside<'d>(text: &str, mut found: impl Iterator<Item = &'d Diagnostic>) -> Result<(), String> {
    let outside = found.find(|finding| {
        let range = finding.range();
        text.get(range.start as usize..range.end as usize).is_none()
    });
    match outside {
        Some(finding) => Err(format!("{} is found outside the text: {:?}", finding.code, finding.range())),
        None => Ok(()),
    }
}

macro_rules! target {
    ($name:ident, $feed:expr) => {
        #[doc = concat!("Files that `", stringify!($feed), "` reads.")]
        pub(super) struct $name(Damage);

        impl $name {
            pub(super) fn new(texts: Vec<String>) -> Self {
                Self(Damage::of_texts(texts))
            }
        }

        impl Tried for $name {
            fn longest(&self) -> Duration {
                LONGEST
            }

            fn damage(&self) -> &Damage {
                &self.0
            }

            fn feed(&self, text: &str) -> Result<(), String> {
                $feed(text)
            }
        }
    };
}

target!(Config, feed_config);
target!(Rules, feed_rule);
target!(Content, feed_content);
target!(Catalogs, feed_catalog);

fn feed_config(text: &str) -> Result<(), String> {
    let (_, found) = project::Config::parse(SourceId::default(), text);
    inside(text, found.iter())
}

fn feed_rule(text: &str) -> Result<(), String> {
    let mut sources = SourceMap::new();
    let source = sources.add("rule.yaml", text);
    let (rules, found) = rule::read(source, text);
    let found = lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default());
    inside(text, found.iter())?;
    for fix in found.iter().filter_map(|finding| finding.fix.as_ref()) {
        let edits: Vec<_> =
            fix.edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
        let fixed = apply_edits(text, &edits).map_err(|error| format!("the fix `{}`: {error}", fix.title))?;
        rule::read(source, &fixed);
    }
    let (formatted, _) = rule::write::format(source, text);
    if let Some(once) = formatted {
        let (again, _) = rule::write::format(source, &once);
        if again.is_some_and(|again| again != once) {
            return Err("its canonical form is not canonical".to_owned());
        }
    }
    Ok(())
}

fn feed_content(text: &str) -> Result<(), String> {
    for name in ["content/a.yaml", "content/a.json", "content/a.kql"] {
        let (read, found) = content::read(SourceId::default(), name, text);
        inside(text, found.iter())?;
        let mut overlay = Overlay::default();
        for item in read {
            item.declare(&mut overlay);
            if let content::Content::Watchlist(mut list) = item {
                inside(text, list.fill(SourceId::default(), text).iter())?;
            }
        }
    }
    for name in ["tables.yaml", "table.json", "function.kql", "watchlist.csv"] {
        let mut overlay = Overlay::default();
        inside(text, overlay.read(SourceId::default(), name, text).iter())?;
    }
    let (_, found) = testing::read(SourceId::default(), text);
    inside(text, found.iter())
}

fn feed_catalog(text: &str) -> Result<(), String> {
    let beside = |_: &str| None;
    let kql = files::import_kql("a/b.kql", text);
    let all =
        [files::import_yaml("a/b.yaml", text, &beside), arm::import_arm("a/b.json", text, &beside), kql];
    for rule in all.iter().flatten().flat_map(|imported| &imported.rules) {
        if rule::read(SourceId::default(), &rule.text).0.is_empty() {
            return Err(format!("what is imported is no rule:\n{}", rule.text));
        }
    }
    let file = |path: &str| CatalogFile {
        source: SourceId::default(),
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    rmm::import_rmm(&[file("RMM/Tool/rule.yaml")]);
    let folder = CatalogFolder {
        name: "rmm".to_owned(),
        revision: None,
        files: vec![file("yaml/tool.yaml"), file("Network Indicators/tool.csv"), file("RMM/Tool/summary.md")],
    };
    from_indicators(&[folder], &Record::new("rmm"));
    Ok(())
}
