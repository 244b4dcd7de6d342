package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.EngineApi.Subscription;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.OperationTimer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The workspace's state. Writes are queued to one thread, which runs each in a savepoint, commits
 * many at once and only then completes their futures and publishes their events, so whoever has
 * seen an event or an answer may rely on it after any crash. A write that fails rolls back alone.
 *
 * <p>The writer waits for nobody: listeners and what follows a commit run on a second thread, in
 * the order of the commits.
 */
public final class Store implements Ledger, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Store.class);
  private static final int BATCH = 512;
  private static final String RESTART = "Start the engine again; what was confirmed is durable.";

  /** How long those who read or listen may take to end when the store closes. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final StoreFile file;
  private final Clock clock;
  private final ReaderPool readers;
  private final EventPublisher publisher;
  private final Sql writer;
  private final BlockingQueue<Write<?>> queue = new ArrayBlockingQueue<>(20_000);
  private final Thread thread;
  private volatile long seq;
  private final OperationTimer timer;
  private volatile boolean closing;

  /** Whether nothing is taken from the queue any more. */
  private volatile boolean ended;

  private volatile Throwable broken;

  /** Work to do in a write. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Tx tx) throws SQLException;
  }

  /** Work to do in a write, which answers nothing. */
  @FunctionalInterface
  public interface Update {
    void run(Tx tx) throws SQLException;
  }

  /** What follows once a batch is durable. */
  private static final class Effects {
    final List<Runnable> mirrors = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    final List<Runnable> finished = new ArrayList<>();
    final List<Runnable> after = new ArrayList<>();
  }

  private record Write<T>(String correlation, Work<T> work, CompletableFuture<T> done) {}

  /** Behind all that is queued: the last thing that the writer takes. */
  private static final Write<Void> END = new Write<>(null, null, new CompletableFuture<>());

  private Store(StoreFile file, Clock clock, ThreadFactory threads, OperationTimer timer)
      throws SQLException {
    this.file = file;
    this.clock = clock;
    this.timer = timer;
    this.writer = file.connect(false);
    file.migrate(writer);
    this.readers = new ReaderPool(file, this::stopping);
    this.seq = writer.number("SELECT max(seq) FROM event");
    this.publisher = new EventPublisher(threads);
    this.thread = threads.newThread(this::loop);
    thread.start();
  }

  /**
   * Opens the file, making or migrating it as needed.
   *
   * @throws HiveException {@code store-damaged}, {@code store-lost}, {@code store-newer} or {@code
   *     store-unwritable}; the file is then left as it was
   */
  public static Store open(Path file, Clock clock) {
    // A platform thread: virtual threads that call SQLite starve all others.
    return open(file, clock, Thread.ofPlatform().name("hive-store").daemon().factory());
  }

  /**
   * @param threads makes the thread that writes and the one that publishes
   * @see #open(Path, Clock)
   */
  public static Store open(Path file, Clock clock, ThreadFactory threads) {
    return open(file, clock, threads, new OperationTimer(System::nanoTime));
  }

  static Store open(Path file, Clock clock, ThreadFactory threads, OperationTimer timer) {
    try {
      var stored = new StoreFile(file, clock);
      stored.prepare();
      return new Store(stored, clock, threads, timer);
    } catch (IOException | SQLException e) {
      throw StoreErrors.opening(file, e);
    }
  }

  /**
   * Queues a write; the future completes when it is durable, or with what it threw. What is chained
   * to it runs after the listeners have heard of the write, on their thread.
   */
  public <T> CompletableFuture<T> submit(String correlation, Work<T> work) {
    return queue(correlation, work).thenApplyAsync(Function.identity(), publisher);
  }

  private <T> CompletableFuture<T> queue(String correlation, Work<T> work) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a write cannot wait for another");
    }
    var write = new Write<>(correlation, work, new CompletableFuture<T>());
    if (closing || ended) {
      throw stopping();
    }
    try {
      queue.put(write);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopping();
    }
    if (ended) {
      refuseQueued(); // it came in behind the last
    }
    return write.done();
  }

  /**
   * Writes and waits until it is durable. Listeners may hear of it a moment later.
   *
   * @throws HiveException as the work threw it; then nothing was written
   */
  public <T> T write(String correlation, Work<T> work) {
    var done = queue(correlation, work);
    try {
      return done.join();
    } catch (CompletionException e) {
      throw StoreErrors.failed(file.path(), e.getCause());
    }
  }

  /** The same of what answers nothing. */
  public void update(String correlation, Update work) {
    write(
        correlation,
        tx -> {
          work.run(tx);
          return null;
        });
  }

  /**
   * @throws HiveException {@code store-ended} when nothing can be written any more, {@code
   *     store-failed} while a write hangs
   */
  public void mustWrite() {
    if (broken != null) {
      throw stopping();
    }
    StoreErrors.refuseHanging(timer.present(), file.path());
  }

  /** Why nothing can be written any more; empty while all is well. */
  public Optional<String> trouble() {
    return Optional.ofNullable(broken)
        .map(e -> "The thread that writes to the database ended: " + e + ". " + RESTART);
  }

  @Override
  public <T> T read(Look<T> look) {
    return readers.read(look);
  }

  /**
   * Delivers each batch of events once durable, one batch after the other, on a thread that all
   * listeners share: whoever blocks it keeps the others waiting, though not the writer.
   */
  public void listen(Consumer<List<Event>> listener) {
    publisher.listen(listener);
  }

  public void unlisten(Consumer<List<Event>> listener) {
    publisher.unlisten(listener);
  }

  /**
   * Delivers every event after {@code after}, in order, without gap or repeat. The consumer must
   * not block.
   *
   * @throws HiveException {@code gone} when the past is not held that far, or, as after a restore,
   *     what the client has seen has not happened
   */
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    EventDelivery.mustBeHeld(after, oldest(), newest());
    var delivery = new EventDelivery(after, consumer);
    listen(delivery);
    delivery.catchUp(this);
    return () -> unlisten(delivery);
  }

  /** The oldest event still held, 0 when there is none. */
  public long oldest() {
    return read(sql -> sql.number("SELECT min(seq) FROM event"));
  }

  /** As it is on the disk: a snapshot may know of a commit just before {@link #seq} does. */
  private long newest() {
    return Math.max(seq, read(sql -> sql.number("SELECT max(seq) FROM event")));
  }

  @Override
  public long seq() {
    return seq;
  }

  public double commitMillis() {
    return timer.lastMillis();
  }

  /** Size of the file with its write-ahead log. */
  public long bytes() {
    return file.bytes();
  }

  private void loop() {
    try {
      while (commit(queue.take())) {} // until the last
    } catch (Throwable e) {
      if (!closing) {
        broken = e;
        LOG.error("the writer ends", e);
      }
    } finally {
      ended = true;
      refuseQueued();
    }
  }

  private void refuseQueued() {
    for (var late = queue.poll(); late != null; late = queue.poll()) {
      late.done().completeExceptionally(stopping());
    }
  }

  /**
   * Commits a write and all that come while it and they are done: as many as can share the wait for
   * the disk.
   *
   * @return whether more may follow
   */
  private boolean commit(Write<?> first) {
    timer.begin();
    var batch = new ArrayList<Write<?>>();
    var effects = new Effects();
    boolean last = false;
    batch.add(first);
    try {
      writer.begin();
      long next = seq;
      for (int i = 0; i < batch.size(); i++) {
        if (batch.get(i) == END) {
          last = true;
        } else {
          next = attempt(batch.get(i), next, effects);
        }
        if (i == batch.size() - 1) {
          queue.drainTo(batch, BATCH - batch.size());
        }
      }
      writer.commit();
      seq = next;
    } catch (SQLException | RuntimeException | Error e) {
      timer.failed();
      LOG.error("commit failed, {} writes rolled back", batch.size(), e);
      rollback();
      batch.forEach(
          write -> write.done().completeExceptionally(StoreErrors.failed(file.path(), e)));
      return !last;
    }
    timer.succeeded();
    effects.mirrors.forEach(EventPublisher::guard);
    if (!effects.events.isEmpty()) {
      publisher.publish(effects.events);
    }
    effects.finished.forEach(EventPublisher::guard);
    effects.after.forEach(action -> publisher.execute(() -> EventPublisher.guard(action)));
    return !last;
  }

  private <T> long attempt(Write<T> write, long next, Effects effects) throws SQLException {
    // As exact as it is stored, so that what is told is what will be read.
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var tx = new Tx(writer, now, write.correlation(), next);
    writer.update("SAVEPOINT one");
    MDC.put("correlation", write.correlation());
    try {
      T result = write.work().run(tx);
      writer.update("RELEASE one");
      effects.events.addAll(tx.events);
      effects.mirrors.addAll(tx.mirrors);
      effects.after.addAll(tx.after);
      effects.finished.add(() -> write.done().complete(result));
      return tx.seq();
    } catch (Exception | Error e) { // whatever it is, it is this write's
      undo(e);
      RuntimeException cause = StoreErrors.failed(file.path(), e);
      effects.finished.add(() -> write.done().completeExceptionally(cause));
      return next;
    } finally {
      MDC.remove("correlation");
    }
  }

  /**
   * Undoes one write. A full disk or a failing one makes SQLite undo the whole transaction by
   * itself (its documentation, "Response To Errors Within A Transaction"); then so do we.
   */
  private void undo(Throwable cause) throws SQLException {
    try {
      writer.update("ROLLBACK TO one");
      writer.update("RELEASE one");
    } catch (SQLException gone) {
      throw cause instanceof SQLException e ? e : gone;
    }
  }

  private void rollback() {
    try {
      writer.rollback();
    } catch (SQLException | RuntimeException e) {
      LOG.warn("nothing to roll back: {}", e.getMessage());
    }
  }

  private HiveException stopping() {
    return broken == null
        ? StoreErrors.stopping()
        : new HiveException(ErrorCode.STORE_ENDED, trouble().orElseThrow(), RESTART, broken);
  }

  /** Lets go of the file as a crash would: what is queued is never done. For tests of just that. */
  void drop() throws SQLException {
    closing = true;
    disconnect();
  }

  private void disconnect() throws SQLException {
    readers.disconnect();
    writer.close();
  }

  /** Finishes what is queued, then closes. */
  @Override
  public void close() {
    closing = true;
    try {
      queue.put(END);
      thread.join();
      refuseQueued();
      publisher.close(PATIENCE);
      if (!readers.end(PATIENCE)) {
        return;
      }
      writer.run("PRAGMA optimize");
      disconnect();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("closing the database", e);
    }
  }
}
