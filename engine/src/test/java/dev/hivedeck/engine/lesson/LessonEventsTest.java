package dev.hivedeck.engine.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.lesson.LessonLedger.Ended;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.LessonEvent;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever follows what is told of lessons has them as they are. */
class LessonEventsTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private final Map<String, Object> followed = new TreeMap<>();
  private Store store;
  private int attempts;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private interface Deed {
    void run(Tx tx) throws SQLException;
  }

  /** Does it, and compares what was told of it with what is there. */
  private List<Event> does(String what, Deed deed) {
    time.advance(Duration.ofMinutes(1));
    long before = store.seq();
    store.write(
        "test",
        tx -> {
          deed.run(tx);
          return null;
        });
    var told = store.events(before, 1_000).stream().filter(e -> e.topic() == Topic.LESSON).toList();
    for (var event : told) {
      if (event.type() == LessonEvent.REMOVED) {
        followed.remove(event.id());
      } else {
        followed.put(event.id(), event.data());
      }
    }
    var there = new TreeMap<String, Object>();
    for (LessonViews.Lesson lesson : store.<List<LessonViews.Lesson>>read(LessonLedger::views)) {
      there.put(lesson.id(), Json.tree(lesson));
    }
    assertThat(followed).as("after: %s", what).isEqualTo(there);
    return told;
  }

  private Ended attempt(Tx tx, String task, String agent) throws SQLException {
    String id = task + "." + ++attempts;
    tx.sql()
        .update(
            "INSERT OR IGNORE INTO task(id, place, title, prompt, priority, capabilities, produces,"
                + " state, updated_at) VALUES (?, 1, 't', 'p', 5, '[]', '[]', 'done', 1)",
            task);
    tx.sql()
        .update(
            "INSERT INTO attempt(id, task, agent, number, turn, state, started_at, token,"
                + " correlation) VALUES (?, ?, ?, ?, 1, 'failed', 1, 'k', 'c')",
            id,
            task,
            agent,
            attempts);
    return new Ended(id, task, agent, "tests");
  }

  private static final List<String> MESSAGES =
      List.of(
          "cannot find the lockfile",
          "cannot find module a.js in here",
          "cannot open the socket of it",
          "assertion failed: 3 is not 4");

  @Test
  void eachKindOfDeedIsTold() {
    var types = new LinkedHashMap<String, String>();
    does(
        "a failure",
        tx -> LessonLedger.failed(tx, attempt(tx, "T-1", "ann"), "exit", "no lockfile", List.of()));
    types.put(
        "again",
        types(
            does(
                "again",
                tx ->
                    LessonLedger.failed(
                        tx, attempt(tx, "T-2", "bob"), "exit", "no lockfile", List.of()))));
    types.put(
        "remedied",
        types(does("remedied", tx -> LessonLedger.verified(tx, "T-1", "T-1.9", "npm ci first"))));
    types.put(
        "accepted",
        types(does("accepted", tx -> LessonLedger.judge(tx, "F-1", LessonState.ACCEPTED))));
    types.put("worded", types(does("worded", tx -> LessonLedger.word(tx, "F-1", "Run npm ci."))));
    types.put("unworded", types(does("unworded", tx -> LessonLedger.word(tx, "F-1", " "))));
    types.put(
        "muted", types(does("muted", tx -> LessonLedger.judge(tx, "F-1", LessonState.MUTED))));
    types.put(
        "deleted",
        types(does("deleted", tx -> LessonLedger.judge(tx, "F-1", LessonState.DELETED))));
    types.put(
        "anew",
        types(
            does(
                "anew",
                tx ->
                    LessonLedger.failed(
                        tx, attempt(tx, "T-3", "ann"), "exit", "no lockfile", List.of()))));
    types.put(
        "learned",
        types(
            does(
                "learned",
                tx -> LessonLedger.learned(tx, attempt(tx, "T-3", "ann"), "Use the cache."))));
    assertThat(types)
        .containsExactly(
            Map.entry("again", "lesson.seen: seen 2 times: no lockfile"),
            Map.entry("remedied", "lesson.remedied"),
            Map.entry("accepted", "lesson.judged"),
            Map.entry("worded", "lesson.worded"),
            Map.entry("unworded", "lesson.worded"),
            Map.entry("muted", "lesson.judged"),
            Map.entry("deleted", "lesson.removed"),
            Map.entry("anew", "lesson.seen"),
            Map.entry("learned", "lesson.seen"));
  }

  private static String types(List<Event> told) {
    assertThat(told).hasSize(1);
    var event = told.getFirst();
    return event.type().word() + (event.text() == null ? "" : ": " + event.text());
  }

  @Test
  void whateverHappensWhoFollowsHasThemAll() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 150; i++) {
      String task = "T-" + random.nextInt(4);
      String agent = random.nextBoolean() ? "ann" : "bob";
      String message = MESSAGES.get(random.nextInt(MESSAGES.size()));
      var known = store.<List<LessonViews.Lesson>>read(LessonLedger::views);
      String id = known.isEmpty() ? null : known.get(random.nextInt(known.size())).id();
      String as = "seed " + seed + ", step " + i;
      switch (random.nextInt(id == null ? 2 : 6)) {
        case 0 ->
            does(
                as,
                tx ->
                    LessonLedger.failed(tx, attempt(tx, task, agent), "exit", message, List.of()));
        case 1 -> does(as, tx -> LessonLedger.learned(tx, attempt(tx, task, agent), message));
        case 2 -> does(as, tx -> LessonLedger.verified(tx, task, task + ".99", "did it"));
        case 3 ->
            does(as, tx -> LessonLedger.word(tx, id, random.nextBoolean() ? "Do it so." : ""));
        default -> {
          var state = LessonState.values()[random.nextInt(LessonState.values().length)];
          does(as, tx -> LessonLedger.judge(tx, id, state));
        }
      }
    }
  }

  /** What gives way to make room is told of, too. */
  @Test
  void whoGivesWayIsTold() {
    does(
        "as many as there may be",
        tx -> {
          for (int i = 1; i <= LessonLedger.MOST; i++) {
            LessonLedger.failed(
                tx, attempt(tx, "T-1", "ann"), "reason-" + i, "it broke", List.of());
          }
        });
    does("one more", tx -> LessonLedger.learned(tx, attempt(tx, "T-1", "ann"), "it broke"));
    assertThat(followed).hasSize(LessonLedger.MOST).doesNotContainKey("F-1");
  }

  /** Two failures with the same first word and length are two, where less than half agrees. */
  @Test
  void whatIsNotAlikeIsNotOneLesson() {
    for (String message :
        List.of(
            "cannot open the socket of postgres",
            "cannot reach a server behind nginx",
            "cannot open the socket of redis",
            "cannot parse this answer from mail")) {
      does(
          message,
          tx -> LessonLedger.failed(tx, attempt(tx, "T-1", "ann"), "exit", message, List.of()));
    }
    assertThat(store.<List<LessonViews.Lesson>>read(LessonLedger::views))
        .extracting(LessonViews.Lesson::text)
        .containsExactlyInAnyOrder(
            "cannot open the socket of <*>",
            "cannot reach a server behind nginx",
            "cannot parse this answer from mail");
  }
}
