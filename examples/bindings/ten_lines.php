<?php // ENISHI_LIB=target/debug/libenishi.so php -d ffi.enable=1 examples/bindings/ten_lines.php playbook.toml
$enishi = FFI::cdef(file_get_contents(__DIR__ . '/../../include/enishi.h'), getenv('ENISHI_LIB'));
[$playbook, $engine, $delivery] = array_map(fn ($it) => $enishi->new("enishi_$it *"), ['playbook', 'engine', 'delivery']);
$check = fn (int $status) => $status === 0 || throw new RuntimeException("enishi: status $status");
$text = file_get_contents($argv[1]);
$check($enishi->enishi_playbook_compile($text, strlen($text), FFI::addr($playbook), null, null));
$check($enishi->enishi_engine_new($playbook, null, FFI::addr($engine), null));
$event = '{"id":"e1","friend":"eccube:customer:7","at":"2026-04-01T12:00:00+09:00",'
    . '"type":"follow","user":"U4af4980629000000000000000000abcd","unblocked":false}';
$now = 1775012400000; // that instant, in milliseconds
$check($enishi->enishi_engine_record($engine, $event, strlen($event), $now, null, null));
$check($enishi->enishi_engine_next_delivery($engine, $now, FFI::addr($delivery), null));
echo $enishi->enishi_delivery_body($delivery, null), "\n";
$enishi->enishi_delivery_free($delivery);
$enishi->enishi_engine_free($engine);
$enishi->enishi_playbook_free($playbook);
