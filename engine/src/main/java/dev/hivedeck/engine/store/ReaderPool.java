package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.HiveException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections for reading: each read sees a snapshot, a few may go on at once. */
final class ReaderPool {
  private static final Logger LOG = LoggerFactory.getLogger(ReaderPool.class);

  private static final int READERS = 4;

  private final StoreFile file;
  private final Supplier<HiveException> stopping;
  private final Semaphore readers = new Semaphore(READERS);
  private final LinkedBlockingDeque<Sql> idle = new LinkedBlockingDeque<>();

  /** Whether nobody may read any more. */
  private volatile boolean gone;

  /**
   * @param stopping what who reads after the end is told
   */
  ReaderPool(StoreFile file, Supplier<HiveException> stopping) {
    this.file = file;
    this.stopping = stopping;
  }

  <T> T read(Ledger.Look<T> look) {
    readers.acquireUninterruptibly();
    Sql sql = null;
    try {
      if (gone) {
        throw stopping.get();
      }
      sql = idle.poll();
      if (sql == null) {
        sql = file.connect(true);
      }
      sql.begin();
      try {
        return look.run(sql);
      } finally {
        sql.commit();
      }
    } catch (SQLException e) {
      throw StoreErrors.failed(file.path(), e);
    } finally {
      if (sql != null) {
        idle.push(sql);
      }
      readers.release();
    }
  }

  /**
   * From now on nobody reads; waits so long for those that still do.
   *
   * @return false when one does not end: to close its connection under it would be worse
   */
  boolean end(Duration patience) throws InterruptedException {
    gone = true;
    if (!readers.tryAcquire(READERS, patience.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("a reader does not end");
      return false;
    }
    readers.release(READERS);
    return true;
  }

  /** Closes what nobody reads from. */
  void disconnect() throws SQLException {
    for (Sql sql : idle) {
      sql.close();
    }
  }
}
