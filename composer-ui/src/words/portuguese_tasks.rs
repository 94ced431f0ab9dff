//! What tasks are called in Portuguese. The catalogue speaks English.

/// The title of a task and what it does; none if it is not one of the built-in ones.
pub(super) fn task(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name.strip_prefix("payment.tasks.")? {
        "abort_flow" => (
            "Interromper",
            "Encerra a execução como interrompida: o que está nesta etapa termina, todos os nós seguintes são pulados.",
        ),
        "generate_invoice" => (
            "Fatura",
            "Debita receivables e credita revenue, e envia `invoice.generated` com o próximo número de fatura da empresa.",
        ),
        "generate_royalty" => (
            "Royalty",
            "Debita royalty_expense e credita royalties_payable (do beneficiário, se houver um) com uma porcentagem do valor, 10 se nada for dito, arredondada ao par.",
        ),
        "generate_commission" => (
            "Comissão",
            "Debita commission_expense e credita commissions_payable (do beneficiário, se houver um) com uma porcentagem do valor, 5 se nada for dito, arredondada ao par.",
        ),
        "generate_shipment" => ("Remessa", "Envia `shipment.requested`."),
        "duplicate_shipment" => (
            "Duplicar remessa",
            "Envia `shipment.requested` mais uma vez, marcada como cópia.",
        ),
        "notify" => (
            "Notificar",
            "Envia `notification.requested`, para quem envia as mensagens.",
        ),
        "post_transaction" => (
            "Transação",
            "Faz lançamentos próprios no livro-razão. Débitos e créditos devem ser iguais em cada moeda.",
        ),
        "split_payment" => (
            "Dividir",
            "Debita uma conta e credita cada parte; o que sobra do arredondamento vai aos maiores restos, para que as partes somem o total até o centavo.",
        ),
        "hold" => (
            "Reservar",
            "Reserva um valor de uma conta para outra: deixa de contar como disponível.",
        ),
        "capture_hold" => (
            "Capturar reserva",
            "Lança o que uma reserva guardou, ou parte disso, e libera o resto.",
        ),
        "release_hold" => ("Liberar reserva", "Libera o que uma reserva guardou."),
        "convert_currency" => (
            "Converter",
            "Converte um valor a uma taxa declarada: a conta entrega uma moeda e recebe a outra, ambas contra `exchange`. Taxa e arredondamento ficam na transação.",
        ),
        "emit_event" => ("Evento", "Envia um evento de um tipo seu."),
        _ => return None,
    })
}
