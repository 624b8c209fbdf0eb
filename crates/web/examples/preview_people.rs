//! Serves one bureau with its schools to four of its people, each on a port of their own: `cargo run -p anlan-web --example preview_people [PORT]`.
//!
//! PORT: administrator of the system; +1: of security; +2: of audit; +3: a teacher; +4: the chief; +5: nobody, to sign in. The clock stands still.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a developer's example")]

#[path = "../tests/house/mod.rs"]
mod house;

use anlan_ledger::{Administrator, GraveAct, NewPerson};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use house::{House, Person, USER};

/// Signs every request in; lets cookies work without TLS.
async fn relax(person: Person, mut request: Request, next: Next) -> Response {
    if !person.cookie.is_empty() && !request.uri().path().starts_with("/login") {
        request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(&person.cookie).unwrap());
    }
    let mut response = next.run(request).await;
    response.headers_mut().remove(header::STRICT_TRANSPORT_SECURITY);
    response
}

async fn serve(router: Router, person: Person, port: u16) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("http://{}/", listener.local_addr().unwrap());
    axum::serve(listener, router.layer(from_fn(move |request, next| relax(person.clone(), request, next)))).await.unwrap();
}

#[tokio::main]
async fn main() {
    let (house, _) = House::with_person().await;
    let staff = house.staff().await;
    let (system, security) = (house.ledger.rights_of(USER), house.ledger.rights_of(staff.security.account));
    for (title, key, person) in [("网络安全管理岗", true, Some(staff.teacher.id)), ("值班岗", false, None)] {
        let post = house.ledger.add_post(&system, staff.schools[0], title, key).await.unwrap();
        house.ledger.fill_post(&system, post, person).await.unwrap();
    }
    let new = NewPerson {
        name: "校医（演示）".into(),
        unit: staff.schools[2],
        phone: "0571-5550100".into(),
        email: "doctor@example.net".into(),
        account: None,
    };
    house.ledger.add_person(&system, &new).await.unwrap();
    let act = GraveAct::Appoint { person: staff.officer.id, administrator: Administrator::Security, unit: staff.schools[1] };
    house.ledger.propose(&security, &act, "", "二中没有专职人员，由电教馆兼任").await.unwrap();
    let port: u16 = std::env::args().nth(1).map_or(8610, |port| port.parse().unwrap());
    let accounts = [USER, staff.security.account, staff.audit.account, staff.teacher.account, staff.chief.account];
    let mut all = Vec::new();
    for (at, account) in accounts.iter().enumerate() {
        let person = house.session_of(account).await;
        all.push(tokio::spawn(serve(house.router.clone(), person, port + at as u16)));
    }
    all.push(tokio::spawn(serve(house.router.clone(), Person::default(), port + 5)));
    for one in all {
        one.await.unwrap();
    }
}
