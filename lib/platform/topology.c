/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs, caches and NUMA nodes.  The only file that knows hwloc.
 */
#include <errno.h>
#include <hwloc.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/platform.h>

/* I/O devices are left out by hwloc's default filter, which keeps discovery short. */
static int topology_load(hwloc_topology_t *topology)
{
	if (hwloc_topology_init(topology))
		return -ENOMEM;
	if (hwloc_topology_load(*topology)) {
		hwloc_topology_destroy(*topology);
		return -EIO;
	}
	return 0;
}

/* "0-3,8" */
static json_t *cpuset_json(hwloc_const_bitmap_t cpuset)
{
	json_t *text = NULL;
	char *list;

	if (hwloc_bitmap_list_asprintf(&list, cpuset) >= 0) {
		text = json_string(list);
		free(list);
	}
	return text;
}

static int append_nodes(hwloc_topology_t topology, json_t *nodes)
{
	hwloc_obj_t node = NULL;

	while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node))) {
		json_t *entry = json_pack("{s:i, s:I, s:o}", "node", (int)node->os_index,
					  "memory_bytes",
					  (json_int_t)node->attr->numanode.local_memory, "cpus",
					  cpuset_json(node->cpuset));

		if (json_array_append_new(nodes, entry))
			return -ENOMEM;
	}
	return 0;
}

/* Rows and columns are in the order of the node list. */
static json_t *distances_matrix(hwloc_topology_t topology, struct hwloc_distances_s *distances)
{
	int count = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE);
	json_t *rows = json_array();

	for (int from = 0; from < count; from++) {
		hwloc_obj_t a = hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, from);
		json_t *row = json_array();

		for (int to = 0; to < count; to++) {
			hwloc_obj_t b = hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, to);
			hwloc_uint64_t there, back;

			if (hwloc_distances_obj_pair_values(distances, a, b, &there, &back))
				json_array_append_new(row, json_null());
			else
				json_array_append_new(row, json_integer((json_int_t)there));
		}
		json_array_append_new(rows, row);
	}
	return rows;
}

/* null on a single node, for which hwloc keeps no matrix. */
static json_t *distances_json(hwloc_topology_t topology)
{
	struct hwloc_distances_s *distances;
	unsigned int count = 1;
	json_t *matrix;

	if (hwloc_distances_get_by_type(topology, HWLOC_OBJ_NUMANODE, &count, &distances,
					HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) ||
	    count == 0)
		return json_null();
	matrix = distances_matrix(topology, distances);
	hwloc_distances_release(topology, distances);
	return matrix;
}

static const char *cache_type_name(hwloc_obj_cache_type_t type)
{
	switch (type) {
	case HWLOC_OBJ_CACHE_DATA:
		return "data";
	case HWLOC_OBJ_CACHE_INSTRUCTION:
		return "instruction";
	default:
		return "unified";
	}
}

/* Caches of one level; those that differ in size, as on hybrid CPUs, apart. */
static int append_cache_level(hwloc_topology_t topology, int depth, json_t *caches)
{
	size_t first = json_array_size(caches);
	hwloc_obj_t cache = NULL;

	while ((cache = hwloc_get_next_obj_by_depth(topology, depth, cache))) {
		json_int_t bytes = (json_int_t)cache->attr->cache.size;
		json_t *same = NULL, *count;

		for (size_t i = first; i < json_array_size(caches) && !same; i++) {
			same = json_array_get(caches, i);
			if (json_integer_value(json_object_get(same, "size_bytes")) != bytes)
				same = NULL;
		}
		if (same) {
			count = json_object_get(same, "count");
			json_integer_set(count, json_integer_value(count) + 1);
			continue;
		}
		same = json_pack("{s:i, s:s, s:I, s:i, s:i, s:i}", "level",
				 (int)cache->attr->cache.depth, "type",
				 cache_type_name(cache->attr->cache.type), "size_bytes", bytes,
				 "line_bytes", (int)cache->attr->cache.linesize, "pus_sharing",
				 hwloc_bitmap_weight(cache->cpuset), "count", 1);
		if (json_array_append_new(caches, same))
			return -ENOMEM;
	}
	return 0;
}

static int append_caches(hwloc_topology_t topology, json_t *caches)
{
	int depths = hwloc_topology_get_depth(topology);
	int ret = 0;

	for (int depth = depths - 1; depth >= 0 && ret == 0; depth--) {
		if (hwloc_obj_type_is_cache(hwloc_get_depth_type(topology, depth)))
			ret = append_cache_level(topology, depth, caches);
	}
	return ret;
}

json_t *pcow_topology_json(void)
{
	json_t *nodes, *caches, *out = NULL;
	hwloc_topology_t topology;

	if (topology_load(&topology))
		return NULL;
	nodes = json_array();
	caches = json_array();
	if (append_nodes(topology, nodes) == 0 && append_caches(topology, caches) == 0)
		out = json_pack("{s:i, s:i, s:i, s:o, s:O, s:o, s:O}", "packages",
				hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PACKAGE), "cores",
				hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE), "pus",
				hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU), "cpus",
				cpuset_json(hwloc_topology_get_allowed_cpuset(topology)),
				"numa_nodes", nodes, "numa_distances", distances_json(topology),
				"caches", caches);
	json_decref(nodes);
	json_decref(caches);
	hwloc_topology_destroy(topology);
	return out;
}

/*
 * Leaves of @allowed the CPUs of its fastest kind, where there are several, as
 * on hybrid parts.  hwloc ranks kinds by core type, capacity or frequency, the
 * slowest first; a rank of -1 is "cannot tell".
 */
static void keep_fastest(hwloc_topology_t topology, hwloc_bitmap_t allowed)
{
	hwloc_bitmap_t kind = hwloc_bitmap_alloc();
	int rank;

	for (int i = hwloc_cpukinds_get_nr(topology, 0) - 1; kind && i >= 0; i--) {
		if (hwloc_cpukinds_get_info(topology, (unsigned int)i, kind, &rank, NULL, NULL,
					    0) ||
		    rank < 0)
			break;
		if (hwloc_bitmap_intersects(kind, allowed)) {
			hwloc_bitmap_and(allowed, allowed, kind);
			break;
		}
	}
	hwloc_bitmap_free(kind);
}

/*
 * The allowed threads in the order in which they are taken: the first one of each core,
 * from the last core on; then the second ones.  How many, at most @max.
 */
static size_t list_threads(hwloc_topology_t topology, hwloc_bitmap_t allowed, int *cpus, size_t max)
{
	int depth = hwloc_get_type_or_below_depth(topology, HWLOC_OBJ_CORE);
	size_t n = 0;

	while (n < max && !hwloc_bitmap_iszero(allowed)) {
		for (int i = (int)hwloc_get_nbobjs_by_depth(topology, depth) - 1; i >= 0; i--) {
			hwloc_obj_t core = hwloc_get_obj_by_depth(topology, depth, (unsigned int)i);
			hwloc_obj_t thread = NULL;

			while ((thread = hwloc_get_next_obj_inside_cpuset_by_type(
					topology, core->cpuset, HWLOC_OBJ_PU, thread)))
				if (hwloc_bitmap_isset(allowed, thread->os_index))
					break;
			if (!thread || n == max)
				continue;
			cpus[n++] = (int)thread->os_index;
			hwloc_bitmap_clr(allowed, thread->os_index);
		}
	}
	return n;
}

static int choose_cpus(hwloc_topology_t topology, int *cpus, size_t *n)
{
	hwloc_bitmap_t allowed = hwloc_bitmap_alloc();

	if (!allowed)
		return -ENOMEM;
	/* taskset and cgroup cpusets both end up in the thread's affinity. */
	if (hwloc_get_cpubind(topology, allowed, HWLOC_CPUBIND_THREAD))
		hwloc_bitmap_copy(allowed, hwloc_topology_get_allowed_cpuset(topology));
	keep_fastest(topology, allowed);
	hwloc_bitmap_and(allowed, allowed, hwloc_topology_get_topology_cpuset(topology));
	*n = list_threads(topology, allowed, cpus, *n);
	hwloc_bitmap_free(allowed);
	return *n ? 0 : -ENODEV;
}

int pcow_topology_worker_cpus(int *cpus, size_t *n, struct pcow_error *err)
{
	hwloc_topology_t topology;
	int ret;

	ret = topology_load(&topology);
	if (!ret) {
		ret = choose_cpus(topology, cpus, n);
		hwloc_topology_destroy(topology);
	}
	if (!ret)
		return 0;
	return pcow_error_set(err, ret,
			      "cannot choose the workers' CPU: %s: %s; name one with --cpu N",
			      ret == -ENODEV ? "the topology has none that is allowed"
					     : "the machine's topology cannot be read (hwloc)",
			      strerror(-ret));
}

int pcow_topology_worker_cpu(int *cpu, struct pcow_error *err)
{
	size_t n = 1;

	return pcow_topology_worker_cpus(cpu, &n, err);
}
