//! The three operations.

use service::Problem;
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};

use super::proto::payment_service_server::PaymentService;
use super::proto::{
    AuthorizePaymentRequest, AuthorizePaymentResponse, GetAccountBalanceRequest, GetAccountBalanceResponse,
    GetPaymentRequest, GetPaymentResponse,
};
use super::requests::Faults;
use super::{authorize, shape, status};
use crate::answers::REPLAYED;
use crate::endpoint::State;
use crate::{accounts, payments};

/// `payment.v1.PaymentService`.
pub(super) struct Payments(pub(super) State);

impl Payments {
    async fn find_payment(&self, request: GetPaymentRequest) -> Result<GetPaymentResponse, Problem> {
        let mut faults = Faults::default();
        let payment_id = faults.id("payment_id", &request.payment_id);
        let payment = payments::find(&self.0, faults.unless_any(payment_id)?).await?;
        Ok(GetPaymentResponse {
            payment: Some(shape::payment(payment)),
        })
    }

    async fn find_balance(
        &self,
        request: GetAccountBalanceRequest,
    ) -> Result<GetAccountBalanceResponse, Problem> {
        let mut faults = Faults::default();
        let account_id = faults.id("account_id", &request.account_id);
        let found = accounts::find(&self.0, faults.unless_any(account_id)?).await?;
        Ok(shape::balance(&found.account))
    }
}

#[tonic::async_trait]
impl PaymentService for Payments {
    async fn authorize_payment(
        &self,
        request: Request<AuthorizePaymentRequest>,
    ) -> Result<Response<AuthorizePaymentResponse>, Status> {
        let first = authorize::authorize(&self.0, request.into_inner()).await;
        let first = first.map_err(|problem| status::of(&problem))?;
        let replayed = first.replayed;
        let mut response = Response::new(shape::outcome(first));
        if replayed {
            let yes = MetadataValue::from_static("true");
            response.metadata_mut().insert(REPLAYED, yes);
        }
        Ok(response)
    }

    async fn get_payment(
        &self,
        request: Request<GetPaymentRequest>,
    ) -> Result<Response<GetPaymentResponse>, Status> {
        let found = self.find_payment(request.into_inner()).await;
        found.map(Response::new).map_err(|problem| status::of(&problem))
    }

    async fn get_account_balance(
        &self,
        request: Request<GetAccountBalanceRequest>,
    ) -> Result<Response<GetAccountBalanceResponse>, Status> {
        let found = self.find_balance(request.into_inner()).await;
        found.map(Response::new).map_err(|problem| status::of(&problem))
    }
}
