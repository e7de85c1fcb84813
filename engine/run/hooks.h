/* All hooks around those of the backend while a job runs. */
#ifndef MOONCAKE_HOOKS_H
#define MOONCAKE_HOOKS_H

struct ioengine_ops;

/* Puts the hooks into @ops, a job's copy of the backend's. */
void hooks_replace(struct ioengine_ops *ops);

#endif
