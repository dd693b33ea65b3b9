//! What `cluster()`, `database()`, `table()` and their like name.

use super::binder::Binder;
use super::directives::host_and_path;
use super::signature::Arg;
use super::symbols::{Cluster, Database, EntityGroup, Graph, Symbol, Table, TableKind, Value};
use super::types::Type;
use crate::catalog::kql::ReturnKind;
use crate::catalog::kql::wildcard;
use crate::kql::codes;
use crate::kql::syntax::Node;

impl<'a> Binder<'a> {
    pub(super) fn entity(
        &mut self,
        kind: ReturnKind,
        arg: Option<Arg<'a>>,
        no_arguments: bool,
        location: Node<'a>,
        report: bool,
    ) -> Type<'a> {
        let arena = self.arena;
        let place = arg.and_then(|arg| arg.node).unwrap_or(location);
        let name = match arg.and_then(|arg| arg.node).and_then(|node| self.literal_or_variable(node)) {
            Some(Value::String(name)) => Some(name),
            _ => None,
        };
        match (kind, name) {
            (ReturnKind::Parameter0Cluster, Some(name)) => {
                Type::Cluster(self.cluster_named(name, place, report))
            }
            (ReturnKind::Parameter0Cluster, None) => Type::Cluster(Cluster::new(arena, "", false, true)),
            (ReturnKind::Parameter0Database, Some(name)) => self.database_named(name, place, report),
            (ReturnKind::Parameter0Database, None) if no_arguments => Type::Database(self.database),
            (ReturnKind::Parameter0Database, None) => Type::Database(Database::new(arena, "", false, true)),
            (ReturnKind::Parameter0Table, Some(name)) => self.table_named(name, place, report),
            (ReturnKind::Parameter0ExternalTable, Some(name)) => {
                self.report_unknown(codes::UNKNOWN_EXTERNAL_TABLE, "external table", name, place, report);
                Type::Table(Table::unknown(arena, name).of_kind(arena, TableKind::External))
            }
            (ReturnKind::Parameter0MaterializedView, Some(name)) => {
                self.report_unknown(
                    codes::UNKNOWN_MATERIALIZED_VIEW,
                    "materialized view",
                    name,
                    place,
                    report,
                );
                Type::Table(Table::unknown(arena, name).of_kind(arena, TableKind::MaterializedView))
            }
            (ReturnKind::Parameter0StoredQueryResult, Some(name)) => {
                self.report_unknown(
                    codes::UNKNOWN_STORED_QUERY_RESULT,
                    "stored query result",
                    name,
                    place,
                    report,
                );
                let table = Table::with_name(arena, name, &[]);
                Type::Table(table.of_kind(arena, TableKind::StoredQueryResult))
            }
            (ReturnKind::Parameter0StoredQueryResult, None) => {
                Type::Table(Table::new(arena, &[]).of_kind(arena, TableKind::StoredQueryResult))
            }
            (ReturnKind::Parameter0EntityGroup, name) => {
                if let Some(name) = name {
                    self.report_unknown(codes::UNKNOWN_ENTITY_GROUP, "entity group", name, place, report);
                }
                Type::EntityGroup(arena.alloc(EntityGroup { name: "", members: &[] }))
            }
            (ReturnKind::Parameter0Graph, name) => {
                if let Some(name) = name.filter(|_| report) {
                    self.report_at(codes::UNKNOWN_GRAPH_MODEL, location, || {
                        format!("there is no graph model `{name}`")
                    });
                }
                Type::Graph(self.empty_graph.get_or_insert_with(|| {
                    let empty = Table::new(arena, &[]);
                    arena.alloc(Graph { edges: empty, nodes: Some(empty) })
                }))
            }
            _ => Type::Table(Table::unknown(arena, "")),
        }
    }

    fn report_unknown(
        &mut self,
        code: codes::KqlCode,
        what: &str,
        name: &str,
        place: Node<'a>,
        report: bool,
    ) {
        if report {
            let code = if self.fuzzy { codes::FUZZY_ENTITY_NOT_DEFINED } else { code };
            self.report_at(code, place, || format!("there is no {what} `{name}`"));
        }
    }

    fn cluster_named(&mut self, name: &'a str, place: Node<'a>, report: bool) -> &'a Cluster<'a> {
        if host_and_path(name).0.eq_ignore_ascii_case(self.home.name) {
            return self.home;
        }
        self.report_unknown(codes::UNKNOWN_CLUSTER, "known cluster", name, place, report);
        if let Some(cluster) = self.open_clusters.iter().find(|cluster| cluster.name == name) {
            return cluster;
        }
        let cluster = Cluster::new(self.arena, name, false, true);
        self.open_clusters.push(cluster);
        cluster
    }

    fn database_named(&mut self, name: &'a str, place: Node<'a>, report: bool) -> Type<'a> {
        if let Some(found) = self.matching_database(name) {
            return found;
        }
        self.report_unknown(codes::UNKNOWN_DATABASE, "database", name, place, report);
        if name.contains('*') {
            return Type::Error;
        }
        let cluster = match self.path_scope {
            Some(Type::Cluster(cluster)) => cluster,
            _ => self.cluster,
        };
        Type::Database(cluster.open_database(self.arena, name))
    }

    fn matching_database(&self, name: &'a str) -> Option<Type<'a>> {
        let cluster = match self.path_scope {
            Some(Type::Cluster(cluster)) => cluster,
            None => self.cluster,
            _ => return None,
        };
        if cluster.current && (name.is_empty() || name.eq_ignore_ascii_case(self.workspace.name)) {
            return Some(Type::Database(self.workspace));
        }
        if let Some((_, database)) = self.aliases.iter().rev().find(|(alias, _)| *alias == name) {
            return Some(Type::Database(database));
        }
        let lower = name.to_ascii_lowercase();
        if cluster.current && wildcard::matches(&lower, &self.workspace.name.to_ascii_lowercase()) {
            return Some(Type::Database(self.workspace));
        }
        (cluster.open && !name.contains('*')).then(|| Type::Database(cluster.open_database(self.arena, name)))
    }

    fn table_named(&mut self, name: &'a str, place: Node<'a>, report: bool) -> Type<'a> {
        let pattern = name.contains('*');
        if self.path_scope.is_none() && !pattern {
            let found = self.local_scope.find(name, |symbol| match symbol {
                Symbol::Variable(_) | Symbol::Parameter(_) | Symbol::Type(Type::Table(_)) => true,
                Symbol::Type(Type::Function(function)) => function.is_view(),
                _ => false,
            });
            if let Some(symbol) = found {
                let ty = match symbol {
                    Symbol::Type(Type::Function(function)) if function.min_arguments() == 0 => {
                        Some(self.call_result_of_name(function, place))
                    }
                    symbol => symbol.result_type(self.arena),
                };
                return match ty {
                    Some(Type::Table(table)) => Type::Table(table),
                    _ => Type::Error,
                };
            }
        }
        let database = match self.path_scope {
            Some(Type::Database(database)) => Some(database),
            None => Some(self.database),
            _ => None,
        };
        if let Some(database) = database {
            if database.current {
                let found: Vec<Symbol<'a>> = if pattern {
                    self.catalog_tables_matching(name)
                } else {
                    self.catalog_table(name)
                        .map(|table| Symbol::Type(Type::Table(table)))
                        .into_iter()
                        .collect()
                };
                match found[..] {
                    [] => {}
                    [Symbol::Type(only)] => return only,
                    _ => return Type::Group(self.arena.slice(&found)),
                }
            }
            if database.open && !pattern {
                return Type::Table(database.open_table(self.arena, name));
            }
        }
        self.report_unknown(codes::UNKNOWN_TABLE, "table", name, place, report);
        match database {
            Some(database) if !pattern => Type::Table(database.open_table(self.arena, name)),
            _ => Type::Error,
        }
    }
}
