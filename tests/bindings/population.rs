//! The reference's population: what the tape's columns are in Rust.

use std::borrow::Cow;

use enishi::engine::Engine;
use enishi::model::{AttributeName, Friend, Timestamp};
use enishi::population::{
    Bits, Cells, Codes, Columns, Field, Keys, Population, Records, Selection, Texts, Unit, Values,
};
use enishi::segment::Predicate;

/// The status and the message of a failure.
type Failure = (i32, String);

/// Columns as the tape gives them.
#[derive(Default)]
pub struct Gathered {
    rows: usize,
    columns: Vec<Column>,
}

struct Column {
    field: i64,
    name: String,
    layout: i64,
    values: Vec<u8>,
    /// The layout of the offsets, the offsets, the texts.
    texts: Option<(i64, Vec<u8>, Vec<u8>)>,
    known: Option<(Vec<u8>, usize)>,
}

const WIDTHS: [usize; 14] = [0, 1, 1, 2, 4, 4, 8, 8, 4, 8, 8, 8, 8, 16];

impl Gathered {
    pub fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    pub fn add(&mut self, field: i64, name: &str, layout: i64, values: &[u8]) -> Result<(), Failure> {
        self.check_field(field, name)?;
        check_layout(layout, values)?;
        let (name, values) = (name.to_owned(), values.to_vec());
        self.columns.push(Column { field, name, layout, values, texts: None, known: None });
        Ok(())
    }

    pub fn add_texts(
        &mut self,
        field: i64,
        name: &str,
        codes: Option<(i64, &[u8])>,
        offset_layout: i64,
        offsets: &[u8],
        texts: &[u8],
    ) -> Result<(), Failure> {
        self.check_field(field, name)?;
        if let Some((layout, codes)) = codes {
            check_layout(layout, codes)?;
            if ![2, 3, 4, 5].contains(&layout) {
                return Err((12, format!("{layout} is no enishi_layout of codes")));
            }
        }
        check_layout(offset_layout, offsets)?;
        if ![5, 6].contains(&offset_layout) {
            return Err((12, format!("{offset_layout} is no enishi_layout of offsets")));
        }
        let (layout, values) = codes.map_or((0, Vec::new()), |(layout, codes)| (layout, codes.to_vec()));
        let texts = Some((offset_layout, offsets.to_vec(), texts.to_vec()));
        self.columns.push(Column { field, name: name.to_owned(), layout, values, texts, known: None });
        Ok(())
    }

    pub fn set_known(&mut self, bits: &[u8], offset: usize) -> Result<(), Failure> {
        if offset > bits.len() * 8 {
            return Err((12, format!("bit {offset} of {} bytes", bits.len())));
        }
        let last = self.columns.last_mut().ok_or((12, "there is no column yet".to_owned()))?;
        last.known = Some((bits.to_vec(), offset));
        Ok(())
    }

    /// Gives the columns to `take`, with the numbers where Rust wants them.
    pub fn lend<R>(&self, take: impl FnOnce(&Columns<'_>) -> Result<R, String>) -> Result<R, Failure> {
        let numbers: Vec<Numbers> = self.columns.iter().map(Numbers::of).collect();
        let mut columns = Columns::new(self.rows);
        for (column, numbers) in self.columns.iter().zip(&numbers) {
            let values = numbers.values(column);
            columns = match (column.field, values) {
                (1, _) if column.known.is_some() => {
                    return Err((24, "keys: every friend has one, so none is null".into()));
                }
                (1, Some(Values::Texts(texts))) => columns.keyed(Keys::Texts(texts)),
                (1, None) => columns.keyed(Keys::LineUsers(numbers.users.as_slice())),
                (1, Some(_)) => {
                    return Err((24, "keys: the values have another type: give texts, or LINE user ids".into()));
                }
                (field, Some(values)) => {
                    let cells = match &column.known {
                        Some((bits, offset)) => Cells::known(values, Bits::starting_at(bits, *offset)),
                        None => values.into(),
                    };
                    columns.with(read_field(field, &column.name).unwrap(), cells)
                }
                (_, None) => panic!("the tape gives user ids as keys only"),
            };
        }
        take(&columns).map_err(|fault| (24, fault))
    }

    fn check_field(&self, field: i64, name: &str) -> Result<(), Failure> {
        if !name.is_empty() && ![2, 3, 4].contains(&field) {
            return Err((12, format!("'{name}': the enishi_field {field} takes no name")));
        }
        if field == 1 { Ok(()) } else { read_field(field, name).map(|_| ()) }
    }
}

fn check_layout(layout: i64, values: &[u8]) -> Result<(), Failure> {
    let width = usize::try_from(layout).ok().and_then(|layout| WIDTHS.get(layout)).filter(|width| **width > 0);
    let width = *width.ok_or((12, format!("{layout} is no enishi_layout")))?;
    if !values.len().is_multiple_of(width) {
        return Err((12, format!("{} bytes are not values of {width} bytes each", values.len())));
    }
    Ok(())
}

fn read_field(field: i64, name: &str) -> Result<Field, Failure> {
    let argument = |e: enishi::model::NameError| (12, e.to_string());
    Ok(match field {
        2 => Field::Attribute(AttributeName::new(name).map_err(argument)?),
        3 => Field::Tag(name.parse().map_err(argument)?),
        4 => Field::Tags(name.split('\n').map(|tag| tag.parse().map_err(argument)).collect::<Result<_, _>>()?),
        5 => Field::Following,
        6 => Field::Blocked,
        7 => Field::LinkedAt,
        8 => Field::Route,
        9 => Field::FirstFollowedAt,
        10 => Field::OrderCount,
        11 => Field::OrderTotal,
        12 => Field::FirstOrderAt,
        13 => Field::LastOrderAt,
        _ => return Err((12, format!("{field} is no enishi_field"))),
    })
}

/// The numbers of one column, in the type that its layout has.
#[derive(Default)]
struct Numbers {
    i32: Vec<i32>,
    u32: Vec<u32>,
    i64: Vec<i64>,
    f64: Vec<f64>,
    users: Vec<[u8; 16]>,
    offsets32: Vec<i32>,
    offsets64: Vec<i64>,
}

impl Numbers {
    fn of(column: &Column) -> Self {
        let mut numbers = Self::default();
        let bytes = &column.values;
        match column.layout {
            3 => numbers.u32 = bytes.chunks(2).map(|b| u16::from_ne_bytes(b.try_into().unwrap()).into()).collect(),
            4 => numbers.u32 = bytes.chunks(4).map(|b| u32::from_ne_bytes(b.try_into().unwrap())).collect(),
            5 | 8 => numbers.i32 = bytes.chunks(4).map(|b| i32::from_ne_bytes(b.try_into().unwrap())).collect(),
            7 => numbers.f64 = bytes.chunks(8).map(|b| f64::from_ne_bytes(b.try_into().unwrap())).collect(),
            6 | 9..=12 => numbers.i64 = bytes.chunks(8).map(|b| i64::from_ne_bytes(b.try_into().unwrap())).collect(),
            13 => numbers.users = bytes.chunks(16).map(|b| b.try_into().unwrap()).collect(),
            _ => {}
        }
        match &column.texts {
            Some((5, offsets, _)) => {
                numbers.offsets32 = offsets.chunks(4).map(|b| i32::from_ne_bytes(b.try_into().unwrap())).collect();
            }
            Some((_, offsets, _)) => {
                numbers.offsets64 = offsets.chunks(8).map(|b| i64::from_ne_bytes(b.try_into().unwrap())).collect();
            }
            None => {}
        }
        numbers
    }

    /// None of LINE user ids.
    fn values<'a>(&'a self, column: &'a Column) -> Option<Values<'a>> {
        let texts = column.texts.as_ref().map(|(layout, _, texts)| match layout {
            5 => Texts::new(&self.offsets32, texts),
            _ => Texts::large(&self.offsets64, texts),
        });
        Some(match (column.layout, texts) {
            (0, Some(texts)) => Values::Texts(texts),
            (2, Some(texts)) => Values::Choices { codes: Codes::U8(&column.values), texts },
            (5, Some(texts)) => Values::Choices { codes: Codes::I32(&self.i32), texts },
            (_, Some(texts)) => Values::Choices { codes: Codes::U32(&self.u32), texts },
            (1, None) => Values::Bits(Bits::new(&column.values)),
            (2, None) => Values::U8(&column.values),
            (3 | 4, None) => Values::U32(&self.u32),
            (5, None) => Values::I32(&self.i32),
            (6, None) => Values::I64(&self.i64),
            (7, None) => Values::F64(&self.f64),
            (8, None) => Values::Days(&self.i32),
            (9, None) => Values::Instants(&self.i64, Unit::Seconds),
            (10, None) => Values::Instants(&self.i64, Unit::Milliseconds),
            (11, None) => Values::Instants(&self.i64, Unit::Microseconds),
            (12, None) => Values::Instants(&self.i64, Unit::Nanoseconds),
            _ => return None,
        })
    }
}

/// What an engine's friends answer where no column does.
pub fn select_in(population: &Population, engine: &Engine, question: &Predicate) -> Selection {
    population.select_with(question, engine.now(), &seats(population, engine))
}

/// An engine's friends, each in its row.
pub fn seats(population: &Population, engine: &Engine) -> impl Records + use<> {
    struct Seats(Vec<Option<Friend>>);
    impl Records for Seats {
        fn friend(&self, row: u32) -> Option<Cow<'_, Friend>> {
            self.0[row as usize].as_ref().map(Cow::Borrowed)
        }
    }
    let seat = |row| engine.friend(population.key(row)?.as_str());
    Seats((0..population.rows()).map(seat).collect())
}

pub fn select(population: &Population, question: &Predicate, now: Timestamp) -> Result<Selection, Failure> {
    population.select(question, now).map_err(|e| (44, format!("no column answers `{}`", e.condition)))
}

/// The row of a friend: their own, or a new one.
pub fn put(population: &mut Population, friend: &Friend) -> Result<u32, Failure> {
    if let Some(row) = population.row(friend.key.as_str()) {
        population.update(row, friend).map_err(|e| (43, e.to_string()))?;
        return Ok(row);
    }
    if !population.is_empty() && !population.has_keys() {
        return Err((24, "keys: the population was loaded without them".into()));
    }
    population.append_friends([friend]).map_err(|e| (24, e.to_string()))?;
    Ok(population.rows() - 1)
}
