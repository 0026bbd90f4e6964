/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads of /proc and /sys below a root directory: the running machine's or a
 * recorded one's.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pincow/root.h>

/* All the words, of which the caller's buffer need only take the chosen one; a
 * sysfs attribute has at most a page. */
#define CHOICES_BYTES 4096

const struct pcow_root pcow_root_live = { .fd = -1, .live = true };

int pcow_root_open(struct pcow_root *root, const char *path, struct pcow_error *err)
{
	struct stat own, given;
	int fd;

	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return pcow_error_set(err, -errno,
				      "%s: cannot open as a root folder: %s; name a folder that "
				      "holds proc/ and sys/",
				      path, strerror(errno));
	/* "//" and "/." are this machine too. */
	root->live = stat("/", &own) == 0 && fstat(fd, &given) == 0 && own.st_dev == given.st_dev &&
		     own.st_ino == given.st_ino;
	root->fd = fd;
	return 0;
}

void pcow_root_close(struct pcow_root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

static bool path_stays_below(const char *path)
{
	size_t length;

	if (*path == '/' || *path == '\0')
		return false;
	for (; *path; path += length + (path[length] == '/')) {
		length = strcspn(path, "/");
		if (length == 2 && path[0] == '.' && path[1] == '.')
			return false;
	}
	return true;
}

/* @full is for a call that takes a folder too, which looks at none for this machine. */
static int resolve(const struct pcow_root *root, const char *path, char full[PATH_MAX])
{
	if (!path_stays_below(path))
		return -EINVAL;
	if (snprintf(full, PATH_MAX, "%s%s", root->live ? "/" : "", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

int pcow_root_open_file(const struct pcow_root *root, const char *path)
{
	char full[PATH_MAX];
	int fd, ret = resolve(root, path, full);

	if (ret)
		return ret;
	fd = openat(root->fd, full, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

FILE *pcow_root_stream(const struct pcow_root *root, const char *path)
{
	FILE *stream;
	int fd;

	fd = pcow_root_open_file(root, path);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	stream = fdopen(fd, "r");
	if (!stream)
		close(fd);
	return stream;
}

ssize_t pcow_root_read_bytes(const struct pcow_root *root, const char *path, void *buf, size_t size)
{
	size_t length = 0;
	ssize_t count;
	int fd;

	fd = pcow_root_open_file(root, path);
	if (fd < 0)
		return fd;
	while (length < size) {
		count = read(fd, (char *)buf + length, size - length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			count = -errno;
			close(fd);
			return count;
		}
		if (count == 0)
			break;
		length += (size_t)count;
	}
	close(fd);
	return (ssize_t)length;
}

int pcow_root_read(const struct pcow_root *root, const char *path, char *buf, size_t size)
{
	ssize_t length;

	if (size == 0)
		return -EINVAL;
	length = pcow_root_read_bytes(root, path, buf, size - 1);
	if (length < 0)
		return (int)length;
	while (length > 0 && isspace((unsigned char)buf[length - 1]))
		length--;
	buf[length] = '\0';
	return (int)length;
}

int pcow_root_read_u64(const struct pcow_root *root, const char *path, uint64_t *value)
{
	unsigned long long parsed;
	char text[32];
	char *end;
	int length;

	length = pcow_root_read(root, path, text, sizeof(text));
	if (length < 0)
		return length;
	/* strtoull() would take "-1" and wrap it. */
	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	parsed = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno)
		return -errno;
	*value = parsed;
	return 0;
}

int pcow_root_read_choice(const struct pcow_root *root, const char *path, char *buf, size_t size)
{
	char text[CHOICES_BYTES], *chosen = text, *word, *end;
	int length;

	length = pcow_root_read(root, path, text, sizeof(text));
	if (length < 0)
		return length;
	word = strchr(text, '[');
	end = word ? strchr(word, ']') : NULL;
	if (end) {
		chosen = word + 1;
		*end = '\0';
	}
	if (size == 0)
		return -EINVAL;
	length = snprintf(buf, size, "%s", chosen);
	return (size_t)length < size ? length : (int)size - 1;
}

/* The text after "KEY:" or "KEY ", or NULL when the line has another key. */
static const char *line_value(const char *line, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length) != 0)
		return NULL;
	if (line[length] != ':' && !isblank((unsigned char)line[length]))
		return NULL;
	line += length + 1;
	return line + strspn(line, " \t");
}

static int parse_field(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno)
		return -errno;
	if (strncmp(end, " kB", 3) != 0)
		return 0;
	return __builtin_mul_overflow(*value, UINT64_C(1024), value) ? -ERANGE : 0;
}

int pcow_root_read_field(const struct pcow_root *root, const char *path, const char *key,
			 uint64_t *value)
{
	bool at_line_start = true;
	const char *text = NULL;
	int ret = -ENODATA;
	char line[256];
	FILE *stream;

	stream = pcow_root_stream(root, path);
	if (!stream)
		return -errno;
	while (!text && fgets(line, sizeof(line), stream)) {
		/* The rest of a line longer than the buffer is no line of its own. */
		if (at_line_start)
			text = line_value(line, key);
		at_line_start = strchr(line, '\n') != NULL;
	}
	if (text)
		ret = parse_field(text, value);
	else if (ferror(stream))
		ret = -EIO;
	fclose(stream);
	return ret;
}

int pcow_text_field(const char *text, const char *key, uint64_t *value)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *found;

		line += *line == '\n';
		found = line_value(line, key);
		if (found)
			return parse_field(found, value);
	}
	return -ENODATA;
}

int pcow_root_each(const struct pcow_root *root, const char *dir, const char *prefix,
		   int (*visit)(const char *name, void *arg), void *arg)
{
	struct dirent **entries;
	char full[PATH_MAX];
	int count, ret = resolve(root, dir, full);

	if (ret)
		return ret;
	count = scandirat(root->fd, full, &entries, NULL, versionsort);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (ret == 0 && name[0] != '.' && strncmp(name, prefix, strlen(prefix)) == 0)
			ret = visit(name, arg);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

bool pcow_text_has_word(const char *text, const char *word, char separator)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += length) {
		if ((at == text || at[-1] == separator) &&
		    (at[length] == separator || at[length] == '\0'))
			return true;
	}
	return false;
}
