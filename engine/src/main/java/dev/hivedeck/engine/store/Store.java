package dev.hivedeck.engine.store;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.EngineApi.Subscription;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

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

  /** How long the log may be before it is worked in: pages written often are worked in once. */
  private static final int LOG_PAGES = 4_000;

  private static final int READERS = 4;
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private static final String RESTART = "Start the engine again; what was confirmed is durable.";

  /** How long those who read or listen may take to end when the store closes. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path file;
  private final Clock clock;
  private final Sql writer;
  private final BlockingQueue<Write<?>> queue = new ArrayBlockingQueue<>(20_000);
  private final Semaphore readers = new Semaphore(READERS);
  private final LinkedBlockingDeque<Sql> idle = new LinkedBlockingDeque<>();
  private final List<Consumer<List<Event>>> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;

  /** Publishes: one thread, so that all is told in the order in which it was committed. */
  private final ExecutorService publisher;

  private volatile long seq;
  private volatile double commitMillis;
  private volatile boolean closing;

  /** Whether nothing is taken from the queue any more. */
  private volatile boolean ended;

  private volatile Throwable broken;

  /** Whether nobody may read any more. */
  private volatile boolean gone;

  /** Work to do in a write. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Tx tx) throws SQLException;
  }

  /** Work to do on a snapshot. */
  @FunctionalInterface
  public interface Look<T> {
    T run(Sql sql) throws SQLException;
  }

  private record Write<T>(String correlation, Work<T> work, CompletableFuture<T> done) {}

  /** Behind all that is queued: the last thing that the writer takes. */
  private static final Write<Void> END = new Write<>(null, null, new CompletableFuture<>());

  private Store(Path file, Clock clock, ThreadFactory threads) throws SQLException {
    this.file = file;
    this.clock = clock;
    this.writer = connect(false);
    migrate();
    this.seq = writer.number("SELECT max(seq) FROM event");
    this.publisher =
        Executors.newSingleThreadExecutor(
            body -> {
              var made = threads.newThread(body);
              made.setName("hive-publish");
              return made;
            });
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
    try {
      OwnerFiles.folder(file.toAbsolutePath().getParent());
      SqliteNativeFolder.use(file.toAbsolutePath().getParent());
      var backups = new Backups(file, clock);
      backups.finish();
      mustNotBeLost(file, backups);
      OwnerFiles.file(file); // SQLite gives its log the rights of the database
      mustBeOurs(file);
      return new Store(file, clock, threads);
    } catch (IOException e) {
      throw unwritable(file, e);
    } catch (SQLException e) {
      if (e instanceof SQLiteException s
          && (s.getResultCode() == SQLiteErrorCode.SQLITE_CORRUPT
              || s.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB)) {
        throw damaged(file, e.getMessage());
      }
      throw unwritable(file, e);
    }
  }

  /** A new one beside copies of the former would know nothing of what was done. */
  private static void mustNotBeLost(Path file, Backups backups) throws IOException {
    boolean gone = !Files.exists(file);
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    boolean empty = !gone && Files.size(file) == 0 && !(Files.exists(log) && Files.size(log) > 0);
    var copies = gone || empty ? backups.list() : List.<Backups.Backup>of();
    if (!copies.isEmpty()) {
      throw new HiveException(
          ErrorCode.STORE_LOST,
          "The database " + file + (gone ? " is gone" : " is empty") + ", and there are copies.",
          "hivedeck recover puts the newest sound one in its place. To begin anew, move "
              + copies.getFirst().file().getParent()
              + " away.");
    }
  }

  /** Looks before anything is written: a trigger of somebody else's would run with it. */
  private static void mustBeOurs(Path file) throws IOException, SQLException {
    if (Files.size(file) > 0) {
      try (var sql = ReadOnlyLedger.connect(file)) {
        var foreign = Schema.foreign(sql);
        if (!foreign.isEmpty()) {
          throw foreign(file, foreign.getFirst());
        }
      }
    }
  }

  private static HiveException unwritable(Path file, Exception e) {
    return new HiveException(
        ErrorCode.STORE_UNWRITABLE,
        "The database " + file + " cannot be opened for writing: " + e.getMessage(),
        "Check that the folder exists, is yours and has space, or point HIVEDECK_HOME elsewhere.",
        e);
  }

  static HiveException damaged(Path file, String what) {
    return new HiveException(
        ErrorCode.STORE_DAMAGED,
        "The database " + file + " is damaged: " + what,
        "Nothing was changed. hivedeck recover puts the newest sound backup in its place; finished"
            + " work is safe on main and under refs/hivedeck/kept.");
  }

  private Sql connect(boolean readOnly) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(5_000);
    config.setReadOnly(readOnly);
    config.setGetGeneratedKeys(false); // or the driver asks for the last after each insert
    config.setTransactionMode(
        readOnly ? SQLiteConfig.TransactionMode.DEFERRED : SQLiteConfig.TransactionMode.IMMEDIATE);
    var sql = new Sql(config.createConnection("jdbc:sqlite:" + file));
    sql.run("PRAGMA trusted_schema = OFF");
    // Each write can be taken back alone; the pages for that went to a file, statement by
    // statement.
    sql.run("PRAGMA temp_store = MEMORY");
    if (!readOnly) {
      sql.run("PRAGMA wal_autocheckpoint = " + LOG_PAGES);
    }
    return sql;
  }

  private void migrate() throws SQLException {
    String health =
        writer.one("PRAGMA quick_check(1)", row -> row.text("quick_check")).orElse("no answer");
    if (!health.equals("ok")) {
      throw damaged(file, health);
    }
    long version = Schema.version(writer);
    if (version > Schema.VERSION) {
      throw newer(file, version);
    }
    if (version > 0 && version < Schema.VERSION) {
      new Backups(file, clock).before(Schema.VERSION);
    }
    makeShrinkable();
    Schema.migrate(writer);
  }

  static HiveException newer(Path file, long version) {
    return new HiveException(
        ErrorCode.STORE_NEWER,
        "The database " + file + " was written by a newer Hivedeck (format " + version + ").",
        "Open it with that version or a newer one; nothing was changed.");
  }

  static HiveException foreign(Path file, String what) {
    return new HiveException(
        ErrorCode.STORE_FOREIGN,
        "The database " + file + " is not as Hivedeck makes it: " + what + ".",
        "Somebody else changed it, so nothing of it was run. hivedeck recover puts the newest sound"
            + " backup in its place.");
  }

  /** Asks once of a file that it can give back pages one by one; that writes it anew. */
  private void makeShrinkable() throws SQLException {
    if (writer.number("PRAGMA auto_vacuum") != 0) {
      return;
    }
    try {
      writer.run("PRAGMA auto_vacuum = INCREMENTAL");
      writer.run("VACUUM");
    } catch (SQLException e) {
      LOG.warn("the database cannot shrink, it could not be written anew: {}", e.toString());
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
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new HiveException(ErrorCode.STORE_FAILED, e.getCause().getMessage(), "See the log.", e);
    }
  }

  /**
   * @throws HiveException {@code store-ended} when nothing can be written any more
   */
  public void mustWrite() {
    if (broken != null) {
      throw stopping();
    }
  }

  /** Why nothing can be written any more; empty while all is well. */
  public Optional<String> trouble() {
    return Optional.ofNullable(broken)
        .map(e -> "The thread that writes to the database ended: " + e + ". " + RESTART);
  }

  @Override
  public <T> T read(Look<T> look) {
    readers.acquireUninterruptibly();
    Sql sql = null;
    try {
      if (gone) {
        throw stopping();
      }
      sql = idle.poll();
      if (sql == null) {
        sql = connect(true);
      }
      sql.begin();
      try {
        return look.run(sql);
      } finally {
        sql.commit();
      }
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      if (sql != null) {
        idle.push(sql);
      }
      readers.release();
    }
  }

  /**
   * Delivers each batch of events once durable, one batch after the other, on a thread that all
   * listeners share: whoever blocks it keeps the others waiting, though not the writer.
   */
  public void listen(Consumer<List<Event>> listener) {
    listeners.add(listener);
  }

  public void unlisten(Consumer<List<Event>> listener) {
    listeners.remove(listener);
  }

  /**
   * Delivers every event after {@code after}, in order, without gap or repeat. The consumer must
   * not block.
   *
   * @throws HiveException {@code gone} when the past is not held that far, or, as after a restore,
   *     what the client has seen has not happened
   */
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    if (after < oldest() - 1) {
      throw new HiveException(
          ErrorCode.GONE, "Events after " + after + " are no longer held.", "Take a new snapshot.");
    }
    if (after > newest()) {
      throw new HiveException(
          ErrorCode.GONE, "There are not " + after + " events any more.", "Take a new snapshot.");
    }
    var delivery = new Delivery(after, consumer);
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
    return commitMillis;
  }

  /** Size of the file with its write-ahead log. */
  public long bytes() {
    return size(file) + size(file.resolveSibling(file.getFileName() + "-wal"));
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      return 0;
    }
  }

  private void loop() {
    try {
      while (commit(queue.take())) {
        // until the last
      }
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
    long began = System.nanoTime();
    var batch = new ArrayList<Write<?>>();
    var finished = new ArrayList<Runnable>();
    var events = new ArrayList<Event>();
    var mirrors = new ArrayList<Runnable>();
    var after = new ArrayList<Runnable>();
    boolean last = false;
    batch.add(first);
    try {
      writer.begin();
      long next = seq;
      for (int i = 0; i < batch.size(); i++) {
        if (batch.get(i) == END) {
          last = true;
        } else {
          next = attempt(batch.get(i), next, finished, events, mirrors, after);
        }
        if (i == batch.size() - 1) {
          queue.drainTo(batch, BATCH - batch.size());
        }
      }
      writer.commit();
      seq = next;
    } catch (SQLException | RuntimeException | Error e) {
      LOG.error("commit failed, {} writes rolled back", batch.size(), e);
      rollback();
      batch.forEach(write -> write.done().completeExceptionally(failed(e)));
      return !last;
    }
    commitMillis = (System.nanoTime() - began) / 1e6;
    mirrors.forEach(Store::guard);
    if (!events.isEmpty()) {
      publisher.execute(() -> publish(events));
    }
    finished.forEach(Store::guard);
    after.forEach(action -> publisher.execute(() -> guard(action)));
    return !last;
  }

  private void publish(List<Event> events) {
    for (var listener : listeners) {
      guard(() -> listener.accept(events));
    }
  }

  private <T> long attempt(
      Write<T> write,
      long next,
      List<Runnable> finished,
      List<Event> events,
      List<Runnable> mirrors,
      List<Runnable> after)
      throws SQLException {
    // As exact as it is stored, so that what is told is what will be read.
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var tx = new Tx(writer, now, write.correlation(), next);
    writer.update("SAVEPOINT one");
    MDC.put("correlation", write.correlation());
    try {
      T result = write.work().run(tx);
      writer.update("RELEASE one");
      events.addAll(tx.events);
      mirrors.addAll(tx.mirrors);
      after.addAll(tx.after);
      finished.add(() -> write.done().complete(result));
      return tx.seq();
    } catch (Exception | Error e) { // whatever it is, it is this write's
      undo(e);
      RuntimeException cause = failed(e);
      finished.add(() -> write.done().completeExceptionally(cause));
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

  private static void guard(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      LOG.error("after a commit", e);
    }
  }

  /**
   * Writes what must be written, here or by git, again and again while an outage lasts.
   *
   * @throws InterruptedException when the waiting between was interrupted; nothing is written then
   */
  public static <T> T insist(Timers timers, Supplier<T> write) throws InterruptedException {
    while (true) {
      try {
        return write.get();
      } catch (HiveException e) {
        if (!e.outage()) {
          throw e;
        }
        LOG.warn("written again later: {}", e.getMessage());
        timers.sleep(AGAIN);
      }
    }
  }

  /** What a write threw, as its caller gets it. */
  private RuntimeException failed(Throwable e) {
    return switch (e) {
      case RuntimeException r -> r;
      case SQLException s -> failed(s);
      default ->
          new HiveException(
              ErrorCode.ENGINE,
              "Hivedeck itself failed: " + e,
              "Nothing was written; the engine goes on. Its log has more.",
              e);
    };
  }

  private HiveException failed(SQLException e) {
    if (e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_FULL) {
      // It writes there, and sorts what is large in the folder for temporary files.
      return Disk.fullException(
          "the write was rolled back: " + e.getMessage(),
          List.of(file.toAbsolutePath().getParent(), Disk.temporary()));
    }
    if (e instanceof SQLiteException s && s.getResultCode().name().startsWith("SQLITE_IOERR")) {
      return new HiveException(
          ErrorCode.DISK_FAILED,
          "The disk failed to read or write, the write was rolled back: " + e.getMessage(),
          "Check the disk and its free space; nothing that was confirmed is lost.",
          e);
    }
    return new HiveException(
        ErrorCode.STORE_FAILED,
        "The database refused: " + e.getMessage(),
        "Nothing was changed. Run hivedeck doctor to check the database.",
        e);
  }

  private HiveException stopping() {
    return broken == null
        ? new HiveException(
            ErrorCode.STOPPING, "The engine is stopping.", "Start it again and repeat.")
        : new HiveException(ErrorCode.STORE_ENDED, trouble().orElseThrow(), RESTART, broken);
  }

  /** Lets go of the file as a crash would: what is queued is never done. For tests of just that. */
  void drop() {
    closing = true;
    try {
      disconnect();
    } catch (SQLException e) {
      LOG.warn("dropping the database", e);
    }
  }

  private void disconnect() throws SQLException {
    for (Sql sql : idle) {
      sql.close();
    }
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
      publisher.shutdown();
      if (!publisher.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a listener does not end");
        publisher.shutdownNow();
      }
      gone = true;
      if (!readers.tryAcquire(READERS, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a reader does not end");
        return; // to close its connection under it would be worse
      }
      readers.release(READERS);
      writer.run("PRAGMA optimize");
      disconnect();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("closing the database", e);
    }
  }

  /** One subscriber: the past from the store first, then what happens, without gap or repeat. */
  private static final class Delivery implements Consumer<List<Event>> {
    private static final int PAGE = 2_000;
    private final Consumer<List<Event>> consumer;
    private final List<Event> meanwhile = new ArrayList<>();
    private long last;
    private boolean live;

    Delivery(long after, Consumer<List<Event>> consumer) {
      this.last = after;
      this.consumer = consumer;
    }

    @Override
    public synchronized void accept(List<Event> events) {
      if (live) {
        deliver(events);
      } else {
        meanwhile.addAll(events);
      }
    }

    void catchUp(Store store) {
      for (var page = store.events(last, PAGE); !page.isEmpty(); page = store.events(last, PAGE)) {
        synchronized (this) {
          deliver(page);
        }
      }
      synchronized (this) {
        deliver(meanwhile);
        meanwhile.clear();
        live = true;
      }
    }

    private void deliver(List<Event> events) {
      var news = events.stream().filter(e -> e.seq() > last).toList();
      if (!news.isEmpty()) {
        last = news.getLast().seq();
        consumer.accept(news);
      }
    }
  }
}
