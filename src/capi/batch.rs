//! Columns that come by the Arrow C Data Interface.

use std::sync::Arc;

use super::arrow::{ArrowArray, ArrowSchema, Moved};
use super::arrow_batch::Batch;
use super::boundary::{call, quietly};
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::Out;

/// Columns of equal length, moved in from Arrow and read where they lie: a pyarrow RecordBatch, a
/// polars DataFrame, any struct array, or one column alone. Add its columns to an enishi_columns.
///
/// Owner: the caller; ended by enishi_batch_free. What Arrow gave is released when this and every
/// enishi_columns with a column of it are ended, on the thread that ends the last of them.
/// Borrowed from it: nothing.
/// Threads: any; several may use it at once.
/// After fork: both processes may go on using it if the producer's memory allows it.
pub struct enishi_batch {
    pub(super) batch: Arc<Batch>,
}

impl Handle for enishi_batch {
    const NAME: &'static str = "batch";
}

const _: () = may_be_read_by_several::<enishi_batch>();

/// Takes in an array and its schema. Both are moved: whether it succeeds or not, they are the
/// library's to release from here on, and marked as released where they stood.
///
/// Its columns may be bool, integers, float64, utf8, large_utf8, date32, timestamps with a time
/// zone, utf8 by dictionary, and for keys fixed_size_binary(16), all with nulls and offsets. One of
/// another type is refused when it is added to an enishi_columns; cast it before.
///
/// # Safety
/// `schema` and `array` are NULL or lead to structs that keep to the specification of the Arrow C
/// Data Interface, buffers as long as they say among it; the other pointers are NULL or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_batch_import(
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    out: *mut *mut enishi_batch,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let (schema, array) = (Moved::take(schema), Moved::take(array));
            let out = Out::required(out, "out")?;
            let schema = schema.ok_or_else(|| Failure::null("a schema, or one that was released,"))?;
            let array = array.ok_or_else(|| Failure::null("an array, or one that was released,"))?;
            let batch = Arc::new(Batch::new(&schema, array)?);
            out.write(enishi_batch { batch }.into_raw());
            Ok(())
        })
    }
}

/// How many rows it has; 0 when `batch` is NULL.
///
/// # Safety
/// `batch` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_batch_rows(batch: *const enishi_batch) -> usize {
    // SAFETY: the caller's promise above is the one `borrow_if_any` asks for.
    quietly(0, || unsafe { enishi_batch::borrow_if_any(batch) }.map_or(0, |batch| batch.batch.rows()))
}

/// Ends a batch; NULL is taken too.
///
/// # Safety
/// `batch` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_batch_free(batch: *mut enishi_batch) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_batch::free(batch) });
}
