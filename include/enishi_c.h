/* The C ABI of enishi for C and C++ programs, written by hand: guard, standard headers, extern "C",
 * and the declarations themselves, which are in enishi.h (made from the Rust source, and plain enough
 * for PHP's FFI and Python's cffi, which have no preprocessor). Both files go side by side. */
#ifndef ENISHI_C_H
#define ENISHI_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "enishi.h"

#ifdef __cplusplus
}
#endif

#endif /* ENISHI_C_H */
