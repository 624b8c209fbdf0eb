//! Codes of an authenticator app: TOTP (RFC 6238) over HMAC-SHA-1, 6 digits, 30 seconds, as every app knows it. Pure.
//!
//! Invariants: a code is good one step early or late and no further; a step that was used, and every step before it, is never good again.

use anlan_base::Instant;
use ring::hmac;

/// Seconds of one step.
pub const CODE_STEP_SECONDS: u64 = 30;
/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// Bytes of a secret: as many as the hash has (RFC 4226, section 4).
pub(crate) const SECRET_BYTES: usize = 20;
/// Steps that an app's clock may be early or late.
const SKEW: u64 = 1;

pub(crate) fn step_at(now: Instant) -> u64 {
    now.0 / Instant::SECOND / CODE_STEP_SECONDS
}

/// The code of a step (RFC 4226, section 5.3).
pub(crate) fn code(secret: &[u8], step: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = tag.last().map_or(0, |last| usize::from(last & 15));
    let cut = tag.get(offset..offset + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes);
    (cut & 0x7fff_ffff) % 1_000_000
}

/// What an app that was given this secret (base 32) shows at a moment; none where it is no secret. For programs that sign in by themselves.
#[must_use]
pub fn authenticator_code(secret: &str, now: Instant) -> Option<String> {
    let secret = from_base32(secret)?;
    Some(format!("{:06}", code(&secret, step_at(now))))
}

/// The bytes of [`base32`].
fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut held, mut bits) = (Vec::with_capacity(text.len() * 5 / 8), 0_u32, 0_u32);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        held = (held << 5 | u32::from(value)) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(out)
}

/// A code as typed: six digits, with or without blanks, of either width.
fn typed(text: &str) -> Option<u32> {
    let mut number = 0;
    let mut digits = 0;
    for c in text.chars().filter(|c| !c.is_whitespace()).take(CODE_DIGITS + 1) {
        // Input methods for Chinese type digits of full width.
        let digit = c.to_digit(10).or_else(|| u32::from(c).checked_sub(u32::from('０')).filter(|digit| *digit < 10))?;
        number = number * 10 + digit;
        digits += 1;
    }
    (digits == CODE_DIGITS).then_some(number)
}

/// The step whose code was typed, where that step is near `now` and after the one that was last used.
pub(crate) fn step_of(secret: &[u8], text: &str, now: Instant, last_used: Option<u64>) -> Option<u64> {
    let wanted = typed(text)?;
    let middle = step_at(now);
    let near = middle.saturating_sub(SKEW)..=middle.saturating_add(SKEW);
    near.filter(|step| last_used.is_none_or(|used| *step > used)).find(|step| code(secret, *step) == wanted)
}

/// RFC 4648 base 32 without padding, as apps read it.
pub(crate) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xffff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[(held >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        out.push(char::from(ALPHABET[(held << (5 - bits)) as usize & 31]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B, SHA-1; its codes have 8 digits, ours are the last 6 of them.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, eight) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (9_000_000_000, 0),
        ] {
            let step = step_at(Instant::from_unix_seconds(seconds));
            if eight > 0 {
                assert_eq!(code(SECRET, step), eight % 1_000_000, "{seconds}");
            }
        }
        // 20,000,000,000 s lies beyond our instants, not beyond the steps.
        assert_eq!(code(SECRET, 20_000_000_000 / CODE_STEP_SECONDS), 65_353_130 % 1_000_000);
        // RFC 4226, appendix D.
        let counted = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (step, wanted) in counted.into_iter().enumerate() {
            assert_eq!(code(SECRET, step as u64), wanted, "{step}");
        }
    }

    #[test]
    fn a_code_is_good_a_step_early_or_late_and_once() {
        let now = Instant::from_unix_seconds(1_111_111_111);
        let middle = step_at(now);
        for (step, good) in [(middle - 2, false), (middle - 1, true), (middle, true), (middle + 1, true), (middle + 2, false)] {
            let text = format!("{:06}", code(SECRET, step));
            assert_eq!(step_of(SECRET, &text, now, None), good.then_some(step), "{step}");
            for (used, again) in [(step - 1, good), (step, false), (step + 1, false)] {
                assert_eq!(step_of(SECRET, &text, now, Some(used)).is_some(), again, "{step} after {used}");
            }
        }
        assert!(step_of(SECRET, "755224", Instant(0), None).is_some(), "the first step has none before it");
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for (text, read) in [
            ("081804", Some(81_804)),
            (" 081 804 ", Some(81_804)),
            ("０８１８０４", Some(81_804)),
            ("08180", None),
            ("0818040", None),
            ("08180a", None),
            ("", None),
            ("-81804", None),
        ] {
            assert_eq!(typed(text), read, "{text}");
        }
        assert_eq!(typed(&"1".repeat(1 << 20)), None);
    }

    /// RFC 4648, section 10.
    #[test]
    fn base_32_is_that_of_the_standard() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for length in 0..SECRET.len() {
            assert_eq!(from_base32(&base32(&SECRET[..length])).as_deref(), Some(&SECRET[..length]));
        }
        let at = Instant::from_unix_seconds(1_111_111_109);
        assert_eq!(authenticator_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at).as_deref(), Some("081804"));
        assert_eq!(authenticator_code("no secret", at), None);
    }
}
