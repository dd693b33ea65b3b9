//! Lays out a stream of texts, breaks and groups within a line width.
//!
//! A group that fits on the rest of its line is written flat; otherwise all its own breaks become new lines.

/// A piece of layout.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Text without a line break, or a literal that spans lines.
    Text(String),
    /// A comment, which ends its line.
    Comment(String),
    /// A space, or a new line when its group is broken.
    Space,
    /// Nothing, or a new line when its group is broken.
    Soft,
    /// A new line always; with `blank`, an empty line before it.
    Line { blank: bool },
    /// Starts a group.
    Open,
    /// Ends a group.
    Close,
    /// New lines from here on are indented one level deeper.
    Indent,
    /// Ends the deeper level.
    Dedent,
}

const WIDTH: usize = 100;
const INDENT: usize = 4;

/// The text of `pieces`, each line indented by its level, ending without a line break.
pub(super) fn render(pieces: &[Piece]) -> String {
    let widths = group_widths(pieces);
    let mut out = String::new();
    let mut column = 0;
    let mut level: usize = 0;
    let mut groups: Vec<bool> = vec![true];
    let mut pending_line: Option<bool> = None;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open => {
                let start = if pending_line.is_some() { level * INDENT } else { column };
                groups.push(widths[index].is_none_or(|width| start + width > WIDTH));
            }
            Piece::Close => {
                if groups.len() > 1 {
                    groups.pop();
                }
            }
            Piece::Indent => level += 1,
            Piece::Dedent => level = level.saturating_sub(1),
            Piece::Line { blank } => {
                pending_line = Some(*blank || pending_line == Some(true));
            }
            Piece::Space | Piece::Soft if groups.last() == Some(&true) => {
                pending_line = Some(pending_line == Some(true));
            }
            Piece::Space if pending_line.is_none() => {
                out.push(' ');
                column += 1;
            }
            Piece::Space | Piece::Soft => {}
            Piece::Text(text) | Piece::Comment(text) => {
                if let Some(blank) = pending_line.take() {
                    column = new_line(&mut out, blank, level);
                }
                out.push_str(text);
                column = match text.rsplit_once('\n') {
                    Some((_, last)) => last.chars().count(),
                    None => column + text.chars().count(),
                };
            }
        }
    }
    out
}

fn new_line(out: &mut String, blank: bool, level: usize) -> usize {
    while out.ends_with(' ') {
        out.pop();
    }
    if out.is_empty() {
        return 0;
    }
    out.push('\n');
    if blank {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n(' ', level * INDENT));
    level * INDENT
}

/// For each [`Piece::Open`], the width of its group with what follows it up to the next break, all flat;
/// `None` where it cannot be flat.
fn group_widths(pieces: &[Piece]) -> Vec<Option<usize>> {
    let mut widths = vec![None; pieces.len()];
    // Flat width up to each piece, and the number of forced lines before it.
    let mut total = 0;
    let mut forced = 0;
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    let mut closed: Vec<(usize, usize)> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let settles = matches!(piece, Piece::Space | Piece::Soft | Piece::Line { .. } | Piece::Comment(_));
        if settles {
            for (start, from) in closed.drain(..) {
                widths[start] = Some(total - from);
            }
        }
        match piece {
            Piece::Open => open.push((index, total, forced)),
            Piece::Close => {
                if let Some((start, from, lines)) = open.pop()
                    && lines == forced
                {
                    closed.push((start, from));
                }
            }
            Piece::Space => total += 1,
            Piece::Line { .. } | Piece::Comment(_) => forced += 1,
            Piece::Text(text) if text.contains('\n') => forced += 1,
            Piece::Text(text) => total += text.chars().count(),
            Piece::Soft | Piece::Indent | Piece::Dedent => {}
        }
    }
    for (start, from) in closed {
        widths[start] = Some(total - from);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn a_group_is_flat_when_it_fits_and_broken_when_not() {
        let list = |item: &str| {
            let mut pieces = vec![text("f("), Piece::Open, Piece::Indent, Piece::Soft];
            pieces.extend([text(item), text(","), Piece::Space, text(item)]);
            pieces.extend([Piece::Dedent, Piece::Soft, Piece::Close, text(")")]);
            render(&pieces)
        };
        assert_eq!(list("a"), "f(a, a)");
        let long = "x".repeat(60);
        assert_eq!(list(&long), format!("f(\n    {long},\n    {long}\n)"));
    }

    #[test]
    fn a_comment_breaks_the_groups_around_it() {
        let pieces = [
            Piece::Open,
            text("a"),
            Piece::Space,
            Piece::Comment("// why".into()),
            Piece::Line { blank: false },
            text("b"),
            Piece::Close,
        ];
        assert_eq!(render(&pieces), "a\n// why\nb");
    }
}
