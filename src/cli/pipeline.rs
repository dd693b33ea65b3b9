//! What `plan` and `apply` share: from rules to a plan for a workspace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::arm::{ResourceKey, ResourceKind};
use crate::deploy;
use crate::diag::{self, Diagnostic, Severity};
use crate::plan::{self, Actual, Candidate, Desired, Plan, PlanOptions, Target};
use crate::project::Wanted;
use crate::rule::Rule;

use super::connect::{Connected, Wishes, azure_error, connect};
use super::environment::PlaceArgs;
use super::load::{self, Loaded, Opened, is_unreadable};
use super::output::{About, Format, count, human, render};
use super::select::SelectArgs;
use super::{CliError, Exit, Shell, baseline, journal, reading, revision, wanted};
use crate::report::Counts;
use crate::text::{SourceId, SourceMap, Span};

/// Which rules, and which workspace.
#[derive(Debug, clap::Args)]
pub(crate) struct ScopeArgs {
    /// Files and folders of rules; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) selection: SelectArgs,
    /// Do not ask which tables the workspace has, to tell ahead which rules it will not take yet.
    #[arg(long)]
    pub(crate) skip_tables: bool,
    /// Believe what the label of a watchlist says of its items, and do not read them: what was changed in the portal is not
    /// seen then.
    #[arg(long)]
    pub(crate) skip_items: bool,
}

/// Which rules, which workspace, and what may be done.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanningArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Delete what the project deployed earlier and whose rule is gone.
    #[arg(long, conflicts_with = "paths")]
    pub(crate) prune: bool,
    /// Stop when more than this share of what the project has in the workspace would be deleted, instead of
    /// `prune_limit` of picket.toml.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) prune_limit: Option<u8>,
    /// Take over rules that exist under the same id and belong to nobody or to another project.
    #[arg(long)]
    pub(crate) adopt: bool,
}

/// What is planned.
#[derive(Debug, Clone, Copy)]
enum Aim {
    /// That the workspace holds the rules.
    Deploy { options: PlanOptions, prune_limit: Option<u8> },
    /// That what exists and is nobody's is the project's.
    Adopt,
}

impl Aim {
    fn of(args: &PlanningArgs) -> Self {
        let options = PlanOptions { prune: args.prune, adopt: args.adopt };
        Self::Deploy { options, prune_limit: args.prune_limit }
    }
}

/// How far planning came.
pub(crate) enum Planning {
    /// The rules stop it; what is wrong was printed.
    Stopped(Exit),
    /// All the way.
    Planned(Box<Planned>),
}

/// A plan with all that is needed to carry it out.
pub(crate) struct Planned {
    /// The plan.
    pub(crate) plan: Plan,
    /// The texts that its places are in.
    pub(crate) sources: SourceMap,
    /// The workspace it is for.
    pub(crate) connected: Connected,
    /// What that holds.
    pub(crate) actual: Vec<Actual>,
    /// The project.
    pub(crate) opened: Opened,
    /// The rules that the plan was made of.
    pub(crate) rules: Vec<Rule>,
}

/// Checks the rules, reads the workspace and compares the two. `allow` is asked before the workspace is read.
///
/// # Errors
/// When picket.toml is wrong, `allow` refuses, or the workspace cannot be reached.
pub(crate) async fn plan(
    args: &PlanningArgs,
    wishes: Wishes,
    allow: impl FnOnce(&Connected) -> Result<(), CliError>,
    shell: &mut Shell,
) -> Result<Planning, CliError> {
    plan_for(Aim::of(args), &args.scope, None, wishes, allow, shell).await
}

/// [`plan`], with the rules as they were at `revision`.
///
/// # Errors
/// As [`plan`], and when git does not have the revision.
pub(crate) async fn rollback(
    args: &PlanningArgs,
    revision: &str,
    wishes: Wishes,
    allow: impl FnOnce(&Connected) -> Result<(), CliError>,
    shell: &mut Shell,
) -> Result<Planning, CliError> {
    plan_for(Aim::of(args), &args.scope, Some(revision), wishes, allow, shell).await
}

/// Checks the rules, and plans to take over what the workspace holds of them and nobody owns.
///
/// # Errors
/// As [`plan`].
pub(crate) async fn adoption(
    scope: &ScopeArgs,
    wishes: Wishes,
    allow: impl FnOnce(&Connected) -> Result<(), CliError>,
    shell: &mut Shell,
) -> Result<Planning, CliError> {
    plan_for(Aim::Adopt, scope, None, wishes, allow, shell).await
}

/// Plans that the rules under `keys` run, or do not, and nothing else. No rule file is checked: an emergency does not wait
/// for that.
///
/// # Errors
/// When picket.toml is wrong, `allow` refuses, the workspace cannot be reached or has none of the rules.
pub(crate) async fn switch(
    keys: &[ResourceKey],
    enabled: bool,
    place: &PlaceArgs,
    wishes: Wishes,
    allow: impl FnOnce(&Connected) -> Result<(), CliError>,
    shell: &mut Shell,
) -> Result<Planning, CliError> {
    let mut opened = load::open(shell, false)?;
    let workspace = place.enter(&mut opened, shell)?;
    let connected = connect(&opened, &workspace, wishes, shell).await?;
    allow(&connected)?;
    let actual = deploy::read(&connected.workspace).await.map_err(azure_error)?;
    let plan = plan::switch(keys, enabled, &actual, &connected.target);
    if plan.changes.is_empty() {
        let error = CliError::new(format!("`{}` does not have the rule", connected.name))
            .help("`picket apply` deploys it as its file says");
        connected.close().await?;
        return Err(error);
    }
    let sources = opened.sources.clone();
    Ok(Planning::Planned(Box::new(Planned { plan, sources, connected, actual, opened, rules: Vec::new() })))
}

async fn plan_for(
    aim: Aim,
    args: &ScopeArgs,
    at: Option<&str>,
    wishes: Wishes,
    allow: impl FnOnce(&Connected) -> Result<(), CliError>,
    shell: &mut Shell,
) -> Result<Planning, CliError> {
    let mut opened = load::open(shell, false)?;
    let rolled_back = at.map(|revision| opened.read_from(revision)).transpose()?;
    let workspace = args.place.enter(&mut opened, shell)?;
    let inputs = load::read(&opened, &args.paths, Wanted::Rules)?;
    let mut loaded = load::check(&opened, &inputs);
    if let Some(file) = baseline::file(&opened, None) {
        baseline::apply(&opened, &file, &mut loaded)?;
    }
    if let Some(exit) = stop(&loaded, &loaded.findings, wishes.stops, shell)? {
        return Ok(Planning::Stopped(exit));
    }
    let prunes = matches!(aim, Aim::Deploy { options, .. } if options.prune);
    if prunes && !loaded.not_rules.is_empty() {
        return Err(unsafe_prune(&loaded, shell));
    }
    let stops = wishes.stops;
    let mut connected = connect(&opened, &workspace, wishes, shell).await?;
    let config = &opened.project.config;
    let content = opened.project.content_folders();
    let rules = config.rules.iter().map(|path| path.value.as_path());
    let paths: Vec<&Path> = rules.chain(content).chain(opened.environment_files()).collect();
    connected.target.commit = rolled_back.or_else(|| revision::head(&opened.project.root, &paths));
    let content = if args.paths.is_empty() { &loaded.content[..] } else { &[] };
    let (mut desired, mut findings) =
        wanted::wanted(&loaded.rules, &loaded.own, content, opened.kql(), &connected.target);
    findings.extend(leave_out_detections(&mut desired, &connected));
    if let Some(exit) = stop(&loaded, &findings, stops, shell)? {
        connected.close().await?;
        return Ok(Planning::Stopped(exit));
    }
    allow(&connected)?;
    let workspace = &connected.workspace;
    let tables = async {
        // Who may not list tables plans as well without them.
        if args.skip_tables { Vec::new() } else { workspace.tables().await.unwrap_or_default() }
    };
    let (actual, tables) = tokio::join!(deploy::read(workspace), tables);
    let mut actual = actual.map_err(azure_error)?;
    if !args.skip_items {
        let of = with_items(&desired, &actual, &connected.target);
        deploy::read_items(workspace, &mut actual, &of).await.map_err(azure_error)?;
    }
    let selector = args.selection.selector(&loaded.sources, &opened.folder);
    let keeps = |candidate: Candidate<'_>| selector.keeps(candidate);
    let mut plan = match aim {
        Aim::Deploy { options, .. } => {
            let begun = journal::begun(&opened.project, &connected.name);
            plan::plan_part(&desired, &actual, &connected.target, options, &begun, &keeps)
        }
        Aim::Adopt => plan::adoption(&desired, &actual, &connected.target, &keeps),
    };
    if let Err(error) = selector.check() {
        connected.close().await?;
        return Err(error);
    }
    tell_apart(&mut plan, &connected.target, &opened);
    let named = reading::Named::of(&plan, &actual, &loaded.rules, opened.kql());
    plan.put_in_order(&named.reads(&plan));
    if !args.paths.is_empty() {
        // The rest of the project was not read, so nothing is known to be gone.
        plan.orphans.clear();
    }
    plan.warnings.extend(findings);
    let mut warnings = named.waiting(&plan, &actual, &tables);
    warnings.extend(named.without_watchlist(&plan, &actual));
    plan.warnings.extend(warnings);
    if let Aim::Deploy { prune_limit, .. } = aim {
        let config = &opened.project.config;
        // Without a picket.toml there is no place to point at.
        let source = if opened.project.has_config { config.source } else { SourceId(u32::MAX) };
        let limit = &config.deploy.prune_limit;
        plan.limit_deletions(prune_limit.unwrap_or(limit.value), Span::new(source, limit.range));
    }
    let Loaded { sources, rules, .. } = loaded;
    plan.warnings = plan.warnings.into_iter().map(|it| it.placed(|span| sources.real(span))).collect();
    diag::sort(&mut plan.warnings);
    let planned = Planned { plan, sources, connected, actual, opened, rules };
    Ok(Planning::Planned(Box::new(planned)))
}

/// The watchlists whose items tell whether they are as wanted: those that the project wants, and what it has.
pub(crate) fn with_items(desired: &[Desired], actual: &[Actual], target: &Target) -> BTreeSet<ResourceKey> {
    let wanted = desired.iter().map(|it| &it.key).filter(|key| key.kind == ResourceKind::Watchlist);
    wanted.cloned().chain(plan::owned(actual, target)).collect()
}

/// Takes custom detections out where the workspace goes without Defender, and says so at the first.
fn leave_out_detections(desired: &mut Vec<Desired>, connected: &Connected) -> Option<Diagnostic> {
    if connected.workspace.has_defender() {
        return None;
    }
    let is_detection = |it: &mut Desired| it.key.kind == ResourceKind::CustomDetection;
    let left: Vec<Desired> = desired.extract_if(.., is_detection).collect();
    let message = format!(
        "{} left out: `{}` goes without Defender",
        count(left.len(), "custom detection"),
        connected.name
    );
    let finding = plan::NO_DEFENDER.at(left.first()?.origin, message);
    Some(finding.with_help("add `defender = true` to the workspace in picket.toml"))
}

/// Where both git and the portal changed a rule, reads what was last applied from git, so that the plan can say it
/// field by field. Commits that are not at hand, as in a shallow clone, are left out.
fn tell_apart(plan: &mut Plan, target: &Target, opened: &Opened) {
    for applied in wanted::applied(plan.changed_by_both(), opened, target) {
        plan.tell_apart(&applied.into_iter().map(|it| (it.key, it.body)).collect());
    }
}

/// Why nothing is pruned while a file of the rule folders holds no rule.
fn unsafe_prune(loaded: &Loaded, shell: &Shell) -> CliError {
    let documents = count(loaded.not_rules.len(), "document");
    CliError::new(format!("cannot prune: {documents} in the rule folders may be a rule that cannot be read"))
        .report(human(&loaded.sources, &loaded.not_rules, shell.colors_err()))
        .help("mend them, or keep them out of the rule folders with .gitignore")
}

/// How errors are printed that stop a command before there is a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stops {
    /// For a person, on standard error.
    #[default]
    Human,
    /// As the JSON document of `picket check`, on standard output, where a program waits for one.
    Json,
}

/// Prints the errors among `findings`, if there are any, and says how the command ends.
fn stop(
    loaded: &Loaded,
    findings: &[Diagnostic],
    stops: Stops,
    shell: &mut Shell,
) -> Result<Option<Exit>, CliError> {
    let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error;
    let errors = findings.iter().filter(is_error).cloned();
    let errors: Vec<Diagnostic> =
        errors.map(|finding| finding.placed(|span| loaded.sources.real(span))).collect();
    let counts = Counts::of(findings);
    if errors.is_empty() {
        if counts.warnings > 0 {
            let warnings = count(counts.warnings, "warning");
            writeln!(shell.err(), "{warnings} in the rules; `picket check` shows what and where")?;
        }
        return Ok(None);
    }
    if stops == Stops::Json {
        let document = render(Format::Json, &loaded.sources, &errors, &About::default(), shell);
        shell.out().write_all(document.as_bytes())?;
    } else {
        let text = human(&loaded.sources, &errors, shell.colors_err());
        shell.err().write_all(text.as_bytes())?;
    }
    writeln!(shell.err(), "{}: the rules are not deployed", count(errors.len(), "error"))?;
    let is_incomplete = errors.iter().any(is_unreadable);
    Ok(Some(if is_incomplete { Exit::Failed } else { Exit::Findings }))
}

/// Prints what the plan runs into. True when it must not be carried out.
pub(crate) fn warn(planned: &Planned, shell: &mut Shell) -> Result<bool, CliError> {
    let text = human(&planned.sources, &planned.plan.warnings, shell.colors_err());
    shell.err().write_all(text.as_bytes())?;
    Ok(planned.plan.warnings.iter().any(|finding| finding.severity == Severity::Error))
}
