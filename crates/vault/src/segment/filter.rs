//! One binary fuse filter per page (spec/segment.md): says "not here" for certain and "perhaps here" otherwise.
//!
//! Invariant: what is decoded is checked once, so that a question never reads beside the fingerprints.

use xorf::BinaryFuse8;

use super::SegmentError;

const HEAD: usize = 20;

/// A filter as it stands in the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'a> {
    seed: u64,
    segment_length: u32,
    segment_count_length: u32,
    fingerprints: &'a [u8],
}

/// Builds the filter of these distinct hashes; empty ("read the page") when there are none or none can be built.
#[must_use]
pub(crate) fn build(hashes: &[u64]) -> Vec<u8> {
    if hashes.is_empty() {
        return Vec::new();
    }
    let Ok(filter) = BinaryFuse8::try_from(hashes) else { return Vec::new() };
    let mut out = Vec::with_capacity(HEAD + filter.fingerprints.len());
    out.extend_from_slice(&filter.descriptor.seed.to_be_bytes());
    out.extend_from_slice(&filter.descriptor.segment_length.to_be_bytes());
    out.extend_from_slice(&filter.descriptor.segment_length_mask.to_be_bytes());
    out.extend_from_slice(&filter.descriptor.segment_count_length.to_be_bytes());
    out.extend_from_slice(&filter.fingerprints);
    out
}

impl<'a> Filter<'a> {
    /// `None` stands for "no filter".
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Option<Self>, SegmentError> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let (head, fingerprints) = bytes.split_at_checked(HEAD).ok_or(SegmentError::Index("filter"))?;
        let word = |at: usize| head.get(at..at + 4).map_or(0, |b| b.iter().fold(0_u32, |n, &b| n << 8 | u32::from(b)));
        let seed = u64::from(word(0)) << 32 | u64::from(word(4));
        let (segment_length, mask, segment_count_length) = (word(8), word(12), word(16));
        let sound = segment_length.is_power_of_two()
            && mask == segment_length - 1
            && segment_count_length > 0
            && segment_count_length.is_multiple_of(segment_length)
            && fingerprints.len() as u64 == u64::from(segment_count_length) + 2 * u64::from(segment_length);
        if !sound {
            return Err(SegmentError::Index("filter"));
        }
        Ok(Some(Self { seed, segment_length, segment_count_length, fingerprints }))
    }

    /// False: no line of the page holds the token.
    #[must_use]
    pub(crate) fn may_hold(&self, token: u64) -> bool {
        let hash = mix(token.wrapping_add(self.seed));
        let mask = u64::from(self.segment_length - 1);
        let length = u64::from(self.segment_length);
        let first = ((u128::from(hash) * u128::from(self.segment_count_length)) >> 64) as u64;
        let second = (first + length) ^ ((hash >> 18) & mask);
        let third = (first + 2 * length) ^ (hash & mask);
        let print = |at: u64| usize::try_from(at).ok().and_then(|at| self.fingerprints.get(at)).copied().unwrap_or(0);
        (hash ^ (hash >> 32)) as u8 == print(first) ^ print(second) ^ print(third)
    }
}

/// The finaliser of MurmurHash3.
fn mix(h: u64) -> u64 {
    let h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token;

    fn keys(n: u64) -> Vec<u64> {
        (0..n).map(|i| token::hash(i.to_string().as_bytes())).collect()
    }

    #[test]
    fn no_false_negatives_and_few_false_positives() {
        for n in [1_u64, 2, 3, 10, 100, 1_000, 30_000] {
            let bytes = build(&keys(n));
            let filter = Filter::decode(&bytes).unwrap().unwrap();
            assert!(keys(n).into_iter().all(|k| filter.may_hold(k)), "{n}");
            let wrong = (0..10_000_u64).filter(|i| filter.may_hold(token::hash(format!("not {i}").as_bytes()))).count();
            assert!(wrong < 100, "{n}: {wrong} of 10,000");
        }
    }

    #[test]
    fn answers_are_those_of_the_library() {
        use xorf::Filter as _;
        let library = BinaryFuse8::try_from(&keys(500)).unwrap();
        let bytes = build(&keys(500));
        let ours = Filter::decode(&bytes).unwrap().unwrap();
        for key in keys(20_000) {
            assert_eq!(ours.may_hold(key), library.contains(&key));
        }
    }

    #[test]
    fn lies_about_lengths_are_refused() {
        let sound = build(&keys(100));
        assert!(Filter::decode(&[]).unwrap().is_none());
        for cut in 1..sound.len() {
            assert!(Filter::decode(&sound[..cut]).is_err(), "{cut}");
        }
        for at in 8..HEAD {
            for bit in 0..8 {
                let mut bytes = sound.clone();
                bytes[at] ^= 1 << bit;
                assert!(Filter::decode(&bytes).is_err(), "{at}.{bit}");
            }
        }
    }
}
