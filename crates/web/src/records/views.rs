//! Saved views: an address of a list under a name, for the account that saved it.

use axum::extract::State;
use axum::response::Response;

use crate::console::Shared;
use crate::failure::Failure;
use crate::page::see_other;
use crate::session::SignedForm;

/// Only addresses of our own lists are kept.
fn fits(address: &str) -> bool {
    address.starts_with("/records/") && !address.contains("//") && !address.chars().any(char::is_control)
}

pub(crate) async fn keep_view(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    let address = form.get("address");
    if !fits(address) {
        return Err(Failure::BadForm);
    }
    house.console.ledger.save_view(&who.session.user.name, form.get("name").trim(), address).await?;
    Ok(see_other(address))
}

pub(crate) async fn drop_view(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, form } = signed;
    house.console.ledger.drop_view(&who.session.user.name, form.get("name")).await?;
    let back = form.get("address");
    Ok(see_other(if fits(back) { back } else { "/records" }))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn only_addresses_of_lists_are_kept() {
        for (address, ours) in [
            ("/records/hazard?view=overdue", true),
            ("//evil.example/records/", false),
            ("/records//evil.example", false),
            ("/logs", false),
            ("/records/a\nb", false),
        ] {
            assert_eq!(fits(address), ours, "{address}");
        }
    }
}
