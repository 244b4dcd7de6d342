package dev.hivedeck.engine.lesson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.lesson.LessonLedger.Ended;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.Sighting;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails again and again is one lesson, with what helped. */
class LessonLedgerTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private interface Step {
    void run(Tx tx) throws SQLException;
  }

  private void write(Step step) {
    store.write(
        "test",
        tx -> {
          step.run(tx);
          return null;
        });
  }

  private static Ended attempt(Tx tx, String task, int number, String agent, String work)
      throws SQLException {
    String id = task + "." + number;
    tx.sql()
        .update(
            "INSERT OR IGNORE INTO task(id, place, title, prompt, priority, capabilities, produces,"
                + " state, updated_at) VALUES (?, 1, 't', 'p', 5, '[]', '[]', 'done', 1)",
            task);
    tx.sql()
        .update(
            "INSERT OR IGNORE INTO attempt(id, task, agent, number, turn, state, started_at, token,"
                + " correlation) VALUES (?, ?, ?, ?, 1, 'failed', 1, 'k', 'c')",
            id,
            task,
            agent,
            number);
    return new Ended(id, task, agent, work);
  }

  private void failed(String task, int number, String agent, String reason, String detail) {
    time.advance(Duration.ofMinutes(1));
    write(
        tx ->
            LessonLedger.failed(
                tx, attempt(tx, task, number, agent, "tests"), reason, detail, List.of()));
  }

  private void refused(String task, String agent, String gate, String... findings) {
    time.advance(Duration.ofMinutes(1));
    var result =
        new GateResult(
            gate,
            "attempt",
            Outcome.FAILED,
            findings.length + " findings",
            Arrays.stream(findings).map(f -> new Finding("a.js", 3, f)).toList(),
            5);
    write(
        tx ->
            LessonLedger.failed(
                tx, attempt(tx, task, 1, agent, "tests"), "gate", "refused", List.of(result)));
  }

  private void verified(String task, int number, String agent, String summary) {
    time.advance(Duration.ofMinutes(1));
    write(
        tx ->
            LessonLedger.verified(
                tx, task, attempt(tx, task, number, agent, "tests").attempt(), summary));
  }

  private List<LessonViews.Lesson> lessons() {
    return store.read(LessonLedger::views);
  }

  private List<String> told(String agent, String work) {
    return store.read(sql -> LessonLedger.worthTelling(sql, agent, work, 3));
  }

  @Test
  void whatDiffersOnlyInNumbersPathsAndNamesIsOneLesson() {
    failed("T-1", 1, "ann", "exit", "It ended with exit 3: cannot find module ./a/b.js");
    failed("T-2", 1, "bob", "exit", "It ended with exit 12: cannot find module ./x.js");
    failed("T-2", 2, "bob", "timeout", "It was not finished after 20 min.");
    assertThat(lessons()).hasSize(2);
    var exit = lessons().getLast();
    assertThat(exit.text()).isEqualTo("It ended with exit <*> cannot find module <*>");
    assertThat(exit.source()).isEqualTo("exit");
    assertThat(exit.seen()).isEqualTo(2);
    assertThat(exit.agents()).containsExactly("ann", "bob");
    assertThat(exit.tasks()).containsExactly("T-2", "T-1");
    assertThat(exit.lastAt()).isAfter(exit.firstAt());
  }

  @Test
  void wordsThatDifferAreLeftOpenWhereMostAgree() {
    refused("T-1", "ann", "lint", "Missing semicolon after the statement here");
    refused("T-2", "ann", "lint", "Missing bracket after the statement here");
    refused("T-3", "ann", "lint", "Missing semicolon");
    refused("T-4", "ann", "unit", "Missing comma after the statement here");
    assertThat(lessons())
        .extracting(LessonViews.Lesson::source, LessonViews.Lesson::text, LessonViews.Lesson::seen)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(
                "gate lint", "Missing <*> after the statement here", 2),
            org.assertj.core.groups.Tuple.tuple("gate lint", "Missing semicolon", 1),
            org.assertj.core.groups.Tuple.tuple(
                "gate unit", "Missing comma after the statement here", 1));
  }

  @Test
  void manyFindingsOfOneAttemptAreOneSighting() {
    refused(
        "T-1", "ann", "lint", "line 3 is too long", "line 9 is too long", "line 12 is too long");
    assertThat(lessons()).singleElement().satisfies(l -> assertThat(l.seen()).isEqualTo(1));
    refused("T-2", "ann", "size");
    assertThat(lessons().getFirst().text())
        .as("the summary, without findings")
        .isEqualTo("<*> findings");
  }

  @Test
  void whatHelpedIsOfferedOnceItCameAgain() {
    failed("T-1", 1, "ann", "exit", "cannot find the lockfile");
    assertThat(lessons().getFirst().remedy()).isNull();
    verified("T-1", 2, "ann", "ann: ran npm install first");
    var once = lessons().getFirst();
    assertThat(once.remedy()).isEqualTo("ann: ran npm install first");
    assertThat(once.remediedBy()).isEqualTo("T-1.2");
    assertThat(once.offered()).as("once is chance").isFalse();
    assertThat(told("ann", "tests")).isEmpty();

    failed("T-2", 1, "bob", "exit", "cannot find the lockfile");
    assertThat(lessons().getFirst().offered()).isTrue();
    String lesson = "cannot find the lockfile (2×). What helped: ann: ran npm install first";
    assertThat(told("ann", "docs")).as("to who failed of it").containsExactly(lesson);
    assertThat(told("cleo", "tests")).as("at work like it").containsExactly(lesson);
    assertThat(told("cleo", "docs")).isEmpty();
    assertThat(told("cleo", "")).isEmpty();

    List<Sighting> sightings = store.read(sql -> LessonLedger.sightings(sql, "F-1"));
    assertThat(sightings).extracting(Sighting::attempt).containsExactly("T-2.1", "T-1.1");
    assertThat(sightings).extracting(Sighting::remedied).containsExactly(null, "T-1.2");
  }

  @Test
  void aPersonDecidesWhatIsTold() {
    failed("T-1", 1, "ann", "exit", "cannot find the lockfile");
    verified("T-1", 2, "ann", "ann: ran npm install first");
    write(tx -> LessonLedger.judge(tx, "F-1", LessonState.ACCEPTED));
    assertThat(told("ann", "")).as("accepted, though seen once").hasSize(1);
    write(tx -> LessonLedger.word(tx, "F-1", "Run npm ci before you begin."));
    assertThat(told("ann", ""))
        .first()
        .asString()
        .endsWith("What helped: Run npm ci before you begin.");
    failed("T-2", 1, "ann", "exit", "cannot find the lockfile");
    verified("T-2", 2, "ann", "ann: something else");
    assertThat(lessons().getFirst().remedy()).as("a person knows better").startsWith("Run npm ci");

    write(tx -> LessonLedger.judge(tx, "F-1", LessonState.MUTED));
    failed("T-3", 1, "ann", "exit", "cannot find the lockfile");
    assertThat(told("ann", "")).isEmpty();
    assertThat(lessons().getFirst().state()).as("stays muted").isEqualTo(LessonState.MUTED);

    write(tx -> LessonLedger.judge(tx, "F-1", LessonState.DELETED));
    assertThat(lessons()).isEmpty();
    write(tx -> LessonLedger.judge(tx, "F-1", LessonState.ACCEPTED));
    assertThat(lessons()).as("undone").hasSize(1);
    assertThat(told("ann", "")).hasSize(1);

    write(tx -> LessonLedger.judge(tx, "F-1", LessonState.DELETED));
    failed("T-4", 1, "ann", "exit", "cannot find the lockfile");
    assertThat(lessons()).singleElement().satisfies(l -> assertThat(l.seen()).isEqualTo(1));
  }

  @Test
  void whatIsNotThereIsSaidSo() {
    for (String id : new String[] {"F-9", "x", null, "F-99999999999999999999"}) {
      assertThatThrownBy(() -> write(tx -> LessonLedger.judge(tx, id, LessonState.MUTED)))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("no-lesson"));
    }
  }

  @Test
  void howeverManyFailuresTheLedgerStaysSmallAndWhatAPersonSaidStays() {
    failed("T-0", 1, "ann", "exit", "the very first failure of all");
    write(tx -> LessonLedger.judge(tx, "F-1", LessonState.ACCEPTED));
    write(
        tx -> {
          for (int i = 0; i < LessonLedger.MOST + 200; i++) {
            var ended = attempt(tx, "T-1", i, "ann", "tests");
            LessonLedger.failed(tx, ended, "reason-" + i, "something else", List.of());
          }
          for (int i = 0; i < LessonLedger.REMEMBERED + 30; i++) {
            var ended = attempt(tx, "T-2", i, "ann", "tests");
            LessonLedger.failed(tx, ended, "exit", "the same again", List.of());
          }
        });
    assertThat(lessons()).hasSize(LessonLedger.MOST);
    assertThat(lessons())
        .extracting(LessonViews.Lesson::text)
        .contains("the very first failure of all");
    var same = lessons().stream().filter(l -> l.text().equals("the same again")).findFirst().get();
    assertThat(same.seen()).isEqualTo(LessonLedger.REMEMBERED + 30);
    assertThat(store.<List<Sighting>>read(sql -> LessonLedger.sightings(sql, same.id())))
        .hasSize(LessonLedger.REMEMBERED);
  }

  @Test
  void aNodeHasNoMoreFirstWordsThanItMay() {
    write(
        tx -> {
          for (int i = 0; i < 60; i++) {
            String head = Character.toString('a' + i / 26) + Character.toString('a' + i % 26);
            var ended = attempt(tx, "T-1", i, "ann", "tests");
            LessonLedger.failed(tx, ended, "exit", head + " went wrong in here", List.of());
          }
        });
    assertThat(lessons().size()).isEqualTo(LessonLedger.MOST_HEADS + 1);
    assertThat(lessons()).extracting(LessonViews.Lesson::text).contains("<*> went wrong in here");
  }

  @Test
  void whatAnAgentHasLearnedIsToldToOthersOnceAPersonAcceptsIt() {
    write(
        tx ->
            LessonLedger.learned(
                tx,
                attempt(tx, "T-1", 1, "frontend", "tests"),
                "Run npm ci in web before the tests."));
    var lesson = lessons().getFirst();
    assertThat(lesson.source()).isEqualTo("agent");
    assertThat(lesson.offered()).isFalse();
    assertThat(told("docs", "tests")).isEmpty();
    verified("T-1", 2, "frontend", "did something else");
    assertThat(lessons().getFirst().remedy()).isNull(); // it is no failure that something remedies
    write(tx -> LessonLedger.judge(tx, lesson.id(), LessonState.ACCEPTED));
    assertThat(told("docs", "tests")).containsExactly("Run npm ci in web before the tests. (1×)");
  }
}
