//! The examples in the documentation of lints, with what stands there for much text.

use picket::diag::LintMeta;

/// The blocks of `meta`'s documentation with the info string `info`.
///
/// A line that ends in `// (700 lines like this one)` stands for so many lines, each with another number for the `1`
/// in it. A block that starts with `# (51 such rules, n from 1000)` stands for so many documents, each with another
/// number for `{n}`.
pub(crate) fn examples(meta: &LintMeta, info: &str) -> Vec<String> {
    let docs = meta.markdown();
    let start = format!("```{info}\n");
    let block = |rest: &str| {
        let (block, _) = rest.split_once("```").expect("the block has an end");
        rules(&lines(block))
    };
    docs.split(&start).skip(1).map(block).collect()
}

fn lines(block: &str) -> String {
    let many = |line: &str| {
        let Some((line, count)) = line.split_once(" // (").filter(|(_, note)| note.contains("like this one"))
        else {
            return format!("{line}\n");
        };
        let count: usize = count.split(' ').next().and_then(|n| n.parse().ok()).expect("a number of lines");
        (0..count).map(|n| format!("{}\n", line.replacen('1', &format!("1{n}"), 1))).collect()
    };
    block.lines().map(many).collect()
}

fn rules(block: &str) -> String {
    let Some((count, rule)) =
        block.strip_prefix("# (").and_then(|rest| rest.split_once(" such rules, n from 1000)\n"))
    else {
        return block.to_owned();
    };
    let count: usize = count.parse().expect("a number of rules");
    let rules: Vec<String> = (1000..1000 + count).map(|n| rule.replace("{n}", &n.to_string())).collect();
    rules.join("---\n")
}
