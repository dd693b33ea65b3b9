//! How fast queries are read and bound: `cargo bench --bench kql_speed`.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
use picket::catalog::kql::KqlCatalog;
use picket::kql::{bind, syntax};
use std::time::Instant;
fn main() {
    let texts: Vec<String> = std::fs::read_to_string("../shared/kql/corpus/queries.jsonl")
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["q"].as_str().unwrap().to_string())
        .collect();
    let catalog = KqlCatalog::builtin();
    for _ in 0..3 {
        let mut each: Vec<(u128, usize)> = Vec::new();
        let start = Instant::now();
        for (i, t) in texts.iter().enumerate() {
            let s = Instant::now();
            let (tree, _) = syntax::parse(t.as_str());
            let arena = bind::Arena::new();
            let b = bind::bind(&tree, catalog, &arena);
            std::hint::black_box(b.diagnostics().len());
            each.push((s.elapsed().as_micros(), i));
        }
        println!(
            "{:?} for {}: {:?} each",
            start.elapsed(),
            texts.len(),
            start.elapsed() / texts.len() as u32
        );
        each.sort_by(|a, b| b.cmp(a));
        for (us, i) in each.iter().take(25) {
            println!(
                "{us} us {i}: {} bytes {:?}",
                texts[*i].len(),
                texts[*i].chars().take(90).collect::<String>()
            );
        }
        println!("median {}", each[each.len() / 2].0);
    }
}
