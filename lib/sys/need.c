/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Needs: one function a kind says whether the host has it. */
#include <pincow/need.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pincow/cgroup.h>
#include <pincow/page.h>
#include <pincow/root.h>
#include <pincow/units.h>

/* A list of CPUs as the kernel prints it: a fragmented one has some five bytes a CPU. */
#define LIST_BYTES 4096

/* PROC_USER_INIT_INO: the inode of the initial user namespace since v3.8. */
#define INITIAL_USER_NS "user:[4026531837]"

/* A need that is looked at: @amount is its @least, times the parameter. */
struct look {
	const struct pcow_need *need;
	const struct pcow_root *root;
	uint64_t amount;
	struct pcow_lack *lack;
};

/* @remedy is the kind's: the need may have a better one. */
__attribute__((format(printf, 3, 4))) static enum pcow_met
unmet(const struct look *look, const char *remedy, const char *fmt, ...)
{
	struct pcow_lack *lack = look->lack;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(lack->reason, sizeof(lack->reason), fmt, ap);
	va_end(ap);
	snprintf(lack->remedy, sizeof(lack->remedy), "%s",
		 look->need->remedy ? look->need->remedy : remedy);
	return PCOW_UNMET;
}

/* No file tells.  Of the running machine that is an answer: it has no such thing. */
static bool is_untold(const struct look *look)
{
	if (!look->root->live)
		snprintf(look->lack->reason, sizeof(look->lack->reason),
			 "not part of a recorded host");
	return !look->root->live;
}

/* The text after "KEY:" in /proc/self/status; false without it. */
static bool read_status(const struct pcow_root *root, const char *key, char *buf, size_t size)
{
	FILE *status = pcow_root_stream(root, "proc/self/status");
	size_t length = strlen(key), line_size = 0;
	char *line = NULL;
	bool found = false;

	if (!status)
		return false;
	while (!found && getline(&line, &line_size, status) > 0) {
		found = strncmp(line, key, length) == 0 && line[length] == ':';
		if (found)
			snprintf(buf, size, "%s",
				 line + length + 1 + strspn(line + length + 1, " \t"));
	}
	free(line);
	fclose(status);
	return found;
}

/* Rights in another user namespace are none over the host's memory and devices. */
static bool is_in_user_namespace(const struct pcow_root *root)
{
	char name[32];
	ssize_t n = readlinkat(root->fd, "proc/self/ns/user", name, sizeof(name) - 1);

	if (n < 0)
		return false;
	name[n] = '\0';
	return strcmp(name, INITIAL_USER_NS) != 0;
}

bool pcow_capable(const struct pcow_root *root, unsigned int capability)
{
	char caps[32];

	return read_status(root, "CapEff", caps, sizeof(caps)) &&
	       strtoull(caps, NULL, 16) >> capability & 1 && !is_in_user_namespace(root);
}

static enum pcow_met check_capability(const struct look *look)
{
	char caps[32];

	if (!read_status(look->root, "CapEff", caps, sizeof(caps)) && is_untold(look))
		return PCOW_MET_UNKNOWN;
	if (pcow_capable(look->root, (unsigned int)look->need->least))
		return PCOW_MET;
	return unmet(look, "run as root, outside of a container", "this process has no %s",
		     look->need->what);
}

/* A call that exists and may be made finds fault with its arguments instead. */
static enum pcow_met check_syscall(const struct look *look)
{
	if (is_untold(look))
		return PCOW_MET_UNKNOWN;
	errno = 0;
	syscall(look->need->least, -1L, -1L, -1L, -1L, -1L, -1L);
	if (errno == ENOSYS)
		return unmet(look, "a kernel that has it, and no seccomp filter that hides it",
			     "this kernel has no %s(2)", look->need->what);
	if (errno == EPERM || errno == EACCES)
		return unmet(look, "run as root, and without a seccomp filter that denies it",
			     "%s(2) is not permitted here", look->need->what);
	return PCOW_MET;
}

/* "kernel.io_uring_disabled" -> "/proc/sys/kernel/io_uring_disabled" */
static void sysctl_path(const char *name, char *buf, size_t size)
{
	size_t folder = strlen("/proc/sys/");

	snprintf(buf, size, "/proc/sys/%s", name);
	for (char *c = buf + folder; (c = strchr(c, '.'));)
		*c = '/';
}

static enum pcow_met check_sysctl(const struct look *look)
{
	const struct pcow_need *need = look->need;
	struct pcow_lack *lack = look->lack;
	char text[32] = "0", path[128], remedy[128];
	int64_t value;
	int ret;

	sysctl_path(need->what, path, sizeof(path));
	ret = pcow_root_read(look->root, path + 1, text, sizeof(text));
	value = strtoll(text, NULL, 10);
	/* One that only root may read is none that this process must heed. */
	if (ret == -EACCES || (value >= need->least && value <= need->most))
		return PCOW_MET;
	if (ret < 0 && is_untold(look))
		return PCOW_MET_UNKNOWN;
	if (ret < 0)
		return unmet(look, "a kernel that has it", "this kernel has no sysctl %s",
			     need->what);
	snprintf(lack->path, sizeof(lack->path), "%s", path);
	snprintf(lack->value, sizeof(lack->value), "%" PRId64,
		 value < need->least ? need->least : need->most);
	snprintf(remedy, sizeof(remedy), "sudo sysctl %s=%s, or run --prepare", need->what,
		 lack->value);
	return unmet(look, remedy, "%s is %s", need->what, text);
}

/* The kernel takes '-' and '_' of a module's name for the same. */
static void underscore(char *name)
{
	while ((name = strchr(name, '-')))
		*name = '_';
}

/* Most that is built in has no folder in /sys/module. */
static bool is_built_in(const struct pcow_root *root, const char *module)
{
	char release[128], path[256], file[128];
	size_t line_size = 0;
	char *line = NULL;
	bool found = false;
	FILE *list;

	if (pcow_root_read(root, "proc/sys/kernel/osrelease", release, sizeof(release)) <= 0)
		return false;
	snprintf(path, sizeof(path), "lib/modules/%s/modules.builtin", release);
	list = pcow_root_stream(root, path);
	if (!list)
		return false;
	snprintf(file, sizeof(file), "/%s.ko\n", module);
	while (!found && getline(&line, &line_size, list) > 0) {
		char *name = strrchr(line, '/');

		if (!name)
			continue;
		underscore(name);
		found = strcmp(name, file) == 0;
	}
	free(line);
	fclose(list);
	return found;
}

static enum pcow_met check_module(const struct look *look)
{
	char module[64], path[128], remedy[128];

	snprintf(module, sizeof(module), "%s", look->need->what);
	underscore(module);
	snprintf(path, sizeof(path), "sys/module/%s", module);
	if (faccessat(look->root->fd, path, F_OK, 0) == 0 || is_built_in(look->root, module))
		return PCOW_MET;
	if (faccessat(look->root->fd, "sys/module", F_OK, 0) && is_untold(look))
		return PCOW_MET_UNKNOWN;
	snprintf(remedy, sizeof(remedy), "sudo modprobe %s", look->need->what);
	return unmet(look, remedy, "the module %s is not loaded", look->need->what);
}

/* A file that must be there, of a type in @types, and open to this user. */
static enum pcow_met check_file(const struct look *look, bool (*is_type)(mode_t mode),
				const char *type, int access, const char *remedy)
{
	const char *path = look->need->what + 1;
	struct stat st;

	if (fstatat(look->root->fd, path, &st, 0))
		return is_untold(look) ? PCOW_MET_UNKNOWN
				       : unmet(look, remedy, "there is no /%s", path);
	if (!is_type(st.st_mode))
		return unmet(look, remedy, "/%s is no %s", path, type);
	if (faccessat(look->root->fd, path, access, AT_EACCESS))
		return unmet(look, "run as root", "this user may not use /%s", path);
	return PCOW_MET;
}

static bool is_device(mode_t mode)
{
	return S_ISCHR(mode) || S_ISBLK(mode);
}

static bool is_file(mode_t mode)
{
	return S_ISREG(mode);
}

static enum pcow_met check_device(const struct look *look)
{
	return check_file(look, is_device, "device", R_OK | W_OK,
			  "the device, and a kernel with its driver");
}

static enum pcow_met check_program(const struct look *look)
{
	return check_file(look, is_file, "program", X_OK, "install the package that has it");
}

struct group {
	const struct pcow_root *root;
	char folder[PATH_MAX];
};

static int find_group(const struct pcow_cgroup_mount *mount, void *arg)
{
	struct group *group = arg;

	return mount->v2 && pcow_cgroup_folder(group->root, mount, NULL, group->folder,
					       sizeof(group->folder)) == 0;
}

static enum pcow_met check_cgroup(const struct look *look)
{
	static const char remedy[] = "run as root, in a cgroup that has it: systemd-run --scope "
				     "--property=Delegate=yes";
	struct group group = { .root = look->root };
	char path[PATH_MAX + NAME_MAX], controllers[256];
	int found = pcow_cgroup_each(look->root, find_group, &group);

	if (found <= 0)
		return found && is_untold(look) ? PCOW_MET_UNKNOWN
						: unmet(look, "mount cgroup2 on /sys/fs/cgroup",
							"no cgroup of version 2 is mounted");
	snprintf(path, sizeof(path), "%s/cgroup.controllers", group.folder);
	if (pcow_root_read(look->root, path, controllers, sizeof(controllers)) < 0 ||
	    !pcow_text_has_word(controllers, look->need->what, ' '))
		return unmet(look, remedy, "the cgroup of this process has no controller %s",
			     look->need->what);
	if (faccessat(look->root->fd, group.folder, W_OK, AT_EACCESS))
		return unmet(look, remedy, "this user may make no cgroup in its own");
	return PCOW_MET;
}

static enum pcow_met check_hugetlb(const struct look *look)
{
	struct pcow_lack *lack = look->lack;
	struct pcow_page_demands demands;
	uint64_t folio_bytes;

	if (pcow_bytes_parse(look->need->what, &folio_bytes))
		return unmet(look, "", "%s is no size of pages", look->need->what);
	if (pcow_hugetlb_check(look->root, folio_bytes, look->amount, &demands, lack->reason,
			       lack->remedy, sizeof(lack->reason)))
		return PCOW_MET;
	/* No pool of that size. */
	if (!demands.n && is_untold(look))
		return PCOW_MET_UNKNOWN;
	if (demands.n) {
		snprintf(lack->path, sizeof(lack->path), "%s", demands.list[0].path);
		snprintf(lack->value, sizeof(lack->value), "%s", demands.list[0].value);
	}
	if (look->need->remedy)
		snprintf(lack->remedy, sizeof(lack->remedy), "%s", look->need->remedy);
	return PCOW_UNMET;
}

static enum pcow_met check_memlock(const struct look *look)
{
	uint64_t limit;
	int ret = pcow_root_read_field(look->root, "proc/self/limits", "Max locked memory", &limit);

	if (ret && ret != -EINVAL && is_untold(look))
		return PCOW_MET_UNKNOWN;
	/* "unlimited" is no number. */
	if (ret || limit >= look->amount || pcow_capable(look->root, CAP_IPC_LOCK))
		return PCOW_MET;
	return unmet(look, "sudo prlimit --memlock=unlimited:unlimited --pid $$",
		     "locking %" PRIu64 " KiB is beyond RLIMIT_MEMLOCK's %" PRIu64 " KiB",
		     look->amount >> 10, limit >> 10);
}

/* "0-3,8" -> 0 and 3, with *@list behind it; false at the end. */
static bool next_range(const char **list, unsigned long *first, unsigned long *last)
{
	char *end;

	if (!isdigit((unsigned char)**list))
		return false;
	*first = *last = strtoul(*list, &end, 10);
	if (*end == '-')
		*last = strtoul(end + 1, &end, 10);
	*list = end + (*end == ',');
	return true;
}

/* How many numbers two lists have in common. */
static uint64_t count_common(const char *a, const char *b)
{
	unsigned long first, last;
	uint64_t n = 0;

	while (next_range(&a, &first, &last)) {
		unsigned long from, to;

		for (const char *at = b; next_range(&at, &from, &to);)
			if (from <= last && first <= to)
				n += (to < last ? to : last) - (from > first ? from : first) + 1;
	}
	return n;
}

/* How many numbers stand in the file and in what this process is allowed. */
static enum pcow_met check_numbers(const struct look *look, const char *path, const char *key,
				   const char *names)
{
	char there[LIST_BYTES], allowed[LIST_BYTES];
	uint64_t n;

	if (pcow_root_read(look->root, path, there, sizeof(there)) < 0) {
		if (is_untold(look))
			return PCOW_MET_UNKNOWN;
		/* A kernel without NUMA, or of one CPU, has no such file. */
		snprintf(there, sizeof(there), "0");
	}
	if (!read_status(look->root, key, allowed, sizeof(allowed)))
		snprintf(allowed, sizeof(allowed), "%s", there);
	n = count_common(there, allowed);
	if (n >= look->amount)
		return PCOW_MET;
	return unmet(look, "a larger host, or a wider cpuset",
		     "needs %" PRIu64 " %s, this process may use %" PRIu64, look->amount, names, n);
}

static enum pcow_met check_nodes(const struct look *look)
{
	return check_numbers(look, "sys/devices/system/node/has_memory", "Mems_allowed_list",
			     "NUMA nodes with memory");
}

static enum pcow_met check_cpus(const struct look *look)
{
	return check_numbers(look, "sys/devices/system/cpu/online", "Cpus_allowed_list", "CPUs");
}

enum pcow_met pcow_need_check(const struct pcow_need *need, const struct pcow_root *root,
			      uint64_t times, struct pcow_lack *lack)
{
	static enum pcow_met (*const checks[PCOW_NEED_KINDS])(const struct look *look) = {
		[PCOW_NEED_CAPABILITY] = check_capability,
		[PCOW_NEED_SYSCALL] = check_syscall,
		[PCOW_NEED_SYSCTL] = check_sysctl,
		[PCOW_NEED_MODULE] = check_module,
		[PCOW_NEED_DEVICE] = check_device,
		[PCOW_NEED_PROGRAM] = check_program,
		[PCOW_NEED_CGROUP] = check_cgroup,
		[PCOW_NEED_HUGETLB] = check_hugetlb,
		[PCOW_NEED_MEMLOCK] = check_memlock,
		[PCOW_NEED_NODES] = check_nodes,
		[PCOW_NEED_CPUS] = check_cpus,
	};
	struct look look = { need, root, (uint64_t)need->least, lack };

	*lack = (struct pcow_lack){ .reason = "" };
	if (need->times && __builtin_mul_overflow(look.amount, times, &look.amount))
		look.amount = UINT64_MAX;
	return checks[need->kind](&look);
}

/* "size", "2 * threads", "64M" or "2" */
static void format_amount(char *buf, size_t size, const struct pcow_need *need)
{
	if (need->times && need->least == 1)
		snprintf(buf, size, "%s", need->times);
	else if (need->times)
		snprintf(buf, size, "%" PRId64 " * %s", need->least, need->times);
	else if (need->kind == PCOW_NEED_HUGETLB || need->kind == PCOW_NEED_MEMLOCK)
		pcow_bytes_format(buf, size, (uint64_t)need->least);
	else
		snprintf(buf, size, "%" PRId64, need->least);
}

static void format_sysctl(char *buf, size_t size, const struct pcow_need *need)
{
	if (need->least == need->most)
		snprintf(buf, size, "%s = %" PRId64, need->what, need->least);
	else if (need->most == INT64_MAX)
		snprintf(buf, size, "%s >= %" PRId64, need->what, need->least);
	else
		snprintf(buf, size, "%s <= %" PRId64, need->what, need->most);
}

void pcow_need_format(char *buf, size_t size, const struct pcow_need *need)
{
	static const struct {
		const char *before, *after;
		bool has_amount;
	} words[PCOW_NEED_KINDS] = {
		[PCOW_NEED_CAPABILITY] = { "", "", false },
		[PCOW_NEED_SYSCALL] = { "", "(2)", false },
		[PCOW_NEED_MODULE] = { "module ", "", false },
		[PCOW_NEED_DEVICE] = { "", "", false },
		[PCOW_NEED_PROGRAM] = { "", "", false },
		[PCOW_NEED_CGROUP] = { "cgroup controller ", "", false },
		[PCOW_NEED_HUGETLB] = { "hugetlb-", " >= ", true },
		[PCOW_NEED_MEMLOCK] = { "RLIMIT_MEMLOCK", " >= ", true },
		[PCOW_NEED_NODES] = { "NUMA nodes", " >= ", true },
		[PCOW_NEED_CPUS] = { "CPUs", " >= ", true },
	};
	char amount[64] = "";

	if (need->kind == PCOW_NEED_SYSCTL) {
		format_sysctl(buf, size, need);
		return;
	}
	if (words[need->kind].has_amount)
		format_amount(amount, sizeof(amount), need);
	snprintf(buf, size, "%s%s%s%s", words[need->kind].before, need->what ? need->what : "",
		 words[need->kind].after, amount);
}
