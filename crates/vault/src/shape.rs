//! What rows are clustered by: lines of one program on one host lie beside each other, in rising seq, so that the compressor finds what they share
//! within a page while the columns of times keep rising.
//!
//! A line without a program is clustered by the shape of its message: how it begins, digits left out.

use crate::token;

/// Bytes of a message that count towards its shape, digits left out.
const SHAPE_BYTES: usize = 16;

/// Where a line lies among the rows, before its seq.
#[must_use]
pub(crate) fn cluster(program: Option<&str>, host: Option<&str>, message: &[u8]) -> (u64, u64) {
    let program = program.map_or_else(|| shape(message), |name| token::hash(name.as_bytes()));
    (program, token::hash(host.unwrap_or_default().as_bytes()))
}

fn shape(message: &[u8]) -> u64 {
    let mut kept = [0; SHAPE_BYTES];
    let mut len = 0;
    for (place, &b) in kept.iter_mut().zip(message.iter().filter(|b| !b.is_ascii_digit())) {
        *place = b;
        len += 1;
    }
    token::hash(kept.get(..len).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_part_what_is_alike() {
        let of = |message: &str| cluster(None, None, message.as_bytes());
        assert_eq!(of("port 22 closed"), of("port 1022 closed"));
        assert_eq!(of("a message that is long 1"), of("a message that is much longer"));
        assert_ne!(of("port 22 closed"), of("link 22 closed"));
        assert_eq!(cluster(Some("sshd"), Some("a"), b"x"), cluster(Some("sshd"), Some("a"), b"y"));
        assert_ne!(cluster(Some("sshd"), Some("a"), b"x"), cluster(Some("sshd"), Some("b"), b"x"));
    }
}
