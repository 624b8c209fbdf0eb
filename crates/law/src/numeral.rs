//! Chinese numerals as statutes write them, both ways.

/// The largest number that is read or written.
pub const MOST: u32 = 9_999;

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const UNITS: [(char, u32); 3] = [('千', 1_000), ('百', 100), ('十', 10)];

/// `21` as `二十一`, `110` as `一百一十`, `105` as `一百零五`. Numbers above [`MOST`] are written in digits.
#[must_use]
pub fn chinese(number: u32) -> String {
    if number > MOST {
        return number.to_string();
    }
    let mut text = String::new();
    let (mut rest, mut gap) = (number, false);
    for (unit, value) in UNITS {
        let digit = rest / value;
        rest %= value;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
        }
        gap = false;
        if !(value == 10 && digit == 1 && text.is_empty()) {
            text.push(DIGITS[digit as usize]);
        }
        text.push(unit);
    }
    if rest > 0 || text.is_empty() {
        if gap {
            text.push('零');
        }
        text.push(DIGITS[rest as usize]);
    }
    text
}

/// Reads `二十一`, `一百零五`, `两`, `〇`, and digits of either width. None where it is no number from 0 to [`MOST`].
#[must_use]
pub fn parse(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let digits: Option<Vec<u32>> = text.chars().map(arabic).collect();
    match digits {
        Some(digits) => digits.into_iter().try_fold(0_u32, |sum, digit| Some(sum * 10 + digit).filter(|sum| *sum <= MOST)),
        None => parse_chinese(text),
    }
}

fn arabic(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| ('０'..='９').contains(&c).then(|| c as u32 - '０' as u32))
}

fn digit(c: char) -> Option<u32> {
    match c {
        '〇' => Some(0),
        '两' => Some(2),
        _ => DIGITS.iter().position(|known| *known == c).and_then(|at| u32::try_from(at).ok()),
    }
}

fn parse_chinese(text: &str) -> Option<u32> {
    let (mut sum, mut pending, mut last_unit) = (0_u32, None, u32::MAX);
    for c in text.chars() {
        if let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == c) {
            let count = match pending.take() {
                Some(0) => return None,
                Some(count) => count,
                None if *unit == 10 => 1,
                None => return None,
            };
            if *unit >= last_unit {
                return None;
            }
            last_unit = *unit;
            sum += count * unit;
            continue;
        }
        match (pending, digit(c)?) {
            (None | Some(0), value) => pending = Some(value),
            (Some(_), _) => return None,
        }
    }
    match pending {
        Some(value) if last_unit == 1 => (value == 0).then_some(sum),
        Some(value) => Some(sum + value),
        None => Some(sum),
    }
}

/// Whether the character can stand in a Chinese numeral.
#[must_use]
pub fn is_numeral(c: char) -> bool {
    digit(c).is_some() || UNITS.iter().any(|(name, _)| *name == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        for number in 0..=MOST {
            assert_eq!(parse(&chinese(number)), Some(number), "{}", chinese(number));
            assert_eq!(parse(&number.to_string()), Some(number));
        }
        assert_eq!(parse("10000"), None);
    }

    #[test]
    fn numbers_are_written_as_statutes_write_them() {
        for (number, text) in
            [(1, "一"), (10, "十"), (11, "十一"), (21, "二十一"), (100, "一百"), (105, "一百零五"), (110, "一百一十"), (1_001, "一千零一")]
        {
            assert_eq!(chinese(number), text);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "条", "十十", "百", "二三", "一十百", "1二", "零十"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("两"), Some(2));
        assert_eq!(parse("２１"), Some(21));
    }
}
