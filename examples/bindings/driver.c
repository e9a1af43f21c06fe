/* Drives the library from C (or C++), one function for each thing it can do.
 *
 * Reads a tape: lines "op TAB length TAB length ...", each followed by that many bytes of arguments
 * and a newline. Prints what came of each op. The drivers in PHP and Python print the same bytes.
 *
 *     cc -I include examples/bindings/driver.c -L target/debug -lenishi -o driver && ./driver tape
 */
#include "enishi_c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *ptr;
  size_t len;
} text;

/* What the ops share. Each is freed before it is replaced, and at the end. */
static enishi_playbook *playbook;
static enishi_keys *keys;
static enishi_ledger *ledger;
/* The coupons that the last quote took. */
static char *taken;
/* What the last step said to the ledger: the end of its effects. */
static char *entries;
/* Where the ledger's file is: beside the tape. */
static char *ledger_path;
static enishi_shop *shop;
static enishi_engine *engine;
static enishi_friend *person;
static enishi_predicate *question;
static enishi_columns *columns;
static enishi_population *population;
/* The last selection, and the one before it. */
static enishi_selection *chosen[2];
static int64_t last_now = INT64_MIN;
/* What was decided, as a host would keep it: one JSON object on each line. */
static char *log_lines;
static size_t log_len;

/* Every call puts its error here. */
static enishi_error *err;

/* And goes through here: on failure `err` holds the details, and is ours to free. */
static bool good(int32_t status) {
  printf("  status: %d\n", (int)status);
  if (status != ENISHI_STATUS_OK) {
    printf("  error: %d %s\n", (int)enishi_error_code(err), enishi_error_message(err));
    enishi_error_free(err);
    err = NULL;
  }
  return status == ENISHI_STATUS_OK;
}

/* Prints text the library made, and frees it. */
static void show(const char *label, enishi_buf *buf) {
  printf("  %s: ", label);
  fwrite(buf->ptr, 1, buf->len, stdout);
  printf("\n");
  enishi_buf_free(buf);
}

/* Prints bytes the library made, and frees them. */
static void show_hex(const char *label, enishi_buf *buf) {
  printf("  %s: ", label);
  for (size_t i = 0; i < buf->len; i++) printf("%02x", (unsigned char)buf->ptr[i]);
  printf("\n");
  enishi_buf_free(buf);
}

static void show_bool(const char *label, bool value) { printf("  %s: %s\n", label, value ? "yes" : "no"); }

static void show_instant(bool any, int64_t at) {
  show_bool("any", any);
  printf("  at: %lld\n", (long long)at);
}

static int64_t number(text arg) {
  char digits[32] = {0};
  memcpy(digits, arg.ptr, arg.len < sizeof digits ? arg.len : sizeof digits - 1);
  return strtoll(digits, NULL, 10);
}

static bool is(text arg, const char *word) { return arg.len == strlen(word) && memcmp(arg.ptr, word, arg.len) == 0; }

static void keep_in_log(const char *lines, size_t len) {
  char *longer = (char *)realloc(log_lines, log_len + len + 1);
  if (longer == NULL) return;
  log_lines = longer;
  memcpy(log_lines + log_len, lines, len);
  log_len += len;
}

static void op_playbook(const text *arg) {
  enishi_buf diagnostics = {NULL, 0};
  enishi_playbook_free(playbook);
  playbook = NULL;
  if (good(enishi_playbook_compile(arg[0].ptr, arg[0].len, &playbook, &diagnostics, &err))) {
    printf("  hash: %s\n", enishi_playbook_hash(playbook));
  } else {
    show("diagnostics", &diagnostics);
  }
}

/* Another playbook while runs go on by the one there is. */
static void op_adopt(const text *arg) {
  enishi_playbook *before = playbook, *edited = NULL;
  playbook = NULL;
  op_playbook(arg);
  edited = playbook;
  if (edited != NULL) {
    playbook = NULL;
    if (good(enishi_playbook_following(edited, before, &playbook, &err))) {
      printf("  hash: %s\n", enishi_playbook_hash(playbook));
      good(enishi_engine_adopt(engine, playbook, &err));
    }
  }
  enishi_playbook_free(edited);
  enishi_playbook_free(before);
}

static void op_presets(const text *arg) {
  enishi_buf presets = {NULL, 0};
  (void)arg;
  if (good(enishi_presets(&presets, &err))) show("presets", &presets);
}

static void op_budget(const text *arg) {
  int64_t messages = 0;
  bool any = false;
  (void)arg;
  if (!good(enishi_playbook_messages_within_budget(playbook, &messages, &any, &err))) return;
  show_bool("any", any);
  printf("  messages: %lld\n", (long long)messages);
}

/* What the friends teach, as lines for a playbook. */
static void op_learn(const text *arg) {
  enishi_buf lines = {NULL, 0};
  if (good(enishi_engine_best_hour(engine, &lines, &err))) show("best hour", &lines);
  if (good(enishi_engine_cycles(engine, (uint32_t)number(arg[0]), &lines, &err))) show("cycles", &lines);
}

/* By the rules alone, with the friends as columns tell them, and with all an engine knows of them. */
static void op_hygiene(const text *arg) {
  enishi_buf found = {NULL, 0};
  if (good(enishi_playbook_hygiene(playbook, &found, &err))) show("rules", &found);
  if (good(enishi_population_hygiene(population, playbook, number(arg[0]), &found, &err))) show("columns", &found);
  if (good(enishi_engine_hygiene(engine, population, &found, &err))) show("friends", &found);
}

static void op_keys(const text *arg) {
  enishi_keys_free(keys);
  keys = NULL;
  good(enishi_keys_new((uint32_t)number(arg[0]), arg[1].ptr, arg[1].len, &keys, &err));
}

static void op_retire(const text *arg) {
  good(enishi_keys_add_retired(keys, (uint32_t)number(arg[0]), arg[1].ptr, arg[1].len, &err));
}

static void op_engine(const text *arg) {
  enishi_engine_free(engine);
  engine = NULL;
  last_now = INT64_MIN;
  log_len = 0;
  good(enishi_engine_new(playbook, is(arg[0], "keys") ? keys : NULL, &engine, &err));
}

static void op_stock(const text *arg) {
  good(enishi_engine_set_stock(engine, arg[0].ptr, arg[0].len, number(arg[1]), &err));
}

/* So many messages are left, or with nothing said, enough. */
static void op_quota(const text *arg) {
  good(arg[0].len == 0 ? enishi_engine_lift_quota(engine, &err)
                       : enishi_engine_set_quota(engine, number(arg[0]), &err));
}

static void op_new_shop(const text *arg) {
  (void)arg;
  enishi_shop_free(shop);
  shop = NULL;
  good(enishi_shop_new(&shop, &err));
}

static void op_shop_stock(const text *arg) {
  good(enishi_shop_set_stock(shop, arg[0].ptr, arg[0].len, number(arg[1]), &err));
}

static void op_shop_quota(const text *arg) {
  good(arg[0].len == 0 ? enishi_shop_lift_quota(shop, &err) : enishi_shop_set_quota(shop, number(arg[0]), &err));
}

static void op_tell(const text *arg) {
  (void)arg;
  good(enishi_engine_tell(engine, shop, &err));
}

static void op_record(const text *arg) {
  bool is_new = false;
  int64_t now = number(arg[0]);
  if (good(enishi_engine_record(engine, arg[1].ptr, arg[1].len, now, &is_new, &err))) {
    last_now = now;
    show_bool("new", is_new);
  }
}

static bool advance(int64_t now, size_t *woken) {
  size_t count = 0;
  bool ok = good(enishi_engine_advance(engine, now, &count, &err));
  if (ok) last_now = now;
  *woken += count;
  return ok;
}

static void op_advance(const text *arg) {
  size_t woken = 0;
  if (advance(number(arg[0]), &woken)) printf("  woken: %zu\n", woken);
}

/* Lives through every wake-up until then, as a host that never sleeps would. */
static void op_play(const text *arg) {
  size_t woken = 0;
  int64_t until = number(arg[0]);
  for (;;) {
    int64_t at = 0;
    bool any = false;
    if (!good(enishi_engine_next_wake(engine, &at, &any, &err))) return;
    if (!any || at > until) break;
    if (!advance(at > last_now ? at : last_now, &woken)) return;
  }
  if (advance(until, &woken)) printf("  woken: %zu\n", woken);
}

static void op_next_wake(const text *arg) {
  int64_t at = 0;
  bool any = false;
  (void)arg;
  if (good(enishi_engine_next_wake(engine, &at, &any, &err))) show_instant(any, at);
}

static void op_next_send(const text *arg) {
  int64_t at = 0;
  bool any = false;
  (void)arg;
  if (good(enishi_engine_next_send(engine, &at, &any, &err))) show_instant(any, at);
}

static void op_decisions(const text *arg) {
  enishi_buf lines = {NULL, 0};
  (void)arg;
  if (!good(enishi_engine_take_decisions(engine, &lines, &err))) return;
  keep_in_log(lines.ptr, lines.len);
  show("decisions", &lines);
}

static void op_log(const text *arg) {
  log_len = 0;
  keep_in_log(arg[0].ptr, arg[0].len);
}

/* Of a friend, a scenario and a step, or with no step the whole scenario. */
static void op_why(const text *arg) {
  enishi_buf why = {NULL, 0};
  int32_t status = enishi_engine_why(engine, arg[0].ptr, arg[0].len, arg[1].ptr, arg[1].len, arg[2].ptr,
                                     arg[2].len, log_lines, log_len, &why, &err);
  if (good(status)) show("why", &why);
}

static void op_why_friend(const text *arg) {
  enishi_buf why = {NULL, 0};
  int32_t status = enishi_friend_why(person, playbook, arg[1].ptr, arg[1].len, arg[2].ptr, arg[2].len,
                                     log_lines, log_len, number(arg[0]), &why, &err);
  if (good(status)) show("why", &why);
}

static void show_question(void) {
  enishi_buf words = {NULL, 0};
  if (good(enishi_predicate_text(question, &words, &err))) show("text", &words);
  if (good(enishi_predicate_json(question, &words, &err))) show("json", &words);
}

static void op_segment(const text *arg) {
  enishi_predicate_free(question);
  question = NULL;
  if (good(enishi_predicate_of_segment(playbook, arg[0].ptr, arg[0].len, &question, &err))) show_question();
}

static void op_ask(const text *arg) {
  enishi_buf diagnostics = {NULL, 0};
  enishi_predicate_free(question);
  question = NULL;
  if (good(enishi_predicate_compile(playbook, arg[0].ptr, arg[0].len, &question, &diagnostics, &err))) {
    show_question();
  } else {
    show("diagnostics", &diagnostics);
  }
}

static void op_ask_engine(const text *arg) {
  enishi_buf why = {NULL, 0};
  int64_t at = 0;
  bool inside = false, any = false;
  if (!good(enishi_engine_matches(engine, arg[0].ptr, arg[0].len, question, &inside, &err))) return;
  show_bool("inside", inside);
  if (good(enishi_engine_explain(engine, arg[0].ptr, arg[0].len, question, &why, &err))) show("why", &why);
  if (good(enishi_engine_next_change(engine, arg[0].ptr, arg[0].len, question, &at, &any, &err)))
    show_instant(any, at);
}

static void op_ask_friend(const text *arg) {
  enishi_buf why = {NULL, 0};
  int64_t at = 0, now = number(arg[0]);
  bool inside = false, any = false;
  if (!good(enishi_friend_matches(person, question, now, &inside, &err))) return;
  show_bool("inside", inside);
  if (good(enishi_friend_explain(person, question, now, &why, &err))) show("why", &why);
  if (good(enishi_friend_next_change(person, question, now, &at, &any, &err))) show_instant(any, at);
}

/* Takes one request; here a real host would send it. Then feeds what LINE answered: status, headers
 * and body from the tape. With the status "lost" the host dies instead and feeds nothing. */
static void op_deliver(const text *arg) {
  enishi_delivery *delivery = NULL;
  enishi_buf fate = {NULL, 0};
  int64_t now = number(arg[0]);
  if (!good(enishi_engine_next_delivery(engine, now, &delivery, &err))) return;
  if (delivery == NULL) {
    printf("  nothing to send\n");
    return;
  }
  printf("  request: %s %s\n", enishi_delivery_method(delivery, NULL), enishi_delivery_path(delivery, NULL));
  printf("  retry key: %s\n", enishi_delivery_retry_key(delivery, NULL));
  printf("  body: %s\n", enishi_delivery_body(delivery, NULL));
  if (!is(arg[1], "lost")) {
    int32_t status = enishi_engine_feed_result(engine, delivery, now, (int32_t)number(arg[1]), arg[2].ptr,
                                               arg[2].len, arg[3].ptr, arg[3].len, &fate, &err);
    if (good(status)) show("fate", &fate);
  }
  enishi_delivery_free(delivery);
}

/* Takes one thing to do; a real host would do it, and remember its key. */
static void op_hand_over(const text *arg) {
  enishi_buf handover = {NULL, 0};
  if (good(enishi_engine_next_handover(engine, number(arg[0]), &handover, &err))) show("handover", &handover);
}

static void op_confirm(const text *arg) {
  bool was_open = false;
  if (good(enishi_engine_confirm(engine, arg[0].ptr, arg[0].len, &was_open, &err)))
    printf("  open: %s\n", was_open ? "yes" : "no");
}

static void op_tally(const text *arg) {
  enishi_buf tally = {NULL, 0};
  (void)arg;
  if (good(enishi_engine_tally(engine, &tally, &err))) show("tally", &tally);
}

/* Ends the engine and goes on with what was kept of it, as another process would. */
static void op_reload(const text *arg) {
  enishi_buf snapshot = {NULL, 0};
  (void)arg;
  if (!good(enishi_engine_snapshot(engine, &snapshot, &err))) return;
  enishi_engine_free(engine);
  engine = NULL;
  good(enishi_engine_restore(playbook, keys, snapshot.ptr, snapshot.len, &engine, &err));
  show_hex("snapshot", &snapshot);
}

static void op_code(const text *arg) {
  enishi_buf code = {NULL, 0};
  int32_t status = enishi_code_issue(keys, arg[0].ptr, arg[0].len, (uint32_t)number(arg[1]),
                                     (uint32_t)number(arg[2]), &code, &err);
  if (good(status)) show("code", &code);
}

static void op_verify(const text *arg) {
  enishi_buf verified = {NULL, 0};
  if (good(enishi_code_verify(keys, playbook, arg[0].ptr, arg[0].len, &verified, &err)))
    show("verified", &verified);
}

/* Shows a quote, and keeps the coupons it took: the JSON between two of its keys. A real host has a reader of JSON. */
static void show_quote(enishi_buf *quote) {
  const char *from = strstr(quote->ptr, "\"taken\":"), *to = strstr(quote->ptr, ",\"refused\":");
  free(taken);
  from += strlen("\"taken\":");
  taken = (char *)calloc((size_t)(to - from) + 1, 1);
  if (taken != NULL) memcpy(taken, from, (size_t)(to - from));
  show("quote", quote);
}

/* Of the friend held here, or of a guest. */
static void op_quote(const text *arg) {
  enishi_buf quote = {NULL, 0};
  int32_t status = enishi_quote(playbook, keys, ledger, is(arg[0], "friend") ? person : NULL, arg[2].ptr,
                                arg[2].len, arg[3].ptr, arg[3].len, number(arg[1]), &quote, &err);
  if (good(status)) show_quote(&quote);
}

/* Of a friend in the engine, or with no key of a guest. */
static void op_engine_quote(const text *arg) {
  enishi_buf quote = {NULL, 0};
  int32_t status = enishi_engine_quote(engine, ledger, arg[0].ptr, arg[0].len, arg[2].ptr, arg[2].len,
                                       arg[3].ptr, arg[3].len, number(arg[1]), &quote, &err);
  if (good(status)) show_quote(&quote);
}

static void op_margin(const text *arg) {
  enishi_buf checked = {NULL, 0};
  if (good(enishi_margin_check(playbook, arg[0].ptr, arg[0].len, &checked, &err))) show("checked", &checked);
}

/* In memory, the one in the file, or none. */
static void op_ledger(const text *arg) {
  enishi_ledger_free(ledger);
  ledger = NULL;
  if (is(arg[0], "none")) return;
  good(is(arg[0], "file") ? enishi_ledger_open(playbook, ledger_path, strlen(ledger_path), &ledger, &err)
                          : enishi_ledger_new(&ledger, &err));
}

static void op_issue(const text *arg) {
  enishi_buf answer = {NULL, 0};
  int32_t status = enishi_ledger_issue(ledger, playbook, keys, arg[1].ptr, arg[1].len, arg[2].ptr, arg[2].len,
                                       number(arg[3]), number(arg[0]), &answer, &err);
  if (good(status)) show("answer", &answer);
}

static void op_reserve(const text *arg) {
  enishi_buf answer = {NULL, 0};
  int32_t status = enishi_ledger_reserve(ledger, playbook, keys, arg[2].ptr, arg[2].len, number(arg[1]),
                                         number(arg[0]), &answer, &err);
  if (good(status)) show("answer", &answer);
}

static void op_redeem(const text *arg) {
  enishi_buf answer = {NULL, 0};
  int32_t status = enishi_ledger_redeem(ledger, playbook, arg[1].ptr, arg[1].len, arg[2].ptr, arg[2].len,
                                        arg[3].ptr, arg[3].len, number(arg[0]), &answer, &err);
  if (good(status)) show("answer", &answer);
}

static void op_release(const text *arg) {
  good(enishi_ledger_release(ledger, arg[1].ptr, arg[1].len, arg[2].ptr, arg[2].len, number(arg[0]), &err));
}

/* What the last quote took, or with something said, that. */
static void op_reserve_all(const text *arg) {
  enishi_buf answer = {NULL, 0};
  const char *asked = arg[4].len == 0 ? taken : arg[4].ptr;
  size_t len = arg[4].len == 0 ? strlen(taken) : arg[4].len;
  int32_t status =
      enishi_ledger_reserve_all(ledger, playbook, keys, asked, len, arg[2].ptr, arg[2].len,
                                (uint32_t)number(arg[3]), number(arg[1]), number(arg[0]), &answer, &err);
  if (good(status)) show("answer", &answer);
}

static void op_redeem_all(const text *arg) {
  enishi_buf answer = {NULL, 0};
  int32_t status = enishi_ledger_redeem_all(ledger, playbook, arg[1].ptr, arg[1].len, arg[2].ptr, arg[2].len,
                                            number(arg[0]), &answer, &err);
  if (good(status)) show("answer", &answer);
}

static void op_release_all(const text *arg) {
  good(enishi_ledger_release_all(ledger, arg[1].ptr, arg[1].len, number(arg[0]), &err));
}

static void op_roll_back(const text *arg) {
  enishi_buf answer = {NULL, 0};
  int32_t status = enishi_ledger_roll_back(ledger, arg[1].ptr, arg[1].len, number(arg[2]), number(arg[3]),
                                           number(arg[0]), &answer, &err);
  if (good(status)) show("answer", &answer);
}

static void op_revoke(const text *arg) {
  good(enishi_ledger_revoke(ledger, arg[1].ptr, arg[1].len, arg[2].ptr, arg[2].len, number(arg[0]), &err));
}

static void op_merge(const text *arg) {
  good(enishi_ledger_merge(ledger, (uint32_t)number(arg[1]), (uint32_t)number(arg[2]), number(arg[0]), &err));
}

static void op_ask_ledger(const text *arg) {
  good(enishi_shop_ask_ledger(shop, playbook, ledger, number(arg[0]), &err));
}

/* Those of the last step where none are told. */
static void op_post_entries(const text *arg) {
  const bool last = arg[1].len == 0 && entries != NULL;
  const char *told = last ? entries : arg[1].ptr;
  good(enishi_ledger_post(ledger, playbook, told, last ? strlen(entries) : arg[1].len, number(arg[0]), &err));
}

static void op_post(const text *arg) {
  good(enishi_engine_post(engine, ledger, number(arg[0]), &err));
}

static void op_numbers(const text *arg) {
  uint32_t first = 0;
  int32_t status = enishi_ledger_take_numbers(ledger, arg[1].ptr, arg[1].len, (uint32_t)number(arg[2]),
                                              number(arg[0]), &first, &err);
  if (good(status)) printf("  first: %u\n", first);
}

static void op_results(const text *arg) {
  enishi_buf results = {NULL, 0};
  int32_t status = enishi_engine_coupon_results(engine, ledger, arg[1].ptr, arg[1].len, arg[2].ptr, arg[2].len,
                                                number(arg[0]), &results, &err);
  if (good(status)) show("results", &results);
}

static void op_holdout(const text *arg) {
  enishi_buf told = {NULL, 0};
  int32_t status = enishi_engine_holdout(engine, arg[1].ptr, arg[1].len, (uint32_t)number(arg[2]), number(arg[0]),
                                         &told, &err);
  if (good(status)) show("holdout", &told);
}

static void op_uses(const text *arg) {
  enishi_buf uses = {NULL, 0};
  int32_t status = enishi_ledger_uses(ledger, arg[1].ptr, arg[1].len, (uint32_t)number(arg[2]), arg[3].ptr,
                                      arg[3].len, number(arg[0]), &uses, &err);
  if (good(status)) show("uses", &uses);
}

static void op_expire(const text *arg) {
  size_t count = 0;
  if (good(enishi_ledger_expire(ledger, number(arg[0]), &count, &err))) printf("  lapsed: %zu\n", count);
}

static void op_batch(const text *arg) {
  enishi_buf lines = {NULL, 0};
  int32_t status = enishi_code_batch(keys, arg[0].ptr, arg[0].len, (uint32_t)number(arg[1]),
                                     (uint32_t)number(arg[2]), &lines, &err);
  if (good(status)) show("codes", &lines);
}

static void op_friend(const text *arg) {
  enishi_friend_free(person);
  person = NULL;
  good(enishi_friend_new(arg[0].ptr, arg[0].len, (uint32_t)number(arg[1]), &person, &err));
}

static void op_step(const text *arg) {
  enishi_buf effects = {NULL, 0};
  int64_t at = 0;
  bool any = false;
  int32_t status =
      enishi_friend_step(person, playbook, keys, shop, arg[1].ptr, arg[1].len, number(arg[0]), &effects, &err);
  if (!good(status)) return;
  const char *from = strstr(effects.ptr, "\"ledger\":") + strlen("\"ledger\":");
  const size_t length = (size_t)(effects.ptr + effects.len - from) - 1;
  free(entries);
  entries = (char *)calloc(length + 1, 1);
  if (entries != NULL) memcpy(entries, from, length);
  show("effects", &effects);
  if (good(enishi_friend_next_wake(person, &at, &any, &err))) show_instant(any, at);
}

/* What a request of a web server does between two events: save the row, load the row. */
static void op_reload_friend(const text *arg) {
  enishi_buf state = {NULL, 0};
  (void)arg;
  if (!good(enishi_friend_save(person, &state, &err))) return;
  enishi_friend_free(person);
  person = NULL;
  good(enishi_friend_load(state.ptr, state.len, &person, &err));
  show("state", &state);
}

static void op_webhook(const text *arg) {
  enishi_buf lines = {NULL, 0};
  int32_t status = enishi_webhook_verify(arg[0].ptr, arg[0].len, arg[1].ptr, arg[1].len, arg[2].ptr,
                                         arg[2].len, &err);
  if (good(status) && good(enishi_webhook_events(arg[1].ptr, arg[1].len, &lines, &err)))
    show("events", &lines);
}

/* The columns go in as they lie on the tape: packed, at any address. */
static void op_rfm(const text *arg) {
  enishi_rfm_options *options = NULL;
  enishi_rfm *rfm = NULL;
  enishi_buf summary = {NULL, 0};
  size_t count = 0;
  if (good(enishi_rfm_options_new(number(arg[0]), arg[1].ptr, arg[1].len, &options, &err)) &&
      good(enishi_rfm_options_set_scale(options, (int32_t)number(arg[2]), (uint32_t)number(arg[3]), &err)) &&
      good(enishi_rfm_options_set_recency(options, (int32_t)number(arg[4]), &err)) &&
      good(enishi_rfm_measure(options, arg[5].ptr, arg[6].ptr, arg[7].ptr, arg[5].len / 4, &rfm, &err)) &&
      good(enishi_rfm_customers(rfm, NULL, 0, &count, &err))) {
    uint32_t *customers = (uint32_t *)calloc(count + 1, sizeof *customers);
    unsigned char *scores = (unsigned char *)calloc(count + 1, 3);
    if (customers != NULL && scores != NULL &&
        good(enishi_rfm_customers(rfm, customers, count, &count, &err)) &&
        good(enishi_rfm_scores(rfm, scores, count, &count, &err)) &&
        good(enishi_rfm_summary(rfm, &summary, &err))) {
      for (size_t i = 0; i < count; i++)
        printf("  customer %u: %u %u %u\n", customers[i], scores[3 * i], scores[3 * i + 1], scores[3 * i + 2]);
      show("summary", &summary);
    }
    free(customers);
    free(scores);
  }
  enishi_rfm_free(rfm);
  enishi_rfm_options_free(options);
}

static void op_columns(const text *arg) {
  enishi_columns_free(columns);
  columns = NULL;
  good(enishi_columns_new((size_t)number(arg[0]), &columns, &err));
}

static void op_add(const text *arg) {
  good(enishi_columns_add(columns, (int32_t)number(arg[0]), arg[1].ptr, arg[1].len, (int32_t)number(arg[2]),
                          arg[3].ptr, arg[3].len, &err));
}

static void op_add_texts(const text *arg) {
  good(enishi_columns_add_texts(columns, (int32_t)number(arg[0]), arg[1].ptr, arg[1].len,
                                (int32_t)number(arg[2]), arg[3].ptr, arg[3].len, arg[4].ptr, arg[4].len, &err));
}

static void op_add_choices(const text *arg) {
  good(enishi_columns_add_choices(columns, (int32_t)number(arg[0]), arg[1].ptr, arg[1].len,
                                  (int32_t)number(arg[2]), arg[3].ptr, arg[3].len, (int32_t)number(arg[4]),
                                  arg[5].ptr, arg[5].len, arg[6].ptr, arg[6].len, &err));
}

static void op_known(const text *arg) {
  good(enishi_columns_set_known(columns, arg[0].ptr, arg[0].len, (size_t)number(arg[1]), &err));
}

static void show_size(void) {
  printf("  friends: %zu\n", enishi_population_len(population));
  printf("  rows: %u\n", enishi_population_rows(population));
}

static void op_load(const text *arg) {
  (void)arg;
  enishi_population_free(population);
  population = NULL;
  if (good(enishi_population_load(columns, &population, &err))) show_size();
}

static void op_append(const text *arg) {
  (void)arg;
  if (good(enishi_population_append(population, columns, &err))) show_size();
}

static void op_of_engine(const text *arg) {
  (void)arg;
  enishi_population_free(population);
  population = NULL;
  if (good(enishi_population_of_engine(engine, &population, &err))) show_size();
}

static void show_row(uint32_t row) { printf("  row: %u\n", row); }

static void op_put(const text *arg) {
  uint32_t row = 0;
  (void)arg;
  if (good(enishi_population_put(population, person, &row, &err))) {
    show_row(row);
    show_size();
  }
}

static void op_put_of_engine(const text *arg) {
  uint32_t row = 0;
  if (good(enishi_population_put_of_engine(population, engine, arg[0].ptr, arg[0].len, &row, &err))) {
    show_row(row);
    show_size();
  }
}

static void op_remove(const text *arg) {
  if (good(enishi_population_remove(population, (uint32_t)number(arg[0]), &err))) show_size();
}

static void show_key(uint32_t row) {
  enishi_buf key = {NULL, 0};
  if (good(enishi_population_key(population, row, &key, &err))) show("key", &key);
}

static void op_find(const text *arg) {
  uint32_t row = 0;
  if (!good(enishi_population_row(population, arg[0].ptr, arg[0].len, &row, &err))) return;
  show_row(row);
  show_key(row);
}

static void op_key(const text *arg) { show_key((uint32_t)number(arg[0])); }

/* Keeps a new selection and the last one, and shows the rows of the new one. */
static void choose(enishi_selection *selection) {
  size_t count = enishi_selection_count(selection);
  uint32_t *ids = (uint32_t *)calloc(count + 1, sizeof *ids);
  enishi_selection_free(chosen[1]);
  chosen[1] = chosen[0];
  chosen[0] = selection;
  printf("  count: %zu\n", count);
  if (ids != NULL && good(enishi_selection_ids(selection, ids, count, &count, &err))) {
    printf("  ids: ");
    for (size_t i = 0; i < count; i++) printf(i == 0 ? "%u" : " %u", ids[i]);
    printf("\n");
  }
  free(ids);
}

static void op_select(const text *arg) {
  enishi_selection *selection = NULL;
  if (good(enishi_population_select(population, question, number(arg[0]), &selection, &err))) choose(selection);
}

static void op_engine_select(const text *arg) {
  enishi_selection *selection = NULL;
  (void)arg;
  if (good(enishi_engine_select(engine, population, question, &selection, &err))) choose(selection);
}

static void op_everyone(const text *arg) {
  enishi_selection *selection = NULL;
  (void)arg;
  if (good(enishi_population_everyone(population, &selection, &err))) choose(selection);
}

static void op_pick(const text *arg) {
  enishi_selection *selection = NULL;
  if (good(enishi_population_pick(population, arg[0].ptr, arg[0].len / 4, &selection, &err))) choose(selection);
}

static void op_join(const text *arg) {
  enishi_selection *selection = NULL;
  int32_t status = is(arg[0], "and")  ? enishi_selection_and(chosen[1], chosen[0], &selection, &err)
                   : is(arg[0], "or") ? enishi_selection_or(chosen[1], chosen[0], &selection, &err)
                                      : enishi_selection_minus(chosen[1], chosen[0], &selection, &err);
  if (good(status)) choose(selection);
}

static void op_plan(const text *arg) {
  enishi_buf plan = {NULL, 0};
  if (good(enishi_population_plan(population, question, number(arg[0]), &plan, &err))) show("plan", &plan);
}

/* The last selection goes out as an Arrow array and comes back as a batch of one column, which is
 * what the attribute of a new population is. Here the structs only pass by: no room is needed but
 * theirs, of nine and of ten words. */
static void op_arrow(const text *arg) {
  int64_t schema_room[9], array_room[10];
  struct ArrowSchema *schema = (struct ArrowSchema *)schema_room;
  struct ArrowArray *array = (struct ArrowArray *)array_room;
  enishi_batch *batch = NULL;
  if (!good(enishi_selection_export(chosen[0], schema, array, &err))) return;
  if (!good(enishi_batch_import(schema, array, &batch, &err))) return;
  printf("  rows: %zu\n", enishi_batch_rows(batch));
  enishi_columns_free(columns);
  columns = NULL;
  enishi_population_free(population);
  population = NULL;
  if (good(enishi_columns_new(enishi_batch_rows(batch), &columns, &err)) &&
      good(enishi_columns_add_of_batch(columns, ENISHI_FIELD_ATTRIBUTE, arg[0].ptr, arg[0].len, batch, "", 0,
                                       &err))) {
    /* The column keeps what it needs of the batch. */
    enishi_batch_free(batch);
    batch = NULL;
    if (good(enishi_population_load(columns, &population, &err))) show_size();
  }
  enishi_batch_free(batch);
}

static const struct {
  const char *name;
  void (*run)(const text *arg);
} ops[] = {
    {"playbook", op_playbook},   {"keys", op_keys},
    {"retire", op_retire},       {"engine", op_engine},
    {"presets", op_presets},     {"budget", op_budget},
    {"learn", op_learn},         {"hygiene", op_hygiene},
    {"adopt", op_adopt},         {"tell", op_tell},
    {"stock", op_stock},         {"quota", op_quota},
    {"new_shop", op_new_shop},   {"shop_stock", op_shop_stock},
    {"shop_quota", op_shop_quota},
    {"log", op_log},             {"why", op_why},
    {"why_friend", op_why_friend},
    {"record", op_record},       {"advance", op_advance},
    {"play", op_play},           {"next_wake", op_next_wake},
    {"next_send", op_next_send}, {"decisions", op_decisions},
    {"segment", op_segment},     {"ask", op_ask},
    {"ask_engine", op_ask_engine}, {"ask_friend", op_ask_friend},
    {"deliver", op_deliver},
    {"hand_over", op_hand_over}, {"confirm", op_confirm},
    {"tally", op_tally},         {"reload", op_reload},
    {"code", op_code},           {"verify", op_verify},
    {"quote", op_quote},         {"engine_quote", op_engine_quote},
    {"margin", op_margin},
    {"ledger", op_ledger},       {"issue", op_issue},
    {"reserve", op_reserve},     {"redeem", op_redeem},
    {"reserve_all", op_reserve_all}, {"redeem_all", op_redeem_all},
    {"release_all", op_release_all},
    {"release", op_release},     {"roll_back", op_roll_back},
    {"revoke", op_revoke},       {"merge", op_merge},
    {"uses", op_uses},           {"expire", op_expire},
    {"post", op_post},           {"numbers", op_numbers},
    {"results", op_results},     {"holdout", op_holdout},
    {"ask_ledger", op_ask_ledger}, {"post_entries", op_post_entries},
    {"batch", op_batch},
    {"friend", op_friend},       {"step", op_step},
    {"reload_friend", op_reload_friend},
    {"webhook", op_webhook},     {"rfm", op_rfm},
    {"columns", op_columns},     {"add", op_add},
    {"add_texts", op_add_texts}, {"add_choices", op_add_choices},
    {"known", op_known},         {"load", op_load},
    {"append", op_append},       {"of_engine", op_of_engine},
    {"put", op_put},             {"put_of_engine", op_put_of_engine},
    {"remove", op_remove},       {"find", op_find},
    {"key", op_key},             {"select", op_select},
    {"engine_select", op_engine_select}, {"everyone", op_everyone},
    {"pick", op_pick},           {"join", op_join},
    {"plan", op_plan},           {"arrow", op_arrow},
};

static char *read_all(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  char *bytes = NULL;
  long size = 0;
  if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
    rewind(file);
    bytes = (char *)calloc((size_t)size + 1, 1);
    *len = bytes == NULL ? 0 : fread(bytes, 1, (size_t)size, file);
  }
  if (file != NULL) fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  size_t len = 0;
  char *tape = argc == 2 ? read_all(argv[1], &len) : NULL;
  if (tape == NULL) {
    fprintf(stderr, "usage: driver tape\n");
    return 2;
  }
  if (enishi_abi_min() > 1 || enishi_abi_version() < 1) {
    fprintf(stderr, "this library has another ABI\n");
    return 2;
  }
  ledger_path = (char *)calloc(strlen(argv[1]) + sizeof ".ledger", 1);
  if (ledger_path == NULL) return 2;
  strcat(strcat(ledger_path, argv[1]), ".ledger");
  for (char *at = tape; at < tape + len;) {
    text arg[8] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    size_t args = 0, known = 0;
    char *line = at, *end = strchr(at, '\n');
    *end = '\0';
    at = end + 1;
    for (char *tab = strchr(line, '\t'); tab != NULL && args < 8; tab = strchr(tab + 1, '\t')) {
      *tab = '\0';
      arg[args].len = strtoul(tab + 1, NULL, 10);
      args++;
    }
    for (size_t i = 0; i < args; i++) {
      arg[i].ptr = at;
      at += arg[i].len;
    }
    at++;
    printf("%s\n", line);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
      if (strcmp(ops[i].name, line) == 0) {
        ops[i].run(arg);
        known = 1;
      }
    }
    if (!known) return 2;
  }
  enishi_selection_free(chosen[0]);
  enishi_selection_free(chosen[1]);
  enishi_population_free(population);
  enishi_columns_free(columns);
  enishi_predicate_free(question);
  enishi_friend_free(person);
  enishi_engine_free(engine);
  enishi_shop_free(shop);
  enishi_ledger_free(ledger);
  enishi_keys_free(keys);
  enishi_playbook_free(playbook);
  free(log_lines);
  free(ledger_path);
  free(taken);
  free(entries);
  free(tape);
  return 0;
}
