#include <ctype.h>
#include <strings.h>

#include "fio.h"
#include "parse.h"

#include "engine/setup/numbers.h"
#include "engine/setup/options.h"

static bool is_number(const struct fio_option *opt)
{
	return opt->type == FIO_OPT_INT || opt->type == FIO_OPT_ULL ||
	       opt->type == FIO_OPT_BOOL;
}

static bool takes_number(const char *name)
{
	static const char *const of_fio[] = { "size", "replay_time_scale",
					      NULL };
	const struct fio_option *opt;
	int i;

	for (i = 0; of_fio[i]; i++)
		if (!strcmp(name, of_fio[i]))
			return true;
	for (opt = mooncake_fio_options; opt->name; opt++)
		if (!strcmp(name, opt->name))
			return is_number(opt);
	return false;
}

/* "", "k", "kb", "KiB", "b" and their like. */
static bool is_suffix(const char *text)
{
	if (*text && strchr("kmgtp", tolower((unsigned char)*text))) {
		text++;
		if (tolower((unsigned char)*text) == 'i')
			text++;
	}
	return !*text || !strcasecmp(text, "b");
}

/* What fio computes or reads otherwise, as (2*4k) or 0x20, is left to it. */
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
	struct flist_head *entry;

	flist_for_each (entry, list) {
		given = flist_entry(entry, struct print_option, list);
		if (given->value && takes_number(given->name) &&
		    is_half_number(given->value))
			return fail(err,
				    "%s=%s: fio would take the number and leave out what is behind it; give a number alone, or with a suffix such as k, m, g",
				    given->name, given->value);
	}
	return 0;
}

int refuse_half_numbers(struct thread_data *td, struct error *err)
{
	if (check_list(&get_global_options()->opt_list, err))
		return -1;
	return check_list(&td->opt_list, err);
}
