package dev.hivedeck.engine.change;

import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.RecordedMerges.RecordedMerge;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for merges on main that the ledger may not know. Where git cannot tell, or what main has is
 * in doubt, it is asked again at the next look: an engine starts all the same.
 */
public final class UnrecordedMerges {
  private static final Logger LOG = LoggerFactory.getLogger(UnrecordedMerges.class);

  private final Repository repository;
  private final BooleanSupplier doubted;
  private String since;
  private boolean told;

  /**
   * @param doubted whether it is not known whether main is right
   * @param since where main was when an engine of this ledger last looked; null when none has
   */
  public UnrecordedMerges(Repository repository, BooleanSupplier doubted, String since) {
    this.repository = repository;
    this.doubted = doubted;
    this.since = since;
  }

  /** What was not told yet. */
  public synchronized List<RecordedMerge> look() {
    if (told || doubted.getAsBoolean()) {
      return List.of();
    }
    try {
      var merges = RecordedMerges.of(repository, since);
      told = true;
      return merges;
    } catch (HiveException e) {
      LOG.info("merges on main are looked for later: {}", e.getMessage());
      return List.of();
    }
  }

  /** All there are, for tasks that the ledger has just heard of. */
  public synchronized List<RecordedMerge> all() {
    since = null;
    told = false;
    return look();
  }
}
