//! Names of tiles (C2SP tlog-tiles): which exist for a size, and where.

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u16 = 256;
/// Levels that a tree of u64 size can have.
pub const LEVELS: u8 = 8;

/// Path under `log/` of a tile: level None = entries bundle. width 256 = full.
#[must_use]
pub fn path(level: Option<u8>, n: u64, width: u16) -> String {
    let mut path = match level {
        Some(level) => format!("tile/{level}"),
        None => "tile/entries".to_owned(),
    };
    let digits = n.to_string();
    let groups = digits.len().div_ceil(3);
    let padded = format!("{n:0>width$}", width = groups * 3);
    for group in 0..groups {
        path.push_str(if group + 1 < groups { "/x" } else { "/" });
        path.push_str(&padded[group * 3..group * 3 + 3]);
    }
    if width < WIDTH {
        path.push_str(&format!(".p/{width}"));
    }
    path
}

/// The tile that a path names: the exact inverse of [`path`].
#[must_use]
pub fn parse_path(text: &str) -> Option<(Option<u8>, u64, u16)> {
    let rest = text.strip_prefix("tile/")?;
    let (level, rest) = rest.split_once('/')?;
    let level = if level == "entries" { None } else { Some(u8::try_from(crate::parse_decimal(level)?).ok()?) };
    let (name, width) = match rest.split_once(".p/") {
        Some((name, width)) => (name, u16::try_from(crate::parse_decimal(width)?).ok()?),
        None => (rest, WIDTH),
    };
    let digits: String = name.bytes().filter(u8::is_ascii_digit).map(char::from).collect();
    let n = digits.parse().ok()?;
    let fits = level.is_none_or(|l| l < 64) && (1..=WIDTH).contains(&width);
    (fits && path(level, n, width) == text).then_some((level, n, width))
}

/// For a tree of `size`: level, number of full tiles, width of the partial one (0 where there is none). Levels without tiles are left out.
pub fn levels(size: u64) -> impl Iterator<Item = (u8, u64, u16)> {
    (0..LEVELS).map(move |level| (level, size >> (8 * u32::from(level)))).take_while(|(_, hashes)| *hashes > 0).map(|(level, hashes)| {
        let width = u16::try_from(hashes % u64::from(WIDTH)).unwrap_or(0);
        (level, hashes / u64::from(WIDTH), width)
    })
}

/// Every (level, n, width) that exists for a tree of this size, entries bundles included.
#[must_use]
pub fn all(size: u64) -> Vec<(Option<u8>, u64, u16)> {
    let mut tiles = Vec::new();
    let bundles = levels(size).take(1).map(|(_, full, width)| (None, full, width));
    for (level, full, width) in bundles.chain(levels(size).map(|(level, full, width)| (Some(level), full, width))) {
        tiles.extend((0..full).map(|n| (level, n, WIDTH)));
        if width > 0 {
            tiles.push((level, full, width));
        }
    }
    tiles
}
