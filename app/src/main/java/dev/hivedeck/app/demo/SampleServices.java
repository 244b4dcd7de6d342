package dev.hivedeck.app.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shop's services under load: every request is handled, and counted in totals that are pushed
 * to the engine once a second, as any service's are. Pages fail rarely. Deliveries fail one time in
 * four, and are lost as long as main has nothing that tries them again. Gift cards are ordered too
 * seldom to say anything. At most a few dozen requests a second, for as long as it is open.
 */
final class SampleServices implements AutoCloseable {
  /** What brings retries: once it is on main a delivery that fails is tried again. */
  static final String RETRIES = "packages/retry/backoff.py";

  private static final Logger LOG = LoggerFactory.getLogger(SampleServices.class);
  private static final Duration BEAT = Duration.ofMillis(100);
  private static final int BEATS_A_PUSH = 10;
  private static final int BEATS_A_GIFT_CARD = 80;
  private static final int PAGES_A_BEAT = 3;
  private static final int DELIVERIES_A_BEAT = 2;
  private static final double PAGES_FAIL = 0.0005;
  private static final double DELIVERIES_FAIL = 0.25;
  private static final int TRIES = 5;

  private final EngineApi engine;
  private final Git git;
  private final RandomGenerator random;
  private final Map<String, Long> totals = new TreeMap<>();
  private final EngineApi.Subscription merges;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread load;
  private volatile boolean moved = true;
  private boolean retries;

  SampleServices(EngineApi engine, Git git, RandomGenerator random) {
    this.engine = engine;
    this.git = git;
    this.random = random;
    this.merges =
        engine.subscribe(
            engine.stats().seq(),
            events -> moved |= events.stream().anyMatch(e -> e.type() == TaskEvent.MERGED));
    for (var code : new String[] {"200", "500"}) {
      totals.put("page_requests_total code " + code, 0L);
    }
    for (var outcome : new String[] {"delivered", "lost"}) {
      totals.put("deliveries_total outcome " + outcome, 0L);
    }
    for (var outcome : new String[] {"sold", "refused"}) {
      totals.put("gift_card_orders_total outcome " + outcome, 0L);
    }
    this.load = Thread.ofVirtual().name("demo-services").start(this::serve);
  }

  private void serve() {
    try {
      for (int beat = 0; !closing.await(BEAT.toMillis(), TimeUnit.MILLISECONDS); beat++) {
        if (beat % BEATS_A_PUSH == 0) {
          deploy();
          push();
        }
        for (int i = 0; i < PAGES_A_BEAT; i++) {
          count("page_requests_total code ", random.nextDouble() < PAGES_FAIL ? "500" : "200");
        }
        for (int i = 0; i < DELIVERIES_A_BEAT; i++) {
          count("deliveries_total outcome ", delivered() ? "delivered" : "lost");
        }
        if (beat % BEATS_A_GIFT_CARD == BEATS_A_GIFT_CARD - 1) {
          count("gift_card_orders_total outcome ", "sold");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (HiveException e) {
      LOG.warn("The services of the demo have ended: {}", e.getMessage());
    }
  }

  /** What is on main is what runs. */
  private void deploy() {
    if (moved) {
      moved = false;
      retries = git.run("cat-file", "-e", "main:" + RETRIES).ok();
    }
  }

  private boolean delivered() {
    for (int i = 0; i < (retries ? TRIES : 1); i++) {
      if (random.nextDouble() >= DELIVERIES_FAIL) {
        return true;
      }
    }
    return false;
  }

  private void count(String series, String value) {
    totals.merge(series + value, 1L, Long::sum);
  }

  private void push() {
    ArrayNode samples = Json.MAPPER.createArrayNode();
    totals.forEach(
        (series, total) -> {
          String[] words = series.split(" ");
          samples
              .addObject()
              .put("metric_id", words[0])
              .put("metric_type", "counter")
              .put("value", total)
              .putObject("labels")
              .put(words[1], words[2]);
        });
    engine.push(samples);
  }

  @Override
  public void close() {
    closing.countDown();
    merges.close();
    try {
      load.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
