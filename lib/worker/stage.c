/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scenario's measure() finds: memory as the case's parameters ask for, brought
 * along its way before every sample, and the pinner that a parameter names.
 */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The pinner that the case's parameter names; a case of none has no such parameter.  0 or
 * -EINVAL. */
static int find_pinner(struct pcow_run *run)
{
	const struct pcow_value *value = pcow_case_value(&run->job->case_, "pinner");

	if (!value)
		value = pcow_case_value(&run->job->case_, "held");
	run->pinner = value ? pcow_pinner_find(value->text) : NULL;
	if (!value || run->pinner)
		return 0;
	return pcow_error(run, EINVAL, "pinner '%s' of %s", value->text, run->scenario->name);
}

/* @name of the scenario's states; "PARAM=" is the case's value of it.  -EINVAL for what
 * is neither a state nor the pin. */
static int add_step(struct pcow_run *run, const char *name)
{
	const char *equals = strchr(name, '=');
	const struct pcow_state *state;

	if (equals) {
		const struct pcow_value *value;
		char param[PCOW_RESULT_NAME_MAX];

		snprintf(param, sizeof(param), "%.*s", (int)(equals - name), name);
		value = pcow_case_value(&run->job->case_, param);
		/* Nobody is to hold. */
		if (!value)
			return 0;
		name = value->text;
	}
	state = pcow_state_find(name);
	if ((!state && !pcow_pinner_find(name)) || run->nr_steps == STEPS_MAX)
		return pcow_error(run, EINVAL, "state '%s' of %s", name, run->scenario->name);
	run->steps[run->nr_steps++] = state;
	run->is_held |= !state;
	if (state && state->proof.is)
		run->claim.before = state->proof;
	return 0;
}

/* To keep a page that is held or to copy it, by a fault or none, is the kernel's own. */
static void relax_claim(struct pcow_run *run)
{
	const struct pcow_region *mem = &run->actor->mem;
	struct pcow_claim *claim = &run->claim;

	claim->faults_per_op = PCOW_FAULTS_ANY;
	claim->outcome = PCOW_OUTCOME_ANY;
	/* A PMD mapping may be split, and a store is one page's then. */
	if (mem->map_bytes > mem->copy_bytes) {
		claim->splits = true;
		claim->after.yes &= ~(unsigned int)PCOW_WRITABLE;
	}
	/* What is pinned a fork may copy early. */
	if (run->actor->pin.by->reference == PCOW_FOLL_PIN)
		claim->after.no &= ~(unsigned int)PCOW_SOLE;
}

static int find_steps(struct pcow_run *run)
{
	int ret = 0;

	for (const char *const *name = run->scenario->states; *name && !ret; name++)
		ret = add_step(run, *name);
	return ret;
}

static size_t bytes_of(const struct pcow_run *run)
{
	const struct pcow_value *size = pcow_case_value(&run->job->case_, "size");
	const struct pcow_value *pages = pcow_case_value(&run->job->case_, "pages");
	size_t bytes = size ? size->number : (pages ? pages->number : 1) * pcow_page_bytes();

	return run->is_shared ? bytes : bytes * run->nr_threads;
}

static size_t unit_bytes(const struct pcow_region *mem, enum pcow_unit unit)
{
	const size_t bytes[] = {
		[PCOW_UNIT_REGION] = mem->bytes,      [PCOW_UNIT_FOLIO] = mem->kind.folio_bytes,
		[PCOW_UNIT_MAPPING] = mem->map_bytes, [PCOW_UNIT_COPY] = mem->copy_bytes,
		[PCOW_UNIT_PAGE] = pcow_page_bytes(),
	};

	return bytes[unit];
}

/* Populated once before any sample: a host that lacks such pages is a skip. */
static int open_memory(struct pcow_run *run)
{
	struct pcow_actor *actor = run->actor;
	int ret = pcow_region_map(run, &actor->mem, bytes_of(run));

	if (!ret)
		ret = pcow_region_populate(run, &actor->mem);
	if (ret)
		return ret;
	actor->unit_bytes = unit_bytes(&actor->mem, run->scenario->unit);
	run->record.op_bytes = actor->unit_bytes;
	return 0;
}

static void count_threads(struct pcow_run *run)
{
	const struct pcow_value *threads = pcow_case_value(&run->job->case_, "threads");
	const struct pcow_value *memory = pcow_case_value(&run->job->case_, "memory");

	run->nr_threads = threads ? threads->number : 1;
	run->is_shared = memory && strcmp(memory->text, "shared") == 0;
}

int pcow_stage_open(struct pcow_run *run)
{
	const struct pcow_scenario *s = run->scenario;
	struct pcow_actor *actor = run->actor;
	bool is_alone;
	int ret = find_pinner(run);

	count_threads(run);
	is_alone = run->nr_threads == 1 && !s->load;
	if (!ret && s->states)
		ret = find_steps(run);
	if (!ret && s->states)
		ret = open_memory(run);
	if (!ret && run->pinner && (run->nr_threads == 1 || run->is_held))
		ret = pcow_pin_open(run, &actor->pin, run->pinner, &actor->mem);
	if (!ret && run->is_held)
		relax_claim(run);
	if (!ret && s->setup)
		ret = s->setup(actor);
	run->has_baseline = s->baseline && (!run->pinner || run->pinner->baseline);
	/* The claim is now what it will be. */
	if (!ret && s->states)
		ret = pcow_claim_pages(run, &actor->mem, actor->unit_bytes);
	return ret || is_alone ? ret : pcow_crew_open(run);
}

static int hold(struct pcow_run *run)
{
	struct pcow_pin *pin = &run->actor->pin;
	int ret = pcow_pin_take(pin);

	return ret ? pcow_error(run, -ret, "taking references by %s", pin->by->name)
		   : pcow_pin_prove(run, pin);
}

int pcow_stage_prove(struct pcow_run *run)
{
	struct pcow_pin *pin = &run->actor->pin;
	int ret = 0;

	/* What is held meanwhile has an outcome instead. */
	if (pin->by && !run->is_held)
		ret = pcow_pin_prove(run, pin);
	return ret || !run->crew ? ret : pcow_crew_prove(run->crew);
}

int pcow_stage_outcome(struct pcow_run *run)
{
	int64_t stale;

	/* What is not held, as an invalid sample may have it, cannot be looked at. */
	if (!run->is_held || run->broken[0])
		return 0;
	stale = pcow_pin_count_stale(&run->actor->pin);
	if (stale < 0)
		return pcow_error(run, (int)-stale, "what %s holds", run->actor->pin.by->name);
	pcow_metric(run, "stale", (uint64_t)stale);
	return 0;
}

/* What the last sample left with an actor. */
static int leave(struct pcow_actor *actor)
{
	int ret;

	pcow_peer_exit(&actor->child);
	ret = pcow_pin_drop(&actor->pin);
	return ret ? pcow_error(actor->run, -ret, "dropping the references by %s",
				actor->pin.by->name)
		   : 0;
}

int pcow_stage_arm(struct pcow_run *run)
{
	struct pcow_actor *actor = run->actor;
	int ret = leave(actor);

	for (size_t i = 0; run->crew && i < run->nr_threads && !ret; i++)
		ret = leave(pcow_crew_actor(run->crew, i));
	for (size_t i = 0; i < run->nr_steps && !ret; i++)
		ret = run->steps[i] ? run->steps[i]->bring(actor) : hold(run);
	return !ret && run->scenario->arm ? run->scenario->arm(actor) : ret;
}

void pcow_stage_close(struct pcow_run *run)
{
	struct pcow_actor *actor = run->actor;

	pcow_crew_close(run);
	if (run->scenario->teardown)
		run->scenario->teardown(actor);
	pcow_peer_close(&actor->child);
	pcow_pin_close(&actor->pin);
	pcow_region_unmap(&actor->mem);
}

uint64_t pcow_stage_ops(const struct pcow_run *run)
{
	const struct pcow_census *c = &run->census;

	return c->region ? c->pages / c->step_pages : 0;
}
