package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.ui.feed.FeedClient;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Whether anything can proceed without a person. */
public final class IdleCheck {
  /** How long nothing must happen: one thing may follow from another a moment later. */
  private static final long STILL = 200;

  /** How often to ask while much happens, and while nothing does. */
  private static final long BUSY = 100;

  private static final long QUIET = 5_000;

  private IdleCheck() {}

  /** Waits until nothing can, asking only when something has happened. */
  public static Query.Standing await(EngineApi engine) throws InterruptedException {
    var news = new Semaphore(0);
    try (var _ = engine.subscribe(standing(engine).seq(), events -> news.release());
        var _ = line(engine, news)) {
      while (true) {
        news.drainPermits();
        var now = standing(engine);
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
  public static void awaitWork(EngineApi engine) throws InterruptedException {
    var news = new Semaphore(0);
    var now = standing(engine);
    try (var _ = engine.subscribe(now.seq(), events -> news.release());
        var _ = line(engine, news)) {
      while (now.idle()) {
        if (news.tryAcquire(QUIET, TimeUnit.MILLISECONDS)) {
          Thread.sleep(BUSY);
          news.drainPermits();
        }
        now = standing(engine);
      }
    }
  }

  /** A line that is cut is news, too: who asks next hears of it. */
  private static EngineApi.Subscription line(EngineApi engine, Semaphore news) {
    return engine instanceof FeedClient client ? client.watch(now -> news.release()) : () -> {};
  }

  public static Query.Standing standing(EngineApi engine) {
    return Json.as(engine.query(new Query.Summary()), Query.Standing.class);
  }
}
