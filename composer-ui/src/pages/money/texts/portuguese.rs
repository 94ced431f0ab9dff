//! Brazilian Portuguese.

use sentences::MOVEMENTS;

use super::{AccountStatus, HoldStatus, PaymentStatus, Rounding, Texts};
use crate::words::Language;

pub(super) static TEXTS: Texts = Texts {
    amount: "Valor",
    from: "De",
    to: "Para",
    for_what: "Referente a",
    taken: "Recebido",
    captured: "Capturado",
    refunded: "Reembolsado",
    exchange: "Câmbio",
    rate: "Taxa",
    rounding: "Arredondamento",
    rounded: |rounding, smallest| match rounding {
        Rounding::HalfEven => {
            format!("Para o {smallest} mais próximo; bem no meio, para o último algarismo par")
        }
        Rounding::HalfUp => format!("Para o {smallest} mais próximo; bem no meio, para cima"),
        Rounding::HalfDown => format!("Para o {smallest} mais próximo; bem no meio, para baixo"),
        Rounding::Up => format!("Sempre para cima, até o próximo {smallest}"),
        Rounding::Down => format!("Sempre para baixo: o que fica aquém de {smallest} é desprezado"),
    },
    arrives_as: |arrives| format!("Chega como {arrives}"),
    provider: "Provedor",
    any_account: "Qualquer conta",
    owner: "Titular",
    pending: "Pendente",
    actions: "Ações",
    payment_statuses: |status| match status {
        PaymentStatus::Pending => "Pendente",
        PaymentStatus::Processing => "Em processamento",
        PaymentStatus::Authorized => "Autorizado",
        PaymentStatus::Captured => "Capturado",
        PaymentStatus::PartiallyRefunded => "Reembolso parcial",
        PaymentStatus::Refunded => "Reembolsado",
        PaymentStatus::Declined => "Recusado",
        PaymentStatus::Failed => "Falhou",
        PaymentStatus::Cancelled => "Cancelado",
    },
    account_statuses: |status| match status {
        AccountStatus::Open => "Aberta",
        AccountStatus::Frozen => "Bloqueada",
        AccountStatus::Closed => "Encerrada",
    },
    hold_statuses: |status| match status {
        HoldStatus::Pending => "Reservado",
        HoldStatus::Captured => "Capturado",
        HoldStatus::Released => "Liberado",
        HoldStatus::Expired => "Expirado",
    },
    no_payments_title: "Ainda não há pagamentos",
    no_payments: "Os pagamentos que seus sistemas fazem pela API de pagamentos aparecem aqui. Eles precisam de duas contas; isto cria uma:",
    no_accounts: "Uma regra abre as contas que cita; outras são criadas pela API de pagamentos.",
    no_holds_title: "Não há reservas",
    no_holds: "O que uma regra ou uma requisição reserva em uma conta fica aqui até ser capturado ou liberado.",
    holds_meaning: "Valores reservados em uma conta para outra. Os que pagamentos reservam ficam com eles.",
    the_payment: "Pagamento",
    payment: |id| format!("Pagamento …{id}"),
    of_company: |name| format!("Este pagamento pertence a {name}: as páginas agora mostram essa empresa."),
    initial_balance: "Saldo inicial",
    statement: "Extrato",
    from_day: "De",
    to_day: "Até",
    csv: "Baixar CSV",
    opening: "Saldo inicial",
    closing: "Saldo final",
    entries: |count| match count {
        1 => "1 lançamento".to_owned(),
        many => format!("{many} lançamentos"),
    },
    nothing_moved: "Nada foi movimentado nesta conta nesse período.",
    happened: "O que aconteceu",
    happened_to: |status| match status {
        PaymentStatus::Pending => "Recebido",
        PaymentStatus::Processing => "Entregue ao provedor",
        PaymentStatus::Authorized => "Autorizado: o valor está reservado",
        PaymentStatus::Captured => "Capturado",
        PaymentStatus::PartiallyRefunded => "Reembolsado em parte",
        PaymentStatus::Refunded => "Reembolsado: nada resta",
        PaymentStatus::Declined => "Recusado",
        PaymentStatus::Failed => "Falhou",
        PaymentStatus::Cancelled => "Cancelado",
    },
    ledger_transaction: "Transação do livro-razão",
    declined_moved_nothing: "Nenhum dinheiro foi movimentado.",
    reserved_on: "Na conta",
    reserved_for: "Para a conta",
    expires: "Expira",
    never: "nunca",
    of_it_captured: |amount| format!("{amount} capturados"),
    of_it_refunded: |amount| format!("{amount} reembolsados"),
    refunded_of: |refunded, captured| format!("{refunded} de {captured} reembolsados"),
    not_paid: |reason| format!("Não foi pago: {reason}"),
    told: |english| {
        let said = MOVEMENTS.in_portuguese(english);
        said.unwrap_or_else(|| (Language::Portuguese.words().faults.told)(english))
    },
    reason: "Motivo (opcional)",
    go_back: "Voltar",
    no_amount: "Escreva o valor em algarismos, com vírgula antes dos centavos: 12,50",
    not_known: "Não se sabe se foi feito. Enviado de novo, é feito uma só vez.",
    may_be_done: "A requisição pode ter sido executada, ou ainda ser: veja se ela consta aqui antes de repeti-la.",
    look_at_payment: "Ver o pagamento",
    look_at_holds: "Ver as reservas",
    look_at_account: "Ver a conta",
    rate_holds: |rate| format!("De uma moeda para a outra vale a taxa do pagamento: {rate}."),
    refund: "Reembolsar",
    refund_title: "Reembolsar este pagamento?",
    refund_says: |back, from, to, left| {
        format!("{back} voltam de {from} para {to}, na hora. Ainda podem ser reembolsados {left}.")
    },
    refund_at_most: |left| format!("Podem ser reembolsados no máximo {left}: não resta mais."),
    refund_done: "O reembolso está no livro-razão.",
    capture: "Capturar",
    capture_title: "Capturar este pagamento?",
    capture_hold_title: "Capturar esta reserva?",
    capture_says: |taken, from, to| format!("{taken} vão de {from} para {to}, na hora."),
    rest_is_freed: |reserved| {
        format!("Dos {reserved} reservados o resto é liberado e não pode ser capturado depois.")
    },
    capture_at_most: |reserved| format!("Podem ser capturados no máximo {reserved}: não há mais reservado."),
    capture_done: "A captura está no livro-razão.",
    cancel: "Cancelar pagamento",
    cancel_title: "Cancelar este pagamento?",
    cancel_says: |reserved, on| {
        format!(
            "Os {reserved} reservados em {on} são liberados. Nada é pago, e o pagamento não pode ser retomado."
        )
    },
    cancel_pending_says: "Nada foi reservado para ele ainda. Ele não pode ser retomado.",
    cancel_done: "O pagamento está cancelado.",
    release: "Liberar",
    release_title: "Liberar esta reserva?",
    release_says: |reserved, on| {
        format!(
            "Os {reserved} reservados em {on} são liberados. Nada é lançado, e a reserva não pode mais ser capturada."
        )
    },
    release_done: "A reserva está liberada.",
    freeze: "Bloquear",
    freeze_title: |account| format!("Bloquear {account}?"),
    freeze_says: |account| {
        format!(
            "Nada pode ser retirado de {account} até ser desbloqueada: pagamentos a partir dela são recusados, e nós de regras \
             falham. Dinheiro ainda entra."
        )
    },
    freeze_done: "A conta está bloqueada.",
    unfreeze: "Desbloquear",
    unfreeze_title: |account| format!("Desbloquear {account}?"),
    unfreeze_says: |account| format!("A partir de agora se pode retirar dinheiro de {account} de novo."),
    unfreeze_done: "A conta está aberta de novo.",
};
