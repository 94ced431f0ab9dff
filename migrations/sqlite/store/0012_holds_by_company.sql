-- Lists a company's holds, newest first.
CREATE INDEX holds_by_company ON holds (company_id, id);
