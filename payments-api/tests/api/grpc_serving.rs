//! What stands beside the payments over gRPC: health, reflection, correlation, limits, the end.

use std::time::Duration;

use futures_util::StreamExt as _;
use payments_api::grpc::proto::{AuthorizePaymentRequest, GetPaymentRequest};
use prost::Message as _;
use prost_types::source_code_info::Location;
use prost_types::{FileDescriptorProto, MethodDescriptorProto};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::grpc_support::GrpcServer;
use crate::support::{Bank, on_every_kind};

on_every_kind!(
    health_says_what_readyz_says,
    who_watches_is_told_and_let_go,
    reflection_tells_the_services_and_their_file,
    every_answer_is_correlated,
    a_message_that_is_too_large_is_refused,
    what_is_not_there_is_unimplemented,
);

const SERVICE: &str = "payment.v1.PaymentService";
/// How long anything here may take.
const DEADLINE: Duration = Duration::from_mins(1);

fn named(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

async fn health_says_what_readyz_says(bank: &Bank) {
    let server = bank.over_grpc().await;
    let mut health = HealthClient::with_origin(server.connect().await, server.origin());
    for service in ["", SERVICE] {
        let found = health.check(named(service)).await.unwrap();
        assert_eq!(found.into_inner().status(), ServingStatus::Serving);
    }
    let unknown = health.check(named("payment.v2.PaymentService")).await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
    bank.store.close().await;
    assert_eq!(bank.get("/readyz").await.status, 503);
    for service in ["", SERVICE] {
        let found = health.check(named(service)).await.unwrap();
        assert_eq!(found.into_inner().status(), ServingStatus::NotServing);
    }
}

async fn who_watches_is_told_and_let_go(bank: &Bank) {
    let server = bank.over_grpc().await;
    let mut health = HealthClient::with_origin(server.connect().await, server.origin());
    let mut changes = health.watch(named(SERVICE)).await.unwrap().into_inner();
    let mut unknown = health.watch(named("else")).await.unwrap().into_inner();
    let mut other = health.watch(named("")).await.unwrap().into_inner();
    let watched = async {
        for (changes, expected) in [
            (&mut changes, ServingStatus::Serving),
            (&mut unknown, ServingStatus::ServiceUnknown),
            (&mut other, ServingStatus::Serving),
        ] {
            let first = changes.message().await.unwrap().unwrap();
            assert_eq!(first.status(), expected);
        }
        // Nobody asks, and yet it is told.
        bank.store.close().await;
        let turned = changes.message().await.unwrap().unwrap();
        assert_eq!(turned.status(), ServingStatus::NotServing);
        server.stop();
        // What the end is told by may come once more.
        while let Some(last) = other.message().await.unwrap() {
            assert_eq!(last.status(), ServingStatus::NotServing);
        }
        while changes.message().await.unwrap().is_some() {}
        assert!(unknown.message().await.unwrap().is_none());
    };
    tokio::time::timeout(DEADLINE, watched).await.unwrap();
    assert_eq!(server.ended().await, 0, "nothing had to be cut off");
}

async fn reflection_tells_the_services_and_their_file(bank: &Bank) {
    let server = bank.over_grpc().await;
    let reflected = reflected_v1(&server).await;
    assert_eq!(reflected, reflected_v1alpha(&server).await);
    let (services, file) = reflected;
    for expected in [SERVICE, "grpc.health.v1.Health"] {
        assert!(services.iter().any(|name| name == expected), "{services:?}");
    }
    assert_eq!(file.name(), "payment/v1/payment.proto");
    let methods: Vec<&str> = file.service[0]
        .method
        .iter()
        .map(MethodDescriptorProto::name)
        .collect();
    assert_eq!(methods, ["AuthorizePayment", "GetPayment", "GetAccountBalance"]);
    let comments = file.source_code_info.unwrap().location;
    let comments = comments.iter().map(Location::leading_comments);
    assert!(
        comments
            .into_iter()
            .any(|comment| comment.contains("minor units"))
    );
}

/// Both versions of reflection say the same in types of their own.
macro_rules! reflected {
    ($name:ident, $version:ident) => {
        async fn $name(server: &GrpcServer) -> (Vec<String>, FileDescriptorProto) {
            use tonic_reflection::pb::$version::{
                ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
                server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
            };
            let connection = server.connect().await;
            let mut client = ServerReflectionClient::with_origin(connection, server.origin());
            let questions = [
                MessageRequest::ListServices(String::new()),
                MessageRequest::FileContainingSymbol(SERVICE.to_owned()),
            ];
            let questions = questions.map(|question| ServerReflectionRequest {
                host: String::new(),
                message_request: Some(question),
            });
            let questions = futures_util::stream::iter(questions);
            let answers = client
                .server_reflection_info(questions)
                .await
                .unwrap()
                .into_inner();
            let answers: Vec<_> = answers
                .map(|answer| answer.unwrap().message_response.unwrap())
                .collect()
                .await;
            let [
                MessageResponse::ListServicesResponse(listed),
                MessageResponse::FileDescriptorResponse(described),
            ] = &answers[..]
            else {
                panic!("{answers:?}");
            };
            let mut names: Vec<String> = listed
                .service
                .iter()
                .map(|service| service.name.clone())
                .collect();
            names.retain(|name| !name.contains("reflection"));
            names.sort();
            let file = FileDescriptorProto::decode(&*described.file_descriptor_proto[0]);
            (names, file.unwrap())
        }
    };
}
reflected!(reflected_v1, v1);
reflected!(reflected_v1alpha, v1alpha);

async fn every_answer_is_correlated(bank: &Bank) {
    let mut client = bank.over_grpc().await.client().await;
    let mut request = Request::new(GetPaymentRequest::default());
    let id = "order-17".parse().unwrap();
    request.metadata_mut().insert("x-correlation-id", id);
    let refused = client.get_payment(request).await.unwrap_err();
    assert_eq!(refused.metadata().get("x-correlation-id").unwrap(), "order-17");
    let account = bank.account("alice", "1").await;
    let request = payments_api::grpc::proto::GetAccountBalanceRequest { account_id: account };
    let answer = client.get_account_balance(request).await.unwrap();
    let made = answer.metadata().get("x-correlation-id").unwrap();
    assert_eq!(made.len(), 36, "a new one");
}

async fn a_message_that_is_too_large_is_refused(bank: &Bank) {
    let mut client = bank.over_grpc().await.client().await;
    let request = AuthorizePaymentRequest {
        description: "x".repeat(65 << 10),
        ..AuthorizePaymentRequest::default()
    };
    let refused = client.authorize_payment(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    assert!(refused.message().contains("65536"), "{refused:?}");
}

async fn what_is_not_there_is_unimplemented(bank: &Bank) {
    let server = bank.over_grpc().await;
    for path in [
        "/payment.v1.PaymentService/Pay",
        "/payment.v2.PaymentService/GetPayment",
        "/",
    ] {
        let mut raw = tonic::client::Grpc::with_origin(server.connect().await, server.origin());
        raw.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<GetPaymentRequest, GetPaymentRequest>::default();
        let path = PathAndQuery::from_static(path);
        let answer = raw
            .unary(Request::new(GetPaymentRequest::default()), path, codec)
            .await;
        assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
    }
}
