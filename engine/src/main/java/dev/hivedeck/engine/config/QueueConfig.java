package dev.hivedeck.engine.config;

import java.util.Map;

/**
 * How the queue admits.
 *
 * @param limit how many unfinished tasks there may be; a plan that would bring more is refused
 * @param parallel how many tasks that ask for a capability may run at once
 * @param memory bytes that stay free: below that no further agent begins
 * @param load of the machine per core: above that no further agent begins
 */
public record QueueConfig(int limit, Map<String, Integer> parallel, long memory, double load) {
  static final QueueConfig STANDARD = new QueueConfig(100_000, Map.of(), 512L << 20, 8);
}
