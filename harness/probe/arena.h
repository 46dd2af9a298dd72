/* The arena: a process in the state that the caller line asks for, which makes the calls of the lines that follow. */
#ifndef PROBE_ARENA_H
#define PROBE_ARENA_H

#include "call.h"
#include "facts.h"
#include "fault.h"
#include "sweep.h"

static void answer_errno(s64 number)
{
	answer_begin();
	put(",\"errno\":\"");
	build_errno(&shared->line, number);
	put("\"}");
	line_end(1);
}

static void answer_complaint(const struct complaint *c)
{
	struct text word = c->word;

	answer_begin();
	put(",\"error\":\"");
	if (word.length > 80)
		word.length = 80;
	put_escaped(word);
	if (word.length)
		put(" ");
	put(c->what);
	put("\"}");
	line_end(1);
}

/* The outcome of the case in flight, from what the kernel returned; faults make it another. */
static void answer_outcome(s64 ret)
{
	if (shared->slot.call == CALL_CLONE || shared->slot.call == CALL_CLONE3)
		ret = fault_in_outcome(ret, shared->slot.flags);
	if (ret < 0)
		return answer_errno(ret);
	answer_begin();
	put_key_number("pid", ret);
	answer_end();
}

/* The faults that go by the id. They come after what was answered before has gone out. */
static void fault_at_case(void)
{
	struct text id = { shared->slot.id, shared->slot.id_length };

	if (fault_at_id(FAULT_DIE, id)) {
		flush();
		end_with(END_DIE);
	}
	if (fault_at_id(FAULT_HANG, id)) {
		flush();
		shared->doing = DOING_IO; /* so that no watchdog minds */
		for (;;)
			sys_poll(-1, 0, -1);
	}
}

/* The fault that goes by the flags before the call is made: as if it never came back. */
static void fault_at_call(void)
{
	int has_flags = shared->slot.call == CALL_CLONE || shared->slot.call == CALL_CLONE3;

	while (has_flags && fault_at_flags(FAULT_STUCK, shared->slot.flags))
		sys_poll(-1, 0, -1);
}

/* 1 when the answer is not to be given as it is. */
static int fault_in_answer(void)
{
	struct text id = { shared->slot.id, shared->slot.id_length };

	if (fault_at_id(FAULT_GARBAGE, id)) {
		line_begin();
		put("\\x00{\"id\":garbage,,");
		line_end(1);
		return 1;
	}
	if (fault_at_id(FAULT_SILENT, id)) {
		/* Given, though nothing was. */
		whole_put(&shared->given, (u64)output_length() << 32 | (u32)(cases_answered() + 1));
		return 1;
	}
	return 0;
}

static int arena_makes_calls; /* what else there is, is the host's */

static int case_check(const struct line *line, struct text id, struct complaint *c)
{
	if (line->too_long)
		return complain(c, (struct text){ 0, 0 },
				is_scenario_line(line->text) ? "the line is longer than 16383 bytes" :
							       "the line is longer than 4095 bytes");
	return check_id(id, c);
}

/* Takes the line as a case and understands it; 0 when there is a call to make. What is wrong with it is answered. */
static int case_begin(const struct line *line, struct call *call)
{
	struct complaint c;
	struct text rest = line->text, id = text_word(&rest);
	int failed;

	failed = case_check(line, id, &c) || parse_call(rest, call, &c);
	if (!failed && call->kind == CALL_SCENARIO && arena_makes_calls)
		end_with(END_SCENARIO);
	if (!failed && call->kind == CALL_SWEEP)
		sweep_prepare(call);
	shared->slot.call = call->kind;
	shared->slot.flags = call->args.flags;
	input_take_case(line, id);
	if (failed) {
		answer_complaint(&c);
		return -1;
	}
	return 0;
}

/*
 * In a pid namespace without an init yet, a call that fails late has taken the number 1 and given it back, and no
 * process can be made there any more. Which calls fail so late is the kernel's affair: EINVAL and EPERM come early.
 */
static int state_is_spent(s64 ret)
{
	return children_in_empty_pid_ns && ret != -EINVAL && ret != -EPERM;
}

/* The words that are left; each word's outcome is noted before the next call is made. */
static void sweep_run(void)
{
	while (shared->sweep.done < shared->sweep.count) {
		long ret = sweep_call();

		sweep_note(sweep_code(fault_in_outcome(ret, sweep_flags())));
		if (state_is_spent(ret))
			end_with(END_RENEW);
	}
	if (!fault_count || !fault_in_answer())
		sweep_answer();
}

static void case_run(const struct line *line)
{
	struct complaint c;
	struct call call;
	long ret;

	if (case_begin(line, &call))
		return;
	if (fault_count)
		fault_at_case();
	if (call.kind == CALL_SWEEP)
		return sweep_run();
	if (call.kind == CALL_CLONE3 && place_tids(&call, &c))
		return answer_complaint(&c);
	if (fault_count)
		fault_at_call();
	ret = make_call(&call); /* which only returns when it was refused */
	if (!fault_count || !fault_in_answer())
		answer_outcome(ret);
	if (state_is_spent(ret))
		end_with(END_RENEW);
}

static void arena_enter_state(void)
{
	if (attributes_enter_arena(PLACE_ARENA))
		end_with(END_BLOCKED);
	if (!shared->caller_said && proc_hindered()) {
		/* What cannot be read would be told as if it were not so. */
		blocked("facts: open /proc/self/status", proc_hindered());
		end_with(END_BLOCKED);
	}
	if (!shared->caller_said)
		put_facts();
	if (attributes_enter_arena(PLACE_ARENA_LAST))
		end_with(END_BLOCKED);
	if (known.fd_pids_max >= 0) {
		long error = cgroup_write_pids_max(known.group_tasks + known.arena_tasks);

		if (error) {
			blocked("pids-max: write pids.max", error);
			end_with(END_BLOCKED);
		}
	}
	if (!shared->caller_said) {
		put_last_fact();
		shared->caller_said = 1;
	}
	shared->beat++;
}

static __attribute__((noreturn)) void arena_main(void)
{
	struct line line;

	arena_enter_state();
	arena_makes_calls = 1;
	if (case_in_flight())
		sweep_run(); /* an arena before this one began it */
	while (input_peek(&line)) {
		if (is_idle_line(line.text))
			input_take(&line);
		else if (is_caller_line(line.text))
			break;
		else
			case_run(&line);
	}
	end_with(END_LINE);
}

#endif
