use super::*;

fn link_at(number: u64) -> ChainLink {
    ChainLink {
        number,
        transaction_id: Uuid::nil(),
        digest: ChainHash([1; 32]),
        point: ChainPoint::BEGINNING,
    }
}

fn transaction_at(number: u64) -> NumberedTransaction {
    let transaction = StoredTransaction {
        id: Uuid::from_u128(number.into()),
        company_id: Uuid::nil(),
        reference: String::new(),
        run_id: None,
        node_id: None,
        description: None,
        metadata: "{}".to_owned(),
        reverses: None,
        entries: Vec::new(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
    };
    NumberedTransaction { number, transaction }
}

/// The numbers of the links and of the transactions of a stretch, and where it ends.
fn cut(links: &[u64], transactions: &[u64], limit: u32) -> Option<(Vec<u64>, Vec<u64>, u64)> {
    let links = links.iter().copied().map(link_at).collect();
    let transactions = transactions.iter().copied().map(transaction_at).collect();
    let (stretch, end) = ChainStretch::cut(links, transactions, limit)?;
    let links = stretch.links.iter().map(|link| link.number);
    let transactions = stretch.transactions.iter().map(|numbered| numbered.number);
    Some((links.collect(), transactions.collect(), end))
}

#[test]
fn a_stretch_ends_where_more_of_either_may_follow() {
    assert_eq!(cut(&[], &[], 3), None);
    assert_eq!(cut(&[1, 2], &[1, 2], 3), Some((vec![1, 2], vec![1, 2], 2)));
    // There may be links behind the third, and transactions up to them.
    assert_eq!(cut(&[1, 2, 3], &[1, 9], 3), Some((vec![1, 2, 3], vec![1], 3)));
    assert_eq!(cut(&[7], &[1, 2, 3], 3), Some((vec![], vec![1, 2, 3], 3)));
    assert_eq!(
        cut(&[1, 2, 5], &[1, 2, 3], 3),
        Some((vec![1, 2], vec![1, 2, 3], 3))
    );
    assert_eq!(cut(&[4], &[], 3), Some((vec![4], vec![], 4)));
}

#[test]
fn each_link_hashes_the_one_before_and_its_transaction() {
    let transactions = [transaction_at(3), transaction_at(5)];
    let links = link_transactions(ChainPoint::BEGINNING, &transactions);
    let [first, second] = links.as_slice() else {
        panic!("{links:?}")
    };
    assert_eq!((first.number, first.point.position), (3, 1));
    assert_eq!((second.number, second.point.position), (5, 2));
    assert_eq!(second.transaction_id, Uuid::from_u128(5));
    assert_eq!(first.point, ChainPoint::BEGINNING.after(first.digest));
    assert_eq!(second.point, first.point.after(second.digest));
    let expected = Sha256::digest([first.point.hash.0, transactions[1].digest().0].concat());
    assert_eq!(second.point.hash.0, expected[..]);
    // Where it is begun anew goes on as if it had never ended.
    assert_eq!(link_transactions(first.point, &transactions[1..]), links[1..]);
}

#[test]
fn a_point_is_read_as_it_is_written() {
    let point = ChainPoint::BEGINNING.after(ChainHash([7; 32]));
    assert_eq!(point.to_string().parse(), Ok(point));
    assert_eq!(point.to_string().len(), 2 + 64);
    let hash = "0".repeat(64);
    for text in [
        String::new(),
        hash.clone(),
        format!(":{hash}"),
        format!("+1:{hash}"),
        format!("1:{hash}0"),
        "1:00".to_owned(),
        format!("99999999999999999999:{hash}"),
        format!("1:{}", "x".repeat(64)),
    ] {
        assert_eq!(text.parse::<ChainPoint>(), Err(InvalidChainPoint), "{text:?}");
    }
}
