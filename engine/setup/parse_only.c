#include "fio.h"

#include "engine/setup/backend.h"
#include "engine/setup/options.h"
#include "engine/setup/parse_only.h"
#include "trace/model/model.h"

static int check_trace(const struct mooncake_options *o, struct error *err)
{
	return trace_find(&o->settings.trace, err);
}

static int check_model(const struct mooncake_options *o, struct error *err)
{
	struct model model;

	return model_find(&model, o->settings.shape.model, err);
}

/* Checks kv_dtype= by resolving a shape that needs nothing else. */
static int check_kv_dtype(const struct mooncake_options *o, struct error *err)
{
	struct shape_options so;
	struct shape shape;

	shape_options_init(&so);
	so.kv_dtype = o->settings.shape.kv_dtype;
	so.bytes_per_token = 1;
	return shape_resolve(&shape, &so, err);
}

static int check_eviction(const struct mooncake_options *o, struct error *err)
{
	struct settings s;

	settings_init(&s);
	s.eviction = o->settings.eviction;
	return settings_decide(&s, "", err);
}

static int check_shard(const struct mooncake_options *o, struct error *err)
{
	struct settings s;

	settings_init(&s);
	s.shard = o->settings.shard;
	return settings_decide(&s, "", err);
}

/* While fio fills in defaults there is no job yet. */
static int check_backend(const struct mooncake_options *o, struct error *err)
{
	return o->td ? backend_find(o->td, o->backend, err) : 0;
}

static const struct {
	const char *option;
	int (*check)(const struct mooncake_options *o, struct error *err);
} checks[] = {
	{ "trace", check_trace },	{ "model", check_model },
	{ "kv_dtype", check_kv_dtype }, { "eviction", check_eviction },
	{ "shard", check_shard },	{ "backend", check_backend },
};

int parse_only_check(const struct fio_option *opt, void *options)
{
	struct error err;
	size_t i;

	if (!parse_dryrun())
		return 0;
	for (i = 0; i < FIO_ARRAY_SIZE(checks); i++)
		if (!strcmp(checks[i].option, opt->name) &&
		    checks[i].check(options, &err)) {
			log_err("mooncake: %s\n", err.text);
			return 1;
		}
	return 0;
}
