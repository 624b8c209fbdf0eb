//! Marks of lists: `一、`, `（一）`, `1、`, `1.`, `1）`, `（1）`, `①`, `a.`.

use crate::numeral;

/// How a list is numbered, from the outermost to the innermost as institutional rules nest them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Style {
    /// `一、`
    HanComma,
    /// `（一）`
    HanParen,
    /// `1、`
    DigitComma,
    /// `1.`
    DigitDot,
    /// `（1）`
    DigitParen,
    /// `1）`
    DigitHalf,
    /// `①`
    Circled,
    /// `a.`
    Letter,
}

impl Style {
    pub const ALL: [Self; 8] =
        [Self::HanComma, Self::HanParen, Self::DigitComma, Self::DigitDot, Self::DigitParen, Self::DigitHalf, Self::Circled, Self::Letter];

    /// The mark as it is printed.
    pub fn mark(self, number: u32) -> String {
        match self {
            Self::HanComma => format!("{}、", numeral::chinese(number)),
            Self::HanParen => format!("（{}）", numeral::chinese(number)),
            Self::DigitComma => format!("{number}、"),
            Self::DigitDot => format!("{number}."),
            Self::DigitParen => format!("（{number}）"),
            Self::DigitHalf => format!("{number}）"),
            Self::Circled => char::from_u32('①' as u32 + number.saturating_sub(1)).unwrap_or('○').to_string(),
            Self::Letter => format!("{}.", char::from_u32('a' as u32 + number.saturating_sub(1)).unwrap_or('a')),
        }
    }
}

/// Most digits or numerals of a mark.
const LONGEST_NUMBER: usize = 3;

/// Reads a mark that starts at `at`: its style, its number, its length.
pub(super) fn read(char_at: impl Fn(usize) -> Option<char>, at: usize) -> Option<(Style, u32, usize)> {
    let first = char_at(at)?;
    match first {
        '①'..='⑳' => return Some((Style::Circled, first as u32 - '①' as u32 + 1, 1)),
        'a'..='z' if matches!(char_at(at + 1), Some('.' | '、' | '）')) && !char_at(at + 2).is_some_and(|c| c.is_ascii_alphanumeric()) => {
            return Some((Style::Letter, first as u32 - 'a' as u32 + 1, 2));
        }
        _ => {}
    }
    let open = usize::from(first == '（');
    let number = number(&char_at, at + open)?;
    let length = number.chars().count();
    let is_digits = number.starts_with(|c: char| c.is_ascii_digit());
    let value = numeral::parse(&number).filter(|value| *value > 0)?;
    let behind = char_at(at + open + length)?;
    let style = match (open == 1, is_digits, behind) {
        (true, true, '）') => Style::DigitParen,
        (true, false, '）') => Style::HanParen,
        (false, true, '）') => Style::DigitHalf,
        (false, true, '、') => Style::DigitComma,
        (false, true, '.') if !char_at(at + length + 1).is_some_and(|c| c.is_ascii_alphanumeric()) => Style::DigitDot,
        (false, false, '、' | '.') => Style::HanComma,
        _ => return None,
    };
    Some((style, value, length + open + 1))
}

fn number(char_at: &impl Fn(usize) -> Option<char>, at: usize) -> Option<String> {
    let digits = char_at(at)?.is_ascii_digit();
    let belongs = |c: char| if digits { c.is_ascii_digit() } else { numeral::is_numeral(c) && c != '零' };
    let number: String = (at..at + LONGEST_NUMBER + 1).map_while(&char_at).take_while(|c| belongs(*c)).collect();
    (!number.is_empty() && number.chars().count() <= LONGEST_NUMBER).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_styles_are_read_and_printed() {
        for (text, style, number) in [
            ("十一、甲", Style::HanComma, 11),
            ("（三）甲", Style::HanParen, 3),
            ("12、甲", Style::DigitComma, 12),
            ("3.甲", Style::DigitDot, 3),
            ("（4）甲", Style::DigitParen, 4),
            ("5）甲", Style::DigitHalf, 5),
            ("③甲", Style::Circled, 3),
            ("b.甲", Style::Letter, 2),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let (read_style, read_number, length) = read(|i| chars.get(i).copied(), 0).unwrap();
            assert_eq!((read_style, read_number), (style, number), "{text}");
            assert_eq!(style.mark(number), chars[..length].iter().collect::<String>());
        }
    }

    #[test]
    fn what_is_no_mark_is_none() {
        for text in ["12.4宣传日", "2013年", "（注）", "一是", "http", "a.b.c", "（", "1000、"] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(read(|i| chars.get(i).copied(), 0), None, "{text}");
        }
    }
}
