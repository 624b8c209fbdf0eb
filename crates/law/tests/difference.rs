//! Versions compared by article and word.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests: a failure is told by the panic")]

use anlan_law::{Change, Compared, Difference, Library, Piece, Row, VersionId};

fn difference(from: &str, to: &str) -> Difference {
    let id = |version: &str| version.parse::<VersionId>().unwrap();
    Library::shipped().difference(&id(from), &id(to)).unwrap()
}

fn row(difference: &Difference, to: u32) -> &Row {
    difference.rows.iter().find(|row| row.to.contains(&to)).unwrap()
}

/// `…[-removed-]{+added+}(?lost?)…`, long same runs cut.
fn shown(row: &Row) -> String {
    let Compared::Words { pieces } = &row.compared else { return "no text".to_owned() };
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Same(_) => text.push('…'),
            Piece::Removed(words) => text.push_str(&format!("[-{words}-]")),
            Piece::Added(words) => text.push_str(&format!("{{+{words}+}}")),
            Piece::LostBefore(words) => text.push_str(&format!("(?{words}?)")),
            Piece::LostAfter(words) => text.push_str(&format!("(!{words}!)")),
        }
    }
    text
}

// LAWPACK-44
#[test]
fn from_the_draft_to_the_law() {
    let difference = difference("csl@draft2", "csl@2016");
    for (to, from, expected) in [
        (1, vec![1], "…"),
        (3, vec![3], "…{+和互联互通+}…{+，支持培养网络安全人才+}…"),
        (
            13,
            vec![],
            "{+国家支持研究开发有利于未成年人健康成长的网络产品和服务，依法惩治利用网络从事危害未成年人身心健康的活动，为未成年人提供安全、健康的网络环境。+}",
        ),
        (16, vec![15], "…[-院-]{+学+}…"),
        (21, vec![20], "…(?（三）采取监测、记录网络运行状态、网络安全事件的技术措施，并按照规定留存相关的网络日志不少于六个月；?)…"),
        (48, vec![46], "…[-发现-]{+知道+}…"),
        (61, vec![59], "…[-第二十三条-]{+第二十四条+}…"),
    ] {
        let row = row(&difference, to);
        assert_eq!((&row.from, shown(row).as_str()), (&from, expected), "{to}");
    }
    assert!(difference.rows.iter().map(|row| row.to.first()).is_sorted());
    let lost = row(&difference, 39);
    assert!(shown(lost).starts_with("…(?（一）"), "{}", shown(lost));
    assert_eq!(row(&difference, 69).endings.len(), 2, "one item dropped, one lost");
}

#[test]
fn from_2016_to_2025() {
    let difference = difference("csl@2016", "csl@2025");
    for (to, from, change) in [
        (1, vec![1], Change::Same),
        (3, vec![], Change::New),
        (23, vec![21], Change::Same),
        (36, vec![34], Change::References),
        (61, vec![59], Change::Amended),
        (69, vec![68, 69], Change::Merged),
        (71, vec![64, 66, 70], Change::Merged),
        (73, vec![], Change::New),
        (20, vec![18], Change::Moved),
    ] {
        let row = row(&difference, to);
        assert_eq!((&row.from, row.change), (&from, change), "{to}");
    }
    assert_eq!(shown(row(&difference, 23)), "…");
    assert_eq!(shown(row(&difference, 61)), "no text");
    assert_eq!(row(&difference, 69).to, [69, 70]);
}

#[test]
fn either_way_round_and_across_two_steps() {
    let back = difference("csl@2016", "csl@draft2");
    assert_eq!(shown(row(&back, 3)), "…[-和互联互通-]…[-，支持培养网络安全人才-]…");
    assert!(shown(row(&back, 20)).contains("(!（三）"));
    assert!(back.rows.iter().any(|row| row.from == [13] && row.to.is_empty() && row.change == Change::New));
    assert_eq!(row(&difference("csl@draft2", "csl@2025"), 23).from, [20]);
}

/// The words of both sides stand in the pieces.
#[test]
fn the_sides_come_back_from_the_pieces() {
    let library = Library::shipped();
    let version = |id: &str| library.version(&id.parse().unwrap()).unwrap();
    let bare = |text: String| text.replace(['，', '。', '；', '：', '、'], "");
    for row in difference("csl@draft2", "csl@2016").rows {
        let Compared::Words { pieces } = &row.compared else { panic!("{row:?}") };
        let side = |keep: fn(&Piece) -> Option<&String>| bare(pieces.iter().filter_map(keep).cloned().collect());
        let text = |id: &str, articles: &[u32]| {
            bare(articles.iter().map(|article| version(id).entry(*article).unwrap().text().unwrap().text()).collect())
        };
        let before = side(|piece| match piece {
            Piece::Same(text) | Piece::Removed(text) | Piece::LostAfter(text) => Some(text),
            _ => None,
        });
        let after = side(|piece| match piece {
            Piece::Same(text) | Piece::Added(text) | Piece::LostBefore(text) => Some(text),
            _ => None,
        });
        assert_eq!(before, text("csl@draft2", &row.from), "{:?}", row.from);
        assert_eq!(after, text("csl@2016", &row.to), "{:?}", row.to);
    }
}

#[test]
fn what_is_not_there_is_refused() {
    let id = |version: &str| version.parse::<VersionId>().unwrap();
    assert!(Library::shipped().difference(&id("csl@2016"), &id("csl@2030")).is_err());
    assert!(Library::shipped().difference(&id("x@2016"), &id("csl@2016")).is_err());
}
