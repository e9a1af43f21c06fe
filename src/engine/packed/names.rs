//! The playbook's names as small numbers.

use std::collections::BTreeMap;

use crate::model::{Name, Named};

/// The names that friends' records hold, each once, numbered in the order in which they came.
///
/// They come from playbooks, so there are hundreds of them at most; what friends and carts name is never
/// taken in.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Names {
    names: Vec<Name>,
    numbers: BTreeMap<Name, u32>,
    /// The numbers of names lately asked for, each at a place made of its address: most are asked for
    /// again from the same memory. Held here, a name cannot give its address to another.
    lately: Box<[Option<(Name, u32)>; LATELY]>,
}

const LATELY: usize = 512;

impl Names {
    /// The number of a name, given now if it has none.
    pub(super) fn number(&mut self, name: &impl Named) -> u32 {
        let name = name.as_name();
        // Names lie 16 bytes apart at least.
        let place = (name.address() >> 4).wrapping_mul(0x9e37_79b9) >> 7 & (LATELY - 1);
        match &self.lately[place] {
            Some((known, number)) if known.is(name) => return *number,
            _ => {}
        }
        let number = self.numbers.get(name).copied().unwrap_or_else(|| self.add(name.clone()));
        self.lately[place] = Some((name.clone(), number));
        number
    }

    /// Every name, by number.
    pub(in crate::engine) fn all(&self) -> &[Name] {
        &self.names
    }

    /// These names in this order; none when one stands twice.
    pub(in crate::engine) fn of(names: impl IntoIterator<Item = Name>) -> Option<Self> {
        let mut all = Self::default();
        for name in names {
            if all.numbers.contains_key(&name) {
                return None;
            }
            all.add(name);
        }
        Some(all)
    }

    fn add(&mut self, name: Name) -> u32 {
        let number = u32::try_from(self.names.len()).expect("playbooks have not so many names");
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }
}

impl Default for Names {
    fn default() -> Self {
        Self { names: Vec::new(), numbers: BTreeMap::new(), lately: Box::new([const { None }; LATELY]) }
    }
}
