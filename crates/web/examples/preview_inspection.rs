//! Serves the console of a school in its first week over plain HTTP on loopback: `cargo run -p anlan-web --example preview_inspection [PORT] [ACCOUNT]`.
//!
//! It is signed in already, the clock stands still, and everything is gone afterwards. Cookies lose `Secure` here and nowhere else.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a developer's example")]

#[path = "../tests/house/mod.rs"]
mod house;
#[path = "../tests/inspected/mod.rs"]
mod inspected;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use house::{House, Person};

async fn relax(person: Person, mut request: Request, next: Next) -> Response {
    request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(&person.cookie).unwrap());
    let mut response = next.run(request).await;
    response.headers_mut().remove(header::STRICT_TRANSPORT_SECURITY);
    response
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let house = House::new_at(inspected::START).await;
    let school = inspected::inspected(&house).await;
    let now = anlan_base::Clock::now(&*house.clock);
    house.work(&school.staff, now).await;
    house.clock.set(now);
    house.assessor.assess().await.unwrap();
    let account = std::env::args().nth(2).unwrap_or_else(|| school.staff.teacher.account.to_owned());
    let person = house.session_of(&account).await;
    let port: u16 = std::env::args().nth(1).map_or(8620, |port| port.parse().unwrap());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("http://{}/inspection?visit={}", listener.local_addr().unwrap(), school.visit);
    let router = house.router.clone().layer(from_fn(move |request, next| relax(person.clone(), request, next)));
    axum::serve(listener, router).await.unwrap();
}
