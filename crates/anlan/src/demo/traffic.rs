//! What forty devices write on a day: the rhythm of schools, a switch that falls silent, a pause, a night of failed logins, a clock that is slow.
//!
//! Invariant: a day's lines follow from the seed, the day and the scale alone, so that one day can be made without those before it.

use anlan_base::{Day, Instant, WorkCalendar};

use super::devices::{ATTACKED, DEVICES, Device, PAUSED, SILENT, SLOW, STRAY};
use super::dice::Dice;
use super::lines;
use super::span::Span;

/// Lines of a working day at scale 1, beside the pulse.
const WORKING_DAY: u64 = 1_500;
/// The same in the small variant.
const SMALL_DAY: u64 = 80;
/// Each device says something at least so often: seconds.
const PULSE: u64 = 2 * 3_600;
const SMALL_PULSE: u64 = 4 * 3_600;
/// Failed logins of the bad night, and in the small variant.
const FAILED_LOGINS: u64 = 900;
const SMALL_FAILED_LOGINS: u64 = 120;
/// How much the slow clock is behind: seconds.
const BEHIND: u64 = 11 * 60;
const DAY_SECONDS: u64 = 86_400;

/// Shares of a day's lines by the hour.
const SCHOOL_HOURS: [u64; 24] = [2, 1, 1, 1, 1, 2, 8, 40, 70, 80, 80, 70, 40, 45, 78, 80, 70, 50, 25, 30, 28, 16, 8, 4];
const QUIET_HOURS: [u64; 24] = [3, 2, 2, 2, 2, 3, 5, 8, 12, 14, 14, 12, 10, 12, 14, 14, 12, 10, 10, 10, 9, 7, 5, 4];

/// A line and when it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub at: Instant,
    /// Its place in [`DEVICES`]; one more for the device that nobody listed.
    pub device: usize,
    pub raw: String,
}

/// The device of a [`Sent`].
pub fn device(place: usize) -> &'static Device {
    DEVICES.get(place).unwrap_or(&STRAY)
}

pub struct Traffic {
    pub seed: u64,
    /// Times the lines of scale 1; 0 is the small variant.
    pub scale: u64,
    pub span: Span,
}

impl Traffic {
    /// All lines of a day in the order in which they come.
    pub fn of_day(&self, day: Day, calendar: &WorkCalendar) -> Vec<Sent> {
        let mut sent = Vec::new();
        for (place, device) in DEVICES.iter().enumerate() {
            if !self.is_quiet(device, day) {
                self.device(place, device, day, calendar, &mut sent);
            }
        }
        if day >= self.span.stray_from() {
            self.device(DEVICES.len(), &STRAY, day, calendar, &mut sent);
        }
        if day == self.span.bad_night() {
            self.bad_night(day, &mut sent);
        }
        sent.sort_by_key(|one| (one.at, one.device));
        sent
    }

    fn is_quiet(&self, device: &Device, day: Day) -> bool {
        let silent = device.address == SILENT && day > self.span.last_of_silent();
        silent || (device.address == PAUSED && self.span.pause().contains(&day))
    }

    fn device(&self, place: usize, device: &Device, day: Day, calendar: &WorkCalendar, sent: &mut Vec<Sent>) {
        let mut dice = Dice::new(self.seed, &[u64::from(day.0), place as u64]);
        let hours = if calendar.is_working(day) && !is_holiday_of_pupils(day) { &SCHOOL_HOURS } else { &QUIET_HOURS };
        let mut push = |second: u64, dice: &mut Dice| {
            let at = day.start().plus_seconds(second);
            let written = if device.address == SLOW { at.minus_seconds(BEHIND) } else { at };
            sent.push(Sent { at, device: place, raw: lines::line(device, written, dice) });
        };
        let pulse = if self.scale == 0 { SMALL_PULSE } else { PULSE };
        let offset = dice.roll(pulse);
        for beat in 0..DAY_SECONDS / pulse {
            push(beat * pulse + (offset + dice.roll(120)) % pulse, &mut dice);
        }
        for _ in 0..self.count(device, hours, &mut dice) {
            push(second_of(hours, &mut dice), &mut dice);
        }
    }

    /// Lines of a device beside its pulse.
    fn count(&self, device: &Device, hours: &[u64; 24], dice: &mut Dice) -> u64 {
        let all: u64 = DEVICES.iter().map(|device| device.weight).sum();
        let whole = if self.scale == 0 { SMALL_DAY } else { WORKING_DAY * self.scale };
        // A quiet day has as much less as its hours weigh less.
        let share = whole * device.weight * hours.iter().sum::<u64>() / SCHOOL_HOURS.iter().sum::<u64>();
        (share + dice.roll(all)) / all
    }

    fn bad_night(&self, day: Day, sent: &mut Vec<Sent>) {
        let Some((place, device)) = DEVICES.iter().enumerate().find(|(_, device)| device.address == ATTACKED) else { return };
        let mut dice = Dice::new(self.seed, &[u64::from(day.0), u64::MAX]);
        let count = if self.scale == 0 { SMALL_FAILED_LOGINS } else { FAILED_LOGINS * self.scale };
        for _ in 0..count {
            let at = day.start().plus_seconds(dice.between(70 * 60, 280 * 60));
            sent.push(Sent { at, device: place, raw: lines::failed_login(device, at, &mut dice) });
        }
    }
}

/// A second of the day, likelier in the hours that weigh more.
fn second_of(hours: &[u64; 24], dice: &mut Dice) -> u64 {
    let mut at = dice.roll(hours.iter().sum());
    let hour = hours.iter().position(|weight| {
        let here = at < *weight;
        at = at.saturating_sub(*weight);
        here
    });
    hour.unwrap_or(0) as u64 * 3_600 + dice.roll(3_600)
}

/// Summer holidays: teachers come, pupils do not.
fn is_holiday_of_pupils(day: Day) -> bool {
    let date = day.civil();
    (date.month() == 7 && date.day_of_month() > 8) || date.month() == 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(seed: u64, scale: u64) -> Traffic {
        Traffic { seed, scale, span: Span::of(scale) }
    }

    #[test]
    fn a_day_follows_from_seed_day_and_scale() {
        let calendar = WorkCalendar::new();
        let day = anlan_base::CivilDate::new(2026, 11, 11).unwrap().day();
        let one = traffic(1, 1).of_day(day, &calendar);
        assert_eq!(one, traffic(1, 1).of_day(day, &calendar));
        assert_ne!(one, traffic(2, 1).of_day(day, &calendar));
        assert!(one.is_sorted_by_key(|sent| sent.at) && one.iter().all(|sent| Day::of(sent.at) == day));
        let (small, large) = (traffic(1, 0).of_day(day, &calendar).len(), traffic(1, 3).of_day(day, &calendar).len());
        assert!(small < one.len() && one.len() * 2 < large, "{small} {} {large}", one.len());
    }

    #[test]
    fn the_silent_switch_says_nothing_and_the_bad_night_is_one_night() {
        let (calendar, traffic) = (WorkCalendar::new(), traffic(1, 0));
        let silent = DEVICES.iter().position(|device| device.address == SILENT).unwrap();
        let of = |day: Day| traffic.of_day(day, &calendar);
        let last = traffic.span.last_of_silent();
        assert!(of(last).iter().any(|sent| sent.device == silent));
        assert!(of(last.next()).iter().all(|sent| sent.device != silent));
        let failed = |day: Day| of(day).iter().filter(|sent| sent.raw.contains(lines::ATTACKER)).count() as u64;
        let night = traffic.span.bad_night();
        assert_eq!(failed(night), SMALL_FAILED_LOGINS);
        assert_eq!((failed(night.minus_days(1).unwrap()), failed(night.next())), (0, 0));
    }
}
