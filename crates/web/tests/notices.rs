//! Notices in the console, and the settings of mail.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use std::sync::{Arc, Mutex};

use anlan_base::text::Lang;
use anlan_ledger::engine::{Command, Urging};
use anlan_web::{Mail, MailFault, MailFuture, MailSettings, MailTls};
use axum::http::StatusCode;
use house::{House, PASSWORD};

/// Keeps what it is told; letters to `refused@…` are.
#[derive(Default)]
struct LetterBox {
    kept: Mutex<(MailSettings, Option<String>)>,
    letters: Mutex<Vec<String>>,
}

impl Mail for LetterBox {
    fn settings(&self) -> MailSettings {
        self.kept.lock().unwrap().0.clone()
    }

    fn set(&self, settings: MailSettings, password: Option<String>) -> Result<(), MailFault> {
        if settings.from.is_empty() {
            return Err(MailFault::Setting("from"));
        }
        *self.kept.lock().unwrap() = (settings, password);
        Ok(())
    }

    fn try_out<'a>(&'a self, to: &'a str, _: Lang) -> MailFuture<'a> {
        Box::pin(async move {
            self.letters.lock().unwrap().push(to.to_owned());
            if to.starts_with("refused") { Err(MailFault::Refused("550 <b>no</b>".into())) } else { Ok(()) }
        })
    }
}

const SETTINGS: [(&str, &str); 7] = [
    ("host", "smtp.example.com"),
    ("port", "587"),
    ("tls", "starttls"),
    ("user", "anlan"),
    ("secret", "a secret of mail"),
    ("from", "anlan@example.com"),
    ("console", "https://anlan.example/"),
];

#[tokio::test]
async fn a_person_sees_what_they_were_told_and_no_more() {
    let house = House::new().await;
    house.first_run().await;
    let staff = house.staff().await;
    let values =
        [("title", "绝密的标题"), ("category", "network"), ("level", "general"), ("handling", "at_once"), ("happened", "2026-11-20T09:00")];
    let number = house.open(&staff.teacher, "hazard", &values).await;
    let urge = Command::Urge { text: "绝密的话".into(), weight: Urging::Remind };
    house.ledger.act_on(&house.ledger.rights_of("xiaozhang"), &number, None, urge).await.unwrap();
    let told = |account: &'static str, lang: &'static str| {
        let house = &house;
        async move { house.get_in("/notices", &house.session_of(account).await, lang).await }
    };
    for (lang, word) in [("zh-CN", "催办"), ("en", "Urged")] {
        let page = told("laoshi", lang).await;
        assert!(page.text().contains(word) && page.text().contains(&format!("/r/{number}")), "{}", page.text());
        assert!(!page.text().contains("绝密") && !page.text().contains('‹'), "{}", page.text());
    }
    assert!(!told("erzhong", "zh-CN").await.text().contains(&number));
    let visitor = house.get("/notices", &house::Person::default()).await;
    assert_eq!(visitor.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_system_administrator_sets_the_mail_server_and_the_password_stands_nowhere() {
    let mail = Arc::new(LetterBox::default());
    let house = House::with_mail(mail.clone()).await;
    house.first_run().await;
    let staff = house.staff().await;
    let admin = house.person().await;
    let mut form = SETTINGS.to_vec();
    form.push(("proof", PASSWORD));
    let done = house.post("/settings/mail", &admin, &form).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/settings/mail?told=kept"), "{}", done.text());
    let (kept, password) = mail.kept.lock().unwrap().clone();
    assert_eq!((kept.port, kept.tls, kept.console.as_str()), (587, MailTls::StartTls, "https://anlan.example"));
    assert_eq!(password.as_deref(), Some("a secret of mail"));
    let entries = house.ledger.entries(1, 1000).await.unwrap();
    let told = entries.iter().find(|entry| entry.text("act") == Some("mail.set")).unwrap();
    assert_eq!((told.text("host"), told.text("password_changed")), (Some("smtp.example.com"), Some("yes")));
    let holds = |entry: &anlan_ledger::EntryRow| {
        entry
            .fields
            .iter()
            .any(|field| field.value.as_deref().is_some_and(|value| String::from_utf8_lossy(value).contains("a secret of mail")))
    };
    assert!(!entries.iter().any(holds));
    for lang in ["zh-CN", "en"] {
        let page = house.get_in("/settings/mail", &admin, lang).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            !page.text().contains("a secret") && !page.text().contains('‹') && page.text().contains("smtp.example.com"),
            "{}",
            page.text()
        );
    }
    // A letter to try it; what a server answers is text.
    assert_eq!(house.post("/settings/mail/try", &admin, &[("to", "li@example.com")]).await.location(), "/settings/mail?told=tried");
    let refused = house.post("/settings/mail/try", &admin, &[("to", "refused@example.com")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("550 &#60;b&#62;no") || refused.text().contains("550 &lt;b&gt;no"), "{}", refused.text());
    // What cannot be right is told, and what was typed stands there still.
    let wrong = |name: &'static str, value: &'static str| SETTINGS.map(|(known, was)| (known, if known == name { value } else { was }));
    for (name, value) in [("port", "70000"), ("port", "x"), ("tls", "magic"), ("from", "")] {
        let answer = house.post("/settings/mail", &admin, &wrong(name, value)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {value}");
        assert!(answer.text().contains("smtp.example.com"));
    }
    assert_eq!(house.acts().await.iter().filter(|act| *act == "mail.set").count(), 1);
    for worker in [staff.security, staff.audit, staff.chief, staff.teacher] {
        let person = house.session_of(worker.account).await;
        assert_eq!(house.get("/settings/mail", &person).await.status, StatusCode::FORBIDDEN, "{}", worker.account);
        assert_eq!(house.post("/settings/mail", &person, &SETTINGS).await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.post("/settings/mail/try", &person, &[("to", "a@example.com")]).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(mail.letters.lock().unwrap().len(), 2);
}
