//! `geo_polygon_lookup` and `geo_line_lookup`: rows joined by the polygon that a place is in, or the line that it is near.

use std::sync::Arc;

use super::Plugin;
use super::beside::Beside;
use crate::exec::compile::name_text;
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::functions::{PlaceTest, place_test};
use crate::exec::operators::Operator;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Table};

#[derive(Debug)]
struct GeoLookup {
    table: Relation,
    key: Arc<str>,
    longitude: Expr,
    latitude: Expr,
    /// How far around the shape it reaches, in metres; nothing for what lies in a polygon.
    radius: Option<f64>,
    unmatched: bool,
    with_key: bool,
}

/// `geo_polygon_lookup(table, polygon, longitude, latitude, radius, return_unmatched, lookup_area_radius,
/// return_lookup_key)`; of lines, the radius is no option. `lookup_area_radius` only makes the service faster.
pub(super) fn compile(plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let mut plugin = plugin;
    let node = plugin.node(0)?;
    let table = plugin.compiler.table(node, plugin.scope, None);
    let key = Arc::from(name_text(plugin.node(1)?));
    let (longitude, latitude) = (plugin.expression(2)?, plugin.expression(3)?);
    let radius = plugin.constant(4, "radius").and_then(|radius| radius.as_f64());
    let unmatched = plugin.constant(5, "return_unmatched").is_some_and(|flag| flag.is_true());
    let with_key = plugin.constant(7, "return_lookup_key").is_some_and(|flag| flag.is_true());
    Some(Box::new(GeoLookup { table, key, longitude, latitude, radius, unmatched, with_key }))
}

impl Operator for GeoLookup {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let table = self.table.table(run)?;
        let key = table.schema.position(&self.key);
        let (longitude, latitude) =
            (self.longitude.linked(&input.schema)?, self.latitude.linked(&input.schema)?);
        let shapes: Vec<Option<PlaceTest>> =
            table.rows.iter().map(|row| place_test(key.and_then(|key| row.get(key))?, self.radius)).collect();
        let keeps = |place: usize, _: &Field| self.with_key || Some(place) != key;
        let mut beside = Beside::new(&input.schema, &table.schema, keeps, self.unmatched);
        for row in &input.rows {
            let place = longitude.value(row, run)?.as_f64().zip(latitude.value(row, run)?.as_f64());
            let holds = |shape: &Option<PlaceTest>| {
                place.zip(shape.as_ref()).is_some_and(|(place, shape)| shape.holds(place))
            };
            let found = table.rows.iter().zip(&shapes).filter(|(_, shape)| holds(shape));
            beside.add(row, found.map(|(known, _)| known));
        }
        Ok(beside.finish())
    }
}
