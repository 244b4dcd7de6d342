package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.git.repository.KeptCommit;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets go of kept work: what a person drops, and what is over its time and of a finished task. */
public final class KeptRetention {
  private static final Logger LOG = LoggerFactory.getLogger(KeptRetention.class);

  private final Store store;
  private final KeptWork kept;
  private final GitMonitor watch;
  private final Supplier<Duration> age;
  private final Clock clock;

  /**
   * @param age how old it may become
   */
  public KeptRetention(
      Store store, KeptWork kept, GitMonitor watch, Supplier<Duration> age, Clock clock) {
    this.store = store;
    this.kept = kept;
    this.watch = watch;
    this.age = age;
    this.clock = clock;
  }

  /**
   * Lets go of these for good.
   *
   * @return how many they were
   */
  public int drop(List<String> refs) {
    return let(kept.names(refs));
  }

  /** Lets go of what is older than it may become, unless its task may still go on. */
  public void tidy() {
    Instant before = clock.instant().minus(age.get());
    var old = kept.list().stream().filter(k -> k.at().isBefore(before)).toList();
    if (old.isEmpty()) {
      return;
    }
    Set<String> unfinished =
        store.read(
            sql ->
                TaskLedger.unfinished(sql).stream()
                    .map(KeptWork::place)
                    .collect(Collectors.toSet()));
    int dropped =
        let(
            old.stream()
                .filter(k -> !unfinished.contains(k.task()))
                .filter(k -> kept.since(k.ref()).orElse(k.at()).isBefore(before))
                .map(KeptCommit::ref)
                .toList());
    if (dropped > 0) {
      LOG.info("let go of {} works that were kept until {}", dropped, before);
    }
  }

  /** Written down first: what goes is not missed. */
  private int let(List<String> refs) {
    if (!refs.isEmpty()) {
      watch.dropping(refs);
      kept.drop(refs);
    }
    return refs.size();
  }
}
