//! One comment of several parts.

use super::markdown_text::escape;

/// The first line, by which a pipeline finds the comment it wrote before.
pub const COMMENT_MARK: &str = "<!-- picket comment -->";

/// A length that fits a comment on GitHub, which holds 65,536 characters.
pub const COMMENT_LENGTH: usize = 60_000;

/// What begins a part that can be left out.
const FOLD: &str = "\n<details>";
const FOLD_END: &str = "</details>\n";

/// The parts below each other, in at most `limit` bytes. Where they are longer, folded differences and lists are left out, from
/// the end of the longest part, and then text is cut.
pub fn comment(parts: &[String], limit: usize) -> String {
    let without_mark = |part: &String| {
        let mut rest = part.as_str();
        while let Some((_, behind)) =
            rest.split_once('\n').filter(|(line, _)| line.starts_with("<!-- picket "))
        {
            rest = behind;
        }
        rest.trim().to_owned()
    };
    let mut parts: Vec<String> = parts.iter().map(without_mark).filter(|part| !part.is_empty()).collect();
    let mut left_out = 0;
    let room = limit.saturating_sub(COMMENT_MARK.len() + 100 + parts.len() * 2);
    while length(&parts) > room {
        let folded = parts.iter_mut().filter(|part| part.contains(FOLD));
        let Some(longest) = folded.max_by_key(|part| part.len()) else { break };
        let Some(start) = longest.rfind(FOLD) else { break };
        let end = longest[start..].find(FOLD_END).map_or(longest.len(), |at| start + at + FOLD_END.len());
        longest.replace_range(start..end, "");
        left_out += 1;
    }
    while length(&parts) > room {
        let Some(longest) = parts.iter_mut().max_by_key(|part| part.len()) else { break };
        // A line at a time, so that no table row or reference is cut in two.
        let cut = longest.trim_end().rfind('\n').unwrap_or(0);
        longest.truncate(cut);
        left_out += 1;
    }
    let mut out = format!("{COMMENT_MARK}\n{}\n", parts.join("\n\n"));
    if left_out > 0 {
        out.push_str(&format!(
            "\n{left_out} {} left out for length.\n",
            if left_out == 1 { "part was" } else { "parts were" }
        ));
    }
    out
}

fn length(parts: &[String]) -> usize {
    parts.iter().map(String::len).sum()
}

/// What stands in the place of a part that could not be made.
pub fn comment_failure(command: &str, message: &str) -> String {
    format!("### picket {command}: it failed\n\n{}\n", escape(message))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_go_and_differences_are_left_out_first() {
        let fold = |name: &str| {
            format!("\n<details><summary>{name}</summary>\n\n{}\n\n</details>\n", "x".repeat(90))
        };
        let parts = [
            "<!-- picket check -->\n### picket check: no findings\n".to_owned(),
            format!("<!-- picket plan -->\n### picket plan\n{}{}", fold("a"), fold("b")),
        ];
        let whole = comment(&parts, 1000);
        assert_eq!(whole.matches("<!--").count(), 1, "{whole}");
        assert!(
            whole.starts_with(COMMENT_MARK) && whole.contains("summary>a<") && whole.contains("summary>b<")
        );
        let short = comment(&parts, 360);
        assert!(short.contains("summary>a<") && !short.contains("summary>b<"), "{short}");
        assert!(short.ends_with("1 part was left out for length.\n"), "{short}");
    }

    proptest! {
        #[test]
        fn it_fits(parts in prop::collection::vec("(\n<details>[a-zé\n]{0,40}</details>\n|[a-zé\n ]{0,60}){0,8}", 0..5), limit in 200_usize..900) {
            let text = comment(&parts, limit);
            prop_assert!(text.len() <= limit, "{} of {limit}", text.len());
            prop_assert!(text.starts_with(COMMENT_MARK));
        }
    }
}
