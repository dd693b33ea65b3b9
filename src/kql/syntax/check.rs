//! What holds of every tree, whatever the text: for fuzzing and tests.

use super::tree::Tree;

impl Tree {
    /// Checks that the tokens laid end to end are the text, that each stands in the tree once and in order, and
    /// that every node lies inside its parent.
    ///
    /// # Errors
    /// What does not hold, for a developer: it would be a defect of the parser.
    pub fn verify(&self) -> Result<(), String> {
        let mut end = 0;
        for token in self.tokens() {
            if token.trivia_start != end {
                return Err(format!("a gap before {token:?}"));
            }
            end = token.range.end;
        }
        if end as usize != self.text().len() {
            return Err(format!("the tokens end at {end} of {}", self.text().len()));
        }
        self.verify_leaves()?;
        for node in self.root().descendants() {
            for child in node.child_nodes() {
                if !child.is_missing() && !node.range().contains_range(child.range()) {
                    return Err(format!("{child:?} leaves {node:?}"));
                }
                if child.parent() != Some(node) {
                    return Err(format!("{child:?} is not a child of {node:?}"));
                }
            }
        }
        Ok(())
    }

    fn verify_leaves(&self) -> Result<(), String> {
        let mut rest = self.tokens().iter();
        for leaf in self.root().descendant_tokens().filter(|token| !token.range().is_empty()) {
            let range = leaf.range();
            let mut token = rest.next();
            if token.is_none_or(|token| token.range.start != range.start) {
                return Err(format!("{leaf:?} is out of place"));
            }
            while token.is_some_and(|token| token.range.end < range.end) {
                token = rest.next();
            }
            if token.is_none_or(|token| token.range.end != range.end) {
                return Err(format!("{leaf:?} cuts a token"));
            }
        }
        match rest.as_slice() {
            [_end] => Ok(()),
            tokens => Err(format!("{} tokens are not in the tree", tokens.len())),
        }
    }
}
