# ENISHI_LIB=target/debug/libenishi.so python3 examples/bindings/ten_lines.py playbook.toml
import os, sys, cffi
from pathlib import Path

ffi = cffi.FFI()
ffi.cdef((Path(__file__).parents[2] / "include/enishi.h").read_text())
enishi = ffi.dlopen(os.environ["ENISHI_LIB"])
playbook, engine, delivery = (ffi.new(f"enishi_{it} **") for it in ("playbook", "engine", "delivery"))
text, now = Path(sys.argv[1]).read_bytes(), 1775012400000
event = (
    b'{"id":"e1","friend":"oscar:user:7","at":"2026-04-01T12:00:00+09:00",'
    b'"type":"follow","user":"U4af4980629000000000000000000abcd","unblocked":false}'
)
assert enishi.enishi_playbook_compile(text, len(text), playbook, ffi.NULL, ffi.NULL) == 0
assert enishi.enishi_engine_new(playbook[0], ffi.NULL, engine, ffi.NULL) == 0
assert enishi.enishi_engine_record(engine[0], event, len(event), now, ffi.NULL, ffi.NULL) == 0
assert enishi.enishi_engine_next_delivery(engine[0], now, delivery, ffi.NULL) == 0
print(ffi.string(enishi.enishi_delivery_body(delivery[0], ffi.NULL)).decode())
enishi.enishi_delivery_free(delivery[0])
enishi.enishi_engine_free(engine[0])
enishi.enishi_playbook_free(playbook[0])
