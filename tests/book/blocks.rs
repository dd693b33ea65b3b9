//! The fenced blocks of a page.

use std::ops::Range;

/// A fenced block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The line of its first fence, from 1.
    pub line: usize,
    /// The language: the first word behind the fence.
    pub language: String,
    /// The words behind the language.
    pub marks: Vec<String>,
    /// What stands between the fences, without the indentation that they have.
    pub text: String,
    /// Where that is in the page, with its indentation.
    pub range: Range<usize>,
    /// The indentation of its fences.
    pub indent: usize,
}

impl Block {
    /// The value of a mark `KEY=VALUE`.
    pub(crate) fn mark(&self, key: &str) -> Option<&str> {
        self.marks.iter().find_map(|mark| mark.strip_prefix(key)?.strip_prefix('='))
    }

    /// Whether a mark is there.
    pub(crate) fn has(&self, mark: &str) -> bool {
        self.marks.iter().any(|word| word == mark)
    }

    /// The text as it stands in the page.
    pub(crate) fn indented(&self, text: &str) -> String {
        let indent = " ".repeat(self.indent);
        text.lines()
            .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") })
            .collect()
    }
}

/// The blocks of a page, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(Block, String)> = None;
    let mut at = 0;
    for (index, line) in page.split_inclusive('\n').enumerate() {
        let (start, end) = (at, at + line.len());
        at = end;
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        let fence: String = text.chars().take_while(|c| *c == '`').collect();
        match &mut open {
            Some((block, marker)) => {
                if text.trim_end() == marker.as_str() {
                    block.range.end = start;
                    blocks.extend(open.take().map(|(block, _)| block));
                } else {
                    block.text.push_str(&line[indent.min(block.indent)..]);
                }
            }
            None if fence.len() >= 3 => {
                let mut words = text[fence.len()..].split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                let marks = words.collect();
                let block =
                    Block { line: index + 1, language, marks, text: String::new(), range: end..end, indent };
                open = Some((block, fence));
            }
            None => {}
        }
    }
    assert!(open.is_none(), "a block has no end: {open:?}");
    blocks
}

/// The page without what stands in blocks.
pub(crate) fn prose(page: &str) -> String {
    let mut prose = page.to_owned();
    for block in blocks(page).iter().rev() {
        prose.replace_range(block.range.clone(), "");
    }
    prose
}

#[test]
fn blocks_are_found_with_their_marks_and_without_their_indentation() {
    let page = "a\n\n- b\n\n  ```yaml file=x.yaml\n  a:\n    - 1\n\n  ```\n\n````text\n```kql\n````\n";
    let found = blocks(page);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].line, found[0].mark("file"), found[0].text.as_str()),
        (5, Some("x.yaml"), "a:\n  - 1\n\n")
    );
    assert_eq!(found[0].indented(&found[0].text), &page[found[0].range.clone()]);
    assert_eq!((found[1].language.as_str(), found[1].text.as_str()), ("text", "```kql\n"));
    assert_eq!(prose(page), "a\n\n- b\n\n  ```yaml file=x.yaml\n  ```\n\n````text\n````\n");
}
