/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written is what is read, and nothing is written that is not readable.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/result.h>

struct scratch {
	int fd;
	char path[64];
};

static void scratch_open(struct scratch *scratch)
{
	strcpy(scratch->path, "/tmp/pincow-result-XXXXXX");
	scratch->fd = mkstemp(scratch->path);
	assert_true(scratch->fd >= 0);
}

static void scratch_close(struct scratch *scratch)
{
	close(scratch->fd);
	unlink(scratch->path);
}

static void make_header(struct pcow_header *header)
{
	memset(header, 0, sizeof(*header));
	strcpy(header->version, "0.1.0");
	strcpy(header->boot_id, "8d2c6a0e");
	strcpy(header->clock_domain, "wall");
	strcpy(header->label, "patched");
	header->block = 3;
	header->created_ns = 1767225600123456789;
	header->config = json_pack("{s:s, s:I}", "profile", "quick", "seed", (json_int_t)42);
	header->host = json_pack("{s:s, s:{s:n}}", "hostname", "example", "cpu", "boost");
	header->model = json_pack("{s:s, s:{s:{s:b, s:s, s:s}}}", "name", "exclusive", "features",
				  "early_copy", "seen", 1, "evidence", "8 of 8", "reason", "");
}

static void write_header(int fd)
{
	struct pcow_header header;

	make_header(&header);
	assert_int_equal(pcow_header_write(fd, &header), 0);
	pcow_header_clear(&header);
}

static void fill_column(struct pcow_view *view, const char *name, size_t n, int64_t first)
{
	int64_t *values = pcow_view_add(view, name, n);

	assert_non_null(values);
	for (size_t i = 0; i < n; i++)
		values[i] = first + (int64_t)i;
}

static void make_worker(struct pcow_record *worker)
{
	memset(worker, 0, sizeof(*worker));
	strcpy(worker->scenario, "fault/cow-copy");
	strcpy(worker->operation, "page");
	strcpy(worker->scale_by, "size");
	worker->params[0] = (struct pcow_value){ .name = "page", .text = "base" };
	worker->params[1] =
		(struct pcow_value){ .name = "size", .is_number = true, .number = INT64_MAX };
	worker->nr_params = 2;
	worker->replicate = 2;
	worker->sequence = 12;
	worker->status = PCOW_STATUS_INVALID;
	strcpy(worker->reason, "copied 0 of 4 pages \"again\"");
	strcpy(worker->remedy, "look at it");
	worker->cpu = -1;
	worker->pid = 4711;
	worker->op_bytes = 4096;
	worker->started_ns = 1767225600123456789;
	worker->elapsed_ns = 5;
	worker->truncated = true;
	worker->clock = (struct pcow_clock_record){ "tsc", 2000000000, 38, 42, 2 };
	fill_column(&worker->batch, "ticks", 3, INT64_MAX - 2);
	fill_column(&worker->batch, "ops", 3, 1);
	pcow_view_add(&worker->batch, "valid", 3);
	fill_column(&worker->op, "ticks", 2, 40);
	strcpy(worker->op_refused, "timer: 30 % of p50");
	worker->broken = json_pack("{s:i}", "copied 0 of 4 pages", 3);
	worker->memory[0] = (struct pcow_weight){ "rss_pages", "process", -2, 1, true };
	worker->memory[1] = (struct pcow_weight){ "foll_pins", "host", INT64_MIN, 250, false };
	worker->nr_memory = 2;
}

static void assert_same_view(const struct pcow_view *a, const struct pcow_view *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->nr_columns, b->nr_columns);
	for (size_t i = 0; i < a->nr_columns; i++) {
		const int64_t *values = pcow_view_column(b, a->columns[i].name);

		assert_non_null(values);
		assert_memory_equal(a->columns[i].values, values, a->n * sizeof(*values));
	}
}

static void assert_same_worker(const struct pcow_record *a, const struct pcow_record *b)
{
	assert_string_equal(a->scenario, b->scenario);
	assert_string_equal(a->operation, b->operation);
	assert_string_equal(a->scale_by, b->scale_by);
	assert_int_equal(a->nr_params, b->nr_params);
	assert_memory_equal(a->params, b->params, sizeof(a->params));
	assert_int_equal(a->replicate, b->replicate);
	assert_int_equal(a->sequence, b->sequence);
	assert_int_equal(a->status, b->status);
	assert_string_equal(a->reason, b->reason);
	assert_string_equal(a->remedy, b->remedy);
	assert_true(a->cpu == b->cpu);
	assert_int_equal(a->pid, b->pid);
	assert_int_equal(a->op_bytes, b->op_bytes);
	assert_int_equal(a->started_ns, b->started_ns);
	assert_int_equal(a->elapsed_ns, b->elapsed_ns);
	assert_int_equal(a->truncated, b->truncated);
	assert_string_equal(a->clock.source, b->clock.source);
	assert_int_equal(a->clock.hz, b->clock.hz);
	assert_int_equal(a->clock.overhead_start_ticks, b->clock.overhead_start_ticks);
	assert_int_equal(a->clock.overhead_end_ticks, b->clock.overhead_end_ticks);
	assert_int_equal(a->clock.resolution_ticks, b->clock.resolution_ticks);
	assert_same_view(&a->batch, &b->batch);
	assert_same_view(&a->op, &b->op);
	assert_string_equal(a->op_refused, b->op_refused);
	assert_true(json_equal(a->broken, b->broken));
	assert_int_equal(a->nr_memory, b->nr_memory);
	assert_memory_equal(a->memory, b->memory, sizeof(a->memory));
	assert_null(b->guards);
}

static void round_trip_changes_nothing(void **state)
{
	struct pcow_header header, expected;
	struct pcow_record written, read;
	struct pcow_reader *reader;
	struct scratch scratch;

	(void)state;
	scratch_open(&scratch);
	write_header(scratch.fd);
	make_worker(&written);
	assert_int_equal(pcow_record_write(scratch.fd, &written), 0);

	assert_int_equal(pcow_reader_open(&reader, scratch.path, &header, NULL), 0);
	make_header(&expected);
	assert_int_equal(header.schema, PCOW_RESULT_SCHEMA);
	assert_string_equal(header.version, expected.version);
	assert_string_equal(header.boot_id, expected.boot_id);
	assert_string_equal(header.clock_domain, expected.clock_domain);
	assert_string_equal(header.label, expected.label);
	assert_int_equal(header.block, expected.block);
	assert_int_equal(header.created_ns, expected.created_ns);
	assert_true(json_equal(header.config, expected.config));
	assert_true(json_equal(header.host, expected.host));
	assert_true(json_equal(header.model, expected.model));
	assert_int_equal(pcow_reader_next(reader, &read, NULL), 1);
	assert_same_worker(&written, &read);
	pcow_record_clear(&read);
	assert_int_equal(pcow_reader_next(reader, &read, NULL), 0);
	assert_false(pcow_reader_truncated(reader));
	assert_int_equal(pcow_reader_offset(reader), lseek(scratch.fd, 0, SEEK_END));

	pcow_reader_close(reader);
	pcow_record_clear(&written);
	pcow_header_clear(&header);
	pcow_header_clear(&expected);
	scratch_close(&scratch);
}

static void a_line_alone_is_read_back(void **state)
{
	struct pcow_record written, read;
	struct pcow_error err = { "" };
	struct scratch scratch;

	(void)state;
	scratch_open(&scratch);
	assert_int_equal(pcow_record_read(scratch.fd, &read, &err), -ENODATA);
	assert_string_equal(err.text, "a worker's record is cut short");
	make_worker(&written);
	assert_int_equal(pcow_record_write(scratch.fd, &written), 0);
	/* Wherever the file's offset is, and without closing it. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pcow_record_read(scratch.fd, &read, NULL), 0);
		assert_same_worker(&written, &read);
		pcow_record_clear(&read);
	}
	pcow_record_clear(&written);
	assert_int_equal(ftruncate(scratch.fd, 100), 0);
	assert_int_equal(pcow_record_read(scratch.fd, &read, NULL), -ENODATA);
	assert_int_equal(pwrite(scratch.fd, "}\n", 2, 98), 2);
	assert_int_equal(pcow_record_read(scratch.fd, &read, NULL), -EBADMSG);
	assert_int_equal(pcow_record_read(-1, &read, NULL), -EBADF);
	scratch_close(&scratch);
}

static void a_header_may_lack_the_model(void **state)
{
	struct pcow_header header;
	struct pcow_reader *reader;
	struct scratch scratch;

	(void)state;
	scratch_open(&scratch);
	make_header(&header);
	json_decref(header.model);
	header.model = NULL;
	assert_int_equal(pcow_header_write(scratch.fd, &header), 0);
	pcow_header_clear(&header);
	assert_int_equal(pcow_reader_open(&reader, scratch.path, &header, NULL), 0);
	assert_null(header.model);
	pcow_reader_close(reader);
	pcow_header_clear(&header);
	scratch_close(&scratch);
}

/* The kernel's texts and cut messages hold what JSON or a terminal cannot take. */
static void unfit_texts_are_cleaned(void **state)
{
	struct pcow_header header;
	struct pcow_record worker;
	struct pcow_reader *reader;
	struct scratch scratch;
	const char *cmdline;

	(void)state;
	scratch_open(&scratch);
	make_header(&header);
	json_object_set_new(header.host, "kernel", json_pack("{s:s}", "cmdline", "a\tb\033[2J"));
	json_object_set_new(header.model, "evidence", json_string("8\nof 8"));
	assert_int_equal(pcow_header_write(scratch.fd, &header), 0);
	pcow_header_clear(&header);
	make_worker(&worker);
	strcpy(worker.reason, "\033[31m 4 \302\265s \302\233");
	strcpy(worker.remedy, "cut within \303");
	json_object_set_new(worker.broken, "\033c", json_integer(7));
	assert_int_equal(pcow_record_write(scratch.fd, &worker), 0);
	pcow_record_clear(&worker);

	assert_int_equal(pcow_reader_open(&reader, scratch.path, &header, NULL), 0);
	cmdline = json_string_value(
		json_object_get(json_object_get(header.host, "kernel"), "cmdline"));
	assert_string_equal(cmdline, "a?b?[2J");
	assert_string_equal(json_string_value(json_object_get(header.model, "evidence")), "8?of 8");
	assert_int_equal(pcow_reader_next(reader, &worker, NULL), 1);
	assert_string_equal(worker.reason, "?[31m 4 \302\265s ??");
	assert_string_equal(worker.remedy, "cut within ?");
	assert_int_equal(json_integer_value(json_object_get(worker.broken, "?c")), 7);
	pcow_record_clear(&worker);
	pcow_header_clear(&header);
	pcow_reader_close(reader);
	scratch_close(&scratch);
}

static void views_have_limits(void **state)
{
	struct pcow_record worker;
	char name[PCOW_RESULT_NAME_MAX + 1];

	(void)state;
	memset(&worker, 0, sizeof(worker));
	memset(name, 'x', PCOW_RESULT_NAME_MAX);
	name[PCOW_RESULT_NAME_MAX] = '\0';
	assert_null(pcow_view_add(&worker.batch, name, 1));
	assert_null(pcow_view_add(&worker.batch, "ticks", PCOW_RESULT_SAMPLES_MAX + 1));
	assert_non_null(pcow_view_add(&worker.batch, "ticks", 1));
	assert_null(pcow_view_add(&worker.batch, "ticks", 1));
	assert_null(pcow_view_add(&worker.batch, "ops", 2));
	for (int i = 1; i < PCOW_RESULT_COLUMNS_MAX; i++) {
		snprintf(name, sizeof(name), "column%d", i);
		assert_non_null(pcow_view_add(&worker.batch, name, 1));
	}
	assert_null(pcow_view_add(&worker.batch, "one-more", 1));
	pcow_record_clear(&worker);
	assert_int_equal(worker.batch.nr_columns, 0);
}

static void params_are_found_by_name(void **state)
{
	struct pcow_record worker;

	(void)state;
	make_worker(&worker);
	assert_int_equal(pcow_record_param(&worker, "size")->number, INT64_MAX);
	assert_null(pcow_record_param(&worker, "pages"));
	pcow_record_clear(&worker);
}

static void params_go_through_json(void **state)
{
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	struct pcow_record worker;
	json_t *json;
	size_t n = 0;

	(void)state;
	memset(params, 0xa5, sizeof(params));
	make_worker(&worker);
	json = pcow_params_json(worker.params, worker.nr_params);
	assert_int_equal(pcow_params_parse(json, params, &n), 0);
	assert_int_equal(n, 2);
	assert_memory_equal(params, worker.params, n * sizeof(params[0]));
	json_object_set_new(json, "size", json_real(1.5));
	assert_int_equal(pcow_params_parse(json, params, &n), -EBADMSG);
	assert_int_equal(pcow_params_parse(NULL, params, &n), -EBADMSG);
	json_decref(json);
	pcow_record_clear(&worker);
}

static void a_failed_write_is_told(void **state)
{
	struct pcow_record worker;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(full >= 0);
	make_worker(&worker);
	assert_int_equal(pcow_record_write(full, &worker), -ENOSPC);
	assert_int_equal(pcow_record_write(-1, &worker), -EBADF);
	pcow_record_clear(&worker);
	close(full);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* Sends a signal as often as that; 0 stops it. */
static void alarm_every_us(long us)
{
	const struct itimerval timer = { { 0, us }, { 0, us } };

	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* A reader that empties the pipe slowly; exits with whether it saw one whole line. */
static pid_t slow_reader(const int pipe_fds[2])
{
	pid_t pid = fork();
	char chunk[8192];
	size_t newlines = 0;
	char last = 0;
	ssize_t n;

	if (pid)
		return pid;
	close(pipe_fds[1]);
	while ((n = read(pipe_fds[0], chunk, sizeof(chunk))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			newlines += chunk[i] == '\n';
		last = chunk[n - 1];
		usleep(2000);
	}
	_exit(newlines == 1 && last == '\n' ? 0 : 1);
}

/* A write(2) into a full pipe is cut short by a signal, or fails with EINTR. */
static void interrupted_writes_go_on(void **state)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	struct pcow_record worker;
	int pipe_fds[2], status;
	pid_t pid;

	(void)state;
	memset(&worker, 0, sizeof(worker));
	strcpy(worker.scenario, "null/op");
	strcpy(worker.operation, "op");
	worker.clock.hz = 1000;
	fill_column(&worker.op, "ticks", 50000, 100000);
	assert_int_equal(pipe(pipe_fds), 0);
	pid = slow_reader(pipe_fds);
	close(pipe_fds[0]);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	alarm_every_us(1000);
	assert_int_equal(pcow_record_write(pipe_fds[1], &worker), 0);
	alarm_every_us(0);
	close(pipe_fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	pcow_record_clear(&worker);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip_changes_nothing),
		cmocka_unit_test(a_line_alone_is_read_back),
		cmocka_unit_test(a_header_may_lack_the_model),
		cmocka_unit_test(unfit_texts_are_cleaned),
		cmocka_unit_test(views_have_limits),
		cmocka_unit_test(params_are_found_by_name),
		cmocka_unit_test(params_go_through_json),
		cmocka_unit_test(a_failed_write_is_told),
		cmocka_unit_test(interrupted_writes_go_on),
	};

	return cmocka_run_group_tests_name("result/write", tests, NULL, NULL);
}
