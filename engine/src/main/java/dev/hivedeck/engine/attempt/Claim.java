package dev.hivedeck.engine.attempt;

import dev.hivedeck.engine.plan.TaskLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One task, held: all that its holder needs to know.
 *
 * @param token grows with every claim of the task
 * @param attempt {@code <task>.<token>}
 * @param turn which try of this agent at this task, from 1
 * @param key marks every process of the attempt by an environment variable; it opens nothing
 * @param context what is known from the attempts before, and what people said and decided
 * @param start commit to go on from; null for the tip of main
 * @param continues whether {@code start} is a checkpoint, work that was cut off, rather than work
 *     that came back
 * @param timeout how long it may take, where the task says so; null otherwise
 * @param session the conversation that this agent began over the task, or null
 */
public record Claim(
    String task,
    long token,
    String attempt,
    String agent,
    int turn,
    String key,
    String correlation,
    Instant until,
    String title,
    String prompt,
    String kind,
    List<TaskLedger.Context> context,
    List<String> acceptance,
    String start,
    boolean continues,
    Duration timeout,
    AgentSession session) {}
