//! Conditions of KQL.

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// All of them hold; of none, always.
    And(Vec<Test>),
    /// One of them holds.
    Or(Vec<Test>),
    /// It does not hold.
    Not(Box<Test>),
    /// A comparison as KQL writes it.
    Leaf(String),
    /// The expression is one of several values.
    In {
        /// The expression.
        left: String,
        /// `in` or `in~`.
        operator: &'static str,
        /// The values, as literals.
        values: Vec<String>,
    },
}

impl Test {
    /// All of `tests`, which are taken apart where they are such conjunctions themselves.
    pub(super) fn all(tests: Vec<Self>) -> Self {
        let flat = |test| match test {
            Self::And(parts) => parts,
            other => vec![other],
        };
        let mut parts: Vec<Self> = Vec::new();
        for test in tests.into_iter().flat_map(flat) {
            if !parts.contains(&test) {
                parts.push(test);
            }
        }
        if parts.len() == 1 { parts.remove(0) } else { Self::And(parts) }
    }

    /// One of `tests`, comparisons of one expression with several values put into one.
    pub(super) fn any(tests: Vec<Self>) -> Self {
        let flat = |test| match test {
            Self::Or(parts) => parts,
            other => vec![other],
        };
        let mut parts: Vec<Self> = Vec::new();
        for test in tests.into_iter().flat_map(flat) {
            if let Self::In { left, operator, values } = &test {
                let same = parts.iter_mut().find_map(|part| match part {
                    Self::In { left: other, operator: of, values } if other == left && of == operator => {
                        Some(values)
                    }
                    _ => None,
                });
                if let Some(known) = same {
                    for value in values {
                        let cased = *operator == "in";
                        let is_it =
                            |known: &String| known == value || !cased && known.eq_ignore_ascii_case(value);
                        if !known.iter().any(is_it) {
                            known.push(value.clone());
                        }
                    }
                    continue;
                }
            }
            if !parts.contains(&test) {
                parts.push(test);
            }
        }
        if parts.len() == 1 { parts.remove(0) } else { Self::Or(parts) }
    }

    /// The column that all parts can never agree on, if there is one.
    pub(super) fn contradiction(&self) -> Option<&str> {
        let Self::And(parts) = self else { return None };
        let mut seen: Vec<(&str, &[String])> = Vec::new();
        for part in parts {
            let Self::In { left, values, .. } = part else { continue };
            let shares = |known: &[String]| {
                known.iter().any(|it| values.iter().any(|value| it.eq_ignore_ascii_case(value)))
            };
            if seen.iter().any(|(name, known)| *name == left && !shares(known)) {
                return Some(left);
            }
            seen.push((left, values));
        }
        None
    }

    /// Its length in bytes when written, roughly, to keep hostile rules from growing without bound.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(|part| part.size() + 6).sum(),
            Self::Not(part) => part.size() + 6,
            Self::Leaf(text) => text.len(),
            Self::In { left, values, .. } => {
                left.len() + values.iter().map(|value| value.len() + 2).sum::<usize>()
            }
        }
    }

    /// The lines of `| where` that keep what the condition holds for.
    pub(super) fn filters(&self) -> String {
        let parts = match self {
            Self::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        parts.iter().map(|part| format!("| where {}\n", part.written())).collect()
    }

    fn written(&self) -> String {
        let within = |part: &Self| match part {
            Self::And(_) | Self::Or(_) => format!("({})", part.written()),
            other => other.written(),
        };
        let joined = |parts: &[Self], word: &str| {
            parts.iter().map(within).collect::<Vec<_>>().join(&format!(" {word} "))
        };
        match self {
            Self::And(parts) => joined(parts, "and"),
            Self::Or(parts) => joined(parts, "or"),
            Self::Not(part) => format!("not({})", part.written()),
            Self::Leaf(text) => text.clone(),
            Self::In { left, operator, values } => match values.as_slice() {
                [only] => format!("{left} {} {only}", if *operator == "in" { "==" } else { "=~" }),
                several => format!("{left} {operator} ({})", several.join(", ")),
            },
        }
    }
}
