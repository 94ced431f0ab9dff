-- How the amount of a payment becomes one of another currency, if it does: the currency that arrives, how much of it one unit
-- of the payment's currency is worth (decimal digits), and how that is rounded.

ALTER TABLE payments ADD COLUMN exchange_currency TEXT
    CONSTRAINT payments_exchange_currency_is_another CHECK (exchange_currency <> currency);
ALTER TABLE payments ADD COLUMN exchange_rate TEXT
    CONSTRAINT payments_exchange_rate_has_currency CHECK ((exchange_rate IS NULL) = (exchange_currency IS NULL));
ALTER TABLE payments ADD COLUMN exchange_rounding TEXT
    CONSTRAINT payments_exchange_rounding_has_rate CHECK ((exchange_rounding IS NULL) = (exchange_rate IS NULL));
