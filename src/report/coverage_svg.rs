//! Coverage of ATT&CK as a picture for a README: a row for each tactic, a square for each technique.

use std::fmt::Write as _;

use crate::coverage::{Coverage, Covered};

/// Left edge of the squares, in pixels.
const LEFT: usize = 190;
/// Distance of squares and rows.
const STEP: usize = 14;
/// Width of an entry of the legend, in pixels.
const KEY: usize = 62;
/// Squares in a line; a tactic with more goes on below.
const PER_LINE: usize = 48;

/// The picture. It has colours for light and dark pages, names in tooltips, and nothing from elsewhere.
pub fn coverage_svg(coverage: &Coverage) -> String {
    let mut body = String::new();
    let mut y = 44;
    for column in &coverage.columns {
        let _ = writeln!(
            body,
            r#"<text x="{}" y="{}" text-anchor="end">{} {}/{}</text>"#,
            LEFT - 10,
            y + 10,
            escaped(column.name),
            column.covered(),
            column.techniques.len()
        );
        for (at, technique) in column.techniques.iter().enumerate() {
            let (x, row) = (LEFT + at % PER_LINE * STEP, y + at / PER_LINE * STEP);
            let _ = writeln!(
                body,
                r#"<rect x="{x}" y="{row}" width="11" height="11" rx="2" class="{}"><title>{}</title></rect>"#,
                coverage.shade(technique),
                escaped(&label(coverage, technique))
            );
            if coverage.tested(&technique.all()) > 0 {
                let _ = writeln!(body, "{}", dot(x, row));
            }
        }
        y += column.techniques.len().div_ceil(PER_LINE).max(1) * STEP + 6;
    }
    let (all, covered) = coverage.total();
    let title = format!("{covered} of {all} techniques of ATT&CK {} have a rule", coverage.version);
    let width = LEFT + PER_LINE * STEP + 10;
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t" font-family="system-ui, sans-serif" font-size="11">
<title id="t">{title}</title>
<style>
text {{ fill: #24292f }} .dot {{ fill: #fff; pointer-events: none }} .none {{ fill: #d8dee4 }} .hunt {{ fill: #a8c7e8 }} .off {{ fill: #c9bfe6 }} .low {{ fill: #8fd0a4 }} .medium {{ fill: #3fa363 }} .high {{ fill: #17663a }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #d5dbe1 }} .dot {{ fill: #0d1117 }} .none {{ fill: #353b42 }} .hunt {{ fill: #35608c }} .off {{ fill: #584a86 }} .low {{ fill: #2b6b41 }} .medium {{ fill: #41a566 }} .high {{ fill: #8ee0ac }} }}
</style>
<text x="10" y="18" font-size="14" font-weight="600">{title}</text>
<g transform="translate({legend} 8)">{keys}</g>
{body}</svg>
"##,
        height = y + 8,
        title = escaped(&title),
        legend = width - 440,
        keys = legend(),
    )
}

fn legend() -> String {
    let keys = [
        ("high", "high"),
        ("medium", "medium"),
        ("low", "low"),
        ("hunt", "hunting"),
        ("off", "disabled"),
        ("none", "no rule"),
    ];
    let mut out = String::new();
    for (at, (class, text)) in keys.iter().enumerate() {
        let x = at * KEY;
        let _ = write!(
            out,
            r#"<rect x="{x}" y="0" width="11" height="11" rx="2" class="{class}"/><text x="{}" y="10">{text}</text>"#,
            x + 15
        );
    }
    let x = keys.len() * KEY;
    let _ = write!(
        out,
        r#"<rect x="{x}" y="0" width="11" height="11" rx="2" class="high"/>{}<text x="{}" y="10">tested</text>"#,
        dot(x, 0),
        x + 15
    );
    out
}

/// The mark of a tested rule, in the square at this place.
fn dot(x: usize, y: usize) -> String {
    format!(r#"<circle cx="{x}.5" cy="{y}.5" r="2" class="dot" transform="translate(5 5)"/>"#)
}

fn label(coverage: &Coverage, technique: &Covered) -> String {
    let rules = technique.all();
    let enabled = rules.iter().filter(|at| coverage.rules[**at].alerts).count();
    let tested = coverage.tested(&rules);
    format!("{} {}: {} rules, {enabled} enabled, {tested} tested", technique.id, technique.name, rules.len())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
