//! Version numbers as programs print them, and the one that `Cargo.lock` pins.

use std::fmt;

/// A dotted version number, compared number by number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Vec<u64>);

impl Version {
    /// The first word of a program's `--version` line that begins with a number.
    pub fn find_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(|word| {
            let word = word.strip_prefix('v').unwrap_or(word);
            let end = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
            let numbers: Option<Vec<u64>> =
                word[..end].trim_end_matches('.').split('.').map(|n| n.parse().ok()).collect();
            numbers.map(Self)
        })
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.0.first().copied().unwrap_or(0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

/// The version of `package` that the text of a `Cargo.lock` pins.
pub fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: &str) {
        let found = Version::find_in(line);
        assert_eq!(found.map(|version| version.to_string()).as_deref(), Some(expect), "{line}");
    }

    #[test]
    fn versions_are_found_in_what_programs_print() {
        check("trunk 0.21.14\n", "0.21.14");
        check("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", "156.0.8078.79");
        check("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})", "156.0.8078.79");
        check("v20.20.2", "20.20.2");
        check("rustc 1.97.0-nightly (59807616e 2026-04-14)", "1.97.0");
        assert_eq!(Version::find_in("no number here"), None);
    }

    #[test]
    fn versions_compare_by_number_not_by_letter() {
        let version = |text| Version::find_in(text).unwrap();
        assert!(version("0.21.14") > version("0.21.9"));
        assert!(version("0.21") < version("0.21.14"));
        assert!(version("1.0") > version("0.99.99"));
        assert_eq!(version("156.0.8078.79").major(), 156);
    }

    #[test]
    fn the_locked_version_is_the_named_packages_own() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm-bindgen-test"), None);
    }
}
