//! The paths that Rust sources name: which files import what.
#![allow(clippy::unwrap_used, reason = "clippy takes the functions that the tests share for shipped code")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module's path in the crate; empty for `lib.rs`.
pub type ModulePath = Vec<String>;

/// One file.
#[derive(Debug, Default)]
pub struct Source {
    /// Such as `src/train/mod.rs`.
    pub file: String,
    pub paths: Vec<NamedPath>,
    /// What it passes on (`pub use`): the name, and the path in the crate.
    pub passed_on: BTreeMap<String, ModulePath>,
}

/// A path that a file names, in a `use` line or elsewhere.
#[derive(Debug)]
pub struct NamedPath {
    pub line: usize,
    /// From the crate's root, or from another crate's name.
    pub path: Vec<String>,
    pub is_of_this_crate: bool,
    pub is_passed_on: bool,
}

pub type Sources = BTreeMap<ModulePath, Source>;

pub fn sources() -> Sources {
    let mut files = Vec::new();
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    assert!(files.len() > 50, "{files:?}");
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    sources_of(&files)
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files);
        } else if path.ends_with(".rs") {
            files.push((path, std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// The sources of a crate, each with its path in `src`.
pub fn sources_of(files: &[(&str, &str)]) -> Sources {
    let module_of = |path: &str| -> ModulePath {
        let path = path.strip_suffix(".rs").unwrap_or(path);
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
    };
    let modules: BTreeSet<ModulePath> = files.iter().map(|(path, _)| module_of(path)).collect();
    let source_of = |(path, text): &(&str, &str)| {
        let module = module_of(path);
        let mut scan = Scan { modules: &modules, tokens: tokens_of(text), source: Source::default() };
        scan.source.file = format!("src/{path}");
        scan.read(module.clone());
        (module, scan.source)
    };
    files.iter().map(source_of).collect()
}

/// Names, `::` and single signs of a Rust source with their lines, less comments, text and characters.
fn tokens_of(text: &str) -> Vec<(usize, String)> {
    let text: Vec<char> = text.chars().collect();
    let is_name = |at: usize| text.get(at).is_some_and(|sign| sign.is_alphanumeric() || *sign == '_');
    let starts = |at: usize, with: &str| with.chars().enumerate().all(|(n, sign)| text.get(at + n) == Some(&sign));
    let end_of =
        |from: usize, end: &str| (from..text.len()).find(|&at| starts(at, end)).map_or(text.len(), |at| at + end.len());
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < text.len() {
        let start = at;
        if starts(at, "//") {
            at = (at..text.len()).find(|&at| text[at] == '\n').unwrap_or(text.len());
        } else if starts(at, "/*") {
            let mut depth = 1;
            at += 2;
            while depth > 0 && at < text.len() {
                let (opens, closes) = (starts(at, "/*"), starts(at, "*/"));
                depth = depth + usize::from(opens) - usize::from(closes);
                at += if opens || closes { 2 } else { 1 };
            }
        } else if is_name(at) {
            while is_name(at) {
                at += 1;
            }
            let name: String = text[start..at].iter().collect();
            let n_hashes = text[at..].iter().take_while(|sign| **sign == '#').count();
            if name.ends_with('r') && name.len() < 3 && text.get(at + n_hashes) == Some(&'"') {
                at = end_of(at + n_hashes + 1, &format!("\"{}", "#".repeat(n_hashes)));
            } else {
                tokens.push((line, name));
            }
        } else if text[at] == '"' || starts(at, "'\\") || (text[at] == '\'' && text.get(at + 2) == Some(&'\'')) {
            let quote = text[at];
            at += 1;
            while at < text.len() && text[at] != quote {
                at += if text[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if starts(at, "::") {
            tokens.push((line, "::".to_owned()));
            at += 2;
        } else {
            tokens.extend((!text[at].is_whitespace()).then(|| (line, text[at].to_string())));
            at += 1;
        }
        line += text[start..at.min(text.len())].iter().filter(|sign| **sign == '\n').count();
    }
    tokens
}

/// Finds the paths of one file.
struct Scan<'a> {
    modules: &'a BTreeSet<ModulePath>,
    tokens: Vec<(usize, String)>,
    source: Source,
}

impl Scan<'_> {
    fn token(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |(_, token)| token)
    }

    fn is_name(&self, at: usize) -> bool {
        self.token(at).starts_with(|first: char| first.is_alphabetic() || first == '_')
    }

    fn read(&mut self, file: ModulePath) {
        // The modules written out in the file that are open, each with the depth of its braces.
        let (mut module, mut open, mut depth) = (file, Vec::new(), 0);
        let mut at = 0;
        while at < self.tokens.len() {
            match self.token(at) {
                "mod" if self.token(at + 2) == "{" => {
                    module.push(self.token(at + 1).to_owned());
                    open.push(depth);
                    at += 1;
                }
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if open.pop_if(|of_module| *of_module == depth).is_some() {
                        module.pop();
                    }
                }
                "use" => {
                    let is_passed_on = at > 0 && matches!(self.token(at - 1), "pub" | ")");
                    at = self.read_use(at + 1, &[], &module, is_passed_on);
                }
                _ if self.is_name(at) && self.token(at + 1) == "::" && !self.is_inside_path(at) => {
                    let (line, mut path) = (self.tokens[at].0, vec![self.token(at).to_owned()]);
                    while self.token(at + 1) == "::" && self.is_name(at + 2) {
                        path.push(self.token(at + 2).to_owned());
                        at += 2;
                    }
                    self.add(line, path, &module, false, None);
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Whether a name goes on a path, or says in which module something is visible.
    fn is_inside_path(&self, at: usize) -> bool {
        let before = |n_tokens: usize| at.checked_sub(n_tokens).map_or("", |at| self.token(at));
        before(1) == "::" || (before(1) == "in" && before(2) == "(")
    }

    /// Read a tree of a `use` line behind `prefix`; gives the place of the sign that ends it.
    fn read_use(&mut self, mut at: usize, prefix: &[String], module: &ModulePath, is_passed_on: bool) -> usize {
        let mut path = prefix.to_vec();
        let line = self.tokens.get(at).map_or(0, |(line, _)| *line);
        let mut name = None;
        loop {
            match self.token(at) {
                "{" => {
                    while !matches!(self.token(at), "}" | "") {
                        at = self.read_use(at + 1, &path, module, is_passed_on);
                    }
                    // The tree's parts have been added; the sign after the brace ends it.
                    return at + 1;
                }
                "as" => {
                    name = Some(self.token(at + 1).to_owned());
                    at += 1;
                }
                "self" if !path.is_empty() => {}
                "::" | "*" => {}
                _ if self.is_name(at) => path.push(self.token(at).to_owned()),
                _ => break,
            }
            at += 1;
        }
        if path.len() > prefix.len() || self.token(at - 1) == "self" || self.token(at - 1) == "*" {
            self.add(line, path, module, is_passed_on, name);
        }
        at
    }

    fn add(&mut self, line: usize, path: Vec<String>, module: &ModulePath, is_passed_on: bool, name: Option<String>) {
        let mut from = module.clone();
        let mut rest = path.as_slice();
        let mut is_of_this_crate = false;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" => from.clear(),
                "super" => from.truncate(from.len().saturating_sub(1)),
                "self" => {}
                _ => break,
            }
            is_of_this_crate = true;
            rest = &rest[1..];
        }
        // A path may begin with a module of the one that it is in.
        let inner = || [module.as_slice(), &path[..1]].concat();
        is_of_this_crate |= !path.is_empty() && self.modules.contains(&inner());
        let path = if is_of_this_crate { [from.as_slice(), rest].concat() } else { path };
        if let Some(name) = name.or_else(|| path.last().cloned()).filter(|_| is_passed_on && is_of_this_crate) {
            self.source.passed_on.insert(name, path.clone());
        }
        self.source.paths.push(NamedPath { line, path, is_of_this_crate, is_passed_on });
    }
}
