//! The made-up county: a bureau, three schools, the people of them by their roles, and what they sign in with.
//!
//! Invariants: every name is marked 演示 and is a role, nobody's name; the three administrators are three people with an authenticator each.

use std::collections::BTreeMap;

use anlan_base::{Clock, Instant};
use anlan_law::kind::Role;
use anlan_ledger::engine::{PersonId, Rights, UnitId};
use anlan_ledger::{Actor, Ledger, NewPerson, PersonChange, Step, Wanted, authenticator_code};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// Everybody's password: the demo keeps no secret.
pub const PASSWORD: &str = "three quiet schools 2026";
/// Where people of the demo sign in from while it is made.
const PEER: &str = "10.1.0.250";

const UNITS: [(&str, &str); 4] = [
    ("bureau", "清源县教育局（演示）"),
    ("yizhong", "第一初级中学（演示）"),
    ("erzhong", "第二初级中学（演示）"),
    ("xiaoxue", "城关小学（演示）"),
];

struct Post {
    account: &'static str,
    title: &'static str,
    unit: &'static str,
    roles: &'static [Role],
    is_head: bool,
}

const fn post(account: &'static str, title: &'static str, unit: &'static str, roles: &'static [Role], is_head: bool) -> Post {
    Post { account, title, unit, roles, is_head }
}

const SYSTEM: &str = "xitong";
const SECURITY: &str = "anquan";
const AUDIT: &str = "shenji";

const PEOPLE: [Post; 12] = [
    post(SECURITY, "安全管理员（演示）", "bureau", &[Role::Security], false),
    post(AUDIT, "审计管理员（演示）", "bureau", &[Role::Audit], false),
    post("juzhang", "局长（演示）", "bureau", &[Role::Approver], true),
    post("fenguan", "分管副局长（演示）", "bureau", &[Role::Leader, Role::Approver], false),
    post("keyuan", "电教馆科员（演示）", "bureau", &[Role::Handler, Role::Duty], false),
    post("jiancha", "检查人员（演示）", "bureau", &[Role::Inspector], false),
    post("yizhong-xiaozhang", "一中校长（演示）", "yizhong", &[Role::Approver], true),
    post("yizhong-laoshi", "一中信息老师（演示）", "yizhong", &[Role::Handler, Role::Duty, Role::Staff], false),
    post("erzhong-xiaozhang", "二中校长（演示）", "erzhong", &[Role::Approver], true),
    post("erzhong-laoshi", "二中信息老师（演示）", "erzhong", &[Role::Handler, Role::Duty, Role::Staff], false),
    post("xiaoxue-xiaozhang", "城关小学校长（演示）", "xiaoxue", &[Role::Approver], true),
    post("xiaoxue-laoshi", "城关小学信息老师（演示）", "xiaoxue", &[Role::Handler, Role::Duty, Role::Staff], false),
];

/// Posts of the bureau that are filled: title, whether it is a key post, who.
const POSTS: [(&str, bool, &str); 5] = [
    ("网络安全负责人（演示）", true, "fenguan"),
    ("系统管理员（演示）", true, SYSTEM),
    ("安全管理员（演示）", true, SECURITY),
    ("审计管理员（演示）", true, AUDIT),
    ("值班员（演示）", false, "keyuan"),
];

/// What somebody of the demo signs in with.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Account {
    pub account: String,
    pub title: String,
    pub unit: String,
    pub password: String,
    /// Base 32; administrators only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery: Vec<String>,
}

impl Account {
    /// What their authenticator shows at this moment of the demo's clock.
    pub fn code(&self, now: Instant) -> Option<String> {
        authenticator_code(self.authenticator.as_deref()?, now)
    }
}

/// Who plays in the story.
#[derive(Default)]
pub struct Cast {
    units: BTreeMap<String, UnitId>,
    people: BTreeMap<String, (PersonId, UnitId)>,
    pub accounts: Vec<Account>,
}

impl Cast {
    pub fn unit(&self, key: &str) -> Result<UnitId> {
        self.units.get(key).copied().with_context(|| format!("the story knows no unit {key}"))
    }

    pub fn person(&self, account: &str) -> Result<PersonId> {
        self.people.get(account).map(|(person, _)| *person).with_context(|| format!("the story knows nobody called {account}"))
    }

    pub fn unit_of(&self, account: &str) -> Result<UnitId> {
        self.people.get(account).map(|(_, unit)| *unit).with_context(|| format!("the story knows nobody called {account}"))
    }

    /// Units, people, roles, posts and accounts, by the ways that the console takes.
    pub async fn enter(ledger: &Ledger, clock: &dyn Clock) -> Result<Self> {
        let mut cast = Self::default();
        let code = ledger.first_run_code().await?;
        ledger.redeem_first_run(&code, SYSTEM, PASSWORD).await?;
        cast.units(ledger).await?;
        for post in &PEOPLE {
            cast.comes(ledger, post).await?;
        }
        let system = ledger.rights_of(SYSTEM);
        cast.roles(ledger, &system).await?;
        let bureau = cast.unit("bureau")?;
        for (title, is_key, who) in POSTS {
            let place = ledger.add_post(&system, bureau, title, is_key).await?;
            ledger.fill_post(&system, place, Some(cast.person(who)?)).await?;
        }
        for account in [SYSTEM, SECURITY, AUDIT] {
            cast.authenticator(ledger, clock, account).await?;
        }
        Ok(cast)
    }

    async fn units(&mut self, ledger: &Ledger) -> Result<()> {
        let system = ledger.rights_of(SYSTEM);
        let root = ledger.directory().root().context("an operator has a root")?.id;
        for (key, name) in UNITS {
            let unit = match key {
                "bureau" => {
                    ledger.rename_unit(&system, root, name, "").await?;
                    root
                }
                _ => ledger.add_unit(&system, name, "", Some(root)).await?,
            };
            self.units.insert(key.to_owned(), unit);
        }
        let first = ledger.directory().person_of(SYSTEM).context("the first account has a person")?;
        let change = PersonChange { name: Some("系统管理员（演示）".to_owned()), ..PersonChange::default() };
        ledger.change_person(&system, first, &change).await?;
        self.note(SYSTEM, "系统管理员（演示）", "bureau", first)
    }

    fn note(&mut self, account: &str, title: &str, unit: &str, person: PersonId) -> Result<()> {
        self.people.insert(account.to_owned(), (person, self.unit(unit)?));
        let unit = UNITS.iter().find(|(key, _)| *key == unit).map(|(_, name)| (*name).to_owned()).unwrap_or_default();
        let (account, title, password) = (account.to_owned(), title.to_owned(), PASSWORD.to_owned());
        self.accounts.push(Account { account, title, unit, password, authenticator: None, recovery: Vec::new() });
        Ok(())
    }

    /// An account with a one-time password, which its owner changes, and the person that it belongs to.
    async fn comes(&mut self, ledger: &Ledger, post: &Post) -> Result<()> {
        let once = ledger.add_account(&Actor::User(SYSTEM.to_owned()), post.account).await?;
        let standing = ledger.standing_of(post.account);
        let Step::Wanted { pending, .. } = ledger.sign_in(post.account, &once, PEER, standing).await? else {
            bail!("a one-time password is changed at once");
        };
        ledger.choose_password(&pending, PASSWORD).await?;
        let account = Some(post.account.to_owned());
        let (name, unit) = (post.title.to_owned(), self.unit(post.unit)?);
        let new = NewPerson { name, unit, phone: String::new(), email: String::new(), account };
        let person = ledger.add_person(&ledger.rights_of(SYSTEM), &new).await?;
        self.note(post.account, post.title, post.unit, person)
    }

    /// The system administrator appoints the first of security, who appoints the first of audit and grants the rest.
    async fn roles(&self, ledger: &Ledger, system: &Rights) -> Result<()> {
        for post in &PEOPLE {
            let by = if post.account == SECURITY { system.clone() } else { ledger.rights_of(SECURITY) };
            let (person, unit) = (self.person(post.account)?, self.unit(post.unit)?);
            if post.is_head {
                ledger.set_head(&by, unit, Some(person)).await?;
            }
            for role in post.roles {
                ledger.grant(&by, person, *role, unit).await?;
            }
        }
        Ok(())
    }

    /// An administrator's first sign-in: the authenticator is enrolled by its first code.
    async fn authenticator(&mut self, ledger: &Ledger, clock: &dyn Clock, account: &str) -> Result<()> {
        let step = ledger.sign_in(account, PASSWORD, PEER, ledger.standing_of(account)).await?;
        let Step::Wanted { pending, what: Wanted::SecondFactor } = step else { bail!("{account} needs an authenticator") };
        let offer = ledger.offer_first_authenticator(&pending).await?;
        let code = authenticator_code(&offer.secret, clock.now()).context("an authenticator's secret")?;
        let (recovery, _) = ledger.confirm_first_authenticator(&pending, &code).await?;
        if let Some(known) = self.accounts.iter_mut().find(|known| known.account == account) {
            known.authenticator = Some(offer.secret.clone());
            known.recovery = recovery;
        }
        Ok(())
    }
}
