/* The hooks put around those of the backend while a job runs. */
#ifndef MOONCAKE_HOOKS_H
#define MOONCAKE_HOOKS_H

struct ioengine_ops;

/* In the copy of the backend's ops that belongs to a job. */
void hooks_replace(struct ioengine_ops *ops);

#endif
