"""The payments API by a client that was generated from its OpenAPI document.

usage: over_rest.py URL    with the package `payments_client` among the modules
"""

import sys
import uuid

from payments_client import Client
from payments_client.api.accounts import create_account, list_account_transactions, list_accounts, read_balance
from payments_client.api.holds import capture_hold, place_hold
from payments_client.api.payments import capture_payment, create_payment, list_payment_events, refund_payment
from payments_client.api.transfers import create_transfer, read_transfer, reverse_transfer
from payments_client.models import (
    AccountKind,
    NewAccount,
    NewCapture,
    NewHold,
    NewPayment,
    NewRefund,
    NewReversal,
    NewTransfer,
    PaymentStatus,
    PaymentStep,
    PaymentType,
    Problem,
    TransferStatus,
)


class Bank:
    """A company's accounts. Whatever is answered otherwise than expected is an error, also a status that no document names."""

    def __init__(self, url: str) -> None:
        self.client = Client(base_url=url, raise_on_unexpected_status=True)
        self.company = uuid.uuid4()

    def ask(self, status: int, operation, *arguments, **members):
        answer = operation.sync_detailed(*arguments, client=self.client, **members)
        assert answer.status_code == status, answer
        return answer.parsed, answer.headers

    def account(self, code: str, balance: str) -> uuid.UUID:
        new = NewAccount(self.company, code, "BRL", kind=AccountKind.LIABILITY, initial_balance=balance)
        account, _ = self.ask(201, create_account, body=new)
        return account.id

    def balance(self, account: uuid.UUID) -> tuple[str, str]:
        found, _ = self.ask(200, read_balance, account)
        return found.balance, found.available


def transfers(bank: Bank, alice: uuid.UUID, bob: uuid.UUID) -> None:
    new = NewTransfer(bank.company, alice, bob, "7.50", "BRL", description="café")
    first, headers = bank.ask(201, create_transfer, body=new, idempotency_key="t")
    assert first.status == TransferStatus.POSTED and headers["location"].endswith(str(first.id)), first
    again, headers = bank.ask(201, create_transfer, body=new, idempotency_key="t")
    assert again == first and headers["idempotency-replayed"] == "true", again
    found, _ = bank.ask(200, read_transfer, first.id)
    assert found == first, found
    back, _ = bank.ask(201, reverse_transfer, first.id, body=NewReversal("too much", amount="2.50"), idempotency_key="r")
    assert back.reverses == first.id, back
    refused, _ = bank.ask(
        422, create_transfer, body=NewTransfer(bank.company, alice, bob, 1000, "BRL"), idempotency_key="u"
    )
    assert isinstance(refused, Problem) and refused.code == "insufficient_funds", refused


def holds(bank: Bank, alice: uuid.UUID, bob: uuid.UUID) -> None:
    hold, _ = bank.ask(201, place_hold, body=NewHold(bank.company, alice, bob, "10", "BRL"), idempotency_key="h")
    assert bank.balance(alice) == ("95.00", "85.00")
    captured, _ = bank.ask(200, capture_hold, hold.id, body=NewCapture(amount="5"))
    assert captured.captured_amount == "5.00", captured


def payments(bank: Bank, alice: uuid.UUID, bob: uuid.UUID) -> None:
    new = NewPayment(
        bank.company, PaymentType.INTERNAL, alice, "20", "BRL", destination_account_id=bob, capture=PaymentStep.MANUAL
    )
    payment, _ = bank.ask(201, create_payment, body=new, idempotency_key="p")
    assert payment.status == PaymentStatus.AUTHORIZED, payment
    payment, _ = bank.ask(200, capture_payment, payment.id, body=NewCapture())
    payment, _ = bank.ask(200, refund_payment, payment.id, body=NewRefund(amount="5"), idempotency_key="f")
    assert payment.status == PaymentStatus.PARTIALLY_REFUNDED, payment
    events, _ = bank.ask(200, list_payment_events, payment.id)
    states = [event.status.value for event in events.items]
    assert states == ["partially_refunded", "captured", "authorized", "pending"], states


def main(url: str) -> None:
    bank = Bank(url)
    alice, bob = bank.account("alice", "100"), bank.account("bob", "0")
    transfers(bank, alice, bob)
    holds(bank, alice, bob)
    payments(bank, alice, bob)
    assert bank.balance(alice) == ("75.00", "75.00") and bank.balance(bob) == ("25.00", "25.00")
    listed, _ = bank.ask(200, list_accounts, company_id=bank.company, limit=2)
    assert len(listed.items) == 2 and listed.next_cursor, listed
    entries, _ = bank.ask(200, list_account_transactions, bob)
    assert [entry.balance_after for entry in entries.items][0] == "25.00", entries
    print("over_rest: opened, transferred, held, paid, refunded and read, as the generated client says it")


if __name__ == "__main__":
    main(*sys.argv[1:])
