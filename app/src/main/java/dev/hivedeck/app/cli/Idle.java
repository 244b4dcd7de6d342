package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.ui.feed.FeedClient;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Whether anything can proceed without a person. */
public final class Idle {
  /** How long nothing must happen: one thing may follow from another a moment later. */
  private static final long STILL = 200;

  /** How often to ask while much happens, and while nothing does. */
  private static final long BUSY = 100;

  private static final long QUIET = 5_000;

  private Idle() {}

  /** Waits until nothing can, asking only when something has happened. */
  public static Query.Standing await(Door door) throws InterruptedException {
    var news = new Semaphore(0);
    try (var _ = door.subscribe(standing(door).seq(), events -> news.release());
        var _ = line(door, news)) {
      while (true) {
        news.drainPermits();
        var now = standing(door);
        if (!news.tryAcquire(now.idle() ? STILL : QUIET, TimeUnit.MILLISECONDS)) {
          if (now.idle()) {
            return now;
          }
        } else {
          Thread.sleep(BUSY);
        }
      }
    }
  }

  /** Waits until something can, asking only when something has happened. */
  public static void awaitWork(Door door) throws InterruptedException {
    var news = new Semaphore(0);
    var now = standing(door);
    try (var _ = door.subscribe(now.seq(), events -> news.release());
        var _ = line(door, news)) {
      while (now.idle()) {
        if (news.tryAcquire(QUIET, TimeUnit.MILLISECONDS)) {
          Thread.sleep(BUSY);
          news.drainPermits();
        }
        now = standing(door);
      }
    }
  }

  /** A line that is cut is news, too: who asks next hears of it. */
  private static Door.Subscription line(Door door, Semaphore news) {
    return door instanceof FeedClient client ? client.watch(now -> news.release()) : () -> {};
  }

  public static Query.Standing standing(Door door) {
    return Json.as(door.query(new Query.Summary()), Query.Standing.class);
  }
}
