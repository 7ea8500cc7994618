#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
// Where Debian has it; found without pkg-config, too.
#include <postgresql/libpq-fe.h>
#endif
