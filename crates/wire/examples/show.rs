//! Shows what lines on standard input say: `cargo run -p anlan-wire --example show < FILE`. For looking at results with one's own eyes.
#![allow(clippy::print_stdout)]

use std::io::BufRead;

use anlan_base::{Clock, SystemClock};

fn main() -> std::io::Result<()> {
    let now = SystemClock.now();
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line?;
        let event = anlan_wire::parse(&line, now);
        let text = anlan_wire::line_text(&line);
        println!("{text}");
        let claimed = event.claimed.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
        let notes: Vec<_> = event.notes.iter().map(|n| n.code()).collect();
        println!("    {claimed} {:?} [{}]", event.priority, notes.join(","));
        for (name, value) in &event.fields {
            println!("    {name} = {value}");
        }
        println!("    message = {}", anlan_wire::line_text(&line[event.message.clone()]));
    }
    Ok(())
}
