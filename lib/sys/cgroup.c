/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/self/mountinfo and /proc/self/cgroup, for cgroups of both versions. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/cgroup.h>

/* The kernel writes space, tab, newline and backslash as three octal digits. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned int code;

		if (*text == '\\' && sscanf(text, "\\%3o", &code) == 1) {
			*to++ = (char)code;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* The field after @skip others, cut out of *@rest; NULL when there are not so many. */
static char *next_field(char **rest, unsigned int skip)
{
	while (skip--)
		strsep(rest, " ");
	return strsep(rest, " ");
}

/* "31 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate" */
static bool parse_mount(char *line, struct pcow_cgroup_mount *mount)
{
	char *tail = strstr(line, " - ");
	const char *type;

	if (!tail)
		return false;
	*tail = '\0';
	tail += strlen(" - ");
	mount->top = next_field(&line, 3);
	mount->point = next_field(&line, 0);
	type = next_field(&tail, 0);
	mount->options = next_field(&tail, 1);
	if (!mount->point || !mount->options || mount->point[0] != '/')
		return false;
	mount->options[strcspn(mount->options, "\n")] = '\0';
	mount->point++;
	mount->v2 = strcmp(type, "cgroup2") == 0;
	unescape(mount->top);
	unescape(mount->point);
	return mount->v2 || strcmp(type, "cgroup") == 0;
}

int pcow_cgroup_each(const struct pcow_root *root,
		     int (*visit)(const struct pcow_cgroup_mount *mount, void *arg), void *arg)
{
	FILE *stream = pcow_root_stream(root, "proc/self/mountinfo");
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	if (!stream)
		return -errno;
	while (!ret && getline(&line, &size, stream) > 0) {
		struct pcow_cgroup_mount mount;

		if (parse_mount(line, &mount))
			ret = visit(&mount, arg);
	}
	free(line);
	fclose(stream);
	return ret;
}

/* "4:memory:/a/b" or "0::/a/b" -> "/a/b", or NULL when it is another hierarchy's. */
static char *own_path(char *line, bool v2, const char *controller)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL;

	if (!path)
		return NULL;
	*controllers++ = '\0';
	*path++ = '\0';
	path[strcspn(path, "\n")] = '\0';
	if (v2)
		return strcmp(line, "0") == 0 && *controllers == '\0' ? path : NULL;
	return pcow_text_has_word(controllers, controller, ',') ? path : NULL;
}

/* Whether @top is the root of the cgroup namespace or, as "/..", above it. */
static bool is_above_namespace(const char *top)
{
	while (strncmp(top, "/..", 3) == 0)
		top += 3;
	return *top == '\0' || strcmp(top, "/") == 0;
}

/*
 * What of @path, which has no slash at its end, lies below @top.  Both are seen
 * from the namespace's root.  A path that starts with "/.." is not below it; and
 * of a top above it only the outermost ancestor can be named, the mount itself.
 */
static const char *below(const char *path, const char *top)
{
	size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);

	if (strncmp(path, top, length) == 0 && (path[length] == '/' || path[length] == '\0'))
		path += length;
	else if (is_above_namespace(top))
		path = "";
	else
		return NULL;
	return strncmp(path, "/..", 3) == 0 ? NULL : path;
}

int pcow_cgroup_folder(const struct pcow_root *root, const struct pcow_cgroup_mount *mount,
		       const char *controller, char *buf, size_t size)
{
	FILE *stream = pcow_root_stream(root, "proc/self/cgroup");
	const char *path = NULL;
	char *line = NULL;
	size_t line_size = 0;
	int ret = -ENODATA;

	if (!stream)
		return -errno;
	while (!path && getline(&line, &line_size, stream) > 0)
		path = own_path(line, mount->v2, controller);
	if (path && strcmp(path, "/") == 0)
		path = "";
	if (path)
		path = below(path, mount->top);
	if (path)
		ret = (size_t)snprintf(buf, size, "%s%s", mount->point, path) < size
			      ? 0
			      : -ENAMETOOLONG;
	free(line);
	fclose(stream);
	return ret;
}

void pcow_cgroup_hugetlb_name(uint64_t bytes, char *buf, size_t size)
{
	unsigned int unit = bytes >> 30 ? 2 : bytes >> 20 ? 1 : 0;

	snprintf(buf, size, "%" PRIu64 "%cB", bytes >> (10 + 10 * unit), "KMG"[unit]);
}
