//! The order in which the service gives the names of cells.
//!
//! The documentation promises none, but queries show one: that of a hash table of names, in which a name stands before
//! those of the same bucket, and buckets stand in the order of their first names. The table and its hash (FNV-1a) are those
//! of Microsoft's C++ library; every printed list agrees.

use std::collections::{HashMap, VecDeque};

/// Names in the order of the service, each once.
pub(in crate::exec) fn ordered(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut table = Table::new(8);
    for name in names {
        if table.holds(&name) {
            continue;
        }
        if table.length + 1 > table.buckets {
            let wider = if table.buckets < 512 { table.buckets * 8 } else { table.buckets * 2 };
            let mut grown = Table::new(wider);
            table.groups.into_iter().flatten().for_each(|name| grown.insert(name));
            table = grown;
        }
        table.insert(name);
    }
    table.groups.into_iter().flatten().collect()
}

struct Table {
    buckets: usize,
    length: usize,
    /// The names of each bucket, buckets in the order of their first names.
    groups: Vec<VecDeque<String>>,
    by_bucket: HashMap<usize, usize>,
}

impl Table {
    fn new(buckets: usize) -> Self {
        Self { buckets, length: 0, groups: Vec::new(), by_bucket: HashMap::new() }
    }

    fn bucket(&self, name: &str) -> usize {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        usize::try_from(hash % self.buckets as u64).unwrap_or(0)
    }

    fn group(&self, name: &str) -> Option<usize> {
        self.by_bucket.get(&self.bucket(name)).copied()
    }

    fn holds(&self, name: &str) -> bool {
        let names = self.group(name).and_then(|group| self.groups.get(group));
        names.is_some_and(|names| names.iter().any(|known| known == name))
    }

    fn insert(&mut self, name: String) {
        let bucket = self.bucket(&name);
        let group = *self.by_bucket.entry(bucket).or_insert_with(|| {
            self.groups.push(VecDeque::new());
            self.groups.len() - 1
        });
        if let Some(names) = self.groups.get_mut(group) {
            names.push_front(name);
            self.length += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_comes_once_and_growing_loses_none() {
        let names: Vec<String> = (0..5000).map(|number| format!("{:x}", number % 3000)).collect();
        let mut found = ordered(names);
        assert_eq!(found.len(), 3000);
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 3000);
    }

    #[test]
    fn names_of_one_bucket_stand_together_the_last_one_first() {
        // Neighbours of the S2 cell 89c259, from below to above; the service prints the other order.
        let around = ["89c2f9", "89c251", "89c257", "89c25f", "89c2f7", "89c25b", "89c2f5", "89c25d"];
        let printed = ["89c25d", "89c2f9", "89c251", "89c257", "89c25f", "89c25b", "89c2f7", "89c2f5"];
        assert_eq!(ordered(around.map(str::to_owned)), printed);
    }
}
