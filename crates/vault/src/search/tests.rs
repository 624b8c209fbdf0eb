//! Search compared with a scan that is too simple to be wrong, over frames and over segments.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anlan_base::{Class, Day, Origin, Piece};
use anlan_journal::DiskFs;
use anlan_tlog::envelope::Batch;
use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::query::{Expr, Test};
use crate::segment::{PAGE_ROWS, SealBatch, encode};

const START: u64 = 1_795_190_400 * Instant::SECOND;

fn line(seq: u64, source: &str, raw: impl Into<Bytes>) -> Line {
    let source = SourceKey::new(source).unwrap();
    Line { seq: Seq(START + seq), class: Class::network(), source, origin: Origin::Tcp, piece: Piece::WHOLE, raw: raw.into() }
}

fn frames(lines: &[Line]) -> Vec<Arc<Frame>> {
    let alike = |a: &Line, b: &Line| a.source == b.source && a.origin == b.origin;
    let frame = |run: &[Line]| {
        let lines = run.iter().map(|l| FrameLine { seq: l.seq, piece: l.piece, raw: l.raw.clone() }).collect();
        Arc::new(Frame { class: run[0].class.clone(), source: run[0].source.clone(), origin: run[0].origin, lines })
    };
    lines.chunk_by(alike).map(frame).collect()
}

fn batch(lines: &[Line]) -> SealBatch {
    let (first, last, class) = (lines[0].seq, lines[lines.len() - 1].seq, lines[0].class.clone());
    let batch = Batch { class, day: Day::of_seq(first), count: lines.len() as u32, first, last, root: [3; 32] };
    SealBatch { batch, key: [5; 32], lines: lines.to_vec() }
}

struct Sealed {
    dir: tempfile::TempDir,
    files: usize,
}

impl Sealed {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), files: 0 }
    }

    #[allow(clippy::disallowed_methods, reason = "a test's folder")]
    fn segment(&mut self, lines: &[Line]) -> Arc<Segment> {
        let batches: Vec<SealBatch> = lines.chunks(4096).map(batch).collect();
        let path: PathBuf = self.dir.path().join(format!("{}.parquet", self.files));
        self.files += 1;
        std::fs::write(&path, encode(&lines[0].class, Day::of_seq(lines[0].seq), &batches).unwrap()).unwrap();
        Arc::new(Segment::open(Arc::new(DiskFs), path).unwrap())
    }
}

fn ask(query: &str) -> Search {
    Search { query: query.parse().unwrap(), since: None, until: None, scope: Scope::All, limit: 1_000_000 }
}

fn seqs(found: &Found) -> Vec<u64> {
    found.lines.iter().map(|hit| hit.line.seq.0 - START).collect()
}

/// The rule of spec/query.md, letter by letter.
fn stands_in(text: &str, wanted: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let text: Vec<char> = text.chars().map(|c| c.to_ascii_lowercase()).collect();
    let wanted: Vec<char> = wanted.chars().map(|c| c.to_ascii_lowercase()).collect();
    text.windows(wanted.len()).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).map(|i| text[i]);
        let after = text.get(at + wanted.len()).copied();
        window == wanted && !(word(wanted.first().copied()) && word(before)) && !(word(wanted.last().copied()) && word(after))
    })
}

fn naive(expr: &Expr, line: &Line) -> bool {
    match expr {
        Expr::All => true,
        Expr::Text(text) => stands_in(&anlan_wire::line_text(&line.raw), text),
        Expr::Field { name, test } => {
            let hit = Hit::of(line.clone());
            let mut fields = vec![("seq".to_owned(), line.seq.to_string()), ("message".to_owned(), hit.message)];
            fields.extend(hit.fields);
            let value = fields.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v);
            match test {
                Test::Exists => value.is_some(),
                Test::Equals(wanted) => value.is_some_and(|v| v.eq_ignore_ascii_case(wanted)),
            }
        }
        Expr::Not(inner) => !naive(inner, line),
        Expr::And(all) => all.iter().all(|e| naive(e, line)),
        Expr::Or(any) => any.iter().any(|e| naive(e, line)),
    }
}

#[test]
fn texts_match_by_the_rule_of_words() {
    let gb = b"<13>\xd3\xc3\xbb\xa7 admin \xc4\xe3\xba\xc3".to_vec();
    let lines = [
        line(1, "ip:192.0.2.1", "Failed password for root from 203.0.113.77 port 22"),
        line(2, "ip:192.0.2.1", "from 1203.0.113.77 and 203.0.113.770"),
        line(3, "ip:192.0.2.1", "用户abc登录失败，来自 2001:DB8::1:"),
        line(4, "ip:192.0.2.1", gb),
        line(5, "ip:192.0.2.1", b"\xff\x00fail_x fail-y \xfe".to_vec()),
        line(6, "ip:192.0.2.1", ""),
        line(7, "ip:192.0.2.1", "a \"quoted\" C:\\Windows path 12:30:05.123456Z"),
    ];
    let mut sealed = Sealed::new();
    let unsealed = View { frames: frames(&lines), segments: vec![] };
    let sealed = View { frames: vec![], segments: vec![sealed.segment(&lines)] };
    for (query, expected) in [
        ("*", &[7, 6, 5, 4, 3, 2, 1][..]),
        ("failed", &[1]),
        ("FAIL", &[5]),
        ("fail_x", &[5]),
        ("203.0.113.77", &[1]),
        ("113", &[2, 1]),
        ("0.113", &[2, 1]),
        ("登录", &[3]),
        ("录", &[3]),
        ("abc登录", &[3]),
        ("户abc", &[3]),
        ("bc登录", &[]),
        ("2001:db8::1", &[3]),
        ("你好", &[4]),
        ("用户 admin", &[4]),
        ("\"password FOR\"", &[1]),
        ("\"assword for\"", &[]),
        ("\" for \"", &[1]),
        ("\"\\\"quoted\\\"\"", &[7]),
        ("c:\\windows", &[7]),
        ("12:30:05.123456z", &[7]),
        ("123456z", &[7]),
        ("NOT from", &[7, 6, 5, 4, 3]),
        ("failed OR 你好 NOT 用户", &[1]),
        ("(failed OR 你好) admin", &[4]),
        ("anlan.source:IP:192.0.2.1 failed", &[1]),
        ("anlan.source:ip:192.0.2.2", &[]),
        ("log.source.address:192.0.2.1 root", &[1]),
        ("anlan.origin:tcp root", &[1]),
        ("anlan.origin:udp", &[]),
        ("anlan.piece:*", &[]),
        ("seq:1795190400000000002", &[2]),
    ] {
        for view in [&unsealed, &sealed] {
            assert_eq!(seqs(&search(view, &ask(query)).unwrap()), expected, "{query}");
            assert_eq!(count(view, &ask(query)).unwrap(), expected.len() as u64, "{query}");
        }
    }
}

#[test]
fn a_hit_shows_time_and_origin_first_and_each_field_once() {
    let raw = "<38>1 2026-11-21T09:00:00.5+08:00 web01 sshd 991 - - Failed password for root from 203.0.113.77 port 22 ssh2";
    let mut cut = line(2, "token:web", "x");
    cut.piece = Piece::part(3, true);
    let view = View { frames: frames(&[line(1, "ip:192.0.2.1", raw), cut]), segments: vec![] };
    let found = search(&view, &ask("*")).unwrap();
    let names: Vec<&str> = found.lines[1].fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..4], ["@timestamp", "anlan.source", "anlan.origin", "log.source.address"]);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert_eq!(found.lines[1].fields[0].1, "2026-11-21T09:00:00.500000+08:00");
    assert_eq!(found.lines[1].message, "Failed password for root from 203.0.113.77 port 22 ssh2");
    assert_eq!(found.lines[0].fields.last(), Some(&("anlan.piece".to_owned(), "3 last".to_owned())));
    assert_eq!(count(&view, &ask("user.name:ROOT source.ip:203.0.113.77 host.name:web01")).unwrap(), 1);
}

#[test]
fn newest_first_within_times_scope_and_limit() {
    let mut sealed = Sealed::new();
    let all: Vec<Line> =
        (0..300).map(|i| line(i * 10, if i % 3 == 0 { "ip:192.0.2.1" } else { "ip:192.0.2.2" }, format!("line {i}"))).collect();
    let segments = vec![sealed.segment(&all[..100]), sealed.segment(&all[100..200])];
    let view = View { frames: frames(&all[200..]), segments };
    let mut s = Search { limit: 5, ..ask("line") };
    let found = search(&view, &s).unwrap();
    assert_eq!((seqs(&found), found.more), (vec![2990, 2980, 2970, 2960, 2950], true));
    assert_eq!((found.pages_opened, found.pages_total), (0, 2), "what is older is not opened");
    s.until = Some(Instant(START + 1500));
    s.since = Some(Instant(START + 1480));
    let found = search(&view, &s).unwrap();
    assert_eq!((seqs(&found), found.more, found.pages_opened), (vec![1490, 1480], false, 1));
    s.scope = Scope::Sources([SourceKey::new("ip:192.0.2.1").unwrap()].into());
    assert_eq!(seqs(&search(&view, &s).unwrap()), [0_u64; 0]);
    s.since = Some(Instant(START + 1470));
    assert_eq!(seqs(&search(&view, &s).unwrap()), [1470]);
    s.scope = Scope::Sources(BTreeSet::new());
    assert_eq!((search(&view, &s).unwrap().lines.len(), count(&view, &s).unwrap()), (0, 0));
    for (limit, lines, more) in [(299, 299, true), (300, 300, false), (301, 300, false), (0, 0, true)] {
        let found = search(&view, &Search { limit, ..ask("line") }).unwrap();
        assert_eq!((found.lines.len(), found.more), (lines, more), "{limit}");
    }
}

#[test]
fn counting_everything_opens_no_page() {
    let mut sealed = Sealed::new();
    let all: Vec<Line> = (0..100).map(|i| line(i, if i < 30 { "ip:192.0.2.1" } else { "ip:192.0.2.2" }, "x")).collect();
    let view = View { frames: vec![], segments: vec![sealed.segment(&all)] };
    let opened = |s: &Search| {
        let mut counter = Counter(0);
        let (opened, _) = Walk::new(s).over(&view, &mut counter).unwrap();
        (counter.0, opened)
    };
    let mut s = ask("*");
    assert_eq!(opened(&s), (100, 0));
    s.scope = Scope::Sources([SourceKey::new("ip:192.0.2.1").unwrap()].into());
    assert_eq!(opened(&s), (30, 0));
    s.since = Some(Instant(START + 10));
    assert_eq!(opened(&s), (20, 1));
    assert_eq!(opened(&ask("absent")), (0, 0), "the filter knows");
}

#[test]
fn filters_leave_most_pages_closed() {
    let mut sealed = Sealed::new();
    let rows = 3 * PAGE_ROWS as u64;
    let all: Vec<Line> = (0..rows).map(|i| line(i, "ip:192.0.2.1", format!("<13>1 - h app{} - - - id{i}", i * 3 / rows))).collect();
    let view = View { frames: vec![], segments: vec![sealed.segment(&all)] };
    let found = search(&view, &ask("id12345")).unwrap();
    assert_eq!((seqs(&found), found.pages_opened, found.pages_total), (vec![12345], 1, 3));
}

#[test]
fn a_histogram_has_a_limit() {
    let lines = [line(0, "ip:192.0.2.1", "a"), line(25, "ip:192.0.2.1", "b"), line(HISTOGRAM_BUCKETS * 10 - 1, "ip:192.0.2.1", "c")];
    let view = View { frames: frames(&lines), segments: vec![] };
    let from = |since: u64| Search { since: Some(Instant(START + since)), ..ask("*") };
    let counts = histogram(&view, &Search { until: Some(Instant(START + 100)), ..from(0) }, 10).unwrap();
    assert_eq!(counts, [(Instant(START), 1), (Instant(START + 10), 0), (Instant(START + 20), 1)]);
    assert_eq!(histogram(&view, &from(0), 10).unwrap().len() as u64, HISTOGRAM_BUCKETS);
    assert_eq!(histogram(&view, &from(10), 10).unwrap().len() as u64, HISTOGRAM_BUCKETS - 1);
    assert!(histogram(&view, &Search { since: Some(Instant(START - 1)), ..ask("*") }, 10).is_err());
    assert!(histogram(&view, &from(0), 0).is_err());
    assert_eq!(histogram(&view, &ask("*"), 1_000_000).unwrap(), [(Instant(START), 3)]);
    assert!(histogram(&view, &ask("absent"), 1).unwrap().is_empty());
}

fn raw() -> impl Strategy<Value = Bytes> {
    let word = select(vec![
        "failed",
        "Fail",
        "root",
        "10.0.0.1",
        "110.0.0.1",
        "10.0.0.11",
        "2001:db8::1",
        "登录",
        "登录失败",
        "失败",
        "用户",
        "abc",
        "_",
        ".",
        ":",
        " ",
        " ",
        "k=v",
        "user=root",
        "é",
        "12:30:05.123456Z",
        "\"",
        "\\",
    ]);
    let text = prop::collection::vec(word, 0..8).prop_map(|words| words.concat());
    prop_oneof![
        4 => text.clone().prop_map(Bytes::from),
        1 => text.clone().prop_map(|t| Bytes::from(encoding_rs::GB18030.encode(&t).0.into_owned())),
        1 => text.prop_map(|t| Bytes::from([t.as_bytes(), &[0xff, 0]].concat())),
        1 => prop::collection::vec(any::<u8>(), 0..12).prop_map(Bytes::from),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let term = prop_oneof![
        4 => select(vec![
            "failed", "fail", "root", "10.0.0.1", "0.0.1", "2001:db8::1", "db8", "登录", "录失", "登", "abc", "用户abc", "_", "k=v", "user=root", "*",
            "é", "登录root", "12:30:05.123456z", "05.123456Z", "NOT root", "user.name:root", "user.name:*", "kv.k:v", "anlan.source:ip:192.0.2.1",
            "message:*", "event.outcome:*",
        ]).prop_map(str::to_owned),
        1 => "\"[a-z .:登录é]{1,4}\"",
    ];
    prop::collection::vec((term, select(vec![" ", " OR ", " AND ", " AND NOT ", " OR NOT "])), 1..4).prop_map(|parts| {
        let text: Vec<String> =
            parts.iter().enumerate().map(|(i, (term, joint))| if i == 0 { term.clone() } else { format!("{joint}{term}") }).collect();
        text.concat().parse().unwrap()
    })
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec((raw(), any::<bool>(), 1..5_u64), 1..40).prop_map(|rows| {
        let mut seq = 0;
        let each = rows.into_iter().map(|(raw, first, step)| {
            seq += step;
            line(seq, if first { "ip:192.0.2.1" } else { "token:web" }, raw)
        });
        each.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn frames_segments_and_a_naive_scan_agree(
        lines in lines(), query in query(), cut in 0..40_usize, since in 0..60_u64, len in 0..200_u64, one in any::<bool>(), limit in 0..40_usize,
    ) {
        let mut sealed = Sealed::new();
        let scope = if one { Scope::Sources([SourceKey::new("token:web").unwrap()].into()) } else { Scope::All };
        let s = Search { query, since: Some(Instant(START + since)), until: Some(Instant(START + since + len)), scope, limit };
        let right = |l: &&Line| l.seq.0 >= START + since && l.seq.0 < START + since + len && s.scope.allows(&l.source) && naive(s.query.expr(), l);
        let all: Vec<Line> = lines.iter().filter(right).rev().cloned().collect();
        let expected: Vec<Line> = all.iter().take(limit).cloned().collect();
        let cut = cut.min(lines.len());
        let (old, new) = lines.split_at(cut);
        let both: Vec<_> = [old, new].into_iter().filter(|part| !part.is_empty()).map(|part| sealed.segment(part)).collect();
        let half = View { frames: frames(new), segments: if cut == 0 { vec![] } else { vec![Arc::clone(&both[0])] } };
        for view in [View { frames: frames(&lines), segments: vec![] }, View { frames: vec![], segments: both }, half] {
            let found = search(&view, &s).unwrap();
            prop_assert_eq!(found.lines.into_iter().map(|hit| hit.line).collect::<Vec<_>>(), expected.clone(), "{}", s.query);
            prop_assert_eq!(found.more, all.len() > limit);
            prop_assert_eq!(count(&view, &s).unwrap(), all.len() as u64);
            let buckets = histogram(&view, &s, 7).unwrap();
            prop_assert_eq!(buckets.iter().map(|(_, n)| n).sum::<u64>(), all.len() as u64);
        }
    }

    /// Whatever matches, its tokens are tokens of the line: a filter hides nothing.
    #[test]
    fn tokens_of_a_text_are_tokens_of_each_line_it_matches(raw in raw(), from in 0..30_usize, len in 1..30_usize) {
        let text = anlan_wire::line_text(&raw).into_owned();
        let part: String = text.chars().skip(from).take(len).collect();
        if !part.is_empty() && stands_in(&text, &part) {
            let held = crate::token::tokens(&text);
            prop_assert!(crate::token::tokens(&part).iter().all(|t| held.contains(t)), "{part} in {text}");
        }
    }
}
