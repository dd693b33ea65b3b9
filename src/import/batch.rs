//! The files of one import together: no two rules share an id, and no two files a path.

use std::collections::{HashMap, HashSet};

use super::Planned;
use super::files::{ImportedFile, id_for, told_apart};

/// What became of one file.
#[derive(Debug, Clone, Default)]
pub struct FileReport {
    /// The file.
    pub path: String,
    /// What of its rules was changed, and why.
    pub changed: Vec<String>,
    /// What of it was left out, and why.
    pub left_out: Vec<String>,
    /// Why it could not be read at all.
    pub fault: Option<String>,
    /// The ids of its rules, and the names of its other content.
    pub imported: Vec<String>,
}

/// What ends the name of the items of a watchlist, behind the watchlist's.
pub(super) const ITEMS: &str = "#items";

/// All files of an import.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The rules.
    pub rules: Vec<Planned>,
    /// The other content.
    pub content: Vec<Planned>,
    /// What became of each file, in order.
    pub files: Vec<FileReport>,
    /// The places of the rules, by id.
    ids: HashMap<String, usize>,
    /// Of rules and of content, which stand in folders of their own names.
    paths: HashSet<String>,
}

impl Batch {
    /// Takes up what was made of the file that is shown as `path`.
    pub fn add(&mut self, path: &str, imported: Result<ImportedFile, String>) {
        let mut report = FileReport { path: path.to_owned(), ..FileReport::default() };
        match imported {
            Err(why) => report.fault = Some(why),
            Ok(imported) => {
                report.changed = imported.repaired;
                report.left_out = imported.skipped;
                for rule in imported.rules {
                    self.add_rule(rule, &mut report);
                }
                for file in imported.content {
                    self.add_content(file, &mut report);
                }
            }
        }
        self.files.push(report);
    }

    /// How many files could be read.
    pub fn read(&self) -> usize {
        self.files.iter().filter(|file| file.fault.is_none()).count()
    }

    fn add_rule(&mut self, mut rule: Planned, report: &mut FileReport) {
        if let Some(first) = self.ids.get(&rule.id).and_then(|at| self.rules.get(*at)) {
            let apart = told_apart(&rule, first).filter(|apart| !self.ids.contains_key(&apart.id));
            let Some(apart) = apart else {
                report.left_out.push(format!("the same rule is in {}, under {}", first.source, rule.id));
                return;
            };
            let source = &first.source;
            report.changed.push(format!("its id is that of another rule, in {source}; it gets {}", apart.id));
            rule = apart;
        }
        self.ids.insert(rule.id.clone(), self.rules.len());
        // Rules of one name are told apart by their ids, which do not hang on the order of files.
        if !self.paths.insert(rule.path.to_lowercase()) {
            rule.path = format!("{}-{}.yaml", rule.path.trim_end_matches(".yaml"), &rule.id[..8]);
            self.paths.insert(rule.path.to_lowercase());
        }
        report.imported.push(rule.id.clone());
        self.rules.push(rule);
    }

    fn add_content(&mut self, mut file: Planned, report: &mut FileReport) {
        // The items go with their watchlist, whose file names theirs.
        if let Some(list) = file.id.strip_suffix(ITEMS) {
            if report.imported.last().is_some_and(|last| last == list) {
                self.content.push(file);
            }
            return;
        }
        if self.content.iter().any(|known| known.id.eq_ignore_ascii_case(&file.id)) {
            report.left_out.push(format!("{}: there is another of that name", file.id));
            return;
        }
        if !self.paths.insert(file.path.to_lowercase()) {
            let mark = id_for(&file.source, &file.id);
            file.path = format!("{}-{}.yaml", file.path.trim_end_matches(".yaml"), &mark[..8]);
            self.paths.insert(file.path.to_lowercase());
        }
        report.imported.push(file.id.clone());
        self.content.push(file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";

    fn add(batch: &mut Batch, path: &str, name: &str, query: &str) {
        let text = format!("id: {ID}\nname: {name}\nquery: {query}\n");
        batch.add(path, super::super::files::import_yaml(path, &text, &|_| None));
    }

    #[test]
    fn an_id_stands_for_one_rule_and_a_path_for_one_file() {
        let mut batch = Batch::default();
        add(&mut batch, "a.yaml", "A", "T");
        add(&mut batch, "b.yaml", "A", "U");
        add(&mut batch, "d.yaml", "D", "U");
        add(&mut batch, "D.yaml", "D", "V");
        batch.add("e.yaml", Err("bad".to_owned()));
        let ids: HashSet<_> = batch.rules.iter().map(|rule| rule.id.as_str()).collect();
        let paths: HashSet<_> = batch.rules.iter().map(|rule| rule.path.to_lowercase()).collect();
        assert_eq!((ids.len(), paths.len(), batch.rules.len(), batch.read()), (3, 3, 3, 4));
        assert!(batch.rules.iter().all(|rule| rule.text.starts_with(&format!("id: {}\n", rule.id))));
        let told: Vec<_> = batch.files.iter().map(|file| (file.changed.len(), file.left_out.len())).collect();
        assert_eq!(told, [(0, 0), (0, 1), (1, 0), (1, 0), (0, 0)]);
    }
}
