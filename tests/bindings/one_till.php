<?php
// One till of several on one file: takes the coupon as often as it can, from the quote to the order. Says "ready",
// waits for a line, and prints how often it took it. Run by tests/bindings.rs.

declare(strict_types=1);

[, $rules, $file, $name] = $argv;
$ffi = FFI::cdef(file_get_contents(__DIR__ . '/../../include/enishi.h'), getenv('ENISHI_LIB'));
$told = function (string $function, mixed ...$args) use ($ffi): array {
    $buf = $ffi->new('enishi_buf');
    $status = $ffi->{"enishi_$function"}(...[...$args, FFI::addr($buf), null]);
    $status === 0 || exit("$function: $status\n");
    $json = FFI::string($buf->ptr, $buf->len);
    $ffi->enishi_buf_free(FFI::addr($buf));
    return json_decode($json, true);
};

[$playbook, $ledger] = [$ffi->new('enishi_playbook *'), $ffi->new('enishi_ledger *')];
$ffi->enishi_playbook_compile($rules, strlen($rules), FFI::addr($playbook), null, null) === 0 || exit("playbook\n");
$ffi->enishi_ledger_open($playbook, $file, strlen($file), FFI::addr($ledger), null) === 0 || exit("ledger\n");
echo "ready\n";
fgets(STDIN);

$now = 1775012400000;
$line = ['id' => '1', 'sku' => 'TEA', 'unit_price' => 1080, 'quantity' => 1, 'tax' => ['rate' => '8%', 'included' => true]];
$used = 0;
for ($nth = 0; $nth < 5; $nth++) {
    [$cart, $order, $codes] = ["$name cart $nth", "$name order $nth", '["SPRING"]'];
    $basket = json_encode(['lines' => [$line], 'checkout' => $cart]);
    $asked = [$basket, strlen($basket), $codes, strlen($codes), $now];
    // By turns without a look at the ledger, so that it is asked to reserve what others hold.
    $quote = $told('quote', $playbook, null, $nth % 2 === 1 ? $ledger : null, null, ...$asked);
    $taken = json_encode($quote['taken']);
    $asked = [$taken, strlen($taken), $cart, strlen($cart), 0, $now + 900000, $now];
    $held = $told('ledger_reserve_all', $ledger, $playbook, null, ...$asked);
    if (($held['uses'] ?? []) !== []) {
        $asked = [$cart, strlen($cart), $order, strlen($order), $now];
        $used += count($told('ledger_redeem_all', $ledger, $playbook, ...$asked)['uses']);
    }
}
echo "$used\n";
$ffi->enishi_ledger_free($ledger);
$ffi->enishi_playbook_free($playbook);
