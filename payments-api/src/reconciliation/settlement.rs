//! The lines of a file of settlements, read to the digit. A line that cannot be read spoils no other.

use ledger::{Currency, Money};
use serde_json::Value;
use service::Problem;
use uuid::Uuid;

use super::records::{Cell, Records};
use super::report::SettlementStatus;

/// The members of a settlement, which are also the names of a CSV's columns.
const MEMBERS: [&str; 4] = ["payment_id", "amount", "currency", "status"];

/// What a provider says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settlement {
    pub(super) payment_id: Uuid,
    pub(super) currency: Currency,
    pub(super) status: SettlementStatus,
    /// None where it does not count and nothing is said.
    pub(super) amount: Option<Money>,
}

/// A line of the file: its number, from 1, and what it says, or why it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) settlement: Result<Settlement, String>,
}

/// Reads CSV (RFC 4180), whose first line names the columns, in any order.
///
/// A cell may go on in the next line, if its quotes are whole, in a column that is passed over. In one that is read it
/// would be a line that was taken for a cell: what is believed of it is only that its first line cannot be read.
///
/// # Errors
/// 422 `invalid_settlements`: a column is missing, or named twice.
pub(super) fn of_csv(bytes: &[u8]) -> Result<impl Iterator<Item = Line> + Send + '_, Problem> {
    // Spreadsheets put a byte order mark in front of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut records = Records::of(bytes);
    let names = records.next().map_or_else(|| Ok(Vec::new()), |(_, names)| names);
    let names = names.map_err(|error| invalid(&error.to_string()))?;
    let mut columns = [0; MEMBERS.len()];
    for (column, member) in columns.iter_mut().zip(MEMBERS) {
        *column = column_of(&names, member)?;
    }
    Ok(std::iter::from_fn(move || {
        let (number, record) = records.next()?;
        let cells = record.map_err(|error| error.to_string()).and_then(|cells| {
            let mut read = columns.iter().filter_map(|column| cells.get(*column));
            if read.any(|cell| cell.has_lines) {
                records.give_up();
                return Err("a cell of it goes on in the next line".to_owned());
            }
            Ok(cells)
        });
        Some(Line {
            number,
            settlement: cells.and_then(|cells| of_record(&cells, columns)),
        })
    }))
}

fn column_of(names: &[Cell<'_>], member: &str) -> Result<usize, Problem> {
    let is_it = |name: &Cell<'_>| name.bytes.trim_ascii().eq_ignore_ascii_case(member.as_bytes());
    let mut columns = names.iter().zip(0..).filter(|(name, _)| is_it(name));
    match (columns.next(), columns.next()) {
        (Some((_, column)), None) => Ok(column),
        (None, _) => Err(invalid(&format!("its first line names no column `{member}`"))),
        (Some(_), Some(_)) => Err(invalid(&format!(
            "its first line names the column `{member}` twice"
        ))),
    }
}

fn invalid(why: &str) -> Problem {
    Problem::unprocessable("invalid_settlements", format!("The file cannot be read: {why}."))
}

fn of_record(record: &[Cell<'_>], columns: [usize; MEMBERS.len()]) -> Result<Settlement, String> {
    let mut cells = columns.into_iter().zip(MEMBERS).map(|(column, member)| {
        let cell = record
            .get(column)
            .ok_or_else(|| format!("it has no `{member}`"))?;
        let text = std::str::from_utf8(&cell.bytes).map_err(|_| format!("its `{member}` is not UTF-8"))?;
        Ok(text.trim().to_owned())
    });
    let mut next = || cells.next().unwrap_or_else(|| Err("it is not whole".to_owned()));
    let (payment_id, amount, currency, status) = (next()?, next()?, next()?, next()?);
    let amount = Some(amount).filter(|text| !text.is_empty()).map(Value::String);
    settlement(&payment_id, amount.as_ref(), &currency, &status)
}

/// Reads NDJSON: a JSON object a line. Blank lines count, and say nothing.
pub(super) fn of_ndjson(bytes: &[u8]) -> impl Iterator<Item = Line> + Send + '_ {
    let lines = bytes.split(|byte| *byte == b'\n').zip(1_u64..);
    let lines = lines.map(|(text, number)| (text.trim_ascii(), number));
    let lines = lines.filter(|(text, _)| !text.is_empty());
    lines.map(|(text, number)| Line {
        number,
        settlement: of_json(text),
    })
}

fn of_json(text: &[u8]) -> Result<Settlement, String> {
    let value = rules::json::parse(text).map_err(|error| error.to_string())?;
    let object = value.as_object().ok_or_else(|| "it is no object".to_owned())?;
    let member = |name: &str| match object.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => Err(format!("its `{name}` is no string")),
        None => Err(format!("it has no `{name}`")),
    };
    let amount = object.get("amount").filter(|amount| !amount.is_null());
    settlement(
        member("payment_id")?,
        amount,
        member("currency")?,
        member("status")?,
    )
}

fn settlement(
    payment_id: &str,
    amount: Option<&Value>,
    currency: &str,
    status: &str,
) -> Result<Settlement, String> {
    let payment_id = payment_id
        .parse()
        .map_err(|_| format!("{payment_id:?} is no payment's id: expected a UUID"))?;
    let currency: Currency = currency
        .parse()
        .map_err(|error: ledger::CurrencyError| error.to_string())?;
    let status = SettlementStatus::read(status)?;
    let amount = match amount {
        Some(amount) => Some(money(amount, currency)?),
        None if status.took_money() => return Err("it has no `amount`".to_owned()),
        None => None,
    };
    Ok(Settlement {
        payment_id,
        currency,
        status,
        amount,
    })
}

fn money(amount: &Value, currency: Currency) -> Result<Money, String> {
    let money = Money::from_json(amount, currency).map_err(|error| error.to_string())?;
    if money.is_negative() {
        return Err(format!("{money} is below zero"));
    }
    Ok(money)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01a1ff67-d29e-73d0-a832-c373ccb30b99";

    fn csv(text: &str) -> Vec<Line> {
        of_csv(text.as_bytes()).map(Iterator::collect).unwrap_or_default()
    }

    fn detail(line: &Line) -> &str {
        line.settlement.as_ref().unwrap_err()
    }

    #[test]
    fn columns_stand_in_any_order() {
        let text =
            format!("\u{feff}Status, Currency ,fee,amount,payment_id\r\ncaptured,BRL,0.10, 12.50 ,{ID}\r\n");
        let expected = Settlement {
            payment_id: ID.parse().unwrap(),
            currency: "BRL".parse().unwrap(),
            status: SettlementStatus::Captured,
            amount: Some(Money::new(1_250, "BRL".parse().unwrap())),
        };
        let lines = csv(&text);
        assert_eq!(
            lines,
            [Line {
                number: 2,
                settlement: Ok(expected.clone())
            }]
        );
        let json = format!(
            "\n {{\"payment_id\": \"{ID}\", \"amount\": 12.5, \"currency\": \"BRL\", \"status\": \"captured\", \"fee\": 1}}\r\n\n"
        );
        let lines: Vec<Line> = of_ndjson(json.as_bytes()).collect();
        assert_eq!(
            lines,
            [Line {
                number: 2,
                settlement: Ok(expected)
            }]
        );
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for end in ["\n", "\r\n"] {
            let names = "payment_id,amount,currency,status,note";
            let good = format!("{ID},1,BRL,captured,");
            let text = [
                names,
                &good,
                "",
                "x,1,BRL,captured,\"two\nlines\"",
                "",
                "",
                &good,
                "x",
            ]
            .join(end);
            let numbers: Vec<u64> = csv(&text).iter().map(|line| line.number).collect();
            assert_eq!(numbers, [2, 4, 8, 9], "{end:?}");
        }
    }

    #[test]
    fn an_unclosed_quote_hides_no_line() {
        let names = "payment_id,amount,currency,status,note";
        let good = format!("{ID},1,BRL,captured,");
        let text =
            format!("{names}\n{good}\"5\n{good}\n{good}\"7\" nails\n{good}\"two\nlines\"\n{good}\"9\n");
        let lines = csv(&text);
        let read: Vec<_> = lines
            .iter()
            .map(|line| (line.number, line.settlement.is_ok()))
            .collect();
        assert_eq!(read, [(2, false), (3, true), (4, false), (5, true), (7, false)]);
        assert!(detail(&lines[0]).contains("quote"), "{}", detail(&lines[0]));
        assert!(detail(&lines[4]).contains("never closed"));
    }

    #[test]
    fn what_is_read_stands_on_one_line() {
        let text = format!(
            "payment_id,amount,currency,status\n{ID},1,BRL,\"captured\n{ID},1,BRL,captured\"\n{ID},1,BRL,captured\n"
        );
        let lines = csv(&text);
        let read: Vec<_> = lines
            .iter()
            .map(|line| (line.number, line.settlement.is_ok()))
            .collect();
        assert_eq!(read, [(2, false), (3, false), (4, true)]);
        assert!(detail(&lines[0]).contains("next line"));
    }

    #[test]
    fn a_csv_names_its_columns_once() {
        let code = |text: &str| of_csv(text.as_bytes()).err().map(|problem| problem.code());
        assert_eq!(code("payment_id,amount,currency,status"), None);
        assert_eq!(code(""), Some("invalid_settlements"));
        assert_eq!(code("payment_id,amount,currency"), Some("invalid_settlements"));
        assert_eq!(
            code("payment_id,amount,currency,status,Status"),
            Some("invalid_settlements")
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_spoils_no_other() {
        let lines = format!(
            "payment_id,amount,currency,status\n\
             7,1.00,BRL,captured\n\
             {ID},1.005,BRL,captured\n\
             {ID},-1.00,BRL,captured\n\
             {ID},1.00,REAL,captured\n\
             {ID},1.00,BRL,settled\n\
             {ID},1.00\n\
             {ID},,BRL,refunded\n\
             {ID},,BRL,declined\n\
             \"{ID}\",1.00,BRL,\"captured\"\n"
        );
        let lines = csv(&lines);
        let numbers: Vec<u64> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, (2..=10).collect::<Vec<u64>>());
        for (line, said) in lines.iter().zip([
            "no payment's id",
            "1.005",
            "below zero",
            "REAL",
            "settled",
            "has no `currency`",
            "has no `amount`",
        ]) {
            assert!(detail(line).contains(said), "{}", detail(line));
        }
        assert!(lines[7].settlement.is_ok() && lines[8].settlement.is_ok());
    }

    #[test]
    fn json_is_read_strictly() {
        for (text, said) in [
            ("[]".to_owned(), "no object"),
            ("{".to_owned(), ""),
            (
                format!(r#"{{"payment_id":"{ID}","currency":"BRL"}}"#),
                "has no `status`",
            ),
            (
                format!(r#"{{"payment_id":"{ID}","currency":"BRL","status":7,"amount":1}}"#),
                "`status` is no string",
            ),
            (
                format!(r#"{{"payment_id":"{ID}","currency":"BRL","status":"captured","amount":true}}"#),
                "",
            ),
        ] {
            let lines: Vec<Line> = of_ndjson(text.as_bytes()).collect();
            assert!(detail(&lines[0]).contains(said), "{}", detail(&lines[0]));
        }
    }
}
