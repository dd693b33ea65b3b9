//! `scan`: sequences of rows, found by steps.
//!
//! A step keeps a state: for each step up to it, the last row of the sequence that matched. Rows are held against the
//! steps from the last to the first.

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Table};
use crate::exec::value::{Value, coerce};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::ScanOperator;

/// Which of the rows that match a step are returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    All,
    Last,
    None,
}

#[derive(Debug)]
struct Step {
    name: String,
    output: Output,
    condition: Expr,
    /// Which of the declared columns get a value.
    assignments: Vec<(String, Expr)>,
}

#[derive(Debug)]
struct Scan {
    declared: Vec<(Field, Value)>,
    steps: Vec<Step>,
    /// The column with the number of the sequence of a row.
    match_id: Option<String>,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ScanOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    if node.order_by().is_some() || node.partition_by().is_some() {
        compiler.unsupported(range, "`order by` and `partition by` of `scan`");
    }
    let mut declared = Vec::new();
    for parameter in node.declare().into_iter().flat_map(|declare| declare.declarations().iter()) {
        let ty = parameter.name_and_type();
        let ty_name = ScalarType::from_name(ty.kind().text().trim()).unwrap_or(ScalarType::Dynamic);
        let field = Field::new(name_text(ty.name().syntax()), ty_name);
        let default = match parameter.default() {
            Some(default) => coerce(&compiler.constant(default.value(), scope), field.ty),
            None => Value::missing(field.ty),
        };
        declared.push((field, default));
    }
    let mut steps = Vec::new();
    for step in node.steps().iter() {
        if step.optional().is_some_and(|optional| !optional.is_missing()) {
            compiler.unsupported(step.syntax().range(), "optional steps of `scan`");
        }
        let output = match step.output().map(|output| output.kind().text().to_ascii_lowercase()).as_deref() {
            Some("last") => Output::Last,
            Some("none") => Output::None,
            _ => Output::All,
        };
        let assignments = step
            .computation()
            .into_iter()
            .flat_map(|computation| computation.assignments().iter())
            .map(|assignment| {
                let value = compiler.expression(assignment.expression(), scope);
                (name_text(assignment.name().syntax()), value)
            })
            .collect();
        let condition = compiler.expression(step.condition(), scope);
        steps.push(Step { name: name_text(step.name().syntax()), output, condition, assignments });
    }
    let match_id = compiler.parameter_word(node.parameters().iter(), "with_match_id");
    input.pipe(Scan { declared, steps, match_id }, range)
}

/// The state of a step: the last row for each step up to it, and the number of the sequence.
#[derive(Debug, Clone, Default)]
struct State {
    rows: Vec<Option<Row>>,
    id: i64,
    /// A row that is returned when the sequence leaves the step.
    pending: Option<Row>,
}

/// What a scan works with: rows of the input with the declared columns, and behind them those of each step.
struct Machine<'s, 'r> {
    scan: &'s Scan,
    run: &'s Run<'r>,
    /// The values of a step without a row.
    empty: Row,
    conditions: Vec<Expr>,
    /// Where the values stand that assignments compute, and what they compute.
    assignments: Vec<Vec<(usize, ScalarType, Expr)>>,
    states: Vec<Option<State>>,
    next_id: i64,
    output: Vec<Row>,
}

impl Machine<'_, '_> {
    /// The row as the expressions of a step see it: its own values, then those of the steps in `state`.
    fn seen(&self, row: &Row, state: Option<&State>, steps: usize) -> Row {
        let mut seen = row.clone();
        for step in 0..self.scan.steps.len() {
            let known = state.filter(|_| step < steps).and_then(|state| state.rows.get(step));
            seen.extend(known.and_then(Option::as_ref).unwrap_or(&self.empty).iter().cloned());
        }
        seen
    }

    fn matches(&self, step: usize, seen: &Row) -> Result<bool> {
        match self.conditions.get(step) {
            Some(condition) => Ok(condition.value(seen, self.run)?.is_true()),
            None => Ok(false),
        }
    }

    /// The row with the values that the step assigns.
    fn extended(&self, step: usize, row: &Row, seen: &Row) -> Result<Row> {
        let mut extended = row.clone();
        for (place, ty, value) in self.assignments.get(step).into_iter().flatten() {
            let value = coerce(&value.value(seen, self.run)?, *ty);
            if let Some(slot) = extended.get_mut(*place) {
                *slot = value;
            }
        }
        Ok(extended)
    }

    fn emit(&mut self, mut row: Row, id: i64) {
        if self.scan.match_id.is_some() {
            row.push(Value::Long(id));
        }
        self.output.push(row);
    }

    /// Ends what a step has under way.
    fn leave(&mut self, step: usize) -> Option<State> {
        let mut state = self.states.get_mut(step)?.take()?;
        if let Some(row) = state.pending.take() {
            self.emit(row, state.id);
        }
        Some(state)
    }

    /// Puts a row that matched into the state of its step.
    fn enter(&mut self, step: usize, mut state: State, row: Row) {
        state.rows.resize(step + 1, None);
        if let Some(slot) = state.rows.get_mut(step) {
            *slot = Some(row.clone());
        }
        match self.scan.steps.get(step).map(|step| step.output) {
            Some(Output::All) => self.emit(row, state.id),
            Some(Output::Last) => state.pending = Some(row),
            _ => {}
        }
        if let Some(slot) = self.states.get_mut(step) {
            *slot = Some(state);
        }
    }

    /// Holds a row against a step.
    fn hold(&mut self, step: usize, row: &Row) -> Result<()> {
        if let Some(before) = step.checked_sub(1)
            && let Some(state) = self.states.get(before).and_then(Option::as_ref)
        {
            let seen = self.seen(row, Some(state), step);
            if self.matches(step, &seen)? {
                let extended = self.extended(step, row, &seen)?;
                self.leave(step);
                let state = self.leave(before).unwrap_or_default();
                self.enter(step, state, extended);
                return Ok(());
            }
        }
        let state = self.states.get(step).and_then(Option::as_ref);
        if state.is_none() && step > 0 {
            return Ok(());
        }
        let seen = self.seen(row, state, step + 1);
        if self.matches(step, &seen)? {
            let extended = self.extended(step, row, &seen)?;
            let state = match self.states.get_mut(step).and_then(Option::take) {
                Some(state) => state,
                None => {
                    self.next_id += 1;
                    State { id: self.next_id - 1, ..State::default() }
                }
            };
            self.enter(step, state, extended);
        }
        Ok(())
    }
}

impl Operator for Scan {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let mut schema = input.schema.clone();
        schema.fields.extend(self.declared.iter().map(|(field, _)| field.clone()));
        let mut all = schema.clone();
        for step in &self.steps {
            let fields = schema.fields.iter();
            let named = fields.map(|field| Field::new(format!("{}.{}", step.name, field.name), field.ty));
            all.fields.extend(named);
        }
        let conditions = self.steps.iter().map(|step| step.condition.linked(&all)).collect::<Result<_>>()?;
        let mut assignments = Vec::new();
        for step in &self.steps {
            let mut placed = Vec::new();
            for (name, value) in &step.assignments {
                let Some(place) = schema.position(name) else { continue };
                let ty = schema.fields.get(place).map_or(ScalarType::Dynamic, |field| field.ty);
                placed.push((place, ty, value.linked(&all)?));
            }
            assignments.push(placed);
        }
        let defaults = self.declared.iter().map(|(_, default)| default.clone());
        let empty = input.schema.fields.iter().map(|field| Value::missing(field.ty));
        let mut machine = Machine {
            scan: self,
            run,
            empty: empty.chain(defaults.clone()).collect(),
            conditions,
            assignments,
            states: vec![None; self.steps.len()],
            next_id: 0,
            output: Vec::new(),
        };
        for mut row in input.rows {
            row.extend(defaults.clone());
            for step in (0..self.steps.len()).rev() {
                machine.hold(step, &row)?;
            }
        }
        for step in 0..self.steps.len() {
            machine.leave(step);
        }
        let rows = machine.output;
        if let Some(name) = &self.match_id {
            schema.fields.push(Field::new(name, ScalarType::Long));
        }
        Ok(Table::new(schema, rows))
    }
}
