//! The layouts of well-known data sets, in short samples of our own, load without a question.

use sbert::corpus::{NLI_CLASSES, Split};
use sbert::import::{FileFormat, HeldOut, ImportPlan, Inspection, InspectionPass, RowFault, TextEncoding};

use super::{import, inspect, load};

/// Names of the columns of sentence a, sentence b, class, score, split, id; "" for none.
fn roles(inspection: &Inspection) -> [&str; 6] {
    let plan = &inspection.plan;
    [plan.sentence_a, plan.sentence_b, plan.label, plan.score, plan.split, plan.id]
        .map(|column| column.map_or("", |column| inspection.columns[column].name.as_str()))
}

/// Twelve rows that `row` writes.
fn rows(header: &str, row: impl Fn(usize) -> String) -> String {
    header.to_owned() + &(0..12).map(|n| row(n) + "\n").collect::<String>()
}

#[test]
fn stsb_multi_mt_has_no_header() {
    let text = rows("", |n| format!("\"Dog {n}, wet, runs.\",A dog number {n} is running.,{}.{n}", n % 5));
    let (inspection, corpus, _) = load("stsb-en-dev.csv", &text);
    assert_eq!((inspection.format, inspection.has_header), (FileFormat::Csv, false));
    assert_eq!(roles(&inspection), ["column 1", "column 2", "", "column 3", "", ""]);
    assert_eq!(inspection.plan.score_range, [0.0, 5.0]);
    assert_eq!(corpus.records[2].sentence_a, "Dog 2, wet, runs.");
    assert_eq!(corpus.records[2].score, Some(2.2 / 5.0));
    assert!(corpus.classes.is_empty());
}

#[test]
fn glue_stsb() {
    let header = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n";
    let text = rows(header, |n| {
        format!("{n}\tmain-news\tMSRpar\t2012test\t000{n}\tnone\tnone\tThe \"{n}\" runs.\tIt walks {n}.\t{}.500", n % 5)
    });
    let (inspection, corpus, _) = load("dev.tsv", &text);
    assert_eq!(inspection.format, FileFormat::Tsv);
    assert_eq!(roles(&inspection), ["sentence1", "sentence2", "", "score", "", "index"]);
    assert_eq!(corpus.records[1].sentence_a, "The \"1\" runs.");
    assert_eq!((corpus.records[1].id.as_str(), corpus.records[1].score), ("1", Some(0.3)));
}

#[test]
fn snli_as_json_lines() {
    let text = rows("", |n| {
        let label = ["neutral", "entailment", "contradiction", "-"][n % 4];
        format!(
            "{{\"annotator_labels\": [\"{label}\", \"neutral\"], \"captionID\": \"{n}.jpg#2\", \"gold_label\": \"{label}\", \
             \"pairID\": \"{n}.jpg#2r1n\", \"sentence1\": \"Two women {n}.\", \"sentence1_binary_parse\": \"( ( Two women ) {n} )\", \
             \"sentence1_parse\": \"(ROOT (S (NP (CD Two) (NNS women)) {n}))\", \"sentence2\": \"Sisters {n}.\"}}"
        )
    });
    let (inspection, corpus, report) = load("snli_1.0_dev.jsonl", &text);
    assert_eq!((inspection.format, inspection.has_header), (FileFormat::JsonLines, true));
    assert_eq!(roles(&inspection), ["sentence1", "sentence2", "gold_label", "", "", "pairID"]);
    assert_eq!(corpus.classes, NLI_CLASSES);
    assert_eq!((report.n_pairs, report.n_unlabelled), (9, 3));
    assert_eq!(corpus.records[0].label, Some(1));
    assert_eq!(inspection.columns[0].n_empty, 12, "lists are no cells");
}

#[test]
fn snli_and_multinli_as_tsv() {
    let header =
        "gold_label\tsentence1_binary_parse\tsentence1_parse\tsentence1\tsentence2\tcaptionID\tpairID\tlabel1\n";
    let text = rows(header, |n| {
        let label = ["neutral", "entailment", "contradiction", "-"][n % 4];
        format!("{label}\t( ( A b ) {n} )\t(ROOT {n} {n})\tTwo women {n}.\tSisters {n}.\t{n}.jpg\t{n}r1n\tneutral")
    });
    let (inspection, corpus, _) = load("snli_1.0_dev.txt", &text);
    assert_eq!(roles(&inspection), ["sentence1", "sentence2", "gold_label", "", "", "pairID"]);
    assert_eq!(corpus.records.len(), 9);
}

#[test]
fn sick_has_class_score_and_split() {
    let header = "pair_ID\tsentence_A\tsentence_B\tentailment_label\trelatedness_score\tentailment_AB\tSemEval_set\n";
    let text = rows(header, |n| {
        let label = ["NEUTRAL", "ENTAILMENT", "CONTRADICTION"][n % 3];
        let set = ["TRAIN", "TRIAL", "TEST"][n % 3];
        format!("{n}\tA kid {n} plays\tA child {n} plays\t{label}\t{}.5\tA_neutral_B\t{set}", 1 + n % 4)
    });
    let (inspection, corpus, report) = load("SICK.txt", &text);
    assert_eq!(
        roles(&inspection),
        ["sentence_A", "sentence_B", "entailment_label", "relatedness_score", "SemEval_set", "pair_ID"]
    );
    assert_eq!(inspection.plan.score_range, [1.0, 5.0]);
    assert_eq!(inspection.plan.held_out, HeldOut::ByColumn);
    assert_eq!(corpus.classes, NLI_CLASSES);
    assert_eq!((corpus.of_split(Split::Train).count(), report.n_leaking_sentences), (4, 0));
}

#[test]
fn quora_and_paws_have_numbers_for_classes() {
    let text = rows("id,qid1,qid2,question1,question2,is_duplicate\n", |n| {
        format!("{n},{},{},\"How, {n}, do I?\",Why {n} not?,{}", 2 * n, 2 * n + 1, (n + 1) % 2)
    });
    let (inspection, corpus, _) = load("quora.csv", &text);
    assert_eq!(roles(&inspection), ["question1", "question2", "is_duplicate", "", "", "id"]);
    assert_eq!(corpus.classes, ["0", "1"]);
    assert_eq!(corpus.records[0].label, Some(1));
    let text =
        rows("id\tsentence1\tsentence2\tlabel\n", |n| format!("{n}\tIn {n} he ran .\tHe ran in {n} .\t{}", n % 2));
    assert_eq!(roles(&load("paws.tsv", &text).0), ["sentence1", "sentence2", "label", "", "", "id"]);
}

#[test]
fn a_hub_export_calls_scores_label() {
    let text = rows("sentence1,sentence2,label\n", |n| format!("A {n}.,B {n}.,0.{n}"));
    let (inspection, ..) = load("train.csv", &text);
    assert_eq!(roles(&inspection), ["sentence1", "sentence2", "", "label", "", ""]);
    assert_eq!(inspection.plan.score_range, [0.0, 1.0]);
    // Minus one is no class there, but a pair without one.
    let text = rows("premise,hypothesis,label\n", |n| format!("A {n}.,B {n}.,{}", n as i32 % 4 - 1));
    let (inspection, _, report) = load("train.csv", &text);
    assert_eq!(inspection.plan.classes, ["0", "1", "2"]);
    assert_eq!((report.n_pairs, report.n_unlabelled), (9, 3));
}

#[test]
fn a_spreadsheet_with_semicolons_and_decimal_commas() {
    let text = rows("\u{feff}Satz 1;Satz 2;Wert\r\n", |n| format!("\"Ein; Hund {n}\";Tier {n};{},5\r", n % 9));
    let (inspection, corpus, _) = load("paare.csv", &text);
    assert_eq!((inspection.format, inspection.has_header), (FileFormat::SemicolonCsv, true));
    assert_eq!(roles(&inspection), ["Satz 1", "Satz 2", "", "Wert", "", ""]);
    assert_eq!(inspection.plan.score_range, [0.0, 10.0]);
    assert_eq!((corpus.records[1].sentence_a.as_str(), corpus.records[1].score), ("Ein; Hund 1", Some(0.15)));
}

#[test]
fn names_that_say_nothing_leave_it_to_the_content() {
    let text = rows("kind\tnote\tleft\tright\twhere\n", |n| {
        format!(
            "{}\t{n}\tThe dog {n} runs fast.\tA dog number {n} is here.\t{}",
            ["same", "other"][n % 2],
            ["train", "val"][n % 2]
        )
    });
    let (inspection, corpus, _) = load("a.tsv", &text);
    assert_eq!(roles(&inspection), ["left", "right", "kind", "", "where", "note"]);
    assert_eq!(inspection.plan.held_out, HeldOut::ByColumn);
    assert_eq!(corpus.classes, ["same", "other"]);
}

#[test]
fn what_a_file_leaves_open_is_asked() {
    let question = |text: &str| inspect("a.tsv", text.as_bytes()).unwrap().question.unwrap();
    assert!(question("sentence_a\tsentence_b\nA dog.\tA cat.\n").contains("the class or the score"));
    assert!(question("1\t2\n3\t4\n").contains("Which two columns hold the sentences"));
    let one_class = question("sentence_a\tsentence_b\tlabel\na\tb\tyes\nc\td\tYes\n");
    assert!(one_class.contains("\"label\" has fewer than two classes"), "{one_class}");
    let many: String = (0..150).map(|n| format!("a {n}\tb {n}\tc{n}\n")).collect();
    let too_many = question(&format!("sentence_a\tsentence_b\tlabel\n{many}"));
    assert!(too_many.contains("too many different values"), "{too_many}");
}

#[test]
fn utf16_is_decoded() {
    let text =
        rows("sentence_a\tsentence_b\tlabel\n", |n| format!("Ein 🐕 {n}\tÉin Tier {n}\t{}", ["ja", "nein"][n % 2]));
    for (to_bytes, encoding) in [
        (u16::to_le_bytes as fn(u16) -> [u8; 2], TextEncoding::Utf16Le),
        (u16::to_be_bytes as fn(u16) -> [u8; 2], TextEncoding::Utf16Be),
    ] {
        let bytes: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(to_bytes).collect();
        let inspection = inspect("a.txt", &bytes).unwrap();
        assert_eq!((inspection.encoding, inspection.n_rows), (encoding, 12));
        let (corpus, _) = import("a.txt", &bytes, &inspection.plan).unwrap();
        assert_eq!(corpus.records, load("a.txt", &text).1.records);
    }
}

/// As a spreadsheet exports it where it isn't asked for UTF-8.
#[test]
fn windows_1252_is_guessed_and_can_be_refused() {
    let text = rows("Satz A;Satz B;Wert\r\n", |n| {
        let animal = if n.is_multiple_of(3) { "Käfer" } else { "Hund" };
        let price = if n.is_multiple_of(3) { "5 €" } else { "nichts" };
        format!("Der {animal} {n} kostet {price}.;Ein Tier, {animal} {n}, kostet {price}.;{},5\r", n * 7 % 6)
    });
    let bytes: Vec<u8> = text
        .chars()
        .map(|character| match character {
            '€' => 0x80,
            other => u8::try_from(u32::from(other)).unwrap(),
        })
        .collect();
    let inspection = inspect("a.csv", &bytes).unwrap();
    assert_eq!(
        (inspection.encoding, inspection.plan.encoding),
        (TextEncoding::Windows1252, Some(TextEncoding::Windows1252))
    );
    let (corpus, report) = import("a.csv", &bytes, &inspection.plan).unwrap();
    assert_eq!((report.n_pairs, report.skipped.len()), (12, 0));
    assert_eq!(corpus.records, load("a.csv", &text).1.records);
    // The same without an inspection, as older saved plans are.
    let plan = ImportPlan { encoding: None, ..inspection.plan };
    assert_eq!(import("a.csv", &bytes, &plan).unwrap().0, corpus);
    // The visitor may know better: then a third of the rows is at fault.
    let n_bytes = bytes.len() as u64;
    let pass = InspectionPass::with_encoding("a.csv", n_bytes, bytes.as_slice(), Some(TextEncoding::Utf8)).unwrap();
    let inspection = pass.finish().unwrap();
    assert_eq!((inspection.encoding, inspection.plan.encoding), (TextEncoding::Utf8, Some(TextEncoding::Utf8)));
    let (_, report) = import("a.csv", &bytes, &inspection.plan).unwrap();
    assert_eq!((report.n_pairs, report.skipped[0].fault, report.skipped[0].n_rows), (8, RowFault::Encoding, 4));
}

#[test]
fn quoted_cells_keep_what_is_in_them() {
    let text = "sentence_a,sentence_b,score\r\n\"He said \"\"no\"\",\r\ntwice\", \t<b>x</b>\u{7} ,1\r\n\r\nb,c,5\r\n";
    let (_, corpus, _) = load("a.csv", text);
    assert_eq!(corpus.records[0].sentence_a, "He said \"no\",\ntwice");
    assert_eq!(corpus.records[0].sentence_b, "<b>x</b>\u{7}");
    // The quoted line break and the blank line are lines of the file.
    let lines: Vec<&str> = corpus.records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(lines, ["2", "5"]);
}

#[test]
fn the_plan_may_be_changed() {
    let text = rows("left\tright\tvote\n", |n| format!("The dog {n} runs.\tA dog {n} is.\t{}", n % 3));
    let inspection = inspect("a.tsv", text.as_bytes()).unwrap();
    assert_eq!(inspection.plan.label, Some(2));
    let all = ImportPlan {
        sentence_a: Some(1),
        sentence_b: Some(0),
        label: None,
        score: Some(2),
        score_range: [0.0, 2.0],
        held_out: HeldOut::All,
        ..inspection.plan.clone()
    };
    let (corpus, _) = import("a.tsv", text.as_bytes(), &all).unwrap();
    assert_eq!((corpus.records[1].sentence_a.as_str(), corpus.records[1].score), ("A dog 1 is.", Some(0.5)));
    assert_eq!(corpus.of_split(Split::HeldOut).count(), 12);
    // Positions are as good as names, unless the names are numbers.
    let named = ImportPlan { classes: ["no", "maybe", "yes"].map(str::to_owned).to_vec(), ..inspection.plan };
    assert_eq!(import("a.tsv", text.as_bytes(), &named).unwrap().0.records[2].label, Some(2));
}
