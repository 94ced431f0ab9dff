//! Dead letters.

use bytes::Bytes;
use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{all_pages, at, id};
use super::payments::{Payment, pay_with};
use crate::{DeadLetter, DeadLetterStatus};

fn letter(company_id: Option<Uuid>) -> DeadLetter {
    DeadLetter {
        id: id(),
        company_id,
        event_id: company_id.map(|_| "e1".to_owned()),
        partition: 15,
        reason: "event_id_reused".to_owned(),
        detail: "another event was claimed under this id".to_owned(),
        message_kind: "payment.accepted".to_owned(),
        body: Bytes::from_static(b"\xff{not even JSON\0"),
        correlation_id: "correlation-1".to_owned(),
        created_at: at(3),
        status: DeadLetterStatus::Dead,
    }
}

/// A letter lies there until somebody asks; it is put back once per request.
pub async fn a_dead_letter_is_put_back_when_asked(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (first, second) = (letter(None), letter(Some(id())));
    for letter in [&second, &first] {
        store.keep_dead_letter(letter.clone()).await.unwrap();
    }
    assert_eq!(store.requeue_requests(9).await, Ok(Vec::new()));
    assert_eq!(store.request_requeue(id()).await, Ok(None));

    let requested = |letter: &DeadLetter| DeadLetter {
        status: DeadLetterStatus::RequeueRequested,
        ..letter.clone()
    };
    for letter in [&second, &first, &second] {
        assert_eq!(
            store.request_requeue(letter.id).await,
            Ok(Some(requested(letter)))
        );
    }
    assert_eq!(
        store.requeue_requests(9).await,
        Ok(vec![requested(&first), requested(&second)])
    );
    assert_eq!(store.requeue_requests(1).await, Ok(vec![requested(&first)]));

    store.mark_requeued(first.id).await.unwrap();
    assert_eq!(store.requeue_requests(9).await, Ok(vec![requested(&second)]));
    let requeued = DeadLetter {
        status: DeadLetterStatus::Requeued,
        ..first.clone()
    };
    assert_eq!(store.find_dead_letter(first.id).await, Ok(Some(requeued)));
    assert_eq!(store.request_requeue(first.id).await, Ok(Some(requested(&first))));
    assert_eq!(store.requeue_requests(9).await.unwrap().len(), 2);
}

/// A batch keeps its dead letters with everything else; one that is kept already stays as it is.
pub async fn keeps_dead_letters_of_batches_once(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let kept = letter(Some(id()));
    let written = kept.clone();
    let payment = Payment::new(id(), "e1");
    pay_with(&*store, vec![payment], move |write| {
        write.dead_letters.push(written);
    })
    .await
    .unwrap();
    assert_eq!(store.find_dead_letter(kept.id).await, Ok(Some(kept.clone())));

    store
        .keep_dead_letter(DeadLetter {
            detail: "again".to_owned(),
            ..kept.clone()
        })
        .await
        .unwrap();
    assert_eq!(store.find_dead_letter(kept.id).await, Ok(Some(kept)));
    assert_eq!(store.find_dead_letter(id()).await, Ok(None));
}

/// Dead letters are listed newest first, of one company or of all.
pub async fn lists_dead_letters(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = Some(id());
    let mut letters = [None, company_id, Some(id()), company_id, company_id].map(letter);
    for letter in &letters {
        store.keep_dead_letter(letter.clone()).await.unwrap();
    }
    letters.reverse();
    assert_eq!(
        all_pages!(2_u32, page => store.list_dead_letters(None, page)),
        letters
    );
    let of_company = all_pages!(2_u32, page => store.list_dead_letters(company_id, page));
    assert_eq!(of_company, [0, 1, 3].map(|place: usize| letters[place].clone()));
}

/// What has not gone back to the queue is counted, of one company or of all.
pub async fn counts_dead_letters(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = Some(id());
    let letters = [None, company_id, Some(id()), company_id, company_id].map(letter);
    for letter in &letters {
        store.keep_dead_letter(letter.clone()).await.unwrap();
    }
    let counted = async || {
        let of_company = store.count_dead_letters(company_id).await.unwrap();
        (store.count_dead_letters(None).await.unwrap(), of_company)
    };
    assert_eq!(counted().await, (5, 3));
    store.request_requeue(letters[1].id).await.unwrap();
    assert_eq!(counted().await, (5, 3), "a request is not yet fulfilled");
    for letter in &letters[..2] {
        store.mark_requeued(letter.id).await.unwrap();
    }
    assert_eq!(counted().await, (3, 2));
    assert_eq!(store.count_dead_letters(Some(id())).await, Ok(0));
}
