<?php
// How long a quote takes from PHP: 20 lines, 10 coupons that can be used, a prepared playbook.
//
//     cargo build --release --features capi
//     ENISHI_LIB=target/release/libenishi.so php -d ffi.enable=1 examples/bindings/quote_time.php
//
// Prints the median and the 99th percentile of 20,000 quotes, in microseconds, each with its JSON read and
// its answer copied into a PHP string: by itself, with the floor of [margin] kept, and with a ledger asked, in memory
// and in a file.

declare(strict_types=1);

$ffi = FFI::cdef(file_get_contents(__DIR__ . '/../../include/enishi.h'), getenv('ENISHI_LIB'));

// The basket and the coupons of benches/coupons.rs, as JSON.
$steps = [['from' => 1000, 'amount' => 100], ['from' => 5000, 'amount' => 600], ['from' => 30000, 'amount' => 4000]];
$benefits = [
    ['amount' => 500],
    ['amount' => 1500],
    ['rate' => '10%', 'up_to' => 2000],
    ['rate' => '5%'],
    'free shipping',
    ['points' => '3x'],
    ['gift' => 'SAMPLE'],
    ['buy' => 2, 'get' => 1, 'off' => '50%', 'at_most' => 3],
    ['by' => 'subtotal', 'steps' => $steps],
    ['rate' => '15%', 'up_to' => 3000],
];
$scopes = [['on' => ['categories' => ['spring', 'tea']]], ['on' => ['except_products' => ['SKU-3']]], []];
$playbook = ['shop' => ['name' => 'x', 'zone' => 'Asia/Tokyo', 'currency' => 'JPY'], 'coupons' => []];
$codes = [];
foreach ($benefits as $nth => $benefit) {
    $rule = ['benefit' => $benefit, 'valid' => ['until' => '2027-01-01'], 'code' => "CODE$nth", 'with' => 'all'];
    $playbook['coupons']["coupon $nth"] = $rule + $scopes[$nth % 3];
    $codes[] = "CODE$nth";
}
$lines = [];
for ($nth = 0; $nth < 20; $nth++) {
    $lines[] = [
        'id' => sprintf('line %02d', $nth),
        'sku' => "SKU-$nth",
        'categories' => [['tea', 'bath', 'rice', 'gifts'][$nth % 4], ['spring', 'sale'][$nth % 2]],
        'unit_price' => 480 + 137 * $nth % 1900,
        'quantity' => 1 + $nth % 3,
        'tax' => ['rate' => ['8%', '10%'][$nth % 2], 'included' => true],
    ];
}
$shipping = ['price' => 770, 'tax' => ['rate' => '10%', 'included' => true]];
$basket = json_encode(['lines' => $lines, 'shipping' => $shipping]);
$codes = json_encode($codes);
$playbook = json_encode($playbook);

$good = fn (int $status) => $status === 0 || exit("status $status\n");
$compiled = function (string $playbook) use ($ffi, $good): FFI\CData {
    $handle = $ffi->new('enishi_playbook *');
    $good($ffi->enishi_playbook_compile($playbook, strlen($playbook), FFI::addr($handle), null, null));
    return $handle;
};
$handle = $compiled($playbook);
$margin = ['floor' => '20%', 'costs' => ['SAMPLE' => 40], 'default' => '60%', 'shipping_costs' => 600, 'then' => 'cap'];
$guarded = $compiled(json_encode(json_decode($playbook, true) + ['margin' => $margin]));
[$inMemory, $inFile] = [$ffi->new('enishi_ledger *'), $ffi->new('enishi_ledger *')];
$path = tempnam(sys_get_temp_dir(), 'ledger');
$good($ffi->enishi_ledger_new(FFI::addr($inMemory), null));
$good($ffi->enishi_ledger_open($handle, $path, strlen($path), FFI::addr($inFile), null));

$buf = $ffi->new('enishi_buf');
[$addr, $basketLen, $codesLen, $now] = [FFI::addr($buf), strlen($basket), strlen($codes), 1775012400000];
$quoting = fn (FFI\CData $playbook, ?FFI\CData $ledger): callable =>
    function () use ($ffi, $playbook, $ledger, $basket, $basketLen, $codes, $codesLen, $now, $buf, $addr, $good): string {
        $asked = [$basket, $basketLen, $codes, $codesLen, $now];
        $good($ffi->enishi_quote($playbook, null, $ledger, null, ...[...$asked, $addr, null]));
        $json = FFI::string($buf->ptr, $buf->len);
        $ffi->enishi_buf_free($addr);
        return $json;
    };
$quote = $quoting($handle, null);

$told = json_decode($quote(), true);
if (count($told['taken']) !== 3 || count($told['refused']) !== 7 || $told['search'] !== 'complete') {
    exit('not what is measured: ' . json_encode($told) . "\n");
}
// Some of each coupon was used already.
$taken = json_encode($told['taken']);
foreach ([$inMemory, $inFile] as $ledger) {
    for ($nth = 0; $nth < 20; $nth++) {
        $asked = [$taken, strlen($taken), "cart $nth", strlen("cart $nth"), 1 + $nth, $now + 900000, $now, $addr];
        $good($ffi->enishi_ledger_reserve_all($ledger, $handle, null, ...[...$asked, null]));
        $ffi->enishi_buf_free($addr);
    }
}
$measure = function (callable $job): array {
    $times = [];
    for ($round = 0; $round < 22000; $round++) {
        $begin = hrtime(true);
        $job();
        $times[] = hrtime(true) - $begin;
    }
    // The first warm up.
    $times = array_slice($times, 2000);
    sort($times);
    return [$times[10000] / 1000, $times[19800] / 1000];
};
printf("quote, 20 lines, 10 coupons: median %.1f us, 99%% under %.1f us\n", ...$measure($quote));
$decoded = fn () => json_decode($quote(), true);
printf("and the answer decoded by PHP: median %.1f us, 99%% under %.1f us\n", ...$measure($decoded));
printf("with the floor kept: median %.1f us, 99%% under %.1f us\n", ...$measure($quoting($guarded, null)));
printf("with a ledger in memory asked: median %.1f us, 99%% under %.1f us\n", ...$measure($quoting($handle, $inMemory)));
printf("with a ledger in a file asked: median %.1f us, 99%% under %.1f us\n", ...$measure($quoting($handle, $inFile)));
printf("with both: median %.1f us, 99%% under %.1f us\n", ...$measure($quoting($guarded, $inFile)));
foreach ([$inMemory, $inFile] as $ledger) {
    $ffi->enishi_ledger_free($ledger);
}
foreach ([$handle, $guarded] as $ended) {
    $ffi->enishi_playbook_free($ended);
}
array_map(unlink(...), glob("$path*"));
