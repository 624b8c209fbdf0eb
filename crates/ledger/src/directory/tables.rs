//! The tables of the directory: all rows read into an [`Organization`], and the rows that a fact touched written.
//!
//! Invariant: reading back what was written gives the same organization; what no release could have written is damage, named by its table.

use std::collections::BTreeSet;

use anlan_law::kind::Role;
use sqlx::Row as _;

use super::organization::{Organization, Touched};
use super::rows::{Administrator, GrantRow, Holding, PersonRow, PostRow, ProposalRow, Stage, StandIn, UnitRow};
use super::{PostId, ProposalId};
use crate::database::{Conn, Row, from_sql, instant, to_sql};
use crate::engine::{Person, PersonId, Unit, UnitId};
use crate::error::LedgerError;

fn id(row: &Row, column: &str) -> Result<u64, LedgerError> {
    from_sql(row.try_get(column)?)
}

fn maybe_id(row: &Row, column: &str) -> Result<Option<u64>, LedgerError> {
    row.try_get::<Option<i64>, _>(column)?.map(from_sql).transpose()
}

fn time(row: &Row, column: &str) -> Result<anlan_base::Instant, LedgerError> {
    instant(row.try_get(column)?)
}

fn maybe_time(row: &Row, column: &str) -> Result<Option<anlan_base::Instant>, LedgerError> {
    row.try_get::<Option<i64>, _>(column)?.map(instant).transpose()
}

/// 0 and 1; anything else is damage.
fn flag(row: &Row, column: &str) -> Result<bool, LedgerError> {
    match row.try_get::<i64, _>(column)? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(LedgerError::damaged(format!("`{column}` is {other}, not 0 or 1"))),
    }
}

fn role(text: &str) -> Result<Role, LedgerError> {
    Role::from_id(text).ok_or_else(|| LedgerError::damaged(format!("a grant has the unknown role `{text}`")))
}

fn administrator(text: &str) -> Result<Administrator, LedgerError> {
    let known = Role::from_id(text).and_then(Administrator::of);
    known.ok_or_else(|| LedgerError::damaged(format!("a person is the unknown administrator `{text}`")))
}

const UNITS: &str = "SELECT id, name, label, parent, path, head, closed FROM unit";
const PEOPLE: &str = "SELECT id, name, unit, phone, email, account, administrator, added, left_at, left_why FROM person";
const GRANTS: &str = "SELECT person, role, unit, administrator, entry, at, bootstrap FROM role_grant";
const PROPOSALS: &str =
    "SELECT id, grave, about, unit, state, reason, proposer, at, expires, stage, decider, decided, objection, used FROM proposal";

impl Organization {
    pub(crate) async fn load(conn: &mut Conn) -> Result<Self, LedgerError> {
        let mut all = Self::default();
        for row in sqlx::query(UNITS).fetch_all(&mut *conn).await? {
            let row = unit_of(&row)?;
            all.units.insert(row.unit.id, row);
        }
        for row in sqlx::query(PEOPLE).fetch_all(&mut *conn).await? {
            let row = person_of(&row)?;
            if let Some(account) = &row.person.account {
                all.accounts.insert(account.clone(), row.person.id);
            }
            all.people.insert(row.person.id, row);
        }
        for row in sqlx::query(GRANTS).fetch_all(&mut *conn).await? {
            let row = grant_of(&row)?;
            all.grants.insert(row.key(), row);
        }
        all.load_posts(conn).await?;
        for row in sqlx::query("SELECT person, stands_in, until, reason FROM stand_in").fetch_all(&mut *conn).await? {
            let stand_in =
                StandIn { person: PersonId(id(&row, "stands_in")?), until: time(&row, "until")?, reason: row.try_get("reason")? };
            all.stand_ins.insert(PersonId(id(&row, "person")?), stand_in);
        }
        for row in sqlx::query("SELECT source_key, unit FROM source_unit").fetch_all(&mut *conn).await? {
            all.source_units.insert(row.try_get("source_key")?, UnitId(id(&row, "unit")?));
        }
        for row in sqlx::query("SELECT person, entry FROM person_entry").fetch_all(&mut *conn).await? {
            all.personal.insert((PersonId(id(&row, "person")?), id(&row, "entry")?));
        }
        for row in sqlx::query("SELECT administrator, entry FROM appointed").fetch_all(&mut *conn).await? {
            all.appointed.insert(administrator(&row.try_get::<String, _>("administrator")?)?, id(&row, "entry")?);
        }
        for row in sqlx::query(PROPOSALS).fetch_all(conn).await? {
            let row = proposal_of(&row)?;
            all.proposals.insert(row.id, row);
        }
        Ok(all)
    }

    async fn load_posts(&mut self, conn: &mut Conn) -> Result<(), LedgerError> {
        for row in sqlx::query("SELECT id, unit, title, key_post, added, closed FROM post").fetch_all(&mut *conn).await? {
            let post = PostRow {
                id: PostId(id(&row, "id")?),
                unit: UnitId(id(&row, "unit")?),
                title: row.try_get("title")?,
                key_post: flag(&row, "key_post")?,
                added: time(&row, "added")?,
                closed: maybe_time(&row, "closed")?,
                holdings: Vec::new(),
            };
            self.posts.insert(post.id, post);
        }
        for row in sqlx::query("SELECT post, entry, person, at FROM post_holding ORDER BY post, entry").fetch_all(conn).await? {
            let holding = Holding { entry: id(&row, "entry")?, person: maybe_id(&row, "person")?.map(PersonId), at: time(&row, "at")? };
            let post = self.posts.get_mut(&PostId(id(&row, "post")?));
            post.ok_or_else(|| LedgerError::damaged("somebody holds a post that is not there"))?.holdings.push(holding);
        }
        Ok(())
    }

    /// Writes what a fact touched. Grants that ended go first and new ones come last, for a grant of an administrator refers to its person's row.
    pub(crate) async fn store(&self, conn: &mut Conn, touched: &Touched) -> Result<(), LedgerError> {
        for key in touched.grants.iter().filter(|key| !self.grants.contains_key(key)) {
            let delete = sqlx::query("DELETE FROM role_grant WHERE person = $1 AND role = $2 AND unit = $3");
            delete.bind(to_sql(key.0.0)?).bind(key.1.id()).bind(to_sql(key.2.0)?).execute(&mut *conn).await?;
        }
        for row in touched.units.iter().filter_map(|id| self.units.get(id)) {
            store_unit(conn, row).await?;
        }
        for row in touched.people.iter().filter_map(|id| self.people.get(id)) {
            store_person(conn, row).await?;
        }
        for row in touched.grants.iter().filter_map(|key| self.grants.get(key)) {
            store_grant(conn, row).await?;
        }
        for row in touched.posts.iter().filter_map(|id| self.posts.get(id)) {
            store_post(conn, row).await?;
        }
        for person in &touched.stand_ins {
            store_stand_in(conn, *person, self.stand_ins.get(person)).await?;
        }
        self.store_rest(conn, touched).await
    }

    async fn store_rest(&self, conn: &mut Conn, touched: &Touched) -> Result<(), LedgerError> {
        const SOURCE: &str =
            "INSERT INTO source_unit (source_key, unit) VALUES ($1, $2) ON CONFLICT (source_key) DO UPDATE SET unit = excluded.unit";
        for (key, unit) in touched.sources.iter().filter_map(|key| Some((key, self.source_units.get(key)?))) {
            sqlx::query(SOURCE).bind(key).bind(to_sql(unit.0)?).execute(&mut *conn).await?;
        }
        for (person, entry) in &touched.personal {
            let insert = sqlx::query("INSERT INTO person_entry (person, entry) VALUES ($1, $2)");
            insert.bind(to_sql(person.0)?).bind(to_sql(*entry)?).execute(&mut *conn).await?;
        }
        for (first, entry) in touched.appointed.iter().filter_map(|first| Some((first, self.appointed.get(first)?))) {
            let insert = sqlx::query("INSERT INTO appointed (administrator, entry) VALUES ($1, $2)");
            insert.bind(first.role().id()).bind(to_sql(*entry)?).execute(&mut *conn).await?;
        }
        for row in touched.proposals.iter().filter_map(|id| self.proposals.get(id)) {
            store_proposal(conn, row).await?;
        }
        Ok(())
    }

    /// Tables in which two organizations differ.
    pub(crate) fn differences(&self, other: &Self) -> BTreeSet<&'static str> {
        let same = [
            ("unit", self.units == other.units),
            ("person", self.people == other.people && self.accounts == other.accounts),
            ("person_entry", self.personal == other.personal),
            ("role_grant", self.grants == other.grants),
            ("appointed", self.appointed == other.appointed),
            ("post", self.posts == other.posts),
            ("stand_in", self.stand_ins == other.stand_ins),
            ("source_unit", self.source_units == other.source_units),
            ("proposal", self.proposals == other.proposals),
        ];
        same.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
    }
}

fn unit_of(row: &Row) -> Result<UnitRow, LedgerError> {
    let closed = maybe_time(row, "closed")?;
    let unit = Unit {
        id: UnitId(id(row, "id")?),
        name: row.try_get("name")?,
        parent: maybe_id(row, "parent")?.map(UnitId),
        path: row.try_get("path")?,
        head: maybe_id(row, "head")?.map(PersonId),
        closed: closed.is_some(),
    };
    Ok(UnitRow { unit, label: row.try_get("label")?, closed })
}

fn person_of(row: &Row) -> Result<PersonRow, LedgerError> {
    let left_at = maybe_time(row, "left_at")?;
    let person = Person {
        id: PersonId(id(row, "id")?),
        name: row.try_get("name")?,
        unit: UnitId(id(row, "unit")?),
        account: row.try_get("account")?,
        left: left_at.is_some(),
    };
    let held: Option<String> = row.try_get("administrator")?;
    Ok(PersonRow {
        person,
        phone: row.try_get("phone")?,
        email: row.try_get("email")?,
        administrator: held.as_deref().map(administrator).transpose()?,
        added: time(row, "added")?,
        left_at,
        left_why: row.try_get("left_why")?,
    })
}

fn grant_of(row: &Row) -> Result<GrantRow, LedgerError> {
    let role = role(&row.try_get::<String, _>("role")?)?;
    let held: Option<String> = row.try_get("administrator")?;
    if held.as_deref().map(administrator).transpose()? != Administrator::of(role) {
        return Err(LedgerError::damaged("a grant of an administrator does not say so"));
    }
    Ok(GrantRow {
        person: PersonId(id(row, "person")?),
        role,
        unit: UnitId(id(row, "unit")?),
        entry: id(row, "entry")?,
        at: time(row, "at")?,
        bootstrap: flag(row, "bootstrap")?,
    })
}

fn proposal_of(row: &Row) -> Result<ProposalRow, LedgerError> {
    let stage: String = row.try_get("stage")?;
    Ok(ProposalRow {
        id: ProposalId(id(row, "id")?),
        grave: row.try_get("grave")?,
        about: row.try_get("about")?,
        unit: UnitId(id(row, "unit")?),
        state: row.try_get("state")?,
        reason: row.try_get("reason")?,
        proposer: PersonId(id(row, "proposer")?),
        at: time(row, "at")?,
        expires: time(row, "expires")?,
        stage: Stage::from_id(&stage).ok_or_else(|| LedgerError::damaged(format!("a proposal is in the unknown stage `{stage}`")))?,
        decider: maybe_id(row, "decider")?.map(PersonId),
        decided: maybe_time(row, "decided")?,
        objection: row.try_get("objection")?,
        used: maybe_time(row, "used")?,
    })
}

fn sql_time(at: Option<anlan_base::Instant>) -> Result<Option<i64>, LedgerError> {
    at.map(|at| to_sql(at.0)).transpose()
}

async fn store_unit(conn: &mut Conn, row: &UnitRow) -> Result<(), LedgerError> {
    const SQL: &str = "INSERT INTO unit (id, name, label, parent, path, head, closed) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, label = excluded.label, parent = excluded.parent, path = excluded.path, \
        head = excluded.head, closed = excluded.closed";
    let unit = &row.unit;
    sqlx::query(SQL)
        .bind(to_sql(unit.id.0)?)
        .bind(&unit.name)
        .bind(&row.label)
        .bind(unit.parent.map(|parent| to_sql(parent.0)).transpose()?)
        .bind(&unit.path)
        .bind(unit.head.map(|head| to_sql(head.0)).transpose()?)
        .bind(sql_time(row.closed)?)
        .execute(conn)
        .await?;
    Ok(())
}

async fn store_person(conn: &mut Conn, row: &PersonRow) -> Result<(), LedgerError> {
    const SQL: &str = "INSERT INTO person (id, name, unit, phone, email, account, administrator, added, left_at, left_why) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET name = excluded.name, unit = excluded.unit, \
        phone = excluded.phone, email = excluded.email, account = excluded.account, administrator = excluded.administrator, \
        left_at = excluded.left_at, left_why = excluded.left_why";
    sqlx::query(SQL)
        .bind(to_sql(row.person.id.0)?)
        .bind(&row.person.name)
        .bind(to_sql(row.person.unit.0)?)
        .bind(&row.phone)
        .bind(&row.email)
        .bind(&row.person.account)
        .bind(row.administrator.map(|held| held.role().id()))
        .bind(to_sql(row.added.0)?)
        .bind(sql_time(row.left_at)?)
        .bind(&row.left_why)
        .execute(conn)
        .await?;
    Ok(())
}

async fn store_grant(conn: &mut Conn, row: &GrantRow) -> Result<(), LedgerError> {
    const SQL: &str =
        "INSERT INTO role_grant (person, role, unit, administrator, entry, at, bootstrap) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sqlx::query(SQL)
        .bind(to_sql(row.person.0)?)
        .bind(row.role.id())
        .bind(to_sql(row.unit.0)?)
        .bind(Administrator::of(row.role).map(|held| held.role().id()))
        .bind(to_sql(row.entry)?)
        .bind(to_sql(row.at.0)?)
        .bind(i64::from(row.bootstrap))
        .execute(conn)
        .await?;
    Ok(())
}

async fn store_post(conn: &mut Conn, row: &PostRow) -> Result<(), LedgerError> {
    const SQL: &str = "INSERT INTO post (id, unit, title, key_post, added, closed) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (id) DO UPDATE SET closed = excluded.closed";
    const HOLDING: &str = "INSERT INTO post_holding (post, entry, person, at) VALUES ($1, $2, $3, $4) ON CONFLICT (post, entry) DO NOTHING";
    sqlx::query(SQL)
        .bind(to_sql(row.id.0)?)
        .bind(to_sql(row.unit.0)?)
        .bind(&row.title)
        .bind(i64::from(row.key_post))
        .bind(to_sql(row.added.0)?)
        .bind(sql_time(row.closed)?)
        .execute(&mut *conn)
        .await?;
    if let Some(holding) = row.holdings.last() {
        sqlx::query(HOLDING)
            .bind(to_sql(row.id.0)?)
            .bind(to_sql(holding.entry)?)
            .bind(holding.person.map(|person| to_sql(person.0)).transpose()?)
            .bind(to_sql(holding.at.0)?)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn store_stand_in(conn: &mut Conn, person: PersonId, stand_in: Option<&StandIn>) -> Result<(), LedgerError> {
    const SQL: &str = "INSERT INTO stand_in (person, stands_in, until, reason) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person) DO UPDATE SET stands_in = excluded.stands_in, until = excluded.until, reason = excluded.reason";
    let Some(stand_in) = stand_in else {
        sqlx::query("DELETE FROM stand_in WHERE person = $1").bind(to_sql(person.0)?).execute(conn).await?;
        return Ok(());
    };
    sqlx::query(SQL)
        .bind(to_sql(person.0)?)
        .bind(to_sql(stand_in.person.0)?)
        .bind(to_sql(stand_in.until.0)?)
        .bind(&stand_in.reason)
        .execute(conn)
        .await?;
    Ok(())
}

async fn store_proposal(conn: &mut Conn, row: &ProposalRow) -> Result<(), LedgerError> {
    const SQL: &str = "INSERT INTO proposal (id, grave, about, unit, state, reason, proposer, at, expires, stage, decider, decided, objection, used) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, \
        decider = excluded.decider, decided = excluded.decided, objection = excluded.objection, used = excluded.used";
    sqlx::query(SQL)
        .bind(to_sql(row.id.0)?)
        .bind(&row.grave)
        .bind(&row.about)
        .bind(to_sql(row.unit.0)?)
        .bind(&row.state)
        .bind(&row.reason)
        .bind(to_sql(row.proposer.0)?)
        .bind(to_sql(row.at.0)?)
        .bind(to_sql(row.expires.0)?)
        .bind(row.stage.id())
        .bind(row.decider.map(|decider| to_sql(decider.0)).transpose()?)
        .bind(sql_time(row.decided)?)
        .bind(&row.objection)
        .bind(sql_time(row.used)?)
        .execute(conn)
        .await?;
    Ok(())
}
