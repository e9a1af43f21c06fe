"""Asks a table of customers who is in a segment: a pyarrow table or a polars frame in, rows out as
an Arrow array or in NumPy. Nothing is copied on the way but into the population's own columns.

    ENISHI_LIB=target/release/libenishi.so python3 examples/bindings/arrow_table.py
"""

import ctypes
import datetime
import os
from pathlib import Path

import pyarrow as pa
from cffi import FFI

ffi = FFI()
ffi.cdef((Path(__file__).parents[2] / "include" / "enishi.h").read_text())
lib = ffi.dlopen(os.environ["ENISHI_LIB"])

PLAYBOOK = b"""
tags = ["VIP"]
[shop]
name = "shop"
zone = "Asia/Tokyo"
currency = "JPY"
[attributes]
gender = ["f", "m"]
birthday = "date"
"""
NOW = 1775012400000  # 2026-04-01T12:00 in Japan

# The column's name in the table, what it says of a customer, and the name that has.
MEANING = [
    ("customer", lib.ENISHI_FIELD_KEY, ""),
    ("gender", lib.ENISHI_FIELD_ATTRIBUTE, "gender"),
    ("birthday", lib.ENISHI_FIELD_ATTRIBUTE, "birthday"),
    ("vip", lib.ENISHI_FIELD_TAG, "VIP"),
    ("orders", lib.ENISHI_FIELD_ORDER_COUNT, ""),
    ("last_order", lib.ENISHI_FIELD_LAST_ORDER_AT, ""),
]


def call(function, *args):
    err = ffi.new("enishi_error **")
    if function(*args, err) != lib.ENISHI_STATUS_OK:
        message = ffi.string(lib.enishi_error_message(err[0])).decode()
        lib.enishi_error_free(err[0])
        raise ValueError(message)


def handle(kind, function, *args):
    place = ffi.new(f"enishi_{kind} **")
    call(function, *args, place)
    return ffi.gc(place[0], getattr(lib, f"enishi_{kind}_free"))


def moved(capsule, name):
    """The struct in a capsule of the Arrow PyCapsule interface, as cffi has pointers."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return ffi.cast("void *", pointer(capsule, name))


def population(batch):
    """A population of a record batch. What it lent is given back as soon as this returns."""
    schema, array = batch.__arrow_c_array__()
    pair = (moved(schema, b"arrow_schema"), moved(array, b"arrow_array"))
    lent = handle("batch", lib.enishi_batch_import, *pair)
    columns = handle("columns", lib.enishi_columns_new, lib.enishi_batch_rows(lent))
    for column, field, name in MEANING:
        column, name = column.encode(), name.encode()
        call(lib.enishi_columns_add_of_batch, columns, field, name, len(name), lent, column, len(column))
    return handle("population", lib.enishi_population_load, columns)


def select(people, playbook, expression):
    """The rows of those for whom the expression holds, as an Arrow array."""
    question = handle("predicate", compiled, playbook, expression.encode())
    selection = handle("selection", lib.enishi_population_select, people, question, NOW)
    schema, array = ffi.new("int64_t[9]"), ffi.new("int64_t[10]")  # the room the two structs take
    pair = (ffi.cast("struct ArrowSchema *", schema), ffi.cast("struct ArrowArray *", array))
    call(lib.enishi_selection_export, selection, *pair)
    address = lambda room: int(ffi.cast("uintptr_t", room))
    return pa.Array._import_from_c(address(array), address(schema))


def compiled(playbook, expression, place, err):
    return lib.enishi_predicate_compile(playbook, expression, len(expression), place, ffi.NULL, err)


def table():
    day = lambda days: datetime.datetime(2026, 4, 1, tzinfo=datetime.timezone.utc) - datetime.timedelta(days=days)
    return pa.table(
        {
            "customer": ["eccube:customer:1", "eccube:customer:2", "花子", "eccube:customer:4"],
            "gender": pa.array(["f", "m", None, "f"]).dictionary_encode(),
            "birthday": pa.array([datetime.date(1990, 5, 1), None, datetime.date(2001, 1, 31), None]),
            "vip": [True, False, None, True],
            "orders": pa.array([3, 0, 12, 1], pa.int16()),
            "last_order": pa.array([day(10), None, day(1), day(100)], pa.timestamp("us", "UTC")),
            "note": [{"not": "looked at"}] * 4,
        }
    )


def main():
    playbook = handle("playbook", playbook_of, PLAYBOOK)
    customers = table()
    batch = customers.combine_chunks().to_batches()[0]
    people = population(batch)
    for expression in ("orders.count >= 2", "tag 'VIP' and last order within 30d", "unknown birthday"):
        rows = select(people, playbook, expression)
        # NumPy looks at the very bytes the library gave.
        print(f"{expression}: {rows.to_numpy(zero_copy_only=True)} {customers['customer'].take(rows).to_pylist()}")
    # A slice is a batch with an offset.
    print("the last two:", select(population(batch.slice(2)), playbook, "gender = 'f'").to_pylist())
    try:
        population(batch.drop_columns(["vip"]))
    except ValueError as error:
        print("refused:", error)
    try:
        import polars
    except ImportError:
        print("polars is not installed")
        return
    frame = polars.from_arrow(customers.drop_columns(["gender"])).with_columns(gender=polars.lit("f"))
    # In its older layout, since the newer has texts in pieces.
    batch = frame.to_arrow(compat_level=polars.CompatLevel.oldest()).combine_chunks().to_batches()[0]
    print("polars:", select(population(batch), playbook, "gender = 'f' and orders.count >= 2").to_pylist())


def playbook_of(text, place, err):
    return lib.enishi_playbook_compile(text, len(text), place, ffi.NULL, err)


main()
