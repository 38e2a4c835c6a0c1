/// Ranks how a text matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    /// The whole query.
    Name,
    NameBegins,
    InName,
    InOthers,
    Scattered,
}

/// The texts of one row, in lower case.
#[derive(Debug)]
pub(super) struct FilterText {
    name: String,
    others: String,
}

impl FilterText {
    /// The first cell is the name.
    pub(super) fn new(cells: &[String]) -> Self {
        let (name, others) = cells.split_first().map_or(("", &[][..]), |(name, others)| (name.as_str(), others));
        Self { name: name.to_lowercase(), others: others.join("\n").to_lowercase() }
    }

    fn rank(&self, word: &str) -> Option<Match> {
        match () {
            () if self.name.starts_with(word) => Some(Match::NameBegins),
            () if self.name.contains(word) => Some(Match::InName),
            () if self.others.contains(word) => Some(Match::InOthers),
            () if is_scattered(word, &self.name) => Some(Match::Scattered),
            () => None,
        }
    }
}

/// The places of the rows that match every word of `query`: the best first, otherwise in their order.
pub(super) fn matches(rows: &[FilterText], query: &str) -> Vec<usize> {
    let query = query.to_lowercase();
    let words: Vec<_> = query.split_whitespace().collect();
    let whole = query.trim();
    let rank = |row: &FilterText| -> Option<Match> {
        if row.name == whole {
            return Some(Match::Name);
        }
        words.iter().map(|word| row.rank(word)).try_fold(Match::NameBegins, |worst, rank| Some(worst.max(rank?)))
    };
    let mut found: Vec<_> = rows.iter().enumerate().filter_map(|(at, row)| Some((rank(row)?, at))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}

/// Whether `text` has all characters of `word` in this order.
fn is_scattered(word: &str, text: &str) -> bool {
    let mut rest = text.chars();
    word.chars().all(|char| rest.any(|other| other == char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_ranked_by_the_worst_word() {
        let rows = [
            ["bizcorprole", "222222222222", "BizCorpRole"],
            ["my-biz", "333333333333", "Deploy"],
            ["billing", "222222222222", "ReadOnly"],
            ["\u{dc}ber", "444444444444", "Biz"],
            ["b z", "555555555555", "Deploy"],
            ["biz", "555555555555", "Deploy"],
        ];
        let texts: Vec<_> = rows.iter().map(|row| FilterText::new(&row.map(str::to_owned))).collect();
        for (query, expected) in [
            ("", &[0, 1, 2, 3, 4, 5][..]),
            ("biz", &[5, 0, 1, 3]),
            ("b z", &[4, 0, 1, 5, 3]),
            ("BIZ 2222", &[0]),
            ("222", &[0, 2]),
            ("bl", &[0, 2]),
            ("\u{fc}b", &[3]),
            ("zzz", &[]),
        ] {
            assert_eq!(matches(&texts, query), expected, "{query}");
        }
    }
}
