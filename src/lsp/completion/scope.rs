//! Names of a query and of the catalog, as items.

use super::item::{Item, ItemKind, Offer};
use crate::catalog::kql::{Function, KqlCatalog, ProductFunctions, StoredFunction, Tabularity};
use crate::kql::bind::{Bound, Column, Symbol, Type};
use crate::kql::syntax::nodes::{FunctionParameter, LetStatement};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lsp::{calls, help};

/// What kind of thing may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A table.
    Table,
    /// A value.
    Value,
}

/// Offers columns.
pub(super) fn columns(offer: &mut Offer, columns: &[&Column<'_>]) {
    for column in columns {
        let item = Item::new(column.name, ItemKind::Column).detail(column.ty.name()).group(1);
        offer.add(Item { insert: bracketed(column.name), ..item });
    }
}

/// A name as it has to be written, where that is not as it is.
fn bracketed(name: &str) -> Option<String> {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (!is_plain).then(|| format!("['{}']", name.replace('\'', "\\'")))
}

/// Offers the names that let statements and parameters declare around `anchor`.
pub(super) fn locals(offer: &mut Offer, bound: &Bound<'_>, anchor: Node<'_>, wanted: Wanted) {
    let around: Vec<_> = std::iter::successors(Some(anchor), |node| node.parent()).map(Node::id).collect();
    let is_open = |node: Node<'_>| {
        let mut blocks = std::iter::successors(node.parent(), |node| node.parent());
        let block = blocks.find(|node| {
            matches!(
                node.kind(),
                NodeKind::QueryBlock | NodeKind::FunctionBody | NodeKind::FunctionDeclaration
            )
        });
        block.is_none_or(|block| around.contains(&block.id()))
    };
    for node in bound.tree().root().descendants() {
        let name = match node.kind() {
            NodeKind::LetStatement if !around.contains(&node.id()) => {
                LetStatement::of_slot(node).name().syntax()
            }
            NodeKind::FunctionParameter => {
                let declared = FunctionParameter::of_slot(node).name_and_type();
                declared.name().syntax()
            }
            _ => continue,
        };
        if !is_open(node) || name.is_missing() {
            continue;
        }
        if let Some(symbol) = bound.symbol(name) {
            local(offer, symbol, wanted);
        }
    }
}

fn local(offer: &mut Offer, symbol: Symbol<'_>, wanted: Wanted) {
    let (name, ty) = match symbol {
        Symbol::Variable(variable) | Symbol::Parameter(variable) => (variable.name, variable.ty),
        Symbol::Type(ty) => (ty.name(), ty),
        Symbol::Column(_) | Symbol::Operator(_) => return,
    };
    let item = match ty {
        Type::Function(function) => {
            let shape = calls::shapes(function).into_iter().next().unwrap_or_default();
            Item::new(name, ItemKind::Function).detail(shape.label)
        }
        Type::Table(_) | Type::Group(_) => Item::new(name, ItemKind::Table).detail("let"),
        _ if wanted == Wanted::Table => return,
        ty => Item::new(name, ItemKind::Variable).detail(ty.name()),
    };
    offer.add(item.group(0));
}

/// Offers the tables of the catalog.
pub(super) fn tables(offer: &mut Offer, catalog: &KqlCatalog) {
    offer.items.extend(catalog.table_names().map(|name| Item::new(name, ItemKind::Table).group(3)));
}

/// Offers the functions of the language, of products and of the project.
pub(super) fn functions(offer: &mut Offer, catalog: &KqlCatalog, wanted: Wanted) {
    offer.items.extend(catalog.stored_functions().iter().map(stored));
    let fits = |function: &Function| {
        let first = function.signatures.first().map(|signature| signature.tabularity);
        match wanted {
            Wanted::Table => first != Some(Tabularity::Scalar),
            Wanted::Value => first != Some(Tabularity::Tabular),
        }
    };
    let language = catalog.language().functions().iter();
    offer.items.extend(language.filter(|it| fits(it)).filter_map(builtin));
    if wanted == Wanted::Table {
        let products = ProductFunctions::get().iter().map(|it| &it.function);
        offer.items.extend(products.filter(|it| fits(it)).filter_map(builtin));
    }
}

/// Offers aggregates.
pub(super) fn aggregates(offer: &mut Offer, catalog: &KqlCatalog) {
    let all = catalog.language().aggregates().iter().filter_map(builtin);
    offer.items.extend(all.map(|item| item.group(1)));
}

/// Offers plugins.
pub(super) fn plugins(offer: &mut Offer, catalog: &KqlCatalog) {
    offer.items.extend(catalog.language().plugins().iter().filter_map(builtin));
}

/// A function of the catalog, unless it is not to be offered.
fn builtin(function: &Function) -> Option<Item> {
    if function.hidden || function.graph_only || function.name.starts_with("__") {
        return None;
    }
    let shape = calls::of_builtin(function).into_iter().next().unwrap_or_default();
    let mut item = Item::new(function.name, ItemKind::Function).detail(shape.label).group(4);
    item.is_deprecated = function.obsolete;
    Some(item.doc(help::function(function.name).unwrap_or_default()))
}

fn stored(function: &StoredFunction) -> Item {
    let label = calls::of_stored(function).label;
    Item::new(function.name, ItemKind::Function).detail(label).doc("A function of the project.").group(2)
}
