//! A made-up bureau with its schools and the people who work there, for tests and the preview.

use anlan_base::Instant;
use anlan_law::kind::Role;
use anlan_ledger::engine::{Command, PersonId, UnitId, Values};
use anlan_ledger::{NewPerson, Standing, Step};

use super::{House, PASSWORD, Person, USER};

/// Somebody with an account of the same name.
#[derive(Clone, Copy, Debug)]
pub struct Worker {
    pub account: &'static str,
    pub id: PersonId,
    pub unit: UnitId,
}

pub struct Staff {
    pub bureau: UnitId,
    pub schools: Vec<UnitId>,
    /// 安全管理员 of the operator.
    pub security: Worker,
    pub audit: Worker,
    /// Head and officer of the bureau.
    pub chief: Worker,
    pub officer: Worker,
    /// Head and IT teacher of the first school.
    pub principal: Worker,
    pub teacher: Worker,
    /// Head of the second school.
    pub other: Worker,
}

impl House {
    /// A bureau with three schools and their people. The first user is the system administrator.
    pub async fn staff(&self) -> Staff {
        let system = self.ledger.rights_of(USER);
        let bureau = self.ledger.directory().root().unwrap().id;
        self.ledger.rename_unit(&system, bureau, "清源县教育局（演示）", "").await.unwrap();
        let mut schools = Vec::new();
        for name in ["第一初级中学（演示）", "第二初级中学（演示）", "城关小学（演示）"] {
            schools.push(self.ledger.add_unit(&system, name, "", Some(bureau)).await.unwrap());
        }
        let security = self.worker("anquan", "安全管理员（演示）", bureau).await;
        self.ledger.grant(&system, security.id, Role::Security, bureau).await.unwrap();
        let grants = self.ledger.rights_of(security.account);
        let audit = self.worker("shenji", "审计管理员（演示）", bureau).await;
        self.ledger.grant(&grants, audit.id, Role::Audit, bureau).await.unwrap();
        let chief = self.worker("juzhang", "局长（演示）", bureau).await;
        let officer = self.worker("keyuan", "电教馆科员（演示）", bureau).await;
        let principal = self.worker("xiaozhang", "一中校长（演示）", schools[0]).await;
        let teacher = self.worker("laoshi", "一中信息老师（演示）", schools[0]).await;
        let other = self.worker("erzhong", "二中校长（演示）", schools[1]).await;
        for (worker, unit) in [(chief, bureau), (principal, schools[0]), (other, schools[1])] {
            self.ledger.set_head(&grants, unit, Some(worker.id)).await.unwrap();
        }
        for (worker, roles) in
            [(officer, &[Role::Handler, Role::Duty][..]), (teacher, &[Role::Handler, Role::Duty, Role::Staff]), (chief, &[Role::Approver])]
        {
            for role in roles {
                self.ledger.grant(&grants, worker.id, *role, worker.unit).await.unwrap();
            }
        }
        Staff { bureau, schools, security, audit, chief, officer, principal, teacher, other }
    }

    /// A person with an account whose password is [`PASSWORD`] by now.
    pub async fn worker(&self, account: &'static str, name: &str, unit: UnitId) -> Worker {
        let actor = anlan_ledger::Actor::User(USER.to_owned());
        let once = self.ledger.add_account(&actor, account).await.unwrap();
        let Step::Wanted { pending, .. } = self.ledger.sign_in(account, &once, "192.0.2.9", Standing::Ordinary).await.unwrap() else {
            panic!("a one-time password is changed")
        };
        self.ledger.choose_password(&pending, PASSWORD).await.unwrap();
        let new = NewPerson { name: name.to_owned(), unit, phone: String::new(), email: String::new(), account: Some(account.to_owned()) };
        let id = self.ledger.add_person(&self.ledger.rights_of(USER), &new).await.unwrap();
        Worker { account, id, unit }
    }

    /// A session of theirs.
    pub async fn session_of(&self, account: &str) -> Person {
        let secret = self.ledger.login(account, PASSWORD, "192.0.2.7").await.unwrap();
        let token = self.ledger.session(&secret).await.unwrap().unwrap().csrf;
        Person { cookie: format!("__Host-anlan={secret}"), token }
    }

    /// Opens a record and returns its number.
    pub async fn open(&self, who: &Worker, kind: &str, values: &[(&str, &str)]) -> String {
        let values: Values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let command = Command::Open { unit: who.unit, values, happened: None };
        self.ledger.open_record(&self.ledger.rights_of(who.account), kind, command).await.unwrap().number
    }

    /// Makes a move.
    pub async fn make(&self, who: &Worker, number: &str, name: &str, values: &[(&str, &str)], reason: Option<&str>) {
        let values: Values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let command = Command::Move { name: name.to_owned(), values, reason: reason.map(str::to_owned) };
        self.ledger.act_on(&self.ledger.rights_of(who.account), number, None, command).await.unwrap();
    }

    /// Hazards in several states, one overdue, one entered late; a task sent to every school.
    pub async fn work(&self, staff: &Staff, now: Instant) {
        let day = |back: u64| now.minus_seconds(back * 86_400).to_civil().replace(' ', "T").chars().take(16).collect::<String>();
        let hazard = |title: &'static str, category: &'static str, level: &'static str, handling: &'static str, happened: String| {
            vec![
                ("title", title.to_owned()),
                ("category", category.to_owned()),
                ("level", level.to_owned()),
                ("handling", handling.to_owned()),
                ("happened", happened),
            ]
        };
        self.clock.set(now.minus_seconds(9 * 86_400));
        let first =
            self.open_with(&staff.teacher, "hazard", hazard("机房交换机使用默认口令", "network", "larger", "planned", day(9))).await;
        let teacher = staff.teacher.id.to_string();
        let deadline = day(2).chars().take(10).collect::<String>();
        let fields = [
            ("owner", teacher.as_str()),
            ("deadline", &deadline),
            ("measure", "改口令、限制管理地址、复测后销号"),
            ("watcher", &teacher),
            ("watch_measure", "每日查看登录日志"),
        ];
        self.make(&staff.principal, &first, "assign", &fields, None).await;
        self.clock.set(now.minus_seconds(4 * 86_400));
        self.open_with(&staff.teacher, "hazard", hazard("图书馆公用电脑未装补丁", "terminal", "general", "at_once", day(4))).await;
        let fields = [("owner", teacher.as_str()), ("measure", "当日装补丁")];
        let second = self.open_with(&staff.teacher, "hazard", hazard("办公室弱口令便签", "account", "general", "at_once", day(4))).await;
        self.make(&staff.principal, &second, "order", &fields, None).await;
        self.clock.set(now);
        self.ledger.tick().await.unwrap();
        self.open_with(&staff.teacher, "hazard", hazard("学校网站首页可被改写", "website", "major", "planned", day(6))).await;
    }

    async fn open_with(&self, who: &Worker, kind: &str, values: Vec<(&'static str, String)>) -> String {
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.open(who, kind, &values).await
    }
}
