/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PCI device that another driver gets. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "fixtures.h"

#define DEVICES "/sys/bus/pci/devices/"
#define DRIVERS "/sys/bus/pci/drivers/"

/* A driver's name fits one. */
#define NAME_BYTES 64

static bool address_is_valid(const char *address)
{
	static const char form[] = "0000:00:00.0";
	size_t i;

	for (i = 0; address[i] && i < sizeof(form); i++)
		if (form[i] == '0' ? !isxdigit((unsigned char)address[i]) : address[i] != form[i])
			return false;
	return i == sizeof(form) - 1;
}

/* "" is the name of no driver. */
static bool name_is_valid(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("-_.", name[i]))
			return false;
	return i < NAME_BYTES && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool is_valid(const json_t *record)
{
	const char *path = json_string_value(json_object_get(record, "path"));
	const char *old = json_string_value(json_object_get(record, "old"));
	const char *override = json_string_value(json_object_get(record, "override"));

	return strncmp(path, DEVICES, strlen(DEVICES)) == 0 &&
	       address_is_valid(path + strlen(DEVICES)) && old && name_is_valid(old) && override &&
	       name_is_valid(override);
}

/* "" without one. */
static int driver_of(const struct pcow_root *root, const char *device, char name[NAME_BYTES])
{
	char path[PATH_MAX], link[PATH_MAX];
	const char *base;
	ssize_t length;

	snprintf(path, sizeof(path), "%s/driver", device);
	length = readlinkat(root->fd, path + 1, link, sizeof(link) - 1);
	if (length < 0 && errno != ENOENT)
		return -errno;
	link[length < 0 ? 0 : length] = '\0';
	base = strrchr(link, '/');
	base = base ? base + 1 : link;
	if (strlen(base) >= NAME_BYTES)
		return -ENAMETOOLONG;
	strcpy(name, base);
	return 0;
}

static int write_to(const struct pcow_root *root, const char *device, const char *attribute,
		    const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", device, attribute);
	return pcow_fixture_write(root, path, text);
}

/* The way there and the way back. */
static int give_to_driver(const struct pcow_root *root, const json_t *record)
{
	const char *device = json_string_value(json_object_get(record, "path"));
	const char *driver = json_string_value(json_object_get(record, "old"));
	const char *override = json_string_value(json_object_get(record, "override"));
	const char *address = device + strlen(DEVICES);
	char now[NAME_BYTES];
	int ret;

	/* Nothing is written where there is nothing to write, and a newline clears it. */
	ret = write_to(root, device, "driver_override", *override ? override : "\n");
	if (ret == -ENOENT) /* The device was unplugged. */
		return 0;
	if (!ret)
		ret = driver_of(root, device, now);
	if (ret || strcmp(now, driver) == 0)
		return ret;
	if (*now)
		ret = write_to(root, device, "driver/unbind", address);
	if (!ret && *driver)
		ret = pcow_fixture_write(root, "/sys/bus/pci/drivers_probe", address);
	if (!ret)
		ret = driver_of(root, device, now);
	return ret || strcmp(now, driver) == 0 ? ret : -EBUSY;
}

const struct pcow_undo pcow_undo_bind = {
	.name = "bind",
	.what = "give the device back to its driver",
	.valid = is_valid,
	.run = give_to_driver,
};

static int read_override(const struct pcow_root *root, const char *device, char name[NAME_BYTES],
			 struct pcow_error *err)
{
	char path[PATH_MAX];
	int length;

	snprintf(path, sizeof(path), "%s/driver_override", device);
	length = pcow_root_read(root, path + 1, name, NAME_BYTES);
	if (length == -ENOENT)
		return pcow_error_set(err, -ENODEV, "%s: no such device; `lspci -D` lists them",
				      device);
	if (length < 0)
		return pcow_error_set(err, length, "%s: cannot read it: %s", path,
				      strerror(-length));
	if (strcmp(name, "(null)") == 0)
		name[0] = '\0';
	return 0;
}

static int check_names(const struct pcow_root *root, const char *address, const char *driver,
		       struct pcow_error *err)
{
	char path[PATH_MAX];

	if (!address_is_valid(address))
		return pcow_error_set(err, -EINVAL,
				      "%s: not the address of a PCI device, as 0000:00:00.0 is one",
				      address);
	if (!*driver || !name_is_valid(driver))
		return pcow_error_set(err, -EINVAL, "%s: not the name of a driver", driver);
	snprintf(path, sizeof(path), DRIVERS "%s", driver);
	if (faccessat(root->fd, path + 1, F_OK, 0))
		return pcow_error_set(err, -ENODEV,
				      "%s: the kernel has no such driver; load its module "
				      "(modprobe %s)",
				      path, driver);
	return 0;
}

int pcow_fixture_bind(struct pcow_fixtures *fixtures, const char *address, const char *driver,
		      struct pcow_error *err)
{
	const struct pcow_root *root = &fixtures->journal.root;
	char device[64], old[NAME_BYTES], override[NAME_BYTES];
	json_t *there;
	int ret;

	ret = check_names(root, address, driver, err);
	if (ret)
		return ret;
	snprintf(device, sizeof(device), DEVICES "%s", address);
	ret = read_override(root, device, override, err);
	if (ret)
		return ret;
	ret = driver_of(root, device, old);
	if (ret)
		return pcow_error_set(err, ret, "%s/driver: cannot read it: %s", device,
				      strerror(-ret));
	if (strcmp(old, driver) == 0)
		return 0;
	ret = pcow_journal_append(
		&fixtures->journal, &pcow_undo_bind, device,
		json_pack("{s:s, s:s, s:s}", "old", old, "override", override, "new", driver), err);
	if (ret)
		return ret;
	there = json_pack("{s:s, s:s, s:s}", "path", device, "old", driver, "override", driver);
	ret = there ? pcow_undo_patiently(&pcow_undo_bind, root, there) : -ENOMEM;
	json_decref(there);
	if (ret)
		pcow_error_set(err, ret, "%s: cannot give it to the driver %s: %s", device, driver,
			       strerror(-ret));
	return ret;
}
