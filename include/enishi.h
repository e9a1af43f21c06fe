// The C ABI of enishi, the CRM engine for shops that talk to their customers on LINE.
//
// Plain declarations: PHP loads this file with FFI::cdef(file_get_contents("enishi.h"), ...), Python
// with ffi.cdef(open("enishi.h").read()). C and C++ programs include enishi_c.h instead, which adds
// the guard, the standard headers and extern "C".
//
// Calls. A function that can fail returns an int32_t: 0, or one of enishi_status. Its last parameter
// `err` may be NULL; else, on failure only, `*err` gets an error to be ended with enishi_error_free.
// What is written through other pointers is written on success only, unless said otherwise, and
// without a look at what stood there: what was there before must have been ended before.
// Text. In: a pointer and a length, UTF-8, no NUL needed; NULL with length 0 is empty. Out: an
// enishi_buf, to be ended with enishi_buf_free, or a borrowed `const char *`; both have a NUL at
// their end as well, and no NUL inside.
// Columns. In: packed numbers in the machine's byte order, at any address, as PHP's pack and NumPy make
// them; they are copied, or read before the call returns, so that the host may forget them at once. Or
// by the Arrow C Data Interface: then they are moved to the library and read where they lie. Out: into a
// buffer of the caller's, or as an Arrow array that is the caller's to release.
// Time. An argument, in milliseconds since 1970-01-01T00:00Z; the library has no clock.
// Handles. Whoever got one through `out` ends it with the _free of its type, once. _free takes NULL,
// no other function does unless it says so.
// Threads. The library starts none, keeps no state of its own and calls nothing back.
// Defects. No panic leaves a call: ENISHI_STATUS_PANIC tells of it, and a handle that was being
// changed then answers ENISHI_STATUS_POISONED to all but its _free.

// Made from src/capi by cbindgen; not to be edited.


// The structs of the Arrow C Data Interface (arrow.apache.org), which every producer declares.
struct ArrowSchema;
struct ArrowArray;

// What a call came to. Functions give it as int32_t. Numbers never change their meaning; new ones
// may come, so treat any that is not 0 as an error.
typedef enum enishi_status {
  // It was done.
  ENISHI_STATUS_OK = 0,
  // A pointer that must lead somewhere is NULL.
  ENISHI_STATUS_NULL_POINTER = 10,
  // Text is not UTF-8.
  ENISHI_STATUS_INVALID_UTF8 = 11,
  // A number, name or length that cannot be.
  ENISHI_STATUS_INVALID_ARGUMENT = 12,
  // The caller's buffer is smaller than what goes into it; nothing was written but the count.
  ENISHI_STATUS_BUFFER_TOO_SMALL = 13,
  // The playbook has faults; all of them are in the diagnostics.
  ENISHI_STATUS_INVALID_PLAYBOOK = 20,
  // Not the JSON of an event.
  ENISHI_STATUS_INVALID_EVENT = 21,
  // Not a snapshot, a friend's state or decisions as this version of the library gives them.
  ENISHI_STATUS_INVALID_STATE = 22,
  // Not the body of a webhook.
  ENISHI_STATUS_INVALID_WEBHOOK = 23,
  // Columns that are no table of orders or friends.
  ENISHI_STATUS_INVALID_COLUMNS = 24,
  // The expression has faults; all of them are in the diagnostics.
  ENISHI_STATUS_INVALID_EXPRESSION = 25,
  // Not the JSON of a basket, or one that no coupon can be reckoned on.
  ENISHI_STATUS_INVALID_BASKET = 26,
  // The event does not fit the playbook.
  ENISHI_STATUS_EVENT_REFUSED = 30,
  // A time before one that was told already.
  ENISHI_STATUS_TIME_WENT_BACK = 31,
  // The playbook issues coupons, and there are no keys.
  ENISHI_STATUS_KEYS_MISSING = 32,
  // Every number a friend can have is given.
  ENISHI_STATUS_FULL = 33,
  // No segment, scenario, step, coupon or friend of this name.
  ENISHI_STATUS_UNKNOWN_NAME = 40,
  // The text is no coupon code of this shop.
  ENISHI_STATUS_CODE_REFUSED = 41,
  // LINE did not sign these bytes with this secret.
  ENISHI_STATUS_SIGNATURE_MISMATCH = 42,
  // There is no such row, or it was removed.
  ENISHI_STATUS_UNKNOWN_ROW = 43,
  // A question that the columns of a population do not answer.
  ENISHI_STATUS_UNANSWERED = 44,
  // The holder of a ledger failed: nothing was changed, and it may be tried again.
  ENISHI_STATUS_LEDGER_FAILED = 50,
  // An earlier call on this handle ended in ENISHI_STATUS_PANIC; free it.
  ENISHI_STATUS_POISONED = 90,
  // A defect of the library. Please report the message.
  ENISHI_STATUS_PANIC = 91,
} enishi_status;

// What a column says of a friend. `name` is empty where nothing is said of it.
typedef enum enishi_field {
  // The host's key: texts, or ENISHI_LAYOUT_LINE_USERS.
  ENISHI_FIELD_KEY = 1,
  // The attribute `name`: numbers, bits, days or texts.
  ENISHI_FIELD_ATTRIBUTE = 2,
  // Has the tag `name`: bits, or bytes of 0 and 1. Not known means no.
  ENISHI_FIELD_TAG = 3,
  // Has each of several tags: whole numbers. `name` is their names with line feeds between them,
  // the lowest bit's first.
  ENISHI_FIELD_TAGS = 4,
  // Follows on LINE: bits, or bytes of 0 and 1. Not known means no.
  ENISHI_FIELD_FOLLOWING = 5,
  // Blocked or left on LINE: as before.
  ENISHI_FIELD_BLOCKED = 6,
  // When the account was linked with the shop's membership: instants.
  ENISHI_FIELD_LINKED_AT = 7,
  // The route of the first follow: texts.
  ENISHI_FIELD_ROUTE = 8,
  // The first follow: instants.
  ENISHI_FIELD_FIRST_FOLLOWED_AT = 9,
  // How many orders count: whole numbers, all known.
  ENISHI_FIELD_ORDER_COUNT = 10,
  // What they came to, in minor units of the shop's currency: whole numbers, all known.
  ENISHI_FIELD_ORDER_TOTAL = 11,
  // When the first of them was placed: instants.
  ENISHI_FIELD_FIRST_ORDER_AT = 12,
  // When the last of them was placed: instants.
  ENISHI_FIELD_LAST_ORDER_AT = 13,
} enishi_field;

// How values are packed: one after another in the machine's byte order, at any address.
typedef enum enishi_layout {
  // Yes and no, eight a byte from the lowest bit on.
  ENISHI_LAYOUT_BITS = 1,
  // uint8_t.
  ENISHI_LAYOUT_U8 = 2,
  // uint16_t.
  ENISHI_LAYOUT_U16 = 3,
  // uint32_t.
  ENISHI_LAYOUT_U32 = 4,
  // int32_t.
  ENISHI_LAYOUT_I32 = 5,
  // int64_t.
  ENISHI_LAYOUT_I64 = 6,
  // double; each is taken for the shortest decimal that reads back as it.
  ENISHI_LAYOUT_F64 = 7,
  // Dates: int32_t, days since 1970-01-01.
  ENISHI_LAYOUT_DAYS = 8,
  // Instants: int64_t, seconds since 1970-01-01T00:00Z.
  ENISHI_LAYOUT_SECONDS = 9,
  // Instants: int64_t, milliseconds.
  ENISHI_LAYOUT_MILLISECONDS = 10,
  // Instants: int64_t, microseconds.
  ENISHI_LAYOUT_MICROSECONDS = 11,
  // Instants: int64_t, nanoseconds.
  ENISHI_LAYOUT_NANOSECONDS = 12,
  // The sixteen bytes of a LINE user id: the key is "U" and their 32 hexadecimal digits.
  ENISHI_LAYOUT_LINE_USERS = 13,
} enishi_layout;

// How a measure becomes a score.
typedef enum enishi_rfm_scale {
  // Quantiles of the values: equal values get equal scores.
  ENISHI_RFM_SCALE_QUANTILE = 1,
  // Groups of equal size, as NTILE of SQL makes them: ties are parted by the customer's number.
  ENISHI_RFM_SCALE_NTILE = 2,
} enishi_rfm_scale;

// How the days since the last order are counted.
typedef enum enishi_rfm_recency {
  // Between the shop's dates: an order late yesterday is one day ago.
  ENISHI_RFM_RECENCY_LOCAL_DATES = 1,
  // In whole periods of 24 hours.
  ENISHI_RFM_RECENCY_ELAPSED_DAYS = 2,
} enishi_rfm_recency;

// Columns of equal length, moved in from Arrow and read where they lie: a pyarrow RecordBatch, a
// polars DataFrame, any struct array, or one column alone. Add its columns to an enishi_columns.
//
// Owner: the caller; ended by enishi_batch_free. What Arrow gave is released when this and every
// enishi_columns with a column of it are ended, on the thread that ends the last of them.
// Borrowed from it: nothing.
// Threads: any; several may use it at once.
// After fork: both processes may go on using it if the producer's memory allows it.
typedef struct enishi_batch enishi_batch;

// Columns of equal length, gathered for enishi_population_load and enishi_population_append.
// Nothing is checked against the other columns until then.
//
// Owner: the caller; ended by enishi_columns_free. Populations keep nothing of it.
// Borrowed from it: nothing. What is added from memory is copied; a batch is shared.
// Threads: any, one at a time.
// After fork: both processes may go on using it.
typedef struct enishi_columns enishi_columns;

// One request to the host api.line.me by HTTPS, lent for two minutes. Send it with the headers
// "Authorization: Bearer ...", "Content-Type: application/json" where it has a body, and
// "X-Line-Retry-Key" where it has such a key, and feed the answer to the engine. What is not fed comes back when the two minutes are over, under the
// same key, so that LINE takes it only once. To keep the order of one friend's messages, feed each
// before taking the next.
//
// Owner: the caller; ended by enishi_delivery_free, fed or not.
// Borrowed from it: method, path, body and retry key, until then.
// Threads: any; several may read at once.
// After fork: only one of the processes may send it.
typedef struct enishi_delivery enishi_delivery;

// A shop of friends in memory, with the requests on their way to LINE.
//
// Owner: the caller; ended by enishi_engine_free, deliveries taken from it not included.
// Borrowed from it: nothing.
// Threads: any, one at a time.
// After fork: each process has a copy, and only one of them may go on sending.
typedef struct enishi_engine enishi_engine;

// Why a call failed.
//
// Owner: the caller; ended by enishi_error_free.
// Borrowed from it: the message, until then.
// Threads: any; several may read at once.
// After fork: each process has its own and frees its own.
typedef struct enishi_error enishi_error;

// Everything known about one person, for hosts that keep friends in a table of their own: load the
// row, step, save the row and the requests in one transaction, send. The host sees to it that no
// event is stepped twice and that nobody else steps the same friend meanwhile.
//
// Owner: the caller; ended by enishi_friend_free.
// Borrowed from it: nothing.
// Threads: any, one at a time.
// After fork: each process has a copy, and only one of them may save it.
typedef struct enishi_friend enishi_friend;

// The secret keys of a shop's coupon codes.
//
// Owner: the caller; ended by enishi_keys_free. Engines made with them keep a copy.
// Borrowed from it: nothing.
// Threads: any; several may use them at once while none adds a key.
// After fork: both processes may go on using them.
typedef struct enishi_keys enishi_keys;

// How often coupons were used, by whom and on which orders; every limit and budget is kept by it, whatever
// happens at once. In memory, or in the shop's SQLite file.
//
// A call that takes room has an answer as JSON: {"use": {...}}, or {"refused", "number", "message", ...} with a
// word and a number that never change, and what else is known: "limit", "used" and "free_at" (when a place comes
// free at the latest), "left" of a budget, "most", "order", "until", "at", of several the "coupon". To be refused is
// no error of the call.
// A use is {"key": {"coupon", "checkout"}, "code", "friend", "discount", "valid_until", "taken_at", "stage"}; the
// stage is {"reserved": {"until"}}, "lapsed", or {"redeemed": {"order", "at", "returned"}}, where `returned` is
// "whole" or {"part": [so much, of so much]}; what there is none of is left out. Money is whole minor
// units, times are RFC 3339 in UTC. ENISHI_STATUS_LEDGER_FAILED when the file could not be read or written: then
// nothing was changed, and it may be tried again.
//
// Owner: the caller; ended by enishi_ledger_free.
// Borrowed from it: nothing.
// Threads: any number at once, changes too: the only handle of which that is so. A file is opened by each process
// for itself, any number of them at once.
// After fork: open the file anew; a handle from before the fork may not be used, nor one in memory be counted on.
typedef struct enishi_ledger enishi_ledger;

// A compiled playbook. It never changes.
//
// Owner: the caller; ended by enishi_playbook_free. Engines made with it keep what they need.
// Borrowed from it: the hash, until then.
// Threads: any; several may use it at once.
// After fork: both processes may go on using it.
typedef struct enishi_playbook enishi_playbook;

// Friends as columns, in rows numbered from 0 as they came. A row that was removed stays empty, so
// a number never means somebody else. To rank customers by their orders, give these as columns to
// enishi_rfm_measure.
//
// Owner: the caller; ended by enishi_population_free. It keeps nothing of what it was made of.
// Borrowed from it: nothing. Selections go on without it.
// Threads: any; several may ask it at once while none changes it.
// After fork: both processes may go on using it.
typedef struct enishi_population enishi_population;

// A question about friends: an expression, checked and compiled. It never changes. Ask it with
// enishi_friend_matches, enishi_engine_matches, enishi_population_select and their like.
//
// Owner: the caller; ended by enishi_predicate_free. It needs its playbook no longer.
// Borrowed from it: nothing.
// Threads: any; several may use it at once.
// After fork: both processes may go on using it.
typedef struct enishi_predicate enishi_predicate;

// The customers with an order, measured and scored.
//
// Owner: the caller; ended by enishi_rfm_free.
// Borrowed from it: nothing.
// Threads: any; several may read at once.
// After fork: both processes may go on using it.
typedef struct enishi_rfm enishi_rfm;

// As of when and by what rules customers are ranked.
//
// Owner: the caller; ended by enishi_rfm_options_free.
// Borrowed from it: nothing.
// Threads: any; several may use them at once while none sets one.
// After fork: both processes may go on using them.
typedef struct enishi_rfm_options enishi_rfm_options;

// Rows of a population. It never changes: it goes on naming the same rows when the population
// grows, and does not notice that a friend was removed since.
//
// Owner: the caller; ended by enishi_selection_free.
// Borrowed from it: nothing.
// Threads: any; several may use it at once.
// After fork: both processes may go on using it.
typedef struct enishi_selection enishi_selection;

// What was told of a shop's stock, of the messages left this month and of its ledger, for enishi_friend_step and
// enishi_engine_tell. Of a product nobody told of there is enough, and so of messages and coupons.
//
// Owner: the caller; ended by enishi_shop_free. Engines it was told to keep a copy.
// Borrowed from it: nothing.
// Threads: any; several may use it at once while none changes it.
// After fork: both processes may go on using it.
typedef struct enishi_shop enishi_shop;

// Bytes the library made, with a NUL after the last that `len` does not count: UTF-8, but for the snapshot of
// an engine.
//
// Owner: the caller, once a call has filled it; ended by enishi_buf_free. Do not change its fields.
// Borrowed from it: whatever points into it, until then.
// Threads: any, one at a time.
// After fork: each process has its own and frees its own.
typedef struct enishi_buf {
  // The first byte; NULL before it was filled and after it was freed.
  char *ptr;
  // How many bytes.
  size_t len;
} enishi_buf;

// The version of the ABI of this library. A binding made for the header of version V checks, when it
// loads the library, that enishi_abi_min() <= V <= enishi_abi_version().
uint32_t enishi_abi_version(void);

// The oldest version of the ABI this library still serves.
uint32_t enishi_abi_min(void);

// The version of the library, such as "0.1.0". Never freed.
const char *enishi_version(void);

// The number of the error, one of enishi_status; 0 when `error` is NULL.
//
// # Safety
// `error` is NULL or was given by this library and not freed.
int32_t enishi_error_code(const struct enishi_error *error);

// What went wrong, for people: UTF-8 with a NUL at its end. NULL when `error` is NULL.
//
// # Safety
// `error` is NULL or was given by this library and not freed.
const char *enishi_error_message(const struct enishi_error *error);

// Ends an error; NULL is taken too.
//
// # Safety
// `error` is NULL or was given by this library and not freed.
void enishi_error_free(struct enishi_error *error);

// Ends the contents and leaves the buffer empty; NULL and an empty buffer are taken too.
//
// # Safety
// `buf` is NULL, or all zero, or as a call of this library has left it.
void enishi_buf_free(struct enishi_buf *buf);

// Compiles a playbook: JSON when it begins with a brace, else TOML.
//
// When it has faults, ENISHI_STATUS_INVALID_PLAYBOOK: `diagnostics`, unless NULL, then gets all of
// them as a JSON array of {code, path, line, column, source, message, help}, and the error's
// message tells them to people.
//
// # Safety
// `text` leads to `text_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_playbook_compile(const char *text,
                                size_t text_len,
                                struct enishi_playbook **out,
                                struct enishi_buf *diagnostics,
                                struct enishi_error **err);

// The same playbook, following the one that was in force before: runs of scenarios written anew with
// `when_edited = "keep"` end by the steps they began by, and those that migrate find the way from steps
// that are gone. Give it to enishi_engine_adopt, enishi_engine_restore or enishi_friend_step instead of
// `playbook`. It has the hash of `playbook`, and needs neither of the two any longer.
//
// # Safety
// The playbooks are NULL or were given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_playbook_following(const struct enishi_playbook *playbook,
                                  const struct enishi_playbook *before,
                                  struct enishi_playbook **out,
                                  struct enishi_error **err);

// The name of the content: 64 hexadecimal digits, the same for the same rules. NULL for NULL.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed.
const char *enishi_playbook_hash(const struct enishi_playbook *playbook);

// The presets a playbook may include, as a JSON array of {"name", "text"}: `include = ["presets/NAME"]`. The
// text is TOML and says at its head what the preset does, when, and what shops often change.
//
// # Safety
// The pointers are NULL or may be written.
int32_t enishi_presets(struct enishi_buf *out,
                       struct enishi_error **err);

// Ends a playbook; NULL is taken too.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed.
void enishi_playbook_free(struct enishi_playbook *playbook);

// Compiles an expression that may name whatever the playbook names: JSON when it begins with a
// brace, else text.
//
// When it has faults, ENISHI_STATUS_INVALID_EXPRESSION: `diagnostics`, unless NULL, then gets all of
// them as a JSON array of {code, path, line, column, source, message, help}, and the error's
// message tells them to people. That it asks about more of the past than the playbook has engines
// and friends remember is a fault too: its section `history` makes it remember more.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed; `expression` leads to
// `expression_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_predicate_compile(const struct enishi_playbook *playbook,
                                 const char *expression,
                                 size_t expression_len,
                                 struct enishi_predicate **out,
                                 struct enishi_buf *diagnostics,
                                 struct enishi_error **err);

// The question whether a friend belongs to a segment of the playbook.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed; `segment_name` leads to
// `segment_name_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_predicate_of_segment(const struct enishi_playbook *playbook,
                                    const char *segment_name,
                                    size_t segment_name_len,
                                    struct enishi_predicate **out,
                                    struct enishi_error **err);

// The expression as canonical text, as a person would edit it.
//
// # Safety
// `predicate` is NULL or was given by this library and not freed; the other pointers are NULL or
// may be written.
int32_t enishi_predicate_text(const struct enishi_predicate *predicate,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// The expression as JSON, for editors that show it as boxes; enishi_predicate_compile takes it back.
//
// # Safety
// As for enishi_predicate_text.
int32_t enishi_predicate_json(const struct enishi_predicate *predicate,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// Ends a predicate; NULL is taken too.
//
// # Safety
// `predicate` is NULL or was given by this library and not freed.
void enishi_predicate_free(struct enishi_predicate *predicate);

// Keys that issue with this secret of 16 bytes or more, under the number `id` (0 to 7).
//
// # Safety
// `secret` leads to `secret_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_keys_new(uint32_t id,
                        const char *secret,
                        size_t secret_len,
                        struct enishi_keys **out,
                        struct enishi_error **err);

// From here on codes made with this older key are good as well. A number used before is replaced.
//
// # Safety
// `keys` is NULL or was given by this library and not freed, and nobody else uses it now; `secret`
// leads to `secret_len` bytes; `err` is NULL or may be written.
int32_t enishi_keys_add_retired(struct enishi_keys *keys,
                                uint32_t id,
                                const char *secret,
                                size_t secret_len,
                                struct enishi_error **err);

// Ends keys; NULL is taken too.
//
// # Safety
// `keys` is NULL or was given by this library and not freed.
void enishi_keys_free(struct enishi_keys *keys);

// The code of the `nth` (0 to 255) issue of a coupon to the friend of this number: always the same.
//
// # Safety
// `keys` is NULL or was given by this library and not freed; `coupon` leads to `coupon_len` bytes;
// the other pointers are NULL or may be written.
int32_t enishi_code_issue(const struct enishi_keys *keys,
                          const char *coupon,
                          size_t coupon_len,
                          uint32_t friend_number,
                          uint32_t nth,
                          struct enishi_buf *out,
                          struct enishi_error **err);

// `count` codes of a coupon that no friend holds yet, from number `first` on, for printed cards or a cart's own
// table: a line each in the order of their numbers, 24 signs and a newline, so that the nth begins at 25 n. Always
// the same ones. A number is printed once: enishi_ledger_take_numbers tells where to begin. At most 1,000,000 at a time,
// which are 25 MB and take about a quarter of a second.
//
// # Safety
// As for enishi_code_issue.
int32_t enishi_code_batch(const struct enishi_keys *keys,
                          const char *coupon,
                          size_t coupon_len,
                          uint32_t first,
                          uint32_t count,
                          struct enishi_buf *out,
                          struct enishi_error **err);

// Was this code, as somebody typed it, issued for a coupon of the playbook? `out` gets
// {"coupon", "friend", "nth", "code"} as JSON: the friend's number, and the code as it is printed. For a code of
// a batch, which no friend was issued, {"coupon", "batch", "code"}: its place in it.
// If not, ENISHI_STATUS_CODE_REFUSED. Whether it is used or expired already, this cannot tell.
//
// # Safety
// `keys` and `playbook` are NULL or were given by this library and not freed; `typed` leads to
// `typed_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_code_verify(const struct enishi_keys *keys,
                           const struct enishi_playbook *playbook,
                           const char *typed,
                           size_t typed_len,
                           struct enishi_buf *out,
                           struct enishi_error **err);

// A shop of which nothing was told yet.
//
// # Safety
// The pointers are NULL or may be written.
int32_t enishi_shop_new(struct enishi_shop **out, struct enishi_error **err);

// So many pieces there are of a product, by the name that events call it; 0 is sold out. What was told of
// it before is replaced.
//
// # Safety
// `shop` is NULL or was given by this library and not freed, and nobody else uses it now; `product` leads
// to `product_len` bytes; `err` is NULL or may be written.
int32_t enishi_shop_set_stock(struct enishi_shop *shop,
                              const char *product,
                              size_t product_len,
                              int64_t pieces,
                              struct enishi_error **err);

// So many LINE messages may still leave this month; one message to one friend is one. It is the host's to
// know: the less of LINE's quota and the shop's budget, less what was sent and what waits to be sent.
//
// # Safety
// `shop` is NULL or was given by this library and not freed, and nobody else uses it now; `err` is NULL or
// may be written.
int32_t enishi_shop_set_quota(struct enishi_shop *shop,
                              int64_t left,
                              struct enishi_error **err);

// There are enough messages, whatever was told before.
//
// # Safety
// As for enishi_shop_set_quota.
int32_t enishi_shop_lift_quota(struct enishi_shop *shop, struct enishi_error **err);

// Ends a shop; NULL is taken too.
//
// # Safety
// `shop` is NULL or was given by this library and not freed.
void enishi_shop_free(struct enishi_shop *shop);

// Tells an engine the whole of it: what it was told before of stock and quota is forgotten, and what it knows of the
// ledger stays unless the shop asked one. Not part of a snapshot: tell a restored engine anew.
//
// # Safety
// The handles are NULL or were given by this library and not freed, and nobody else uses the engine now;
// `err` is NULL or may be written.
int32_t enishi_engine_tell(struct enishi_engine *engine,
                           const struct enishi_shop *shop,
                           struct enishi_error **err);

// Tells an engine how many pieces there are of one product, as enishi_shop_set_stock does; what it knows
// else stays. A step with `in_stock` sends nothing when there are 0.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `product` leads
// to `product_len` bytes; `err` is NULL or may be written.
int32_t enishi_engine_set_stock(struct enishi_engine *engine,
                                const char *product,
                                size_t product_len,
                                int64_t pieces,
                                struct enishi_error **err);

// Tells an engine how many LINE messages may still leave this month, as enishi_shop_set_quota does. The
// engine counts down what it decides from then on; tell it anew when a month begins or messages are bought.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `err` is NULL or
// may be written.
int32_t enishi_engine_set_quota(struct enishi_engine *engine,
                                int64_t left,
                                struct enishi_error **err);

// Tells an engine that there are enough messages, whatever was told before.
//
// # Safety
// As for enishi_engine_set_quota.
int32_t enishi_engine_lift_quota(struct enishi_engine *engine, struct enishi_error **err);

// An engine nobody is known to. `keys` may be NULL when the playbook issues no coupons.
//
// # Safety
// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
// may be written.
int32_t enishi_engine_new(const struct enishi_playbook *playbook,
                          const struct enishi_keys *keys,
                          struct enishi_engine **out,
                          struct enishi_error **err);

// The engine a snapshot was taken of. With another playbook than it was taken under, every friend
// is looked at anew at the next enishi_engine_advance.
//
// # Safety
// As for enishi_engine_new; `snapshot` leads to `snapshot_len` bytes.
int32_t enishi_engine_restore(const struct enishi_playbook *playbook,
                              const struct enishi_keys *keys,
                              const char *snapshot,
                              size_t snapshot_len,
                              struct enishi_engine **out,
                              struct enishi_error **err);

// Everything the engine knows and has not sent, as bytes that are no text, for enishi_engine_restore; not
// the playbook and not the keys. Keep it before a delivery leaves: then whatever dies, no message is lost
// and none is sent twice.
//
// # Safety
// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_engine_snapshot(const struct enishi_engine *engine,
                               struct enishi_buf *out,
                               struct enishi_error **err);

// Goes on by another playbook. Every friend is looked at anew at the next enishi_engine_advance: runs of
// scenarios and steps that are gone end with a reason, and who stands in a segment already does not enter
// by it. Where runs are to end by the steps they began by, adopt what enishi_playbook_following gives.
// ENISHI_STATUS_KEYS_MISSING when it issues coupons and the engine has no keys; the engine then goes on
// by the playbook it had.
//
// # Safety
// The handles are NULL or were given by this library and not freed, and nobody else uses the engine now;
// `err` is NULL or may be written.
int32_t enishi_engine_adopt(struct enishi_engine *engine,
                            const struct enishi_playbook *playbook,
                            struct enishi_error **err);

// Takes in one event at `now_ms`: JSON such as {"id", "friend", "at", "type": "follow", "user"}; the
// types and their fields are those of enishi::model::Event. `is_new`, unless NULL, tells whether its
// id was never seen before; a second copy changes nothing.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `event`
// leads to `event_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_engine_record(struct enishi_engine *engine,
                             const char *event,
                             size_t event_len,
                             int64_t now_ms,
                             bool *is_new,
                             struct enishi_error **err);

// It is `now_ms`: does everything that is due. `woken`, unless NULL, tells for how many friends.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
// other pointers are NULL or may be written.
int32_t enishi_engine_advance(struct enishi_engine *engine,
                              int64_t now_ms,
                              size_t *woken,
                              struct enishi_error **err);

// When enishi_engine_advance will next have something to do: `any` tells whether ever, `at_ms` when.
//
// # Safety
// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_engine_next_wake(const struct enishi_engine *engine,
                                int64_t *at_ms,
                                bool *any,
                                struct enishi_error **err);

// Takes out what was decided since it was last asked: one JSON object on each line.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
// other pointers are NULL or may be written.
int32_t enishi_engine_take_decisions(struct enishi_engine *engine,
                                     struct enishi_buf *out,
                                     struct enishi_error **err);

// Does the expression hold for the friend with this key, as of the time told last?
// ENISHI_STATUS_UNKNOWN_NAME when there is no such friend.
//
// # Safety
// The handles are NULL or were given by this library and not freed; `friend_key` leads to
// `friend_key_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_engine_matches(const struct enishi_engine *engine,
                              const char *friend_key,
                              size_t friend_key_len,
                              const struct enishi_predicate *predicate,
                              bool *out,
                              struct enishi_error **err);

// Why it holds for that friend, or does not: JSON as of enishi_friend_explain.
//
// # Safety
// As for enishi_engine_matches.
int32_t enishi_engine_explain(const struct enishi_engine *engine,
                              const char *friend_key,
                              size_t friend_key_len,
                              const struct enishi_predicate *predicate,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// Until when the answer of enishi_engine_matches stands if nothing happens: `any` tells whether it
// could ever be another, `at_ms` from when on.
//
// # Safety
// As for enishi_engine_matches.
int32_t enishi_engine_next_change(const struct enishi_engine *engine,
                                  const char *friend_key,
                                  size_t friend_key_len,
                                  const struct enishi_predicate *predicate,
                                  int64_t *at_ms,
                                  bool *any,
                                  struct enishi_error **err);

// How all requests stand, as JSON: {"accepted", "messages", "waiting", "refused", "unknown",
// "attempts"}. `messages` counts the friends in accepted requests; `unknown` are requests of which
// nobody can know whether LINE took them.
//
// # Safety
// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_engine_tally(const struct enishi_engine *engine,
                            struct enishi_buf *out,
                            struct enishi_error **err);

// Ends an engine; NULL is taken too.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody uses it now.
void enishi_engine_free(struct enishi_engine *engine);

// Takes the next request that may leave at `now_ms`: `out` gets NULL when there is none.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
// other pointers are NULL or may be written.
int32_t enishi_engine_next_delivery(struct enishi_engine *engine,
                                    int64_t now_ms,
                                    struct enishi_delivery **out,
                                    struct enishi_error **err);

// When there will next be a request to take: `any` tells whether ever, `at_ms` when.
//
// # Safety
// As for enishi_engine_next_delivery.
int32_t enishi_engine_next_send(struct enishi_engine *engine,
                                int64_t *at_ms,
                                bool *any,
                                struct enishi_error **err);

// Feeds LINE's answer to a delivery that was taken from this engine. `http_status` 0 says that no
// answer came, and `body` may then say why. `headers` are the answer's, a line each, as they came.
// `fate`, unless NULL, gets what follows, as JSON: {"fate": "accepted", "request_id"}, {"fate":
// "later", "at"}, {"fate": "split", "into"}, {"fate": "refused", "why"} or {"fate": "unknown"}.
//
// Where the playbook asks when messages arrived, the engine hears of what was accepted, at `now_ms`
// or at the latest time it was told, as if it had been recorded then.
//
// # Safety
// `engine` and `delivery` are NULL or were given by this library and not freed, and nobody else
// uses the engine now; `headers` leads to `headers_len` bytes, `body` to `body_len`; the other
// pointers are NULL or may be written.
int32_t enishi_engine_feed_result(struct enishi_engine *engine,
                                  const struct enishi_delivery *delivery,
                                  int64_t now_ms,
                                  int32_t http_status,
                                  const char *headers,
                                  size_t headers_len,
                                  const char *body,
                                  size_t body_len,
                                  struct enishi_buf *fate,
                                  struct enishi_error **err);

// The HTTP method: "POST", or "DELETE" for a rich menu that is taken away. `len`, unless NULL, gets its length. NULL for NULL.
//
// # Safety
// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
const char *enishi_delivery_method(const struct enishi_delivery *delivery,
                                   size_t *len);

// The path, such as "/v2/bot/message/push". `len`, unless NULL, gets its length. NULL for NULL.
//
// # Safety
// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
const char *enishi_delivery_path(const struct enishi_delivery *delivery, size_t *len);

// The body, JSON; empty for rich menus, whose path says it all. `len`, unless NULL, gets its length. NULL
// for NULL.
//
// # Safety
// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
const char *enishi_delivery_body(const struct enishi_delivery *delivery,
                                 size_t *len);

// The value of X-Line-Retry-Key; empty for rich menus: LINE answers 400 to such a header there. `len`,
// unless NULL, gets its length. NULL for NULL.
//
// # Safety
// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
const char *enishi_delivery_retry_key(const struct enishi_delivery *delivery,
                                      size_t *len);

// Ends a delivery, whether it was fed or not; NULL is taken too.
//
// # Safety
// `delivery` is NULL or was given by this library and not freed.
void enishi_delivery_free(struct enishi_delivery *delivery);

// Hands out the next thing the host is to do at `now_ms`, as JSON: {"key", "at", "friend", "scenario",
// "step", "to", "message", "body"}. `to` is a channel of the playbook, or whatever the shop calls the
// host's part; `message` is there where it is one; `body` is an object, the fields of the letter. `out`
// gets an empty text when there is nothing.
//
// Confirm it when it is done. What is not confirmed within two minutes, or by a process that died, is
// handed out again under the same key: a host that remembers the keys of what it did does nothing twice.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
// other pointers are NULL or may be written.
int32_t enishi_engine_next_handover(struct enishi_engine *engine,
                                    int64_t now_ms,
                                    struct enishi_buf *out,
                                    struct enishi_error **err);

// What was handed out under this key is done, and not handed out again. `was_open`, unless NULL, tells
// whether it still was to be done. Keep a snapshot afterwards: an older one hands it out again.
//
// # Safety
// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `key` leads
// to `key_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_engine_confirm(struct enishi_engine *engine,
                              const char *key,
                              size_t key_len,
                              bool *was_open,
                              struct enishi_error **err);

// Someone nothing is known of. `number` is the host's, from 1, never used for another friend;
// coupon codes carry it.
//
// # Safety
// `key` leads to `key_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_friend_new(const char *key,
                          size_t key_len,
                          uint32_t number,
                          struct enishi_friend **out,
                          struct enishi_error **err);

// A friend as enishi_friend_save wrote it.
//
// # Safety
// `state` leads to `state_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_friend_load(const char *state,
                           size_t state_len,
                           struct enishi_friend **out,
                           struct enishi_error **err);

// The friend as JSON, to be kept and loaded again.
//
// # Safety
// `person` is NULL or was given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_friend_save(const struct enishi_friend *person,
                           struct enishi_buf *out,
                           struct enishi_error **err);

// What one event, or with `event_len` 0 the mere passing of time, does to the friend at `now_ms`.
// `effects` gets {"decisions": [...], "requests": [{"method", "path", "retry_key", "body"}],
// "handovers": [...], "ledger": [...]} as JSON, the handovers as of enishi_engine_next_handover; keep them with the
// friend before sending. A request that switches a rich menu has the retry key null and no body. What the ledger is
// to know is there when the shop asked one, for enishi_ledger_post.
// `keys` may be NULL when the playbook issues no coupons, and `shop` when there is enough of every product
// and of messages; of the latter nothing is counted down here. A "link" event joins no second friend here:
// that takes an engine.
//
// # Safety
// The handles are NULL or were given by this library and not freed, and nobody else uses the friend
// now; `event` leads to `event_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_friend_step(struct enishi_friend *person,
                           const struct enishi_playbook *playbook,
                           const struct enishi_keys *keys,
                           const struct enishi_shop *shop,
                           const char *event,
                           size_t event_len,
                           int64_t now_ms,
                           struct enishi_buf *effects,
                           struct enishi_error **err);

// When the friend must be stepped again though nothing happens: `any` tells whether ever, `at_ms`
// when. Keep it in a column with an index.
//
// # Safety
// `person` is NULL or was given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_friend_next_wake(const struct enishi_friend *person,
                                int64_t *at_ms,
                                bool *any,
                                struct enishi_error **err);

// Does the expression hold for the friend at `now_ms`?
//
// # Safety
// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
// may be written.
int32_t enishi_friend_matches(const struct enishi_friend *person,
                              const struct enishi_predicate *predicate,
                              int64_t now_ms,
                              bool *out,
                              struct enishi_error **err);

// Why the expression holds for the friend at `now_ms`, or does not, as JSON: a tree of {"holds",
// "decides", "kind": "and", "or", "not", "segment" or "condition", "condition", "saw", "needs",
// "turns_at", "parts"}. Where it decides, "needs" says what would have to be so for it to turn, and
// "turns_at" the instant at which it turns by itself.
//
// # Safety
// As for enishi_friend_matches.
int32_t enishi_friend_explain(const struct enishi_friend *person,
                              const struct enishi_predicate *predicate,
                              int64_t now_ms,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// Until when the answer of enishi_friend_matches stands if nothing happens: `any` tells whether it
// could ever be another, `at_ms` from when on.
//
// # Safety
// As for enishi_friend_matches.
int32_t enishi_friend_next_change(const struct enishi_friend *person,
                                  const struct enishi_predicate *predicate,
                                  int64_t now_ms,
                                  int64_t *at_ms,
                                  bool *any,
                                  struct enishi_error **err);

// Ends a friend; NULL is taken too. The person is not forgotten by it, only this copy.
//
// # Safety
// `person` is NULL or was given by this library and not freed, and nobody uses it now.
void enishi_friend_free(struct enishi_friend *person);

// Why the friend with this key got something of a scenario or did not, as of the time told last: sent, not
// sent, on the way, never entered. With `step_len` 0 of the whole scenario, else of one of its steps.
//
// `log` is what enishi_engine_take_decisions gave before, all of it or the lines about this friend, the
// oldest first; what the engine has decided since follows by itself. `out` gets {"decisions": [...],
// "standing": {"is", ...}} as JSON. The decisions are those lines that answer, with the same `code` and
// `reason`; of a step also how its run ended. `is` says how the friend stands now:
// - "running": "runs" with {"run", "step", "due"} each: where it stands, and when it is looked at next.
// - "deferred": "since": waits for another scenario of its group to end.
// - "ended": "times": how often it was inside; "last_ended", or null.
// - "never_entered": "trigger": what the scenario begins by; "next": when that comes for this friend, or
//   null; "segment", if it begins by one, and "only", if that keeps the friend out: each as of
//   enishi_friend_explain, or null.
//
// Times are RFC 3339 in UTC. ENISHI_STATUS_UNKNOWN_NAME when there is no such friend or scenario, or
// neither the scenario nor the log has such a step; ENISHI_STATUS_INVALID_STATE when the log is not such
// lines.
//
// # Safety
// `engine` is NULL or was given by this library and not freed; the texts lead to as many bytes as is said
// of them; the other pointers are NULL or may be written.
int32_t enishi_engine_why(const struct enishi_engine *engine,
                          const char *friend_key,
                          size_t friend_key_len,
                          const char *scenario,
                          size_t scenario_len,
                          const char *step,
                          size_t step_len,
                          const char *log,
                          size_t log_len,
                          struct enishi_buf *out,
                          struct enishi_error **err);

// The same of a friend the host keeps, as of `now_ms`: `log` is the "decisions" that enishi_friend_step
// gave of this friend, the oldest first, one after another without commas. JSON and errors as of
// enishi_engine_why.
//
// # Safety
// As for enishi_engine_why; `playbook` is NULL or was given by this library and not freed.
int32_t enishi_friend_why(const struct enishi_friend *person,
                          const struct enishi_playbook *playbook,
                          const char *scenario,
                          size_t scenario_len,
                          const char *step,
                          size_t step_len,
                          const char *log,
                          size_t log_len,
                          int64_t now_ms,
                          struct enishi_buf *out,
                          struct enishi_error **err);

// What coupons do to a basket at `now_ms`: all that the friend holds, and the `codes` that were typed in.
// `person` NULL is a guest. `keys` may be NULL; then nobody's own code and no printed one is known.
//
// `basket` is JSON: {"lines": [{"id", "sku", "categories": [...], "unit_price", "quantity", "tax": {"rate":
// "10%", "included": true}}], "shipping": {"price", "tax"}, "fees": [{"price", "tax"}], "payment",
// "shipping_by", "channel", "checkout", "costs": {"SOAP-1": 300}}; all but the lines may be left out, and of a line the
// categories; the channel is "line" unless it is told. Money is whole minor units of the playbook's currency (yen,
// cents), here and in what comes out. `codes` is a JSON array of texts as they were typed, or with `codes_len` 0
// none: codes of friends' own are verified by the keys, shared ones looked up in the playbook, any case, width
// and hyphens. They are combined by its `[coupon_rules]`.
//
// Where the playbook has `[margin]`, no coupon brings the order below its floor: what would is refused as
// "below_margin", or with `then = "cap"` takes off less, and "capped_from" tells what it would have. "costs" of the
// basket are what one piece costs the shop, by SKU, those of gifts too, from the shop's own list: they go before
// those of `[margin]`. ENISHI_STATUS_INVALID_BASKET names the SKU of which nobody told what it costs.
//
// `out` gets the quote as JSON, the same bytes in every language:
// - "lines": [{"id", "price", "discount", "points"}] in the order of the basket; `points` in hundredths of the
//   usual. "shipping": {"price", "discount"} or null. "listed", "discount", "to_pay". "taxes": [{"rate", "net",
//   "tax", "gross"}]. "gifts": [{"sku", "pieces"}].
// - "taken": [{"candidate", "coupon", "code", "valid_until", "discount", "capped_from", "lines", "shipping",
//   "points", "gift"}]: what each gives, line by line. These go to enishi_ledger_reserve_all.
// - "refused": [{"candidate", "coupon", "code", "reason", ..., "number", "distance"}]: why each of the others
//   gives nothing, by a word and a number that never change, what is missing as fields of the reason ("short",
//   "from", "until", "allowed", "other", ...), and as text for people where it can be told ("1,200 JPY more").
// - "search": "complete", or {"cut_short": {"most"}} when not every combination was looked at.
// - "codes": what was typed, in order: {"typed", "candidate"}, or {"typed", "no_code": "mistyped" or
//   "unknown"}. Candidates are numbered: the coupons of the friend by issue, then what else was typed.
//
// Somebody else's own code is refused as "not_held"; enishi_code_verify tells whose it is. Nothing is used up by a
// quote. With a `ledger`, what it would not reserve now is refused already: as "used_up" where a limit is reached or
// nothing of the budget is left, as "revoked", "expired", or "friend_unknown" where uses are counted by friend and
// it is a guest. "checkout" of the basket is the cart's own name of this try to pay: what the ledger holds for it is
// not in its way. Without one, NULL, only the friend's own orders are known. ENISHI_STATUS_LEDGER_FAILED when the
// file could not be read; ENISHI_STATUS_INVALID_BASKET when it is no basket, or none that can be reckoned with.
//
// # Safety
// The handles are NULL or were given by this library and not freed; the texts lead to as many bytes as is said
// of them; the other pointers are NULL or may be written.
int32_t enishi_quote(const struct enishi_playbook *playbook,
                     const struct enishi_keys *keys,
                     const struct enishi_ledger *ledger,
                     const struct enishi_friend *person,
                     const char *basket,
                     size_t basket_len,
                     const char *codes,
                     size_t codes_len,
                     int64_t now_ms,
                     struct enishi_buf *out,
                     struct enishi_error **err);

// The same for the friend with this key in an engine, or with `friend_key_len` 0 for a guest, by the engine's
// playbook and keys. ENISHI_STATUS_UNKNOWN_NAME when nobody has the key.
//
// # Safety
// As for enishi_quote; nobody changes the engine meanwhile.
int32_t enishi_engine_quote(const struct enishi_engine *engine,
                            const struct enishi_ledger *ledger,
                            const char *friend_key,
                            size_t friend_key_len,
                            const char *basket,
                            size_t basket_len,
                            const char *codes,
                            size_t codes_len,
                            int64_t now_ms,
                            struct enishi_buf *out,
                            struct enishi_error **err);

// Before any coupon is issued: can any combination of the playbook's coupons, on any basket of these goods, leave
// less than the floor of its `[margin]`? Every combination that stacking allows is looked at; it is proved never to,
// or a basket is shown on which it does, or it stays open. What is called proved holds for every basket whatsoever.
//
// `goods` is JSON: {"products": [{"sku", "categories": [...], "price"}], "costs": {"SOAP-1": 300}}; categories and
// costs may be left out. Costs are what one piece costs the shop, by SKU, those of gifts too; they go before those
// of `[margin]`. Money is whole minor units of the playbook's currency, here and in what comes out.
//
// `out` gets {"verdict", "worst", "complete", "proved", "below_alone", "combinations"} as JSON. "verdict" is that
// of the worst: "proved", "loses" or "open", and "worst" its place in "combinations", null when all are proved.
// "complete" is false when there are more combinations than the 16,384 that are looked at; what is left is open.
// "proved" counts those that are. "below_alone" are SKUs below the floor without any coupon.
// - {"coupons": [...], "verdict": "proved"}
// - {"coupons", "verdict": "loses", "order"}: an order that is below the floor as a checkout reckons it: {"basket",
//   "paid", "cost", "margin", "short"}; "short" is what is missing to the floor.
// - {"coupons", "verdict": "open", "bound", "order"}: no order has less left over the floor than "bound", null
//   where none was found; "order" is the worst that was found, which is not below the floor, or null.
//
// Always the same for the same goods, in any order. Not for a request of a web server: with ten coupons and a
// thousand products a tenth of a second, and never more than a million baskets are reckoned, some 15 seconds.
// ENISHI_STATUS_INVALID_ARGUMENT when the playbook has no `[margin]`, when it is no list of goods, or when nobody told
// what something costs, which the error names.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed; `goods` leads to `goods_len` bytes; the other
// pointers are NULL or may be written.
int32_t enishi_margin_check(const struct enishi_playbook *playbook,
                            const char *goods,
                            size_t goods_len,
                            struct enishi_buf *out,
                            struct enishi_error **err);

// A ledger in memory, forgotten when it is freed: for tests and hosts of one process.
//
// # Safety
// The pointers are NULL or may be written.
int32_t enishi_ledger_new(struct enishi_ledger **out, struct enishi_error **err);

// The ledger in the SQLite file at `path`, which is made when it is not there; it counts in the playbook's
// currency. What was answered outlives a power cut. ENISHI_STATUS_LEDGER_FAILED when it cannot be opened, was
// made by a later version or for another currency, and ENISHI_STATUS_INVALID_ARGUMENT when this library was
// built without SQLite.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed; `path` leads to `path_len` bytes; the other
// pointers are NULL or may be written.
int32_t enishi_ledger_open(const struct enishi_playbook *playbook,
                           const char *path,
                           size_t path_len,
                           struct enishi_ledger **out,
                           struct enishi_error **err);

// Ends a ledger; NULL is taken too. What stands in a file stays there.
//
// # Safety
// `ledger` is NULL or was given by this library and not freed, and nobody uses it now.
void enishi_ledger_free(struct enishi_ledger *ledger);

// Notes that a friend was given a code until `valid_until_ms`: needed where a budget is taken at issue, and for
// the number of codes issued. `out` gets {"use": null}, or why it was refused. Told again it changes nothing.
// `code` must be one of the coupon by these keys, else ENISHI_STATUS_CODE_REFUSED.
//
// # Safety
// The handles are NULL or were given by this library and not freed; the texts lead to as many bytes as is said
// of them; the other pointers are NULL or may be written.
int32_t enishi_ledger_issue(const struct enishi_ledger *ledger,
                            const struct enishi_playbook *playbook,
                            const struct enishi_keys *keys,
                            const char *coupon,
                            size_t coupon_len,
                            const char *code,
                            size_t code_len,
                            int64_t valid_until_ms,
                            int64_t now_ms,
                            struct enishi_buf *out,
                            struct enishi_error **err);

// Holds a use for a checkout until `until_ms`, a quarter of an hour from now, say. The same checkout again
// replaces what it held. `request` is JSON: {"coupon", "checkout", "discount", "code", "valid_until",
// "friend"}: what an entry of "taken" of a quote has, and to it `checkout`, the cart's own name of this try to
// pay, and `friend`, the friend's number, null for a guest; other fields of such an entry are passed over.
// `code` is verified by `keys`, which may be NULL where there is none, and needs `valid_until`, RFC 3339.
//
// `out` gets the use, or why it was refused. ENISHI_STATUS_UNKNOWN_NAME when the playbook has no such coupon,
// ENISHI_STATUS_CODE_REFUSED when the code is none of the coupon's.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_reserve(const struct enishi_ledger *ledger,
                              const struct enishi_playbook *playbook,
                              const struct enishi_keys *keys,
                              const char *request,
                              size_t request_len,
                              int64_t until_ms,
                              int64_t now_ms,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// Makes what a checkout holds the use on its order. Once more for the same order it is the same use. What had
// lapsed takes its place anew if there is room. `out` gets the use, or why it was refused.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_redeem(const struct enishi_ledger *ledger,
                             const struct enishi_playbook *playbook,
                             const char *coupon,
                             size_t coupon_len,
                             const char *checkout,
                             size_t checkout_len,
                             const char *order,
                             size_t order_len,
                             int64_t now_ms,
                             struct enishi_buf *out,
                             struct enishi_error **err);

// Lets go what a checkout holds; what is redeemed stays so. Done again it changes nothing.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_release(const struct enishi_ledger *ledger,
                              const char *coupon,
                              size_t coupon_len,
                              const char *checkout,
                              size_t checkout_len,
                              int64_t now_ms,
                              struct enishi_error **err);

// Gives back what was used on an order, all its coupons alike. With `whole` 0 it was cancelled or returned as a
// whole: the uses are given back too. Else `refunded` of `whole` came back so far, all of it together, in minor
// units: the same share of the discounts goes back to the budgets, and the uses stay used. Told again, or less
// than before, it changes nothing. `out`, unless NULL, gets {"uses": [...]}: those of the order as they are now.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_roll_back(const struct enishi_ledger *ledger,
                                const char *order,
                                size_t order_len,
                                int64_t refunded,
                                int64_t whole,
                                int64_t now_ms,
                                struct enishi_buf *out,
                                struct enishi_error **err);

// From now on nobody uses the coupon, or with a `code` that one code of it. What was redeemed stays so.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_revoke(const struct enishi_ledger *ledger,
                             const char *coupon,
                             size_t coupon_len,
                             const char *code,
                             size_t code_len,
                             int64_t now_ms,
                             struct enishi_error **err);

// Two friends turned out to be one: from now on their uses count as those of one. Numbers are those of friends.
//
// # Safety
// `ledger` is NULL or was given by this library and not freed; `err` is NULL or may be written.
int32_t enishi_ledger_merge(const struct enishi_ledger *ledger,
                            uint32_t from_number,
                            uint32_t into_number,
                            int64_t now_ms,
                            struct enishi_error **err);

// How often a coupon was used, reservations included, without what has lapsed by `now_ms`: {"in_total",
// "in_window", "by_friend", "with_code", "issued", "taken", "revoked"}. `friend_number` 0 and `code_len` 0 ask
// for nobody and no code in particular. `taken` is what all this takes from the budget, `revoked` since when
// nobody may use the coupon or the code, or null. A coupon of which nothing was ever told has zeros.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_uses(const struct enishi_ledger *ledger,
                           const char *coupon,
                           size_t coupon_len,
                           uint32_t friend_number,
                           const char *code,
                           size_t code_len,
                           int64_t now_ms,
                           struct enishi_buf *out,
                           struct enishi_error **err);

// Takes the numbers of the next `count` codes of a coupon that nobody in particular holds, for enishi_code_batch:
// `first` gets where they begin. Nobody is given them again, so that no code is printed twice; take them before
// anything is printed. ENISHI_STATUS_INVALID_ARGUMENT when so many are not left.
//
// # Safety
// `ledger` is NULL or was given by this library and not freed; `coupon` leads to `coupon_len` bytes; the other
// pointers are NULL or may be written.
int32_t enishi_ledger_take_numbers(const struct enishi_ledger *ledger,
                                   const char *coupon,
                                   size_t coupon_len,
                                   uint32_t count,
                                   int64_t now_ms,
                                   uint32_t *first,
                                   struct enishi_error **err);

// What has lapsed by `now_ms` counts no more; `count`, unless NULL, gets how many there were. Limits do not wait
// for it: what has lapsed is looked for when there is no room. Once a minute is often.
//
// # Safety
// `ledger` is NULL or was given by this library and not freed; the other pointers are NULL or may be written.
int32_t enishi_ledger_expire(const struct enishi_ledger *ledger,
                             int64_t now_ms,
                             size_t *count,
                             struct enishi_error **err);

// Brings the ledger up to the engine and the engine up to the ledger: codes the engine issued and ended, uses the
// cart told it of, orders that came back and friends who are one are noted; and the engine is told what may still be
// issued of each coupon, so that a budget that is taken at issue is not passed, and what is revoked is not issued.
//
// Before the first call nothing is noted. Call it when an engine was made or restored or has another playbook, before
// anything else, and then after what may have issued coupons. What was not noted yet is part of a snapshot. A redemption redeems what
// was reserved for a checkout with the id of the order; other carts call enishi_ledger_redeem.
//
// ENISHI_STATUS_LEDGER_FAILED when the ledger could not be read or written: nothing is lost, call it again.
//
// # Safety
// The handles are NULL or were given by this library and not freed, and nobody else uses the engine now; `err` is
// NULL or may be written.
int32_t enishi_engine_post(struct enishi_engine *engine,
                           const struct enishi_ledger *ledger,
                           int64_t now_ms,
                           struct enishi_error **err);

// Asks a ledger what may still be issued of each coupon of the playbook, and tells the shop. A step with that shop
// passes no budget that is taken at issue, issues nothing that was revoked, and says in its "ledger" what the ledger is
// to know. Nothing is counted down here: ask anew once that is posted. Where several processes step friends at once, the
// last of a budget may be issued by two; the ledger keeps it for one, and the other's use is refused where nothing is
// left.
//
// # Safety
// The handles are NULL or were given by this library and not freed, and nobody else uses the shop now; `err` is NULL
// or may be written.
int32_t enishi_shop_ask_ledger(struct enishi_shop *shop,
                               const struct enishi_playbook *playbook,
                               const struct enishi_ledger *ledger,
                               int64_t now_ms,
                               struct enishi_error **err);

// Notes in a ledger what a step said it is to know: `entries` is the "ledger" of its effects, a JSON array. Told again
// it changes nothing, so it may be kept with the friend and posted until that has gone well.
//
// # Safety
// The handles are NULL or were given by this library and not freed; `entries` leads to `entries_len` bytes; `err` is
// NULL or may be written.
int32_t enishi_ledger_post(const struct enishi_ledger *ledger,
                           const struct enishi_playbook *playbook,
                           const char *entries,
                           size_t entries_len,
                           int64_t now_ms,
                           struct enishi_error **err);

// Holds all coupons of a quote for a checkout until `until_ms`: all of them, or none if one is refused. The same
// checkout again replaces what it held so, so that a cart that has changed is quoted and reserved anew. `taken` is
// "taken" of the quote as it stands, `checkout` the cart's own name of this try to pay, and `friend_number` the
// friend's number, 0 for a guest. Codes are verified by `keys`, which may be NULL where there is none.
//
// `out` gets {"uses": [...]} in the order of `taken`, or why it was refused, with the "coupon" that was. What the
// checkout held before is then held still. The other coupons may be tried without it: quote again with this ledger.
// ENISHI_STATUS_UNKNOWN_NAME and ENISHI_STATUS_CODE_REFUSED as for enishi_ledger_reserve.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_reserve_all(const struct enishi_ledger *ledger,
                                  const struct enishi_playbook *playbook,
                                  const struct enishi_keys *keys,
                                  const char *taken,
                                  size_t taken_len,
                                  const char *checkout,
                                  size_t checkout_len,
                                  uint32_t friend_number,
                                  int64_t until_ms,
                                  int64_t now_ms,
                                  struct enishi_buf *out,
                                  struct enishi_error **err);

// Makes all that a checkout holds by enishi_ledger_reserve_all the uses on its order: all of them, or none if one is
// refused. Once more for the same order they are the same uses. What had lapsed takes its place anew if there is
// room. `out` gets {"uses": [...]}, or why it was refused, with the "coupon" that was; "not_reserved" when nothing is
// held, as of an order without coupons.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_redeem_all(const struct enishi_ledger *ledger,
                                 const struct enishi_playbook *playbook,
                                 const char *checkout,
                                 size_t checkout_len,
                                 const char *order,
                                 size_t order_len,
                                 int64_t now_ms,
                                 struct enishi_buf *out,
                                 struct enishi_error **err);

// Lets go all that a checkout holds by enishi_ledger_reserve_all; what is redeemed stays so. Done again it changes
// nothing.
//
// # Safety
// As for enishi_ledger_issue.
int32_t enishi_ledger_release_all(const struct enishi_ledger *ledger,
                                  const char *checkout,
                                  size_t checkout_len,
                                  int64_t now_ms,
                                  struct enishi_error **err);

// Columns of so many rows, none yet.
//
// # Safety
// The pointers are NULL or may be written.
int32_t enishi_columns_new(size_t rows, struct enishi_columns **out, struct enishi_error **err);

// Adds a column of numbers: `field` is one of enishi_field, `layout` one of enishi_layout, and
// `values` so many bytes, which are copied.
//
// # Safety
// `columns` is NULL or was given by this library and not freed, and nobody else uses it now; `name`
// leads to `name_len` bytes, `values` to `values_len`; `err` is NULL or may be written.
int32_t enishi_columns_add(struct enishi_columns *columns,
                           int32_t field,
                           const char *name,
                           size_t name_len,
                           int32_t layout,
                           const void *values,
                           size_t values_len,
                           struct enishi_error **err);

// Adds a column of texts: text i is the bytes from offset i to offset i + 1, so that there is one
// offset more than rows. `offset_layout` is ENISHI_LAYOUT_I32 or ENISHI_LAYOUT_I64. Both are copied.
//
// # Safety
// As for enishi_columns_add; `offsets` leads to `offsets_len` bytes, `texts` to `texts_len`.
int32_t enishi_columns_add_texts(struct enishi_columns *columns,
                                 int32_t field,
                                 const char *name,
                                 size_t name_len,
                                 int32_t offset_layout,
                                 const void *offsets,
                                 size_t offsets_len,
                                 const char *texts,
                                 size_t texts_len,
                                 struct enishi_error **err);

// Adds a column of texts each of which is written once: a row's code is the place of its text,
// from 0. `code_layout` is ENISHI_LAYOUT_U8, _U16, _U32 or _I32; the texts are as in
// enishi_columns_add_texts. All are copied.
//
// # Safety
// As for enishi_columns_add_texts; `codes` leads to `codes_len` bytes.
int32_t enishi_columns_add_choices(struct enishi_columns *columns,
                                   int32_t field,
                                   const char *name,
                                   size_t name_len,
                                   int32_t code_layout,
                                   const void *codes,
                                   size_t codes_len,
                                   int32_t offset_layout,
                                   const void *offsets,
                                   size_t offsets_len,
                                   const char *texts,
                                   size_t texts_len,
                                   struct enishi_error **err);

// Adds a column of a batch, by its name there. Its values are read where they lie.
//
// # Safety
// As for enishi_columns_add; `batch` is NULL or was given by this library and not freed; `column`
// leads to `column_len` bytes.
int32_t enishi_columns_add_of_batch(struct enishi_columns *columns,
                                    int32_t field,
                                    const char *name,
                                    size_t name_len,
                                    const struct enishi_batch *batch,
                                    const char *column,
                                    size_t column_len,
                                    struct enishi_error **err);

// Says of which rows the column added last is known: a bit each, eight a byte from the lowest on,
// the first row's being bit `bit_offset`. What is written where it is not known does not matter.
//
// # Safety
// As for enishi_columns_add; `bits` leads to `bits_len` bytes.
int32_t enishi_columns_set_known(struct enishi_columns *columns,
                                 const void *bits,
                                 size_t bits_len,
                                 size_t bit_offset,
                                 struct enishi_error **err);

// Ends columns; NULL is taken too.
//
// # Safety
// `columns` is NULL or was given by this library and not freed, and nobody uses it now.
void enishi_columns_free(struct enishi_columns *columns);

// Takes in an array and its schema. Both are moved: whether it succeeds or not, they are the
// library's to release from here on, and marked as released where they stood.
//
// Its columns may be bool, integers, float64, utf8, large_utf8, date32, timestamps with a time
// zone, utf8 by dictionary, and for keys fixed_size_binary(16), all with nulls and offsets. One of
// another type is refused when it is added to an enishi_columns; cast it before.
//
// # Safety
// `schema` and `array` are NULL or lead to structs that keep to the specification of the Arrow C
// Data Interface, buffers as long as they say among it; the other pointers are NULL or may be
// written.
int32_t enishi_batch_import(struct ArrowSchema *schema,
                            struct ArrowArray *array,
                            struct enishi_batch **out,
                            struct enishi_error **err);

// How many rows it has; 0 when `batch` is NULL.
//
// # Safety
// `batch` is NULL or was given by this library and not freed.
size_t enishi_batch_rows(const struct enishi_batch *batch);

// Ends a batch; NULL is taken too.
//
// # Safety
// `batch` is NULL or was given by this library and not freed.
void enishi_batch_free(struct enishi_batch *batch);

// The population that columns describe. When they have a fault, ENISHI_STATUS_INVALID_COLUMNS
// tells of the first, with its column and row.
//
// # Safety
// `columns` is NULL or was given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_population_load(const struct enishi_columns *columns,
                               struct enishi_population **out,
                               struct enishi_error **err);

// The population of an engine's friends, in the order of their numbers, with everything that
// columns can say of them.
//
// # Safety
// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
// be written.
int32_t enishi_population_of_engine(const struct enishi_engine *engine,
                                    struct enishi_population **out,
                                    struct enishi_error **err);

// Adds rows at the end, with the same columns as the rows before them. When they have a fault,
// nothing was added.
//
// # Safety
// The handles are NULL or were given by this library and not freed, and nobody else uses the
// population now; `err` is NULL or may be written.
int32_t enishi_population_append(struct enishi_population *population,
                                 const struct enishi_columns *columns,
                                 struct enishi_error **err);

// Takes in what became of a friend: in the row of the friend's key, else in a new one. `row`,
// unless NULL, gets which. The population must have keys.
//
// # Safety
// As for enishi_population_append; `row` is NULL or may be written.
int32_t enishi_population_put(struct enishi_population *population,
                              const struct enishi_friend *person,
                              uint32_t *row,
                              struct enishi_error **err);

// The same of a friend of an engine, by key.
//
// # Safety
// As for enishi_population_put; `friend_key` leads to `friend_key_len` bytes.
int32_t enishi_population_put_of_engine(struct enishi_population *population,
                                        const struct enishi_engine *engine,
                                        const char *friend_key,
                                        size_t friend_key_len,
                                        uint32_t *row,
                                        struct enishi_error **err);

// Removes the friend of a row. The key is free for another row then.
// ENISHI_STATUS_UNKNOWN_ROW when there is no such row, or it was removed before.
//
// # Safety
// `population` is NULL or was given by this library and not freed, and nobody else uses it now;
// `err` is NULL or may be written.
int32_t enishi_population_remove(struct enishi_population *population,
                                 uint32_t row,
                                 struct enishi_error **err);

// How many friends there are, without those removed; 0 when `population` is NULL.
//
// # Safety
// `population` is NULL or was given by this library and not freed.
size_t enishi_population_len(const struct enishi_population *population);

// How many rows there are, those removed included: the number of the next one; 0 when `population`
// is NULL.
//
// # Safety
// `population` is NULL or was given by this library and not freed.
uint32_t enishi_population_rows(const struct enishi_population *population);

// The row of the friend with this key; ENISHI_STATUS_UNKNOWN_NAME when nobody has it.
//
// # Safety
// `population` is NULL or was given by this library and not freed; `key` leads to `key_len` bytes;
// the other pointers are NULL or may be written.
int32_t enishi_population_row(const struct enishi_population *population,
                              const char *key,
                              size_t key_len,
                              uint32_t *out,
                              struct enishi_error **err);

// The key of a row; ENISHI_STATUS_UNKNOWN_ROW when it has none, does not exist or was removed.
//
// # Safety
// `population` is NULL or was given by this library and not freed; the other pointers are NULL or
// may be written.
int32_t enishi_population_key(const struct enishi_population *population,
                              uint32_t row,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// The friends for whom the expression holds at `now_ms`. ENISHI_STATUS_UNANSWERED when a condition
// asks for what no column says: then see enishi_engine_select.
//
// # Safety
// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
// may be written.
int32_t enishi_population_select(const struct enishi_population *population,
                                 const struct enishi_predicate *predicate,
                                 int64_t now_ms,
                                 struct enishi_selection **out,
                                 struct enishi_error **err);

// The friends of a population for whom the expression holds, as of the time the engine was told
// last. What no column says is asked of the engine's own friends, of those only whom nothing else
// ruled out. Put into the population what became of friends since it was made.
//
// # Safety
// As for enishi_population_select.
int32_t enishi_engine_select(const struct enishi_engine *engine,
                             const struct enishi_population *population,
                             const struct enishi_predicate *predicate,
                             struct enishi_selection **out,
                             struct enishi_error **err);

// How the expression would be answered, step by step, for people. Its wording may change.
//
// # Safety
// As for enishi_population_select.
int32_t enishi_population_plan(const struct enishi_population *population,
                               const struct enishi_predicate *predicate,
                               int64_t now_ms,
                               struct enishi_buf *out,
                               struct enishi_error **err);

// All friends: what a complement is taken from.
//
// # Safety
// `population` is NULL or was given by this library and not freed; the other pointers are NULL or
// may be written.
int32_t enishi_population_everyone(const struct enishi_population *population,
                                   struct enishi_selection **out,
                                   struct enishi_error **err);

// The friends of these rows: `n` packed uint32_t in any order, at any address.
// ENISHI_STATUS_UNKNOWN_ROW when one of them does not exist or was removed.
//
// # Safety
// As for enishi_population_everyone; `rows` leads to `n` uint32_t.
int32_t enishi_population_pick(const struct enishi_population *population,
                               const void *rows,
                               size_t n,
                               struct enishi_selection **out,
                               struct enishi_error **err);

// Ends a population; NULL is taken too.
//
// # Safety
// `population` is NULL or was given by this library and not freed, and nobody uses it now.
void enishi_population_free(struct enishi_population *population);

// How many rows; 0 when `selection` is NULL.
//
// # Safety
// `selection` is NULL or was given by this library and not freed.
size_t enishi_selection_count(const struct enishi_selection *selection);

// Writes the rows, ascending, packed uint32_t, into `buffer` with room for `room` of them. `count`
// gets how many there are; ask for it alone with `room` 0, or with enishi_selection_count.
//
// # Safety
// `selection` is NULL or was given by this library and not freed; `buffer` leads to room for `room`
// uint32_t, at any address, or is NULL; the other pointers are NULL or may be written.
int32_t enishi_selection_ids(const struct enishi_selection *selection,
                             void *buffer,
                             size_t room,
                             size_t *count,
                             struct enishi_error **err);

// Writes the rows, ascending, as an Arrow array of uint32 without nulls. The caller owns both
// structs and releases them as Arrow has it; they go on without the selection.
//
// # Safety
// `selection` is NULL or was given by this library and not freed; the other pointers are NULL or
// may be written, and what stood there is not released.
int32_t enishi_selection_export(const struct enishi_selection *selection,
                                struct ArrowSchema *schema,
                                struct ArrowArray *array,
                                struct enishi_error **err);

// Those in both.
//
// # Safety
// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
// may be written.
int32_t enishi_selection_and(const struct enishi_selection *one,
                             const struct enishi_selection *other,
                             struct enishi_selection **out,
                             struct enishi_error **err);

// Those in either.
//
// # Safety
// As for enishi_selection_and.
int32_t enishi_selection_or(const struct enishi_selection *one,
                            const struct enishi_selection *other,
                            struct enishi_selection **out,
                            struct enishi_error **err);

// Those in the one and not in the other. Who is in none: enishi_population_everyone minus it.
//
// # Safety
// As for enishi_selection_and.
int32_t enishi_selection_minus(const struct enishi_selection *one,
                               const struct enishi_selection *other,
                               struct enishi_selection **out,
                               struct enishi_error **err);

// Ends a selection; NULL is taken too.
//
// # Safety
// `selection` is NULL or was given by this library and not freed.
void enishi_selection_free(struct enishi_selection *selection);

// What a playbook's rules alone tell of its segments and tags: what nobody uses, what can hold for nobody.
// `out` gets {"friends", "segments": [{"segment", "friends"}], "findings": [{"code", "text"}]} as JSON;
// here "friends" is null and "segments" empty. Codes are "H01" and so on and never change their meaning;
// the texts are for people.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed; the other pointers are NULL or may be
// written.
int32_t enishi_playbook_hygiene(const struct enishi_playbook *playbook,
                                struct enishi_buf *out,
                                struct enishi_error **err);

// The same along with the friends there are as of `now_ms`: how many each segment has, which are empty, too
// small or twice the same, which tags nobody has. What no column answers is left out and told.
//
// # Safety
// The handles are NULL or were given by this library and not freed; the other pointers are NULL or may be
// written.
int32_t enishi_population_hygiene(const struct enishi_population *population,
                                  const struct enishi_playbook *playbook,
                                  int64_t now_ms,
                                  struct enishi_buf *out,
                                  struct enishi_error **err);

// The same by the engine's playbook, as of the time told last. What no column of the population answers is
// asked of the engine's friends, found by their keys, and so is how long ago tags were put on.
//
// # Safety
// As for enishi_population_hygiene.
int32_t enishi_engine_hygiene(const struct enishi_engine *engine,
                              const struct enishi_population *population,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// Did LINE write these bytes? ENISHI_STATUS_OK when `signature`, the value of the header
// X-Line-Signature, was made over `body`, as it came off the wire, with the channel's secret; else
// ENISHI_STATUS_SIGNATURE_MISMATCH: answer with 401 and forget the body.
//
// # Safety
// `secret` leads to `secret_len` bytes, `body` to `body_len`, `signature` to `signature_len`; `err`
// is NULL or may be written.
int32_t enishi_webhook_verify(const char *secret,
                              size_t secret_len,
                              const char *body,
                              size_t body_len,
                              const char *signature,
                              size_t signature_len,
                              struct enishi_error **err);

// What the events of a webhook tell, one JSON object on each line and one line for each event:
// {"record": event}, to be given to enishi_engine_record or enishi_friend_step; {"link": {"id",
// "friend", "at", "nonce"}}, to be recorded as an event of the type "link" once the shop knows whom
// it gave the nonce; or {"skip": "why"}. Verify the body first.
//
// # Safety
// `body` leads to `body_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_webhook_events(const char *body,
                              size_t body_len,
                              struct enishi_buf *out,
                              struct enishi_error **err);

// Options as of an instant (later orders do not count) in a shop's time zone, such as "Asia/Tokyo":
// quantiles with five scores, recency by the shop's dates.
//
// # Safety
// `zone` leads to `zone_len` bytes; the other pointers are NULL or may be written.
int32_t enishi_rfm_options_new(int64_t as_of_ms,
                               const char *zone,
                               size_t zone_len,
                               struct enishi_rfm_options **out,
                               struct enishi_error **err);

// Sets how all three measures are scored: one of enishi_rfm_scale, with 2 to 10 scores.
//
// # Safety
// `options` is NULL or was given by this library and not freed, and nobody else uses it now; `err`
// is NULL or may be written.
int32_t enishi_rfm_options_set_scale(struct enishi_rfm_options *options,
                                     int32_t scale,
                                     uint32_t bins,
                                     struct enishi_error **err);

// Sets how recency is counted: one of enishi_rfm_recency.
//
// # Safety
// `options` is NULL or was given by this library and not freed, and nobody else uses it now; `err`
// is NULL or may be written.
int32_t enishi_rfm_options_set_recency(struct enishi_rfm_options *options,
                                       int32_t recency,
                                       struct enishi_error **err);

// Ends options; NULL is taken too.
//
// # Safety
// `options` is NULL or was given by this library and not freed.
void enishi_rfm_options_free(struct enishi_rfm_options *options);

// Measures and scores all customers of `n` orders, given as three columns of packed numbers in the
// machine's byte order, at any address: `customers` uint32_t, `times` int64_t in milliseconds since
// 1970, `amounts` int64_t in minor units (refunds taken off). Orders that do not count are left out.
//
// # Safety
// `options` is NULL or was given by this library and not freed; the columns are NULL or lead to `n`
// numbers each; the other pointers are NULL or may be written.
int32_t enishi_rfm_measure(const struct enishi_rfm_options *options,
                           const void *customers,
                           const void *times,
                           const void *amounts,
                           size_t n,
                           struct enishi_rfm **out,
                           struct enishi_error **err);

// Writes the numbers of the customers, ascending, packed uint32_t, into `buffer` with room for
// `room` of them. `count` gets how many there are; ask for it alone with `room` 0.
//
// # Safety
// `rfm` is NULL or was given by this library and not freed; `buffer` leads to room for `room`
// uint32_t, or is NULL; the other pointers are NULL or may be written.
int32_t enishi_rfm_customers(const struct enishi_rfm *rfm,
                             void *buffer,
                             size_t room,
                             size_t *count,
                             struct enishi_error **err);

// Writes the scores in the order of the customers, three bytes each (recency, frequency, monetary
// value), into `buffer` with room for `room` customers. `count` gets how many there are; ask for it
// alone with `room` 0.
//
// # Safety
// `rfm` is NULL or was given by this library and not freed; `buffer` leads to `3 * room` bytes, or
// is NULL; the other pointers are NULL or may be written.
int32_t enishi_rfm_scores(const struct enishi_rfm *rfm,
                          void *buffer,
                          size_t room,
                          size_t *count,
                          struct enishi_error **err);

// The whole in short, as JSON: {"customers", "classes": [{"class", "label", "customers"}], "cuts":
// {"recency": [...], "frequency": [...], "monetary": [...]}}. The classes share out the five by five
// scores of recency and frequency; the cuts are exact numbers as text.
//
// # Safety
// `rfm` is NULL or was given by this library and not freed; the other pointers are NULL or may be
// written.
int32_t enishi_rfm_summary(const struct enishi_rfm *rfm,
                           struct enishi_buf *out,
                           struct enishi_error **err);

// Ends the result; NULL is taken too.
//
// # Safety
// `rfm` is NULL or was given by this library and not freed.
void enishi_rfm_free(struct enishi_rfm *rfm);

// At which hours the engine's friends react, for those of whom little is known: the lines of a playbook's
// section `best_hour`, as TOML. They take effect when a playbook with them is adopted.
//
// # Safety
// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may be
// written.
int32_t enishi_engine_best_hour(const struct enishi_engine *engine,
                                struct enishi_buf *out,
                                struct enishi_error **err);

// How long the shop's goods last with the engine's friends: the lines of a playbook's section `cycles`, as
// TOML. A median stands in place of what the playbook gives where at least `least_gaps` gaps between orders
// are known. They take effect when a playbook with them is adopted.
//
// # Safety
// As for enishi_engine_best_hour.
int32_t enishi_engine_cycles(const struct enishi_engine *engine,
                             uint32_t least_gaps,
                             struct enishi_buf *out,
                             struct enishi_error **err);

// How many LINE messages a month the playbook's budget pays for, by LINE's prices in Japan since June 2023:
// `any` tells whether it has a budget, `messages` how many. For enishi_engine_set_quota: the less of this
// and LINE's own quota, less what was sent this month.
//
// # Safety
// `playbook` is NULL or was given by this library and not freed; the other pointers are NULL or may be
// written.
int32_t enishi_playbook_messages_within_budget(const struct enishi_playbook *playbook,
                                               int64_t *messages,
                                               bool *any,
                                               struct enishi_error **err);

// What came of a coupon of the engine's playbook by `now_ms`: issued, delivered, used, what it brought and what it
// cost, and why it was not used. What it took off is asked of the ledger.
//
// `books` is what else the shop knows, as JSON: {"costs": {"SOAP-1": 300}, "message": 2800, "out_of_stock":
// ["line:1"]}, or with `books_len` 0 nothing. "costs" are what one piece costs, before those of `[margin]`; "message"
// what a message costs in thousandths of a minor unit, else that of `[margin]`; "out_of_stock" the keys of friends
// who came for goods that were not there.
//
// `out` gets {"issued", "delivered", "messages", "used", "uses", "revenue", "discount", "margin", "message_cost",
// "unused", "cost_per_use"} as JSON: "used" how many coupons, "uses" how often; "margin" is null unless the cost of
// all goods is known, "cost_per_use" when it was never used; "unused" counts by reason: "still_valid",
// "not_delivered", "out_of_stock", "floor_not_met", "bought_without", "never_opened", "expired". Linear in the
// friends.
//
// # Safety
// The handles are NULL or were given by this library and not freed, and nobody changes the engine meanwhile; the
// texts lead to as many bytes as is said of them; the other pointers are NULL or may be written.
int32_t enishi_engine_coupon_results(const struct enishi_engine *engine,
                                     const struct enishi_ledger *ledger,
                                     const char *coupon,
                                     size_t coupon_len,
                                     const char *books,
                                     size_t books_len,
                                     int64_t now_ms,
                                     struct enishi_buf *out,
                                     struct enishi_error **err);

// What friends spent within `days` of coming to a scenario of the engine's playbook: those who were given what it
// gives, beside those who were held out. Whose days are not over by `now_ms` are in neither.
//
// `out` gets {"given": {"friends", "mean"}, "held_out", "difference": {"per_friend", "low", "high", "clear"}} as JSON:
// how much more one who was given it spent, and from where to where that lies in 95 of 100 such comparisons; "clear"
// is false where chance alone might have made it, and the difference null where a group has fewer than two. For some
// thirty and more in each. Money is whole minor units.
//
// # Safety
// As for enishi_engine_coupon_results.
int32_t enishi_engine_holdout(const struct enishi_engine *engine,
                              const char *scenario,
                              size_t scenario_len,
                              uint32_t days,
                              int64_t now_ms,
                              struct enishi_buf *out,
                              struct enishi_error **err);
