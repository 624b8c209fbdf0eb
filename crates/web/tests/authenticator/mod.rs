//! An authenticator app (RFC 6238), written a second time.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use anlan_base::Instant;
use anlan_ledger::CODE_STEP_SECONDS;
use ring::hmac;

fn unbase32(text: &str) -> Vec<u8> {
    let bits: String = text.chars().map(|c| format!("{:05b}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap())).collect();
    bits.as_bytes().chunks_exact(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}

/// The code of a secret at a moment.
pub fn code_of(secret: &str, at: Instant) -> String {
    let step = at.0 / 1_000_000_000 / CODE_STEP_SECONDS;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &unbase32(secret)), &step.to_be_bytes());
    let tag = tag.as_ref();
    let from = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[from..from + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The value of a hidden field, or of the first block that can be copied, in a page.
pub fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

pub fn block<'a>(page: &'a str, id: &str) -> &'a str {
    page.split(&format!("id=\"{id}\" tabindex=\"0\">")).nth(1).and_then(|rest| rest.split("</pre>").next()).unwrap_or_default()
}
