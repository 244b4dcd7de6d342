package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeStacks;
import dev.hivedeck.engine.forge.RemoteStack;
import dev.hivedeck.engine.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the stacks that GitHub shows those that there are here. What each pull request is for, and
 * what its body says, holds without them: so a refusal stops nothing.
 */
final class StackPublisher {
  /** How long a stack that was refused is not offered again. */
  private static final Duration REFUSED = Duration.ofMinutes(15);

  private static final Logger LOG = LoggerFactory.getLogger(StackPublisher.class);

  private final Store store;
  private final Clock clock;
  private final Map<List<Integer>, Instant> refused = new ConcurrentHashMap<>();

  StackPublisher(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** The topmost that is open speaks for all. */
  void follow(Forge forge, PullStack here) {
    var line = here.line();
    Instant now = clock.instant();
    refused.values().removeIf(until -> !now.isBefore(until));
    if (line.isEmpty() || refused.containsKey(line)) {
      return;
    }
    try {
      follow(forge.stacks(), line);
    } catch (ForgeException e) {
      if (e.stopsAll()) {
        throw e;
      }
      refused.put(line, now.plus(REFUSED));
      LOG.info("no stack of {}: {}", line, e.getMessage());
    }
  }

  /** Before a pull request is made one for another branch than its stack says. */
  void leave(Forge forge, int number) {
    try {
      var there = forge.stacks().of(number);
      if (there.isPresent() && isOurs(there.get())) {
        forge.stacks().dissolve(there.get());
      }
    } catch (ForgeException e) {
      if (e.stopsAll()) {
        throw e;
      }
      LOG.info("the stack of {} stays: {}", number, e.getMessage());
    }
  }

  private void follow(ForgeStacks stacks, List<Integer> line) {
    var there = stacks.of(line.getFirst());
    if (there.isEmpty()) {
      stacks.make(line);
      return;
    }
    var pulls = there.get().pulls();
    if (pulls.equals(line)) {
      return;
    }
    if (pulls.size() < line.size() && line.subList(0, pulls.size()).equals(pulls)) {
      stacks.extend(there.get(), line.subList(pulls.size(), line.size()));
    } else if (isOurs(there.get())) {
      stacks.dissolve(there.get());
      stacks.make(line);
    }
  }

  /** Whether nobody else has put anything into it. */
  private boolean isOurs(RemoteStack stack) {
    return store.read(sql -> ForgeLedger.isOurs(sql, stack.pulls()));
  }
}
