//! Rows and files that can't be used, and what is said of each.

use sbert::import::{BadRows, HeldOut, ImportPlan, ImportReport, RowFault};

use super::{import, inspect, load};

const HEADER: &str = "sentence_a\tsentence_b\tlabel\tscore\tsplit\n";

/// A good row, another for each `n`.
fn good(n: usize) -> String {
    format!("A dog {n}\tA cat {n}\t{}\t{}\t{}\n", ["yes", "no"][n % 2], n % 6, ["train", "test"][n % 2])
}

fn good_plan() -> ImportPlan {
    let text: String = HEADER.to_owned() + &(0..12).map(good).collect::<String>();
    let mut plan = inspect("a.tsv", text.as_bytes()).unwrap().plan;
    assert_eq!((plan.label, plan.score, plan.held_out), (Some(2), Some(3), HeldOut::ByColumn));
    plan.score_range = [0.0, 5.0];
    plan
}

#[test]
fn each_fault_is_skipped_and_named_or_refuses() {
    let plan = good_plan();
    let check = |row: &[u8], fault: RowFault, expect: &str| {
        let bytes = [HEADER.as_bytes(), good(0).as_bytes(), row, b"\n", good(1).as_bytes()].concat();
        let (corpus, report) = import("a.tsv", &bytes, &plan).unwrap();
        assert_eq!((corpus.records.len(), report.n_rows, report.n_pairs), (2, 3, 2), "{expect}");
        let [skipped] = report.skipped.as_slice() else { panic!("{report:?}") };
        assert_eq!((skipped.fault, skipped.n_rows, skipped.examples[0].line), (fault, 1, 3));
        assert_eq!(skipped.examples[0].problem, expect);
        let refusing = ImportPlan { bad_rows: BadRows::Refuse, ..plan.clone() };
        let message = import("a.tsv", &bytes, &refusing).unwrap_err().to_string();
        assert!(message.starts_with("a.tsv, line 3"), "{message}");
    };
    check(b"\tb\tyes\t1\ttrain", RowFault::EmptySentence, "column \"sentence_a\" is empty");
    check(b"a\t  \tyes\t1\ttrain", RowFault::EmptySentence, "column \"sentence_b\" is empty");
    check(b"a\tb\tyes", RowFault::ColumnCount, "has 3 columns, expected 5");
    check(b"a\tb\tyes\t1\ttrain\tx", RowFault::ColumnCount, "has 6 columns, expected 5");
    let long = [b"a\t".as_slice(), &vec![b'x'; 20_001], b"\tyes\t1\ttrain"].concat();
    check(&long, RowFault::TooLong, "column \"sentence_b\" has more than 20000 characters");
    check(&vec![b'x'; 1 << 21], RowFault::TooLong, "is longer than 1048576 bytes");
    check(b"a\0\tb\tyes\t1\ttrain", RowFault::NulByte, "holds a NUL byte");
    check(b"caf\xE9\tb\tyes\t1\ttrain", RowFault::Encoding, "is not UTF-8 text; save the file as UTF-8");
    check(
        b"a\tb\tmaybe\t1\ttrain",
        RowFault::UnknownClass,
        "column \"label\" has the unknown class \"maybe\"; the classes are yes, no",
    );
    check(b"a\tb\tyes\tfive\ttrain", RowFault::BadScore, "column \"score\" is \"five\", not a number");
    check(b"a\tb\tyes\t5.5\ttrain", RowFault::BadScore, "column \"score\" is 5.5, outside 0 to 5");
    check(b"a\tb\tyes\tinf\ttrain", RowFault::BadScore, "column \"score\" is \"inf\", not a number");
    check(b"a\tb\tyes\t1\tlater", RowFault::UnknownSplit, "column \"split\" is \"later\"; use train or held-out");
    check(b"A dog 0\tA cat 0\tno\t1\ttrain", RowFault::Duplicate, "holds the same sentences as line 2");
}

#[test]
fn json_has_faults_of_its_own() {
    let good = |n: usize| format!("{{\"premise\":\"a {n}\",\"hypothesis\":\"b {n}\",\"label\":{}}}\n", n % 2);
    let text: String = (0..12).map(good).collect();
    let (inspection, ..) = load("a.jsonl", &text);
    let check = |row: &str, fault: RowFault, expect: &str| {
        let (corpus, report) = import("a.jsonl", format!("{text}\n{row}\n").as_bytes(), &inspection.plan).unwrap();
        assert_eq!((corpus.records.len(), report.skipped.len()), (12, 1), "{row}");
        let example = &report.skipped[0].examples[0];
        assert_eq!((report.skipped[0].fault, example.line), (fault, 14));
        assert!(example.problem.contains(expect), "{}", example.problem);
    };
    check("{\"premise\":\"a\"", RowFault::NotJson, "is not a JSON object: EOF while parsing an object, at byte 14");
    check("[1, 2]", RowFault::NotJson, "expected an object");
    check("{} {}", RowFault::NotJson, "trailing characters");
    check("{\"label\": NaN}", RowFault::NotJson, "is not a JSON object");
    check(&format!("{{\"x\": {}", "[".repeat(100_000)), RowFault::NotJson, "EOF while parsing a list");
    check("{\"premise\":\"a\",\"label\":1}", RowFault::EmptySentence, "column \"hypothesis\" is missing");
    check("{\"premise\":\"a\",\"hypothesis\":null,\"label\":1}", RowFault::EmptySentence, "is missing");
    check("{\"premise\":[\"a\"],\"hypothesis\":\"b\",\"label\":1}", RowFault::EmptySentence, "is missing");
    check("{\"premise\":\"a\\u0000\",\"hypothesis\":\"b\",\"label\":1}", RowFault::NulByte, "column \"premise\"");
    check(
        "{\"premise\":\"a\",\"hypothesis\":\"b\",\"label\":2}",
        RowFault::UnknownClass,
        "\"2\"; the classes are 0, 1",
    );
}

#[test]
fn one_missing_quotation_mark_costs_one_row() {
    let row = |n: usize| format!("\"Dog, {n}\",cat {n},{}\n", n % 2);
    let good: String = (0..300).map(row).collect();
    let plan = inspect("a.csv", format!("sentence_a,sentence_b,label\n{good}").as_bytes()).unwrap().plan;
    let without_quotes = good.replace("\"Dog, ", "Dog ").replace("\",", ",");
    let check = |text: String, n_rows: usize| {
        let (_, report) = import("a.csv", text.as_bytes(), &plan).unwrap();
        assert_eq!((report.n_rows, report.n_pairs), (n_rows, n_rows - 1));
        let example = &report.skipped[0].examples[0];
        assert_eq!((example.line, example.problem.as_str()), (2, "opens a quotation mark that is never closed"));
    };
    // More lines follow than a cell may have, and fewer.
    check(format!("sentence_a,sentence_b,label\n\"oh,b,1\n{without_quotes}"), 301);
    check("sentence_a,sentence_b,label\n\"oh,b,1\na,b,0\nc,d,1".to_owned(), 3);
}

#[test]
fn examples_are_the_first_five_and_frequent_faults_come_first() {
    let rows: String = (0..9).map(|n| format!("a{n}\t\tyes\t1\ttrain\n")).collect();
    let text = format!("{HEADER}x\n{}{rows}{}", good(0), good(1));
    let ImportReport { skipped, .. } = import("a.tsv", text.as_bytes(), &good_plan()).unwrap().1;
    let faults: Vec<(RowFault, usize)> = skipped.iter().map(|rows| (rows.fault, rows.n_rows)).collect();
    assert_eq!(faults, [(RowFault::EmptySentence, 9), (RowFault::ColumnCount, 1)]);
    assert_eq!(skipped[0].examples.iter().map(|example| example.line).collect::<Vec<_>>(), [4, 5, 6, 7, 8]);
}

#[test]
fn duplicates_stay_if_the_visitor_says_so() {
    let text = format!("{HEADER}{}{}{}", good(0), good(1), good(0));
    let keeping = ImportPlan { drop_duplicates: false, ..good_plan() };
    assert_eq!(import("a.tsv", text.as_bytes(), &keeping).unwrap().1.n_pairs, 3);
    // The other way round is another pair.
    let text = "sentence_a\tsentence_b\tlabel\na\tb\tyes\nb\ta\tno\nc\td\tyes\n";
    assert_eq!(load("a.tsv", text).2.n_pairs, 3);
}

#[test]
fn a_split_column_that_leaks_is_reported() {
    let text = format!("{HEADER}{}{}A dog 0\tA cat 1\tyes\t1\ttest\n", good(0), good(1));
    let (_, report) = import("a.tsv", text.as_bytes(), &good_plan()).unwrap();
    assert_eq!(report.n_leaking_sentences, 1);
}

#[test]
fn files_of_which_nothing_is_left_say_why() {
    let check = |text: &str, expect: &str| {
        let message = import("a.tsv", text.as_bytes(), &good_plan()).unwrap_err().to_string();
        assert_eq!(message, format!("a.tsv holds no pair of sentences{expect}"));
    };
    check(HEADER, "");
    check(
        &format!("{HEADER}x\ny\na\t\tyes\t1\ttest\n"),
        " that can be used: line 2 has 1 columns, expected 5 (so it is with 2 of 3 rows)",
    );
    check(&format!("{HEADER}a\tb\t-\t\ttest\n"), " that can be used: rows have neither a class nor a score (1 of 1)");
}

#[test]
fn files_that_are_no_tables_are_refused() {
    let check = |file: &str, bytes: &[u8], expect: &str| {
        let message = inspect(file, bytes).unwrap_err().to_string();
        assert!(message.contains(file) && message.contains(expect), "{message}");
    };
    check("a.csv", b"", "is empty");
    check("a.csv", b"\n \n", "is empty");
    check("a.csv", b"sentence_a,sentence_b,label\n", "holds no pair");
    check("a.csv", b"one sentence\nanother sentence\n", "has one column");
    check("a.xlsx", b"PK\x03\x04\x14\0\x06\0", "save the table as \"CSV UTF-8\"");
    check("a.csv", b"\x89PNG\r\n\x1a\n", "a PNG image");
    check("a.json", b"[{\"premise\": 1}]", "one JSON list");
    check("a.json", b"{\n  \"premise\": 1\n}\n", "line 1: is not a JSON object");
    check("a.jsonl", &[b"{\"a\":\"".as_slice(), &vec![b'x'; 1 << 22]].concat(), "line 1: is longer than 1048576 bytes");
    check(
        "a.jsonl",
        &(0..1001).map(|n| format!("{{\"k{n}\":1}}\n")).collect::<String>().into_bytes(),
        "more than 1000 columns",
    );
    check("a.csv", &",".repeat(1001).into_bytes(), "more than 1000 columns");
    check("a.csv", b"caf\xE9,th\xC3\xA9,1\n", "line 1: is not UTF-8 text; save the file as UTF-8");
}

#[test]
fn plans_that_make_no_sense_are_refused() {
    let text = HEADER.to_owned() + &good(0) + &good(1);
    let plan = good_plan();
    let check = |change: fn(&mut ImportPlan), expect: &str| {
        let mut plan = plan.clone();
        change(&mut plan);
        let message = import("a.tsv", text.as_bytes(), &plan).unwrap_err().to_string();
        assert!(message.contains(expect), "{message}");
    };
    check(|plan| plan.sentence_b = None, "sentence_b has no column");
    check(|plan| plan.sentence_b = Some(9), "sentence_b is column 10, but there are 5");
    check(|plan| plan.score = Some(2), "score is the same column as label");
    check(|plan| (plan.label, plan.score) = (None, None), "nothing to train or score on");
    check(|plan| plan.classes.truncate(1), "classes names fewer than two classes");
    check(|plan| plan.classes = vec!["Yes".to_owned(), "yes ".to_owned()], "twice");
    check(|plan| plan.classes = vec!["yes".to_owned(), " ".to_owned()], "without a name");
    check(|plan| plan.classes = (0..101).map(|n| n.to_string()).collect(), "101 classes; 100 are the most");
    check(|plan| plan.score_range = [5.0, 0.0], "score_range is 5 to 0");
    check(|plan| plan.score_range = [f64::NAN, 5.0], "score_range");
    // Scores are divided by the range, which is infinite here.
    check(|plan| plan.score_range = [-1e308, 1e308], "score_range is -1000000");
    check(|plan| plan.split = None, "held_out needs a split column");
    check(|plan| plan.held_out = HeldOut::Fraction { fraction: 1.0, seed: 1.0 }, "held_out is the fraction 1");
    check(|plan| plan.held_out = HeldOut::Fraction { fraction: f64::NAN, seed: 1.0 }, "held_out is the fraction NaN");
    check(|plan| plan.held_out = HeldOut::Fraction { fraction: 0.5, seed: 1.5 }, "seed is 1.5; use a whole number");
    // In JSON Lines the columns are known at the end only.
    let json = "{\"a\":\"x\",\"b\":\"y\",\"label\":\"yes\"}\n";
    let message = import("a.jsonl", json.as_bytes(), &plan).unwrap_err().to_string();
    assert!(message.contains("but there are 3"), "{message}");
}
