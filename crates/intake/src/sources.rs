//! Which source, and so which retention class, a sender's lines belong to. The answer comes from above ([`SourceBook`]) and is
//! remembered for a while in a bounded map.

use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use anlan_base::{Class, SourceKey};
use tokio::time::Instant;

use crate::limits::{REMEMBERED_SOURCES, SOURCE_REMEMBERED};

/// A future in a box, as a trait object's methods return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the receivers need from above: the operator's book of sources.
pub trait SourceBook: Send + Sync {
    /// The source that a sender known by `key` counts as (itself, or `overflow` when the book is full), and the class of its lines.
    /// Never fails: a book that cannot be read answers with the key it was given and the class `network`.
    fn resolve(&self, key: SourceKey) -> BoxFuture<'_, (SourceKey, Class)>;
}

/// A book in which every sender is its own source of the class `network`.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenBook;

impl SourceBook for OpenBook {
    fn resolve(&self, key: SourceKey) -> BoxFuture<'_, (SourceKey, Class)> {
        Box::pin(async move { (key, Class::network()) })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) source: SourceKey,
    pub(crate) class: Class,
    asked: Instant,
}

impl Sender {
    pub(crate) fn is_fresh(&self) -> bool {
        self.is_fresh_at(Instant::now())
    }

    fn is_fresh_at(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.asked) < SOURCE_REMEMBERED
    }
}

/// The book, with its last answers remembered.
pub(crate) struct Senders {
    book: Arc<dyn SourceBook>,
    remembered: Mutex<HashMap<IpAddr, Sender>>,
}

impl Senders {
    pub(crate) fn new(book: Arc<dyn SourceBook>) -> Self {
        Self { book, remembered: Mutex::new(HashMap::new()) }
    }

    pub(crate) async fn of(&self, address: IpAddr) -> Sender {
        let address = address.to_canonical();
        if let Some(sender) = self.recall(address) {
            return sender;
        }
        let (source, class) = self.book.resolve(SourceKey::of_address(address)).await;
        let sender = Sender { source, class, asked: Instant::now() };
        self.remember(address, sender.clone());
        sender
    }

    fn recall(&self, address: IpAddr) -> Option<Sender> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(&address).filter(|sender| sender.is_fresh()).cloned()
    }

    fn remember(&self, address: IpAddr, sender: Sender) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_SOURCES {
            // Forged addresses fill the map faster than it grows old; forgetting costs one look-up each.
            remembered.clear();
        }
        remembered.insert(address, sender);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Default)]
    struct CountingBook(AtomicUsize);

    impl SourceBook for CountingBook {
        fn resolve(&self, key: SourceKey) -> BoxFuture<'_, (SourceKey, Class)> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move { (key, Class::network()) })
        }
    }

    #[tokio::test]
    async fn an_answer_is_remembered_for_its_time() {
        let book = Arc::new(CountingBook::default());
        let senders = Senders::new(book.clone());
        for (address, asked) in [("192.0.2.1", 1), ("::ffff:192.0.2.1", 1), ("192.0.2.2", 2), ("192.0.2.1", 2)] {
            let sender = senders.of(address.parse().unwrap()).await;
            assert!(sender.source.as_str().starts_with("ip:192.0.2."), "{address}");
            assert_eq!(book.0.load(Ordering::SeqCst), asked, "{address}");
            let fresh = [59, 60].map(|seconds| sender.is_fresh_at(sender.asked + std::time::Duration::from_secs(seconds)));
            assert_eq!(fresh, [true, false]);
        }
    }

    #[tokio::test]
    async fn what_is_remembered_has_a_limit() {
        let senders = Senders::new(Arc::new(OpenBook));
        for (more, held) in [(REMEMBERED_SOURCES - 1, REMEMBERED_SOURCES - 1), (1, REMEMBERED_SOURCES), (1, 1)] {
            let from = senders.remembered.lock().unwrap().len();
            for n in from..from + more {
                senders.of(IpAddr::from(u32::try_from(0x0a00_0000 + n).unwrap().to_be_bytes())).await;
            }
            assert_eq!(senders.remembered.lock().unwrap().len(), held);
        }
    }
}
