-- How the amount of a payment becomes one of another currency, if it does: the currency that arrives, how much of it one unit
-- of the payment's currency is worth, and how that is rounded.

ALTER TABLE payments
    ADD COLUMN exchange_currency text COLLATE "C",
    -- Decimal digits.
    ADD COLUMN exchange_rate text COLLATE "C",
    ADD COLUMN exchange_rounding text COLLATE "C",
    ADD CONSTRAINT payments_exchange_is_whole CHECK (
        (exchange_currency IS NULL) = (exchange_rate IS NULL) AND (exchange_rate IS NULL) = (exchange_rounding IS NULL)
    ),
    ADD CONSTRAINT payments_exchange_currency_is_another CHECK (exchange_currency <> currency);
