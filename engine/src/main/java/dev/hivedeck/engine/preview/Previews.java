package dev.hivedeck.engine.preview;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.preparation.WorktreePreparation;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.PreviewCommand;
import dev.hivedeck.engine.protocol.service.PreviewQuery;
import dev.hivedeck.engine.protocol.service.ServiceViews;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.service.supervise.Supervisor;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.CommitCheckouts;
import dev.hivedeck.engine.worktree.Worktrees;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apps of worktrees that people look at: each is a service of its own while it is wanted, at ports
 * of its own. An attempt that is at work is looked at where it works; else a checkout of what it
 * left is made, and goes with the preview. None of them outlives the engine.
 */
public final class Previews implements AutoCloseable {
  /** So many at once. */
  public static final int MOST = 5;

  private static final Logger LOG = LoggerFactory.getLogger(Previews.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** So long an engine that ends waits for teardowns. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Store store;
  private final Repository repository;
  private final Worktrees worktrees;
  private final WorktreePreparation preparation;
  private final Supplier<WorktreeConfig> config;
  private final Timers timers;
  private final Map<String, Preview> running = new LinkedHashMap<>();
  private final Map<String, Preview> ending = new LinkedHashMap<>();
  private final Map<String, Thread> starting = new LinkedHashMap<>();
  private final Map<String, Thread> clearing = new LinkedHashMap<>();
  private volatile Map<String, ServiceConfig> services = Map.of();
  private Runnable moved = () -> {};
  private Predicate<String> there = name -> false;
  private Timers.@Nullable Timer timer;
  private boolean closed;

  private record Preview(
      PreviewSubject subject,
      ServiceConfig service,
      WorktreePreparation.Place place,
      @Nullable CommitCheckouts checkout) {}

  /**
   * @param config what is in force; nothing before a person consented
   */
  public Previews(
      Store store,
      Repository repository,
      Worktrees worktrees,
      WorktreePreparation preparation,
      Supplier<WorktreeConfig> config,
      Timers timers) {
    this.store = store;
    this.repository = repository;
    this.worktrees = worktrees;
    this.preparation = preparation;
    this.config = config;
    this.timers = timers;
  }

  /**
   * Says who runs them.
   *
   * @param changed runs when others are to run
   * @param stillThere whether anything of a service is left
   */
  public void supervised(Runnable changed, Predicate<String> stillThere) {
    moved = changed;
    there = stillThere;
  }

  /** Of an engine that takes commands. */
  public Area area() {
    return asked(store)
        .commands(
            PreviewCommand.class,
            command ->
                switch (command) {
                  case PreviewCommand.StartPreview c ->
                      Action.effect(() -> Supervisor.unbegun(start(c.id())));
                  case PreviewCommand.StopPreview c ->
                      Action.effect(() -> Supervisor.unbegun(stop(c.id())).with(false));
                })
        .build();
  }

  /** Of an engine that is only asked. */
  public static Area reading(Ledger ledger) {
    return asked(ledger).build();
  }

  private static Area.Builder asked(Ledger ledger) {
    return Area.named("preview")
        .queries(
            PreviewQuery.class,
            query ->
                switch (query) {
                  case PreviewQuery.Previews _ ->
                      ledger.read(ServiceLedger::all).stream().filter(Previews::isPreview).toList();
                });
  }

  private static boolean isPreview(Service service) {
    return service.previewed() != null;
  }

  /** Those of hive.yaml, and those that are to run. */
  public Map<String, ServiceConfig> with(Map<String, ServiceConfig> configured) {
    var previews = services;
    if (previews.isEmpty()) {
      return configured;
    }
    var all = new LinkedHashMap<>(configured);
    all.putAll(previews);
    return all;
  }

  /**
   * Has the app of a change, a task or an attempt run.
   *
   * @return its service; one that runs already is the same
   * @throws HiveException {@code no-preview}, {@code no-worktree}, {@code not-now}, or that there
   *     is no such thing
   */
  public ServiceConfig start(String id) {
    var wanted = config.get();
    String run = wanted.run();
    if (run == null) {
      throw new HiveException(
          ErrorCode.NO_PREVIEW,
          "hive.yaml does not say how an app is run, or nobody consented to it yet.",
          "Write worktree: { run: npm start, ports: 1 } into .hivedeck/hive.yaml; it is to listen"
              + " at $PORT. Then hivedeck trust.");
    }
    var subject = store.read(sql -> PreviewSubject.of(sql, id));
    synchronized (this) {
      var before = running.get(subject.name());
      if (before != null) {
        return before.service();
      }
      refuse(subject);
      starting.put(subject.name(), Thread.currentThread());
    }
    try {
      var preview = begin(subject, run, wanted); // what it needs may take long to bring
      if (!started(preview)) {
        undo(preview);
        throw ending(subject);
      }
      return preview.service();
    } finally {
      synchronized (this) {
        starting.remove(subject.name());
        notifyAll();
      }
    }
  }

  /** Whether it may run. */
  private synchronized boolean started(Preview preview) {
    if (closed) {
      return false;
    }
    running.put(preview.subject().name(), preview);
    told();
    if (timer == null) {
      timer = timers.after(LOOK, this::look);
    }
    return true;
  }

  private static HiveException ending(PreviewSubject subject) {
    return new HiveException(
        ErrorCode.NOT_NOW,
        "The preview of " + subject.id() + " is just ending.",
        "Start it again in a moment.");
  }

  private void refuse(PreviewSubject subject) {
    if (closed || ending.containsKey(subject.name())) {
      throw ending(subject);
    }
    if (starting.containsKey(subject.name())) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The preview of " + subject.id() + " is being made ready already.",
          "hivedeck preview lists it once it is begun.");
    }
    if (running.size() + starting.size() >= MOST) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          MOST + " previews run already, which is the most at a time.",
          "Stop one: hivedeck preview lists them.");
    }
  }

  private Preview begin(PreviewSubject subject, String run, WorktreeConfig wanted) {
    var marks = new LinkedHashMap<String, String>();
    marks.put("HIVEDECK_WORKSPACE", repository.root().toString());
    marks.put("HIVEDECK_TASK", subject.task());
    marks.put("HIVEDECK_ATTEMPT", subject.attempt());
    var place = preparation.place(marks, line -> {}, 1);
    try {
      return subject.live()
          ? live(subject, run, wanted, place)
          : checkedOut(subject, run, wanted, place);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private static Preview live(
      PreviewSubject subject, String run, WorktreeConfig wanted, WorktreePreparation.Place place) {
    var folder = Objects.requireNonNull(subject.folder());
    var service = PreviewService.of(subject, run, folder, null, place, wanted);
    return new Preview(subject, service, place, null);
  }

  private Preview checkedOut(
      PreviewSubject subject, String run, WorktreeConfig wanted, WorktreePreparation.Place place) {
    var head = Objects.requireNonNull(subject.head());
    var checkout =
        worktrees.checkouts(
            "preview-" + subject.id(), head, null, folder -> place.bring(folder, line -> {}));
    try {
      var folder = checkout.clean();
      var service = PreviewService.of(subject, run, folder, wanted.setup(), place, wanted);
      return new Preview(subject, service, place, checkout);
    } catch (RuntimeException e) {
      checkout.close();
      throw e;
    }
  }

  /**
   * Ends it.
   *
   * @return its service
   * @throws HiveException {@code no-preview} where none runs
   */
  public synchronized ServiceConfig stop(String id) {
    var name =
        running.containsKey(ServiceViews.PREVIEW + id)
            ? ServiceViews.PREVIEW + id
            : store.read(sql -> PreviewSubject.of(sql, id).name());
    var preview = running.get(name);
    if (preview == null) {
      throw new HiveException(
          ErrorCode.NO_PREVIEW,
          "No preview of " + id + " runs.",
          "hivedeck preview lists those that do.");
    }
    end(preview);
    told();
    return preview.service();
  }

  private void end(Preview preview) {
    running.remove(preview.subject().name());
    ending.put(preview.subject().name(), preview);
  }

  private void told() {
    var now = new LinkedHashMap<String, ServiceConfig>();
    running.forEach((name, preview) -> now.put(name, preview.service()));
    services = Map.copyOf(now);
    moved.run();
  }

  /** Ends what nobody can want any more, and clears up after what has ended. */
  private synchronized void look() {
    timer = null;
    if (closed) {
      return;
    }
    try {
      boolean fewer = false;
      for (var preview : Map.copyOf(running).values()) {
        if (config.get().run() == null || store.read(preview.subject()::isOver)) {
          end(preview);
          fewer = true;
        }
      }
      if (fewer) {
        told();
      }
      for (var preview : Map.copyOf(ending).values()) {
        if (!there.test(preview.subject().name())) {
          clear(preview);
        }
      }
    } catch (RuntimeException e) { // of the disk, say: the next look tries again
      LOG.warn("previews", e);
    }
    if (!running.isEmpty() || !ending.isEmpty()) {
      timer = timers.after(LOOK, this::look);
    }
  }

  /** In a thread of its own: a teardown that takes long holds up nothing else. */
  private void clear(Preview preview) {
    clearing.computeIfAbsent(
        preview.subject().name(), name -> timers.start("preview", () -> cleared(name, preview)));
  }

  private void cleared(String name, Preview preview) {
    try {
      undo(preview);
    } catch (RuntimeException e) {
      LOG.warn("the preview of {}", preview.subject().id(), e);
    } finally {
      forget(name);
    }
  }

  private synchronized void forget(String name) {
    clearing.remove(name);
    ending.remove(name);
  }

  private static void undo(Preview preview) {
    try {
      preview.place().close(); // the teardown, while its folder is there
    } finally {
      if (preview.checkout() != null) {
        preview.checkout().close();
      }
    }
  }

  /** Clears up after all of them, once they have ended. */
  @Override
  public void close() {
    var threads = closing();
    var until = timers.clock().instant().plus(PATIENCE);
    try {
      for (var thread : threads) {
        thread.join(Duration.between(timers.clock().instant(), until));
      }
      threads.forEach(Thread::interrupt); // what those run that are left is ended
      for (var thread : threads) {
        thread.join();
      }
      untilNoneStarts();
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void untilNoneStarts() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (long left = PATIENCE.toMillis(); left > 0 && !starting.isEmpty(); ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  private synchronized List<Thread> closing() {
    closed = true;
    starting.values().forEach(Thread::interrupt);
    if (timer != null) {
      timer.cancel();
    }
    List.copyOf(running.values()).forEach(this::end);
    services = Map.of();
    ending.values().forEach(this::clear);
    return List.copyOf(clearing.values());
  }
}
