//! What pages show but do not run is right all the same: settings, YAML, KQL, JSON, and the arguments of commands that need
//! Azure or stand in a sentence.

use clap::error::ErrorKind;
use picket::catalog::kql::KqlCatalog;
use picket::diag::Severity;
use picket::kql::bind::{Arena, bind};
use picket::kql::syntax::parse;
use picket::project::Config;
use picket::rule;
use picket::text::SourceId;
use picket::yaml::{self, Node};

use super::blocks::{Block, blocks, prose};
use super::pages::{self, Page};
use super::session::commands;

/// The languages of blocks. What is `text` is for people alone.
const LANGUAGES: &[&str] = &["console", "diff", "json", "kql", "csv", "text", "toml", "yaml"];

/// What is wrong with the arguments of a command of picket. In a sentence some may be left out.
fn misuse(command: &str, in_sentence: bool) -> Option<String> {
    let words = words(command);
    let error = picket::cli::command().try_get_matches_from(words).err()?;
    let fine = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::TooFewValues => in_sentence,
        _ => false,
    };
    (!fine).then(|| error.to_string())
}

/// The words of a command as a shell would have them; what is behind a comment, a pipe or a redirection is not picket's.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.replace("\\\n", " ").chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('|' | '>' | '#' | '&' | ';', None) if word.is_none() => break,
            (' ', None) => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// What is wrong with a block that is not run.
fn faults(block: &Block) -> Vec<String> {
    let text = block.text.as_str();
    match block.language.as_str() {
        "console" if block.has("azure") => {
            let commands = commands(text).into_iter().map(|(command, _)| command);
            commands
                .filter(|command| command.starts_with("picket "))
                .filter_map(|command| misuse(&command, false))
                .collect()
        }
        // Settings of other programs.
        "toml" if block.has("other") => {
            text.parse::<toml::Table>().err().map(|error| error.to_string()).into_iter().collect()
        }
        "toml" if block.mark("file").is_none_or(|file| file == "picket.toml") => {
            Config::parse(SourceId(0), text).1.into_iter().map(|found| found.message).collect()
        }
        "json" => serde_json::from_str::<serde_json::Value>(text)
            .err()
            .map(|error| error.to_string())
            .into_iter()
            .collect(),
        "kql" => {
            let (tree, mut found) = parse(text);
            let arena = Arena::new();
            found.extend_from_slice(bind(&tree, KqlCatalog::builtin(), &arena).diagnostics());
            found.retain(|found| found.severity == Severity::Error);
            found.into_iter().map(|found| format!("{} {}", found.code, found.message)).collect()
        }
        "yaml" => yaml_faults(block),
        _ => Vec::new(),
    }
}

fn yaml_faults(block: &Block) -> Vec<String> {
    let (documents, mut found) = yaml::parse(SourceId(0), &block.text);
    for document in &documents {
        let root = document.root.as_ref().and_then(Node::as_mapping);
        let is_of_rule = |root: &yaml::Mapping| {
            root.entries
                .iter()
                .all(|entry| entry.key.as_str().is_some_and(|key| rule::keys::RULE.find(key).is_some()))
        };
        if let Some(root) = root.filter(|root| is_of_rule(root)) {
            let range = document.root.as_ref().map(|node| node.range).unwrap_or_default();
            found.extend(rule::lower_part(SourceId(0), root, range).1);
        }
    }
    let found = found.into_iter().map(|found| format!("{} {}", found.code, found.message));
    let commands = block.text.lines().filter_map(|line| {
        let line = line.trim_start().trim_start_matches("- ");
        let command = line.strip_prefix("run: ").or(line.strip_prefix("script: ")).unwrap_or(line);
        command.starts_with("picket ").then_some(command)
    });
    found.chain(commands.filter_map(|command| misuse(command, false))).collect()
}

/// Commands of picket that stand in sentences and tables.
fn in_sentences(page: &Page) -> Vec<String> {
    let text = prose(&page.text).replace("\\|", "|");
    let quoted = text.split('`').skip(1).step_by(2).map(|code| code.replace('\n', " "));
    quoted.filter(|code| code.starts_with("picket ")).collect()
}

/// Whether what follows stands in a comment, which readers do not see.
fn is_hidden(before: &str) -> bool {
    before.rfind("<!--") > before.rfind("-->")
}

#[test]
fn what_pages_show_is_right() {
    let mut found = Vec::new();
    let (mut shown, mut named) = (0, 0);
    for page in pages::written().into_iter().chain([Page::read("README.md")]) {
        for block in blocks(&page.text) {
            shown += 1;
            let place = format!("{}:{}", page.path, block.line);
            if !LANGUAGES.contains(&block.language.as_str()) && page.path != "README.md" {
                found.push(format!("{place}: blocks are in one of {}", LANGUAGES.join(", ")));
            }
            if let Some(file) = block.mark("file")
                && !page.text.contains(&format!("`{file}`"))
                && !is_hidden(&page.text[..block.range.start])
            {
                found.push(format!("{place}: no sentence names `{file}`"));
            }
            found.extend(faults(&block).into_iter().map(|fault| format!("{place}: {fault}")));
        }
        for command in in_sentences(&page) {
            named += 1;
            found.extend(misuse(&command, true).map(|fault| format!("{}: `{command}`: {fault}", page.path)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    println!("{shown} blocks, {named} commands in sentences");
    assert!(shown >= 10 && named >= 40, "{shown} blocks, {named} commands in sentences");
}

#[test]
fn what_is_wrong_is_found() {
    let wrong = |language: &str, text: &str| {
        let page = format!("```{language}\n{text}\n```\n");
        !faults(&blocks(&page)[0]).is_empty()
    };
    assert!(wrong("toml", "[lint]\nstrickt = true") && !wrong("toml", "[lint]\nstrict = true"));
    assert!(wrong("kql", "SigninLogs | where Nothing == 1") && !wrong("kql", "SigninLogs | take 1"));
    assert!(wrong("yaml", "severity: Huge") && wrong("yaml", "steps:\n  - run: picket chek"));
    assert!(
        wrong("console azure", "$ picket plan --nothing")
            && !wrong("console azure", "$ picket plan --env prod > plan")
    );
    assert!(
        misuse("picket explain CODE --loud", true).is_some() && misuse("picket rollback", true).is_none()
    );
    assert_eq!(words("picket new 'a b' --x=\"c\" # d"), ["picket", "new", "a b", "--x=c"]);
}
