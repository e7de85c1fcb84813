/*
 * With --parse-only fio ends after the options are parsed: setup(), which says
 * what is wrong with a value, is never called. This looks, while they are
 * parsed, at the values that name something: a trace that isn't there, a
 * model, policy or backend that nobody knows. In a real run it leaves that to
 * setup(), which names the job and knows the other options.
 */
#ifndef MOONCAKE_PARSE_ONLY_H
#define MOONCAKE_PARSE_ONLY_H

struct fio_option;

/* fio's verify hook of every option; 0, or 1 after saying what is wrong. */
int parse_only_check(const struct fio_option *opt, void *options);

#endif
