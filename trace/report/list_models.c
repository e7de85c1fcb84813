#include "trace/model/model.h"
#include "trace/report/list_models.h"
#include "trace/report/table.h"

static const char *const names[] = {
	"model",       "attention", "layers", "bytes_per_token",
	"block_bytes", "formula",   "source",
};

#define NR_NAMES (sizeof(names) / sizeof(*names))
#define FORMULA 160

/* The models that are listed: the built-in ones, or the one that --model=
 * names. */
struct list {
	const struct arguments *arguments;
	const struct model *models;
	const struct shape *given; /* of the one model; NULL: all are listed */
};

static const char *model_column(size_t column)
{
	return names[column];
}

static const char *name_of(const struct list *list, const struct model *m)
{
	const char *spec = list->arguments->settings.shape.model;

	return spec ? spec : m->name;
}

/* Resolves the shape of a model. Returns false where options don't go with it,
 * such as a tp= that can't divide its heads. */
static bool resolve(struct shape *shape, const struct list *list,
		    const struct model *m)
{
	struct shape_options o = list->arguments->settings.shape;
	struct error err;

	if (list->given) {
		*shape = *list->given;
		return true;
	}
	o.model = m->name;
	return !shape_resolve(shape, &o, &err);
}

static struct value formula(const struct model *m)
{
	static char text[FORMULA];

	model_formula(m, text, sizeof(text));
	return value_text(text);
}

static struct value model_value(const void *of, size_t row, size_t column)
{
	const struct list *list = of;
	const struct model *m = &list->models[row];
	struct shape shape;

	switch (column) {
	case 0:
		return value_text(name_of(list, m));
	case 1:
		return value_text(model_attention(m));
	case 2:
		return value_count(m->layers);
	case 3:
	case 4:
		if (!resolve(&shape, list, m))
			return (struct value){ 0 };
		return value_count(column == 4 ? shape.block_bytes :
						 shape.bytes_per_token);
	case 5:
		return formula(m);
	default:
		return value_text(m->source ? m->source : "");
	}
}

/* Finds options that are wrong for every model, or for the one that is
 * given. */
static int check(struct shape *shape, const struct arguments *a,
		 struct error *err)
{
	struct shape_options o = a->settings.shape;

	if (o.bytes_per_token)
		return fail(err,
			    "models lists what models have: leave out --bytes-per-token");
	if (!o.model) {
		o.tp = 1;
		o.model = models[0].name;
	}
	return shape_resolve(shape, &o, err);
}

int list_models(FILE *out, const struct arguments *a, struct error *err)
{
	struct list list = { a, models, NULL };
	struct table t = { 0, NR_NAMES, model_column, model_value, &list };
	struct shape shape;
	struct model one;

	if (check(&shape, a, err))
		return -1;
	if (a->settings.shape.model) {
		if (model_find(&one, a->settings.shape.model, err))
			return -1;
		list.models = &one;
		list.given = &shape;
		t.rows = 1;
	}
	while (!a->settings.shape.model && models[t.rows].name)
		t.rows++;
	table_print(out, &t, a->json, a->csv);
	return 0;
}
