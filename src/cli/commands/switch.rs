//! `picket disable` and `picket enable`

use crate::arm::{ResourceKey, ResourceKind};
use crate::cli::applying::{ApplyingArgs, Leave};
use crate::cli::connect::{Connected, Wishes};
use crate::cli::environment::PlaceArgs;
use crate::cli::load;
use crate::cli::named::named_rule;
use crate::cli::pipeline;
use crate::cli::{CliError, Exit, Shell, completing, diff};
use crate::diag::apply_edits;
use crate::project::Wanted;
use crate::rule::{Rule, RuleKind, keys};
use crate::text::{SourceId, TextRange};
use crate::yaml::emit::Value;
use crate::yaml::{self, patch};

/// What the comment begins with that says why a rule is disabled.
const REASON: &str = "# disabled: ";

/// Disable a rule, with a reason that git records.
#[derive(Debug, clap::Args)]
#[command(after_help = DISABLE_EXAMPLES)]
pub(crate) struct DisableArgs {
    /// The rule: its id, name or file.
    #[arg(value_name = "RULE", add = completing::rules())]
    rule: String,
    /// Why. It stands as a comment before `enabled: false` in the rule file.
    #[arg(long, short, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    switching: SwitchingArgs,
}

/// Enable a rule that was disabled.
#[derive(Debug, clap::Args)]
#[command(after_help = ENABLE_EXAMPLES)]
pub(crate) struct EnableArgs {
    /// The rule: its id, name or file.
    #[arg(value_name = "RULE", add = completing::rules())]
    rule: String,
    #[command(flatten)]
    switching: SwitchingArgs,
}

/// How far a rule is switched.
#[derive(Debug, clap::Args)]
struct SwitchingArgs {
    /// Switch the rule in the workspace at once, too. All else of it stays as it is there.
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    applying: ApplyingArgs,
}

const DISABLE_EXAMPLES: &str = "\
Examples:
  picket disable 'Rule A' --reason 'floods the queue, ticket 4711'
  picket disable rules/a.yaml --reason 'noisy' --now --workspace prod --yes

The file keeps its comments. Commit it: the next apply takes it to every workspace. With --now the workspace
is told at once, and only that: what else differs from the file waits for the next apply.";

const ENABLE_EXAMPLES: &str = "\
Examples:
  picket enable 'Rule A'
  picket enable 'Rule A' --now --workspace prod --yes

Takes `enabled: false` and the comment with the reason out of the file; a rule that says nothing is enabled.";

impl DisableArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let reason: String = self.reason.split_whitespace().collect::<Vec<_>>().join(" ");
        if reason.is_empty() {
            return Err(CliError::new("a rule is disabled for a reason").help("say it with `--reason`"));
        }
        switch(&self.rule, Some(&reason), self.switching, shell)
    }
}

impl EnableArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        switch(&self.rule, None, self.switching, shell)
    }
}

fn switch(
    named: &str,
    reason: Option<&str>,
    switching: SwitchingArgs,
    shell: &mut Shell,
) -> Result<Exit, CliError> {
    let opened = load::open(shell, false)?;
    let inputs = load::read(&opened, &[], Wanted::Rules)?;
    let (input, rule) = named_rule(named, &inputs.files, &opened.folder)?;
    let verb = if reason.is_some() { "disabled" } else { "enabled" };
    if rule.kind == RuleKind::Hunting {
        return Err(CliError::new(format!(
            "{} is a hunting query, which does not run by itself",
            input.name
        )));
    }
    let text = switched(&input.text, &rule, reason).ok_or_else(|| {
        CliError::new(format!("{} cannot be changed without touching something else", input.name)).help(
            match reason {
                Some(_) => "write `enabled: false` into it by hand",
                None => "take `enabled: false` out of it by hand",
            },
        )
    })?;
    let name = rule.display_name();
    if text == input.text {
        writeln!(shell.err(), "\"{name}\" is {verb} in {} already", input.name)?;
    } else if let Some(path) = &input.path {
        shell.out().write_all(diff::unified(&input.name, &input.text, &text).as_bytes())?;
        load::write(path, text.as_bytes())?;
        writeln!(shell.err(), "{verb} \"{name}\" in {}", input.name)?;
    }
    if !switching.now {
        return Ok(Exit::Clean);
    }
    let id = rule.id.as_ref().map(|id| id.value.clone()).unwrap_or_default();
    let runs = [
        (ResourceKind::AlertRule, rule.runs_in_sentinel()),
        (ResourceKind::CustomDetection, rule.runs_in_defender()),
    ];
    let runs = runs.into_iter().filter(|(_, runs)| *runs);
    let keys: Vec<ResourceKey> = runs.map(|(kind, _)| ResourceKey::new(kind, id.clone())).collect();
    let (enabled, applying) = (reason.is_none(), &switching.applying);
    switching.place.in_each(applying.style(), shell, |turn, shell| {
        applying.of(turn).run(shell, async |wishes: Wishes, leave: Leave, shell: &mut Shell| {
            let allow = |connected: &Connected| leave.check(connected);
            pipeline::switch(&keys, enabled, &turn.place, wishes, allow, shell).await
        })
    })
}

/// `text` with the rule disabled for a reason, or enabled without one. `None` where it cannot be changed alone.
fn switched(text: &str, rule: &Rule, reason: Option<&str>) -> Option<String> {
    let index = document_of(text, rule)?;
    let Some(reason) = reason else {
        if rule.is_enabled() {
            return Some(text.to_owned());
        }
        let text = without_reason(text, index)?;
        let key = written(&text, index)?.0;
        return set(&text, index, key, None);
    };
    let plain = if rule.is_enabled() { text.to_owned() } else { without_reason(text, index)? };
    let key = written(&plain, index).map_or_else(|| "enabled".to_owned(), |(key, _)| key);
    let disabled = set(&plain, index, key, Some(&Value::Plain("false".to_owned())))?;
    let (_, line) = written(&disabled, index)?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let comment = format!("{REASON}{reason}{newline}");
    apply_edits(&disabled, &[(TextRange::empty(line), comment.as_str())]).ok()
}

fn set(text: &str, index: usize, key: String, value: Option<&Value>) -> Option<String> {
    patch::patch(text, patch::Place::top(index), &[patch::Change { key, value }], &|key| keys::RULE.rank(key))
}

fn document_of(text: &str, rule: &Rule) -> Option<usize> {
    let (documents, _) = yaml::parse(SourceId::default(), text);
    documents.iter().position(|it| it.root.as_ref().is_some_and(|root| root.range == rule.range))
}

/// The key `enabled` as it is written, and where its line starts; nothing where it stands behind something else.
fn written(text: &str, index: usize) -> Option<(String, u32)> {
    let (documents, _) = yaml::parse(SourceId::default(), text);
    let mapping = documents.get(index)?.root.as_ref()?.as_mapping()?;
    mapping.entries.iter().find_map(|entry| {
        let key = entry.key.as_scalar()?.text.clone();
        let (known, _) = keys::RULE.find(&key)?;
        let before = text.get(..entry.key.range.start as usize)?;
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        (known.name == "enabled" && before.len() == line).then_some((key, entry.key.range.start))
    })
}

/// `text` without the comment that said why the rule was disabled.
fn without_reason(text: &str, index: usize) -> Option<String> {
    let (_, line) = written(text, index)?;
    let before = text.get(..line as usize)?;
    let start = before.trim_end_matches(['\n', '\r']).rfind('\n').map_or(0, |at| at + 1);
    if !before.get(start..)?.starts_with(REASON) {
        return Some(text.to_owned());
    }
    apply_edits(text, &[(TextRange::from_usize(start, line as usize), "")]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule;

    fn rule_of(text: &str) -> Rule {
        rule::read(SourceId::default(), text).0.remove(0)
    }

    #[test]
    fn what_is_disabled_and_enabled_again_is_as_it_was() {
        for text in [
            "# head\nid: a\nname: b\nseverity: Low # c\nqueryFrequency: 1h\nquery: T\n",
            "id: a\r\nname: b\r\nseverity: Low\r\nqueryFrequency: 1h\r\nquery: |\r\n  T\r\n",
        ] {
            let disabled = switched(text, &rule_of(text), Some("noisy")).unwrap();
            assert!(disabled.contains("# disabled: noisy"), "{disabled}");
            assert!(!rule_of(&disabled).is_enabled(), "{disabled}");
            let again = switched(&disabled, &rule_of(&disabled), Some("noisy")).unwrap();
            assert_eq!(again, disabled);
            let other = switched(&disabled, &rule_of(&disabled), Some("other")).unwrap();
            assert_eq!(other, disabled.replace("noisy", "other"));
            assert_eq!(switched(&disabled, &rule_of(&disabled), None).unwrap(), text);
            assert_eq!(switched(text, &rule_of(text), None).unwrap(), text);
        }
    }

    #[test]
    fn a_rule_in_braces_is_left_alone() {
        let text = "{id: a, name: b, severity: Low, queryFrequency: 1h, query: T}\n";
        assert_eq!(switched(text, &rule_of(text), Some("noisy")), None);
    }
}
