/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "host" object of a result file's header.  What cannot be read is null,
 * so that a reader never takes a missing file for a setting of zero.
 */
#include <elf.h>
#include <errno.h>
#include <sha2.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host.h"

#define THP_DIR	       "sys/kernel/mm/transparent_hugepage"
#define HUGEPAGES_DIR  "sys/kernel/mm/hugepages"
#define MITIGATION_DIR "sys/devices/system/cpu/vulnerabilities"

/* The longest kernel command line of any port has 4096 bytes; x86 and arm64 stop at 2048. */
#define TEXT_BYTES 4097

/* Text that is no UTF-8 counts as unreadable too. */
static json_t *string_or_null(const char *text)
{
	json_t *string = json_string(text);

	return string ? string : json_null();
}

static json_t *read_text(const struct pcow_root *root, const char *path)
{
	char text[TEXT_BYTES];

	return pcow_root_read(root, path, text, sizeof(text)) < 0 ? json_null()
								  : string_or_null(text);
}

static json_t *read_choice(const struct pcow_root *root, const char *path)
{
	char text[256];

	return pcow_root_read_choice(root, path, text, sizeof(text)) < 0 ? json_null()
									 : string_or_null(text);
}

static json_t *read_number(const struct pcow_root *root, const char *path)
{
	uint64_t value;

	return pcow_root_read_u64(root, path, &value) ? json_null()
						      : json_integer((json_int_t)value);
}

static json_t *read_field(const struct pcow_root *root, const char *path, const char *key)
{
	uint64_t value;

	return pcow_root_read_field(root, path, key, &value) ? json_null()
							     : json_integer((json_int_t)value);
}

static json_t *machine_json(const struct pcow_root *root)
{
	struct utsname uts;

	/* The file appeared in v6.1; uname(2) is of every version, but only of this machine. */
	if (root->live && uname(&uts) == 0)
		return string_or_null(uts.machine);
	return read_text(root, "proc/sys/kernel/arch");
}

/*
 * /sys/kernel/notes is the vmlinux .notes section: ELF notes one after the
 * other, name and descriptor each padded to four bytes.
 */
static const unsigned char *find_build_id(const unsigned char *notes, size_t size, size_t *length)
{
	Elf64_Nhdr header; /* the same layout for ELF32 */
	size_t at = 0;

	while (size - at >= sizeof(header)) {
		size_t name_bytes, desc_bytes;

		memcpy(&header, notes + at, sizeof(header));
		at += sizeof(header);
		name_bytes = ((size_t)header.n_namesz + 3) & ~(size_t)3;
		desc_bytes = ((size_t)header.n_descsz + 3) & ~(size_t)3;
		if (name_bytes > size - at || desc_bytes > size - at - name_bytes)
			return NULL;
		if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof("GNU") &&
		    memcmp(notes + at, "GNU", sizeof("GNU")) == 0) {
			*length = header.n_descsz;
			return notes + at + name_bytes;
		}
		at += name_bytes + desc_bytes;
	}
	return NULL;
}

static json_t *build_id_json(const struct pcow_root *root)
{
	const unsigned char *build_id;
	unsigned char notes[4096];
	char text[2 * 64 + 1];
	size_t length;
	ssize_t size;

	size = pcow_root_read_bytes(root, "sys/kernel/notes", notes, sizeof(notes));
	if (size < 0)
		return json_null();
	build_id = find_build_id(notes, (size_t)size, &length);
	if (!build_id || length == 0 || length > 64)
		return json_null();
	for (size_t i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", build_id[i]);
	return json_string(text);
}

static json_t *sha256_json(const struct pcow_root *root, const char *path)
{
	char hex[SHA256_DIGEST_STRING_LENGTH];
	unsigned char block[4096];
	size_t count;
	SHA2_CTX sha;
	FILE *stream;

	stream = pcow_root_stream(root, path);
	if (!stream)
		return NULL;
	SHA256Init(&sha);
	while ((count = fread(block, 1, sizeof(block), stream)) > 0)
		SHA256Update(&sha, block, count);
	if (ferror(stream)) {
		fclose(stream);
		return NULL;
	}
	fclose(stream);
	return json_string(SHA256End(&sha, hex));
}

/* The hash is over the file as it is: the compressed and the plain one of one kernel differ. */
static void add_config(const struct pcow_root *root, json_t *kernel)
{
	char release[256], path[288] = "/proc/config.gz";
	json_t *hash;

	hash = sha256_json(root, path + 1);
	if (!hash &&
	    pcow_root_read(root, "proc/sys/kernel/osrelease", release, sizeof(release)) > 0) {
		snprintf(path, sizeof(path), "/boot/config-%s", release);
		hash = sha256_json(root, path + 1);
	}
	json_object_set_new(kernel, "config_source", hash ? string_or_null(path) : json_null());
	json_object_set_new(kernel, "config_sha256", hash ? hash : json_null());
}

/* "gcc-12 (Debian 12.2.0-14) 12.2.0" of "Linux version RELEASE (BUILDER) (COMPILER, LINKER)
 * VERSION"; where a kernel says it otherwise, null. */
static json_t *compiler_json(const struct pcow_root *root)
{
	char text[1024];
	char *compiler, *end;

	if (pcow_root_read(root, "proc/version", text, sizeof(text)) <= 0)
		return json_null();
	compiler = strstr(text, ") (");
	end = compiler ? strstr(compiler, ", ") : NULL;
	if (!end)
		return json_null();
	*end = '\0';
	return string_or_null(compiler + strlen(") ("));
}

static json_t *kernel_json(const struct pcow_root *root)
{
	json_t *kernel = json_pack("{s:o, s:o, s:o, s:o, s:o}", "release",
				   read_text(root, "proc/sys/kernel/osrelease"), "version",
				   read_text(root, "proc/sys/kernel/version"), "compiler",
				   compiler_json(root), "build_id", build_id_json(root), "cmdline",
				   read_text(root, "proc/cmdline"));

	if (kernel)
		add_config(root, kernel);
	return kernel;
}

/* x86 says @key; arm64 has no names in /proc/cpuinfo, but numbers under @arm_key. */
static json_t *cpuinfo_json(const struct pcow_root *root, const char *key, const char *arm_key)
{
	char text[256];

	if (pcow_host_cpuinfo(root, key, text, sizeof(text)) == 0)
		return string_or_null(text);
	if (arm_key && pcow_host_cpuinfo(root, arm_key, text, sizeof(text)) == 0)
		return string_or_null(text);
	return json_null();
}

static json_t *cpufreq_json(const struct pcow_root *root, const char *attribute)
{
	char text[256];

	return pcow_host_cpufreq(root, attribute, text, sizeof(text)) ? json_null()
								      : string_or_null(text);
}

static json_t *boost_json(const struct pcow_root *root)
{
	bool on;

	return pcow_host_boost(root, &on, NULL) ? json_null() : json_boolean(on);
}

static json_t *cpu_json(const struct pcow_root *root)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "model",
			 cpuinfo_json(root, "model name", "CPU part"), "vendor",
			 cpuinfo_json(root, "vendor_id", "CPU implementer"), "microcode",
			 cpuinfo_json(root, "microcode", NULL), "online",
			 read_text(root, "sys/devices/system/cpu/online"), "smt",
			 read_text(root, "sys/devices/system/cpu/smt/control"), "governor",
			 cpufreq_json(root, "scaling_governor"), "driver",
			 cpufreq_json(root, "scaling_driver"), "boost", boost_json(root));
}

/* What a walk over a folder fills. */
struct folder_object {
	const struct pcow_root *root;
	json_t *object;
};

static json_t *folder_json(const struct pcow_root *root, const char *dir, const char *prefix,
			   int (*visit)(const char *name, void *arg))
{
	struct folder_object folder = { root, json_object() };

	if (folder.object && pcow_root_each(root, dir, prefix, visit, &folder) < 0) {
		json_decref(folder.object);
		return json_null();
	}
	return folder.object;
}

/* "hugepages-64kB" -> "64kB" */
static const char *size_name(const char *entry)
{
	return entry + strlen("hugepages-");
}

static int visit_mthp(const char *name, void *arg)
{
	struct folder_object *folder = arg;
	char path[512], choice[64];

	snprintf(path, sizeof(path), THP_DIR "/%s/enabled", name);
	/* A size that only shmem can have is no mTHP size of anonymous memory. */
	if (pcow_root_read_choice(folder->root, path, choice, sizeof(choice)) == -ENOENT)
		return 0;
	return json_object_set_new(folder->object, size_name(name),
				   read_choice(folder->root, path));
}

static int visit_hugetlb(const char *name, void *arg)
{
	struct folder_object *folder = arg;
	char total[512], available[512];

	snprintf(total, sizeof(total), HUGEPAGES_DIR "/%s/nr_hugepages", name);
	snprintf(available, sizeof(available), HUGEPAGES_DIR "/%s/free_hugepages", name);
	return json_object_set_new(folder->object, size_name(name),
				   json_pack("{s:o, s:o}", "total",
					     read_number(folder->root, total), "free",
					     read_number(folder->root, available)));
}

static int visit_mitigation(const char *name, void *arg)
{
	struct folder_object *folder = arg;
	char path[512];

	snprintf(path, sizeof(path), MITIGATION_DIR "/%s", name);
	return json_object_set_new(folder->object, name, read_text(folder->root, path));
}

static json_t *damon_json(const struct pcow_root *root)
{
	struct pcow_damon damon;

	if (pcow_host_damon(root, &damon))
		return json_null();
	if (!damon.running)
		return json_string("off");
	return string_or_null(damon.what[0] ? damon.what : "on");
}

static json_t *page_reporting_json(const struct pcow_root *root)
{
	int reporting = pcow_host_page_reporting(root);

	return reporting < 0 ? json_null() : json_boolean(reporting);
}

static json_t *memory_json(const struct pcow_root *root)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "total_bytes",
			 read_field(root, "proc/meminfo", "MemTotal"), "page_bytes",
			 root->live ? json_integer(sysconf(_SC_PAGESIZE)) : json_null(),
			 "thp_enabled", read_choice(root, THP_DIR "/enabled"), "thp_defrag",
			 read_choice(root, THP_DIR "/defrag"), "mthp",
			 folder_json(root, THP_DIR, "hugepages-", visit_mthp), "ksm_run",
			 read_number(root, "sys/kernel/mm/ksm/run"), "numa_balancing",
			 read_number(root, "proc/sys/kernel/numa_balancing"), "swap_total_bytes",
			 read_field(root, "proc/meminfo", "SwapTotal"), "damon", damon_json(root),
			 "free_page_reporting", page_reporting_json(root), "hugepages",
			 folder_json(root, HUGEPAGES_DIR, "hugepages-", visit_hugetlb));
}

static json_t *hypervisor_json(const struct pcow_root *root)
{
	char name[64];

	return pcow_host_hypervisor(root, name, sizeof(name)) ? json_null() : string_or_null(name);
}

static json_t *steal_json(const struct pcow_root *root)
{
	uint64_t ticks[PCOW_TICKS];

	return pcow_host_ticks(root, ticks) ? json_null()
					    : json_integer((json_int_t)ticks[PCOW_TICK_STEAL]);
}

static json_t *loadavg_json(const struct pcow_root *root)
{
	double load[3];

	return pcow_host_loadavg(root, load) ? json_null()
					     : json_pack("[f, f, f]", load[0], load[1], load[2]);
}

/* -1 is no limit. */
static json_t *memlock_json(const struct pcow_root *root)
{
	struct rlimit limit;

	if (!root->live || getrlimit(RLIMIT_MEMLOCK, &limit))
		return json_null();
	return json_integer(limit.rlim_cur == RLIM_INFINITY ? -1 : (json_int_t)limit.rlim_cur);
}

static json_t *topology_json(const struct pcow_root *root)
{
	json_t *topology = root->live ? pcow_topology_json() : NULL;

	return topology ? topology : json_null();
}

json_t *pcow_hostinfo_json(const struct pcow_root *root)
{
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o}}", "hostname",
		read_text(root, "proc/sys/kernel/hostname"), "machine", machine_json(root),
		"kernel", kernel_json(root), "cpu", cpu_json(root), "topology", topology_json(root),
		"memory", memory_json(root), "mitigations",
		folder_json(root, MITIGATION_DIR, "", visit_mitigation), "clocksource",
		read_text(root, "sys/devices/system/clocksource/clocksource0/"
				"current_clocksource"),
		"hypervisor", hypervisor_json(root), "steal_ticks", steal_json(root), "loadavg",
		loadavg_json(root), "limits", "memlock_bytes", memlock_json(root));
}
