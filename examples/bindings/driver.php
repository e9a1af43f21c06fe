<?php
// Drives the library from PHP with FFI, one function for each thing it can do.
//
// Reads a tape: lines "op TAB length TAB length ...", each followed by that many bytes of arguments
// and a newline. Prints what came of each op. The drivers in C and Python print the same bytes.
//
//     ENISHI_LIB=target/debug/libenishi.so php -d ffi.enable=1 examples/bindings/driver.php tape

declare(strict_types=1);

// What a call failed with is printed already.
final class Failed extends Exception
{
}

// A handle with its end: PHP frees it when nobody holds it any longer.
final class Handle
{
    public function __construct(private FFI $ffi, private string $kind, public readonly FFI\CData $ptr)
    {
    }

    public function __destruct()
    {
        $this->ffi->{"enishi_{$this->kind}_free"}($this->ptr);
    }
}

final class Driver
{
    private FFI $ffi;
    private ?Handle $playbook = null;
    private ?Handle $keys = null;
    private ?Handle $ledger = null;
    private array $entries = [];
    private string $taken = '';
    private ?Handle $shop = null;
    private ?Handle $engine = null;
    private ?Handle $person = null;
    private ?Handle $question = null;
    private ?Handle $columns = null;
    private ?Handle $population = null;
    /** @var (?Handle)[] the last selection, and the one before it */
    private array $chosen = [null, null];
    private int $now = PHP_INT_MIN;
    // What was decided, as a host would keep it: one JSON object on each line.
    private string $log = '';

    public function __construct(string $header, string $library)
    {
        $this->ffi = FFI::cdef(file_get_contents($header), $library);
        if ($this->ffi->enishi_abi_min() > 1 || $this->ffi->enishi_abi_version() < 1) {
            throw new RuntimeException('this library has another ABI');
        }
    }

    // Every call goes through here: on failure `err` holds the details, and is ours to free.
    private function call(string $function, mixed ...$args): void
    {
        $err = $this->ffi->new('enishi_error *');
        $status = $this->ffi->{"enishi_$function"}(...[...$args, FFI::addr($err)]);
        say('status', $status);
        if ($status !== $this->ffi->ENISHI_STATUS_OK) {
            say('error', $this->ffi->enishi_error_code($err) . ' ' . $this->ffi->enishi_error_message($err));
            $this->ffi->enishi_error_free($err);
            throw new Failed();
        }
    }

    private function handle(string $kind, string $function, mixed ...$args): ?Handle
    {
        $out = $this->ffi->new("enishi_$kind *");
        $this->call($function, ...[...$args, FFI::addr($out)]);
        return FFI::isNull($out) ? null : new Handle($this->ffi, $kind, $out);
    }

    // Text the library made.
    private function text(string $function, mixed ...$args): string
    {
        $buf = $this->ffi->new('enishi_buf');
        try {
            $this->call($function, ...[...$args, FFI::addr($buf)]);
            return FFI::string($buf->ptr, $buf->len);
        } finally {
            $this->ffi->enishi_buf_free(FFI::addr($buf));
        }
    }

    private function value(string $type, string $function, mixed ...$args): int|bool
    {
        $out = $this->ffi->new($type);
        $this->call($function, ...[...$args, FFI::addr($out)]);
        return $out->cdata;
    }

    // [is there an instant, which]
    private function instant(string $function, mixed ...$args): array
    {
        $at = $this->ffi->new('int64_t');
        $any = $this->ffi->new('bool');
        $this->call($function, ...[...$args, FFI::addr($at), FFI::addr($any)]);
        return [$any->cdata, $at->cdata];
    }

    private function sayInstant(string $function, mixed ...$args): void
    {
        [$any, $at] = $this->instant($function, ...$args);
        say('any', yes($any));
        say('at', $at);
    }

    // A handle made of text that may have faults; null when it has.
    private function compiled(string $kind, mixed ...$args): ?Handle
    {
        $out = $this->ffi->new("enishi_$kind *");
        $diagnostics = $this->ffi->new('enishi_buf');
        try {
            $this->call("{$kind}_compile", ...[...$args, FFI::addr($out), FFI::addr($diagnostics)]);
            return new Handle($this->ffi, $kind, $out);
        } catch (Failed) {
            say('diagnostics', FFI::string($diagnostics->ptr, $diagnostics->len));
            $this->ffi->enishi_buf_free(FFI::addr($diagnostics));
            return null;
        }
    }

    public function playbook(string $source): void
    {
        $this->playbook = null;
        $this->playbook = $this->compiled('playbook', $source, strlen($source));
        if ($this->playbook !== null) {
            say('hash', $this->ffi->enishi_playbook_hash($this->playbook->ptr));
        }
    }

    // Another playbook while runs go on by the one there is.
    public function adopt(string $source): void
    {
        $before = $this->playbook;
        $this->playbook($source);
        if ($this->playbook !== null) {
            [$edited, $this->playbook] = [$this->playbook, null];
            $this->playbook = $this->handle('playbook', 'playbook_following', $edited->ptr, $before?->ptr);
            say('hash', $this->ffi->enishi_playbook_hash($this->playbook->ptr));
            $this->call('engine_adopt', $this->engine?->ptr, $this->playbook->ptr);
        }
    }

    public function presets(): void
    {
        say('presets', $this->text('presets'));
    }

    public function budget(): void
    {
        $messages = $this->ffi->new('int64_t');
        $any = $this->ffi->new('bool');
        $args = [$this->playbook?->ptr, FFI::addr($messages), FFI::addr($any)];
        $this->call('playbook_messages_within_budget', ...$args);
        say('any', yes($any->cdata));
        say('messages', $messages->cdata);
    }

    // What the friends teach, as lines for a playbook.
    public function learn(string $leastGaps): void
    {
        say('best hour', $this->text('engine_best_hour', $this->engine?->ptr));
        say('cycles', $this->text('engine_cycles', $this->engine?->ptr, (int) $leastGaps));
    }

    // By the rules alone, with the friends as columns tell them, and with all an engine knows of them.
    public function hygiene(string $now): void
    {
        $people = $this->population?->ptr;
        say('rules', $this->text('playbook_hygiene', $this->playbook?->ptr));
        say('columns', $this->text('population_hygiene', $people, $this->playbook?->ptr, (int) $now));
        say('friends', $this->text('engine_hygiene', $this->engine?->ptr, $people));
    }

    private function sayQuestion(): void
    {
        say('text', $this->text('predicate_text', $this->question->ptr));
        say('json', $this->text('predicate_json', $this->question->ptr));
    }

    public function segment(string $name): void
    {
        $this->question = null;
        $args = [$this->playbook?->ptr, $name, strlen($name)];
        $this->question = $this->handle('predicate', 'predicate_of_segment', ...$args);
        $this->sayQuestion();
    }

    public function ask(string $expression): void
    {
        $this->question = null;
        $this->question = $this->compiled('predicate', $this->playbook?->ptr, $expression, strlen($expression));
        if ($this->question !== null) {
            $this->sayQuestion();
        }
    }

    public function ask_engine(string $friend): void
    {
        $args = [$this->engine?->ptr, $friend, strlen($friend), $this->question?->ptr];
        say('inside', yes($this->value('bool', 'engine_matches', ...$args)));
        say('why', $this->text('engine_explain', ...$args));
        $this->sayInstant('engine_next_change', ...$args);
    }

    public function ask_friend(string $now): void
    {
        $args = [$this->person?->ptr, $this->question?->ptr, (int) $now];
        say('inside', yes($this->value('bool', 'friend_matches', ...$args)));
        say('why', $this->text('friend_explain', ...$args));
        $this->sayInstant('friend_next_change', ...$args);
    }

    public function keys(string $id, string $secret): void
    {
        $this->keys = null;
        $this->keys = $this->handle('keys', 'keys_new', (int) $id, $secret, strlen($secret));
    }

    public function retire(string $id, string $secret): void
    {
        $this->call('keys_add_retired', $this->keys?->ptr, (int) $id, $secret, strlen($secret));
    }

    public function engine(string $withKeys): void
    {
        $this->engine = null;
        $this->now = PHP_INT_MIN;
        $this->log = '';
        $keys = $withKeys === 'keys' ? $this->keys?->ptr : null;
        $this->engine = $this->handle('engine', 'engine_new', $this->playbook?->ptr, $keys);
    }

    public function stock(string $product, string $pieces): void
    {
        $this->call('engine_set_stock', $this->engine?->ptr, $product, strlen($product), (int) $pieces);
    }

    // So many messages are left, or with nothing said, enough.
    public function quota(string $left): void
    {
        if ($left === '') {
            $this->call('engine_lift_quota', $this->engine?->ptr);
        } else {
            $this->call('engine_set_quota', $this->engine?->ptr, (int) $left);
        }
    }

    public function new_shop(): void
    {
        $this->shop = null;
        $this->shop = $this->handle('shop', 'shop_new');
    }

    public function shop_stock(string $product, string $pieces): void
    {
        $this->call('shop_set_stock', $this->shop?->ptr, $product, strlen($product), (int) $pieces);
    }

    public function shop_quota(string $left): void
    {
        if ($left === '') {
            $this->call('shop_lift_quota', $this->shop?->ptr);
        } else {
            $this->call('shop_set_quota', $this->shop?->ptr, (int) $left);
        }
    }

    public function tell(): void
    {
        $this->call('engine_tell', $this->engine?->ptr, $this->shop?->ptr);
    }

    public function record(string $now, string $event): void
    {
        $args = [$this->engine?->ptr, $event, strlen($event), (int) $now];
        $isNew = $this->value('bool', 'engine_record', ...$args);
        $this->now = (int) $now;
        say('new', yes($isNew));
    }

    private function advanceTo(int $now): int
    {
        $woken = $this->value('size_t', 'engine_advance', $this->engine?->ptr, $now);
        $this->now = $now;
        return $woken;
    }

    public function advance(string $now): void
    {
        say('woken', $this->advanceTo((int) $now));
    }

    // Lives through every wake-up until then, as a host that never sleeps would.
    public function play(string $until): void
    {
        $woken = 0;
        while (true) {
            [$any, $at] = $this->instant('engine_next_wake', $this->engine?->ptr);
            if (!$any || $at > (int) $until) {
                break;
            }
            $woken += $this->advanceTo(max($at, $this->now));
        }
        say('woken', $woken + $this->advanceTo((int) $until));
    }

    public function next_wake(): void
    {
        $this->sayInstant('engine_next_wake', $this->engine?->ptr);
    }

    public function next_send(): void
    {
        $this->sayInstant('engine_next_send', $this->engine?->ptr);
    }

    public function decisions(): void
    {
        $lines = $this->text('engine_take_decisions', $this->engine?->ptr);
        $this->log .= $lines;
        say('decisions', $lines);
    }

    public function log(string $lines): void
    {
        $this->log = $lines;
    }

    // Of a friend, a scenario and a step, or with no step the whole scenario.
    public function why(string $friend, string $scenario, string $step): void
    {
        $about = [$friend, strlen($friend), $scenario, strlen($scenario), $step, strlen($step)];
        say('why', $this->text('engine_why', $this->engine?->ptr, ...$about, ...[$this->log, strlen($this->log)]));
    }

    public function why_friend(string $now, string $scenario, string $step): void
    {
        $about = [$scenario, strlen($scenario), $step, strlen($step), $this->log, strlen($this->log), (int) $now];
        say('why', $this->text('friend_why', $this->person?->ptr, $this->playbook?->ptr, ...$about));
    }

    // Takes one request; here a real host would send it. Then feeds what LINE answered.
    public function deliver(string $now, string $status, string $headers, string $body): void
    {
        $delivery = $this->handle('delivery', 'engine_next_delivery', $this->engine?->ptr, (int) $now);
        if ($delivery === null) {
            echo "  nothing to send\n";
            return;
        }
        $part = fn (string $name): string => $this->ffi->{"enishi_delivery_$name"}($delivery->ptr, null);
        say('request', $part('method') . ' ' . $part('path'));
        say('retry key', $part('retry_key'));
        say('body', $part('body'));
        if ($status !== 'lost') {
            $answer = [(int) $status, $headers, strlen($headers), $body, strlen($body)];
            $args = [$this->engine->ptr, $delivery->ptr, (int) $now, ...$answer];
            say('fate', $this->text('engine_feed_result', ...$args));
        }
    }

    // Takes one thing to do; a real host would do it, and remember its key.
    public function hand_over(string $now): void
    {
        say('handover', $this->text('engine_next_handover', $this->engine?->ptr, (int) $now));
    }

    public function confirm(string $key): void
    {
        say('open', yes($this->value('bool', 'engine_confirm', $this->engine?->ptr, $key, strlen($key))));
    }

    public function tally(): void
    {
        say('tally', $this->text('engine_tally', $this->engine?->ptr));
    }

    // Ends the engine and goes on with what was kept of it, as another process would.
    public function reload(): void
    {
        $snapshot = $this->text('engine_snapshot', $this->engine?->ptr);
        $this->engine = null;
        $args = [$this->playbook?->ptr, $this->keys?->ptr, $snapshot, strlen($snapshot)];
        $this->engine = $this->handle('engine', 'engine_restore', ...$args);
        say('snapshot', bin2hex($snapshot));
    }

    public function code(string $coupon, string $friend, string $nth): void
    {
        $args = [$this->keys?->ptr, $coupon, strlen($coupon), (int) $friend, (int) $nth];
        say('code', $this->text('code_issue', ...$args));
    }

    public function verify(string $typed): void
    {
        $args = [$this->keys?->ptr, $this->playbook?->ptr, $typed, strlen($typed)];
        say('verified', $this->text('code_verify', ...$args));
    }

    // Of the friend held here, or of a guest.
    public function quote(string $who, string $now, string $basket, string $codes): void
    {
        $person = $who === 'friend' ? $this->person?->ptr : null;
        $asked = [$basket, strlen($basket), $codes, strlen($codes), (int) $now];
        $rules = [$this->playbook?->ptr, $this->keys?->ptr, $this->ledger?->ptr];
        $this->sayQuote($this->text('quote', ...$rules, ...[$person, ...$asked]));
    }

    // Of a friend in the engine, or with no key of a guest.
    public function engine_quote(string $friend, string $now, string $basket, string $codes): void
    {
        $asked = [$friend, strlen($friend), $basket, strlen($basket), $codes, strlen($codes), (int) $now];
        $this->sayQuote($this->text('engine_quote', $this->engine?->ptr, $this->ledger?->ptr, ...$asked));
    }

    public function margin(string $goods): void
    {
        say('checked', $this->text('margin_check', $this->playbook?->ptr, $goods, strlen($goods)));
    }

    // And keeps the coupons it took.
    private function sayQuote(string $quote): void
    {
        $this->taken = json_encode(json_decode($quote, true, flags: JSON_THROW_ON_ERROR)['taken']);
        say('quote', $quote);
    }

    // In memory, the one in the file beside the tape, or none.
    public function ledger(string $where): void
    {
        $this->ledger = null;
        if ($where === 'none') {
            return;
        }
        $path = $GLOBALS['argv'][1] . '.ledger';
        $file = ['ledger_open', $this->playbook?->ptr, $path, strlen($path)];
        $this->ledger = $this->handle('ledger', ...($where === 'file' ? $file : ['ledger_new']));
    }

    public function issue(string $now, string $coupon, string $code, string $until): void
    {
        $rules = [$this->ledger?->ptr, $this->playbook?->ptr, $this->keys?->ptr];
        $args = [$coupon, strlen($coupon), $code, strlen($code), (int) $until, (int) $now];
        say('answer', $this->text('ledger_issue', ...$rules, ...$args));
    }

    public function reserve(string $now, string $until, string $request): void
    {
        $rules = [$this->ledger?->ptr, $this->playbook?->ptr, $this->keys?->ptr];
        $args = [$request, strlen($request), (int) $until, (int) $now];
        say('answer', $this->text('ledger_reserve', ...$rules, ...$args));
    }

    public function redeem(string $now, string $coupon, string $checkout, string $order): void
    {
        $args = [$coupon, strlen($coupon), $checkout, strlen($checkout), $order, strlen($order), (int) $now];
        say('answer', $this->text('ledger_redeem', $this->ledger?->ptr, $this->playbook?->ptr, ...$args));
    }

    // What the last quote took, or with something said, that.
    public function reserve_all(string $now, string $until, string $checkout, string $friend, string $taken): void
    {
        $taken = $taken ?: $this->taken;
        $rules = [$this->ledger?->ptr, $this->playbook?->ptr, $this->keys?->ptr];
        $args = [$taken, strlen($taken), $checkout, strlen($checkout), (int) $friend, (int) $until, (int) $now];
        say('answer', $this->text('ledger_reserve_all', ...$rules, ...$args));
    }

    public function redeem_all(string $now, string $checkout, string $order): void
    {
        $args = [$checkout, strlen($checkout), $order, strlen($order), (int) $now];
        say('answer', $this->text('ledger_redeem_all', $this->ledger?->ptr, $this->playbook?->ptr, ...$args));
    }

    public function release_all(string $now, string $checkout): void
    {
        $this->call('ledger_release_all', $this->ledger?->ptr, $checkout, strlen($checkout), (int) $now);
    }

    public function release(string $now, string $coupon, string $checkout): void
    {
        $args = [$coupon, strlen($coupon), $checkout, strlen($checkout), (int) $now];
        $this->call('ledger_release', $this->ledger?->ptr, ...$args);
    }

    public function roll_back(string $now, string $order, string $refunded, string $whole): void
    {
        $args = [$order, strlen($order), (int) $refunded, (int) $whole, (int) $now];
        say('answer', $this->text('ledger_roll_back', $this->ledger?->ptr, ...$args));
    }

    public function revoke(string $now, string $coupon, string $code): void
    {
        $args = [$coupon, strlen($coupon), $code, strlen($code), (int) $now];
        $this->call('ledger_revoke', $this->ledger?->ptr, ...$args);
    }

    public function merge(string $now, string $from, string $into): void
    {
        $this->call('ledger_merge', $this->ledger?->ptr, (int) $from, (int) $into, (int) $now);
    }

    public function ask_ledger(string $now): void
    {
        $this->call('shop_ask_ledger', $this->shop?->ptr, $this->playbook?->ptr, $this->ledger?->ptr, (int) $now);
    }

    // Those of the last step where none are told.
    public function post_entries(string $now, string $entries): void
    {
        $entries = $entries === '' ? json_encode($this->entries) : $entries;
        $args = [$this->ledger?->ptr, $this->playbook?->ptr, $entries, strlen($entries), (int) $now];
        $this->call('ledger_post', ...$args);
    }

    public function post(string $now): void
    {
        $this->call('engine_post', $this->engine?->ptr, $this->ledger?->ptr, (int) $now);
    }

    public function numbers(string $now, string $coupon, string $count): void
    {
        $args = [$coupon, strlen($coupon), (int) $count, (int) $now];
        say('first', $this->value('uint32_t', 'ledger_take_numbers', $this->ledger?->ptr, ...$args));
    }

    public function results(string $now, string $coupon, string $books): void
    {
        $args = [$coupon, strlen($coupon), $books, strlen($books), (int) $now];
        say('results', $this->text('engine_coupon_results', $this->engine?->ptr, $this->ledger?->ptr, ...$args));
    }

    public function holdout(string $now, string $scenario, string $days): void
    {
        $args = [$scenario, strlen($scenario), (int) $days, (int) $now];
        say('holdout', $this->text('engine_holdout', $this->engine?->ptr, ...$args));
    }

    public function uses(string $now, string $coupon, string $friend, string $code): void
    {
        $args = [$coupon, strlen($coupon), (int) $friend, $code, strlen($code), (int) $now];
        say('uses', $this->text('ledger_uses', $this->ledger?->ptr, ...$args));
    }

    public function expire(string $now): void
    {
        say('lapsed', $this->value('size_t', 'ledger_expire', $this->ledger?->ptr, (int) $now));
    }

    public function batch(string $coupon, string $first, string $count): void
    {
        $args = [$coupon, strlen($coupon), (int) $first, (int) $count];
        say('codes', $this->text('code_batch', $this->keys?->ptr, ...$args));
    }

    public function friend(string $key, string $number): void
    {
        $this->person = null;
        $this->person = $this->handle('friend', 'friend_new', $key, strlen($key), (int) $number);
    }

    public function step(string $now, string $event): void
    {
        $rules = [$this->playbook?->ptr, $this->keys?->ptr, $this->shop?->ptr];
        $args = [$this->person?->ptr, ...$rules, $event, strlen($event), (int) $now];
        $effects = $this->text('friend_step', ...$args);
        $this->entries = json_decode($effects, true)['ledger'];
        say('effects', $effects);
        $this->sayInstant('friend_next_wake', $this->person?->ptr);
    }

    // What a request of a web server does between two events: save the row, load the row.
    public function reload_friend(): void
    {
        $state = $this->text('friend_save', $this->person?->ptr);
        $this->person = $this->handle('friend', 'friend_load', $state, strlen($state));
        say('state', $state);
    }

    public function webhook(string $secret, string $body, string $signature): void
    {
        $args = [$secret, strlen($secret), $body, strlen($body), $signature, strlen($signature)];
        $this->call('webhook_verify', ...$args);
        say('events', $this->text('webhook_events', $body, strlen($body)));
    }

    // The columns go in as they lie on the tape, which is what pack('L*', ...) and pack('q*', ...) make.
    public function rfm(
        string $asOf,
        string $zone,
        string $scale,
        string $bins,
        string $recency,
        string $customers,
        string $times,
        string $amounts,
    ): void {
        $options = $this->handle('rfm_options', 'rfm_options_new', (int) $asOf, $zone, strlen($zone));
        $this->call('rfm_options_set_scale', $options->ptr, (int) $scale, (int) $bins);
        $this->call('rfm_options_set_recency', $options->ptr, (int) $recency);
        $columns = [$customers, $times, $amounts, intdiv(strlen($customers), 4)];
        $rfm = $this->handle('rfm', 'rfm_measure', $options->ptr, ...$columns);
        $count = $this->value('size_t', 'rfm_customers', $rfm->ptr, null, 0);
        $numbers = $this->ffi->new('uint32_t[' . ($count + 1) . ']');
        $scores = $this->ffi->new('uint8_t[' . 3 * ($count + 1) . ']');
        $this->value('size_t', 'rfm_customers', $rfm->ptr, FFI::addr($numbers), $count);
        $this->value('size_t', 'rfm_scores', $rfm->ptr, FFI::addr($scores), $count);
        $summary = $this->text('rfm_summary', $rfm->ptr);
        for ($i = 0; $i < $count; $i++) {
            say("customer {$numbers[$i]}", "{$scores[3 * $i]} {$scores[3 * $i + 1]} {$scores[3 * $i + 2]}");
        }
        say('summary', $summary);
    }

    public function columns(string $rows): void
    {
        $this->columns = null;
        $this->columns = $this->handle('columns', 'columns_new', (int) $rows);
    }

    // Values go in as they lie on the tape, which is what pack('q*', ...) and the like make; they are
    // copied, so that PHP may forget them at once.
    public function add(string $field, string $name, string $layout, string $values): void
    {
        $args = [(int) $field, $name, strlen($name), (int) $layout, $values, strlen($values)];
        $this->call('columns_add', $this->columns?->ptr, ...$args);
    }

    public function add_texts(string $field, string $name, string $layout, string $offsets, string $texts): void
    {
        $args = [(int) $field, $name, strlen($name), ...$this->packed($layout, $offsets), $texts, strlen($texts)];
        $this->call('columns_add_texts', $this->columns?->ptr, ...$args);
    }

    public function add_choices(
        string $field,
        string $name,
        string $codeLayout,
        string $codes,
        string $offsetLayout,
        string $offsets,
        string $texts,
    ): void {
        $codes = $this->packed($codeLayout, $codes);
        $offsets = $this->packed($offsetLayout, $offsets);
        $args = [(int) $field, $name, strlen($name), ...$codes, ...$offsets, $texts, strlen($texts)];
        $this->call('columns_add_choices', $this->columns?->ptr, ...$args);
    }

    private function packed(string $layout, string $values): array
    {
        return [(int) $layout, $values, strlen($values)];
    }

    public function known(string $bits, string $offset): void
    {
        $this->call('columns_set_known', $this->columns?->ptr, $bits, strlen($bits), (int) $offset);
    }

    private function saySize(): void
    {
        say('friends', $this->ffi->enishi_population_len($this->population->ptr));
        say('rows', $this->ffi->enishi_population_rows($this->population->ptr));
    }

    public function load(): void
    {
        $this->population = null;
        $this->population = $this->handle('population', 'population_load', $this->columns?->ptr);
        $this->saySize();
    }

    public function append(): void
    {
        $this->call('population_append', $this->population?->ptr, $this->columns?->ptr);
        $this->saySize();
    }

    public function of_engine(): void
    {
        $this->population = null;
        $this->population = $this->handle('population', 'population_of_engine', $this->engine?->ptr);
        $this->saySize();
    }

    public function put(): void
    {
        $args = [$this->population?->ptr, $this->person?->ptr];
        say('row', $this->value('uint32_t', 'population_put', ...$args));
        $this->saySize();
    }

    public function put_of_engine(string $friend): void
    {
        $args = [$this->population?->ptr, $this->engine?->ptr, $friend, strlen($friend)];
        say('row', $this->value('uint32_t', 'population_put_of_engine', ...$args));
        $this->saySize();
    }

    public function remove(string $row): void
    {
        $this->call('population_remove', $this->population?->ptr, (int) $row);
        $this->saySize();
    }

    public function find(string $key): void
    {
        $row = $this->value('uint32_t', 'population_row', $this->population?->ptr, $key, strlen($key));
        say('row', $row);
        $this->key((string) $row);
    }

    public function key(string $row): void
    {
        say('key', $this->text('population_key', $this->population?->ptr, (int) $row));
    }

    // Keeps a new selection and the last one, and shows the rows of the new one.
    private function choose(string $function, mixed ...$args): void
    {
        $selection = $this->handle('selection', $function, ...$args);
        $this->chosen = [$selection, $this->chosen[0]];
        $count = $this->ffi->enishi_selection_count($selection->ptr);
        say('count', $count);
        $rows = $this->ffi->new('uint32_t[' . ($count + 1) . ']');
        $this->value('size_t', 'selection_ids', $selection->ptr, FFI::addr($rows), $count);
        // As packed as it came in; unpack makes an array of it.
        say('ids', implode(' ', unpack('L*', FFI::string($rows, 4 * $count))));
    }

    public function select(string $now): void
    {
        $this->choose('population_select', $this->population?->ptr, $this->question?->ptr, (int) $now);
    }

    public function engine_select(): void
    {
        $this->choose('engine_select', $this->engine?->ptr, $this->population?->ptr, $this->question?->ptr);
    }

    public function everyone(): void
    {
        $this->choose('population_everyone', $this->population?->ptr);
    }

    public function pick(string $rows): void
    {
        $this->choose('population_pick', $this->population?->ptr, $rows, intdiv(strlen($rows), 4));
    }

    public function join(string $how): void
    {
        [$last, $before] = $this->chosen;
        $this->choose("selection_$how", $before?->ptr, $last?->ptr);
    }

    public function plan(string $now): void
    {
        $args = [$this->population?->ptr, $this->question?->ptr, (int) $now];
        say('plan', $this->text('population_plan', ...$args));
    }

    // The last selection goes out as an Arrow array and comes back as a batch of one column. The
    // structs only pass by: no room is needed but theirs, of nine and of ten words.
    public function arrow(string $attribute): void
    {
        $room = [$this->ffi->new('int64_t[9]'), $this->ffi->new('int64_t[10]')];
        $schema = $this->ffi->cast('struct ArrowSchema *', FFI::addr($room[0]));
        $array = $this->ffi->cast('struct ArrowArray *', FFI::addr($room[1]));
        $this->call('selection_export', $this->chosen[0]?->ptr, $schema, $array);
        $batch = $this->handle('batch', 'batch_import', $schema, $array);
        $rows = $this->ffi->enishi_batch_rows($batch->ptr);
        say('rows', $rows);
        $this->columns((string) $rows);
        $args = [$this->ffi->ENISHI_FIELD_ATTRIBUTE, $attribute, strlen($attribute), $batch->ptr, '', 0];
        $this->call('columns_add_of_batch', $this->columns->ptr, ...$args);
        unset($batch); // The column keeps what it needs of it.
        $this->load();
    }
}

function say(string $label, string|int $value): void
{
    echo "  $label: $value\n";
}

function yes(bool $flag): string
{
    return $flag ? 'yes' : 'no';
}

$driver = new Driver(__DIR__ . '/../../include/enishi.h', getenv('ENISHI_LIB'));
$tape = file_get_contents($argv[1]);
for ($at = 0; $at < strlen($tape);) {
    $end = strpos($tape, "\n", $at);
    $lengths = explode("\t", substr($tape, $at, $end - $at));
    $op = array_shift($lengths);
    $at = $end + 1;
    $args = [];
    foreach ($lengths as $length) {
        $args[] = substr($tape, $at, (int) $length);
        $at += (int) $length;
    }
    $at++;
    echo "$op\n";
    try {
        $driver->$op(...$args);
    } catch (Failed) {
        // Printed already; the tape goes on.
    }
}
