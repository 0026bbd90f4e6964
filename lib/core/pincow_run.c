/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcow_run(): plan or resume, open the file, prepare the host, loop, put back. */
#include "build.h"
#include "engine.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int write_header(struct pcow_engine *engine, const struct pcow_run_options *options,
			struct pcow_error *err)
{
	struct pcow_header header = {
		.schema = PCOW_RESULT_SCHEMA,
		.block = options->block,
		.model = json_incref(options->model),
	};
	struct timespec now;
	int fd = memfd_create("pincow-header", MFD_CLOEXEC);
	int ret = -errno;

	if (fd < 0)
		goto out;
	clock_gettime(CLOCK_REALTIME, &now);
	header.created_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	snprintf(header.version, sizeof(header.version), "%s", PINCOW_BUILD);
	snprintf(header.clock_domain, sizeof(header.clock_domain), "%s",
		 engine->config.counted ? "instructions" : "wall");
	snprintf(header.label, sizeof(header.label), "%s", options->label);
	pcow_root_read(&pcow_root_live, "proc/sys/kernel/random/boot_id", header.boot_id,
		       sizeof(header.boot_id));
	header.config = pcow_config_json(&engine->config);
	header.host = pcow_hostinfo_json(&pcow_root_live);
	/* Who booted this machine for the measurement, if somebody did. */
	if (getenv("PINCOW_LAB"))
		json_object_set_new(header.host, "lab", json_string(getenv("PINCOW_LAB")));
	json_object_set_new(header.config, "workers", json_integer((json_int_t)engine->nr_tasks));
	ret = header.config && header.host ? pcow_header_write(fd, &header) : -ENOMEM;
	if (!ret)
		ret = pcow_output_append(&engine->output, fd, err);
out:
	pcow_header_clear(&header);
	if (fd >= 0)
		close(fd);
	return ret;
}

static int choose_cpus(struct pcow_engine *engine, struct pcow_error *err)
{
	int cpus[1 + PCOW_THREADS_MAX];
	size_t n = sizeof(cpus) / sizeof(cpus[0]);
	int ret = pcow_topology_worker_cpus(cpus, &n, err);

	engine->cpu = engine->config.cpu;
	if (ret)
		return engine->cpu >= 0 ? 0 : ret;
	if (engine->cpu < 0)
		engine->cpu = cpus[0];
	for (size_t i = 0; i < n; i++)
		if (cpus[i] != engine->cpu && engine->nr_others < PCOW_THREADS_MAX)
			engine->others[engine->nr_others++] = cpus[i];
	return 0;
}

/* A plan and a new file with its header. */
static int begin(struct pcow_engine *engine, const struct pcow_config *config,
		 const struct pcow_run_options *options, struct pcow_error *err)
{
	const char *path = options->output;
	int ret;

	engine->config = *config;
	ret = pcow_prepare_begin(&engine->config, err);
	if (!ret)
		ret = pcow_plan_make(&engine->plan, &engine->config, err);
	if (!ret)
		ret = pcow_tasks_make(engine);
	if (!ret)
		ret = choose_cpus(engine, err);
	if (!ret)
		ret = pcow_output_open(&engine->output, path, false, err);
	if (ret)
		return ret;
	ret = write_header(engine, options, err);
	if (!ret)
		return 0;
	/* A file without a header is of no use to anybody. */
	unlink(path);
	return pcow_error_set(err, ret, "%s cannot be written: %s", path, strerror(-ret));
}

/* The lock first: what is read must not grow meanwhile. */
static int resume(struct pcow_engine *engine, const char *path, struct pcow_error *err)
{
	uint64_t whole_bytes = 0;
	int ret = pcow_output_open(&engine->output, path, true, err);

	if (!ret)
		ret = pcow_resume_read(engine, path, &whole_bytes, err);
	if (!ret && ftruncate(engine->output.fd, (off_t)whole_bytes))
		ret = pcow_error_set(err, -errno, "%s: cutting its unfinished last line: %s", path,
				     strerror(errno));
	if (!ret)
		ret = pcow_prepare_begin(&engine->config, err);
	return ret ? ret : choose_cpus(engine, err);
}

static int run(struct pcow_engine *engine, const struct pcow_config *config,
	       const struct pcow_run_options *options, struct pcow_error *err)
{
	int ret = pcow_worker_program(engine->worker, sizeof(engine->worker), err);

	if (ret)
		return ret;
	pcow_clock_choose(&engine->clock);
	/* A resumed run is one of the same boot, where this was asked before. */
	if (!options->resume && config->counted && !pcow_clock_counts_instructions(&engine->clock))
		return pcow_error_set(
			err, -EINVAL,
			"--counted: this machine's clock does not count instructions; "
			"boot it by QEMU with -icount shift=0, or leave the option out");
	ret = options->resume ? resume(engine, options->output, err)
			      : begin(engine, config, options, err);
	if (ret)
		return ret;
	return pcow_engine_loop(engine, err);
}

int pcow_run(const struct pcow_config *config, const struct pcow_run_options *options,
	     struct pcow_totals *totals, struct pcow_error *err)
{
	struct pcow_engine engine = {
		.output.fd = -1,
		.progress = !options->quiet && isatty(STDERR_FILENO),
	};
	sigset_t set, old;
	int ret, back;

	pcow_engine_signals(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	ret = run(&engine, config, options, err);
	if (engine.fixtures) {
		back = pcow_fixtures_close(engine.fixtures, ret ? NULL : err);
		ret = ret ? ret : back;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	*totals = engine.totals;
	pcow_output_close(&engine.output);
	pcow_plan_clear(&engine.plan);
	free(engine.tasks);
	pcow_tallies_free(&engine);
	if (options->resume)
		pcow_config_release(&engine.config);
	pcow_header_clear(&engine.resumed);
	return ret;
}
