"""Payments over gRPC by a client that knows nothing but the address: it learns the service by reflection.

usage: over_grpc.py HOST:PORT PAYMENTS_API_URL
"""

import json
import sys
import urllib.request
import uuid

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICE = "payment.v1.PaymentService"


class Service:
    """A service, as reflection describes it."""

    def __init__(self, channel: grpc.Channel, name: str) -> None:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert name in database.get_services(), database.get_services()
        self.channel = channel
        self.descriptor = descriptor_pool.DescriptorPool(database).FindServiceByName(name)

    def call(self, method: str, timeout_s: float = 10, **members):
        """Calls a method, and gives its answer with the metadata that came first."""
        described = self.descriptor.methods_by_name[method]
        request, response = (
            message_factory.GetMessageClass(kind) for kind in (described.input_type, described.output_type)
        )
        stub = self.channel.unary_unary(
            f"/{self.descriptor.full_name}/{method}",
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        answer, call = stub.with_call(request(**members), timeout=timeout_s)
        return answer, dict(call.initial_metadata())

    def status_of(self, answer) -> str:
        """The name of an answer's status."""
        return answer.DESCRIPTOR.fields_by_name["status"].enum_type.values_by_number[answer.status].name


def refused(code: grpc.StatusCode, call) -> None:
    """Expects a call to end with this status."""
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, error
    else:
        raise AssertionError(f"expected {code}")


def account(api: str, company: str, code: str, balance: str) -> str:
    """Opens an account over REST, which is where accounts come from."""
    body = {"company_id": company, "code": code, "currency": "BRL", "initial_balance": balance}
    request = urllib.request.Request(
        f"{api}/api/v1/accounts", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["id"]


def main(address: str, api: str) -> None:
    company = str(uuid.uuid4())
    alice, bob = account(api, company, "alice", "10"), account(api, company, "bob", "0")
    with grpc.insecure_channel(address) as channel:
        health = Service(channel, "grpc.health.v1.Health")
        for name in ("", SERVICE):
            answer, _ = health.call("Check", service=name)
            assert health.status_of(answer) == "SERVING", answer

        payments = Service(channel, SERVICE)
        asked = {
            "idempotency_key": "order-1",
            "payer_account_id": alice,
            "payee_account_id": bob,
            "amount_cents": 250,
            "currency": "BRL",
            "description": "café",
        }
        first, metadata = payments.call("AuthorizePayment", **asked)
        assert payments.status_of(first) == "PAYMENT_STATUS_AUTHORIZED", first
        assert "idempotency-replayed" not in metadata and metadata["x-correlation-id"], metadata
        again, metadata = payments.call("AuthorizePayment", **asked)
        assert again == first and metadata["idempotency-replayed"] == "true", (again, metadata)

        declined, _ = payments.call("AuthorizePayment", **asked | {"idempotency_key": "2", "amount_cents": 751})
        assert payments.status_of(declined) == "PAYMENT_STATUS_DECLINED", declined
        assert declined.error.code == "insufficient_funds", declined

        found, _ = payments.call("GetPayment", payment_id=first.payment_id)
        assert (found.payment.amount_cents, found.payment.description) == (250, "café"), found
        balance, _ = payments.call("GetAccountBalance", account_id=alice)
        assert (balance.balance, balance.available, balance.pending) == (1000, 750, 250), balance

        def call(method, **members):
            return lambda: payments.call(method, **members)

        refused(grpc.StatusCode.ALREADY_EXISTS, call("AuthorizePayment", **asked | {"amount_cents": 251}))
        refused(grpc.StatusCode.INVALID_ARGUMENT, call("AuthorizePayment", **asked | {"amount_cents": 0}))
        refused(grpc.StatusCode.NOT_FOUND, call("GetPayment", payment_id=str(uuid.uuid4())))
        too_large = asked | {"idempotency_key": "3", "description": "x" * 70_000}
        refused(grpc.StatusCode.RESOURCE_EXHAUSTED, call("AuthorizePayment", **too_large))
    print("over_grpc: authorized, repeated, declined, read and refused, as reflection describes it")


if __name__ == "__main__":
    main(*sys.argv[1:])
