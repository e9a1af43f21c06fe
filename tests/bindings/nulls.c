/* Calls every export with NULL for everything, then with lengths of -1 and bytes that are no text,
 * then with every out parameter missing. Nothing may crash, and nothing may be called good that is not. */
#include "enishi_c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int line_of_first_fault;

/* The call must end with this status, with and without a place for the error. */
#define EXPECT(status, call)                                                                 \
  do {                                                                                       \
    enishi_error *error = NULL, **err = NULL;                                                \
    int32_t expected = (int32_t)(status), without = (call);                                  \
    err = &error;                                                                            \
    int32_t with = (call);                                                                   \
    if (without != expected || with != expected || enishi_error_code(error) != expected ||   \
        (error == NULL) != (expected == 0)) {                                                \
      fprintf(stderr, "line %d: %d and %d (%s), not %d\n", __LINE__, (int)without, (int)with, \
              error ? enishi_error_message(error) : "-", (int)expected);                     \
      line_of_first_fault = line_of_first_fault ? line_of_first_fault : __LINE__;            \
    }                                                                                        \
    enishi_error_free(error);                                                                \
  } while (0)

#define EXPECT_TRUE(condition)                                                    \
  do {                                                                            \
    if (!(condition)) {                                                           \
      fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition);             \
      line_of_first_fault = line_of_first_fault ? line_of_first_fault : __LINE__; \
    }                                                                             \
  } while (0)

enum { OK = ENISHI_STATUS_OK, NUL = ENISHI_STATUS_NULL_POINTER, ARG = ENISHI_STATUS_INVALID_ARGUMENT };

static const size_t MINUS_ONE = (size_t)-1;

static void frees_and_getters(void) {
  size_t len = 7;
  enishi_buf empty = {NULL, 0};
  enishi_error_free(NULL);
  enishi_buf_free(NULL);
  enishi_buf_free(&empty);
  enishi_playbook_free(NULL);
  enishi_predicate_free(NULL);
  enishi_keys_free(NULL);
  enishi_ledger_free(NULL);
  enishi_shop_free(NULL);
  enishi_engine_free(NULL);
  enishi_delivery_free(NULL);
  enishi_friend_free(NULL);
  enishi_columns_free(NULL);
  enishi_batch_free(NULL);
  enishi_population_free(NULL);
  enishi_selection_free(NULL);
  enishi_rfm_options_free(NULL);
  enishi_rfm_free(NULL);
  EXPECT_TRUE(enishi_error_code(NULL) == 0);
  EXPECT_TRUE(enishi_error_message(NULL) == NULL);
  EXPECT_TRUE(enishi_playbook_hash(NULL) == NULL);
  EXPECT_TRUE(enishi_delivery_method(NULL, NULL) == NULL);
  EXPECT_TRUE(enishi_delivery_path(NULL, &len) == NULL && len == 7);
  EXPECT_TRUE(enishi_delivery_body(NULL, NULL) == NULL);
  EXPECT_TRUE(enishi_delivery_retry_key(NULL, NULL) == NULL);
  EXPECT_TRUE(enishi_batch_rows(NULL) == 0);
  EXPECT_TRUE(enishi_population_len(NULL) == 0 && enishi_population_rows(NULL) == 0);
  EXPECT_TRUE(enishi_selection_count(NULL) == 0);
  EXPECT_TRUE(enishi_abi_version() >= enishi_abi_min());
  EXPECT_TRUE(enishi_version() != NULL && strlen(enishi_version()) >= 5);
}

static void all_null(void) {
  EXPECT(NUL, enishi_playbook_compile(NULL, 0, NULL, NULL, err));
  EXPECT(NUL, enishi_playbook_following(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_predicate_compile(NULL, NULL, 0, NULL, NULL, err));
  EXPECT(NUL, enishi_predicate_of_segment(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_predicate_text(NULL, NULL, err));
  EXPECT(NUL, enishi_predicate_json(NULL, NULL, err));
  EXPECT(NUL, enishi_keys_new(0, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_keys_add_retired(NULL, 0, NULL, 0, err));
  EXPECT(NUL, enishi_code_issue(NULL, NULL, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_code_verify(NULL, NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_code_batch(NULL, NULL, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_quote(NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_engine_quote(NULL, NULL, NULL, 0, NULL, 0, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_margin_check(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_new(NULL, err));
  EXPECT(NUL, enishi_ledger_open(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_issue(NULL, NULL, NULL, NULL, 0, NULL, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_reserve(NULL, NULL, NULL, NULL, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_redeem(NULL, NULL, NULL, 0, NULL, 0, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_release(NULL, NULL, 0, NULL, 0, 0, err));
  EXPECT(NUL, enishi_ledger_reserve_all(NULL, NULL, NULL, NULL, 0, NULL, 0, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_redeem_all(NULL, NULL, NULL, 0, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_release_all(NULL, NULL, 0, 0, err));
  EXPECT(NUL, enishi_ledger_roll_back(NULL, NULL, 0, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_revoke(NULL, NULL, 0, NULL, 0, 0, err));
  EXPECT(NUL, enishi_ledger_merge(NULL, 1, 2, 0, err));
  EXPECT(NUL, enishi_ledger_uses(NULL, NULL, 0, 0, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_ledger_expire(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_post(NULL, NULL, 0, err));
  EXPECT(NUL, enishi_engine_coupon_results(NULL, NULL, NULL, 0, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_engine_holdout(NULL, NULL, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_shop_ask_ledger(NULL, NULL, NULL, 0, err));
  EXPECT(NUL, enishi_ledger_post(NULL, NULL, NULL, 0, 0, err));
  EXPECT(NUL, enishi_ledger_take_numbers(NULL, NULL, 0, 0, 0, NULL, err));
  EXPECT(NUL, enishi_presets(NULL, err));
  EXPECT(NUL, enishi_playbook_messages_within_budget(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_engine_best_hour(NULL, NULL, err));
  EXPECT(NUL, enishi_engine_cycles(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_playbook_hygiene(NULL, NULL, err));
  EXPECT(NUL, enishi_population_hygiene(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_hygiene(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_shop_new(NULL, err));
  EXPECT(NUL, enishi_shop_set_stock(NULL, NULL, 0, 0, err));
  EXPECT(NUL, enishi_shop_set_quota(NULL, 0, err));
  EXPECT(NUL, enishi_shop_lift_quota(NULL, err));
  EXPECT(NUL, enishi_engine_tell(NULL, NULL, err));
  EXPECT(NUL, enishi_engine_set_stock(NULL, NULL, 0, 0, err));
  EXPECT(NUL, enishi_engine_set_quota(NULL, 0, err));
  EXPECT(NUL, enishi_engine_lift_quota(NULL, err));
  EXPECT(NUL, enishi_engine_adopt(NULL, NULL, err));
  EXPECT(NUL, enishi_engine_why(NULL, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_friend_why(NULL, NULL, NULL, 0, NULL, 0, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_engine_new(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_engine_restore(NULL, NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_snapshot(NULL, NULL, err));
  EXPECT(NUL, enishi_engine_record(NULL, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_engine_advance(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_next_wake(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_engine_take_decisions(NULL, NULL, err));
  EXPECT(NUL, enishi_engine_matches(NULL, NULL, 0, NULL, NULL, err));
  EXPECT(NUL, enishi_engine_explain(NULL, NULL, 0, NULL, NULL, err));
  EXPECT(NUL, enishi_engine_next_change(NULL, NULL, 0, NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_engine_tally(NULL, NULL, err));
  EXPECT(NUL, enishi_engine_next_delivery(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_next_handover(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_confirm(NULL, NULL, 1, NULL, err));
  EXPECT(NUL, enishi_engine_next_send(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_engine_feed_result(NULL, NULL, 0, 200, NULL, 0, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_friend_new(NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_friend_load(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_friend_save(NULL, NULL, err));
  EXPECT(NUL, enishi_friend_step(NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, err));
  EXPECT(NUL, enishi_friend_next_wake(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_friend_matches(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_friend_explain(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_friend_next_change(NULL, NULL, 0, NULL, NULL, err));
  EXPECT(NUL, enishi_columns_new(0, NULL, err));
  EXPECT(NUL, enishi_columns_add(NULL, 0, NULL, 0, 0, NULL, 0, err));
  EXPECT(NUL, enishi_columns_add_texts(NULL, 0, NULL, 0, 0, NULL, 0, NULL, 0, err));
  EXPECT(NUL, enishi_columns_add_choices(NULL, 0, NULL, 0, 0, NULL, 0, 0, NULL, 0, NULL, 0, err));
  EXPECT(NUL, enishi_columns_add_of_batch(NULL, 0, NULL, 0, NULL, NULL, 0, err));
  EXPECT(NUL, enishi_columns_set_known(NULL, NULL, 0, 0, err));
  EXPECT(NUL, enishi_batch_import(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_population_load(NULL, NULL, err));
  EXPECT(NUL, enishi_population_of_engine(NULL, NULL, err));
  EXPECT(NUL, enishi_population_append(NULL, NULL, err));
  EXPECT(NUL, enishi_population_put(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_population_put_of_engine(NULL, NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_population_remove(NULL, 0, err));
  EXPECT(NUL, enishi_population_row(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_population_key(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_population_select(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_select(NULL, NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_population_plan(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_population_everyone(NULL, NULL, err));
  EXPECT(NUL, enishi_population_pick(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_selection_ids(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_selection_export(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_selection_and(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_selection_or(NULL, NULL, NULL, err));
  EXPECT(NUL, enishi_selection_minus(NULL, NULL, NULL, err));
  EXPECT(ARG, enishi_webhook_verify(NULL, 0, NULL, 0, NULL, 0, err));
  EXPECT(NUL, enishi_webhook_events(NULL, 0, NULL, err));
  EXPECT(NUL, enishi_rfm_options_new(0, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_rfm_options_set_scale(NULL, 0, 0, err));
  EXPECT(NUL, enishi_rfm_options_set_recency(NULL, 0, err));
  EXPECT(NUL, enishi_rfm_measure(NULL, NULL, NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_rfm_customers(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_rfm_scores(NULL, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_rfm_summary(NULL, NULL, err));
}

static const char PLAYBOOK[] =
    "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n"
    "[coupons.c]\nbenefit = { amount = 500 }\nvalid = { for = '14d' }\n"
    "[segments]\nall = 'line is following or not line is following'\n"
    "[messages.hi]\nline = [{ type = 'text', text = 'hi' }]\n"
    "[scenarios.welcome]\non = 'follow'\nsteps = [{ id = 'hi', send = 'hi' }]\n";

/* It must know what goods cost. */
static const char GUARDED[] =
    "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[margin]\nfloor = '0%'\n"
    "[coupons.c]\nbenefit = { amount = 500 }\nvalid = { for = '14d' }\n";

static const char FOLLOW[] =
    "{\"id\":\"e1\",\"friend\":\"k\",\"at\":\"2026-04-01T12:00:00+09:00\",\"type\":\"follow\","
    "\"user\":\"U4af4980629000000000000000000abcd\",\"unblocked\":false}";

/* With handles that live, and everything else NULL, too long or no text. */
static void the_rest_wrong(void) {
  enishi_playbook *playbook = NULL;
  enishi_predicate *predicate = NULL;
  enishi_predicate *unasked = NULL;
  enishi_playbook *unfollowed = NULL;
  enishi_keys *keys = NULL;
  enishi_shop *shop = NULL;
  enishi_engine *engine = NULL;
  enishi_engine *other = NULL;
  enishi_delivery *delivery = NULL;
  enishi_friend *person = NULL;
  enishi_rfm_options *options = NULL;
  enishi_rfm *rfm = NULL;
  enishi_buf buf = {NULL, 0};
  bool flag = false;
  int64_t at = 0;
  size_t count = 0;
  const char bad[] = "\xff\xfe";
  const int64_t now = INT64_C(1775012400000);

  EXPECT_TRUE(enishi_playbook_compile(PLAYBOOK, sizeof PLAYBOOK - 1, &playbook, NULL, NULL) == OK);
  EXPECT_TRUE(enishi_predicate_of_segment(playbook, "all", 3, &predicate, NULL) == OK);
  EXPECT_TRUE(enishi_keys_new(7, "sixteen bytes and more", 22, &keys, NULL) == OK);
  EXPECT_TRUE(enishi_shop_new(&shop, NULL) == OK);
  EXPECT_TRUE(enishi_engine_new(playbook, NULL, &engine, NULL) == OK);
  EXPECT_TRUE(enishi_friend_new("k", 1, 1, &person, NULL) == OK);
  EXPECT_TRUE(enishi_rfm_options_new(now, "Asia/Tokyo", 10, &options, NULL) == OK);

  EXPECT(NUL, enishi_playbook_compile(NULL, 1, &playbook, &buf, err));
  EXPECT(ARG, enishi_playbook_compile("x", MINUS_ONE, &playbook, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_PLAYBOOK, enishi_playbook_compile(bad, 2, &playbook, NULL, err));
  EXPECT(NUL, enishi_predicate_compile(playbook, NULL, 1, &unasked, &buf, err));
  EXPECT(NUL, enishi_predicate_compile(NULL, "x", 1, &unasked, &buf, err));
  EXPECT(ARG, enishi_predicate_compile(playbook, "x", MINUS_ONE, &unasked, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_predicate_compile(playbook, bad, 2, &unasked, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_EXPRESSION, enishi_predicate_compile(playbook, NULL, 0, &unasked, NULL, err));
  EXPECT(NUL, enishi_predicate_of_segment(playbook, "all", 3, NULL, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_predicate_of_segment(playbook, bad, 2, &unasked, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_predicate_of_segment(playbook, NULL, 0, &unasked, err));
  EXPECT(NUL, enishi_predicate_text(predicate, NULL, err));
  EXPECT(NUL, enishi_predicate_json(predicate, NULL, err));
  EXPECT(NUL, enishi_keys_new(0, NULL, 16, &keys, err));
  EXPECT(ARG, enishi_keys_new(0, bad, 0, &keys, err));
  EXPECT(ARG, enishi_keys_new(0, bad, MINUS_ONE, &keys, err));
  EXPECT(ARG, enishi_keys_add_retired(keys, UINT32_MAX, "sixteen bytes and more", 22, err));
  EXPECT(NUL, enishi_keys_add_retired(keys, 0, NULL, 16, err));
  EXPECT(NUL, enishi_code_issue(keys, "c", 1, 1, 0, NULL, err));
  EXPECT(ARG, enishi_code_issue(keys, NULL, 0, 1, 0, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_code_issue(keys, bad, 2, 1, 0, &buf, err));
  EXPECT(NUL, enishi_code_verify(keys, NULL, "x", 1, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_code_verify(keys, playbook, bad, 2, &buf, err));
  EXPECT(ENISHI_STATUS_CODE_REFUSED, enishi_code_verify(keys, playbook, NULL, 0, &buf, err));

  EXPECT(NUL, enishi_playbook_following(playbook, NULL, &unfollowed, err));
  EXPECT(NUL, enishi_playbook_following(NULL, playbook, &unfollowed, err));
  EXPECT(NUL, enishi_playbook_following(playbook, playbook, NULL, err));
  EXPECT(NUL, enishi_shop_set_stock(shop, NULL, 1, 1, err));
  EXPECT(ARG, enishi_shop_set_stock(shop, "SOAP", MINUS_ONE, 1, err));
  EXPECT(ARG, enishi_shop_set_stock(shop, "SOAP", 4, -1, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_shop_set_stock(shop, bad, 2, 1, err));
  EXPECT(ARG, enishi_shop_set_quota(shop, INT64_MIN, err));
  EXPECT(OK, enishi_shop_lift_quota(shop, err));
  EXPECT(NUL, enishi_engine_tell(engine, NULL, err));
  EXPECT(NUL, enishi_engine_tell(NULL, shop, err));
  EXPECT(OK, enishi_engine_tell(engine, shop, err));
  EXPECT(NUL, enishi_engine_set_stock(engine, NULL, 1, 1, err));
  EXPECT(ARG, enishi_engine_set_stock(engine, "SOAP", 4, -1, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_engine_set_stock(engine, bad, 2, 1, err));
  EXPECT(OK, enishi_engine_set_stock(engine, NULL, 0, INT64_MAX, err));
  EXPECT(ARG, enishi_engine_set_quota(engine, -1, err));
  EXPECT(OK, enishi_engine_lift_quota(engine, err));
  EXPECT(NUL, enishi_playbook_messages_within_budget(playbook, NULL, &flag, err));
  EXPECT(NUL, enishi_playbook_messages_within_budget(playbook, &at, NULL, err));
  EXPECT(NUL, enishi_playbook_hygiene(playbook, NULL, err));
  EXPECT(NUL, enishi_engine_best_hour(engine, NULL, err));
  EXPECT(NUL, enishi_engine_cycles(engine, 0, NULL, err));
  /* Of an engine that knows nobody, not even the time. */
  EXPECT_TRUE(enishi_engine_cycles(engine, UINT32_MAX, &buf, NULL) == OK && buf.len > 0);
  enishi_buf_free(&buf);
  EXPECT(NUL, enishi_engine_adopt(engine, NULL, err));
  EXPECT(NUL, enishi_engine_adopt(NULL, playbook, err));
  EXPECT(OK, enishi_engine_adopt(engine, playbook, err));
  EXPECT(NUL, enishi_engine_new(playbook, keys, NULL, err));
  EXPECT(ENISHI_STATUS_INVALID_STATE, enishi_engine_restore(playbook, keys, NULL, 0, &other, err));
  EXPECT(ENISHI_STATUS_INVALID_STATE, enishi_engine_restore(playbook, keys, bad, 2, &other, err));
  EXPECT(ARG, enishi_engine_restore(playbook, keys, bad, MINUS_ONE, &other, err));
  EXPECT(NUL, enishi_engine_snapshot(engine, NULL, err));
  EXPECT(NUL, enishi_engine_record(engine, NULL, 5, now, &flag, err));
  EXPECT(ARG, enishi_engine_record(engine, FOLLOW, MINUS_ONE, now, &flag, err));
  EXPECT(ENISHI_STATUS_INVALID_EVENT, enishi_engine_record(engine, NULL, 0, now, &flag, err));
  EXPECT(ENISHI_STATUS_INVALID_EVENT, enishi_engine_record(engine, bad, 2, now, NULL, err));
  EXPECT(ARG, enishi_engine_record(engine, FOLLOW, sizeof FOLLOW - 1, INT64_MIN, NULL, err));
  EXPECT(OK, enishi_engine_record(engine, FOLLOW, sizeof FOLLOW - 1, now, NULL, err));
  EXPECT(ARG, enishi_engine_advance(engine, INT64_MAX, &count, err));
  EXPECT(OK, enishi_engine_advance(engine, now, NULL, err));
  EXPECT(NUL, enishi_engine_next_wake(engine, NULL, &flag, err));
  EXPECT(NUL, enishi_engine_next_wake(engine, &at, NULL, err));
  EXPECT(NUL, enishi_engine_take_decisions(engine, NULL, err));
  EXPECT(NUL, enishi_engine_why(engine, "k", 1, "welcome", 7, NULL, 0, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_why(engine, NULL, 1, "welcome", 7, NULL, 0, NULL, 0, &buf, err));
  EXPECT(NUL, enishi_engine_why(engine, "k", 1, NULL, 7, NULL, 0, NULL, 0, &buf, err));
  EXPECT(NUL, enishi_engine_why(engine, "k", 1, "welcome", 7, NULL, 2, NULL, 0, &buf, err));
  EXPECT(NUL, enishi_engine_why(engine, "k", 1, "welcome", 7, NULL, 0, NULL, 9, &buf, err));
  EXPECT(ARG, enishi_engine_why(engine, "k", 1, "welcome", 7, NULL, 0, "{}", MINUS_ONE, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_engine_why(engine, bad, 2, "welcome", 7, NULL, 0, NULL, 0, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_engine_why(engine, "k", 1, "welcome", 7, bad, 2, NULL, 0, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_STATE, enishi_engine_why(engine, "k", 1, "welcome", 7, NULL, 0, bad, 2, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_STATE, enishi_engine_why(engine, "k", 1, "welcome", 7, NULL, 0, "{}", 2, &buf, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_engine_why(engine, NULL, 0, "welcome", 7, NULL, 0, NULL, 0, &buf, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_engine_why(engine, "k", 1, NULL, 0, NULL, 0, NULL, 0, &buf, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_engine_why(engine, "k", 1, "welcome", 7, "no", 2, NULL, 0, &buf, err));
  EXPECT_TRUE(enishi_engine_why(engine, "k", 1, "welcome", 7, "hi", 2, NULL, 0, &buf, NULL) == OK);
  EXPECT_TRUE(strstr(buf.ptr, "\"is\":\"ended\"") != NULL);
  enishi_buf_free(&buf);
  EXPECT(NUL, enishi_engine_matches(engine, "k", 1, predicate, NULL, err));
  EXPECT(NUL, enishi_engine_matches(engine, "k", 1, NULL, &flag, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_engine_matches(engine, bad, 2, predicate, &flag, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_engine_matches(engine, NULL, 0, predicate, &flag, err));
  EXPECT(NUL, enishi_engine_explain(engine, "k", 1, predicate, NULL, err));
  EXPECT(ARG, enishi_engine_explain(engine, "k", MINUS_ONE, predicate, &buf, err));
  EXPECT(NUL, enishi_engine_next_change(engine, "k", 1, predicate, NULL, &flag, err));
  EXPECT(NUL, enishi_engine_next_change(engine, "k", 1, predicate, &at, NULL, err));
  EXPECT(NUL, enishi_engine_tally(engine, NULL, err));
  EXPECT(NUL, enishi_engine_next_send(engine, &at, NULL, err));
  EXPECT(NUL, enishi_engine_next_delivery(engine, now, NULL, err));
  EXPECT(NUL, enishi_engine_next_handover(engine, now, NULL, err));
  EXPECT(ARG, enishi_engine_next_handover(engine, INT64_MIN, &buf, err));
  EXPECT_TRUE(enishi_engine_next_handover(engine, now, &buf, NULL) == OK && buf.len == 0);
  enishi_buf_free(&buf);
  EXPECT(ARG, enishi_engine_confirm(engine, NULL, 0, NULL, err));
  EXPECT(ARG, enishi_engine_confirm(engine, "no key", 6, NULL, err));
  EXPECT(ARG, enishi_engine_next_delivery(engine, INT64_MIN, &delivery, err));
  EXPECT_TRUE(enishi_engine_next_delivery(engine, now, &delivery, NULL) == OK && delivery != NULL);
  EXPECT(NUL, enishi_engine_feed_result(NULL, delivery, now, 200, NULL, 0, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_feed_result(engine, NULL, now, 200, NULL, 0, NULL, 0, NULL, err));
  EXPECT(ARG, enishi_engine_feed_result(engine, delivery, now, -1, NULL, 0, NULL, 0, NULL, err));
  EXPECT(ARG, enishi_engine_feed_result(engine, delivery, now, 200, bad, MINUS_ONE, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_engine_feed_result(engine, delivery, now, 200, NULL, 3, NULL, 0, NULL, err));
  /* Fed twice, with headers and a body that are no text: the second time nobody waits for it. */
  EXPECT(OK, enishi_engine_feed_result(engine, delivery, now, 200, bad, 2, bad, 2, NULL, err));

  EXPECT(ARG, enishi_friend_new(NULL, 0, 1, &person, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_friend_new(bad, 2, 1, &person, err));
  EXPECT(ENISHI_STATUS_INVALID_STATE, enishi_friend_load(NULL, 0, &person, err));
  EXPECT(ENISHI_STATUS_INVALID_STATE, enishi_friend_load(bad, 2, &person, err));
  EXPECT(NUL, enishi_friend_save(person, NULL, err));
  EXPECT(NUL, enishi_friend_step(person, NULL, keys, shop, FOLLOW, sizeof FOLLOW - 1, now, &buf, err));
  EXPECT(NUL, enishi_friend_step(person, playbook, keys, shop, NULL, 1, now, &buf, err));
  EXPECT(NUL, enishi_friend_step(person, playbook, keys, NULL, FOLLOW, sizeof FOLLOW - 1, now, NULL, err));
  EXPECT(ENISHI_STATUS_INVALID_EVENT, enishi_friend_step(person, playbook, keys, shop, bad, 2, now, &buf, err));
  EXPECT(NUL, enishi_friend_next_wake(person, NULL, NULL, err));
  EXPECT(NUL, enishi_friend_why(person, playbook, "welcome", 7, NULL, 0, NULL, 0, now, NULL, err));
  EXPECT(NUL, enishi_friend_why(person, NULL, "welcome", 7, NULL, 0, NULL, 0, now, &buf, err));
  EXPECT(NUL, enishi_friend_why(person, playbook, "welcome", 7, NULL, 0, NULL, 1, now, &buf, err));
  EXPECT(ARG, enishi_friend_why(person, playbook, "welcome", 7, NULL, 0, NULL, 0, INT64_MIN, &buf, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_friend_why(person, playbook, "x", 1, NULL, 0, NULL, 0, now, &buf, err));
  EXPECT(NUL, enishi_friend_matches(person, predicate, now, NULL, err));
  EXPECT(NUL, enishi_friend_matches(person, NULL, now, &flag, err));
  EXPECT(ARG, enishi_friend_matches(person, predicate, INT64_MAX, &flag, err));
  EXPECT(NUL, enishi_friend_explain(person, predicate, now, NULL, err));
  EXPECT(ARG, enishi_friend_explain(person, predicate, INT64_MIN, &buf, err));
  EXPECT(NUL, enishi_friend_next_change(person, predicate, now, NULL, &flag, err));
  EXPECT(NUL, enishi_friend_next_change(person, predicate, now, &at, NULL, err));

  EXPECT(ENISHI_STATUS_SIGNATURE_MISMATCH, enishi_webhook_verify("s", 1, NULL, 0, NULL, 0, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_webhook_verify("s", 1, NULL, 0, bad, 2, err));
  EXPECT(NUL, enishi_webhook_verify("s", 1, NULL, 1, NULL, 0, err));
  EXPECT(ENISHI_STATUS_INVALID_WEBHOOK, enishi_webhook_events(NULL, 0, &buf, err));
  EXPECT(ENISHI_STATUS_INVALID_WEBHOOK, enishi_webhook_events(bad, 2, &buf, err));

  EXPECT(ARG, enishi_rfm_options_new(INT64_MAX, "Asia/Tokyo", 10, &options, err));
  EXPECT(ARG, enishi_rfm_options_new(now, NULL, 0, &options, err));
  EXPECT(ARG, enishi_rfm_options_set_scale(options, 99, 5, err));
  EXPECT(ARG, enishi_rfm_options_set_scale(options, ENISHI_RFM_SCALE_NTILE, UINT32_MAX, err));
  EXPECT(ARG, enishi_rfm_options_set_recency(options, -1, err));
  EXPECT(NUL, enishi_rfm_measure(options, NULL, NULL, NULL, 1, &rfm, err));
  EXPECT(ARG, enishi_rfm_measure(options, &at, &at, &at, MINUS_ONE, &rfm, err));
  EXPECT(ARG, enishi_rfm_measure(options, &at, &at, &at, MINUS_ONE / 4, &rfm, err));
  EXPECT_TRUE(enishi_rfm_measure(options, &at, &at, &at, 1, &rfm, NULL) == OK);
  EXPECT(NUL, enishi_rfm_customers(rfm, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_rfm_customers(rfm, NULL, 1, &count, err));
  EXPECT(NUL, enishi_rfm_scores(rfm, NULL, 9, &count, err));
  EXPECT(OK, enishi_rfm_scores(rfm, NULL, 0, &count, err));
  EXPECT_TRUE(count == 1);
  EXPECT(NUL, enishi_rfm_summary(rfm, NULL, err));

  /* Nothing of all this has written to a place it said it would not. */
  EXPECT_TRUE(buf.ptr == NULL && other == NULL && unasked == NULL && unfollowed == NULL && !flag);
  enishi_shop_free(shop);
  enishi_delivery_free(delivery);
  enishi_rfm_free(rfm);
  enishi_rfm_options_free(options);
  enishi_friend_free(person);
  enishi_engine_free(engine);
  enishi_keys_free(keys);
  enishi_predicate_free(predicate);
  enishi_playbook_free(playbook);
}

/* Columns, populations and selections with everything but themselves wrong. */
static void the_rest_of_populations_wrong(void) {
  enishi_playbook *playbook = NULL;
  enishi_predicate *predicate = NULL;
  enishi_engine *engine = NULL;
  enishi_friend *person = NULL;
  enishi_columns *columns = NULL;
  enishi_batch *batch = NULL;
  enishi_batch *none = NULL;
  enishi_population *population = NULL;
  enishi_selection *selection = NULL;
  enishi_selection *unchosen = NULL;
  enishi_buf buf = {NULL, 0};
  size_t count = 0;
  uint32_t row = 7;
  const char bad[] = "\xff\xfe";
  const int32_t offsets[] = {0, 1, 2};
  const int64_t now = INT64_C(1775012400000);
  const int32_t ATT = ENISHI_FIELD_ATTRIBUTE, KEY = ENISHI_FIELD_KEY, I32 = ENISHI_LAYOUT_I32;
  /* The structs of Arrow, which only pass by here: nine and ten words. */
  int64_t schema_room[9] = {0}, array_room[10] = {0};
  struct ArrowSchema *schema = (struct ArrowSchema *)schema_room;
  struct ArrowArray *array = (struct ArrowArray *)array_room;

  EXPECT_TRUE(enishi_playbook_compile(PLAYBOOK, sizeof PLAYBOOK - 1, &playbook, NULL, NULL) == OK);
  EXPECT_TRUE(enishi_predicate_of_segment(playbook, "all", 3, &predicate, NULL) == OK);
  EXPECT_TRUE(enishi_engine_new(playbook, NULL, &engine, NULL) == OK);
  EXPECT_TRUE(enishi_friend_new("k", 1, 1, &person, NULL) == OK);
  EXPECT_TRUE(enishi_columns_new(2, &columns, NULL) == OK);

  EXPECT(ARG, enishi_columns_add(columns, INT32_MIN, NULL, 0, I32, NULL, 0, err));
  EXPECT(ARG, enishi_columns_add(columns, ATT, NULL, 0, I32, NULL, 0, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_columns_add(columns, ATT, bad, 2, I32, NULL, 0, err));
  EXPECT(NUL, enishi_columns_add(columns, ATT, NULL, 1, I32, NULL, 0, err));
  EXPECT(ARG, enishi_columns_add(columns, ATT, "a", 1, INT32_MAX, NULL, 0, err));
  EXPECT(NUL, enishi_columns_add(columns, ATT, "a", 1, I32, NULL, 8, err));
  EXPECT(ARG, enishi_columns_add(columns, ATT, "a", 1, I32, offsets, 7, err));
  EXPECT(ARG, enishi_columns_add(columns, ATT, "a", 1, ENISHI_LAYOUT_U8, offsets, MINUS_ONE, err));
  EXPECT(ARG, enishi_columns_set_known(columns, bad, 2, 0, err));
  EXPECT(ARG, enishi_columns_add_texts(columns, KEY, "k", 1, I32, offsets, 12, "ab", 2, err));
  EXPECT(ARG, enishi_columns_add_texts(columns, KEY, NULL, 0, -1, offsets, 12, "ab", 2, err));
  EXPECT(NUL, enishi_columns_add_texts(columns, KEY, NULL, 0, I32, NULL, 12, "ab", 2, err));
  EXPECT(NUL, enishi_columns_add_texts(columns, KEY, NULL, 0, I32, offsets, 12, NULL, 2, err));
  EXPECT(ARG, enishi_columns_add_texts(columns, KEY, NULL, 0, I32, offsets, 12, "ab", MINUS_ONE, err));
  EXPECT(NUL, enishi_columns_add_choices(columns, ATT, "a", 1, I32, NULL, 8, I32, offsets, 12, "ab", 2, err));
  EXPECT(NUL, enishi_columns_add_choices(columns, ATT, "a", 1, I32, offsets, 8, I32, NULL, 12, "ab", 2, err));
  EXPECT(NUL, enishi_columns_add_of_batch(columns, ATT, "a", 1, NULL, "x", 1, err));
  EXPECT_TRUE(enishi_columns_add_texts(columns, KEY, NULL, 0, I32, offsets, 12, "ab", 2, NULL) == OK);
  EXPECT_TRUE(enishi_columns_add(columns, ENISHI_FIELD_FOLLOWING, NULL, 0, ENISHI_LAYOUT_BITS, "\1", 1, NULL) == OK);
  EXPECT(NUL, enishi_columns_set_known(columns, NULL, 1, 0, err));
  EXPECT(ARG, enishi_columns_set_known(columns, "\3", 1, MINUS_ONE, err));
  EXPECT(ARG, enishi_columns_set_known(columns, "\3", MINUS_ONE, 0, err));

  EXPECT(NUL, enishi_population_load(columns, NULL, err));
  EXPECT_TRUE(enishi_population_load(columns, &population, NULL) == OK);
  EXPECT(NUL, enishi_population_of_engine(engine, NULL, err));
  EXPECT(NUL, enishi_population_append(population, NULL, err));
  EXPECT(ENISHI_STATUS_INVALID_COLUMNS, enishi_population_append(population, columns, err));
  EXPECT(NUL, enishi_population_put(population, NULL, &row, err));
  EXPECT(NUL, enishi_population_put_of_engine(population, NULL, "k", 1, &row, err));
  EXPECT(NUL, enishi_population_put_of_engine(population, engine, NULL, 1, &row, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_population_put_of_engine(population, engine, "k", 1, &row, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_ROW, enishi_population_remove(population, UINT32_MAX, err));
  EXPECT(NUL, enishi_population_row(population, "a", 1, NULL, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_population_row(population, bad, 2, &row, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_population_row(population, NULL, 0, &row, err));
  EXPECT(NUL, enishi_population_key(population, 0, NULL, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_ROW, enishi_population_key(population, 2, &buf, err));
  EXPECT(NUL, enishi_population_select(population, NULL, now, &unchosen, err));
  EXPECT(NUL, enishi_population_select(population, predicate, now, NULL, err));
  EXPECT(ARG, enishi_population_select(population, predicate, INT64_MAX, &unchosen, err));
  EXPECT(NUL, enishi_engine_select(engine, population, NULL, &unchosen, err));
  EXPECT(NUL, enishi_engine_select(engine, population, predicate, NULL, err));
  EXPECT(NUL, enishi_population_plan(population, predicate, now, NULL, err));
  EXPECT(ARG, enishi_population_plan(population, predicate, INT64_MIN, &buf, err));
  EXPECT(NUL, enishi_population_hygiene(population, NULL, now, &buf, err));
  EXPECT(NUL, enishi_population_hygiene(NULL, playbook, now, &buf, err));
  EXPECT(NUL, enishi_population_hygiene(population, playbook, now, NULL, err));
  EXPECT(ARG, enishi_population_hygiene(population, playbook, INT64_MAX, &buf, err));
  EXPECT(NUL, enishi_engine_hygiene(engine, NULL, &buf, err));
  EXPECT(NUL, enishi_engine_hygiene(NULL, population, &buf, err));
  EXPECT(NUL, enishi_engine_hygiene(engine, population, NULL, err));
  EXPECT(NUL, enishi_population_everyone(population, NULL, err));
  EXPECT(NUL, enishi_population_pick(population, NULL, 1, &unchosen, err));
  EXPECT(ARG, enishi_population_pick(population, offsets, MINUS_ONE, &unchosen, err));
  EXPECT(ENISHI_STATUS_UNKNOWN_ROW, enishi_population_pick(population, offsets, 3, &unchosen, err));
  EXPECT_TRUE(enishi_population_pick(population, (const char *)offsets + 4, 1, &selection, NULL) == OK);

  EXPECT(NUL, enishi_selection_ids(selection, NULL, 0, NULL, err));
  EXPECT(NUL, enishi_selection_ids(selection, NULL, 1, &count, err));
  EXPECT(OK, enishi_selection_ids(selection, NULL, 0, &count, err));
  EXPECT_TRUE(count == 1 && enishi_selection_count(selection) == 1);
  EXPECT(NUL, enishi_selection_and(selection, NULL, &unchosen, err));
  EXPECT(NUL, enishi_selection_or(NULL, selection, &unchosen, err));
  EXPECT(NUL, enishi_selection_minus(selection, selection, NULL, err));
  EXPECT(NUL, enishi_selection_export(selection, NULL, array, err));
  EXPECT(NUL, enishi_selection_export(selection, schema, NULL, err));
  /* All zero is what a struct looks like that was released. */
  EXPECT(NUL, enishi_batch_import(schema, array, &none, err));
  EXPECT_TRUE(enishi_selection_export(selection, schema, array, NULL) == OK);
  EXPECT(NUL, enishi_batch_import(schema, array, NULL, err));
  /* Even then it was taken over, so that it is gone. */
  EXPECT(NUL, enishi_batch_import(schema, array, &none, err));
  EXPECT_TRUE(enishi_selection_export(selection, schema, array, NULL) == OK);
  EXPECT_TRUE(enishi_batch_import(schema, array, &batch, NULL) == OK && enishi_batch_rows(batch) == 1);
  EXPECT(ENISHI_STATUS_UNKNOWN_NAME, enishi_columns_add_of_batch(columns, ATT, "a", 1, batch, "x", 1, err));
  EXPECT(ENISHI_STATUS_INVALID_UTF8, enishi_columns_add_of_batch(columns, ATT, "a", 1, batch, bad, 2, err));
  EXPECT(ARG, enishi_columns_add_of_batch(columns, ATT, NULL, 0, batch, "", 0, err));

  /* What ends in another order than it was made. */
  EXPECT(OK, enishi_population_put(population, person, NULL, err));
  EXPECT_TRUE(enishi_population_len(population) == 3);
  EXPECT_TRUE(buf.ptr == NULL && row == 7 && none == NULL && unchosen == NULL);
  enishi_playbook_free(playbook);
  enishi_columns_free(columns);
  enishi_batch_free(batch);
  enishi_population_free(population);
  enishi_selection_free(selection);
  enishi_predicate_free(predicate);
  enishi_friend_free(person);
  enishi_engine_free(engine);
}

/* Quotes and a ledger that live, and everything else NULL, too long or no text. */
static void the_rest_of_the_till_wrong(void) {
  const int32_t UTF8 = ENISHI_STATUS_INVALID_UTF8, BASKET = ENISHI_STATUS_INVALID_BASKET;
  const int32_t UNKNOWN = ENISHI_STATUS_UNKNOWN_NAME, REFUSED = ENISHI_STATUS_CODE_REFUSED;
  const char bad[] = "\xff\xfe", goods[] = "{\"lines\": []}";
  const char held[] = "{\"coupon\": \"c\", \"checkout\": \"1\", \"discount\": 1}";
  const char products[] = "{\"products\": [{\"sku\": \"a\", \"price\": 1}]}";
  const char own[] =
      "{\"coupon\": \"c\", \"checkout\": \"1\", \"discount\": 1, \"code\": \"x\", "
      "\"valid_until\": \"2026-05-01T00:00:00Z\"}";
  const int64_t now = INT64_C(1775012400000), later = now + 60000;
  enishi_playbook *playbook = NULL, *guarded = NULL;
  enishi_keys *keys = NULL;
  enishi_engine *engine = NULL;
  enishi_ledger *ledger = NULL, *unopened = NULL;
  enishi_buf buf = {NULL, 0};
  size_t count = 7;

  EXPECT_TRUE(enishi_playbook_compile(PLAYBOOK, sizeof PLAYBOOK - 1, &playbook, NULL, NULL) == OK);
  EXPECT_TRUE(enishi_playbook_compile(GUARDED, sizeof GUARDED - 1, &guarded, NULL, NULL) == OK);
  EXPECT_TRUE(enishi_keys_new(7, "sixteen bytes and more", 22, &keys, NULL) == OK);
  EXPECT_TRUE(enishi_engine_new(playbook, NULL, &engine, NULL) == OK);
  EXPECT_TRUE(enishi_ledger_new(&ledger, NULL) == OK);

  EXPECT(NUL, enishi_quote(playbook, NULL, NULL, NULL, goods, 13, NULL, 0, now, NULL, err));
  EXPECT(NUL, enishi_quote(playbook, NULL, NULL, NULL, NULL, 13, NULL, 0, now, &buf, err));
  EXPECT(NUL, enishi_quote(playbook, NULL, NULL, NULL, goods, 13, NULL, 2, now, &buf, err));
  EXPECT(ARG, enishi_quote(playbook, NULL, NULL, NULL, goods, MINUS_ONE, NULL, 0, now, &buf, err));
  EXPECT(ARG, enishi_quote(playbook, NULL, NULL, NULL, goods, 13, bad, 2, now, &buf, err));
  EXPECT(ARG, enishi_quote(playbook, NULL, NULL, NULL, goods, 13, NULL, 0, INT64_MAX, &buf, err));
  EXPECT(BASKET, enishi_quote(playbook, NULL, NULL, NULL, bad, 2, NULL, 0, now, &buf, err));
  EXPECT(BASKET, enishi_quote(playbook, keys, ledger, NULL, NULL, 0, NULL, 0, now, &buf, err));
  EXPECT(NUL, enishi_engine_quote(engine, NULL, NULL, 1, goods, 13, NULL, 0, now, &buf, err));
  EXPECT(UTF8, enishi_engine_quote(engine, NULL, bad, 2, goods, 13, NULL, 0, now, &buf, err));
  EXPECT(UNKNOWN, enishi_engine_quote(engine, ledger, "x", 1, goods, 13, NULL, 0, now, &buf, err));
  EXPECT(BASKET, enishi_engine_quote(engine, ledger, NULL, 0, goods, 12, NULL, 0, now, &buf, err));

  EXPECT(NUL, enishi_margin_check(guarded, products, sizeof products - 1, NULL, err));
  EXPECT(NUL, enishi_margin_check(guarded, NULL, 1, &buf, err));
  EXPECT(ARG, enishi_margin_check(guarded, products, MINUS_ONE, &buf, err));
  EXPECT(ARG, enishi_margin_check(guarded, bad, 2, &buf, err));
  EXPECT(ARG, enishi_margin_check(guarded, products, sizeof products - 1, &buf, err));
  EXPECT(ARG, enishi_margin_check(playbook, products, sizeof products - 1, &buf, err));

  EXPECT(NUL, enishi_code_batch(keys, "c", 1, 0, 1, NULL, err));
  EXPECT(ARG, enishi_code_batch(keys, "c", 1, UINT32_MAX, UINT32_MAX, &buf, err));
  EXPECT(UTF8, enishi_code_batch(keys, bad, 2, 0, 1, &buf, err));

  EXPECT(NUL, enishi_ledger_open(NULL, "x", 1, &unopened, err));
  EXPECT(NUL, enishi_ledger_open(playbook, "x", 1, NULL, err));
  EXPECT(ARG, enishi_ledger_open(playbook, NULL, 0, &unopened, err));
  EXPECT(UTF8, enishi_ledger_open(playbook, bad, 2, &unopened, err));
  EXPECT(ENISHI_STATUS_LEDGER_FAILED, enishi_ledger_open(playbook, "/no such/file", 13, &unopened, err));
  EXPECT(NUL, enishi_ledger_issue(ledger, playbook, NULL, "c", 1, "x", 1, later, now, &buf, err));
  EXPECT(REFUSED, enishi_ledger_issue(ledger, playbook, keys, "c", 1, "x", 1, later, now, &buf, err));
  EXPECT(UNKNOWN, enishi_ledger_issue(ledger, playbook, keys, "d", 1, "x", 1, later, now, &buf, err));
  EXPECT(NUL, enishi_ledger_reserve(ledger, NULL, keys, held, sizeof held - 1, later, now, &buf, err));
  EXPECT(ARG, enishi_ledger_reserve(ledger, playbook, keys, bad, 2, later, now, &buf, err));
  EXPECT(ARG, enishi_ledger_reserve(ledger, playbook, keys, held, sizeof held - 1, INT64_MIN, now, &buf, err));
  EXPECT(NUL, enishi_ledger_reserve(ledger, playbook, NULL, own, sizeof own - 1, later, now, &buf, err));
  EXPECT(REFUSED, enishi_ledger_reserve(ledger, playbook, keys, own, sizeof own - 1, later, now, &buf, err));
  EXPECT(NUL, enishi_ledger_redeem(ledger, playbook, "c", 1, "1", 1, "1", 1, now, NULL, err));
  EXPECT(UTF8, enishi_ledger_redeem(ledger, playbook, "c", 1, bad, 2, "1", 1, now, &buf, err));
  EXPECT(UNKNOWN, enishi_ledger_redeem(ledger, playbook, "d", 1, "1", 1, "1", 1, now, &buf, err));
  EXPECT(ARG, enishi_ledger_release(ledger, "c", 1, NULL, 0, now, err));
  EXPECT(NUL, enishi_ledger_release(ledger, "c", 1, NULL, 1, now, err));
  EXPECT(OK, enishi_ledger_release(ledger, "c", 1, "1", 1, now, err));
  EXPECT(NUL, enishi_ledger_reserve_all(ledger, playbook, NULL, "[]", 2, "1", 1, 0, later, now, NULL, err));
  EXPECT(NUL, enishi_ledger_reserve_all(ledger, playbook, NULL, NULL, 2, "1", 1, 0, later, now, &buf, err));
  EXPECT(ARG, enishi_ledger_reserve_all(ledger, playbook, NULL, bad, 2, "1", 1, 0, later, now, &buf, err));
  EXPECT(ARG, enishi_ledger_reserve_all(ledger, playbook, NULL, "[]", 2, NULL, 0, 0, later, now, &buf, err));
  EXPECT(UTF8, enishi_ledger_reserve_all(ledger, playbook, NULL, "[]", 2, bad, 2, 0, later, now, &buf, err));
  EXPECT(NUL, enishi_ledger_redeem_all(ledger, NULL, "1", 1, "1", 1, now, &buf, err));
  EXPECT(UTF8, enishi_ledger_redeem_all(ledger, playbook, bad, 2, "1", 1, now, &buf, err));
  EXPECT(ARG, enishi_ledger_redeem_all(ledger, playbook, "1", 1, NULL, 0, now, &buf, err));
  EXPECT(ARG, enishi_ledger_release_all(ledger, NULL, 0, now, err));
  EXPECT(OK, enishi_ledger_release_all(ledger, "1", 1, now, err));
  EXPECT(ARG, enishi_ledger_roll_back(ledger, "1", 1, INT64_MIN, INT64_MIN, now, NULL, err));
  EXPECT(ARG, enishi_ledger_roll_back(ledger, NULL, 0, 0, 0, now, NULL, err));
  EXPECT(OK, enishi_ledger_roll_back(ledger, "1", 1, INT64_MAX, INT64_MAX, now, NULL, err));
  EXPECT(REFUSED, enishi_ledger_revoke(ledger, "c", 1, "x", 1, now, err));
  EXPECT(OK, enishi_ledger_revoke(ledger, "c", 1, NULL, 0, now, err));
  EXPECT(ARG, enishi_ledger_merge(ledger, 0, 1, now, err));
  EXPECT(OK, enishi_ledger_merge(ledger, 1, 1, now, err));
  EXPECT(NUL, enishi_ledger_uses(ledger, "c", 1, 0, NULL, 0, now, NULL, err));
  EXPECT(ARG, enishi_ledger_uses(ledger, NULL, 0, 0, NULL, 0, now, &buf, err));
  EXPECT(ARG, enishi_ledger_expire(ledger, INT64_MAX, &count, err));
  EXPECT(OK, enishi_ledger_expire(ledger, now, NULL, err));
  uint32_t first = 0;
  EXPECT(NUL, enishi_engine_post(NULL, ledger, now, err));
  EXPECT(NUL, enishi_shop_ask_ledger(NULL, playbook, ledger, now, err));
  EXPECT(NUL, enishi_ledger_post(ledger, playbook, NULL, 1, now, err));
  EXPECT(ARG, enishi_ledger_post(ledger, playbook, NULL, 0, now, err));
  EXPECT(OK, enishi_ledger_post(ledger, playbook, "[]", 2, now, err));
  EXPECT(NUL, enishi_ledger_take_numbers(ledger, "c", 1, 1, now, NULL, err));
  EXPECT(UTF8, enishi_ledger_take_numbers(ledger, bad, 2, 1, now, &first, err));

  EXPECT_TRUE(buf.ptr == NULL && unopened == NULL && count == 7);
  enishi_playbook_free(playbook);
  enishi_playbook_free(guarded);
  enishi_keys_free(keys);
  enishi_engine_free(engine);
  enishi_ledger_free(ledger);
}

int main(void) {
  frees_and_getters();
  all_null();
  the_rest_wrong();
  the_rest_of_populations_wrong();
  the_rest_of_the_till_wrong();
  return line_of_first_fault == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
