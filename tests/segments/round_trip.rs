//! Random expressions, and that every way of writing one gives it back.

use enishi::segment::Expr;
use proptest::prelude::*;

use super::expressions::{any_atom, expressions};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn text_and_json_give_the_expression_back(expr in expressions(any_atom())) {
        let text = expr.to_string();
        let parsed = Expr::parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(&parsed.expr, &expr, "{}", text);
        prop_assert_eq!(parsed.expr.to_string(), text.clone(), "the canonical text is canonical");
        prop_assert_eq!(parsed.places.len(), atoms(&expr));
        let json = expr.to_json();
        prop_assert_eq!(&Expr::from_json(&json).unwrap(), &expr, "{}", json);
        let as_text: serde_json::Value = serde_json::from_str(&json.to_string()).unwrap();
        prop_assert_eq!(&Expr::from_json(&as_text).unwrap(), &expr);
        // Full-width signs and any white space between the words mean the same.
        let wide = text.replace(" >= ", "　＞＝\n").replace(" and ", "\tAND　").replace('(', "（").replace(" not ", " NOT ");
        if !text.contains('\'') {
            prop_assert_eq!(&Expr::parse(&wide).unwrap().expr, &expr, "{}", wide);
        }
    }
}

fn atoms(expr: &Expr) -> usize {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().map(atoms).sum(),
        Expr::Not(inner) => atoms(inner),
        Expr::Atom(_) => 1,
    }
}
