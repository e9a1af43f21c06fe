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
static enishi_engine *engine;
static enishi_friend *person;
static int64_t last_now = INT64_MIN;

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

static void show_bool(const char *label, bool value) { printf("  %s: %s\n", label, value ? "yes" : "no"); }

static int64_t number(text arg) {
  char digits[32] = {0};
  memcpy(digits, arg.ptr, arg.len < sizeof digits ? arg.len : sizeof digits - 1);
  return strtoll(digits, NULL, 10);
}

static bool is(text arg, const char *word) { return arg.len == strlen(word) && memcmp(arg.ptr, word, arg.len) == 0; }

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
  good(enishi_engine_new(playbook, is(arg[0], "keys") ? keys : NULL, &engine, &err));
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
  if (good(enishi_engine_next_wake(engine, &at, &any, &err))) {
    show_bool("any", any);
    printf("  at: %lld\n", (long long)at);
  }
}

static void op_next_send(const text *arg) {
  int64_t at = 0;
  bool any = false;
  (void)arg;
  if (good(enishi_engine_next_send(engine, &at, &any, &err))) {
    show_bool("any", any);
    printf("  at: %lld\n", (long long)at);
  }
}

static void op_decisions(const text *arg) {
  enishi_buf lines = {NULL, 0};
  (void)arg;
  if (good(enishi_engine_take_decisions(engine, &lines, &err))) show("decisions", &lines);
}

static void op_matches(const text *arg) {
  bool inside = false;
  int32_t status =
      enishi_engine_matches(engine, arg[0].ptr, arg[0].len, arg[1].ptr, arg[1].len, &inside, &err);
  if (good(status)) show_bool("inside", inside);
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
  show("snapshot", &snapshot);
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
      enishi_friend_step(person, playbook, keys, arg[1].ptr, arg[1].len, number(arg[0]), &effects, &err);
  if (!good(status)) return;
  show("effects", &effects);
  if (good(enishi_friend_next_wake(person, &at, &any, &err))) {
    show_bool("any", any);
    printf("  at: %lld\n", (long long)at);
  }
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

static void op_inside(const text *arg) {
  bool inside = false;
  int32_t status =
      enishi_friend_matches(person, playbook, arg[0].ptr, arg[0].len, number(arg[1]), &inside, &err);
  if (good(status)) show_bool("inside", inside);
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

static const struct {
  const char *name;
  void (*run)(const text *arg);
} ops[] = {
    {"playbook", op_playbook},   {"keys", op_keys},
    {"retire", op_retire},       {"engine", op_engine},
    {"record", op_record},       {"advance", op_advance},
    {"play", op_play},           {"next_wake", op_next_wake},
    {"next_send", op_next_send}, {"decisions", op_decisions},
    {"matches", op_matches},     {"deliver", op_deliver},
    {"tally", op_tally},         {"reload", op_reload},
    {"code", op_code},           {"verify", op_verify},
    {"friend", op_friend},       {"step", op_step},
    {"reload_friend", op_reload_friend}, {"inside", op_inside},
    {"webhook", op_webhook},     {"rfm", op_rfm},
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
  enishi_friend_free(person);
  enishi_engine_free(engine);
  enishi_keys_free(keys);
  enishi_playbook_free(playbook);
  free(tape);
  return 0;
}
