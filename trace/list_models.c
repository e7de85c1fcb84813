#include "list_models.h"
#include "model.h"
#include "table.h"

static const char *const names[] = {
	"model", "attention", "layers", "bytes_per_token", "block_bytes",
	"formula", "source",
};

#define NR_NAMES	(sizeof(names) / sizeof(*names))
#define FORMULA		160

static const char *model_column(size_t column)
{
	return names[column];
}

/* What does not fit a model, as a tp that its heads can't share, gives none. */
static bool resolve(struct layout *l, const struct arguments *a, size_t row)
{
	struct layout_options o = a->layout;
	struct trace_error err;

	o.model = models[row].name;
	return !layout_resolve(l, &o, &err);
}

static struct value formula(size_t row)
{
	static char text[FORMULA];

	model_formula(&models[row], text, sizeof(text));
	return value_text(text);
}

static struct value model_value(const void *of, size_t row, size_t column)
{
	const struct arguments *a = of;
	struct layout l;

	switch (column) {
	case 0:
		return value_text(models[row].name);
	case 1:
		return value_text(model_attention(&models[row]));
	case 2:
		return value_count(models[row].layers);
	case 3:
	case 4:
		if (!resolve(&l, a, row))
			return (struct value){ 0 };
		return value_count(column == 4 ? l.block_bytes :
				   l.block_bytes / a->layout.block_tokens);
	case 5:
		return formula(row);
	default:
		return value_text(models[row].source);
	}
}

/* An option that is wrong whatever the model. */
static int check(const struct arguments *a, struct trace_error *err)
{
	struct layout_options o = a->layout;
	struct layout l;

	if (o.bytes_per_token || o.model)
		return trace_fail(err, "models lists what every built-in model "
				  "has: leave out --model and "
				  "--bytes-per-token");
	o.tp = 1;
	o.model = models[0].name;
	return layout_resolve(&l, &o, err);
}

int list_models(FILE *out, const struct arguments *a, struct trace_error *err)
{
	struct table t = { 0, NR_NAMES, model_column, model_value, a };

	if (check(a, err))
		return -1;
	while (models[t.rows].name)
		t.rows++;
	if (a->json)
		table_json(out, &t);
	else if (a->csv)
		table_csv(out, &t);
	else
		table_text(out, &t);
	return 0;
}
