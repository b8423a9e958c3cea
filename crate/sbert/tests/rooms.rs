//! Which room of this crate may import which other; that no files import each other in a circle; and what the crate never
//! names. A room is a folder or a file at the top of `src`.
//!
//! The test reads the `use` lines and the paths of the sources. Comments and the links in them are not read.

mod rust_paths;

use std::collections::BTreeSet;

use rust_paths::{ModulePath, NamedPath, Sources, sources, sources_of};

/// Each room and the rooms that it imports: this table is the one written statement of it. A row only names rows above it.
const ROOMS: [(&str, &[&str]); 20] = [
    ("error", &[]),
    ("read_back", &[]),
    ("flex", &[]),
    ("gpu", &[KERNELS]),
    ("tensor_file", &[]),
    ("replicas", &[KERNELS]),
    ("markdown", &[]),
    ("text", &[]),
    ("corpus", &["text"]),
    ("import", &["corpus"]),
    ("encoder", &["flex", "gpu", KERNELS]),
    ("objective", &[]),
    ("model", &["encoder", "objective"]),
    ("pretrained", &["encoder", "model", "objective", "tensor_file", "text"]),
    ("prefix_cache", &["encoder", "flex", "replicas", KERNELS]),
    (
        "train",
        &["corpus", "encoder", "flex", "gpu", "model", "objective", "prefix_cache", "replicas", "tensor_file", KERNELS],
    ),
    ("infer", &["corpus", "encoder", "model", "objective", "prefix_cache", "replicas", KERNELS]),
    ("card", &["encoder", "infer", "markdown", "train"]),
    ("recipe", &["corpus", "markdown", "pretrained", "train"]),
    ("self_check", &["corpus", "encoder", "model", "train"]),
];

/// Every room may import these two.
const FOR_ALL: [&str; 2] = ["error", "read_back"];

/// The one crate of ours that this crate imports.
const KERNELS: &str = "sbert_kernels";

/// What this crate never names: JavaScript, files, clocks, threads, and what else belongs to a binary.
const ABSENT: [&str; 9] = [
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
];

#[test]
fn rooms_import_what_the_table_allows() {
    assert_eq!(faults_of_rooms(&sources(), &ROOMS), [""; 0]);
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_eq!(circle(&sources()), None);
}

#[test]
fn a_row_only_names_rows_above_it() {
    for (row_idx, (room, imports)) in ROOMS.iter().enumerate() {
        for import in imports.iter().filter(|import| **import != KERNELS) {
            assert!(ROOMS[..row_idx].iter().any(|(above, _)| above == import), "{room} imports {import}");
        }
    }
}

#[test]
fn an_import_that_the_table_does_not_allow_is_named() {
    let check = |text: &str, expect: &[&str]| {
        let sources = sources_of(&[("lib.rs", ""), ("low.rs", "fn f() {}"), ("high.rs", text)]);
        assert_eq!(faults_of_rooms(&sources, &[("low", &[]), ("high", &[])]), expect, "{text}");
    };
    check("use crate::low::f;", &["src/high.rs:1: high imports low"]);
    check("\nuse super::{error::Error, low as other};", &["src/high.rs:2: high imports low"]);
    check("fn g() {\n    crate::low::f()\n}", &["src/high.rs:2: high imports low"]);
    check("mod tests {\n    use super::super::low::f;\n}", &["src/high.rs:2: high imports low"]);
    check("use std::{\n    io,\n    time::Instant,\n};", &["src/high.rs:3: names std::time"]);
    check("fn g() { let _ = std::fs::read(\"a\"); }", &["src/high.rs:1: names std::fs"]);
    check("// crate::low::f\n/* crate::low /* */ */ const A: &str = r#\"crate::low\"#; const B: char = '\"';", &[]);
    check("mod tests {\n    use super::*;\n}\nimpl<'a> A<'a> for B {}\nuse error::Error;", &[]);
}

#[test]
fn rows_that_are_not_true_and_rooms_without_a_row_are_named() {
    let sources = sources_of(&[("lib.rs", ""), ("low.rs", ""), ("high/mod.rs", "")]);
    assert_eq!(
        faults_of_rooms(&sources, &[("low", &[]), ("high", &["low"])]),
        ["the table lets high import low, but it does not"]
    );
    assert_eq!(faults_of_rooms(&sources, &[("low", &[])]), ["the table has no row for high"]);
    assert_eq!(
        faults_of_rooms(&sources, &[("low", &[]), ("high", &[]), ("gone", &[])]),
        ["the table has a row for gone, which is no room"]
    );
}

#[test]
fn a_circle_is_found_through_what_a_folder_passes_on() {
    let check = |files: &[(&str, &str)], expect: Option<&str>| {
        assert_eq!(circle(&sources_of(files)).as_deref(), expect, "{files:?}");
    };
    let room = ("a/mod.rs", "mod x;\nmod y;\npub use x::X;\npub(crate) use y::{Y as Z};");
    check(&[room, ("a/x.rs", "use super::Z;"), ("a/y.rs", "")], None);
    check(
        &[room, ("a/x.rs", "\nuse super::Z;"), ("a/y.rs", "use crate::a::X;")],
        Some("src/a/x.rs:2 imports src/a/y.rs, src/a/y.rs:1 imports src/a/x.rs"),
    );
    // A folder's own file may pass on what is in it, but not use it.
    check(
        &[("a/mod.rs", "mod x;\nuse x::X;\nstruct A;"), ("a/x.rs", "use super::A;")],
        Some("src/a/mod.rs:2 imports src/a/x.rs, src/a/x.rs:1 imports src/a/mod.rs"),
    );
    check(
        &[("a.rs", "use crate::b::B;"), ("b.rs", "use crate::c;"), ("c.rs", "fn f(_: super::a::A) {}")],
        Some("src/a.rs:1 imports src/b.rs, src/b.rs:1 imports src/c.rs, src/c.rs:1 imports src/a.rs"),
    );
}

/// Each import that `rooms` does not allow, each name that must be absent, and each row that is not true of the sources.
fn faults_of_rooms(sources: &Sources, rooms: &[(&str, &[&str])]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut needed: BTreeSet<(&str, &str)> = BTreeSet::new();
    let found: BTreeSet<&str> = sources.keys().filter_map(|module| module.first()).map(String::as_str).collect();
    let without_row = found.iter().filter(|room| !rooms.iter().any(|(name, _)| name == *room));
    faults.extend(without_row.map(|room| format!("the table has no row for {room}")));
    let without_room = rooms.iter().filter(|(room, _)| !found.contains(room));
    faults.extend(without_room.map(|(room, _)| format!("the table has a row for {room}, which is no room")));
    for (module, source) in sources {
        let row = rooms.iter().find(|(room, _)| module.first().is_some_and(|first| first == room));
        for NamedPath { line, path, is_of_this_crate, .. } in &source.paths {
            let whole = path.join("::");
            let starts_with = |name: &&&str| whole == **name || whole.starts_with(&format!("{name}::"));
            if let Some(absent) = ABSENT.iter().find(starts_with).filter(|_| !is_of_this_crate) {
                faults.push(format!("{}:{line}: names {absent}", source.file));
            }
            let Some((room, allowed)) = row else { continue };
            let target = match path.first().map(String::as_str) {
                Some(KERNELS) if !is_of_this_crate => KERNELS,
                Some(first) if *is_of_this_crate && found.contains(first) && first != *room => first,
                _ => continue,
            };
            needed.insert((*room, target));
            if !allowed.contains(&target) && !FOR_ALL.contains(&target) {
                faults.push(format!("{}:{line}: {room} imports {target}", source.file));
            }
        }
    }
    for (room, allowed) in rooms {
        let unneeded = allowed.iter().filter(|import| !needed.contains(&(*room, **import)));
        faults.extend(unneeded.map(|import| format!("the table lets {room} import {import}, but it does not")));
    }
    faults
}

/// The first circle of files that import each other, with the line of each import.
fn circle(sources: &Sources) -> Option<String> {
    let mut done = BTreeSet::new();
    sources.keys().find_map(|module| circle_from(sources, module, &mut Vec::new(), &mut done))
}

/// As [`circle`], from one file on; `way` is the files and lines that lead to it, `done` what has been searched.
fn circle_from<'a>(
    sources: &'a Sources,
    module: &'a ModulePath,
    way: &mut Vec<(&'a ModulePath, usize)>,
    done: &mut BTreeSet<&'a ModulePath>,
) -> Option<String> {
    if let Some(start) = way.iter().position(|(passed, _)| *passed == module) {
        let steps = way[start..].iter().enumerate().map(|(step_idx, (from, line))| {
            let to = way[start..].get(step_idx + 1).map_or(module, |(to, _)| to);
            format!("{}:{line} imports {}", sources[*from].file, sources[to].file)
        });
        return Some(steps.collect::<Vec<_>>().join(", "));
    }
    if !done.insert(module) {
        return None;
    }
    let imports = sources[module].paths.iter().filter(|path| path.is_of_this_crate && !path.is_passed_on);
    for NamedPath { line, path, .. } in imports {
        let Some(target) = declaring_file(sources, path).filter(|target| *target != module) else { continue };
        way.push((module, *line));
        let found = circle_from(sources, target, way, done);
        way.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The file in which a path's item is declared, whatever files pass it on.
fn declaring_file<'a>(sources: &'a Sources, path: &[String]) -> Option<&'a ModulePath> {
    let (n_parts, (module, source)) =
        (0..=path.len()).rev().find_map(|n_parts| Some((n_parts, sources.get_key_value(&path[..n_parts])?)))?;
    match path.get(n_parts).and_then(|name| source.passed_on.get(name)) {
        Some(from) => declaring_file(sources, &[from.as_slice(), &path[n_parts + 1..]].concat()),
        None => Some(module),
    }
}
