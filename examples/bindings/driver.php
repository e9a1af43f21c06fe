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
    private ?Handle $engine = null;
    private ?Handle $person = null;
    private int $now = PHP_INT_MIN;

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
    private function instant(string $function, mixed $of): array
    {
        $at = $this->ffi->new('int64_t');
        $any = $this->ffi->new('bool');
        $this->call($function, $of, FFI::addr($at), FFI::addr($any));
        return [$any->cdata, $at->cdata];
    }

    private function sayInstant(string $function, mixed $of): void
    {
        [$any, $at] = $this->instant($function, $of);
        say('any', yes($any));
        say('at', $at);
    }

    public function playbook(string $source): void
    {
        $this->playbook = null;
        $out = $this->ffi->new('enishi_playbook *');
        $diagnostics = $this->ffi->new('enishi_buf');
        try {
            $this->call('playbook_compile', $source, strlen($source), FFI::addr($out), FFI::addr($diagnostics));
            $this->playbook = new Handle($this->ffi, 'playbook', $out);
            say('hash', $this->ffi->enishi_playbook_hash($out));
        } catch (Failed) {
            say('diagnostics', FFI::string($diagnostics->ptr, $diagnostics->len));
            $this->ffi->enishi_buf_free(FFI::addr($diagnostics));
        }
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
        $keys = $withKeys === 'keys' ? $this->keys?->ptr : null;
        $this->engine = $this->handle('engine', 'engine_new', $this->playbook?->ptr, $keys);
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
        say('decisions', $this->text('engine_take_decisions', $this->engine?->ptr));
    }

    public function matches(string $friend, string $segment): void
    {
        $args = [$this->engine?->ptr, $friend, strlen($friend), $segment, strlen($segment)];
        say('inside', yes($this->value('bool', 'engine_matches', ...$args)));
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
        say('snapshot', $snapshot);
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

    public function friend(string $key, string $number): void
    {
        $this->person = null;
        $this->person = $this->handle('friend', 'friend_new', $key, strlen($key), (int) $number);
    }

    public function step(string $now, string $event): void
    {
        $args = [$this->person?->ptr, $this->playbook?->ptr, $this->keys?->ptr, $event, strlen($event), (int) $now];
        say('effects', $this->text('friend_step', ...$args));
        $this->sayInstant('friend_next_wake', $this->person?->ptr);
    }

    // What a request of a web server does between two events: save the row, load the row.
    public function reload_friend(): void
    {
        $state = $this->text('friend_save', $this->person?->ptr);
        $this->person = $this->handle('friend', 'friend_load', $state, strlen($state));
        say('state', $state);
    }

    public function inside(string $segment, string $now): void
    {
        $args = [$this->person?->ptr, $this->playbook?->ptr, $segment, strlen($segment), (int) $now];
        say('inside', yes($this->value('bool', 'friend_matches', ...$args)));
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
