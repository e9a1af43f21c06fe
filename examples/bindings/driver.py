"""Drives the library from Python with cffi, one function for each thing it can do.

Reads a tape: lines "op TAB length TAB length ...", each followed by that many bytes of arguments and
a newline. Prints what came of each op. The drivers in C and PHP print the same bytes.

    ENISHI_LIB=target/debug/libenishi.so python3 examples/bindings/driver.py tape
"""

import os
import sys
from array import array
from pathlib import Path

from cffi import FFI

ffi = FFI()
ffi.cdef((Path(__file__).parents[2] / "include" / "enishi.h").read_text())
lib = ffi.dlopen(os.environ["ENISHI_LIB"])
assert lib.enishi_abi_min() <= 1 <= lib.enishi_abi_version(), "this library has another ABI"

out = sys.stdout.buffer


class Failed(Exception):
    """A call that failed; what went wrong is printed already."""


def say(label, value):
    out.write(b"  " + label.encode() + b": " + (value if isinstance(value, bytes) else str(value).encode()) + b"\n")


def call(function, *args):
    """Every call goes through here: on failure `err` holds the details, and is ours to free."""
    err = ffi.new("enishi_error **")
    status = function(*args, err)
    say("status", status)
    if status != lib.ENISHI_STATUS_OK:
        message = ffi.string(lib.enishi_error_message(err[0]))
        say("error", b"%d " % lib.enishi_error_code(err[0]) + message)
        lib.enishi_error_free(err[0])
        raise Failed


def handle(kind, function, *args):
    """A new handle, which Python frees when nobody holds it any longer."""
    place = ffi.new(f"enishi_{kind} **")
    call(function, *args, place)
    return owned(kind, place[0])


def owned(kind, pointer):
    return ffi.gc(pointer, getattr(lib, f"enishi_{kind}_free")) if pointer else None


def text(function, *args):
    """Text the library made."""
    buf = ffi.new("enishi_buf *")
    try:
        call(function, *args, buf)
        return bytes(ffi.buffer(buf.ptr, buf.len))
    finally:
        lib.enishi_buf_free(buf)


def value(kind, function, *args):
    place = ffi.new(kind + " *")
    call(function, *args, place)
    return place[0]


def say_instant(function, of):
    at, any_ = ffi.new("int64_t *"), ffi.new("bool *")
    call(function, of, at, any_)
    say("any", yes(any_[0]))
    say("at", at[0])


def yes(flag):
    return "yes" if flag else "no"


def or_null(it):
    return ffi.NULL if it is None else it


class Driver:
    def __init__(self):
        self.book = self.ring = self.shop = self.person = None
        self.now = -(2**63)

    def playbook(self, source):
        self.book = None
        place, diagnostics = ffi.new("enishi_playbook **"), ffi.new("enishi_buf *")
        try:
            call(lib.enishi_playbook_compile, source, len(source), place, diagnostics)
            self.book = owned("playbook", place[0])
            say("hash", ffi.string(lib.enishi_playbook_hash(self.book)))
        except Failed:
            say("diagnostics", bytes(ffi.buffer(diagnostics.ptr, diagnostics.len)))
            lib.enishi_buf_free(diagnostics)

    def keys(self, number, secret):
        self.ring = None
        self.ring = handle("keys", lib.enishi_keys_new, int(number), secret, len(secret))

    def retire(self, number, secret):
        call(lib.enishi_keys_add_retired, or_null(self.ring), int(number), secret, len(secret))

    def engine(self, with_keys):
        self.shop, self.now = None, -(2**63)
        ring = or_null(self.ring) if with_keys == b"keys" else ffi.NULL
        self.shop = handle("engine", lib.enishi_engine_new, or_null(self.book), ring)

    def record(self, now, event):
        is_new = value("bool", lib.enishi_engine_record, or_null(self.shop), event, len(event), int(now))
        self.now = int(now)
        say("new", yes(is_new))

    def _advance(self, now):
        woken = value("size_t", lib.enishi_engine_advance, or_null(self.shop), now)
        self.now = now
        return woken

    def advance(self, now):
        say("woken", self._advance(int(now)))

    def play(self, until):
        """Lives through every wake-up until then, as a host that never sleeps would."""
        woken, until = 0, int(until)
        at, any_ = ffi.new("int64_t *"), ffi.new("bool *")
        while True:
            call(lib.enishi_engine_next_wake, or_null(self.shop), at, any_)
            if not any_[0] or at[0] > until:
                break
            woken += self._advance(max(at[0], self.now))
        say("woken", woken + self._advance(until))

    def next_wake(self):
        say_instant(lib.enishi_engine_next_wake, or_null(self.shop))

    def next_send(self):
        say_instant(lib.enishi_engine_next_send, or_null(self.shop))

    def decisions(self):
        say("decisions", text(lib.enishi_engine_take_decisions, or_null(self.shop)))

    def matches(self, friend, segment):
        args = (friend, len(friend), segment, len(segment))
        say("inside", yes(value("bool", lib.enishi_engine_matches, or_null(self.shop), *args)))

    def deliver(self, now, status, headers, body):
        """Takes one request; here a real host would send it. Then feeds what LINE answered."""
        delivery = handle("delivery", lib.enishi_engine_next_delivery, or_null(self.shop), int(now))
        if delivery is None:
            out.write(b"  nothing to send\n")
            return
        method, path, key, body_sent = (
            ffi.string(getattr(lib, f"enishi_delivery_{part}")(delivery, ffi.NULL))
            for part in ("method", "path", "retry_key", "body")
        )
        say("request", method + b" " + path)
        say("retry key", key)
        say("body", body_sent)
        if status != b"lost":
            answer = (int(status), headers, len(headers), body, len(body))
            say("fate", text(lib.enishi_engine_feed_result, or_null(self.shop), delivery, int(now), *answer))

    def tally(self):
        say("tally", text(lib.enishi_engine_tally, or_null(self.shop)))

    def reload(self):
        """Ends the engine and goes on with what was kept of it, as another process would."""
        snapshot = text(lib.enishi_engine_snapshot, or_null(self.shop))
        self.shop = None
        args = (or_null(self.book), or_null(self.ring), snapshot, len(snapshot))
        self.shop = handle("engine", lib.enishi_engine_restore, *args)
        say("snapshot", snapshot)

    def code(self, coupon, friend, nth):
        say("code", text(lib.enishi_code_issue, or_null(self.ring), coupon, len(coupon), int(friend), int(nth)))

    def verify(self, typed):
        say("verified", text(lib.enishi_code_verify, or_null(self.ring), or_null(self.book), typed, len(typed)))

    def friend(self, key, number):
        self.person = None
        self.person = handle("friend", lib.enishi_friend_new, key, len(key), int(number))

    def step(self, now, event):
        args = (or_null(self.person), or_null(self.book), or_null(self.ring), event, len(event), int(now))
        say("effects", text(lib.enishi_friend_step, *args))
        say_instant(lib.enishi_friend_next_wake, self.person)

    def reload_friend(self):
        """What a request of a web server does between two events: save the row, load the row."""
        state = text(lib.enishi_friend_save, or_null(self.person))
        self.person = handle("friend", lib.enishi_friend_load, state, len(state))
        say("state", state)

    def inside(self, segment, now):
        args = (or_null(self.person), or_null(self.book), segment, len(segment), int(now))
        say("inside", yes(value("bool", lib.enishi_friend_matches, *args)))

    def webhook(self, secret, body, signature):
        call(lib.enishi_webhook_verify, secret, len(secret), body, len(body), signature, len(signature))
        say("events", text(lib.enishi_webhook_events, body, len(body)))

    def rfm(self, as_of, zone, scale, bins, recency, customers, times, amounts):
        """The columns go in as they lie on the tape; an array or NumPy's would do as well."""
        options = handle("rfm_options", lib.enishi_rfm_options_new, int(as_of), zone, len(zone))
        call(lib.enishi_rfm_options_set_scale, options, int(scale), int(bins))
        call(lib.enishi_rfm_options_set_recency, options, int(recency))
        columns = [ffi.from_buffer(column) for column in (customers, times, amounts)]
        rfm = handle("rfm", lib.enishi_rfm_measure, options, *columns, len(customers) // 4)
        count = value("size_t", lib.enishi_rfm_customers, rfm, ffi.NULL, 0)
        numbers, scores = array("I", bytes(4 * count)), bytearray(3 * count)
        value("size_t", lib.enishi_rfm_customers, rfm, ffi.from_buffer(numbers), count)
        value("size_t", lib.enishi_rfm_scores, rfm, ffi.from_buffer(scores), count)
        summary = text(lib.enishi_rfm_summary, rfm)
        for i, number in enumerate(numbers):
            say(f"customer {number}", "%d %d %d" % tuple(scores[3 * i : 3 * i + 3]))
        say("summary", summary)


def main():
    tape, at, driver = Path(sys.argv[1]).read_bytes(), 0, Driver()
    while at < len(tape):
        end = tape.index(b"\n", at)
        op, *lengths = tape[at:end].decode().split("\t")
        at, args = end + 1, []
        for length in map(int, lengths):
            args.append(tape[at : at + length])
            at += length
        at += 1
        out.write(op.encode() + b"\n")
        try:
            getattr(driver, op)(*args)
        except Failed:
            pass


main()
