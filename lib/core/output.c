/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result file while a run writes it: locked, and only ever whole lines. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

int pcow_output_open(struct pcow_output *out, const char *path, bool resume, struct pcow_error *err)
{
	int flags = O_RDWR | O_CLOEXEC | (resume ? 0 : O_CREAT | O_EXCL);
	int ret;

	out->path = path;
	out->fd = open(path, flags, 0644);
	if (out->fd < 0 && errno == EEXIST)
		return pcow_error_set(
			err, -EEXIST,
			"%s exists: finish it with --resume, or name another --output", path);
	if (out->fd < 0)
		return pcow_error_set(err, -errno, "%s cannot be %s: %s", path,
				      resume ? "resumed" : "created", strerror(errno));
	if (flock(out->fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	ret = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(out->fd);
	return pcow_error_set(err, ret, "%s: %s", path,
			      ret == -EBUSY ? "another run is writing it; wait for its end"
					    : strerror(-ret));
}

static int copy_all(int to, int from, off_t bytes)
{
	off_t at = 0;

	while (at < bytes) {
		ssize_t sent = sendfile(to, from, &at, (size_t)(bytes - at));

		if (sent < 0 && errno != EINTR)
			return -errno;
		if (sent == 0)
			return -EIO;
	}
	return fsync(to) ? -errno : 0;
}

int pcow_output_append(struct pcow_output *out, int from, struct pcow_error *err)
{
	off_t end = lseek(out->fd, 0, SEEK_END);
	struct stat st;
	int ret = end < 0 || fstat(from, &st) ? -errno : copy_all(out->fd, from, st.st_size);

	if (!ret)
		return 0;
	if (end >= 0 && ftruncate(out->fd, end))
		pcow_error_set(err, ret, "%s: %s, and its last line is cut short", out->path,
			       strerror(-ret));
	else
		pcow_error_set(err, ret,
			       "%s: %s; what was finished is kept, go on with run --resume "
			       "--output %s",
			       out->path, strerror(-ret), out->path);
	return ret;
}

void pcow_output_close(struct pcow_output *out)
{
	if (out->fd >= 0)
		close(out->fd);
	out->fd = -1;
}
