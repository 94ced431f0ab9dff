-- Payments send events out, too: an event is of a run's node or of a payment.

ALTER TABLE outbox
    ALTER COLUMN run_id DROP NOT NULL,
    ALTER COLUMN node_id DROP NOT NULL,
    ADD COLUMN payment_id uuid,
    ADD CONSTRAINT outbox_source_is_one CHECK (
        (run_id IS NULL) = (node_id IS NULL) AND (run_id IS NULL) <> (payment_id IS NULL)
    );
