/*
 * What went wrong, in one line for the user: the option, file and line, the
 * reason, and what to do. Nothing below trace/ prints an error; functions fill
 * one of these, and the command or the engine prints it.
 */
#ifndef MOONCAKE_ERROR_H
#define MOONCAKE_ERROR_H

#define ERROR_MAX 768

struct error {
	char text[ERROR_MAX];
};

/* Formats the error's text as printf() does, cut to what fits. Always returns
 * -1, so that callers can return it. */
int fail(struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
