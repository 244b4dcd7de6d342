package dev.hivedeck.engine.exposure;

import dev.hivedeck.engine.preparation.WorktreePreparation;
import dev.hivedeck.engine.preparation.WorktreePreparation.Place;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.CommitCheckouts;
import dev.hivedeck.engine.worktree.Worktrees;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the commit of a change is laid out and made ready for as long as it is exposed. */
final class CanaryFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CanaryFolder.class);

  /** So long it waits until it looks again what is still set up. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ReentrantLock busy = new ReentrantLock();
  private final String name;
  private final String key;
  private final String commit;
  private volatile @Nullable Path ready;
  private volatile @Nullable String failed;
  private volatile boolean wasWell;
  private volatile boolean ends;
  private @Nullable Place place;
  private @Nullable CommitCheckouts checkouts;
  private boolean gone;

  /**
   * @param name of the folder
   * @param key of the processes that make it ready; no other workspace has the same
   */
  CanaryFolder(String name, String key, String commit) {
    this.name = name;
    this.key = key;
    this.commit = commit;
  }

  /** Lays the commit out, and makes it ready; what went wrong is kept. */
  void make(
      Worktrees worktrees,
      WorktreePreparation preparation,
      Map<String, String> marks,
      Consumer<String> out) {
    busy.lock();
    try {
      made(worktrees, preparation, marks, out);
    } finally {
      busy.unlock();
    }
  }

  private void made(
      Worktrees worktrees,
      WorktreePreparation preparation,
      Map<String, String> marks,
      Consumer<String> out) {
    if (ends) {
      return;
    }
    try {
      ProcessTree.endCarrying(Set.of(key)); // what an engine left that was killed
      var all = new LinkedHashMap<>(marks);
      all.put(ProcessTree.MARK, key);
      var of = preparation.place(all, out);
      place = of;
      checkouts = worktrees.checkouts(name, commit, null, folder -> setUp(of, folder, out));
      ready = checkouts.clean();
    } catch (HiveException e) {
      failed = e.getMessage();
      out.accept(e.getMessage() + (e.hint() == null ? "" : " " + e.hint()));
    } catch (RuntimeException e) {
      LOG.warn("{} cannot be made", name, e);
      failed = String.valueOf(e.getMessage());
    }
  }

  private void setUp(Place of, Path folder, Consumer<String> out) {
    if (ends) {
      throw new HiveException(
          ErrorCode.STOPPED, name + " is not needed any more.", "Nothing is to be done.");
    }
    of.ready(folder, out);
  }

  /** It is needed no more once what runs there has ended. */
  void end() {
    ends = true;
  }

  boolean ends() {
    return ends;
  }

  /** Where it is; null before it is ready. */
  @Nullable Path ready() {
    return ready;
  }

  /** Why it cannot be made ready; null where it can. */
  @Nullable String failed() {
    return failed;
  }

  /** What runs there was well. */
  void well() {
    wasWell = true;
  }

  boolean wasWell() {
    return wasWell;
  }

  /** Removes it; what sets it up is ended first, and what was set up there before it goes. */
  void remove() {
    boolean interrupted = false;
    while (!busy.tryLock()) {
      ProcessTree.endCarrying(Set.of(key));
      try {
        if (busy.tryLock(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true; // it goes all the same
      }
    }
    try {
      removed();
    } finally {
      busy.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void removed() {
    if (gone) {
      return;
    }
    gone = true;
    if (place != null) {
      place.close();
    }
    if (checkouts != null) {
      checkouts.close();
    }
  }
}
