package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.FolderSize;
import dev.hivedeck.engine.git.diff.CodeOwners;
import dev.hivedeck.engine.git.repository.FolderUsers;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.EngineApi.Pool;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders that stand ready for attempts: checked out, with what the user's checkout brings, and set
 * up. Each is for one attempt only and keeps its path, which a setup may have written down. One
 * that another would be made differently from by now is removed, and they are made while nothing
 * waits for the machine. They outlive the engine.
 */
public final class WorktreePool {
  private static final Logger LOG = LoggerFactory.getLogger(WorktreePool.class);

  /** So much of the disk stays free. */
  static final long SPARED = 2L << 30;

  /** How often all that a folder was made from is looked at; each is looked at when it is taken. */
  private static final Duration FULL_LOOK = Duration.ofSeconds(30);

  /** How soon it is tried again after it could not be made ready. */
  private static final Duration REST = Duration.ofMinutes(5);

  /** Lines of what a setup printed that are kept. */
  private static final int LINES = 500;

  private final Repository repository;
  private final Worktrees worktrees;
  private final WorktreePreparation preparation;
  private final Supplier<WorktreeConfig> config;
  private final Supplier<Optional<String>> held;
  private final BooleanSupplier trusted;
  private final UnaryOperator<String> redacted;
  private final Timers timers;

  /** Those that may be taken; the first is the oldest. */
  private final List<ReadyFolder> ready = Collections.synchronizedList(new ArrayList<>());

  /** Those that nobody may take any more, and that are still there. */
  private final List<ReadyFolder> leaving = Collections.synchronizedList(new ArrayList<>());

  private boolean adopted;
  private @Nullable Looked looked;
  private @Nullable Trouble trouble;
  private volatile @Nullable String why;

  /** What a look was at. */
  private record Looked(WorktreeConfig config, String tip, long at) {}

  /** Why none could be made ready. */
  private record Trouble(String why, WorktreeConfig config, String tip, long at) {}

  /**
   * How it stands.
   *
   * @param ready how many are
   * @param wanted how many are to be
   * @param bytes what is in them
   * @param why there are fewer, in words; empty where that is not known
   */
  public record Standing(int ready, int wanted, long bytes, Optional<String> why) {
    /** Null where there is none and none is wanted. */
    public @Nullable Pool view() {
      return wanted == 0 && ready == 0 ? null : new Pool(ready, wanted, bytes, why.orElse(null));
    }
  }

  /**
   * @param config the part of the configuration in force
   * @param held why the machine has no room beside its work, in words; empty when it has
   * @param trusted whether commands of the workspace may run
   * @param redacted masks secrets in text that is to be kept
   */
  public WorktreePool(
      Repository repository,
      Worktrees worktrees,
      WorktreePreparation preparation,
      Supplier<WorktreeConfig> config,
      Supplier<Optional<String>> held,
      BooleanSupplier trusted,
      UnaryOperator<String> redacted,
      Timers timers) {
    this.repository = repository;
    this.worktrees = worktrees;
    this.preparation = preparation;
    this.config = config;
    this.held = held;
    this.trusted = trusted;
    this.redacted = redacted;
    this.timers = timers;
  }

  /** How it stands now. */
  public Standing standing() {
    var now = List.copyOf(ready);
    int wanted = config.get().pool();
    return new Standing(
        now.size(),
        wanted,
        now.stream().mapToLong(one -> one.note().bytes()).sum(),
        now.size() < wanted ? Optional.ofNullable(why) : Optional.empty());
  }

  /**
   * How those stand that an engine left which is closed.
   *
   * @param notes of folders that are ready
   */
  public static Standing left(Collection<String> notes, int wanted) {
    long bytes = 0;
    for (String text : notes) {
      try {
        bytes += ReadyFolder.Note.of(text).bytes();
      } catch (RuntimeException e) {
        LOG.debug("a note of a worktree cannot be read: {}", e.toString());
      }
    }
    return new Standing(
        notes.size(),
        wanted,
        bytes,
        notes.size() < wanted ? Optional.of("no engine works here") : Optional.empty());
  }

  // ── taking ──────────────────────────────────────────────────────────────────────────────────

  /**
   * Gives a folder that stands ready to an attempt.
   *
   * @param own takes what was done to make it ready, in words
   * @param out takes what its setup printed
   * @return empty where none fits
   */
  public Optional<AttemptFolder> take(
      Worktrees.Beginning begun, Consumer<String> own, Consumer<String> out) {
    for (ReadyFolder one : List.copyOf(ready)) {
      if (stale(one) || !fits(one, begun.from()) || !ready.remove(one)) {
        continue; // the next look removes it, if nobody can use it
      }
      try {
        if (!worktrees.isAsReady(one.folder())) {
          LOG.info("{} is not as its setup left it; another is made", one.folder());
          leaving.add(one);
          continue;
        }
        var folder = worktrees.hand(one.folder(), begun);
        own.accept(
            "taken from the pool, prepared in %s before".formatted(seconds(one.note().millis())));
        one.note().own().forEach(own);
        one.note().out().forEach(out);
        return Optional.of(folder);
      } catch (HiveException e) {
        leaving.add(one);
        if (e.outage()) {
          throw e;
        }
        LOG.info("{} cannot be taken from the pool: {}", one.folder(), e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** Whether one that is made now would be made from something else. */
  private boolean stale(ReadyFolder one) {
    return !Files.isDirectory(one.folder(), LinkOption.NOFOLLOW_LINKS)
        || !preparation.state(one.folder()).equals(one.note().state());
  }

  /** Whether what was set up there holds for a commit as well. */
  private boolean fits(ReadyFolder one, String commit) {
    String made = one.note().commit();
    if (made.equals(commit)) {
      return true;
    }
    var wanted = config.get();
    boolean setUp = wanted.setup() != null && wanted.inputs().isEmpty();
    if (setUp || wanted.submodules() || wanted.lfs() || !repository.has(made)) {
      return false;
    }
    String[] list = {"diff-tree", "-r", "-z", "--name-only", "--no-renames", made, commit};
    var changed = repository.git().listed(list);
    // Attributes say how files are checked out that are the same in both commits.
    return changed.stream().noneMatch(path -> ("/" + path).endsWith("/.gitattributes"))
        && worktrees.prepared(one.folder(), changed).isEmpty()
        && (wanted.setup() == null
            || changed.stream().noneMatch(path -> CodeOwners.owns(wanted.inputs(), path)));
  }

  // ── making ──────────────────────────────────────────────────────────────────────────────────

  /** Takes up those that an earlier engine left. */
  public synchronized void takeUp() {
    if (adopted) {
      return;
    }
    try {
      worktrees.pooled().forEach(this::adopt);
      adopted = true;
    } catch (RuntimeException e) { // the next look tries it again
      LOG.info("worktrees that stand ready cannot be read: {}", e.toString());
    }
  }

  /** Removes those that nobody can use any more, and makes what is missing, one at a time. */
  public synchronized void look() {
    takeUp();
    var wanted = config.get();
    int size = trusted.getAsBoolean() ? wanted.pool() : 0;
    why = wanted.pool() > size ? "nobody has consented to its commands" : null;
    for (ReadyFolder one : List.copyOf(leaving)) {
      if (leaving.remove(one)) {
        discard(one);
      }
    }
    if (size == 0 && ready.isEmpty()) {
      return;
    }
    String tip = repository.tip();
    long now = timers.clock().millis();
    var before = looked;
    if (before == null
        || !before.config().equals(wanted)
        || !before.tip().equals(tip)
        || now - before.at() >= FULL_LOOK.toMillis()
        || ready.size() > size) {
      for (ReadyFolder one : List.copyOf(ready)) {
        if (ready.size() > size || stale(one) || !fits(one, tip)) {
          remove(one);
        }
      }
      looked = new Looked(wanted, tip, now);
    }
    while (ready.size() < size && room(wanted, tip)) {
      make(wanted, tip);
    }
  }

  private void adopt(Path folder, String text) {
    try {
      ready.add(new ReadyFolder(folder, ReadyFolder.Note.of(text)));
    } catch (RuntimeException e) {
      LOG.info("{} is removed, as what is noted of it cannot be read: {}", folder, e.toString());
      discard(folder, now -> now, true);
    }
  }

  private boolean room(WorktreeConfig wanted, String tip) {
    var last = trouble;
    if (last != null
        && last.config().equals(wanted)
        && last.tip().equals(tip)
        && timers.clock().millis() - last.at() < REST.toMillis()) {
      why = last.why();
      return false;
    }
    trouble = null;
    if (Thread.currentThread().isInterrupted()) {
      return false;
    }
    if (preparation.busy()) {
      why = "another worktree is being prepared";
      return false;
    }
    var busy = held.get();
    if (busy.isPresent()) {
      why = busy.get();
      return false;
    }
    long largest = ready.stream().mapToLong(one -> one.note().bytes()).max().orElse(0);
    var disk = Disk.of(List.of(worktrees.home())).stream().findFirst();
    if (disk.isPresent() && disk.get().free() < SPARED + largest) {
      why =
          "%s free for %s; %s stay free"
              .formatted(Plural.bytes(disk.get().free()), disk.get().where(), Plural.bytes(SPARED));
      return false;
    }
    return true;
  }

  private void make(WorktreeConfig wanted, String tip) {
    long begun = timers.clock().millis();
    var own = new ArrayList<String>();
    var out = new ArrayList<String>();
    Path folder = null;
    boolean made = false;
    try {
      folder = worktrees.ahead(tip, Long.toString(begun, Character.MAX_RADIX));
      String state = preparation.state(folder);
      preparation.ahead(folder, line -> keep(line, out)).ready(folder, own::add);
      var note =
          new ReadyFolder.Note(
              state,
              tip,
              timers.clock().millis() - begun,
              FolderSize.of(folder),
              own,
              out,
              wanted.teardown(),
              Math.max(1, wanted.timeout().toSeconds()));
      worktrees.pooled(folder, Json.write(note));
      ready.add(new ReadyFolder(folder, note));
      made = true;
    } catch (RuntimeException e) {
      String said = e instanceof HiveException ? String.valueOf(e.getMessage()) : e.toString();
      trouble = new Trouble(said, wanted, tip, timers.clock().millis());
      LOG.info("no worktree is made ready ahead: {}", said);
    } finally {
      if (!made && folder != null) {
        discard(folder, now -> now.undone(wanted.teardown(), wanted.timeout()), false);
      }
    }
  }

  private void keep(String line, List<String> lines) {
    if (lines.size() < LINES) {
      lines.add(redacted.apply(line));
    }
  }

  private void remove(ReadyFolder one) {
    if (ready.remove(one)) {
      discard(one);
    }
  }

  /** Removes one for good, once nobody works there. */
  private void discard(ReadyFolder one) {
    if (FolderUsers.of(one.folder()).isPresent()
        || !discard(one.folder(), one.note()::undone, true)) {
      leaving.add(one);
    }
  }

  /**
   * Undoes what was set up there, and removes it. Where this is interrupted, the next engine does.
   *
   * @param keeps whether somebody may have worked there
   * @return whether nobody has to try it again
   */
  private boolean discard(Path folder, UnaryOperator<WorktreeConfig> made, boolean keeps) {
    try {
      if (keeps) {
        worktrees.keepEdits(folder);
      }
      if (!Thread.currentThread().isInterrupted()) {
        preparation.undo(folder, made);
      }
      if (!Thread.currentThread().isInterrupted()) {
        worktrees.discard(folder);
      }
      return true;
    } catch (RuntimeException e) {
      LOG.info("{} stays for now: {}", folder, e.toString());
      return false;
    }
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
  }
}
