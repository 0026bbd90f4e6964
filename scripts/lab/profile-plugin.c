/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCG plugin that counts, by kernel function and call path, the instructions which
 * a guest executes between the marks of pincow's workers (lib/worker/mark.h).
 *
 * Loaded by `-plugin FILE,out=PATH`; writes to PATH when the guest ends.  One line each:
 *
 *	case N			recording began for the N-th time; what follows is of it
 *	window K U OK OU	instructions of one window: kernel and user space, of
 *				the task that opened it and of all others
 *	node ID PARENT ADDRESS	a function that was entered from a call path;
 *				0 and 1 are the roots, of that task and of the others
 *	block ID ADDRESS...	instructions of the kernel that execute one after another
 *	count NODE BLOCK TIMES	how often, within the windows of the case
 *	end			nothing is missing
 *
 * The guest has one CPU, so nothing here needs a lock.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Version 1 of QEMU's plugin interface, as far as it is used here: Debian ships the
 * programs that offer it, and no header.
 */
typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_info {
	const char *target_name; /* and more, of no interest here */
};
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum {
	QEMU_PLUGIN_CB_NO_REGS = 0,
	QEMU_PLUGIN_MEM_RW = 3,
};

typedef void (*tb_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*exec_cb)(unsigned int cpu, void *data);
typedef void (*mem_cb)(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data);
typedef void (*exit_cb)(qemu_plugin_id_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_cb cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_cb cb, int flags,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb, int flags,
					    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_cb cb, int flags, int rw,
				      void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, exit_cb cb, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t at);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

#define INSN_BYTES_MAX 15 /* of x86 */

#define DEPTH_MAX 128
#define TASKS_MAX 64

/* How far up a return may go: a retpoline leaves an address that nobody returns to. */
#define RETURN_DEPTH 8

/**
 * struct block - instructions that execute one after another
 * @id:		1 + its place in the order of translation
 * @n:		how many there are
 * @returns_to:	where the call at its end returns to; 0 when it ends otherwise
 * @written:	its line is in the file
 * @addresses:	one an instruction
 */
struct block {
	uint64_t id, n, returns_to;
	bool written;
	uint64_t addresses[];
};

/* A call path: @address was called from what @parent is. */
struct node {
	uint64_t parent, address;
	bool written;
};

/* Where a task is on its way through the kernel. */
struct path {
	uint64_t task, node;
	size_t depth;
	struct {
		uint64_t returns_to, node;
	} calls[DEPTH_MAX];
};

/* Open addressing: a key of two numbers, and what it stands for. */
struct entry {
	uint64_t a, b, value;
};

struct table {
	struct entry *entries;
	size_t size, used;
};

enum {
	ROOT_OWNER,
	ROOT_OTHERS,
	ROOTS
};

enum mark {
	MARK_RECORD = 'R',
	MARK_BEGIN = 'B',
	MARK_END = 'E',
	MARK_STOP = 'S',
};

struct window {
	uint64_t kernel[ROOTS], user[ROOTS];
};

static FILE *out;
static bool is_arm64;
static uint64_t nr_blocks, nr_cases;
static struct node *nodes;
static size_t nr_nodes, nodes_room;
static struct table node_of, count_of;

static bool recording, is_open;
static struct window window;
static uint64_t task, owner; /* the one that runs, and that which opened the window */
static struct path paths[TASKS_MAX];
static size_t nr_paths;
static const struct block *last; /* that ran in the kernel; NULL after user space */
static uint64_t last_user; /* instruction of the owner's before it entered the kernel */
static bool left_user;

static void *must(void *memory)
{
	if (!memory) {
		fputs("pincow's profile plugin: out of memory\n", stderr);
		abort();
	}
	return memory;
}

static struct entry *slot(const struct table *t, uint64_t a, uint64_t b)
{
	size_t at =
		(size_t)((a * UINT64_C(0x9e3779b97f4a7c15) ^ b) * UINT64_C(0xff51afd7ed558ccd) >>
			 20);

	for (at &= t->size - 1; t->entries[at].value; at = (at + 1) & (t->size - 1))
		if (t->entries[at].a == a && t->entries[at].b == b)
			break;
	return &t->entries[at];
}

/* What @a and @b stand for: 0 at first, which the caller must change. */
static uint64_t *find(struct table *t, uint64_t a, uint64_t b)
{
	struct entry *entry;

	if (2 * (t->used + 1) > t->size) {
		struct table bigger = { .size = t->size ? 2 * t->size : 4096, .used = t->used };

		bigger.entries = must(calloc(bigger.size, sizeof(*bigger.entries)));
		for (size_t i = 0; i < t->size; i++)
			if (t->entries[i].value)
				*slot(&bigger, t->entries[i].a, t->entries[i].b) = t->entries[i];
		free(t->entries);
		*t = bigger;
	}
	entry = slot(t, a, b);
	if (!entry->value) {
		entry->a = a;
		entry->b = b;
		t->used++;
	}
	return &entry->value;
}

static uint64_t node_below(uint64_t parent, uint64_t address)
{
	uint64_t *id = find(&node_of, parent, address);

	if (*id)
		return *id;
	if (nr_nodes == nodes_room) {
		nodes_room *= 2;
		nodes = must(realloc(nodes, nodes_room * sizeof(*nodes)));
	}
	*id = nr_nodes;
	nodes[nr_nodes++] = (struct node){ .parent = parent, .address = address };
	return *id;
}

/* The path of the task that runs; tasks beyond TASKS_MAX share the last one. */
static struct path *path_of_task(void)
{
	size_t i = 0;

	while (i < nr_paths && paths[i].task != task)
		i++;
	if (i == TASKS_MAX)
		return &paths[TASKS_MAX - 1];
	if (i == nr_paths) {
		paths[i] = (struct path){ .task = task,
					  .node = task == owner ? ROOT_OWNER : ROOT_OTHERS };
		nr_paths++;
	}
	return &paths[i];
}

static void follow_call(struct path *p, const struct block *block)
{
	if (p->depth < DEPTH_MAX) {
		p->calls[p->depth].returns_to = last->returns_to;
		p->calls[p->depth++].node = p->node;
		p->node = node_below(p->node, block->addresses[0]);
	}
}

static void follow_return(struct path *p, const struct block *block)
{
	size_t least = p->depth > RETURN_DEPTH ? p->depth - RETURN_DEPTH : 0;

	for (size_t i = p->depth; i > least; i--) {
		if (p->calls[i - 1].returns_to != block->addresses[0])
			continue;
		p->depth = i - 1;
		p->node = p->calls[i - 1].node;
		return;
	}
}

static void count(const struct path *p, const struct block *block)
{
	last = block;
	left_user = true;
	window.kernel[task != owner] += block->n;
	++*find(&count_of, p->node, (uint64_t)(uintptr_t)block);
}

static void run_kernel(unsigned int cpu, void *data)
{
	const struct block *block = data;
	struct path *p;

	(void)cpu;
	if (!is_open)
		return;
	p = path_of_task();
	if (!last) {
		p->depth = 0;
		p->node = node_below(task == owner ? ROOT_OWNER : ROOT_OTHERS, block->addresses[0]);
	} else if (last->returns_to && last->returns_to != block->addresses[0]) {
		follow_call(p, block);
	} else {
		follow_return(p, block);
	}
	count(p, block);
}

/* The end of a block: it is where the block left off. */
static void run_tail(unsigned int cpu, void *data)
{
	(void)cpu;
	if (is_open)
		count(path_of_task(), data);
}

/* An instruction that faulted runs once more, and counts once. */
static void run_user(unsigned int cpu, void *data)
{
	uint64_t address = (uint64_t)(uintptr_t)data;

	(void)cpu;
	if (!is_open)
		return;
	last = NULL;
	if (task != owner) {
		window.user[ROOT_OTHERS]++;
		return;
	}
	if (!left_user || address != last_user)
		window.user[ROOT_OWNER]++;
	left_user = false;
	last_user = address;
}

/* The address that a switch loads from belongs to the next task alone.  QEMU 7.2 tells
 * of no load to those who ask for loads alone: it takes the two kinds for each other. */
static void switch_task(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	(void)cpu;
	(void)info;
	(void)data;
	task = address;
}

static void write_node(uint64_t id)
{
	if (id < ROOTS || nodes[id].written)
		return;
	write_node(nodes[id].parent);
	nodes[id].written = true;
	fprintf(out, "node %" PRIu64 " %" PRIu64 " %" PRIx64 "\n", id, nodes[id].parent,
		nodes[id].address);
}

static void write_block(struct block *block)
{
	if (block->written)
		return;
	block->written = true;
	fprintf(out, "block %" PRIu64, block->id);
	for (uint64_t i = 0; i < block->n; i++)
		fprintf(out, " %" PRIx64, block->addresses[i]);
	fputc('\n', out);
}

static void write_counts(void)
{
	for (size_t i = 0; i < count_of.size; i++) {
		const struct entry *entry = &count_of.entries[i];
		struct block *block = (struct block *)(uintptr_t)entry->b;

		if (!entry->value)
			continue;
		write_node(entry->a);
		write_block(block);
		fprintf(out, "count %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", entry->a, block->id,
			entry->value);
	}
	if (count_of.size)
		memset(count_of.entries, 0, count_of.size * sizeof(*count_of.entries));
	count_of.used = 0;
}

static void open_window(void)
{
	is_open = true;
	owner = task;
	nr_paths = 0;
	last = NULL;
	left_user = false;
	memset(&window, 0, sizeof(window));
}

static void close_window(void)
{
	is_open = false;
	fprintf(out, "window %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		window.kernel[ROOT_OWNER], window.user[ROOT_OWNER], window.kernel[ROOT_OTHERS],
		window.user[ROOT_OTHERS]);
}

static void meet_mark(unsigned int cpu, void *data)
{
	(void)cpu;
	switch ((enum mark)(uintptr_t)data) {
	case MARK_RECORD:
		recording = true;
		fprintf(out, "case %" PRIu64 "\n", nr_cases++);
		break;
	case MARK_BEGIN:
		if (recording)
			open_window();
		break;
	case MARK_END:
		if (is_open)
			close_window();
		break;
	case MARK_STOP:
		recording = false;
		write_counts();
		break;
	}
}

/* x86: nopl with a displacement "PCW" and a letter; arm64: movz xzr, #'P' << 8 | letter. */
static enum mark mark_of(const uint8_t *bytes, size_t size)
{
	uint32_t word;

	if (!is_arm64)
		return size == 8 && memcmp(bytes, "\x0f\x1f\x84\x00PCW", 7) == 0
			       ? (enum mark)bytes[7]
			       : 0;
	memcpy(&word, bytes, sizeof(word));
	return (word & 0xffffe01f) == 0xd28a001f ? (enum mark)(word >> 5 & 0xff) : 0;
}

/* The load of the next task's stack: x86 mov disp32(%rsi),%rsp in __switch_to_asm();
 * arm64 ldp x29, x9, [x8], #16 in cpu_switch_to(). */
static bool loads_next_stack(const uint8_t *bytes, size_t size)
{
	if (is_arm64)
		return memcmp(bytes, "\x1d\x25\xc1\xa8", 4) == 0;
	return size == 7 && memcmp(bytes, "\x48\x8b\xa6", 3) == 0;
}

static bool is_call(const uint8_t *bytes, size_t size)
{
	uint32_t word;

	if (is_arm64) {
		memcpy(&word, bytes, sizeof(word));
		/* bl, blr, and blr with authentication */
		return word >> 26 == 0x25 || (word & 0xfffffc1f) == 0xd63f0000 ||
		       (word & 0xfefff800) == 0xd63f0800;
	}
	/* Prefixes: REX, and segments that are hints here. */
	while (size > 2 && ((bytes[0] & 0xf0) == 0x40 || bytes[0] == 0x2e || bytes[0] == 0x3e)) {
		bytes++;
		size--;
	}
	return bytes[0] == 0xe8 || (size > 1 && bytes[0] == 0xff && (bytes[1] >> 3 & 7) == 2);
}

static void translate_user(struct qemu_plugin_insn *insn)
{
	enum mark mark = mark_of(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));

	/* A window begins behind its mark, and ends before it. */
	if (mark)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, meet_mark, QEMU_PLUGIN_CB_NO_REGS,
						       (void *)(uintptr_t)mark);
	else
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, run_user, QEMU_PLUGIN_CB_NO_REGS,
			(void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
}

/* Whether an instruction may go on in another page: no more is known of it here. */
static bool may_cross_page(const struct qemu_plugin_insn *insn)
{
	uint64_t first = qemu_plugin_insn_vaddr(insn);

	return first >> 12 != (first + INSN_BYTES_MAX - 1) >> 12;
}

/* A block of the instructions from @from on, as far as @to. */
static struct block *new_block(const struct qemu_plugin_tb *tb, size_t from, size_t to)
{
	struct qemu_plugin_insn *end = qemu_plugin_tb_get_insn(tb, to - 1);
	size_t n = to - from, size = qemu_plugin_insn_size(end);
	struct block *block = must(calloc(1, sizeof(*block) + n * sizeof(block->addresses[0])));

	block->id = ++nr_blocks;
	block->n = n;
	for (size_t i = 0; i < n; i++)
		block->addresses[i] = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, from + i));
	if (is_call(qemu_plugin_insn_data(end), size))
		block->returns_to = block->addresses[n - 1] + size;
	return block;
}

/*
 * Of a last instruction that goes on in another page, QEMU 7.2 for x86 shows the first
 * bytes, and yet makes it the start of the next block: it counts where it is executed.
 */
static void translate_kernel(struct qemu_plugin_tb *tb, size_t n)
{
	struct qemu_plugin_insn *end = qemu_plugin_tb_get_insn(tb, n - 1);
	bool has_tail = n > 1 && may_cross_page(end);

	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (loads_next_stack(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn)))
			qemu_plugin_register_vcpu_mem_cb(insn, switch_task, QEMU_PLUGIN_CB_NO_REGS,
							 QEMU_PLUGIN_MEM_RW, NULL);
	}
	qemu_plugin_register_vcpu_tb_exec_cb(tb, run_kernel, QEMU_PLUGIN_CB_NO_REGS,
					     new_block(tb, 0, n - has_tail));
	if (has_tail)
		qemu_plugin_register_vcpu_insn_exec_cb(end, run_tail, QEMU_PLUGIN_CB_NO_REGS,
						       new_block(tb, n - 1, n));
}

/* Both architectures keep the kernel in the upper half of addresses.  User space goes by
 * instructions, as its blocks may end early, in a fault. */
static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)) >> 63) {
		translate_kernel(tb, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		translate_user(qemu_plugin_tb_get_insn(tb, i));
}

static void finish(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	fputs("end\n", out);
	if (fclose(out))
		perror("pincow's profile plugin");
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4) != 0) {
		fputs("pincow's profile plugin: takes out=PATH\n", stderr);
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	is_arm64 = strcmp(info->target_name, "aarch64") == 0;
	nr_nodes = ROOTS;
	nodes_room = 1024;
	nodes = must(calloc(nodes_room, sizeof(*nodes)));
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
