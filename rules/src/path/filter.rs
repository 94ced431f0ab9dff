//! What a path may not do, though RFC 9535 allows it: compare numbers through floats, look outside of
//! the element that is filtered, or take time beyond all proportion.

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, Literal, Segment, Selector, SingularQuery, Test,
    TestFunction,
};

use super::PathError;

/// How deep brackets and parentheses may nest. The parser backtracks, so the bound is low.
const MAX_BRACKETS: usize = 8;
const MAX_PARENTHESES: usize = 4;
/// How often a path may name the same value. Each selector of a segment visits all that the segments before
/// it found, so `[*,*]` sixty times over would find a value 2⁶⁰ times.
const MAX_REPEATS: usize = 16;

/// Refuses what would make the parser itself slow.
pub(super) fn check_nesting(text: &str) -> Result<(), PathError> {
    let (mut brackets, mut parentheses) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'(' => parentheses += 1,
            b')' => parentheses = parentheses.saturating_sub(1),
            _ => {}
        }
        if brackets > MAX_BRACKETS || parentheses > MAX_PARENTHESES {
            return Err(PathError::bad(format!(
                "A path nests at most {MAX_BRACKETS} brackets and {MAX_PARENTHESES} parentheses."
            )));
        }
    }
    Ok(())
}

/// Refuses segments that this system does not evaluate.
pub(super) fn check(segments: &[Segment]) -> Result<(), PathError> {
    let descents = segments
        .iter()
        .filter(|segment| matches!(segment, Segment::Descendant(_)))
        .count();
    if descents > 1 {
        return Err(PathError::bad("A path has at most one `..`."));
    }
    let repeats = segments
        .iter()
        .map(selectors)
        .try_fold(1, |repeats: usize, selectors| repeats.checked_mul(selectors));
    if repeats.is_none_or(|repeats| repeats > MAX_REPEATS) {
        return Err(PathError::bad(format!(
            "The lists of selectors in a path combine in at most {MAX_REPEATS} ways."
        )));
    }
    segments.iter().try_for_each(check_segment)
}

fn selectors(segment: &Segment) -> usize {
    match segment {
        Segment::Descendant(inner) => selectors(inner),
        Segment::Selector(_) => 1,
        Segment::Selectors(list) => list.len(),
    }
}

fn check_segment(segment: &Segment) -> Result<(), PathError> {
    match segment {
        Segment::Descendant(inner) => check_segment(inner),
        Segment::Selector(selector) => check_selector(selector),
        Segment::Selectors(selectors) => selectors.iter().try_for_each(check_selector),
    }
}

fn check_selector(selector: &Selector) -> Result<(), PathError> {
    match selector {
        Selector::Filter(filter) => check_filter(filter),
        Selector::Name(_) | Selector::Wildcard | Selector::Index(_) | Selector::Slice(..) => Ok(()),
    }
}

fn check_filter(filter: &Filter) -> Result<(), PathError> {
    match filter {
        Filter::Or(filters) | Filter::And(filters) => filters.iter().try_for_each(check_filter),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => check_filter(expr),
        Filter::Atom(FilterAtom::Test { expr, .. }) => check_test(expr),
        Filter::Atom(FilterAtom::Comparison(comparison)) => check_comparison(comparison),
    }
}

fn check_test(test: &Test) -> Result<(), PathError> {
    match test {
        Test::RelQuery(segments) => check_inner(segments),
        Test::AbsQuery(_) => Err(outside()),
        Test::Function(function) => check_function(function),
    }
}

fn check_inner(segments: &[Segment]) -> Result<(), PathError> {
    if segments
        .iter()
        .any(|segment| matches!(segment, Segment::Descendant(_)))
    {
        return Err(PathError::bad("A filter inside a path cannot use `..`."));
    }
    if segments.iter().any(|segment| selectors(segment) > 1) {
        return Err(PathError::bad(
            "A filter inside a path names one thing at a time, not a list of selectors.",
        ));
    }
    check(segments)
}

fn check_function(function: &TestFunction) -> Result<(), PathError> {
    match function {
        TestFunction::Length(argument) => check_argument(argument),
        TestFunction::Value(argument) | TestFunction::Count(argument) => check_argument(argument),
        TestFunction::Search(..) | TestFunction::Match(..) => Err(PathError::bad(
            "A filter inside a path cannot use `match` or `search`: use the operator `matches` of an expectation.",
        )),
        TestFunction::Custom(name, _) => Err(PathError::bad(format!("RFC 9535 has no function `{name}`."))),
    }
}

fn check_argument(argument: &FnArg) -> Result<(), PathError> {
    match argument {
        FnArg::Literal(_) => Ok(()),
        FnArg::Test(test) => check_test(test),
        FnArg::Filter(filter) => check_filter(filter),
    }
}

/// A comparison is exact if one side is text, boolean or null, or if both are counts and whole numbers.
fn check_comparison(comparison: &Comparison) -> Result<(), PathError> {
    let (left, right) = comparison.vals();
    check_comparable(left)?;
    check_comparable(right)?;
    let exact = is_not_a_number(left) || is_not_a_number(right) || (is_count(left) && is_count(right));
    if exact {
        return Ok(());
    }
    Err(PathError::bad(
        "A filter inside a path compares with a text, true, false or null, not with a number: numbers would be \
         compared as floats. Compare them with an expectation.",
    ))
}

fn check_comparable(comparable: &Comparable) -> Result<(), PathError> {
    match comparable {
        Comparable::Literal(_) | Comparable::SingularQuery(SingularQuery::Current(_)) => Ok(()),
        Comparable::SingularQuery(SingularQuery::Root(_)) => Err(outside()),
        Comparable::Function(function) => check_function(function),
    }
}

fn is_not_a_number(comparable: &Comparable) -> bool {
    matches!(
        comparable,
        Comparable::Literal(Literal::String(_) | Literal::Bool(_) | Literal::Null)
    )
}

fn is_count(comparable: &Comparable) -> bool {
    match comparable {
        Comparable::Literal(Literal::Int(_)) => true,
        Comparable::Function(function) => {
            matches!(function, TestFunction::Length(_) | TestFunction::Count(_))
        }
        _ => false,
    }
}

fn outside() -> PathError {
    PathError::bad("A filter inside a path looks only at its own element, by `@`, not at `$`.")
}
