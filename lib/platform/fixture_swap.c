/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A zram device to swap to.  It takes two records: its number is known only
 * when it is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixtures.h"

#define CONTROL "/sys/class/zram-control"
#define BLOCK	"/sys/block/zram"
#define DEVICE	"/dev/zram"

/* The number at the end of "/dev/zram3", or NULL. */
static const char *number_of(const json_t *record, const char *prefix)
{
	const char *path = json_string_value(json_object_get(record, "path"));
	const char *number = path + strlen(prefix);
	size_t length;

	if (strncmp(path, prefix, strlen(prefix)) != 0)
		return NULL;
	length = strspn(number, "0123456789");
	return length > 0 && length < 10 && number[length] == '\0' ? number : NULL;
}

static bool is_block(const json_t *record)
{
	return number_of(record, BLOCK);
}

static bool is_device(const json_t *record)
{
	return number_of(record, DEVICE);
}

/*
 * Only an empty device: between the record and its addition another process may
 * have added one by that number.  What a run has set up is emptied by the record
 * that came after.
 */
static int hot_remove(const struct pcow_root *root, const json_t *record)
{
	const char *number = number_of(record, BLOCK);
	char path[64];
	uint64_t used;
	int ret;

	snprintf(path, sizeof(path), BLOCK "%s/initstate", number);
	ret = pcow_root_read_u64(root, path + 1, &used);
	if (ret == -ENOENT || (!ret && used))
		return 0;
	return ret ? ret : pcow_fixture_write(root, CONTROL "/hot_remove", number);
}

const struct pcow_undo pcow_undo_hot_remove = {
	.name = "hot_remove",
	.what = "remove the device",
	.valid = is_block,
	.run = hot_remove,
};

/* Asked first, for swapoff() needs root's rights to say that there is no swap. */
static bool is_swap(const struct pcow_root *root, const char *number)
{
	FILE *stream = pcow_root_stream(root, "proc/swaps");
	char *line = NULL, device[64];
	size_t size = 0;
	int length = snprintf(device, sizeof(device), DEVICE "%s ", number);
	bool found = false;

	if (!stream)
		return false;
	while (!found && getline(&line, &size, stream) > 0) {
		line[strcspn(line, "\t")] = ' ';
		found = strncmp(line, device, (size_t)length) == 0;
	}
	free(line);
	fclose(stream);
	return found;
}

/* swapon() and swapoff() know no folder to start from. */
static void device_path(const struct pcow_root *root, const char *number, char *path, size_t size)
{
	snprintf(path, size, "/proc/self/fd/%d" DEVICE "%s", root->fd, number);
}

static int end_swap(const struct pcow_root *root, const json_t *record)
{
	const char *number = number_of(record, DEVICE);
	char path[64];
	int ret;

	if (is_swap(root, number)) {
		device_path(root, number, path, sizeof(path));
		if (swapoff(path))
			return -errno;
	}
	/* Busy while udev, or the mkswap of a run that was killed, has it open. */
	snprintf(path, sizeof(path), BLOCK "%s/reset", number);
	ret = pcow_fixture_write(root, path, "1");
	return ret == -ENOENT ? 0 : ret;
}

const struct pcow_undo pcow_undo_swapoff = {
	.name = "swapoff",
	.what = "end the swapping to it",
	.valid = is_device,
	.run = end_swap,
};

/* The number that the next device gets: the lowest that is free. */
static unsigned int next_number(const struct pcow_root *root)
{
	unsigned int number = 0;
	char path[64];

	do {
		snprintf(path, sizeof(path), BLOCK "%u", number++);
	} while (faccessat(root->fd, path + 1, F_OK, 0) == 0);
	return number - 1;
}

static int explain_access(struct pcow_error *err)
{
	if (errno == ENOENT)
		return pcow_error_set(err, -ENODEV,
				      CONTROL ": the kernel has no zram devices to swap to; load "
					      "its module (modprobe zram)");
	return pcow_error_set(err, -errno, CONTROL "/hot_remove: %s; run as root on the host",
			      strerror(errno));
}

static int add_device(const struct pcow_journal *journal, char number[16], struct pcow_error *err)
{
	const struct pcow_root *root = &journal->root;
	char path[64], given[16];
	int ret;

	/* Asked first: /sys may be read-only, and a device is added by a read. */
	if (faccessat(root->fd, (CONTROL "/hot_remove") + 1, W_OK, AT_EACCESS))
		return explain_access(err);
	snprintf(number, 16, "%u", next_number(root));
	snprintf(path, sizeof(path), BLOCK "%s", number);
	ret = pcow_journal_append(journal, &pcow_undo_hot_remove, path, json_object(), err);
	if (ret)
		return ret;
	/* To read it is to add a device. */
	ret = pcow_root_read(root, (CONTROL "/hot_add") + 1, given, sizeof(given));
	if (ret < 0)
		return pcow_error_set(err, ret, CONTROL "/hot_add: cannot add a device: %s",
				      strerror(-ret));
	if (strcmp(given, number) == 0)
		return 0;
	pcow_fixture_write(root, CONTROL "/hot_remove", given);
	return pcow_error_set(err, -EAGAIN,
			      CONTROL ": another process added zram%s just now; try again", number);
}

static _Noreturn void exec_mkswap(const struct pcow_root *root, const char *device)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	/* Who undoes a killed run waits for it to let the device go. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0 && fchdir(root->fd) == 0)
		execlp("mkswap", "mkswap", device, (char *)NULL);
	_exit(127);
}

static int run_mkswap(const struct pcow_root *root, const char *device, struct pcow_error *err)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		exec_mkswap(root, device + 1);
	if (pid < 0)
		return pcow_error_set(err, -errno, "mkswap: cannot start a process: %s",
				      strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return pcow_error_set(err, -ENOENT,
				      "mkswap: cannot run it; install util-linux, and have its "
				      "folder (/usr/sbin) in PATH");
	return pcow_error_set(err, -EIO, "%s: mkswap failed (wait status %#x)", device,
			      (unsigned int)status);
}

int pcow_fixture_swap(struct pcow_fixtures *fixtures, uint64_t bytes, struct pcow_error *err)
{
	const struct pcow_root *root = &fixtures->journal.root;
	char number[16], text[32], path[64];
	int ret;

	ret = add_device(&fixtures->journal, number, err);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), DEVICE "%s", number);
	ret = pcow_journal_append(&fixtures->journal, &pcow_undo_swapoff, path, json_object(), err);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), BLOCK "%s/disksize", number);
	snprintf(text, sizeof(text), "%" PRIu64, bytes);
	ret = pcow_fixture_write(root, path, text);
	if (ret)
		return pcow_error_set(err, ret, "%s: cannot write %s: %s%s", path, text,
				      strerror(-ret),
				      ret == -EINVAL ? "; load the module of its compressor "
						       "(modprobe lzo-rle)"
						     : "");
	snprintf(path, sizeof(path), DEVICE "%s", number);
	ret = run_mkswap(root, path, err);
	if (ret)
		return ret;
	device_path(root, number, path, sizeof(path));
	if (swapon(path, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK))
		return pcow_error_set(err, -errno, DEVICE "%s: cannot swap to it: %s", number,
				      strerror(errno));
	return 0;
}
