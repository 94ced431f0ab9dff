use serde_json::{Value, json};

use super::*;
use crate::document::node_from_json;

fn condition(expect: &Value, mode: &str) -> [String; 2] {
    let node = json!({"node_id": "c", "node_type": "condition", "expect": expect, "match": mode});
    both(&node)
}

fn task(name: &str, parameters: &Value) -> [String; 2] {
    let name = format!("payment.tasks.{name}");
    both(&json!({"node_id": "t", "node_type": "task", "task_name": name, "parameters": parameters}))
}

fn both(node: &Value) -> [String; 2] {
    let node = node_from_json(node).unwrap();
    [Language::En, Language::Pt].map(|language| describe(&node, None, language))
}

#[test]
fn conditions_read_like_sentences() {
    let expect = json!([
        {"field": "$context.event.total", "operator": "gte", "value": 100},
        {"field": "$context.event.country", "operator": "in", "value": ["BR", "PT"]}
    ]);
    assert_eq!(
        condition(&expect, "all"),
        [
            "total ≥ 100 and country in BR, PT",
            "total ≥ 100 e country em BR, PT"
        ]
    );
    assert_eq!(condition(&expect, "any")[1], "total ≥ 100 ou country em BR, PT");
    assert_eq!(condition(&json!([]), "all"), ["always", "sempre"]);
}

#[test]
fn every_operator_has_words() {
    for operator in rules::Operator::ALL {
        let expect =
            json!([{"field": "$context.event.a", "operator": operator.as_str(), "value": ["x", "y"]}]);
        for words in condition(&expect, "all") {
            assert!(words.starts_with("a ") && !words.contains('?'), "{words}");
        }
    }
    let one = |operator: &str, value: Value| {
        let [english, _] = condition(
            &json!([{"field": "$context.event.a.b", "operator": operator, "value": value}]),
            "all",
        );
        english
    };
    assert_eq!(one("eq", json!(["product"])), "a.b = product");
    assert_eq!(one("between", json!([1, 5])), "a.b between 1 and 5");
    assert_eq!(one("isnull", Value::Null), "a.b is missing");
    assert_eq!(one("eq", json!("São Paulo")), "a.b = “São Paulo”");
    assert_eq!(one("eq", Value::Null), "a.b = ?", "half written");
    assert_eq!(one("like", json!(1)), "a.b like");
    let digits = rules::json::parse(b"120.00").unwrap();
    assert_eq!(one("lt", digits), "a.b < 120.00", "every digit");
}

#[test]
fn fields_leave_out_what_goes_without_saying() {
    assert_eq!(field("$context.event.product.type"), "product.type");
    assert_eq!(field("$context.event['first name'][0]"), "first name[0]");
    assert_eq!(field("$context.nodes['hold-1'].output.amount"), "hold-1.amount");
    assert_eq!(field("$context.nodes.hold.state"), "hold.state");
    assert_eq!(field("$context.company.plan"), "company.plan");
    assert_eq!(field("$context.event"), "event");
    assert_eq!(field("total"), "total");
}

#[test]
fn tasks_say_what_they_do() {
    assert_eq!(
        task("generate_invoice", &Value::Null),
        ["invoice for total", "fatura de total"]
    );
    assert_eq!(
        task(
            "generate_invoice",
            &json!({"amount": "$context.event.net", "currency": "USD", "due_days": 30})
        )[0],
        "invoice for net USD, due in 30 days"
    );
    assert_eq!(
        task("generate_royalty", &json!({"beneficiary": "author"})),
        ["10 % royalty to author", "royalty de 10 % para author"]
    );
    assert_eq!(
        task(
            "generate_commission",
            &json!({"percent": "3", "amount": "$context.nodes.split.output.amount"})
        ),
        [
            "3 % commission of split.amount",
            "comissão de 3 % sobre split.amount"
        ]
    );
    assert_eq!(
        task(
            "abort_flow",
            &json!({"reason": "no sales to {{ $context.event.buyer.country }}"})
        )[1],
        "encerrar a execução: no sales to buyer.country"
    );
    assert_eq!(
        task(
            "split_payment",
            &json!({"shares": [{"account": "merchant:{{ $context.event.seller_id }}:payable", "percent": "88"}, {"account": "fees", "amount": 5}]})
        )[0],
        "split total: 88 % merchant:seller_id:payable, 5 fees"
    );
    assert_eq!(
        task("hold", &json!({"account": "wallet", "to": "payable"})),
        [
            "hold total on wallet for payable",
            "reservar total em wallet para payable"
        ]
    );
    assert_eq!(
        task(
            "convert_currency",
            &json!({"from": "USD", "to": "BRL", "rate": "$context.event.rate"})
        ),
        ["total from USD to BRL at rate", "total de USD para BRL a rate"]
    );
    assert_eq!(
        task(
            "duplicate_shipment",
            &json!({"copies": 2, "product_id": "$context.event.id"})
        )[1],
        "2 cópias de id"
    );
    assert_eq!(
        task(
            "generate_shipment",
            &json!({"quantity": 1, "address": {"street": "x"}})
        )[0],
        "ship to {…}"
    );
    assert_eq!(
        task(
            "notify",
            &json!({"recipient": "risk@example.com", "template": "review"})
        )[0],
        "tell risk@example.com: review"
    );
    assert_eq!(
        task("emit_event", &json!({"type": "order.paid"}))[1],
        "evento order.paid"
    );
    assert_eq!(task("release_hold", &json!({}))[1], "liberar a reserva");
    assert_eq!(
        task("post_transaction", &json!({"entries": [1, 2]}))[0],
        "post 2 entries"
    );
}

#[test]
fn other_tasks_are_called_by_their_title() {
    let node = json!({"node_id": "t", "node_type": "task", "task_name": "payment.tasks.await_approval",
                      "parameters": {"who": "treasury", "notes": {}, "hours": 4, "more": true}});
    let node = node_from_json(&node).unwrap();
    assert_eq!(
        describe(&node, Some("Approval"), Language::En),
        "Approval: who treasury, hours 4"
    );
    assert_eq!(
        describe(&node, None, Language::En),
        "await approval: who treasury, hours 4"
    );
    let bare = Node::new("t", NodeKind::Task);
    assert_eq!(describe(&bare, None, Language::Pt), "nenhuma tarefa escolhida");
}

#[test]
fn long_texts_end_in_an_ellipsis() {
    assert_eq!(ellipsis("short", LINE), "short");
    let long = "comissão de venda, para o vendedor da região";
    let cut = ellipsis(long, LINE);
    assert_eq!(cut, "comissão de venda, para o vendedo…");
    assert_eq!(cut.chars().count(), LINE);
    assert_eq!(ellipsis("one, two", 5), "one…");
}
