//! `POST /inspection/export`: the original lines of a device-day as a file, with digests.
//!
//! Invariants: what is outside the asker's rights is refused as if it were not there; the entry, and the note in the visit where one is chosen, are
//! written before the first byte goes out; the digests are those of the bytes that go out.

use anlan_assure::zip::ZipWriter;
use anlan_base::text::text;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::day::{self, DayFile, DeviceDay};
use super::visit::{self, Visit};
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::grouped;
use crate::session::{Signed, SignedForm};

/// The act of the entry that an export leaves behind.
const EXPORT: &str = "log.export";
const SUMS: &str = "校验值.txt";
const ABOUT: &str = "说明.txt";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The lines alone.
    Log,
    /// The digests alone, to lie beside.
    Sums,
    /// Both and how to check them.
    Zip,
}

impl Form {
    fn read(written: &str) -> Result<Self, Failure> {
        match written {
            "log" => Ok(Self::Log),
            "sums" => Ok(Self::Sums),
            "zip" => Ok(Self::Zip),
            _ => Err(Failure::BadForm),
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Sums => "sums",
            Self::Zip => "zip",
        }
    }
}

/// Everything about one handing over.
struct Handing<'a> {
    house: &'a Shared,
    who: &'a Signed,
    asked: DeviceDay,
    form: Form,
    visit: Option<Visit>,
    to: String,
}

pub(crate) async fn export(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let asked = DeviceDay::read(&house, &who, &form)?;
    let visit = visit::chosen(&house, &who, form.get("visit")).await?;
    let to = visit::taker(form.get("to"), visit.as_ref())?;
    let last = match form.get("last") {
        "" => None,
        seq => Some(seq.parse().map_err(|_| Failure::BadForm)?),
    };
    let handing = Handing { form: Form::read(form.get("form"))?, house: &house, who: &who, asked: asked.clone(), visit, to };
    let file = house.beside(move |console| day::read(&console.vault, &asked, last)).await?;
    let Some(file) = file else {
        return day::draw(&house, &who, &form, StatusCode::UNPROCESSABLE_ENTITY, text(who.lang, "inspect-day-large", &[])).await;
    };
    if let Some(wrong) = handing.refused(&file).await? {
        return day::draw(&house, &who, &form, StatusCode::UNPROCESSABLE_ENTITY, wrong).await;
    }
    handing.record(&file).await?;
    handing.answer(file)
}

impl Handing<'_> {
    fn note(&self, file: &DayFile) -> String {
        let (lines, bytes) = (grouped(file.lines), grouped(file.digests.bytes));
        let day = self.asked.day.to_string();
        let args = [
            ("file", self.name().as_str()),
            ("source", self.asked.key.as_str()),
            ("day", &day),
            ("lines", &lines),
            ("bytes", &bytes),
            ("sha256", &file.digests.sha256),
            ("sm3", &file.digests.sm3),
            ("to", if self.to.is_empty() { "—" } else { &self.to }),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(self.who.lang, "inspect-note-handed", &args)
    }

    async fn refused(&self, file: &DayFile) -> Result<Option<String>, Failure> {
        match &self.visit {
            Some(visit) => visit::refused(self.house, self.who, visit, &self.note(file)).await,
            None => Ok(None),
        }
    }

    /// The entry, and the note in the visit.
    async fn record(&self, file: &DayFile) -> Result<(), Failure> {
        let (lines, bytes, day) = (file.lines.to_string(), file.digests.bytes.to_string(), self.asked.day.to_string());
        let fields = [
            ("source", self.asked.key.as_str()),
            ("day", &day),
            ("form", self.form.id()),
            ("lines", &lines),
            ("bytes", &bytes),
            ("sha256", &file.digests.sha256),
            ("sm3", &file.digests.sm3),
            ("visit", self.visit.as_ref().map_or("", |visit| visit.number.as_str())),
            ("to", &self.to),
        ];
        self.house.console.ledger.note_act(&self.who.actor(), EXPORT, &fields).await?;
        match &self.visit {
            Some(visit) => visit::note(self.house, self.who, visit, self.note(file)).await,
            None => Ok(()),
        }
    }

    fn name(&self) -> String {
        match self.form {
            Form::Log => self.asked.file_name("log"),
            Form::Sums => self.asked.file_name("sums.txt"),
            Form::Zip => self.asked.file_name("zip"),
        }
    }

    /// As `校验值.txt` of a pack (spec/pack.md).
    fn sums(&self, file: &DayFile) -> String {
        let digests = &file.digests;
        format!("anlan-sums/1\n{} {} {} {}\n", digests.sha256, digests.sm3, digests.bytes, self.asked.file_name("log"))
    }

    fn about(&self, file: &DayFile) -> String {
        let at = |seq: Option<anlan_base::Seq>| seq.map_or_else(|| "—".to_owned(), |seq| seq.received().to_rfc3339());
        let prover = &self.house.console.prover;
        let values = [
            ("file", self.asked.file_name("log")),
            ("source", self.asked.key.to_string()),
            ("day", self.asked.day.to_string()),
            ("lines", grouped(file.lines)),
            ("bytes", grouped(file.digests.bytes)),
            ("first", at(file.first)),
            ("last", at(file.last)),
            ("at", self.house.console.clock.now().to_rfc3339()),
            ("who", self.who.session.user.name.clone()),
            ("visit", self.visit.as_ref().map_or_else(|| "—".to_owned(), |visit| visit.number.clone())),
            ("to", if self.to.is_empty() { "—".to_owned() } else { self.to.clone() }),
            ("size", prover.checkpoint_size().to_string()),
            ("key", prover.vkey()),
        ];
        let args: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(self.who.lang, "inspect-about", &args) + "\n"
    }

    fn zip(&self, file: &DayFile) -> Result<Vec<u8>, Failure> {
        let mut zip = ZipWriter::new(Vec::with_capacity(file.bytes.len() + 4096));
        zip.whole(&self.asked.file_name("log"), &file.bytes).map_err(Failure::internal)?;
        zip.whole(SUMS, self.sums(file).as_bytes()).map_err(Failure::internal)?;
        zip.whole(ABOUT, self.about(file).as_bytes()).map_err(Failure::internal)?;
        zip.finish().map_err(Failure::internal)
    }

    fn answer(&self, file: DayFile) -> Result<Response, Failure> {
        let (media, bytes) = match self.form {
            Form::Log => ("application/octet-stream", file.bytes),
            Form::Sums => ("text/plain; charset=utf-8", self.sums(&file).into_bytes()),
            Form::Zip => ("application/zip", self.zip(&file)?),
        };
        let disposition = format!("attachment; filename=\"{}\"", self.name());
        Ok((StatusCode::OK, [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
    }
}
