//! Queries run where the logs are: on Log Analytics, or on a cluster of Azure Data Explorer.

use std::time::Duration;

use super::connect::{Destination, Wishes, azure_error, cluster_client};
use super::load::Opened;
use super::running::RunningArgs;
use super::span::{Since, clock};
use super::subject::Subject;
use super::writing::WritingArgs;
use super::{CliError, Exit, Shell, runtime};
use crate::azure::{Cluster, ClusterSpan, LogAnswer, LogSpan, Service, WHOLE_ANSWER_HELP};
use crate::catalog::ScalarType;
use crate::exec::value::{DateTime, TICKS_PER_SECOND};
use crate::exec::{Field, Row, Schema, Table};
use crate::project::LOCAL_WORKSPACE;
use crate::rule::RuleKind;
use crate::testing::value;

/// A cluster to ask instead of a workspace.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ClusterArgs {
    /// A cluster of Azure Data Explorer that holds the logs, such as https://NAME.REGION.kusto.windows.net.
    #[arg(long, value_name = "URL", requires = "database")]
    pub(crate) cluster: Option<String>,
    /// Its database.
    #[arg(long, value_name = "NAME", requires = "cluster")]
    pub(crate) database: Option<String>,
}

/// Where the logs are.
pub(crate) enum Place<'p> {
    /// In the workspace of this name.
    Workspace(&'p str),
    /// In a database of a cluster.
    Cluster {
        /// The cluster.
        cluster: Cluster,
        /// The name of the database.
        database: &'p str,
    },
}

/// Asks for the rows of a query, and writes them.
///
/// # Errors
/// When the place cannot be reached, or refuses the query.
pub(crate) fn hunt(
    place: &Place<'_>,
    subject: &Subject<'_>,
    running: &RunningArgs,
    writing: &WritingArgs,
    opened: &Opened,
    shell: &mut Shell,
) -> Result<Exit, CliError> {
    let answer = runtime()?.block_on(async {
        match place {
            Place::Workspace(name) => of_workspace(name, subject, running, opened, shell).await,
            Place::Cluster { cluster, database } => {
                of_cluster(cluster.clone(), database, subject, running).await
            }
        }
    })?;
    let table = table_of(&answer)?;
    writing.write(&table, shell)?;
    whole(&answer, shell)
}

/// Says where an answer is not all that there is.
///
/// # Errors
/// When that cannot be written.
fn whole(answer: &LogAnswer, shell: &mut Shell) -> Result<Exit, CliError> {
    let Some(partial) = &answer.partial else { return Ok(Exit::Clean) };
    writeln!(shell.err(), "the answer is not whole: {partial}\n  help: {WHOLE_ANSWER_HELP}")?;
    Ok(Exit::Findings)
}

async fn of_workspace(
    name: &str,
    subject: &Subject<'_>,
    running: &RunningArgs,
    opened: &Opened,
    shell: &Shell,
) -> Result<LogAnswer, CliError> {
    if name == LOCAL_WORKSPACE {
        return Err(CliError::new("the workspace on this machine holds no logs")
            .help("name a folder of exported logs with `--data FOLDER`, or another workspace"));
    }
    if running.at.is_some() {
        return Err(CliError::new("a workspace has a clock of its own: `--at` cannot set it")
            .help("use `--since`, or run on exported logs with `--data FOLDER`"));
    }
    let span = match running.since {
        Some(Since::Ago(span)) => LogSpan::Last(seconds(span.0)),
        Some(Since::Time(from)) => LogSpan::Between(from.to_string(), clock().to_string()),
        None => period(subject).map_or(LogSpan::All, LogSpan::Last),
    };
    let wishes = Wishes::default();
    let destination = Destination::find(opened, name, shell).await?;
    let asked = async {
        let id = destination.customer_id(&wishes).await?;
        destination.client(Service::LogAnalytics, &wishes)?.query(&id, subject.text, &span).await
    };
    let answer = asked.await.map_err(azure_error);
    destination.close().await?;
    answer
}

async fn of_cluster(
    cluster: Cluster,
    database: &str,
    subject: &Subject<'_>,
    running: &RunningArgs,
) -> Result<LogAnswer, CliError> {
    let now = running.at.unwrap_or_else(clock);
    let from = running.since.map(|since| since.before(now).to_string());
    let span = ClusterSpan { from, to: None, now: running.at.map(|at| at.to_string()) };
    let client = cluster_client(cluster, &Wishes::default()).map_err(azure_error)?;
    client.query_cluster(database, subject.text, &span).await.map_err(azure_error)
}

/// The stretch of time that the service would have the rule look at.
fn period(subject: &Subject<'_>) -> Option<Duration> {
    let rule = subject.rule.filter(|rule| rule.kind == RuleKind::Scheduled)?;
    Some(Duration::from_secs(rule.query_period.as_ref()?.value.seconds()))
}

fn seconds(ticks: i64) -> Duration {
    Duration::from_secs(u64::try_from(ticks / TICKS_PER_SECOND).unwrap_or(0))
}

/// An answer as a table.
///
/// # Errors
/// A value that is none of the type of its column.
pub(crate) fn table_of(answer: &LogAnswer) -> Result<Table, CliError> {
    let ty = |kind: &str| ScalarType::from_name(&kind.to_ascii_lowercase()).unwrap_or(ScalarType::Dynamic);
    let fields: Vec<Field> =
        answer.columns.iter().map(|column| Field::new(&column.name, ty(&column.kind))).collect();
    let read = |row: &Vec<serde_json::Value>| -> Result<Row, CliError> {
        row.iter()
            .zip(&fields)
            .map(|(cell, field)| {
                value::of_json(cell, field.ty, DateTime::MIN).map_err(|expected| {
                    CliError::new(format!("the column `{}` of the answer holds `{cell}`", field.name))
                        .cause(expected)
                })
            })
            .collect()
    };
    let rows = answer.rows.iter().map(read).collect::<Result<Vec<Row>, CliError>>()?;
    Ok(Table::new(Schema::new(fields), rows))
}
