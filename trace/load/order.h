/* The order in which the requests of sessions arrive if none takes any time. */
#ifndef MOONCAKE_ORDER_H
#define MOONCAKE_ORDER_H

#include "trace/load/trace.h"
#include "trace/session/sessions.h"

/* A request at its place in the order. */
struct ordered {
	int64_t arrival_ns;
	uint32_t row;	 /* index of the request in the order of lines */
	uint32_t user;	 /* with users */
	uint32_t before; /* row it waits for, or TRACE_NO_REQUEST */
};

/*
 * Fills @order, which has room for all rows of @s, with an entry for each
 * request of @t. With @users 0 they are in the order of arrival, ties by line;
 * otherwise as that many users play them, ties by session. Returns 0, or -1
 * when there is no memory.
 */
int order_requests(struct ordered *order, const struct trace *t,
		   const struct sessions *s, uint32_t users);

#endif
