//! The bytes of a page or letter to text: by its byte order mark (UTF-8, UTF-16), as UTF-8, or else as GB18030.

use encoding_rs::{Encoding, GB18030};

/// The text of a file without its byte order mark; none where it is in none of these encodings.
#[must_use]
pub fn text(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(skip..).unwrap_or_default();
        return encoding.decode_without_bom_handling_and_without_replacement(rest).map(std::borrow::Cow::into_owned);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// The same, but never fails: what is in none of these encodings is replaced by U+FFFD.
#[must_use]
pub fn lossy(bytes: &[u8]) -> String {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(skip..).unwrap_or_default()).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let lossy = String::from_utf8_lossy(bytes);
    if is_damaged_utf8(&lossy) {
        return lossy.into_owned();
    }
    GB18030.decode_without_bom_handling(bytes).0.into_owned()
}

/// GB18030 read as UTF-8 is mostly replacements; a damaged UTF-8 file has few of them among many sound characters.
fn is_damaged_utf8(lossy: &str) -> bool {
    let (mut bad, mut good) = (0_usize, 0_usize);
    for c in lossy.chars() {
        match c {
            '\u{fffd}' => bad += 1,
            c if !c.is_ascii() => good += 1,
            _ => {}
        }
    }
    good >= bad * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_of_offices_are_read() {
        let said = "第一条　为了保障网络安全，制定本法。";
        let wide =
            |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| mark.into_iter().chain(said.encode_utf16().flat_map(unit)).collect::<Vec<u8>>();
        for bytes in [
            said.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", said.as_bytes()].concat(),
            GB18030.encode(said).0.into_owned(),
            wide([0xff, 0xfe], u16::to_le_bytes),
            wide([0xfe, 0xff], u16::to_be_bytes),
        ] {
            assert_eq!(text(&bytes).as_deref(), Some(said));
            assert_eq!(lossy(&bytes), said);
        }
        assert_eq!(text(&[0xff; 3]), None);
        assert_eq!(text(b"\xff\xd8\xff\xe0\x00\x10JFIF"), None);
    }

    #[test]
    fn bad_bytes_are_replaced() {
        let mut bytes = "第一条为了保障网络安全".as_bytes().to_vec();
        bytes.push(0xff);
        assert_eq!(lossy(&bytes), "第一条为了保障网络安全\u{fffd}");
        assert!(!lossy(&[0xff; 9]).is_empty());
        assert!(lossy(b"\xff\xfe,z1").ends_with('\u{fffd}'), "half a character at the end");
    }
}
