/* The same 120 bytes and the number, as an LTTng-UST event. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER cmp_bridge_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "events.h"

#if !defined(BENCH_EVENTS_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define BENCH_EVENTS_H

#include <lttng/tracepoint.h>

LTTNG_UST_TRACEPOINT_EVENT(
    cmp_bridge_bench, weigh,
    LTTNG_UST_TP_ARGS(const double *, block, double, x),
    LTTNG_UST_TP_FIELDS(
        lttng_ust_field_array(double, block, block, 15)
        lttng_ust_field_float(double, x, x)))

#endif

#include <lttng/tracepoint-event.h>
