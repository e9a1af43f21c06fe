"""Drives the library from Python with cffi, one function for each thing it can do.

Reads a tape: lines "op TAB length TAB length ...", each followed by that many bytes of arguments and
a newline. Prints what came of each op. The drivers in C and PHP print the same bytes.

    ENISHI_LIB=target/debug/libenishi.so python3 examples/bindings/driver.py tape
"""

import json
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


def compiled(kind, *args):
    """A handle made of text that may have faults; None when it has."""
    place, diagnostics = ffi.new(f"enishi_{kind} **"), ffi.new("enishi_buf *")
    try:
        call(getattr(lib, f"enishi_{kind}_compile"), *args, place, diagnostics)
        return owned(kind, place[0])
    except Failed:
        say("diagnostics", bytes(ffi.buffer(diagnostics.ptr, diagnostics.len)))
        lib.enishi_buf_free(diagnostics)


def say_instant(function, *args):
    at, any_ = ffi.new("int64_t *"), ffi.new("bool *")
    call(function, *args, at, any_)
    say("any", yes(any_[0]))
    say("at", at[0])


def yes(flag):
    return "yes" if flag else "no"


def or_null(it):
    return ffi.NULL if it is None else it


class Driver:
    def __init__(self):
        self.book = self.ring = self.shop = self.person = self.question = None
        self.table = self.people = None
        self.uses_kept = None  # the ledger
        self.taken = b""  # by the last quote
        self.told = None  # what all friends share
        self.chosen = [None, None]  # the last selection, and the one before it
        self.kept = b""  # what was decided, as a host would keep it: one JSON object on each line
        self.now = -(2**63)

    def playbook(self, source):
        self.book = None
        self.book = compiled("playbook", source, len(source))
        if self.book:
            say("hash", ffi.string(lib.enishi_playbook_hash(self.book)))

    def adopt(self, source):
        """Another playbook while runs go on by the one there is."""
        before = self.book
        self.playbook(source)
        if self.book:
            edited, self.book = self.book, None
            self.book = handle("playbook", lib.enishi_playbook_following, edited, or_null(before))
            say("hash", ffi.string(lib.enishi_playbook_hash(self.book)))
            call(lib.enishi_engine_adopt, or_null(self.shop), self.book)

    def presets(self):
        say("presets", text(lib.enishi_presets))

    def budget(self):
        messages, any_ = ffi.new("int64_t *"), ffi.new("bool *")
        call(lib.enishi_playbook_messages_within_budget, or_null(self.book), messages, any_)
        say("any", yes(any_[0]))
        say("messages", messages[0])

    def learn(self, least_gaps):
        """What the friends teach, as lines for a playbook."""
        say("best hour", text(lib.enishi_engine_best_hour, or_null(self.shop)))
        say("cycles", text(lib.enishi_engine_cycles, or_null(self.shop), int(least_gaps)))

    def hygiene(self, now):
        """By the rules alone, with the friends as columns tell them, and with all an engine knows of them."""
        book, people = or_null(self.book), or_null(self.people)
        say("rules", text(lib.enishi_playbook_hygiene, book))
        say("columns", text(lib.enishi_population_hygiene, people, book, int(now)))
        say("friends", text(lib.enishi_engine_hygiene, or_null(self.shop), people))

    def _say_question(self):
        say("text", text(lib.enishi_predicate_text, self.question))
        say("json", text(lib.enishi_predicate_json, self.question))

    def segment(self, name):
        self.question = None
        self.question = handle("predicate", lib.enishi_predicate_of_segment, or_null(self.book), name, len(name))
        self._say_question()

    def ask(self, expression):
        self.question = None
        self.question = compiled("predicate", or_null(self.book), expression, len(expression))
        if self.question:
            self._say_question()

    def ask_engine(self, friend):
        args = (or_null(self.shop), friend, len(friend), or_null(self.question))
        say("inside", yes(value("bool", lib.enishi_engine_matches, *args)))
        say("why", text(lib.enishi_engine_explain, *args))
        say_instant(lib.enishi_engine_next_change, *args)

    def ask_friend(self, now):
        args = (or_null(self.person), or_null(self.question), int(now))
        say("inside", yes(value("bool", lib.enishi_friend_matches, *args)))
        say("why", text(lib.enishi_friend_explain, *args))
        say_instant(lib.enishi_friend_next_change, *args)

    def keys(self, number, secret):
        self.ring = None
        self.ring = handle("keys", lib.enishi_keys_new, int(number), secret, len(secret))

    def retire(self, number, secret):
        call(lib.enishi_keys_add_retired, or_null(self.ring), int(number), secret, len(secret))

    def engine(self, with_keys):
        self.shop, self.now, self.kept = None, -(2**63), b""
        ring = or_null(self.ring) if with_keys == b"keys" else ffi.NULL
        self.shop = handle("engine", lib.enishi_engine_new, or_null(self.book), ring)

    def stock(self, product, pieces):
        call(lib.enishi_engine_set_stock, or_null(self.shop), product, len(product), int(pieces))

    def quota(self, left):
        """So many messages are left, or with nothing said, enough."""
        if left:
            call(lib.enishi_engine_set_quota, or_null(self.shop), int(left))
        else:
            call(lib.enishi_engine_lift_quota, or_null(self.shop))

    def new_shop(self):
        self.told = None
        self.told = handle("shop", lib.enishi_shop_new)

    def shop_stock(self, product, pieces):
        call(lib.enishi_shop_set_stock, or_null(self.told), product, len(product), int(pieces))

    def shop_quota(self, left):
        if left:
            call(lib.enishi_shop_set_quota, or_null(self.told), int(left))
        else:
            call(lib.enishi_shop_lift_quota, or_null(self.told))

    def tell(self):
        call(lib.enishi_engine_tell, or_null(self.shop), or_null(self.told))

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
        lines = text(lib.enishi_engine_take_decisions, or_null(self.shop))
        self.kept += lines
        say("decisions", lines)

    def log(self, lines):
        self.kept = lines

    def why(self, friend, scenario, step):
        """Of a friend, a scenario and a step, or with no step the whole scenario."""
        args = (friend, len(friend), scenario, len(scenario), step, len(step), self.kept, len(self.kept))
        say("why", text(lib.enishi_engine_why, or_null(self.shop), *args))

    def why_friend(self, now, scenario, step):
        args = (scenario, len(scenario), step, len(step), self.kept, len(self.kept), int(now))
        say("why", text(lib.enishi_friend_why, or_null(self.person), or_null(self.book), *args))

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

    def hand_over(self, now):
        """Takes one thing to do; a real host would do it, and remember its key."""
        say("handover", text(lib.enishi_engine_next_handover, or_null(self.shop), int(now)))

    def confirm(self, key):
        say("open", yes(value("bool", lib.enishi_engine_confirm, or_null(self.shop), key, len(key))))

    def tally(self):
        say("tally", text(lib.enishi_engine_tally, or_null(self.shop)))

    def reload(self):
        """Ends the engine and goes on with what was kept of it, as another process would."""
        snapshot = text(lib.enishi_engine_snapshot, or_null(self.shop))
        self.shop = None
        args = (or_null(self.book), or_null(self.ring), snapshot, len(snapshot))
        self.shop = handle("engine", lib.enishi_engine_restore, *args)
        say("snapshot", snapshot.hex())

    def code(self, coupon, friend, nth):
        say("code", text(lib.enishi_code_issue, or_null(self.ring), coupon, len(coupon), int(friend), int(nth)))

    def verify(self, typed):
        say("verified", text(lib.enishi_code_verify, or_null(self.ring), or_null(self.book), typed, len(typed)))

    def quote(self, who, now, basket, codes):
        """Of the friend held here, or of a guest."""
        person = or_null(self.person) if who == b"friend" else ffi.NULL
        rules = (or_null(self.book), or_null(self.ring), or_null(self.uses_kept))
        args = (basket, len(basket), codes, len(codes), int(now))
        self.say_quote(text(lib.enishi_quote, *rules, person, *args))

    def engine_quote(self, friend, now, basket, codes):
        """Of a friend in the engine, or with no key of a guest."""
        args = (friend, len(friend), basket, len(basket), codes, len(codes), int(now))
        self.say_quote(text(lib.enishi_engine_quote, or_null(self.shop), or_null(self.uses_kept), *args))

    def say_quote(self, quote):
        """And keeps the coupons it took."""
        self.taken = json.dumps(json.loads(quote)["taken"]).encode()
        say("quote", quote)

    def margin(self, goods):
        say("checked", text(lib.enishi_margin_check, or_null(self.book), goods, len(goods)))

    def ledger(self, where):
        """In memory, the one in the file beside the tape, or none."""
        self.uses_kept = None
        if where == b"none":
            return
        if where == b"file":
            path = (sys.argv[1] + ".ledger").encode()
            self.uses_kept = handle("ledger", lib.enishi_ledger_open, or_null(self.book), path, len(path))
        else:
            self.uses_kept = handle("ledger", lib.enishi_ledger_new)

    def issue(self, now, coupon, code, until):
        args = (or_null(self.book), or_null(self.ring), coupon, len(coupon), code, len(code), int(until), int(now))
        say("answer", text(lib.enishi_ledger_issue, or_null(self.uses_kept), *args))

    def reserve(self, now, until, request):
        args = (or_null(self.book), or_null(self.ring), request, len(request), int(until), int(now))
        say("answer", text(lib.enishi_ledger_reserve, or_null(self.uses_kept), *args))

    def redeem(self, now, coupon, checkout, order):
        args = (coupon, len(coupon), checkout, len(checkout), order, len(order), int(now))
        say("answer", text(lib.enishi_ledger_redeem, or_null(self.uses_kept), or_null(self.book), *args))

    def reserve_all(self, now, until, checkout, friend, taken):
        """What the last quote took, or with something said, that."""
        taken = taken or self.taken
        rules = (or_null(self.uses_kept), or_null(self.book), or_null(self.ring))
        args = (taken, len(taken), checkout, len(checkout), int(friend), int(until), int(now))
        say("answer", text(lib.enishi_ledger_reserve_all, *rules, *args))

    def redeem_all(self, now, checkout, order):
        args = (checkout, len(checkout), order, len(order), int(now))
        say("answer", text(lib.enishi_ledger_redeem_all, or_null(self.uses_kept), or_null(self.book), *args))

    def release_all(self, now, checkout):
        call(lib.enishi_ledger_release_all, or_null(self.uses_kept), checkout, len(checkout), int(now))

    def release(self, now, coupon, checkout):
        args = (coupon, len(coupon), checkout, len(checkout), int(now))
        call(lib.enishi_ledger_release, or_null(self.uses_kept), *args)

    def roll_back(self, now, order, refunded, whole):
        args = (order, len(order), int(refunded), int(whole), int(now))
        say("answer", text(lib.enishi_ledger_roll_back, or_null(self.uses_kept), *args))

    def revoke(self, now, coupon, code):
        call(lib.enishi_ledger_revoke, or_null(self.uses_kept), coupon, len(coupon), code, len(code), int(now))

    def merge(self, now, gone, into):
        call(lib.enishi_ledger_merge, or_null(self.uses_kept), int(gone), int(into), int(now))

    def ask_ledger(self, now):
        call(lib.enishi_shop_ask_ledger, or_null(self.told), or_null(self.book), or_null(self.uses_kept), int(now))

    def post_entries(self, now, entries):
        """Those of the last step where none are told."""
        entries = entries or json.dumps(self.entries, ensure_ascii=False).encode()
        call(lib.enishi_ledger_post, or_null(self.uses_kept), or_null(self.book), entries, len(entries), int(now))

    def post(self, now):
        call(lib.enishi_engine_post, or_null(self.shop), or_null(self.uses_kept), int(now))

    def numbers(self, now, coupon, count):
        args = (coupon, len(coupon), int(count), int(now))
        say("first", value("uint32_t", lib.enishi_ledger_take_numbers, or_null(self.uses_kept), *args))

    def results(self, now, coupon, books):
        args = (coupon, len(coupon), books, len(books), int(now))
        say("results", text(lib.enishi_engine_coupon_results, or_null(self.shop), or_null(self.uses_kept), *args))

    def holdout(self, now, scenario, days):
        args = (scenario, len(scenario), int(days), int(now))
        say("holdout", text(lib.enishi_engine_holdout, or_null(self.shop), *args))

    def uses(self, now, coupon, friend, code):
        args = (coupon, len(coupon), int(friend), code, len(code), int(now))
        say("uses", text(lib.enishi_ledger_uses, or_null(self.uses_kept), *args))

    def expire(self, now):
        say("lapsed", value("size_t", lib.enishi_ledger_expire, or_null(self.uses_kept), int(now)))

    def batch(self, coupon, first, count):
        args = (coupon, len(coupon), int(first), int(count))
        say("codes", text(lib.enishi_code_batch, or_null(self.ring), *args))

    def friend(self, key, number):
        self.person = None
        self.person = handle("friend", lib.enishi_friend_new, key, len(key), int(number))

    def step(self, now, event):
        rules = (or_null(self.book), or_null(self.ring), or_null(self.told))
        effects = text(lib.enishi_friend_step, or_null(self.person), *rules, event, len(event), int(now))
        self.entries = json.loads(effects)["ledger"]
        say("effects", effects)
        say_instant(lib.enishi_friend_next_wake, self.person)

    def reload_friend(self):
        """What a request of a web server does between two events: save the row, load the row."""
        state = text(lib.enishi_friend_save, or_null(self.person))
        self.person = handle("friend", lib.enishi_friend_load, state, len(state))
        say("state", state)

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

    def columns(self, rows):
        self.table = None
        self.table = handle("columns", lib.enishi_columns_new, int(rows))

    def add(self, field, name, layout, values):
        args = (int(field), name, len(name), int(layout), values, len(values))
        call(lib.enishi_columns_add, or_null(self.table), *args)

    def add_texts(self, field, name, layout, offsets, texts):
        args = (int(field), name, len(name), int(layout), offsets, len(offsets), texts, len(texts))
        call(lib.enishi_columns_add_texts, or_null(self.table), *args)

    def add_choices(self, field, name, code_layout, codes, offset_layout, offsets, texts):
        packed = (int(code_layout), codes, len(codes), int(offset_layout), offsets, len(offsets), texts, len(texts))
        call(lib.enishi_columns_add_choices, or_null(self.table), int(field), name, len(name), *packed)

    def known(self, bits, offset):
        call(lib.enishi_columns_set_known, or_null(self.table), bits, len(bits), int(offset))

    def _say_size(self):
        say("friends", lib.enishi_population_len(self.people))
        say("rows", lib.enishi_population_rows(self.people))

    def load(self):
        self.people = None
        self.people = handle("population", lib.enishi_population_load, or_null(self.table))
        self._say_size()

    def append(self):
        call(lib.enishi_population_append, or_null(self.people), or_null(self.table))
        self._say_size()

    def of_engine(self):
        self.people = None
        self.people = handle("population", lib.enishi_population_of_engine, or_null(self.shop))
        self._say_size()

    def put(self):
        say("row", value("uint32_t", lib.enishi_population_put, or_null(self.people), or_null(self.person)))
        self._say_size()

    def put_of_engine(self, friend):
        args = (or_null(self.people), or_null(self.shop), friend, len(friend))
        say("row", value("uint32_t", lib.enishi_population_put_of_engine, *args))
        self._say_size()

    def remove(self, row):
        call(lib.enishi_population_remove, or_null(self.people), int(row))
        self._say_size()

    def find(self, key):
        row = value("uint32_t", lib.enishi_population_row, or_null(self.people), key, len(key))
        say("row", row)
        self.key(row)

    def key(self, row):
        say("key", text(lib.enishi_population_key, or_null(self.people), int(row)))

    def _choose(self, function, *args):
        """Keeps a new selection and the last one, and shows the rows of the new one."""
        selection = handle("selection", function, *args)
        self.chosen = [selection, self.chosen[0]]
        count = lib.enishi_selection_count(selection)
        say("count", count)
        rows = array("I", bytes(4 * count))
        value("size_t", lib.enishi_selection_ids, selection, ffi.from_buffer(rows), count)
        say("ids", " ".join(map(str, rows)))

    def select(self, now):
        self._choose(lib.enishi_population_select, or_null(self.people), or_null(self.question), int(now))

    def engine_select(self):
        self._choose(lib.enishi_engine_select, or_null(self.shop), or_null(self.people), or_null(self.question))

    def everyone(self):
        self._choose(lib.enishi_population_everyone, or_null(self.people))

    def pick(self, rows):
        self._choose(lib.enishi_population_pick, or_null(self.people), rows, len(rows) // 4)

    def join(self, how):
        last, before = self.chosen
        self._choose(getattr(lib, f"enishi_selection_{how.decode()}"), or_null(before), or_null(last))

    def plan(self, now):
        say("plan", text(lib.enishi_population_plan, or_null(self.people), or_null(self.question), int(now)))

    def arrow(self, attribute):
        """The last selection goes out as an Arrow array and comes back as a batch of one column.

        The structs only pass by: no room is needed but theirs, of nine and of ten words.
        """
        room = ffi.new("int64_t[9]"), ffi.new("int64_t[10]")
        pair = ffi.cast("struct ArrowSchema *", room[0]), ffi.cast("struct ArrowArray *", room[1])
        call(lib.enishi_selection_export, or_null(self.chosen[0]), *pair)
        batch = handle("batch", lib.enishi_batch_import, *pair)
        rows = lib.enishi_batch_rows(batch)
        say("rows", rows)
        self.columns(rows)
        args = (lib.ENISHI_FIELD_ATTRIBUTE, attribute, len(attribute), batch, b"", 0)
        call(lib.enishi_columns_add_of_batch, self.table, *args)
        del batch  # The column keeps what it needs of it.
        self.load()


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
