//! Reply tokens, as a webhook event would carry them.

use std::collections::HashMap;

/// "Use within one minute of receipt" (REF "Send reply message", "Reply token").
const LIFE_MS: i64 = 60_000;

#[derive(Default)]
pub(crate) struct ReplyTokens {
    issued: u64,
    unused: HashMap<String, Token>,
}

struct Token {
    user: String,
    issued_at: i64,
}

impl ReplyTokens {
    pub(crate) fn issue(&mut self, user: &str, at: i64) -> String {
        self.issued += 1;
        let token = format!("{:032x}", self.issued);
        self.unused.insert(token.clone(), Token { user: user.to_owned(), issued_at: at });
        token
    }

    /// Uses the token up. Gives its user if it was still good.
    pub(crate) fn take(&mut self, token: &str, at: i64) -> Option<String> {
        self.unused.remove(token).filter(|token| at - token.issued_at < LIFE_MS).map(|token| token.user)
    }
}
