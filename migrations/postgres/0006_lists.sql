-- What lists and overviews are read by. None of these is written by a payment.

-- Lists companies, newest first.
CREATE INDEX companies_by_creation ON companies (created_at, company_id);
-- Counts those that have not gone back to the queue.
CREATE INDEX dead_letters_waiting ON dead_letters (company_id) WHERE status <> 'requeued';
