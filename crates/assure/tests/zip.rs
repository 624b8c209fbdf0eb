//! The canonical ZIP: what is written reads back, and nothing else is read (PACK-5).
#![allow(clippy::unwrap_used, reason = "tests")]

use anlan_assure::zip::{Directory, NAME_BYTES, Zip64From, ZipError, ZipFault, ZipWriter};
use proptest::prelude::*;

/// So small that members of a few bytes need ZIP64: the same code that runs from 4 GiB and 65,535 members on.
const TINY: Zip64From = Zip64From { size: 100, members: 3 };

fn write(members: &[(&str, Vec<u8>)], from: Zip64From) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::with_zip64_from(Vec::new(), from);
    for (name, content) in members {
        zip.whole(name, content)?;
    }
    zip.finish()
}

fn read(bytes: &[u8], from: Zip64From) -> Result<Vec<(String, Vec<u8>)>, ZipFault> {
    let directory = Directory::read_with(bytes, from)?;
    let content = |member: &anlan_assure::zip::Member| {
        let start = usize::try_from(directory.content_offset(member)).unwrap();
        bytes[start..start + usize::try_from(member.size).unwrap()].to_vec()
    };
    Ok(directory.members.iter().map(|member| (member.name.clone(), content(member))).collect())
}

fn sample() -> Vec<(&'static str, Vec<u8>)> {
    vec![("manifest.txt", vec![1; 99]), ("a", vec![2; 100]), ("b/c", vec![]), ("d", vec![3; 101])]
}

#[test]
fn members_read_back_with_and_without_zip64() {
    for from in [Zip64From::default(), TINY, Zip64From { size: 100, members: 0xFFFF }, Zip64From { size: u64::MAX, members: 4 }] {
        for count in 0..=4 {
            let members = &sample()[..count];
            let bytes = write(members, from).unwrap();
            let back = read(&bytes, from).unwrap();
            assert_eq!(back, members.iter().map(|(name, content)| ((*name).to_owned(), content.clone())).collect::<Vec<_>>());
        }
    }
}

#[test]
fn zip64_fields_stand_exactly_where_they_are_needed() {
    let plain = write(&sample(), Zip64From { size: 100, members: u64::MAX }).unwrap();
    let wide = write(&sample(), TINY).unwrap();
    assert!(read(&plain, TINY).is_err() && read(&wide, Zip64From::default()).is_err());
    // The first member is one byte below the limit, the second at it.
    assert_eq!(wide[4], 20);
    let second = 30 + 12 + 99;
    assert_eq!((wide[second + 4], &wide[second + 18..second + 26]), (45, &[0xFF; 8][..]));
    assert_eq!(&wide[second + 31..second + 35], [1, 0, 16, 0]);
    let end = &wide[wide.len() - 22..];
    assert_eq!(end[8..20], [0xFF; 12]);
    assert_eq!(&wide[wide.len() - 42..wide.len() - 38], b"PK\x06\x07");
}

// PACK-5
#[test]
fn no_flipped_bit_and_no_cut_is_read_pack_5() {
    for from in [Zip64From::default(), TINY] {
        let bytes = write(&sample(), from).unwrap();
        let good = read(&bytes, from).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                // What still reads differs in content or CRC, which the caller compares.
                let same = Directory::read_with(bad.as_slice(), from).is_ok_and(|directory| {
                    let whole = Directory::read_with(bytes.as_slice(), from).unwrap();
                    directory.members == whole.members && read(&bad, from).unwrap() == good
                });
                assert!(!same, "byte {at} bit {bit}");
            }
        }
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length], from).is_err(), "cut to {length}");
        }
    }
}

// PACK-5
#[test]
fn extra_bytes_are_refused_wherever_they_stand_pack_5() {
    let bytes = write(&sample(), TINY).unwrap();
    for at in 0..=bytes.len() {
        for extra in [&b"\0"[..], b"PK\x03\x04", b"PK\x05\x06"] {
            let bad = [&bytes[..at], extra, &bytes[at..]].concat();
            let back = read(&bad, TINY);
            assert!(back.is_err(), "{extra:?} at {at}");
        }
    }
}

#[test]
fn names_have_an_order_and_a_limit() {
    for (length, fits) in [(0, false), (1, true), (NAME_BYTES - 1, true), (NAME_BYTES, true), (NAME_BYTES + 1, false)] {
        let name = "n".repeat(length);
        assert_eq!(write(&[("manifest.txt", vec![]), (&name, vec![])], Zip64From::default()).is_ok(), fits, "{length}");
    }
    for (a, b, fits) in [("a", "b", true), ("b", "a", false), ("a", "a", false), ("Z", "a", true), ("a", "aa", true), ("a/", "a", false)] {
        assert_eq!(write(&[("manifest.txt", vec![]), (a, vec![]), (b, vec![])], Zip64From::default()).is_ok(), fits, "{a} {b}");
    }
}

#[test]
fn a_length_that_lies_is_refused_before_it_is_used() {
    let mut bytes = write(&[("manifest.txt", vec![0; 10])], Zip64From::default()).unwrap();
    for field in [18, 22] {
        bytes[field..field + 4].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    }
    assert!(matches!(Directory::read(bytes.as_slice()), Err(ZipFault::Beyond { .. })));
}

#[test]
fn content_other_than_announced_is_an_error() {
    let mut zip = ZipWriter::new(Vec::new());
    assert!(matches!(zip.member::<ZipError>("manifest.txt", 3, crc32fast::hash(b"abc"), |put| put(b"abd")), Err(ZipError::Content(_))));
    let mut zip = ZipWriter::new(Vec::new());
    assert!(matches!(zip.member::<ZipError>("manifest.txt", 4, crc32fast::hash(b"abc"), |put| put(b"abc")), Err(ZipError::Content(_))));
}

/// Python's zipfile, which shares nothing with us, reads what we write.
#[test]
fn another_program_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack.zip");
    let mut file = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
    std::io::Write::write_all(&mut file, &write(&sample(), Zip64From::default()).unwrap()).unwrap();
    file.persist(&path).unwrap();
    let program =
        "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(*[i.file_size for i in z.infolist()])";
    match std::process::Command::new("python3").args(["-c", program]).arg(&path).output() {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "99 100 0 101", "{output:?}"),
        Err(_) => println!("left out: no python3 here"),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Directory::read_with(bytes.as_slice(), TINY);
        let bytes = [b"PK\x03\x04", bytes.as_slice()].concat();
        let _ = Directory::read_with(bytes.as_slice(), TINY);
    }

    #[test]
    fn any_members_read_back(names in proptest::collection::btree_set("[a-z/]{1,8}", 0..6), lengths in proptest::collection::vec(0_usize..200, 7)) {
        let mut members = vec![("manifest.txt", vec![0; lengths[0]])];
        members.extend(names.iter().zip(&lengths[1..]).map(|(name, length)| (name.as_str(), vec![9; *length])));
        let back = read(&write(&members, TINY).unwrap(), TINY).unwrap();
        prop_assert_eq!(back.len(), members.len());
    }
}
