//! What goes to a friend or to the host by other ways than LINE.

use serde_json::Value as Json;

use super::content::{MessageFault, RenderError};
use super::fill::Fill;
use super::template::Placeholder;

/// Named texts with placeholders, as whoever carries them asks for: `subject` and `text` of a mail, the
/// columns of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter(Fill);

impl Letter {
    /// The longest letter with its values filled in, in bytes of JSON.
    pub const MAX_BYTES: usize = 1 << 20;

    /// Reads the fields, an object whose strings are templates.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn new(fields: &Json) -> Result<Self, Vec<MessageFault>> {
        let mut faults = Vec::new();
        if fields.as_object().is_none_or(serde_json::Map::is_empty) {
            let message = "a table of texts is needed here, such as { subject = \"…\", text = \"…\" }".into();
            faults.push(MessageFault { path: String::new(), message });
        }
        let fill = Fill::read(fields, "", &mut faults);
        if faults.is_empty() { Ok(Self(fill)) } else { Err(faults) }
    }

    /// What its texts ask for, in order.
    pub fn placeholders(&self) -> Vec<&Placeholder> {
        let mut found = Vec::new();
        self.0.collect(&mut found);
        found
    }

    /// The letter for one friend, as the text of a JSON object. The same values give the same bytes.
    ///
    /// # Errors
    /// When a value is not known, or the whole is over [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn render(&self, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Result<String, RenderError> {
        let text = self.0.fill(lookup).map_err(RenderError::Missing)?.to_string();
        if text.len() > Self::MAX_BYTES {
            let message = format!("{} bytes: at most {} are taken", text.len(), Self::MAX_BYTES);
            return Err(RenderError::Limit(MessageFault { path: String::new(), message }));
        }
        Ok(text)
    }
}
