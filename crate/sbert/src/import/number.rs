//! Numbers as files write them.

use super::plan::FileFormat;

/// The number that a cell says. With semicolons between cells the comma may be the decimal sign.
pub(super) fn parse_number(text: &str, format: FileFormat) -> Option<f64> {
    let text = text.trim();
    // Only what may begin a number is tried: sentences don't, and there are many of them.
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.' | ',' | 'N' | 'n')) {
        return None;
    }
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) if format == FileFormat::SemicolonCsv && text.matches(',').count() == 1 => {
            text.replace(',', ".").parse().ok()
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decimal_comma_is_the_semicolons() {
        assert_eq!(parse_number(" 2,5 ", FileFormat::SemicolonCsv), Some(2.5));
        assert_eq!(parse_number("2.5", FileFormat::SemicolonCsv), Some(2.5));
        assert_eq!(parse_number("1,234,5", FileFormat::SemicolonCsv), None);
        assert_eq!(parse_number("2,5", FileFormat::Tsv), None);
        assert_eq!(parse_number("A dog.", FileFormat::Tsv), None);
        assert_eq!(parse_number("-1e-3", FileFormat::Csv), Some(-0.001));
        assert!(parse_number("NaN", FileFormat::Csv).is_some_and(f64::is_nan));
    }
}
