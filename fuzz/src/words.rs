//! Short texts that people and programs write: times, names, languages, queries.

use anlan_base::text::Lang;
use anlan_base::{Class, Day, Seq, SourceKey, limits, parse_time};
use anlan_tlog::note::{KEY_NAME_BYTES, KeyName};
use anlan_vault::{LossSource, Query};

const MICROSECOND: u64 = 1_000;
const SECOND: u64 = 1_000_000_000;
/// Characters of a query (`spec/query.md`).
const QUERY_CHARS: usize = 4_096;

fn utf8(data: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// A time that was read is the same when it is written and read again, as far as the writing goes. A day and a number are written as they were read.
pub fn time_text(data: &[u8]) -> bool {
    let text = utf8(data);
    if let Ok(at) = parse_time(&text) {
        assert_eq!(parse_time(&at.to_rfc3339()).map(|again| again.0), Ok(at.0 / MICROSECOND * MICROSECOND));
        assert_eq!(parse_time(&at.to_civil()).map(|again| again.0), Ok(at.0 / SECOND * SECOND));
        let day = Day::of(at);
        assert_eq!(day.to_string().parse(), Ok(day));
        assert!(day.start() <= at && Day::of(day.start()) == day);
    }
    if let Ok(day) = text.parse::<Day>() {
        assert_eq!(day.to_string(), text);
    }
    if let Ok(seq) = text.parse::<Seq>() {
        assert_eq!(seq.to_string().parse(), Ok(seq));
    }
    parse_time(&text).is_ok()
}

/// A name is what was read, within its limit, and can stand in a line of text and in a proof.
pub fn source_key(data: &[u8]) -> bool {
    let text = utf8(data);
    let fits = |most: usize| (1..=most).contains(&text.len());
    let one_word = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    match SourceKey::new(&text) {
        Ok(key) => assert!(key.as_str() == text && key.to_string() == text && one_word && fits(limits::SOURCE_KEY_BYTES)),
        Err(_) => assert!(!one_word || !fits(limits::SOURCE_KEY_BYTES)),
    }
    if let Ok(class) = Class::new(&text) {
        assert!(class.as_str() == text && fits(limits::CLASS_BYTES) && SourceKey::new(&text).is_ok());
    }
    if let Ok(name) = KeyName::new(&text) {
        assert!(name.as_str() == text && one_word && !text.contains('+') && fits(KEY_NAME_BYTES));
    }
    let loss = LossSource::new(&text);
    assert!(loss.as_str().len() <= limits::SOURCE_KEY_BYTES && LossSource::new(loss.as_str()) == loss);
    if let Ok(address) = text.parse() {
        let key = SourceKey::of_address(address);
        assert_eq!(SourceKey::new(key.as_str()), Ok(key.clone()));
        assert_eq!(key.address().and_then(|a| a.parse().ok()), Some(address.to_canonical()));
    }
    SourceKey::new(&text).is_ok()
}

/// The choice does not hang on letters' case, nor on languages before it that are not spoken, nor on what is added after its own language.
pub fn language_preference(data: &[u8]) -> bool {
    let text = utf8(data);
    let lang = Lang::from_preference(&text);
    assert_eq!(Lang::from_preference(&text.to_ascii_uppercase()), lang);
    assert_eq!(Lang::from_preference(&format!("fr, *;q=0.5, {text}")), lang);
    assert_eq!(Lang::from_preference(&format!("{},{text}", lang.tag())), lang);
    let english_wished = Lang::from_preference(&format!("{text},en")) == Lang::En;
    assert!(english_wished || lang == Lang::Zh);
    assert_eq!(Lang::from_preference(&format!("{text},zh")), lang);
    true
}

/// A query's canonical text is the same query. An error lies in the text.
pub fn query(data: &[u8]) -> bool {
    let text = utf8(data);
    let query = text.parse::<Query>();
    match &query {
        Ok(query) => {
            let canonical = query.to_string();
            let again = canonical.parse::<Query>();
            // Written out, a query can be longer than what may be asked (`AND`, and `\\` for each `\`).
            let too_long = canonical.chars().count() > QUERY_CHARS;
            assert!(again.as_ref() == Ok(query) || (too_long && again.is_err()), "{canonical}");
        }
        Err(error) => assert!((1..=text.chars().count() + 1).contains(&error.column), "column {}", error.column),
    }
    query.is_ok()
}
