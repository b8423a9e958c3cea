//! Version numbers as programs print them, and the one that `Cargo.lock` pins.

use semver::Version;

/// The first word of a program's `--version` line that begins with a version; of Chromium's four numbers the first three.
pub fn version_in(text: &str) -> Option<Version> {
    text.split_whitespace().find_map(|word| {
        let numbers = word.strip_prefix('v').unwrap_or(word).split(|c: char| !c.is_ascii_digit()).take(3);
        Version::parse(&numbers.collect::<Vec<_>>().join(".")).ok()
    })
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
        assert_eq!(version_in(line), Version::parse(expect).ok(), "{line}");
    }

    #[test]
    fn versions_are_found_in_what_programs_print() {
        check("trunk 0.21.14\n", "0.21.14");
        check("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", "156.0.8078");
        check("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})", "156.0.8078");
        check("v20.20.2", "20.20.2");
        check("rustc 1.97.0-nightly (59807616e 2026-04-14)", "1.97.0");
        assert_eq!(version_in("no number here"), None);
        assert_eq!(version_in("a number of 2 parts, 0.21"), None);
    }

    #[test]
    fn the_locked_version_is_the_named_packages_own() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm-bindgen-test"), None);
    }
}
