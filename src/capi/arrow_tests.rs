//! Arrow's arrays as producers make them, and as none should.

use core::ffi::{CStr, c_void};
use core::ptr::{null, null_mut};
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const PLAYBOOK: &str = r#"
    tags = ["VIP"]
    [shop]
    name = "s"
    zone = "Asia/Tokyo"
    currency = "JPY"
    [attributes]
    number = "number"
    text = "text"
    date = "date"
    flag = "flag"
"#;

/// A column as a producer keeps it.
#[derive(Clone, Default)]
struct Column {
    format: &'static str,
    name: &'static str,
    length: i64,
    nulls: i64,
    offset: i64,
    buffers: Vec<Option<Vec<u8>>>,
    dictionary: Option<Box<Column>>,
}

fn column<const N: usize>(name: &'static str, format: &'static str, length: i64, values: &[[u8; N]]) -> Column {
    let buffers = vec![None, Some(values.concat())];
    Column { name, format, length, buffers, ..Column::default() }
}

fn texts(name: &'static str, texts: &[&str]) -> Column {
    let mut ends = vec![0_i32];
    texts.iter().for_each(|text| ends.push(ends.last().unwrap() + text.len() as i32));
    let offsets = ends.into_iter().flat_map(i32::to_ne_bytes).collect();
    let buffers = vec![None, Some(offsets), Some(texts.concat().into_bytes())];
    Column { name, format: "u", length: texts.len() as i64, buffers, ..Column::default() }
}

/// What a producer must keep until it is released, and the count of releases.
struct Kept {
    _buffers: Vec<Vec<u64>>,
    pointers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
    released: Arc<AtomicUsize>,
}

struct Described {
    format: CString,
    name: CString,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
    released: Arc<AtomicUsize>,
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: called once for an array made below, whose children nobody else releases.
    unsafe {
        let kept = Box::from_raw((*array).private_data.cast::<Kept>());
        for child in kept.children.iter().chain([&kept.dictionary]).filter(|child| !child.is_null()) {
            let mut child = Box::from_raw(*child);
            if let Some(release) = child.release {
                release(&raw mut *child);
            }
        }
        kept.released.fetch_add(1, Ordering::SeqCst);
        (*array).release = None;
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: as for `release_array`.
    unsafe {
        let described = Box::from_raw((*schema).private_data.cast::<Described>());
        for child in described.children.iter().chain([&described.dictionary]).filter(|child| !child.is_null()) {
            let mut child = Box::from_raw(*child);
            if let Some(release) = child.release {
                release(&raw mut *child);
            }
        }
        described.released.fetch_add(1, Ordering::SeqCst);
        (*schema).release = None;
    }
}

fn array(column: &Column, children: Vec<*mut ArrowArray>, released: &Arc<AtomicUsize>) -> ArrowArray {
    // In words, so that they lie as they should.
    let words = |bytes: &Vec<u8>| -> Vec<u64> {
        let mut padded = bytes.clone();
        padded.resize(bytes.len().div_ceil(8) * 8 + 8, 0);
        padded.chunks(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap())).collect()
    };
    let buffers: Vec<Option<Vec<u64>>> = column.buffers.iter().map(|bytes| bytes.as_ref().map(words)).collect();
    let pointers = buffers.iter().map(|words| words.as_ref().map_or(null(), |words| words.as_ptr().cast())).collect();
    let dictionary = column.dictionary.as_ref();
    let dictionary = dictionary.map_or(null_mut(), |column| Box::into_raw(Box::new(array(column, vec![], released))));
    let _buffers = buffers.into_iter().flatten().collect();
    let kept = Box::new(Kept { _buffers, pointers, children, dictionary, released: Arc::clone(released) });
    let kept = Box::into_raw(kept);
    // SAFETY: made just now.
    let there = unsafe { &mut *kept };
    ArrowArray {
        length: column.length,
        null_count: column.nulls,
        offset: column.offset,
        n_buffers: there.pointers.len() as i64,
        n_children: there.children.len() as i64,
        buffers: there.pointers.as_mut_ptr(),
        children: there.children.as_mut_ptr(),
        dictionary,
        release: Some(release_array),
        private_data: kept.cast(),
    }
}

fn schema(column: &Column, children: Vec<*mut ArrowSchema>, released: &Arc<AtomicUsize>) -> ArrowSchema {
    let dictionary = column.dictionary.as_ref();
    let dictionary = dictionary.map_or(null_mut(), |column| Box::into_raw(Box::new(schema(column, vec![], released))));
    let (format, name) = (CString::new(column.format).unwrap(), CString::new(column.name).unwrap());
    let described = Box::new(Described { format, name, children, dictionary, released: Arc::clone(released) });
    let described = Box::into_raw(described);
    // SAFETY: made just now.
    let there = unsafe { &mut *described };
    ArrowSchema {
        format: there.format.as_ptr(),
        name: there.name.as_ptr(),
        metadata: null(),
        flags: 2,
        n_children: there.children.len() as i64,
        children: there.children.as_mut_ptr(),
        dictionary,
        release: Some(release_schema),
        private_data: described.cast(),
    }
}

/// A record batch, and the count of what is released of it.
struct Made {
    schema: ArrowSchema,
    array: ArrowArray,
    released: Arc<AtomicUsize>,
    parts: usize,
}

fn batch(columns: &[Column], root: Column) -> Made {
    let released = Arc::new(AtomicUsize::new(0));
    let arrays = columns.iter().map(|column| Box::into_raw(Box::new(array(column, vec![], &released)))).collect();
    let schemas = columns.iter().map(|column| Box::into_raw(Box::new(schema(column, vec![], &released)))).collect();
    let dictionaries = columns.iter().filter(|column| column.dictionary.is_some()).count();
    Made {
        schema: schema(&root, schemas, &released),
        array: array(&root, arrays, &released),
        parts: 2 * (1 + columns.len() + dictionaries),
        released,
    }
}

fn rows(length: i64, offset: i64) -> Column {
    Column { format: "+s", length, offset, buffers: vec![None], ..Column::default() }
}

fn raw(text: &str) -> (*const core::ffi::c_char, usize) {
    (text.as_ptr().cast(), text.len())
}

/// Loads one column of a batch as an attribute, or as the key. Gives how the population answers the
/// questions, or what was wrong; either way everything was released, once.
fn load(
    made: Made,
    field: enishi_field,
    name: &str,
    column: &str,
    questions: &[&str],
) -> Result<Vec<Vec<u32>>, String> {
    let Made { mut schema, mut array, released, parts } = made;
    let (mut batch, mut columns, mut population, mut playbook) = (null_mut(), null_mut(), null_mut(), null_mut());
    let mut error = null_mut();
    // SAFETY: every pointer is to a live local or was given by the library, and each is freed once.
    unsafe {
        let (text, len) = raw(PLAYBOOK);
        assert_eq!(enishi_playbook_compile(text, len, &raw mut playbook, null_mut(), null_mut()), 0);
        let mut good = enishi_batch_import(&raw mut schema, &raw mut array, &raw mut batch, &raw mut error) == 0;
        assert!(schema.release.is_none() && array.release.is_none(), "moved either way");
        if good {
            assert_eq!(enishi_columns_new(enishi_batch_rows(batch), &raw mut columns, null_mut()), 0);
            let ((name, name_len), (column, column_len)) = (raw(name), raw(column));
            let (field, err) = (field as i32, &raw mut error);
            good = enishi_columns_add_of_batch(columns, field, name, name_len, batch, column, column_len, err) == 0;
        }
        enishi_batch_free(batch);
        let mut answers = Vec::new();
        if good && enishi_population_load(columns, &raw mut population, &raw mut error) == 0 {
            answers.extend(questions.iter().map(|question| ask(population, playbook, question)));
        }
        enishi_columns_free(columns);
        enishi_population_free(population);
        enishi_playbook_free(playbook);
        assert_eq!(released.load(Ordering::SeqCst), parts, "everything is released, once");
        if error.is_null() {
            return Ok(answers);
        }
        let message = CStr::from_ptr(enishi_error_message(error)).to_str().unwrap().to_owned();
        enishi_error_free(error);
        Err(message)
    }
}

/// # Safety
/// The handles live.
unsafe fn ask(population: *mut enishi_population, playbook: *mut enishi_playbook, question: &str) -> Vec<u32> {
    let (mut predicate, mut selection, mut count) = (null_mut(), null_mut(), 0);
    let (text, len) = raw(question);
    // SAFETY: the caller's promise; the rest are live locals, freed once.
    unsafe {
        let compiled = enishi_predicate_compile(playbook, text, len, &raw mut predicate, null_mut(), null_mut());
        assert_eq!(compiled, 0, "{question}");
        let now = 1_775_012_400_000;
        assert_eq!(
            enishi_population_select(population, predicate, now, &raw mut selection, null_mut()),
            0,
            "{question}"
        );
        let mut ids = vec![0_u32; enishi_selection_count(selection)];
        let room = ids.len();
        assert_eq!(enishi_selection_ids(selection, ids.as_mut_ptr().cast(), room, &raw mut count, null_mut()), 0);
        enishi_selection_free(selection);
        enishi_predicate_free(predicate);
        ids
    }
}

fn attribute(column: Column, root: Column, questions: &[&str]) -> Result<Vec<Vec<u32>>, String> {
    let (name, kind) = (column.name, column.name);
    load(batch(&[column], root), enishi_field::Attribute, kind, name, questions)
}

#[test]
fn every_width_is_read_with_its_offset_and_nulls() {
    // 0 to 9, of which the batch has 3 to 8, and 5 is null.
    let numbers: Vec<Column> = vec![
        column("number", "c", 10, &core::array::from_fn::<_, 10, _>(|i| (i as i8).to_ne_bytes())),
        column("number", "C", 10, &core::array::from_fn::<_, 10, _>(|i| (i as u8).to_ne_bytes())),
        column("number", "s", 10, &core::array::from_fn::<_, 10, _>(|i| (i as i16).to_ne_bytes())),
        column("number", "S", 10, &core::array::from_fn::<_, 10, _>(|i| (i as u16).to_ne_bytes())),
        column("number", "i", 10, &core::array::from_fn::<_, 10, _>(|i| (i as i32).to_ne_bytes())),
        column("number", "I", 10, &core::array::from_fn::<_, 10, _>(|i| (i as u32).to_ne_bytes())),
        column("number", "l", 10, &core::array::from_fn::<_, 10, _>(|i| (i as i64).to_ne_bytes())),
        column("number", "L", 10, &core::array::from_fn::<_, 10, _>(|i| (i as u64).to_ne_bytes())),
        column("number", "g", 10, &core::array::from_fn::<_, 10, _>(|i| (i as f64).to_ne_bytes())),
    ];
    for mut numbers in numbers {
        numbers.buffers[0] = Some(vec![0b1101_1111, 0b11]);
        for nulls in [-1, 1] {
            // The offset is the column's, the batch's, or parted between the two.
            for (own, batch) in [(3, 0), (0, 3), (1, 2)] {
                let column = Column { nulls, offset: own, length: 10 - own, ..numbers.clone() };
                let answers = attribute(column, rows(6, batch), &["number >= 4 and number < 8", "unknown number"]);
                assert_eq!(answers.unwrap(), [vec![1, 3, 4], vec![2]], "{} {own} {batch}", numbers.format);
            }
        }
        // Without nulls the bitmap is not looked at.
        let answers = attribute(numbers, rows(10, 0), &["number = 5"]);
        assert_eq!(answers.unwrap(), [vec![5]]);
    }
}

#[test]
fn texts_days_and_instants_are_read() {
    let words = texts("text", &["zero", "花子", "", "花子"]);
    let asked = ["text = '花子'", "text = ''"];
    assert_eq!(attribute(words.clone(), rows(3, 1), &asked).unwrap(), [vec![0, 2], vec![1]]);
    let mut large = words.clone();
    large.format = "U";
    let offsets = words.buffers[1].as_ref().unwrap().chunks(4).map(|end| i32::from_ne_bytes(end.try_into().unwrap()));
    large.buffers[1] = Some(offsets.flat_map(|end| i64::from(end).to_ne_bytes()).collect());
    assert_eq!(attribute(large, rows(3, 1), &asked).unwrap(), [vec![0, 2], vec![1]]);
    for (format, code) in [("c", 1), ("i", 4), ("I", 4), ("l", 8)] {
        let codes = [1_i64, 0, 9, 1].into_iter().flat_map(|row| row.to_ne_bytes()[..code].to_vec()).collect();
        let buffers = vec![Some(vec![0b1011]), Some(codes)];
        let dictionary = Some(Box::new(Column { offset: 1, length: 2, ..texts("", &["unused", "太郎", "花子"]) }));
        let chosen = Column { name: "text", format, length: 4, nulls: 1, buffers, dictionary, ..Column::default() };
        let asked = ["text = '花子'", "text = '太郎'", "unknown text"];
        assert_eq!(attribute(chosen, rows(4, 0), &asked).unwrap(), [vec![0, 3], vec![1], vec![2]], "{format}");
    }
    let days = column("date", "tdD", 2, &[19_000_i32.to_ne_bytes(), 20_000_i32.to_ne_bytes()]);
    assert_eq!(attribute(days, rows(2, 0), &["date >= 2024-01-01"]).unwrap(), [[1]]);
    for (format, second) in
        [("tss:UTC", 1), ("tsm:Asia/Tokyo", 1000), ("tsu:+09:00", 1_000_000), ("tsn:UTC", 1_000_000_000)]
    {
        let at = [1_775_000_000_i64 * second, 1_700_000_000 * second].map(i64::to_ne_bytes);
        let made = batch(&[column("at", format, 2, &at)], rows(2, 0));
        let answers = load(made, enishi_field::LastOrderAt, "", "at", &["last order within 30d"]);
        assert_eq!(answers.unwrap(), [[0]], "{format}");
    }
    let flags = Column { buffers: vec![None, Some(vec![0b0101_0000])], ..column::<1>("flag", "b", 7, &[]) };
    assert_eq!(attribute(flags, rows(3, 4), &["flag = true"]).unwrap(), [[0, 2]]);
    let users = column("user", "w:16", 2, &[[1; 16], [2; 16]]);
    assert_eq!(load(batch(&[users], rows(2, 0)), enishi_field::Key, "", "user", &[]), Ok(vec![]));
    // One column alone, and none of no rows, whose buffers may be missing.
    let alone = Made { parts: 2, ..batch(&[], column("number", "i", 1, &[7_i32.to_ne_bytes()])) };
    assert_eq!(load(alone, enishi_field::Attribute, "number", "number", &["number = 7"]).unwrap(), [[0]]);
    let empty = Column { name: "text", format: "u", buffers: vec![None, None, None], ..Column::default() };
    assert_eq!(attribute(empty, rows(0, 0), &[]), Ok(vec![]));
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let number = || column("number", "i", 2, &[1_i32.to_ne_bytes(), 2_i32.to_ne_bytes()]);
    let double = |value: f64| column("number", "g", 2, &[1_f64.to_ne_bytes(), value.to_ne_bytes()]);
    let text = || texts("text", &["a", "b"]);
    let with_offsets = |offsets: [i32; 3]| {
        let mut texts = text();
        texts.buffers[1] = Some(offsets.map(i32::to_ne_bytes).concat());
        texts
    };
    let chosen = |dictionary: Column, codes: [u8; 2]| {
        let buffers = vec![None, Some(codes.to_vec())];
        let dictionary = Some(Box::new(dictionary));
        Column { name: "text", format: "C", length: 2, buffers, dictionary, ..Column::default() }
    };
    let null_in_dictionary = || {
        let mut words = texts("", &["a", "b"]);
        (words.nulls, words.buffers[0]) = (1, Some(vec![0b10]));
        words
    };
    let faults = [
        (Column { length: 1, ..number() }, "number: 1 cells, but 2 rows from 0 on"),
        (Column { length: -1, ..number() }, "the batch: length is -1"),
        (Column { offset: -1, ..number() }, "the batch: offset is -1"),
        (Column { offset: i64::MAX, ..number() }, "number: its length and offset are past any memory"),
        (Column { length: i64::MAX, offset: 1, ..number() }, "number: its length and offset are past any memory"),
        (Column { offset: i64::MAX / 4, ..number() }, "number: it is longer than any memory"),
        (Column { nulls: 3, ..number() }, "number: 3 nulls among 2 cells"),
        (Column { nulls: -2, ..number() }, "number: -2 nulls among 2 cells"),
        (Column { nulls: 1, ..number() }, "number: 1 nulls, and no bitmap to say which"),
        (Column { buffers: vec![None], ..number() }, "number: 1 buffers, where 2 are needed"),
        (Column { buffers: vec![], ..number() }, "number: 0 buffers, where 2 are needed"),
        (Column { buffers: vec![None, None], ..number() }, "number: its buffer 1 is NULL"),
        (Column { buffers: text().buffers[..2].to_vec(), ..text() }, "text: 2 buffers, where 3 are needed"),
        (Column { format: "vu", ..number() }, "number: the format `vu` is not taken"),
        (Column { format: "f", ..number() }, "number: the format `f` is not taken"),
        (Column { format: "", ..number() }, "number: the format `` is not taken"),
        (Column { format: "+l", ..number() }, "number: the format `+l` is not taken"),
        (Column { format: "d:9,2", ..number() }, "number: the format `d:9,2` is not taken"),
        (Column { format: "tsm:", ..number() }, "number: its times have no time zone"),
        (column("number", "L", 2, &[[0; 8], [255; 8]]), "number: row 1: 18446744073709551615 is too large"),
        (double(f64::NAN), "attribute 'number', row 1: not an exact number"),
        (double(f64::INFINITY), "attribute 'number', row 1: not an exact number"),
        (double(f64::NEG_INFINITY), "attribute 'number', row 1: not an exact number"),
        (with_offsets([0, 2, 1]), "attribute 'text', row 0: not UTF-8, or offsets"),
        (with_offsets([-1, 1, 2]), "attribute 'text', row 0: not UTF-8, or offsets"),
        (with_offsets([0, 1, -2]), "text: its texts end at byte -2"),
        (chosen(texts("", &["a"]), [0, 1]), "attribute 'text', row 1: the code 1 stands for none of 1 texts"),
        (chosen(null_in_dictionary(), [0, 1]), "text: a null in its dictionary"),
        (chosen(number(), [0, 1]), "text: a dictionary of the format `i` is not taken"),
        (Column { format: "g", ..chosen(text(), [0, 1]) }, "text: codes of the format `g` are not taken"),
    ];
    for (column, why) in faults {
        let found = attribute(column, rows(2, 0), &[]).unwrap_err();
        assert!(found.starts_with(why), "{found:?} is not {why:?}");
    }
    let roots = [
        (rows(-1, 0), "the batch: length is -1"),
        (rows(2, -1), "the batch: offset is -1"),
        (rows(i64::MAX, i64::MAX), "number: 2 cells, but"),
        (rows(2, 1), "number: 2 cells, but 2 rows from 1 on"),
        (Column { nulls: 1, buffers: vec![Some(vec![1])], ..rows(2, 0) }, "the batch: rows that are null as a whole"),
    ];
    for (root, why) in roots {
        let found = attribute(number(), root, &[]).unwrap_err();
        assert!(found.starts_with(why), "{found:?} is not {why:?}");
    }
    let twice = load(batch(&[number(), number()], rows(2, 0)), enishi_field::Attribute, "number", "number", &[]);
    assert_eq!(twice.unwrap_err(), "number: there are two of this name");
    let absent = load(batch(&[number(), text()], rows(2, 0)), enishi_field::Attribute, "number", "nr", &[]);
    assert_eq!(absent.unwrap_err(), "the batch has no column 'nr': there are number, text");
}

#[test]
fn structs_that_miss_parts_are_refused() {
    let number = || column("number", "i", 2, &[1_i32.to_ne_bytes(), 2_i32.to_ne_bytes()]);
    let spoilt = |spoil: &dyn Fn(&mut Made)| {
        let mut made = batch(&[number()], rows(2, 0));
        spoil(&mut made);
        load(made, enishi_field::Attribute, "number", "number", &[]).unwrap_err()
    };
    // What is taken away here is put back by nobody: producers release by what they keep themselves.
    assert_eq!(spoilt(&|made| made.schema.children = null_mut()), "the batch: children are missing from its schema");
    assert_eq!(spoilt(&|made| made.array.children = null_mut()), "number: its array is missing");
    assert_eq!(spoilt(&|made| made.array.n_children = 2), "the batch: 2 children, but the schema names 1");
    assert_eq!(spoilt(&|made| made.array.n_children = -1), "the batch: n_children is -1");
    assert_eq!(spoilt(&|made| made.schema.n_children = -1), "the batch: n_children is -1");
    assert_eq!(spoilt(&|made| made.schema.format = null()), ": its schema has no format in UTF-8");
    // SAFETY: the children are live.
    let child = |spoil: unsafe fn(&mut ArrowArray)| spoilt(&|made| unsafe { spoil(&mut **made.array.children) });
    assert_eq!(child(|array| array.buffers = null_mut()), "number: it has no buffers");
    assert_eq!(child(|array| array.n_buffers = -1), "number: -1 buffers, where 2 are needed");
    let unaligned = |array: &mut ArrowArray| {
        array.offset = 0;
        // SAFETY: the buffer has room for three numbers.
        unsafe { *array.buffers.add(1) = (*array.buffers.add(1)).cast::<u8>().add(1).cast() };
    };
    let made = batch(&[column("number", "i", 1, &[[9, 7, 0, 0], [0; 4]])], rows(1, 0));
    // SAFETY: the children are live.
    unaligned(unsafe { &mut **made.array.children });
    // Seven on a little-endian machine.
    let answers = load(made, enishi_field::Attribute, "number", "number", &["number = 7"]).unwrap();
    assert_eq!(answers, [if cfg!(target_endian = "little") { vec![0] } else { vec![] }]);
}

#[test]
fn what_is_given_out_is_released_by_whoever_got_it() {
    let (mut schema, mut array) = arrow::given(vec![3, 5, 8]);
    assert_eq!((array.length, array.null_count, array.offset, array.n_buffers), (3, 0, 0, 2));
    // SAFETY: both live until they are released, here.
    unsafe {
        assert_eq!(CStr::from_ptr(schema.format), c"I");
        let numbers = (*array.buffers.add(1)).cast::<u32>();
        assert_eq!(core::slice::from_raw_parts(numbers, 3), [3, 5, 8]);
        array.release.unwrap()(&raw mut array);
        schema.release.unwrap()(&raw mut schema);
    }
    assert!(array.release.is_none() && schema.release.is_none());
}
