//! `/compliance/measure`: everything is measured now, and the person goes back to where they were.

use axum::extract::State;
use axum::response::Response;

use crate::address::own;
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::see_other;
use crate::session::SignedForm;

/// While somebody measures, another is told to come again. The judge keeps the measurement, and what it says new, as entries of its own.
pub(crate) async fn measure(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let _turn = house.measuring.try_acquire().map_err(|_| Failure::Busy)?;
    house.console.assessor.assess().await.map_err(Failure::internal)?;
    Ok(see_other(own(signed.form.get("back")).unwrap_or("/overview")))
}
