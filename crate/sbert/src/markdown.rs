//! Text that is written into Markdown, YAML and Python, where a name of a visitor must stay a name.
//!
//! It imports nothing. It is separate because the model card and the recipe both write such text.

use std::fmt::Write;

/// Text for one line of Markdown, GitHub's tables included: shown as it is, never as markup or HTML.
///
/// CommonMark lets a backslash stand before any ASCII punctuation (section 2.4). Line breaks and other control characters
/// become spaces.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '&' | '~' | '$' | '@' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped.trim().to_owned()
}

/// A string that JSON, Python and YAML (as a double-quoted scalar) read alike, in ASCII alone.
///
/// JSON escapes what lies beyond 16 bits as two surrogates, which Python and YAML take for two characters, so those are
/// left as they are; they are printable in all three.
pub(crate) fn json_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(character);
            }
            ' '..='~' => literal.push(character),
            _ if u32::from(character) > 0xFFFF => literal.push(character),
            _ => {
                let _ = write!(literal, "\\u{:04x}", u32::from(character));
            }
        }
    }
    literal.push('"');
    literal
}

/// Append a row of a table to `text`; the cells are Markdown already.
pub(crate) fn write_row(text: &mut String, cells: &[&str]) {
    for cell in cells {
        text.push_str("| ");
        text.push_str(cell);
        text.push(' ');
    }
    text.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("a|b <script> `x` *y*\n# z"), "a\\|b \\<script\\> \\`x\\` \\*y\\* \\# z");
        assert_eq!(escape("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2");
    }

    #[test]
    fn literals_come_back() {
        let text = "a \"quoted\" \\ line\r\nbreak\u{0}\u{7f}\u{85}\u{2028}é漢😀'{}";
        let literal = json_literal(text);
        assert_eq!(serde_json::from_str::<String>(&literal).unwrap(), text);
        assert!(!literal.contains(char::is_control), "{literal}");
    }
}
