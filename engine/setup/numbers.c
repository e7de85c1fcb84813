#include <ctype.h>
#include <strings.h>

#include "fio.h"
#include "parse.h"

#include "engine/setup/numbers.h"
#include "engine/setup/options.h"

static bool is_number(const struct fio_option *opt)
{
	return opt->type == FIO_OPT_INT || opt->type == FIO_OPT_ULL ||
	       opt->type == FIO_OPT_BOOL || opt->type == FIO_OPT_STR_VAL_TIME;
}

/* Returns the option of that name if it is one of this engine's and a number,
 * or NULL. */
static const struct fio_option *own_number(const char *name)
{
	const struct fio_option *opt;

	for (opt = mooncake_fio_options; opt->name; opt++)
		if (!strcmp(name, opt->name))
			return is_number(opt) ? opt : NULL;
	return NULL;
}

static bool takes_number(const char *name)
{
	const struct fio_option *opt = own_number(name);

	return !strcmp(name, "size") || !strcmp(name, "replay_time_scale") ||
	       (opt && opt->type != FIO_OPT_STR_VAL_TIME);
}

/* Is the text a list or range, or negative where that is not allowed? fio takes
 * a minus for a range, and of a range or list what it can store. */
static bool is_several(const struct fio_option *opt, const char *text)
{
	if (opt->minval < 0 && atoi(text) == opt->minval)
		return false;
	return strpbrk(text, "-:,");
}

/* Is that a suffix such as "", "k", "kb", "KiB", "b"? */
static bool is_suffix(const char *text)
{
	if (*text && strchr("kmgtp", tolower((unsigned char)*text))) {
		text++;
		if (tolower((unsigned char)*text) == 'i')
			text++;
	}
	return !*text || !strcasecmp(text, "b");
}

/* Does something that is no suffix follow the number? What fio computes or
 * reads in another way, such as (2*4k) or 0x20, is left to fio. */
static bool is_half_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	const char *rest = text + digits;

	if (!digits || !strncasecmp(text, "0x", 2) ||
	    strpbrk(rest, "()+-*/^.,:"))
		return false;
	return !is_suffix(rest) && strcmp(rest, "%");
}

static int check_list(struct flist_head *list, struct error *err)
{
	const struct print_option *given;
	const struct fio_option *opt;
	struct flist_head *entry;

	flist_for_each (entry, list) {
		given = flist_entry(entry, struct print_option, list);
		opt = own_number(given->name);
		if (given->value && opt && is_several(opt, given->value))
			return fail(err,
				    "%s=%s: fio would take part of that, or nothing; give a single number, from %d on",
				    given->name, given->value, opt->minval);
		if (given->value && takes_number(given->name) &&
		    is_half_number(given->value))
			return fail(err,
				    "%s=%s: fio would take the number and leave out what is behind it; give a number alone, or with a suffix such as k, m, g",
				    given->name, given->value);
	}
	return 0;
}

int refuse_odd_numbers(struct thread_data *td, struct error *err)
{
	if (check_list(&get_global_options()->opt_list, err))
		return -1;
	return check_list(&td->opt_list, err);
}
