//! What files of the field call their columns.

/// What a column is to an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    SentenceA,
    SentenceB,
    Label,
    Score,
    Split,
    Id,
}

/// The columns we know, each with the names under which files of the field have it, the clearer ones first. Names are
/// in [`normalized`] form.
const ALIASES: [(Role, &str); 6] = [
    // STS-B, SNLI and PAWS; SICK; MultiNLI; GLUE's readers; Quora; MRPC; sentence-transformers' data sets.
    (
        Role::SentenceA,
        "sentencea sentence1 premise texta text1 question1 string1 1string sent1 senta s1 q1 phrase1 title1 \
         anchor query question source text",
    ),
    (
        Role::SentenceB,
        "sentenceb sentence2 hypothesis textb text2 question2 string2 2string sent2 sentb s2 q2 phrase2 title2 \
         positive passage document answer target response",
    ),
    // SNLI's and MultiNLI's "gold_label" is the annotators' majority; SICK has "entailment_judgment" or
    // "entailment_label"; Quora has "is_duplicate", MRPC "Quality".
    (
        Role::Label,
        "label goldlabel class entailmentjudgment entailmentlabel isduplicate isparaphrase category relation \
         judgment quality gold labels",
    ),
    (
        Role::Score,
        "score similarity similarityscore relatednessscore relatedness stsscore goldscore cosinesimilarity rating sim",
    ),
    (Role::Split, "split set fold subset partition semevalset"),
    // "Unnamed: 0" is what pandas calls the row numbers that it has written itself.
    (Role::Id, "id pairid idx index rowid guid uid unnamed0"),
];

/// A name without what writers differ in: case, spaces and punctuation.
pub(super) fn normalized(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a name says its column is, and how clearly (0 is the clearest).
pub(super) fn role_named(name: &str) -> Option<(Role, usize)> {
    let name = normalized(name);
    ALIASES.iter().find_map(|(role, aliases)| Some((*role, aliases.split(' ').position(|alias| alias == name)?)))
}

/// The column that its name says has this role; of several the one that says so most clearly.
pub(super) fn column_named(names: &[String], role: Role) -> Option<usize> {
    let ranked = names.iter().enumerate().filter_map(|(column, name)| match role_named(name) {
        Some((found, rank)) if found == role => Some((rank, column)),
        _ => None,
    });
    ranked.min().map(|(_, column)| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_in_form_alone() {
        for name in ["sentence_a", "Sentence A", "SENTENCE-A", " sentenceA "] {
            assert_eq!(role_named(name), Some((Role::SentenceA, 0)), "{name}");
        }
        assert_eq!(role_named("pairID").map(|(role, _)| role), Some(Role::Id));
        assert_eq!(role_named("#2 String").map(|(role, _)| role), Some(Role::SentenceB));
        for name in ["captionID", "annotator_labels", "sentence1_parse", "sentence2_binary_parse", "", "#"] {
            assert_eq!(role_named(name), None, "{name}");
        }
    }

    #[test]
    fn of_several_names_the_clearest_counts() {
        let names = ["source", "target", "sentence1", "sentence2", "label"].map(str::to_owned);
        let found = [Role::SentenceA, Role::SentenceB, Role::Label, Role::Score].map(|role| column_named(&names, role));
        assert_eq!(found, [Some(2), Some(3), Some(4), None]);
    }
}
