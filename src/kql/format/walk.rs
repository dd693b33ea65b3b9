//! From the tree to layout pieces: where lines may break, what is indented, where spaces stand.

use super::layout::Piece;
use crate::kql::syntax::{Element, Node, NodeKind, Token, TokenKind, Tree};

/// The layout of a whole text.
pub(super) fn pieces(tree: &Tree) -> Vec<Piece> {
    let mut walk =
        Walk { tree, next: 0, pieces: Vec::new(), glued: true, last: TokenKind::EndOfText, separate: false };
    walk.block(tree.root());
    walk.comments_before(tree.tokens().len() - 1, false);
    walk.pieces
}

struct Walk<'t> {
    tree: &'t Tree,
    /// Index of the next token of the text.
    next: usize,
    pieces: Vec<Piece>,
    /// Whether what separates the next token from the last was already put.
    glued: bool,
    last: TokenKind,
    /// Whether the next token starts a statement.
    separate: bool,
}

impl<'t> Walk<'t> {
    // Tokens and what stands between them.

    fn put(&mut self, piece: Piece) {
        self.glued = true;
        self.pieces.push(piece);
    }

    fn space(&mut self) {
        self.put(Piece::Text(" ".into()));
    }

    fn line(&mut self, blank: bool) {
        self.put(Piece::Line { blank });
    }

    fn token(&mut self, token: Token<'t>) {
        if token.is_missing() || token.kind() == TokenKind::EndOfText {
            return;
        }
        let kind = token.kind();
        if !self.glued && spaced(self.last, kind) {
            self.space();
        }
        let separate = std::mem::take(&mut self.separate);
        self.comments_before(self.next, separate);
        self.pieces.push(Piece::Text(token.text().to_owned()));
        while self.next < self.tree.tokens().len()
            && self.tree.tokens()[self.next].range.end <= token.range().end
        {
            self.next += 1;
        }
        self.glued = false;
        self.last = kind;
        self.comment_after();
    }

    fn trivia(&self, index: usize) -> &'t str {
        self.tree.tokens()[index].trivia().slice(self.tree.text())
    }

    /// The comment on the line of the token just put.
    fn comment_after(&mut self) {
        let Some(_) = self.tree.tokens().get(self.next) else { return };
        let trivia = self.trivia(self.next);
        let first = trivia.split(['\n', '\r']).next().unwrap_or_default();
        if let Some(at) = first.find("//") {
            self.space();
            self.pieces.push(Piece::Comment(first[at..].trim_end().to_owned()));
            self.line(false);
        }
    }

    /// The trivia before token `index` from its first line break on; all of it at the start of the text.
    fn own_lines(&self, index: usize) -> &'t str {
        let trivia = self.trivia(index);
        if index == 0 { trivia } else { trivia.split_once('\n').map_or("", |(_, rest)| rest) }
    }

    /// Comments on lines of their own before token `index`. With `separate`, empty lines of the source around
    /// them stay, one at most in each place.
    fn comments_before(&mut self, index: usize, separate: bool) {
        let mut blank = false;
        let mut any = false;
        for line in self.own_lines(index).split('\n').map(str::trim) {
            if line.starts_with("//") {
                self.line(blank && separate);
                self.pieces.push(Piece::Comment(line.to_owned()));
                self.line(false);
                (blank, any) = (false, true);
            } else {
                blank |= line.is_empty();
            }
        }
        if any && separate && self.own_lines(index).trim_end_matches([' ', '\t']).ends_with("\n\n") {
            self.line(true);
        }
    }

    // Nodes.

    /// A node's parts in order, a space between where none is tight.
    fn parts(&mut self, node: Node<'t>) {
        for index in 0..node.slot_count() {
            self.part(node, index);
        }
    }

    fn part(&mut self, node: Node<'t>, index: usize) {
        if let Some(token) = node.token(index) {
            self.token(token);
        } else if let Some(child) = node.node(index) {
            self.node(child);
        }
    }

    fn node(&mut self, node: Node<'t>) {
        use NodeKind as N;
        if node.is_missing() {
            return;
        }
        match node.kind() {
            N::PipeExpression => self.pipeline(node, true),
            N::BinaryExpression => self.binary(node),
            N::UnaryExpression => {
                self.part(node, 0);
                self.glued = true;
                self.part(node, 1);
            }
            N::ParenthesizedExpression
            | N::MvApplySubquery
            | N::PartitionSubquery
            | N::PartitionQuery
            | N::ForkExpression
            | N::FacetWithExpression => self.enclosed(node),
            N::FunctionCall | N::ElementExpression => {
                self.part(node, 0);
                self.glued = true;
                self.part(node, 1);
            }
            N::MakeSeriesInRange => {
                self.part(node, 0);
                self.part(node, 1);
                self.glued = true;
                self.part(node, 2);
            }
            N::ArgumentList | N::RenameList | N::JsonArray | N::JsonObject | N::RowSchema | N::SchemaType => {
                self.enclosed(node);
            }
            N::ToScalarExpression | N::ToTableExpression | N::MaterializeExpression => self.enclosed(node),
            N::TypeOfExpression | N::DynamicExpression | N::PackExpression => self.enclosed(node),
            N::List => self.list(node),
            N::LetStatement => self.let_statement(node),
            N::FunctionDeclaration => self.function(node),
            N::NamedParameter => self.named_parameter(node),
            N::SummarizeOperator => self.summarize(node),
            N::JsonPair => self.parts(node),
            N::GraphPattern | N::GraphPatternNode | N::GraphPatternEdge | N::GraphPatternEdgeRange => {
                self.tight(node);
            }
            N::GraphMatchOperator | N::GraphShortestPathsOperator => self.graph_match(node),
            N::DataTableExpression => self.data_table(node),
            N::QueryBlock => self.block(node),
            _ => self.parts(node),
        }
    }

    /// The parts of a graph pattern, without spaces.
    fn tight(&mut self, node: Node<'t>) {
        for index in 0..node.slot_count() {
            match node.node(index).filter(|child| child.kind() == NodeKind::List) {
                Some(list) => self.tight(list),
                None => self.part(node, index),
            }
            self.glued = true;
        }
        self.glued = node.parent().is_none_or(|parent| parent.kind() == NodeKind::List);
    }

    /// A graph match: its patterns, then each clause on a line of its own when they do not fit on one.
    fn graph_match(&mut self, node: Node<'t>) {
        self.part(node, 0);
        self.part(node, 1);
        self.space();
        self.pieces.push(Piece::Open);
        self.pieces.push(Piece::Indent);
        if let Some(patterns) = node.node(2) {
            self.items(patterns);
        }
        for clause in [3, 4].into_iter().filter_map(|index| node.node(index)) {
            self.put(Piece::Space);
            self.node(clause);
        }
        self.pieces.push(Piece::Dedent);
        self.pieces.push(Piece::Close);
    }

    /// A datatable, a row of values a line when they do not fit on one.
    fn data_table(&mut self, node: Node<'t>) {
        let columns = node.node(2).and_then(|schema| schema.node(2)).map_or(0, |list| list.slot_count() / 2);
        self.part(node, 0);
        self.part(node, 1);
        self.glued = node.node(1).is_none();
        self.part(node, 2);
        self.space();
        self.part(node, 3);
        self.part(node, 4);
        self.pieces.push(Piece::Open);
        self.pieces.push(Piece::Indent);
        self.put(Piece::Soft);
        if let Some(values) = node.node(5) {
            for index in (0..values.slot_count()).step_by(2) {
                if index > 0 && (index / 2).is_multiple_of(columns.max(1)) {
                    self.put(Piece::Space);
                }
                self.part(values, index);
                self.separator(values, index + 1);
            }
        }
        self.pieces.push(Piece::Dedent);
        self.put(Piece::Soft);
        self.pieces.push(Piece::Close);
        self.part(node, 6);
    }

    fn named_parameter(&mut self, node: Node<'t>) {
        self.part(node, 0);
        self.glued = true;
        self.part(node, 1);
        self.glued = node.token(1).is_some_and(|equal| !equal.is_missing());
        self.part(node, 2);
    }

    /// Statements, a line each; empty lines of the source stay, one at most.
    fn statements(&mut self, list: Node<'t>) {
        for index in (0..list.slot_count()).step_by(2) {
            if index > 0 {
                let before = self.own_lines(self.next).split("//").next().unwrap_or_default();
                self.line(before.contains('\n'));
            }
            self.separate = true;
            self.part(list, index);
            self.separator(list, index + 1);
        }
    }

    fn block(&mut self, node: Node<'t>) {
        for index in 0..node.slot_count() {
            let Some(child) = node.node(index) else { continue };
            if index == 0 {
                for directive in child.child_nodes() {
                    self.node(directive);
                    self.line(false);
                }
            } else if child.kind() == NodeKind::List {
                self.statements(child);
            } else {
                self.node(child);
            }
        }
    }

    /// A comma list or a plain list, in one group that breaks after each comma.
    fn list(&mut self, list: Node<'t>) {
        let separated =
            list.slot_count() > 1 && list.slot(1).is_none_or(|slot| matches!(slot, Element::Token(_)));
        if !separated {
            self.parts(list);
            return;
        }
        if list.slot_count() <= 2 {
            self.items(list);
            return;
        }
        self.pieces.push(Piece::Open);
        self.pieces.push(Piece::Indent);
        if !self.glued {
            self.put(Piece::Space);
        }
        self.items(list);
        self.pieces.push(Piece::Dedent);
        self.pieces.push(Piece::Close);
    }

    fn items(&mut self, list: Node<'t>) {
        for index in (0..list.slot_count()).step_by(2) {
            if index > 0 {
                self.put(Piece::Space);
            }
            self.part(list, index);
            self.separator(list, index + 1);
        }
    }

    /// The separator in slot `index`, if there is one, without a space before it.
    fn separator(&mut self, list: Node<'t>, index: usize) {
        if let Some(separator) = list.token(index) {
            self.glued = true;
            self.token(separator);
        }
    }

    /// A construct with one pair of brackets: what is inside is a group, indented when broken.
    fn enclosed(&mut self, node: Node<'t>) {
        let opens =
            |kind| matches!(kind, TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket);
        let calls = !matches!(node.kind(), NodeKind::ForkExpression | NodeKind::FacetWithExpression);
        let mut inside = false;
        for index in 0..node.slot_count() {
            if let Some(token) = node.token(index).filter(|token| opens(token.kind()) && !inside) {
                self.glued |= index > 0 && calls;
                self.token(token);
                inside = true;
                self.pieces.push(Piece::Open);
                self.pieces.push(Piece::Indent);
                self.put(Piece::Soft);
            } else if inside && index + 1 == node.slot_count() {
                self.pieces.push(Piece::Dedent);
                self.put(Piece::Soft);
                self.pieces.push(Piece::Close);
                self.part(node, index);
            } else if let Some(child) = node.node(index).filter(|_| inside) {
                match child.kind() {
                    NodeKind::PipeExpression => self.pipeline(child, false),
                    NodeKind::List => self.items(child),
                    _ => self.node(child),
                }
            } else {
                self.part(node, index);
            }
        }
    }

    /// A pipeline; at the level of statements every operator has a line of its own.
    fn pipeline(&mut self, node: Node<'t>, breaks: bool) {
        let mut steps = Vec::new();
        let mut first = node;
        while first.kind() == NodeKind::PipeExpression {
            steps.push(first);
            let Some(before) = first.node(0) else { break };
            first = before;
        }
        let nested = node.parent().is_some_and(|parent| {
            !matches!(
                parent.kind(),
                NodeKind::ExpressionStatement | NodeKind::LetStatement | NodeKind::FunctionBody
            )
        });
        self.node(first);
        for step in steps.into_iter().rev() {
            if breaks && !nested {
                self.line(false);
            } else {
                self.put(Piece::Space);
            }
            self.part(step, 1);
            self.part(step, 2);
        }
    }

    fn binary(&mut self, node: Node<'t>) {
        let operator = |node: Node<'t>| node.token(1).map(Token::kind);
        let kind = operator(node);
        let chains = |kind| {
            use TokenKind as T;
            matches!(kind, Some(T::AndKw | T::OrKw | T::Plus | T::Minus | T::Asterisk | T::Slash))
        };
        if !chains(kind) {
            let tight = kind == Some(TokenKind::Colon);
            self.part(node, 0);
            self.glued = tight;
            self.part(node, 1);
            self.glued = tight;
            self.part(node, 2);
            return;
        }
        let mut steps = Vec::new();
        let mut first = node;
        while first.kind() == NodeKind::BinaryExpression && operator(first) == kind {
            steps.push(first);
            let Some(before) = first.node(0) else { break };
            first = before;
        }
        if !self.glued && spaced(self.last, TokenKind::Identifier) {
            self.space();
        }
        self.pieces.push(Piece::Open);
        self.node(first);
        self.pieces.push(Piece::Indent);
        for step in steps.into_iter().rev() {
            self.put(Piece::Space);
            self.part(step, 1);
            self.part(step, 2);
        }
        self.pieces.push(Piece::Dedent);
        self.pieces.push(Piece::Close);
    }

    fn let_statement(&mut self, node: Node<'t>) {
        for index in 0..3 {
            self.part(node, index);
        }
        let Some(value) = node.node(3) else { return };
        if value.kind() == NodeKind::PipeExpression {
            self.pieces.push(Piece::Indent);
            self.line(false);
            self.pipeline(value, true);
            self.pieces.push(Piece::Dedent);
        } else {
            self.node(value);
        }
    }

    fn function(&mut self, node: Node<'t>) {
        self.part(node, 0);
        if let Some(parameters) = node.node(1) {
            self.enclosed(parameters);
        }
        let Some(body) = node.node(2) else { return };
        self.space();
        self.part(body, 0);
        self.pieces.push(Piece::Indent);
        self.line(false);
        if let Some(statements) = body.node(1) {
            self.statements(statements);
            self.line(false);
        }
        if let Some(expression) = body.node(2) {
            self.node(expression);
        }
        self.glued = true;
        self.part(body, 3);
        self.pieces.push(Piece::Dedent);
        self.line(false);
        self.part(body, 4);
    }

    /// Aggregates and the `by` clause, each on a line of its own when they do not fit on one.
    fn summarize(&mut self, node: Node<'t>) {
        self.part(node, 0);
        self.part(node, 1);
        self.pieces.push(Piece::Open);
        self.pieces.push(Piece::Indent);
        if let Some(aggregates) = node.node(2) {
            if aggregates.slot_count() > 2 {
                self.put(Piece::Space);
            } else {
                self.space();
            }
            self.items(aggregates);
        }
        if let Some(by) = node.node(3) {
            if node.node(2).is_some() {
                self.put(Piece::Space);
            } else {
                self.space();
            }
            self.node(by);
        }
        self.pieces.push(Piece::Dedent);
        self.pieces.push(Piece::Close);
    }
}

/// Whether a space stands between two tokens where nothing else says so.
fn spaced(left: TokenKind, right: TokenKind) -> bool {
    use TokenKind as T;
    let after = !matches!(left, T::OpenParen | T::OpenBracket | T::OpenBrace | T::Dot | T::At);
    let before = !matches!(
        right,
        T::CloseParen | T::CloseBracket | T::CloseBrace | T::Comma | T::Semicolon | T::Dot | T::Colon
    );
    after && before
}
