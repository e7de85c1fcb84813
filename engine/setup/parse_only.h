/*
 * Checks options for --parse-only. With it fio ends after the options are
 * parsed: setup(), which says what is wrong with a value, is never called. So
 * while options are parsed this looks at values that name something: a trace
 * that isn't there, or a model, policy or backend that nobody knows. In a real
 * run it leaves that to setup(), which names the job and knows the other
 * options.
 */
#ifndef MOONCAKE_PARSE_ONLY_H
#define MOONCAKE_PARSE_ONLY_H

struct fio_option;

/* The verify hook, in fio's sense, of every option. Returns 0, or 1 after it
 * has said what is wrong. */
int parse_only_check(const struct fio_option *opt, void *options);

#endif
