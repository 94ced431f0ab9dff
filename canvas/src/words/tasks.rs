//! What tasks do, in words. The built-in ones have sentences of their own; what a task means never changes under
//! its name, so these stay true. Any other is called by its title and its first parameters.

use serde_json::{Map, Value};

use super::Language;
use super::values::{text, value};
use crate::document::Node;

/// Of an unknown task, so many parameters are said.
const MOST_PARAMETERS: usize = 2;

pub(super) fn describe(node: &Node, title: Option<&str>, language: Language) -> String {
    let empty = Map::new();
    let said = Said {
        parameters: node.parameters().unwrap_or(&empty),
        language,
    };
    let Some(name) = node.task_name().filter(|name| !name.is_empty()) else {
        return language
            .pick("no task chosen", "nenhuma tarefa escolhida")
            .to_owned();
    };
    let name = name.rsplit('.').next().unwrap_or(name);
    said.built_in(name).unwrap_or_else(|| said.any(name, title))
}

/// A task's parameters, to be said.
struct Said<'p> {
    parameters: &'p Map<String, Value>,
    language: Language,
}

impl Said<'_> {
    fn built_in(&self, name: &str) -> Option<String> {
        Some(match name {
            "abort_flow" => self.abort(),
            "generate_invoice" => self.invoice(),
            "generate_royalty" => self.share("10", "royalty", "royalty"),
            "generate_commission" => self.share("5", "commission", "comissão"),
            "generate_shipment" => self.shipment(),
            "duplicate_shipment" => self.copies(),
            "notify" => self.notify(),
            "post_transaction" => self.transaction(),
            "split_payment" => self.split(),
            "hold" => self.hold(),
            "capture_hold" => self.capture(),
            "release_hold" => self.pick("release the hold", "liberar a reserva"),
            "convert_currency" => self.convert(),
            "emit_event" => self.event(),
            _ => return None,
        })
    }

    fn abort(&self) -> String {
        let ends = self.pick("end the run", "encerrar a execução");
        with(ends, ": ", self.get("reason"))
    }

    fn invoice(&self) -> String {
        let amount = self.amount();
        let invoice = match self.language {
            Language::En => format!("invoice for {amount}"),
            Language::Pt => format!("fatura de {amount}"),
        };
        let due = self.get("due_days").map(|days| match self.language {
            Language::En => format!("due in {days} days"),
            Language::Pt => format!("vence em {days} dias"),
        });
        with(invoice, ", ", due)
    }

    fn share(&self, usual_percent: &str, english: &str, portuguese: &str) -> String {
        let percent = self.get("percent").unwrap_or_else(|| usual_percent.to_owned());
        let share = match self.language {
            Language::En => format!("{percent} % {english}"),
            Language::Pt => format!("{portuguese} de {percent} %"),
        };
        let base = self.get("amount").map(|_| self.amount());
        let share = with(share, &self.pick(" of ", " sobre "), base);
        with(share, &self.pick(" to ", " para "), self.get("beneficiary"))
    }

    fn shipment(&self) -> String {
        let quantity = self.get("quantity").filter(|quantity| quantity != "1");
        let ship = with(
            self.pick("ship", "enviar"),
            " ",
            quantity.map(|quantity| format!("{quantity} ×")),
        );
        let ship = with(ship, " ", self.get("product_id"));
        with(ship, &self.pick(" to ", " para "), self.get("address"))
    }

    fn copies(&self) -> String {
        let copies = self.get("copies").unwrap_or_else(|| "1".to_owned());
        let noun = match copies.as_str() {
            "1" => self.pick("copy", "cópia"),
            _ => self.pick("copies", "cópias"),
        };
        let copy = with(
            format!("{copies} {noun}"),
            &self.pick(" of ", " de "),
            self.get("product_id"),
        );
        with(copy, &self.pick(" to ", " para "), self.get("address"))
    }

    fn notify(&self) -> String {
        let tell = with(self.pick("tell", "avisar"), " ", self.get("recipient"));
        with(tell, ": ", self.get("template"))
    }

    fn transaction(&self) -> String {
        let count = self
            .parameters
            .get("entries")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let post = match self.language {
            Language::En => format!("post {count} entries"),
            Language::Pt => format!("fazer {count} lançamentos"),
        };
        with(post, ": ", self.get("description"))
    }

    fn split(&self) -> String {
        let split = format!("{} {}", self.pick("split", "dividir"), self.amount());
        let shares = self.parameters.get("shares").and_then(Value::as_array);
        let shares = shares.into_iter().flatten().map(|share| {
            let part = |name| share.get(name).filter(|part| !part.is_null()).map(value);
            let percent = part("percent").map(|percent| format!("{percent} %"));
            let much = percent.or_else(|| part("amount")).unwrap_or_default();
            let account = part("account").unwrap_or_default();
            format!("{much} {account}").trim().to_owned()
        });
        let shares: Vec<String> = shares.collect();
        with(split, ": ", Some(shares.join(", ")))
    }

    fn hold(&self) -> String {
        let hold = format!("{} {}", self.pick("hold", "reservar"), self.amount());
        let hold = with(hold, &self.pick(" on ", " em "), self.get("account"));
        with(hold, &self.pick(" for ", " para "), self.get("to"))
    }

    fn capture(&self) -> String {
        match (self.get("amount"), self.language) {
            (None, language) => language.pick("capture the hold", "capturar a reserva").to_owned(),
            (Some(amount), Language::En) => format!("capture {amount} of the hold"),
            (Some(amount), Language::Pt) => format!("capturar {amount} da reserva"),
        }
    }

    fn convert(&self) -> String {
        let amount = self.get("amount").unwrap_or_else(|| "total".to_owned());
        let named = |name| self.get(name).unwrap_or_else(|| "?".to_owned());
        let convert = match self.language {
            Language::En => format!("{amount} from {} to {}", named("from"), named("to")),
            Language::Pt => format!("{amount} de {} para {}", named("from"), named("to")),
        };
        with(convert, &self.pick(" at ", " a "), self.get("rate"))
    }

    fn event(&self) -> String {
        with(self.pick("event", "evento"), " ", self.get("type"))
    }

    fn any(&self, name: &str, title: Option<&str>) -> String {
        let title = title.map_or_else(|| name.replace('_', " "), str::to_owned);
        let scalars = self
            .parameters
            .iter()
            .filter(|(_, value)| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)));
        let said = scalars.take(MOST_PARAMETERS).map(|(name, parameter)| {
            let name = name.replace('_', " ");
            format!("{name} {}", value(parameter))
        });
        let said: Vec<String> = said.collect();
        with(title, ": ", Some(said.join(", ")))
    }

    /// The amount with its currency; the event's total where nothing is said.
    fn amount(&self) -> String {
        let amount = self.get("amount").unwrap_or_else(|| "total".to_owned());
        with(amount, " ", self.get("currency"))
    }

    /// A parameter in words; none if it says nothing.
    fn get(&self, name: &str) -> Option<String> {
        match self.parameters.get(name)? {
            Value::Null => None,
            // A parameter stands alone in its sentence, and needs no quotes.
            Value::String(string) => Some(text(string).into_owned()).filter(|said| !said.is_empty()),
            other => Some(value(other)),
        }
    }

    fn pick(&self, english: &str, portuguese: &str) -> String {
        self.language.pick(english, portuguese).to_owned()
    }
}

/// More words, if there are any.
fn with(words: String, between: &str, more: Option<String>) -> String {
    match more.filter(|more| !more.is_empty()) {
        Some(more) => words + between + &more,
        None => words,
    }
}
