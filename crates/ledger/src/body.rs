//! How an entry lies in its row: fields, salts and values as bytes, and a short check over them (`spec/entry.md`, "Body").
//!
//! Invariants: one entry has one encoding; the decoder takes nothing else and never panics; erasing a field changes neither names, digest nor check.

use crate::entry::{EntryField, FIELDS, NAME_BYTES, VALUE_BYTES, entry_digest, field_digest};

const MAGIC: u8 = 0xE7;
const VERSION: u8 = 1;
const ERASED: u8 = 0;
const SHORT: u8 = 1;
const LONG: u8 = 2;
/// Bytes of the entry's digest that stand at the end.
const CHECK: usize = 8;

/// Why bytes are no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    #[error("it is cut short, too long, or of another format")]
    Form,
    #[error("its check does not hold")]
    Check,
}

/// A value as it is to be kept.
#[derive(Clone, Copy)]
pub(crate) enum Form<'a> {
    Kept { salt: &'a [u8; 16], value: &'a [u8] },
    Erased { digest: [u8; 32] },
}

impl Form<'_> {
    fn digest(&self) -> [u8; 32] {
        match self {
            Self::Kept { salt, value } => field_digest(salt, value),
            Self::Erased { digest } => *digest,
        }
    }
}

/// The bytes of an entry whose fields stand in rising order of their names. Names, values and their number are within the limits of `entry.rs`.
pub(crate) fn encode(number: u64, fields: &[(&str, Form<'_>)]) -> Vec<u8> {
    let digests: Vec<_> = fields.iter().map(|(name, form)| (*name, form.digest())).collect();
    encode_checked(&entry_digest(number, &digests), fields)
}

/// As [`encode`], under a digest that the caller vouches for.
pub(crate) fn encode_checked(digest: &[u8; 32], fields: &[(&str, Form<'_>)]) -> Vec<u8> {
    let mut out = vec![MAGIC, VERSION, u8::try_from(fields.len()).unwrap_or(u8::MAX)];
    for (name, form) in fields {
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name.as_bytes());
        match form {
            Form::Erased { digest } => {
                out.push(ERASED);
                out.extend_from_slice(digest);
            }
            Form::Kept { salt, value } => put_kept(&mut out, salt, value),
        }
    }
    out.extend_from_slice(&digest[..CHECK]);
    out
}

fn put_kept(out: &mut Vec<u8>, salt: &[u8; 16], value: &[u8]) {
    match u8::try_from(value.len()) {
        Ok(len) => {
            out.push(SHORT);
            out.extend_from_slice(salt);
            out.push(len);
        }
        Err(_) => {
            out.push(LONG);
            out.extend_from_slice(salt);
            out.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(value);
}

/// The body with these fields erased; names that it does not have are passed over.
pub(crate) fn erase(number: u64, body: &[u8], names: &[&str]) -> Result<Vec<u8>, BodyFault> {
    let fields = decode(number, body)?;
    let forms: Vec<_> = fields
        .iter()
        .map(|field| match (&field.salt, &field.value) {
            (Some(salt), Some(value)) if !names.contains(&field.name.as_str()) => (field.name.as_str(), Form::Kept { salt, value }),
            _ => (field.name.as_str(), Form::Erased { digest: field.digest }),
        })
        .collect();
    Ok(encode(number, &forms))
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(*self.take(1)?.first()?)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn name(&mut self) -> Option<&'a str> {
        let len = usize::from(self.byte()?);
        let name = std::str::from_utf8(self.take(len)?).ok()?;
        (1..=NAME_BYTES).contains(&len).then_some(name)
    }

    fn field(&mut self) -> Option<EntryField> {
        let name = self.name()?.to_owned();
        let form = self.byte()?;
        if form == ERASED {
            return Some(EntryField { name, salt: None, value: None, digest: self.array()? });
        }
        let salt = self.array()?;
        let len = match form {
            SHORT => usize::from(self.byte()?),
            LONG => usize::try_from(u32::from_be_bytes(self.array()?)).ok().filter(|len| *len > usize::from(u8::MAX))?,
            _ => return None,
        };
        let value = self.take(len).filter(|_| len <= VALUE_BYTES)?;
        Some(EntryField { name, salt: Some(salt), value: Some(value.to_vec()), digest: field_digest(&salt, value) })
    }

    fn body(&mut self) -> Option<(Vec<EntryField>, [u8; CHECK])> {
        if self.take(2)? != [MAGIC, VERSION] {
            return None;
        }
        let count = usize::from(self.byte()?);
        if count > FIELDS {
            return None;
        }
        let mut fields: Vec<EntryField> = Vec::with_capacity(count);
        for _ in 0..count {
            let field = self.field()?;
            if fields.last().is_some_and(|before| before.name.as_bytes() >= field.name.as_bytes()) {
                return None;
            }
            fields.push(field);
        }
        let check = self.array()?;
        self.0.is_empty().then_some((fields, check))
    }
}

/// The fields of a body, in rising order of their names, each with its digest.
pub(crate) fn decode(number: u64, body: &[u8]) -> Result<Vec<EntryField>, BodyFault> {
    let (fields, check) = Reader(body).body().ok_or(BodyFault::Form)?;
    let digests: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.digest)).collect();
    if entry_digest(number, &digests)[..CHECK] != check {
        return Err(BodyFault::Check);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body_of(number: u64, fields: &[EntryField]) -> Vec<u8> {
        let form = |field: &EntryField| match (&field.salt, &field.value) {
            (Some(salt), Some(value)) => {
                Form::Kept { salt: Box::leak(Box::new(*salt)), value: Box::leak(value.clone().into_boxed_slice()) }
            }
            _ => Form::Erased { digest: field.digest },
        };
        let forms: Vec<_> = fields.iter().map(|field| (field.name.as_str(), form(field))).collect();
        encode(number, &forms)
    }

    fn kept(name: &str, value: Vec<u8>) -> EntryField {
        let salt = [value.len() as u8; 16];
        EntryField { name: name.into(), salt: Some(salt), digest: field_digest(&salt, &value), value: Some(value) }
    }

    // ENT-3
    #[test]
    fn every_other_byte_is_refused() {
        let erased = EntryField { name: "b".into(), salt: None, value: None, digest: [9; 32] };
        let fields = vec![kept("a", b"one".to_vec()), erased, kept("c", vec![7; 300]), kept("d", vec![])];
        let good = body_of(5, &fields);
        assert_eq!(decode(5, &good), Ok(fields));
        assert_eq!(decode(6, &good), Err(BodyFault::Check));
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(decode(5, &bad).is_err(), "byte {at}");
            assert_eq!(decode(5, &good[..at]), Err(BodyFault::Form), "cut at {at}");
        }
        let longer = [good.as_slice(), &[0]].concat();
        assert_eq!(decode(5, &longer), Err(BodyFault::Form));
    }

    // ENT-3: names rise, once each; a short value has its short form; limits.
    #[test]
    fn one_entry_has_one_encoding() {
        for names in [["b", "a"], ["a", "a"]] {
            assert_eq!(decode(1, &body_of(1, &names.map(|name| kept(name, vec![])))), Err(BodyFault::Form));
        }
        let mut long = vec![MAGIC, VERSION, 1, 1, b'a', LONG];
        long.extend([0; 16]);
        long.extend(3_u32.to_be_bytes());
        long.extend(b"one");
        long.extend(&entry_digest(1, &[("a", field_digest(&[0; 16], b"one"))])[..CHECK]);
        assert_eq!(decode(1, &long), Err(BodyFault::Form));
        for (len, fits) in [(255, true), (256, true), (VALUE_BYTES - 1, true), (VALUE_BYTES, true), (VALUE_BYTES + 1, false)] {
            assert_eq!(decode(1, &body_of(1, &[kept("a", vec![1; len])])).is_ok(), fits, "{len} bytes");
        }
        for (len, fits) in [(0, false), (1, true), (NAME_BYTES - 1, true), (NAME_BYTES, true), (NAME_BYTES + 1, false)] {
            assert_eq!(decode(1, &body_of(1, &[kept(&"n".repeat(len), vec![])])).is_ok(), fits, "name of {len}");
        }
        for (count, fits) in [(FIELDS - 1, true), (FIELDS, true), (FIELDS + 1, false)] {
            let fields: Vec<_> = (0..count).map(|n| kept(&format!("f{n:03}"), vec![])).collect();
            assert_eq!(decode(1, &body_of(1, &fields)).is_ok(), fits, "{count} fields");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_are_refused(number: u64, body: Vec<u8>) {
            let _ = decode(number, &body);
            let _ = decode(number, &[&[MAGIC, VERSION], body.as_slice()].concat());
        }

        // ENT-3, ENT-4
        #[test]
        fn what_is_encoded_is_read_and_what_is_erased_is_gone(
            number: u64,
            values in proptest::collection::btree_map("[a-z0-9._]{1,64}", proptest::collection::vec(any::<u8>(), 0..600), 0..8),
            pick: prop::sample::Index,
        ) {
            let fields: Vec<_> = values.into_iter().map(|(name, value)| kept(&name, value)).collect();
            let body = body_of(number, &fields);
            prop_assert_eq!(decode(number, &body).unwrap(), fields.clone());
            if !fields.is_empty() {
                let gone = pick.index(fields.len());
                let after = decode(number, &erase(number, &body, &[&fields[gone].name]).unwrap()).unwrap();
                for (at, (field, before)) in after.iter().zip(&fields).enumerate() {
                    prop_assert_eq!(field.digest, before.digest);
                    prop_assert_eq!(field.value.is_none(), at == gone);
                }
            }
        }
    }
}
