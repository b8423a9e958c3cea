//! Rows of JSON Lines: one object a line, whose keys are the columns.

use std::collections::HashMap;
use std::fmt::{self, Write};

use serde_core::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::plan::RowFault;
use super::cells::Cells;
use super::fault::Fault;

/// The keys of a file in order of first appearance.
#[derive(Default)]
pub(super) struct Keys {
    names: Vec<String>,
    positions: HashMap<String, usize>,
}

impl Keys {
    pub fn names(&self) -> &[String] {
        &self.names
    }

    fn position(&mut self, name: &str) -> usize {
        if let Some(&position) = self.positions.get(name) {
            return position;
        }
        self.names.push(name.to_owned());
        self.positions.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}

/// Read the cells of one line. Text is taken as it is, numbers and truth values as text; null, lists and objects count
/// as missing.
pub(super) fn read_object(line: &[u8], keys: &mut Keys, cells: &mut Cells) -> Result<(), Fault> {
    cells.clear();
    Fault::check_text(line)?;
    let mut json = serde_json::Deserializer::from_slice(line);
    let read = ObjectSeed { keys, cells }.deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|cause| {
        // serde_json's own position names line 1, as it sees one line at a time.
        let cause_text = cause.to_string();
        let cause_text = cause_text.split(" at line ").next().unwrap_or_default();
        let problem = format!("is not a JSON object: {cause_text}, at byte {}", cause.column());
        Fault::new(RowFault::NotJson, problem)
    })
}

struct ObjectSeed<'a> {
    keys: &'a mut Keys,
    cells: &'a mut Cells,
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(column) = map.next_key_seed(KeySeed(self.keys))? {
            self.cells.write(column, |text| map.next_value_seed(CellSeed(text)))?;
        }
        Ok(())
    }
}

/// A key's column.
struct KeySeed<'a>(&'a mut Keys);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<usize, E> {
        Ok(self.0.position(name))
    }
}

/// A value, written as text. False if it has none.
struct CellSeed<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl CellSeed<'_> {
    fn write<E>(self, value: impl fmt::Display) -> Result<bool, E> {
        // Writing to a string doesn't fail.
        Ok(write!(self.0, "{value}").is_ok())
    }
}

impl<'de> Visitor<'de> for CellSeed<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        self.0.push_str(value);
        Ok(true)
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        self.write(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        self.write(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        self.write(value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        self.write(value)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }
}
