/*
 * Coding agents: what WEKA recorded of Claude Code and published as
 * callanjfox/kv-cache-tester. A session sends its context again with every
 * turn, some 140,000 tokens, of which all but one in twenty-five were sent
 * before. docs/traces.md has the published figures and how far this is off.
 */
#include "trace/workload/agents.h"

/* Sessions that begin anew, with a context of up to 200,000 tokens. */
static const struct quantile fresh_turns[] = {
	{ 0, 3 },     { 50, 7 },    { 100, 11 },  { 200, 22 },	 { 300, 33 },
	{ 400, 51 },  { 500, 65 },  { 600, 76 },  { 700, 97 },	 { 800, 121 },
	{ 900, 164 }, { 950, 239 }, { 980, 396 }, { 1000, 617 },
};

static const struct quantile fresh_first[] = {
	{ 0, 6343 },	 { 50, 11745 },	 { 100, 13608 }, { 200, 15818 },
	{ 300, 17512 },	 { 400, 18339 }, { 500, 18940 }, { 600, 19448 },
	{ 700, 20195 },	 { 800, 21051 }, { 900, 22710 }, { 950, 25439 },
	{ 1000, 29914 },
};

/* Sessions that go on where another ended, for a few turns or for many. */
static const struct quantile resumed_turns[] = {
	{ 0, 3 },    { 50, 4 },	  { 200, 5 },  { 300, 8 },  { 400, 12 },
	{ 500, 15 }, { 600, 20 }, { 800, 26 }, { 900, 33 }, { 1000, 39 },
};

static const struct quantile resumed_first[] = {
	{ 0, 29875 },	 { 50, 39332 },	  { 100, 48945 },  { 200, 61891 },
	{ 300, 67118 },	 { 400, 82119 },  { 500, 94311 },  { 600, 104106 },
	{ 700, 114571 }, { 800, 124542 }, { 900, 133869 }, { 1000, 153434 },
};

static const struct quantile settled_turns[] = {
	{ 0, 36 },   { 200, 40 }, { 300, 48 },	{ 500, 60 },
	{ 700, 70 }, { 800, 80 }, { 900, 102 }, { 1000, 186 },
};

static const struct quantile settled_first[] = {
	{ 0, 28396 },	{ 100, 34864 },	  { 200, 37621 }, { 300, 45860 },
	{ 400, 54583 }, { 500, 61140 },	  { 600, 66169 }, { 700, 81948 },
	{ 800, 94596 }, { 1000, 118385 },
};

/* Sessions whose context may have a million tokens: these begin anew and grow
 * beyond 200,000. */
static const struct quantile grown_turns[] = {
	{ 0, 21 },    { 100, 35 },  { 200, 56 },  { 300, 90 },	{ 400, 99 },
	{ 500, 120 }, { 700, 143 }, { 800, 156 }, { 900, 237 }, { 1000, 395 },
};

/* These go on where another ended: with a large or huge context from the first
 * turn on, or for many turns. */
static const struct quantile long_turns[] = {
	{ 0, 4 },    { 50, 5 },	  { 100, 6 },  { 200, 9 },
	{ 300, 15 }, { 400, 20 }, { 500, 26 }, { 600, 31 },
	{ 700, 38 }, { 800, 48 }, { 900, 60 }, { 1000, 77 },
};

static const struct quantile long_first[] = {
	{ 0, 70640 },	 { 50, 97650 },	  { 100, 141050 }, { 200, 189875 },
	{ 300, 217000 }, { 400, 238700 }, { 500, 260400 }, { 600, 284270 },
	{ 700, 309225 }, { 800, 330925 }, { 900, 363475 }, { 1000, 423150 },
};

static const struct quantile huge_turns[] = {
	{ 0, 3 }, { 300, 5 }, { 500, 10 }, { 700, 18 }, { 1000, 40 },
};

static const struct quantile huge_first[] = {
	{ 0, 390000 },	 { 300, 500000 },  { 600, 640000 },
	{ 800, 780000 }, { 1000, 851858 },
};

static const struct quantile many_turns[] = {
	{ 0, 84 },    { 100, 92 },  { 200, 101 }, { 300, 118 },	 { 400, 137 },
	{ 500, 173 }, { 600, 211 }, { 700, 234 }, { 1000, 242 },
};

static const struct quantile many_first[] = {
	{ 0, 45153 },	{ 100, 64831 },	 { 300, 66000 },  { 400, 89509 },
	{ 700, 89509 }, { 800, 122990 }, { 900, 229829 }, { 1000, 430118 },
};

/* Sessions of hundreds of turns, as in the few largest published files. */
static const struct quantile marathon_turns[] = {
	{ 0, 140 },
	{ 500, 260 },
	{ 900, 480 },
	{ 1000, 1178 },
};

static const struct quantile marathon_first[] = {
	{ 0, 14000 },
	{ 700, 25000 },
	{ 850, 80000 },
	{ 1000, 300000 },
};

/* What a turn adds; sessions differ most in how long its tail is. */
static const struct quantile added[] = {
	{ 0, 6 },	  { 50, 154 },	  { 100, 191 },	  { 200, 283 },
	{ 300, 382 },	  { 400, 499 },	  { 500, 655 },	  { 600, 874 },
	{ 700, 1253 },	  { 800, 1906 },  { 900, 3540 },  { 950, 6160 },
	{ 980, 10814 },	  { 990, 16387 }, { 995, 24104 }, { 999, 60000 },
	{ 1000, 150000 },
};

static const struct quantile added_little[] = {
	{ 0, 6 },      { 50, 157 },    { 100, 202 },	{ 200, 288 },
	{ 300, 421 },  { 400, 532 },   { 500, 672 },	{ 600, 853 },
	{ 700, 1136 }, { 800, 1578 },  { 900, 2480 },	{ 950, 3537 },
	{ 980, 5283 }, { 995, 12000 }, { 1000, 50000 },
};

static const struct quantile added_much[] = {
	{ 0, 6 },	{ 50, 178 },	{ 100, 255 },	  { 200, 381 },
	{ 300, 508 },	{ 400, 664 },	{ 500, 859 },	  { 600, 1211 },
	{ 700, 1825 },	{ 800, 4061 },	{ 900, 7658 },	  { 950, 8843 },
	{ 980, 10934 }, { 990, 25000 }, { 1000, 100000 },
};

/* Permille of the context that is left once it has been compacted. */
static const struct quantile compacted[] = {
	{ 0, 116 },   { 100, 145 }, { 250, 174 },  { 500, 242 },
	{ 750, 532 }, { 900, 774 }, { 1000, 980 },
};

static const struct quantile compacted_half[] = {
	{ 0, 211 },   { 100, 432 }, { 250, 622 },
	{ 500, 773 }, { 750, 894 }, { 1000, 980 },
};

static const struct quantile compacted_little[] = {
	{ 0, 100 }, { 100, 670 }, { 250, 850 }, { 500, 920 }, { 1000, 990 },
};

/* Tokens that broken and compacted contexts keep: mostly tools and system. */
static const struct quantile kept[] = {
	{ 0, 0 },	{ 80, 0 },	  { 100, 256 },	  { 200, 10816 },
	{ 300, 11968 }, { 500, 14656 },	  { 900, 15936 }, { 950, 19904 },
	{ 970, 75968 }, { 1000, 400000 },
};

/* Longer pauses, such as nights, are cut to ten minutes: nobody would wait for
 * them in a replay. */
static const struct quantile think_ms[] = {
	{ 0, 0 },	 { 50, 3000 },	   { 100, 4000 },   { 250, 6000 },
	{ 400, 8000 },	 { 500, 10000 },   { 600, 13706 },  { 700, 22517 },
	{ 750, 30349 },	 { 800, 52866 },   { 900, 166430 }, { 950, 471000 },
	{ 965, 600000 }, { 1000, 600000 },
};

static const struct quantile serve_ms[] = {
	{ 0, 1200 },	{ 100, 2600 },	{ 250, 4400 },	  { 500, 6500 },
	{ 750, 10967 }, { 900, 18943 }, { 950, 28000 },	  { 980, 45000 },
	{ 990, 58000 }, { 995, 76000 }, { 1000, 200000 },
};

static const struct quantile output[] = {
	{ 0, 1 },      { 50, 89 },    { 100, 105 },  { 200, 127 },
	{ 300, 149 },  { 400, 177 },  { 500, 217 },  { 600, 275 },
	{ 700, 370 },  { 800, 530 },  { 900, 935 },  { 950, 1451 },
	{ 980, 2567 }, { 990, 3441 }, { 995, 4650 }, { 1000, 8370 },
};

/* Sub-agents, and how many of them a session runs at once. */
static const struct quantile sub_turns[] = {
	{ 0, 2 },    { 100, 5 },  { 300, 7 },
	{ 500, 11 }, { 900, 17 }, { 1000, 24 },
};

static const struct quantile sub_first[] = {
	{ 0, 8868 },	{ 100, 9096 },	 { 500, 10335 },
	{ 900, 12277 }, { 1000, 18259 },
};

static const struct quantile sub_added[] = {
	{ 0, 159 },    { 100, 489 },   { 300, 1150 },  { 500, 2531 },
	{ 700, 4802 }, { 900, 13287 }, { 950, 22324 }, { 1000, 70000 },
};

static const struct quantile sub_think_ms[] = {
	{ 0, 0 },	{ 100, 1000 },	{ 500, 4000 },	  { 800, 7000 },
	{ 900, 27000 }, { 980, 65000 }, { 1000, 133000 },
};

static const struct quantile subs[] = {
	{ 0, 1 },
	{ 500, 3 },
	{ 800, 6 },
	{ 1000, 12 },
};

#define PREFIX 10752 /* three quarters of the tokens of tools and system */
#define SUB_PREFIX 8192
#define FRESH_CONTEXT 160000
#define USUAL_CONTEXT 172000
#define LONG_CONTEXT 890000

#define CLASS(nr, context, turns, first, added, compacted) \
	{ \
		nr, PREFIX, context, turns, first, added, think_ms, compacted \
	}

static const struct agent_class fresh =
	CLASS(75, FRESH_CONTEXT, fresh_turns, fresh_first, added, compacted);
static const struct agent_class resumed =
	CLASS(27, USUAL_CONTEXT, resumed_turns, resumed_first, added,
	      compacted_half);
static const struct agent_class settled =
	CLASS(10, USUAL_CONTEXT, settled_turns, settled_first, added_little,
	      compacted_half);
static const struct agent_class grown =
	CLASS(8, LONG_CONTEXT, grown_turns, fresh_first, added, compacted);
static const struct agent_class large =
	CLASS(20, LONG_CONTEXT, long_turns, long_first, added_much,
	      compacted_little);
static const struct agent_class huge =
	CLASS(6, LONG_CONTEXT, huge_turns, huge_first, added, compacted_little);
static const struct agent_class many =
	CLASS(8, LONG_CONTEXT, many_turns, many_first, added_little,
	      compacted_little);
static const struct agent_class marathon =
	CLASS(6, 500000, marathon_turns, marathon_first, added_little,
	      compacted);

static const struct agent_class sub = {
	0,	   SUB_PREFIX, USUAL_CONTEXT, sub_turns,
	sub_first, sub_added,  sub_think_ms,  compacted,
};

static const struct agents agentic = {
	.seed = 945,
	.window_ms = 2 * 3600 * 1000,
	.max_length = 894464,
	.reworded = 50,
	.broken = 8,
	.compact = 1,
	.kept = kept,
	.serve_ms = serve_ms,
	.output = output,
	.with_subs = 26,
	.subs = subs,
	.sub = &sub,
	.classes = { &fresh, &resumed, &settled, &grown, &large, &huge, &many,
		     &marathon },
};

int agentic_generate(trace_sink sink, void *arg)
{
	return agents_generate(&agentic, sink, arg);
}
