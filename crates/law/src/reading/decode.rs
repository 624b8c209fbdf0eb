//! Bytes to text: UTF-8, or else GB18030. Never fails: what is neither is replaced by U+FFFD.

use encoding_rs::GB18030;

/// Longest file that is read; what is beyond is not looked at.
pub const MOST_BYTES: usize = 64 << 20;

/// The text of a file, without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.get(..MOST_BYTES).unwrap_or(bytes);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
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
    fn both_encodings_are_read() {
        let text = "第一条　为了保障网络安全，制定本法。";
        assert_eq!(decode(text.as_bytes()), text);
        assert_eq!(decode(&[b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat()), text);
        assert_eq!(decode(&GB18030.encode(text).0), text);
    }

    #[test]
    fn bad_bytes_are_replaced() {
        let mut bytes = "第一条为了保障网络安全".as_bytes().to_vec();
        bytes.push(0xff);
        assert_eq!(decode(&bytes), "第一条为了保障网络安全\u{fffd}");
        assert!(!decode(&[0xff; 9]).is_empty());
    }
}
