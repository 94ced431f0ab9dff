"""What schemathesis does before a call to the payments API: a request that is to be well-formed names what there is.

Made-up ids lead to 404 and no further. With the ids of a company, its accounts and its payments in their place, requests come to
where money is moved. Requests that are to be malformed stay as they are. Read by SCHEMATHESIS_HOOKS; the API is at PAYMENTS_URL.
"""

import json
import os
import urllib.request
import uuid
from functools import cache

import schemathesis
from schemathesis import GenerationMode

URL = os.environ["PAYMENTS_URL"]


class Bank:
    """A company with two accounts that money goes between, and one of each thing."""

    def __init__(self) -> None:
        self.company = str(uuid.uuid4())
        self.accounts = [self.new("accounts", code=code, currency="BRL", overdraft=True) for code in ("a", "b")]
        self.ids = {
            "company_id": self.company,
            "account_id": self.accounts[0],
            "source_account_id": self.accounts[0],
            "destination_account_id": self.accounts[1],
            "transfer_id": self.move("transfers"),
            "hold_id": self.move("holds"),
            "payment_id": self.move("payments", payment_type="internal", capture="manual"),
        }

    def new(self, kind: str, **members) -> str:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        body = json.dumps({"company_id": self.company, **members}).encode()
        request = urllib.request.Request(f"{URL}/api/v1/{kind}", body, headers)
        with urllib.request.urlopen(request) as response:
            return json.load(response)["id"]

    def move(self, kind: str, **members) -> str:
        source, destination = self.accounts
        ends = {"source_account_id": source, "destination_account_id": destination}
        return self.new(kind, **ends, amount="1", currency="BRL", **members)


bank = cache(Bank)


def known(value):
    """The same, with what there is in place of what was made up."""
    if isinstance(value, list):
        return [known(element) for element in value]
    if not isinstance(value, dict):
        return value
    there = bank().ids | {"currency": "BRL"}
    # Accounts are opened in any currency, and under a code of their own.
    opens = "code" in value and "source_account_id" not in value
    return {
        name: there[name] if name in there and not (opens and name == "currency") else known(member)
        for name, member in value.items()
    }


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if case.path_parameters:
        case.path_parameters.update(known(dict(case.path_parameters)))
    if isinstance(case.body, (dict, list)):
        case.body = known(case.body)
