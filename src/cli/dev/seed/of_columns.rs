//! Defects between the columns of a query and what the rule does with them.

use super::Maker;
use super::subject::{Planted, Subject, misspelt};
use crate::rule::{EntityMapping, FieldMapping, RuleKind};
use crate::text::{Spanned, TextRange};

/// The makers of such defects.
pub(super) static MAKERS: &[Maker] = &[
    Maker { name: "misspelt column in mapping", codes: &["PK301", "PK302"], make: |s| slip(s, mapped(s)?) },
    Maker { name: "misspelt column in detail", codes: &["PK301", "PK302"], make: |s| slip(s, detail(s)?) },
    Maker {
        name: "misspelt column in placeholder",
        codes: &["PK301", "PK302"],
        make: |s| slip(s, placeholder(s)?),
    },
    Maker { name: "column in lower case", codes: &["PK302"], make: lower_case },
    Maker { name: "column lost by project-away", codes: &["PK301"], make: projected_away },
    Maker { name: "column lost by project", codes: &["PK301"], make: projected },
    Maker { name: "column lost by summarize", codes: &["PK301"], make: summarized },
    Maker {
        name: "identifier from a list",
        codes: &["PK303"],
        make: |s| extended(s, "dynamic([\"a\"])", false),
    },
    Maker { name: "empty column", codes: &["PK304"], make: |s| extended(s, "\"\"", false) },
    Maker { name: "one entity for all", codes: &["PK314"], make: |s| extended(s, "\"host1\"", true) },
    Maker { name: "word for an address", codes: &["PK317"], make: address },
    Maker { name: "address for an account", codes: &["PK316"], make: address_for_account },
    Maker { name: "name with its domain", codes: &["PK318"], make: whole_name },
    Maker { name: "unknown entity type", codes: &["PK305"], make: entity_type },
    Maker { name: "unknown identifier", codes: &["PK306"], make: identifier },
    Maker { name: "entity without identifier", codes: &["PK307"], make: |s| sole(s, "DisplayName") },
    Maker { name: "identifier that is not enough", codes: &["PK315"], make: |s| sole(s, "Name") },
    Maker { name: "too many details", codes: &["PK309"], make: details },
    Maker { name: "duplicate identifier", codes: &["PK308"], make: identifier_twice },
    Maker { name: "entity mapped twice", codes: &["PK313"], make: entity_twice },
    Maker { name: "bad name of a detail", codes: &["PK310"], make: detail_name },
    Maker { name: "path for a column", codes: &["PK311"], make: path },
    Maker { name: "too many placeholders", codes: &["PK312"], make: placeholders },
    Maker { name: "grouping by unmapped entity", codes: &["PK412"], make: grouped_entity },
];

/// The first column that a mapping names and the query returns.
fn mapped(subject: &Subject) -> Option<&Spanned<String>> {
    let is_returned =
        |name: &&Spanned<String>| subject.columns.iter().any(|column| column.name == name.value);
    subject.mapped().find(is_returned)
}

fn detail(subject: &Subject) -> Option<&Spanned<String>> {
    subject.rule.custom_details.first().map(|(_, column)| column)
}

fn placeholder(subject: &Subject) -> Option<&Spanned<String>> {
    let details = subject.rule.alert_details_override.as_ref()?;
    details.display_name_columns.first().or(details.description_columns.first())
}

fn slip(subject: &Subject, column: &Spanned<String>) -> Option<Planted> {
    if subject.columns.is_empty() {
        return None;
    }
    Some(subject.replace(subject.inside(column), &subject.misspelt(&column.value)?))
}

fn lower_case(subject: &Subject) -> Option<Planted> {
    let column = mapped(subject)?;
    let lower = column.value.to_lowercase();
    let is_new = !subject.columns.iter().any(|column| column.name == lower);
    is_new.then(|| subject.replace(subject.inside(column), &lower))
}

fn projected_away(subject: &Subject) -> Option<Planted> {
    let column = mapped(subject)?;
    subject.append_for(&format!("| project-away {}", column.value), column.range)
}

fn projected(subject: &Subject) -> Option<Planted> {
    let column = mapped(subject)?;
    let kept = subject.columns.iter().find(|kept| kept.name != column.value)?;
    subject.append_for(&format!("| project ['{}']", kept.name), column.range)
}

fn summarized(subject: &Subject) -> Option<Planted> {
    let column = mapped(subject)?;
    let kept = subject.columns.iter().find(|kept| kept.name != column.value && kept.is_text)?;
    subject.append_for(&format!("| summarize Rows = count() by ['{}']", kept.name), column.range)
}

fn extended(subject: &Subject, value: &str, is_once: bool) -> Option<Planted> {
    let column = mapped(subject)?;
    let times = subject.mapped().filter(|other| other.value == column.value).count();
    let is_single = |mapping: &EntityMapping| {
        mapping.range.contains_range(column.range) && mapping.field_mappings.len() == 1
    };
    if is_once && (times > 1 || !subject.rule.entity_mappings.iter().any(is_single)) {
        return None;
    }
    let around = |range: TextRange| range.contains_range(column.range);
    let entity =
        subject.rule.entity_mappings.iter().map(|mapping| mapping.range).find(|range| around(*range))?;
    let place = if is_once { entity } else { column.range };
    subject.append_for(&format!("| extend {} = {value}", column.value), place)
}

fn address(subject: &Subject) -> Option<Planted> {
    let is_address = |field: &&FieldMapping| {
        field.identifier.as_ref().is_some_and(|identifier| identifier.value == "Address")
    };
    let mut fields = subject.rule.entity_mappings.iter().flat_map(|mapping| &mapping.field_mappings);
    let column = fields.find(is_address)?.column_name.as_ref()?;
    let times = subject.mapped().filter(|other| other.value == column.value).count();
    let is_returned = subject.columns.iter().any(|known| known.name == column.value);
    let line = format!("| extend {} = \"localhost\"", column.value);
    if times == 1 && is_returned { subject.append_for(&line, column.range) } else { None }
}

/// The only field of an account, with its column.
fn account(subject: &Subject) -> Option<(&Spanned<String>, &Spanned<String>)> {
    let is_account = |mapping: &&EntityMapping| {
        mapping.entity_type.as_ref().is_some_and(|entity| entity.value == "Account")
    };
    let mapping = subject.rule.entity_mappings.iter().find(is_account)?;
    let [field] = mapping.field_mappings.as_slice() else { return None };
    Some((field.identifier.as_ref()?, field.column_name.as_ref()?))
}

fn address_for_account(subject: &Subject) -> Option<Planted> {
    let (identifier, column) = account(subject)?;
    let is_name = identifier.value == "FullName" || identifier.value == "Name";
    let has_address = subject.returns("IPAddress");
    (is_name && has_address).then(|| subject.replace(subject.inside(column), "IPAddress"))
}

fn whole_name(subject: &Subject) -> Option<Planted> {
    let (identifier, column) = account(subject)?;
    let is_whole = identifier.value == "FullName" && subject.returns("UserPrincipalName");
    let planted = subject.replace_for(subject.inside(identifier), "Name", column.range);
    (is_whole && column.value == "UserPrincipalName").then_some(planted)
}

fn entity_type(subject: &Subject) -> Option<Planted> {
    let entity = subject.rule.entity_mappings.first()?.entity_type.as_ref()?;
    Some(subject.replace(subject.inside(entity), "Machine"))
}

fn fields(subject: &Subject) -> Option<&[FieldMapping]> {
    Some(&subject.rule.entity_mappings.first()?.field_mappings)
}

fn identifier(subject: &Subject) -> Option<Planted> {
    let identifier = fields(subject)?.first()?.identifier.as_ref()?;
    Some(subject.replace(subject.inside(identifier), &misspelt(&identifier.value)))
}

/// An account that is told by this identifier alone.
fn sole(subject: &Subject, name: &str) -> Option<Planted> {
    let is_account = |mapping: &&EntityMapping| {
        let is_type = mapping.entity_type.as_ref().is_some_and(|entity| entity.value == "Account");
        is_type && mapping.field_mappings.len() == 1
    };
    let mapping = subject.rule.entity_mappings.iter().find(is_account)?;
    let identifier = mapping.field_mappings.first()?.identifier.as_ref()?;
    let is_other = identifier.value != name;
    is_other.then(|| {
        let Planted { text, mut places } = subject.replace(subject.inside(identifier), name);
        places.extend(mapping.entity_type.as_ref().map(|entity| entity.range));
        Planted { text, places }
    })
}

fn details(subject: &Subject) -> Option<Planted> {
    let column = subject.text_column(false).filter(|_| subject.rule.kind != RuleKind::Hunting)?;
    if !subject.rule.custom_details.is_empty() || subject.rule.key("customDetails").is_some() {
        return None;
    }
    let lines: Vec<String> = (1..=21).map(|number| format!("  Detail{number}: {column}")).collect();
    subject.prepend(&format!("customDetails:\n{}", lines.join("\n")))
}

fn identifier_twice(subject: &Subject) -> Option<Planted> {
    let fields = fields(subject)?;
    let last = fields.last()?;
    let mut places = Vec::new();
    let Planted { text, places: copies } =
        subject.repeat(last.range, str::to_owned).filter(|_| fields.len() < 3)?;
    places.extend(copies);
    Some(Planted { text, places })
}

fn entity_twice(subject: &Subject) -> Option<Planted> {
    let entity = subject.rule.entity_mappings.last()?;
    subject.repeat(entity.range, str::to_owned).filter(|_| subject.rule.entity_mappings.len() < 10)
}

fn detail_name(subject: &Subject) -> Option<Planted> {
    let (name, _) = subject.rule.custom_details.first()?;
    let is_grouped = subject.text.contains("groupByCustomDetails");
    (!is_grouped).then(|| subject.replace(subject.inside(name), "Name of detail"))
}

fn path(subject: &Subject) -> Option<Planted> {
    let column = mapped(subject)?;
    Some(subject.replace(subject.inside(column), &format!("{}.value", column.value)))
}

fn placeholders(subject: &Subject) -> Option<Planted> {
    let format = subject.rule.alert_details_override.as_ref()?.display_name_format.as_ref()?;
    let column = subject.text_column(false)?;
    let inside = subject.inside(format);
    let is_one_line = !inside.slice(&subject.text).contains('\n');
    let more = format!(" {{{{{column}}}}}").repeat(4);
    is_one_line.then(|| subject.replace_for(TextRange::empty(inside.end), &more, format.range))
}

fn grouped_entity(subject: &Subject) -> Option<Planted> {
    let rule = &subject.rule;
    let is_free = rule.incident_configuration.is_none() && rule.kind == RuleKind::Scheduled;
    let has = |name: &str| {
        let types = rule.entity_mappings.iter().filter_map(|mapping| mapping.entity_type.as_ref());
        types.into_iter().any(|entity| entity.value == name)
    };
    if !is_free || has("RegistryKey") || rule.entity_mappings.is_empty() {
        return None;
    }
    subject.prepend(
        "incidentConfiguration:\n  createIncident: true\n  groupingConfiguration:\n    enabled: true\n    reopenClosedIncident: false\n    lookbackDuration: 5h\n    matchingMethod: Selected\n    groupByEntities: [RegistryKey]",
    )
}
