package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.process.Quota;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What an agent is to do.
 *
 * @param number of the attempt at the task, from 1
 * @param turn which try of this agent at the task, from 1
 * @param command what a {@code command} agent runs
 * @param recipe what a {@code scripted} agent follows
 * @param promptFile holds the prompt already; the agent's inbox is made beside it
 * @param environment all that is passed on, with the marks of the attempt
 * @param timeout how long it may work; questions that wait for a person do not count
 * @param quiet how long without output or file change counts as stuck; zero or null for never
 * @param quota what all its processes together may take
 * @param speed pace of a scripted agent; 1 is real
 */
public record Job(
    String workspace,
    String task,
    String attempt,
    int number,
    int turn,
    String agent,
    String command,
    Path recipe,
    Path worktree,
    Path promptFile,
    String prompt,
    Map<String, String> environment,
    Duration timeout,
    Duration quiet,
    Quota quota,
    double speed) {}
